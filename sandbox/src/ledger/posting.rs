//! Posting: a movement with the sweeps that the floors and ceilings of its accounts make necessary.

use synctera_api::runtime::TransactionId;

use super::entry::{Movement, append};
use super::kinds::Posted;
use super::sweep;
use crate::model::{ApiError, Ctx, Record};
use crate::store::Days;

/// Posts a movement: one transaction, a debit line and a credit line.
pub(crate) fn post(ctx: &Ctx<'_>, movement: &Movement<'_>) -> Result<Record<Posted>, ApiError> {
    post_on(ctx, movement, Days::today(ctx))
}

/// Posts a movement; `annotate` adds what the rail knows.
pub(crate) fn post_with(
    ctx: &Ctx<'_>,
    movement: &Movement<'_>,
    annotate: impl FnOnce(&mut Record<Posted>),
) -> Result<Record<Posted>, ApiError> {
    sweeping(ctx, movement, Days::today(ctx), annotate)
}

/// Posts a movement for days of its own, such as the end of a period that is over.
pub(crate) fn post_on(
    ctx: &Ctx<'_>,
    movement: &Movement<'_>,
    days: Days,
) -> Result<Record<Posted>, ApiError> {
    sweeping(ctx, movement, days, |_| {})
}

/// Posts a movement that takes an earlier transaction back, in whole or in part.
pub(crate) fn post_reversal(
    ctx: &Ctx<'_>,
    movement: &Movement<'_>,
    original: TransactionId,
) -> Result<Record<Posted>, ApiError> {
    append(ctx, movement, Days::today(ctx), false, |transaction| {
        transaction.data.original_trx = Some(original);
    })
}

/// Posts a movement between what the lines of its accounts make necessary.
fn sweeping(
    ctx: &Ctx<'_>,
    movement: &Movement<'_>,
    days: Days,
    annotate: impl FnOnce(&mut Record<Posted>),
) -> Result<Record<Posted>, ApiError> {
    sweep::fund(ctx, movement.from, movement.amount, days)?;
    let transaction = append(ctx, movement, days, false, annotate)?;
    sweep::spill(ctx, movement.to, days)?;
    Ok(transaction)
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};
    use serde_json::json;
    use synctera_api::v2::types::{TransactionSubtype, TransactionType};
    use uuid::Uuid;

    use super::*;
    use crate::ledger::{
        ACCOUNT, Account, AccountFacts, Ended, InternalAccount, InternalAccountFacts, LINKS_MAX,
        LedgerAccount, NewHold, Sign, balances, ledger_account,
    };
    use crate::model::settings::Settings;
    use crate::model::{Recording, build};
    use crate::store::Store;

    static RECORDING: Recording =
        Recording { is_always_recorded: |_| false, raises_events: |_| false, listeners: &ACCOUNT };
    /// A chain of so many accounts overflowed the stack of a thread when sweeps were a recursion.
    const ACCOUNTS: usize = 5_000;
    /// The number of an internal account.
    const BANK: usize = ACCOUNTS + 1;

    /// Accounts 0 to `ACCOUNTS`, each linked to the next by its floor and its ceiling of 0, and the
    /// internal account [`BANK`].
    fn with_a_chain(test: impl FnOnce(&Ctx<'_>)) {
        let mut store = Store::temporary().unwrap();
        let tx = store.begin().unwrap();
        let settings = Settings::default();
        let ctx = Ctx::internal(&tx, "1_1", DateTime::UNIX_EPOCH, &settings, 0, &RECORDING);
        let bank = json!({ "id": id(BANK), "currency": "USD", "status": "ACTIVE" });
        let bank = Record::new(build(bank).unwrap(), InternalAccountFacts::default());
        ctx.add::<InternalAccount>(&bank).unwrap();
        for number in 0..=ACCOUNTS {
            let line = json!({ "balance": 0, "linked_account_id": id(number + 1) });
            let mut account = json!({ "id": id(number), "currency": "USD" });
            if number < ACCOUNTS {
                let lines = json!({ "balance_floor": line, "balance_ceiling": line });
                crate::model::patch(&mut account, &lines);
            }
            let account = Record::new(build(account).unwrap(), AccountFacts::default());
            ctx.add::<Account>(&account).unwrap();
        }
        test(&ctx);
    }

    fn id(number: usize) -> Uuid {
        Uuid::from_u128(number as u128 + 1)
    }

    fn account(ctx: &Ctx<'_>, number: usize) -> LedgerAccount {
        ledger_account(ctx, id(number)).unwrap().unwrap()
    }

    fn pay(ctx: &Ctx<'_>, from: usize, to: usize, amount: i64) {
        let movement = Movement {
            kind: TransactionType::InternalTransfer,
            subtype: TransactionSubtype::AccountToAccount,
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
        let balances = balances(ctx, id(number)).unwrap();
        (balances.account, balances.available)
    }

    #[test]
    fn a_credit_to_a_chain_of_thousands_of_accounts_follows_a_bounded_number_of_links() {
        with_a_chain(|ctx| {
            pay(ctx, BANK, 0, 700);
            assert_eq!(balance(ctx, 0), (0, 0));
            assert_eq!(balance(ctx, LINKS_MAX), (700, 700));
            assert_eq!(balance(ctx, LINKS_MAX + 1), (0, 0));
        });
    }

    #[test]
    fn a_debit_and_a_hold_reach_as_far_and_no_farther() {
        with_a_chain(|ctx| {
            let far = ACCOUNTS - LINKS_MAX;
            pay(ctx, BANK, ACCOUNTS, 700);
            pay(ctx, far, BANK, 200);
            assert_eq!((balance(ctx, far), balance(ctx, ACCOUNTS)), ((0, 0), (500, 500)));
            let hold = NewHold {
                kind: TransactionType::Card,
                subtype: TransactionSubtype::PosPurchase,
                account: &account(ctx, far),
                offset: &account(ctx, BANK),
                sign: Sign::Debit,
                amount: 300,
                memo: "",
                reference_id: None,
                external_data: json!({}),
                expires_at: DateTime::UNIX_EPOCH + TimeDelta::days(1),
                transaction_id: None,
                id: None,
            };
            let hold = hold.open(ctx).unwrap();
            assert_eq!((balance(ctx, far), balance(ctx, ACCOUNTS)), ((0, 0), (500, 200)));
            Ended::Released.end(ctx, hold.uuid).unwrap();
            assert_eq!((balance(ctx, far), balance(ctx, ACCOUNTS)), ((0, 0), (500, 500)));
            // One link more, and there is nothing to be had.
            pay(ctx, far - 1, BANK, 200);
            assert_eq!((balance(ctx, far - 1), balance(ctx, ACCOUNTS)), ((-200, -200), (500, 500)));
        });
    }
}
