//! The books against themselves: every balance from nothing, and holds against what is shown.

use super::entries::{select_sum, sum_of};
use super::{Result, Tx};
use crate::store::ledger_audit::{LedgerAudit, WorkspaceAudit};

const UNBALANCED: &str = "SELECT COUNT(*) FROM (SELECT 1 FROM entries
    GROUP BY tenant, transaction_id HAVING SUM(amount) <> 0)";

const WRONG_BALANCES: &str = "SELECT COUNT(*) FROM (
    SELECT balance, SUM(amount) OVER (PARTITION BY tenant, account_id ORDER BY seq) AS running
    FROM entries) WHERE balance <> running";

/// A hold with another behind it shows the sum of both, so there only its being open is compared.
const WRONG_HOLDS: &str = "WITH shown AS (
        SELECT s.tenant, r.id, json_extract(r.body, '$.data.amount') AS amount,
               json_extract(r.facts, '$.behind') AS behind
        FROM spaces s CROSS JOIN resources r ON r.space = s.number
        WHERE s.kind = 'pending transaction' AND s.key = ''
        AND json_extract(r.body, '$.data.status') IN ('PENDING', 'PARTCLEARED'))
    SELECT (SELECT COUNT(*) FROM holds h WHERE h.is_open = 1 AND NOT EXISTS (
                SELECT 1 FROM shown s WHERE s.tenant = h.tenant AND s.id = h.id
                AND (s.amount = h.amount OR s.behind IS NOT NULL)))
         + (SELECT COUNT(*) FROM shown s WHERE NOT EXISTS (
                SELECT 1 FROM holds h
                WHERE h.tenant = s.tenant AND h.id = s.id AND h.is_open = 1))";

const CLOSED_WITH_BALANCE: &str = "SELECT COUNT(*)
    FROM spaces s CROSS JOIN resources r ON r.space = s.number
    WHERE s.kind = 'account' AND s.key = '' AND json_extract(r.body, '$.status') = 'CLOSED'
    AND (SELECT COALESCE(SUM(e.amount), 0) FROM entries e
         WHERE e.tenant = s.tenant AND e.account_id = r.id) <> 0";

impl Tx<'_> {
    /// Recomputes every balance from nothing.
    pub(crate) fn audit(&self) -> Result<LedgerAudit> {
        let number = |sql: &str| self.connection.query_row(sql, [], |row| row.get::<_, i64>(0));
        let count = |sql: &str| number(sql).map(i64::unsigned_abs);
        let mut by_workspace = self.connection.prepare(select_sum!(
            ", tenant, COUNT(*) FROM entries GROUP BY tenant ORDER BY tenant"
        ))?;
        let rows = by_workspace.query_map([], |row| {
            Ok(WorkspaceAudit {
                workspace: row.get(2)?,
                postings: row.get::<_, i64>(3)?.unsigned_abs(),
                sum: sum_of(row)?,
            })
        })?;
        let sum = self.connection.query_row(select_sum!(" FROM entries"), [], sum_of)?;
        Ok(LedgerAudit {
            postings: count("SELECT COUNT(*) FROM entries")?,
            sum,
            unbalanced_transactions: count(UNBALANCED)?,
            wrong_balances: count(WRONG_BALANCES)?,
            open_holds: count("SELECT COUNT(*) FROM holds WHERE is_open = 1")?,
            wrong_holds: count(WRONG_HOLDS)?,
            closed_with_balance: count(CLOSED_WITH_BALANCE)?,
            workspaces: rows.collect::<rusqlite::Result<_>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{Days, Store};
    use super::*;

    fn audited(fill: impl FnOnce(&Tx<'_>)) -> LedgerAudit {
        let mut store = Store::temporary().unwrap();
        let tx = store.begin().unwrap();
        fill(&tx);
        tx.audit().unwrap()
    }

    fn entry(tx: &Tx<'_>, tenant: &str, account: &str, amount: i64) {
        let day = "2026-11-24".parse().unwrap();
        let days = Days { posted: day, effective: day };
        tx.append(tenant, "transaction", account, amount, days).unwrap();
    }

    fn rendered(tx: &Tx<'_>, id: &str, status: &str, amount: i64) {
        let body =
            json!({ "data": { "status": status, "amount": amount }, "_facts": { "behind": null } });
        tx.insert("1_1", "pending transaction", id, &body, &[]).unwrap();
    }

    #[test]
    fn what_adds_up_is_told_apart_from_what_does_not() {
        let fine = audited(|tx| {
            entry(tx, "1_1", "a", -5);
            entry(tx, "1_1", "b", 5);
            tx.open_hold("1_1", "hold", "b", 3).unwrap();
            rendered(tx, "hold", "PENDING", 3);
            rendered(tx, "over", "RELEASED", 0);
        });
        assert!(fine.adds_up(), "{fine:?}");
        assert_eq!((fine.postings, fine.open_holds), (2, 1));

        let lone = audited(|tx| entry(tx, "1_1", "a", 5));
        assert_eq!((lone.sum, lone.unbalanced_transactions), (5, 1));
        // Two wrongs of two workspaces make no right.
        let crossed = audited(|tx| {
            entry(tx, "1_1", "a", 5);
            entry(tx, "1_2", "a", -5);
        });
        assert!(crossed.sum == 0 && !crossed.adds_up(), "{crossed:?}");
    }

    #[test]
    fn a_closed_account_has_no_money() {
        let closed = |balance: i64| {
            audited(|tx| {
                tx.insert("1_1", "account", "a", &json!({ "status": "CLOSED" }), &[]).unwrap();
                tx.insert("1_1", "account", "b", &json!({ "status": "FROZEN" }), &[]).unwrap();
                for amount in [5, balance - 5] {
                    entry(tx, "1_1", "a", amount);
                    entry(tx, "1_1", "b", -amount);
                }
            })
        };
        assert!(closed(0).adds_up(), "{:?}", closed(0));
        let wrong = closed(7);
        assert!(wrong.closed_with_balance == 1 && !wrong.adds_up(), "{wrong:?}");
        assert!(wrong.to_string().contains("1 closed accounts with a balance"), "{wrong}");
    }

    #[test]
    fn holds_are_what_is_shown_of_them() {
        let leaked = audited(|tx| tx.open_hold("1_1", "hold", "a", 3).unwrap());
        let forgotten = audited(|tx| rendered(tx, "hold", "PARTCLEARED", 3));
        let other_amount = audited(|tx| {
            tx.open_hold("1_1", "hold", "a", 3).unwrap();
            rendered(tx, "hold", "PENDING", 4);
        });
        for wrong in [leaked, forgotten, other_amount] {
            assert!(wrong.wrong_holds == 1 && !wrong.adds_up(), "{wrong:?}");
        }
    }
}
