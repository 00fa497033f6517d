//! The ledger's rows: entries that are never changed, and holds that end once.

use chrono::NaiveDate;
use rusqlite::{OptionalExtension, params};

use super::effects::AddedEntry;
use super::key_ids::PRIMARY_KEY;
use super::{Error, Result, SEQUENCE, Tx};

/// The days of a posting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Days {
    /// The bank's day that it counts for.
    pub(crate) posted: NaiveDate,
    /// The day that it bears interest from; not after the other.
    pub(crate) effective: NaiveDate,
}

/// A sum of entries of one sign, and what their transactions have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SumByFacts {
    /// In minor units.
    pub(crate) amount: i64,
    /// The facts that were asked for, where the transactions have them.
    pub(crate) facts: [Option<String>; 2],
}

/// The greatest balance, and the greatest sum of holds, in minor units: differences of two of them
/// are whole numbers of 64 bits.
const SUM_MAX: i64 = 2_000_000_000_000_000_000;

fn is_in_range(sum: i64) -> bool {
    (-SUM_MAX..=SUM_MAX).contains(&sum)
}

/// A query of a sum of amounts, in two halves as its first columns: SQLite fails where a sum leaves
/// 64 bits on the way.
macro_rules! select_sum {
    ($rest:literal) => {
        concat!(
            "SELECT COALESCE(SUM(amount >> 32), 0), COALESCE(SUM(amount & 4294967295), 0)",
            $rest
        )
    };
}
pub(super) use select_sum;

/// Puts such a sum together. Beyond 64 bits it is the greatest number.
fn joined(high: i64, low: i64) -> i64 {
    let sum = (i128::from(high) << 32) + i128::from(low);
    i64::try_from(sum).unwrap_or(if sum < 0 { i64::MIN } else { i64::MAX })
}

pub(super) fn sum_of(row: &rusqlite::Row<'_>) -> rusqlite::Result<i64> {
    Ok(joined(row.get(0)?, row.get(1)?))
}

impl Tx<'_> {
    /// Appends one side of a transaction; the balance after it.
    pub(crate) fn append(
        &self,
        tenant: &str,
        transaction: &str,
        account: &str,
        amount: i64,
        days: Days,
    ) -> Result<i64> {
        let balance = self.posted_balance(tenant, account)?;
        let balance = balance.checked_add(amount).filter(|sum| is_in_range(*sum));
        let balance = balance.ok_or(Error::Range)?;
        self.connection
            .prepare_cached(
                "INSERT INTO entries (tenant, account_id, seq, transaction_id, amount, balance,
                                      posted_day, effective_day)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                tenant,
                account,
                self.next(SEQUENCE)?,
                transaction,
                amount,
                balance,
                days.posted.to_string(),
                days.effective.to_string(),
            ])?;
        self.effects.entry(AddedEntry {
            transaction_id: transaction.to_owned(),
            account_id: account.to_owned(),
            amount,
            balance,
        });
        Ok(balance)
    }

    /// The sum of an account's entries, read off the last of them.
    pub(crate) fn posted_balance(&self, tenant: &str, account: &str) -> Result<i64> {
        let mut statement = self.connection.prepare_cached(
            "SELECT balance FROM entries WHERE tenant = ?1 AND account_id = ?2
             ORDER BY seq DESC LIMIT 1",
        )?;
        Ok(statement.query_row(params![tenant, account], |row| row.get(0)).optional()?.unwrap_or(0))
    }

    /// The sum of the entries that count for a day or one before it. Told from the end, since what
    /// is asked for is mostly recent.
    pub(crate) fn balance_after(&self, tenant: &str, account: &str, day: NaiveDate) -> Result<i64> {
        let mut statement = self.connection.prepare_cached(select_sum!(
            " FROM entries
             WHERE tenant = ?1 AND account_id = ?2 AND posted_day > ?3"
        ))?;
        let since = statement.query_row(params![tenant, account, day.to_string()], sum_of)?;
        Ok(self.posted_balance(tenant, account)?.saturating_sub(since))
    }

    /// How many entries count for the days of a period, first and last included.
    pub(crate) fn count_between(
        &self,
        tenant: &str,
        account: &str,
        (first, last): (NaiveDate, NaiveDate),
    ) -> Result<i64> {
        let mut statement = self.connection.prepare_cached(
            "SELECT COUNT(*) FROM entries
             WHERE tenant = ?1 AND account_id = ?2 AND posted_day BETWEEN ?3 AND ?4",
        )?;
        let (first, last) = (first.to_string(), last.to_string());
        Ok(statement.query_row(params![tenant, account, first, last], |row| row.get(0))?)
    }

    /// Up to `limit` entries after a place that count for the days of a period: place and
    /// transaction.
    pub(crate) fn entries_between(
        &self,
        tenant: &str,
        account: &str,
        (first, last): (NaiveDate, NaiveDate),
        after: i64,
        limit: i64,
    ) -> Result<Vec<(i64, String)>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT seq, transaction_id FROM entries INDEXED BY entries_by_posted_day
             WHERE tenant = ?1 AND account_id = ?2 AND posted_day BETWEEN ?3 AND ?4 AND seq > ?5
             ORDER BY seq LIMIT ?6",
        )?;
        let (first, last) = (first.to_string(), last.to_string());
        let rows = statement
            .query_map(params![tenant, account, first, last, after, limit], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        Ok(rows.collect::<std::result::Result<_, _>>()?)
    }

    /// The sums of an account's entries on the days of a period, first and last included: by sign, and
    /// by two facts of their transactions, which are resources of a kind. Facts are named by their path.
    pub(crate) fn sums_by_facts(
        &self,
        tenant: &str,
        account: &str,
        (first, last): (NaiveDate, NaiveDate),
        kind: &str,
        facts: [&str; 2],
    ) -> Result<Vec<SumByFacts>> {
        let mut statement = self.connection.prepare_cached(select_sum!(
            ", json_extract(r.facts, ?6), json_extract(r.facts, ?7)
             FROM entries e LEFT JOIN resources r ON r.space = ?5 AND r.id = e.transaction_id
             WHERE e.tenant = ?1 AND e.account_id = ?2 AND e.posted_day BETWEEN ?3 AND ?4
             GROUP BY e.amount > 0, 3, 4"
        ))?;
        let (first, last) = (first.to_string(), last.to_string());
        let space = self.key_id(tenant, kind, PRIMARY_KEY)?;
        let [one, other] = facts;
        let rows = statement
            .query_map(params![tenant, account, first, last, space, one, other], |row| {
                Ok(SumByFacts { amount: sum_of(row)?, facts: [row.get(2)?, row.get(3)?] })
            })?;
        Ok(rows.collect::<std::result::Result<_, _>>()?)
    }

    /// How an account changed on each day since a day, by the day that interest counts from, which
    /// is never after the one that is posted.
    pub(crate) fn changes_since(
        &self,
        tenant: &str,
        account: &str,
        first: NaiveDate,
    ) -> Result<Vec<(NaiveDate, i64)>> {
        let mut statement = self.connection.prepare_cached(select_sum!(
            ", effective_day FROM entries
             WHERE tenant = ?1 AND account_id = ?2 AND posted_day >= ?3 AND effective_day >= ?3
             GROUP BY effective_day ORDER BY effective_day"
        ))?;
        let rows = statement.query_map(params![tenant, account, first.to_string()], |row| {
            Ok((row.get::<_, String>(2)?, sum_of(row)?))
        })?;
        rows.map(|row| {
            let (day, amount) = row?;
            let day = day.parse().map_err(|_| Error::Broken(format!("{day} is no day")))?;
            Ok((day, amount))
        })
        .collect()
    }

    /// Sets money of an account aside.
    pub(crate) fn open_hold(
        &self,
        tenant: &str,
        id: &str,
        account: &str,
        amount: i64,
    ) -> Result<()> {
        self.check_held(tenant, account, amount)?;
        self.connection
            .prepare_cached(
                "INSERT INTO holds (id, tenant, account_id, amount, is_open) VALUES (?1, ?2, ?3, ?4, 1)",
            )?
            .execute(params![id, tenant, account, amount])?;
        Ok(())
    }

    /// Changes what an open hold sets aside; `false` when it has ended.
    pub(crate) fn resize_hold(&self, tenant: &str, id: &str, amount: i64) -> Result<bool> {
        let mut statement = self.connection.prepare_cached(
            "UPDATE holds SET amount = ?3 WHERE id = ?1 AND tenant = ?2 AND is_open = 1",
        )?;
        Ok(statement.execute(params![id, tenant, amount])? == 1)
    }

    /// Ends a hold; `false` when it had ended before.
    pub(crate) fn close_hold(&self, tenant: &str, id: &str) -> Result<bool> {
        let mut statement = self.connection.prepare_cached(
            "UPDATE holds SET is_open = 0 WHERE id = ?1 AND tenant = ?2 AND is_open = 1",
        )?;
        Ok(statement.execute(params![id, tenant])? == 1)
    }

    /// The sum of an account's open holds.
    pub(crate) fn held(&self, tenant: &str, account: &str) -> Result<i64> {
        let mut statement = self.connection.prepare_cached(select_sum!(
            " FROM holds WHERE tenant = ?1 AND account_id = ?2 AND is_open = 1"
        ))?;
        Ok(statement.query_row(params![tenant, account], sum_of)?)
    }

    /// Whether so much more can be held on an account.
    fn check_held(&self, tenant: &str, account: &str, amount: i64) -> Result<()> {
        let held = self.held(tenant, account)?.saturating_add(amount);
        if is_in_range(held) { Ok(()) } else { Err(Error::Range) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    #[test]
    fn sums_stay_in_their_range_or_are_refused() {
        let mut store = Store::temporary().unwrap();
        let tx = store.begin().unwrap();
        let day = "2026-11-24".parse().unwrap();
        let days = Days { posted: day, effective: day };
        let append = |account: &str, amount| {
            let transaction = format!("{account} {}", tx.next("transactions").unwrap());
            tx.append("1_1", &transaction, account, amount, days)
        };
        for account in ["a", "b", "c", "d", "e"] {
            append(account, SUM_MAX).unwrap();
            assert!(matches!(append(account, 1).unwrap_err(), Error::Range));
            append(account, -SUM_MAX).unwrap();
            append(account, -SUM_MAX).unwrap();
            assert!(matches!(append(account, -1).unwrap_err(), Error::Range));
        }
        // The sums of all accounts leave 64 bits on the way.
        assert_eq!(tx.audit().unwrap().sum, i64::MIN);
        let sums = tx.sums_by_facts("1_1", "a", (day, day), "posted transaction", ["$.a", "$.b"]);
        let amounts: Vec<i64> = sums.unwrap().iter().map(|sum| sum.amount).collect();
        assert_eq!(amounts, [-2 * SUM_MAX, SUM_MAX]);
        assert_eq!(tx.changes_since("1_1", "a", day).unwrap(), [(day, -SUM_MAX)]);
        tx.open_hold("1_1", "one", "a", SUM_MAX).unwrap();
        assert!(matches!(tx.open_hold("1_1", "two", "a", 1).unwrap_err(), Error::Range));
        assert_eq!(tx.held("1_1", "a").unwrap(), SUM_MAX);
    }

    #[test]
    fn halves_are_put_together() {
        for amount in [0, 1, -1, 1 << 32, -(1 << 32), i64::MAX, i64::MIN, 123_456_789_012] {
            assert_eq!(joined(amount >> 32, amount & 0xffff_ffff), amount);
        }
    }
}
