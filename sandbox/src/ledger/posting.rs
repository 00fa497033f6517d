//! Posting: a movement with the sweeps that the floors and ceilings of its accounts make necessary.

use serde_json::{Value, json};

use super::entry::{Movement, append};
use super::sweep;
use crate::model::{ApiError, Ctx};
use crate::store::Days;

/// Posts a movement: one transaction, a debit line and a credit line.
pub(crate) fn post(ctx: &Ctx<'_>, movement: &Movement<'_>) -> Result<Value, ApiError> {
    post_on(ctx, movement, Days::today(ctx))
}

/// Posts a movement; `annotate` adds what the rail knows.
pub(crate) fn post_with(
    ctx: &Ctx<'_>,
    movement: &Movement<'_>,
    annotate: impl FnOnce(&mut Value),
) -> Result<Value, ApiError> {
    sweeping(ctx, movement, Days::today(ctx), annotate)
}

/// Posts a movement for days of its own, such as the end of a period that is over.
pub(crate) fn post_on(
    ctx: &Ctx<'_>,
    movement: &Movement<'_>,
    days: Days,
) -> Result<Value, ApiError> {
    sweeping(ctx, movement, days, |_| {})
}

/// Posts a movement that takes an earlier transaction back, in whole or in part.
pub(crate) fn post_reversal(
    ctx: &Ctx<'_>,
    movement: &Movement<'_>,
    original: &str,
) -> Result<Value, ApiError> {
    append(ctx, movement, Days::today(ctx), false, |transaction| {
        transaction["data"]["original_trx"] = json!(original);
    })
}

/// Posts a movement between what the lines of its accounts make necessary.
fn sweeping(
    ctx: &Ctx<'_>,
    movement: &Movement<'_>,
    days: Days,
    annotate: impl FnOnce(&mut Value),
) -> Result<Value, ApiError> {
    sweep::fund(ctx, movement.from, movement.amount, days)?;
    let transaction = append(ctx, movement, days, false, annotate)?;
    sweep::spill(ctx, movement.to, days)?;
    Ok(transaction)
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};
    use serde_json::{Value, json};

    use super::*;
    use crate::ledger::{
        ACCOUNT, Ended, INTERNAL_ACCOUNT, LINKS_MAX, LedgerAccount, NewHold, Sign, balances,
        ledger_account,
    };
    use crate::model::settings::Settings;
    use crate::model::{Recording, Seed};
    use crate::store::Store;

    static RECORDING: Recording =
        Recording { is_always_recorded: |_| false, raises_events: |_| false, listeners: &ACCOUNT };
    /// A chain of so many accounts overflowed the stack of a thread when sweeps were a recursion.
    const ACCOUNTS: usize = 5_000;

    /// Accounts 0 to `ACCOUNTS`, each linked to the next by its floor and its ceiling of 0, and the
    /// internal account `bank`.
    fn with_a_chain(test: impl FnOnce(&Ctx<'_>)) {
        let mut store = Store::temporary().unwrap();
        let tx = store.begin().unwrap();
        let settings = Settings::default();
        let ctx =
            Ctx::internal(&tx, "1_1", DateTime::UNIX_EPOCH, &settings, Seed::given(0), &RECORDING);
        let insert = |kind, id: &str, lines: Value| {
            let mut account = json!({ "id": id, "account_number": id, "currency": "USD" });
            crate::model::patch(&mut account, &lines);
            ctx.insert(kind, &account).unwrap();
        };
        insert(&INTERNAL_ACCOUNT, "bank", json!({}));
        for number in 0..ACCOUNTS {
            let line = json!({ "balance": 0, "linked_account_id": (number + 1).to_string() });
            let lines = json!({ "balance_floor": line, "balance_ceiling": line });
            insert(&ACCOUNT, &number.to_string(), lines);
        }
        insert(&ACCOUNT, &ACCOUNTS.to_string(), json!({}));
        test(&ctx);
    }

    fn account(ctx: &Ctx<'_>, id: &str) -> LedgerAccount {
        ledger_account(ctx, id).unwrap().unwrap()
    }

    fn pay(ctx: &Ctx<'_>, from: &str, to: &str, amount: i64) {
        let movement = Movement {
            kind: "internal_transfer",
            subtype: "account_to_account",
            from: &account(ctx, from),
            to: &account(ctx, to),
            amount,
            memo: "",
            reference_id: None,
            metadata: json!({}),
            external_data: json!({}),
            hold_id: None,
            id: None,
        };
        post(ctx, &movement).unwrap();
    }

    fn balance(ctx: &Ctx<'_>, number: usize) -> (i64, i64) {
        let balances = balances(ctx, &number.to_string()).unwrap();
        (balances.account, balances.available)
    }

    #[test]
    fn a_credit_to_a_chain_of_thousands_of_accounts_follows_a_bounded_number_of_links() {
        with_a_chain(|ctx| {
            pay(ctx, "bank", "0", 700);
            assert_eq!(balance(ctx, 0), (0, 0));
            assert_eq!(balance(ctx, LINKS_MAX), (700, 700));
            assert_eq!(balance(ctx, LINKS_MAX + 1), (0, 0));
        });
    }

    #[test]
    fn a_debit_and_a_hold_reach_as_far_and_no_farther() {
        with_a_chain(|ctx| {
            let far = ACCOUNTS - LINKS_MAX;
            pay(ctx, "bank", &ACCOUNTS.to_string(), 700);
            pay(ctx, &far.to_string(), "bank", 200);
            assert_eq!((balance(ctx, far), balance(ctx, ACCOUNTS)), ((0, 0), (500, 500)));
            let hold = NewHold {
                kind: "card",
                subtype: "pos_purchase",
                account: &account(ctx, &far.to_string()),
                offset: &account(ctx, "bank"),
                sign: Sign::Debit,
                amount: 300,
                memo: "",
                reference_id: None,
                external_data: json!({}),
                expires_at: DateTime::UNIX_EPOCH + TimeDelta::days(1),
                transaction_id: None,
                id: Some("hold"),
            };
            hold.open(ctx).unwrap();
            assert_eq!((balance(ctx, far), balance(ctx, ACCOUNTS)), ((0, 0), (500, 200)));
            Ended::Released.end(ctx, "hold").unwrap();
            assert_eq!((balance(ctx, far), balance(ctx, ACCOUNTS)), ((0, 0), (500, 500)));
            // One link more, and there is nothing to be had.
            pay(ctx, &(far - 1).to_string(), "bank", 200);
            assert_eq!((balance(ctx, far - 1), balance(ctx, ACCOUNTS)), ((-200, -200), (500, 500)));
        });
    }
}
