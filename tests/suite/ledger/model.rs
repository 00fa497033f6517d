//! What is done to the bank is done to the reference, too; each step must be accepted or refused
//! alike, for the same reason, and leave the same balances.

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::bank::{self, Bank, id};
use super::reference::Ledger;

const CASES: u32 = 12;
const STEPS: usize = 40;

#[derive(Clone, Copy, Debug)]
enum Step {
    Transfer {
        from: usize,
        to: usize,
        amount: i64,
    },
    Reserve {
        from: usize,
        to: usize,
        amount: i64,
    },
    Authorize {
        amount: i64,
    },
    /// Of what is held, whichever comes at this place.
    Complete {
        place: usize,
    },
    Release {
        place: usize,
    },
    Wait {
        hours: i64,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let account = 0..bank::PROGRAM;
    // Amounts meet limits more often when they are round.
    let amount = prop_oneof![3 => (1i64..8).prop_map(|n| n * 50_00), 2 => 1i64..250_00];
    prop_oneof![
        3 => (account.clone(), amount.clone())
            .prop_map(|(to, amount)| Step::Transfer { from: bank::PROGRAM, to, amount }),
        6 => (account.clone(), account.clone(), amount.clone())
            .prop_map(|(from, to, amount)| Step::Transfer { from, to, amount }),
        4 => (account.clone(), account, amount.clone())
            .prop_map(|(from, to, amount)| Step::Reserve { from, to, amount }),
        3 => amount.prop_map(|amount| Step::Authorize { amount }),
        3 => (0usize..8).prop_map(|place| Step::Complete { place }),
        2 => (0usize..8).prop_map(|place| Step::Release { place }),
        1 => (1i64..100).prop_map(|hours| Step::Wait { hours }),
    ]
}

/// A name tells what is held: a transfer, or what a card was authorized for.
const CARD: &str = "card ";

async fn take(bank: &Bank, ledger: &mut Ledger, step: Step) -> Result<(), TestCaseError> {
    let held = |ledger: &Ledger, place: usize| {
        let names: Vec<String> = ledger.names().cloned().collect();
        (!names.is_empty()).then(|| names[place % names.len()].clone())
    };
    match step {
        Step::Transfer { from, to, amount } => {
            let expected = ledger.transfer(from, to, amount);
            let found = bank.transfer(from, to, amount, "IMMEDIATE").await;
            prop_assert_eq!(
                found.as_ref().map(drop).map_err(String::as_str),
                expected.as_ref().map(drop).map_err(|code| *code)
            );
        }
        Step::Reserve { from, to, amount } => {
            let found = bank.transfer(from, to, amount, "MANUAL").await;
            match (ledger.hold(from, to, amount), found) {
                (Ok(held), Ok(transfer)) => ledger.name(&id(&transfer), held),
                (Err(expected), Err(code)) => prop_assert_eq!(code, expected),
                (expected, found) => prop_assert!(false, "{:?}, {found:?}", expected.err()),
            }
        }
        Step::Authorize { amount } => {
            // What a card spends leaves for the network, which is the program's business.
            let expected = ledger.hold(bank::PLAIN, bank::PROGRAM, amount);
            match (expected, bank.authorize(amount).await) {
                (Ok(held), Ok(token)) => ledger.name(&format!("{CARD}{token}"), held),
                (Err(expected), Err(reason)) => prop_assert_eq!(reason, expected),
                (expected, found) => prop_assert!(false, "{:?}, {found:?}", expected.err()),
            }
        }
        Step::Complete { place } => {
            if let Some(name) = held(ledger, place) {
                match name.strip_prefix(CARD) {
                    Some(token) => bank.clear(token, ledger.amount(&name)).await.unwrap(),
                    None => bank.end_transfer(&name, "COMPLETE").await.unwrap(),
                };
                ledger.complete(&name);
                // It ends once.
                let again = match name.strip_prefix(CARD) {
                    Some(token) => bank.clear(token, 1).await,
                    None => bank.end_transfer(&name, "CANCELED").await,
                };
                prop_assert!(again.is_err());
            }
        }
        Step::Release { place } => {
            if let Some(name) = held(ledger, place) {
                match name.strip_prefix(CARD) {
                    Some(token) => bank.reverse(token, ledger.amount(&name)).await.unwrap(),
                    None => bank.end_transfer(&name, "CANCELED").await.unwrap(),
                };
                ledger.release(&name);
            }
        }
        Step::Wait { hours } => {
            bank.wait(hours);
            ledger.wait(hours);
        }
    }
    prop_assert_eq!(bank.balances().await, ledger.balances(), "after {:?}", step);
    prop_assert_eq!(ledger.sum(), 0);
    bank.sandbox.audit().map(drop).map_err(|why| TestCaseError::fail(why.to_string()))
}

#[test]
fn the_ledger_does_as_the_smallest_one_would() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let config = Config {
        cases: CASES,
        failure_persistence: None,
        max_shrink_iters: 2000,
        ..Config::default()
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let steps = prop::collection::vec(step(), STEPS);
    runner
        .run(&steps, |steps| {
            runtime.block_on(async {
                let bank = Bank::open().await;
                let mut ledger = Ledger::new();
                for step in steps {
                    take(&bank, &mut ledger, step).await?;
                }
                Ok(())
            })
        })
        .unwrap();
}
