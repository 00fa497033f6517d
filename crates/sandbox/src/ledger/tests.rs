//! The ledger alone, over a store and no engine: any sequence of postings, holds and sweeps leaves
//! books that add up.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta};
use proptest::prelude::*;
use serde_json::json;
use synctera_api::v2::types::{
    PendingTransactionDataStatus as Status, TransactionSubtype, TransactionType,
};
use uuid::Uuid;

use super::*;
use crate::model::settings::Settings;
use crate::model::{Ctx, Record, Recording, Seed, build};
use crate::store::Store;

static RECORDING: Recording =
    Recording { is_always_recorded: |_| false, raises_events: |_| false, listeners: &ACCOUNT };

/// The number of the internal account, which may go below zero.
const BANK: usize = 1_000_000;

fn id(number: usize) -> Uuid {
    Uuid::from_u128(number as u128 + 1)
}

/// A line of an account: its balance, and the number of the account that it links to.
type Line = Option<(i64, Option<usize>)>;

/// A customer's account with its floor and its ceiling.
fn add_account(ctx: &Ctx<'_>, number: usize, floor: Line, ceiling: Line) {
    let line = |line: Line| {
        line.map(
            |(balance, linked)| json!({ "balance": balance, "linked_account_id": linked.map(id) }),
        )
    };
    let account = json!({
        "id": id(number), "currency": "USD", "balance_floor": line(floor),
        "balance_ceiling": line(ceiling),
    });
    let account = Record::new(build(account).unwrap(), AccountFacts::default());
    ctx.add::<Account>(&account).unwrap();
}

/// An empty ledger with the internal account [`BANK`].
fn with_ledger(test: impl FnOnce(&Ctx<'_>)) {
    let mut store = Store::temporary().unwrap();
    let tx = store.begin().unwrap();
    let settings = Settings::default();
    let (now, seed) = (DateTime::UNIX_EPOCH, Seed::given(0));
    let ctx = Ctx::internal(&tx, "1_1", now, &settings, seed, &RECORDING);
    let bank = json!({ "id": id(BANK), "currency": "USD", "status": "ACTIVE" });
    let bank = Record::new(build(bank).unwrap(), InternalAccountFacts::default());
    ctx.add::<InternalAccount>(&bank).unwrap();
    test(&ctx);
}

fn account(ctx: &Ctx<'_>, number: usize) -> LedgerAccount {
    ledger_account(ctx, id(number)).unwrap().unwrap()
}

fn pay(ctx: &Ctx<'_>, from: usize, to: usize, amount: i64) -> Record<Posted> {
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
    post(ctx, &movement).unwrap()
}

fn set_aside(ctx: &Ctx<'_>, on: usize, amount: i64) -> Record<Hold> {
    let hold = NewHold {
        kind: TransactionType::Card,
        subtype: TransactionSubtype::PosPurchase,
        account: &account(ctx, on),
        offset: &account(ctx, BANK),
        sign: Sign::Debit,
        amount,
        memo: "",
        reference_id: None,
        external_data: json!({}),
        expires_at: DateTime::UNIX_EPOCH + TimeDelta::days(1),
        transaction_id: None,
        id: None,
    };
    hold.open(ctx).unwrap()
}

fn balance(ctx: &Ctx<'_>, number: usize) -> (i64, i64) {
    let balances = balances(ctx, id(number)).unwrap();
    (balances.account, balances.available)
}

mod chains {
    use super::*;

    /// A chain of so many accounts overflowed the stack of a thread when sweeps were a recursion.
    const ACCOUNTS: usize = 5_000;

    /// Accounts 0 to `ACCOUNTS`, each linked to the next by its floor and its ceiling of 0.
    fn with_a_chain(test: impl FnOnce(&Ctx<'_>)) {
        with_ledger(|ctx| {
            for number in 0..ACCOUNTS {
                let line = Some((0, Some(number + 1)));
                add_account(ctx, number, line, line);
            }
            add_account(ctx, ACCOUNTS, None, None);
            test(ctx);
        });
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
            let hold = set_aside(ctx, far, 300);
            assert_eq!((balance(ctx, far), balance(ctx, ACCOUNTS)), ((0, 0), (500, 200)));
            Ended::Released.end(ctx, hold.uuid).unwrap();
            assert_eq!((balance(ctx, far), balance(ctx, ACCOUNTS)), ((0, 0), (500, 500)));
            // One link more, and nothing can be reached.
            pay(ctx, far - 1, BANK, 200);
            assert_eq!((balance(ctx, far - 1), balance(ctx, ACCOUNTS)), ((-200, -200), (500, 500)));
        });
    }
}

/// What may happen to a ledger.
#[derive(Clone, Debug)]
enum Step {
    Pay { from: usize, to: usize, amount: i64 },
    SetAside { on: usize, amount: i64 },
    Resize { hold: usize, amount: i64 },
    End { hold: usize, how: Ended },
}

/// Customers' accounts in the random ledgers.
const ACCOUNTS: usize = 5;

fn number() -> impl Strategy<Value = usize> {
    prop_oneof![4 => 0..ACCOUNTS, 1 => Just(BANK)]
}

fn step() -> impl Strategy<Value = Step> {
    let amount = || 1..1_000_i64;
    prop_oneof![
        4 => (number(), number(), amount()).prop_map(|(from, to, amount)| Step::Pay { from, to, amount }),
        3 => (0..ACCOUNTS, amount()).prop_map(|(on, amount)| Step::SetAside { on, amount }),
        1 => (0..50_usize, amount()).prop_map(|(hold, amount)| Step::Resize { hold, amount }),
        2 => (0..50_usize, 0..3_usize).prop_map(|(hold, how)| {
            Step::End { hold, how: [Ended::Cleared, Ended::Released, Ended::Expired][how] }
        }),
    ]
}

/// A line whose link, if any, leads to an account with a higher number: chains without circles.
fn line(number: usize) -> impl Strategy<Value = Line> {
    let linked = if number + 1 < ACCOUNTS {
        prop::option::of(number + 1..ACCOUNTS).boxed()
    } else {
        Just(None).boxed()
    };
    prop::option::of((-500..500_i64, linked))
}

/// Accounts by number, each with a floor and a ceiling.
fn accounts() -> impl Strategy<Value = Vec<(Line, Line)>> {
    (0..ACCOUNTS).map(|number| (line(number), line(number))).collect::<Vec<_>>()
}

/// A ledger, and what is known of it beside its books.
struct Model<'a> {
    ctx: &'a Ctx<'a>,
    /// The open holds, with the sums that they show.
    open: BTreeMap<Uuid, i64>,
    holds: Vec<Uuid>,
}

impl Model<'_> {
    fn take(&mut self, step: &Step) {
        match *step {
            Step::Pay { from, to, amount } if from != to => {
                let posted = pay(self.ctx, from, to, amount);
                let [debit, credit] = posted.data.lines.as_slice() else {
                    panic!("a transaction of {} lines", posted.data.lines.len());
                };
                assert_eq!((debit.amount, credit.amount), (amount, amount));
            }
            Step::Pay { .. } => {}
            Step::SetAside { on, amount } => {
                let hold = set_aside(self.ctx, on, amount).uuid.as_uuid();
                self.open.insert(hold, amount);
                self.holds.push(hold);
            }
            Step::Resize { hold, amount } => {
                let Some(&hold) = self.holds.get(hold) else {
                    return;
                };
                let resized = Resized::Increased.to(self.ctx, hold, amount);
                assert_eq!(
                    resized.is_ok(),
                    self.open.contains_key(&hold),
                    "an ended hold is ended"
                );
                if resized.is_ok() {
                    self.open.insert(hold, amount);
                }
            }
            Step::End { hold, how } => {
                let Some(&hold) = self.holds.get(hold) else {
                    return;
                };
                let ended = how.end(self.ctx, hold);
                let was_open = self.open.remove(&hold).is_some();
                assert_eq!(ended.is_ok(), was_open, "a hold ends exactly once");
                if let Ok(ended) = ended {
                    let closed = [Status::Cleared, Status::Released, Status::Expired];
                    assert!(closed.contains(&ended.data.status));
                }
            }
        }
    }

    fn check(&self) {
        let audit = self.ctx.tx.audit().unwrap();
        assert!(audit.adds_up(), "{audit}");
        let all = (0..ACCOUNTS).chain([BANK]);
        assert_eq!(all.map(|number| balance(self.ctx, number).0).sum::<i64>(), 0);
        let held: i64 = (0..ACCOUNTS)
            .map(|number| {
                let (posted, available) = balance(self.ctx, number);
                assert!(available <= posted, "a hold adds no money");
                posted - available
            })
            .sum();
        // What a hold lacks on its own account is set aside on the accounts behind it.
        assert!(held >= self.open.values().sum::<i64>(), "{held} for {:?}", self.open);
        if self.open.is_empty() {
            assert_eq!(held, 0, "nothing is set aside without a hold");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..Default::default() })]

    #[test]
    fn whatever_happens_the_books_add_up(
        accounts in accounts(),
        steps in prop::collection::vec(step(), 1..40),
    ) {
        with_ledger(|ctx| {
            for (number, (floor, ceiling)) in accounts.iter().enumerate() {
                add_account(ctx, number, *floor, *ceiling);
            }
            let mut model = Model { ctx, open: BTreeMap::new(), holds: Vec::new() };
            for step in &steps {
                model.take(step);
                model.check();
            }
        });
    }

    #[test]
    fn a_floor_holds_as_long_as_the_accounts_behind_it_have_money(
        floor in -500..500_i64,
        there in 0..2_000_i64,
        amount in 1..3_000_i64,
    ) {
        with_ledger(|ctx| {
            add_account(ctx, 0, Some((floor, Some(1))), None);
            add_account(ctx, 1, None, None);
            if there > 0 {
                pay(ctx, BANK, 1, there);
            }
            pay(ctx, 0, BANK, amount);
            let short = (floor + amount).max(0);
            let swept = short.min(there);
            assert_eq!(balance(ctx, 0).0, swept - amount);
            assert_eq!(balance(ctx, 1).0, there - swept);
        });
    }

    #[test]
    fn what_is_above_a_ceiling_goes_to_the_linked_account(
        ceiling in 0..1_000_i64,
        amount in 1..3_000_i64,
    ) {
        with_ledger(|ctx| {
            add_account(ctx, 0, None, Some((ceiling, Some(1))));
            add_account(ctx, 1, None, None);
            pay(ctx, BANK, 0, amount);
            assert_eq!(balance(ctx, 0).0, amount.min(ceiling));
            assert_eq!(balance(ctx, 1).0, (amount - ceiling).max(0));
        });
    }
}
