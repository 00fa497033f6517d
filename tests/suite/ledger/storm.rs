//! Many clients at once, at random, on the same few accounts; and what must hold whatever came of
//! it.

use std::collections::BTreeMap;
use std::sync::Arc;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::bank::{self, Bank, id, text};

const CLIENTS: u64 = 8;
const STEPS: u64 = 50;

/// Refusals that rules give; anything else fails a test.
const RULES: [&str; 6] = [
    "INSUFFICIENT_FUNDS",
    "BALANCE_VIOLATION",
    "INVALID_STATUS",
    "BAD_REQUEST_BODY",
    "IDEMPOTENCY_CONCURRENT_USE",
    "EXTERNAL_ACCOUNT_NOT_VERIFIED",
];

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % bound
    }

    fn account(&mut self) -> usize {
        usize::try_from(self.below(bank::PROGRAM as u64)).unwrap()
    }

    fn amount(&mut self) -> i64 {
        i64::try_from(self.below(90_00)).unwrap() + 1
    }
}

/// What a client has begun and not ended.
#[derive(Default)]
struct Begun {
    transfers: Vec<String>,
    authorized: Vec<(String, i64)>,
}

fn by_rule(answer: Result<Value, String>) -> Option<Value> {
    match answer {
        Ok(answer) => Some(answer),
        Err(code) => {
            assert!(RULES.contains(&code.as_str()), "{code}");
            None
        }
    }
}

async fn client(bank: Arc<Bank>, number: u64) -> Begun {
    let mut dice = Dice(number);
    let mut begun = Begun::default();
    for step in 0..STEPS {
        let (from, to, amount) = (dice.account(), dice.account(), dice.amount());
        match dice.below(10) {
            0 | 1 => {
                by_rule(bank.transfer(bank::PROGRAM, to, amount, "IMMEDIATE").await);
            }
            2 | 3 => {
                by_rule(bank.transfer(from, to, amount, "IMMEDIATE").await);
            }
            4 => {
                let made = by_rule(bank.transfer(from, to, amount, "MANUAL").await);
                begun.transfers.extend(made.as_ref().map(id));
            }
            5 => {
                if let Some(transfer) = begun.transfers.pop() {
                    let status = if dice.below(2) == 0 { "COMPLETE" } else { "CANCELED" };
                    bank.end_transfer(&transfer, status).await.unwrap();
                }
            }
            6 => match bank.authorize(amount).await {
                Ok(token) => begun.authorized.push((token, amount)),
                Err(reason) => assert!(RULES.contains(&reason.as_str()), "{reason}"),
            },
            7 => {
                if let Some((token, amount)) = begun.authorized.pop() {
                    match dice.below(3) {
                        0 => bank.reverse(&token, amount).await.unwrap(),
                        1 => bank.clear(&token, amount).await.unwrap(),
                        // A part now, and nobody asks for the rest.
                        _ => bank.clear(&token, amount / 2 + 1).await.unwrap(),
                    };
                }
            }
            8 => {
                let dc_sign = if dice.below(2) == 0 { "credit" } else { "debit" };
                let body = json!({ "customer_id": bank.person, "amount": amount,
                    "currency": "USD", "dc_sign": dc_sign,
                    "originating_account_id": bank.accounts[bank::OTHER],
                    "receiving_account_id": bank.external });
                by_rule(bank.post("ach", body).await);
            }
            // Twins: the same request under the same key, at the same moment, is one request.
            _ => {
                let body = bank.transfer_body(bank::PROGRAM, to, amount, "IMMEDIATE");
                let key = format!("twins {number} {step}");
                let send = || {
                    let path = "transactions/internal_transfer";
                    bank.send(Method::POST, path, Some(body.clone()), Some(&key))
                };
                let (one, other) = tokio::join!(send(), send());
                if let (Some(one), Some(other)) = (by_rule(one), by_rule(other)) {
                    assert_eq!(one["id"], other["id"]);
                }
            }
        }
    }
    begun
}

async fn stormed() -> (Arc<Bank>, Vec<Begun>) {
    let bank = Arc::new(Bank::open().await);
    let mut clients = JoinSet::new();
    for number in 0..CLIENTS {
        clients.spawn(client(bank.clone(), number));
    }
    let begun = clients.join_all().await;
    bank.sandbox.audit().unwrap();
    (bank, begun)
}

fn line_sum(line: &Value) -> i64 {
    let amount = line["amount"].as_i64().unwrap();
    if line["dc_sign"] == "credit" { amount } else { -amount }
}

/// What an account has at least, by its rules.
fn lowest(bank: &Bank, account: &str) -> i64 {
    let at = bank.accounts.iter().position(|id| id == account);
    match at {
        Some(bank::FLOORED) => bank::FLOOR,
        Some(at) if at != bank::PROGRAM => 0,
        // The program's and the bank's own may go below.
        _ => i64::MIN,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn money_is_neither_made_nor_lost() {
    let (bank, _) = stormed().await;
    let mut posted = bank.all("transactions/posted", "result").await;
    posted.sort_by_key(|transaction| transaction["id"].as_i64());
    assert!(posted.len() > 100, "too quiet a storm: {}", posted.len());
    let mut sums: BTreeMap<String, i64> = BTreeMap::new();
    let mut went_below: Vec<String> = Vec::new();
    for transaction in &posted {
        let lines = transaction["data"]["lines"].as_array().unwrap();
        assert_eq!(lines.iter().map(line_sum).sum::<i64>(), 0, "{transaction}");
        for line in lines {
            let account = text(line, "account_id").to_owned();
            let sum = sums.entry(account.clone()).or_default();
            *sum += line_sum(line);
            // The running balance is that of the lines so far; what is owed counts the other way.
            let sign = if account == bank.accounts[bank::LINE] { -1 } else { 1 };
            assert_eq!(line["balance"].as_i64(), Some(sign * *sum), "{line}");
            // A floor may be crossed upwards only: nothing but a credit ends below it.
            let is_debit = line["dc_sign"] == "debit";
            let left = line["available_balance"].as_i64().unwrap();
            if is_debit && left < lowest(&bank, &account) {
                went_below.push(format!("{left} on {account}: {transaction}"));
            }
        }
    }
    assert!(went_below.is_empty(), "{went_below:#?}");
    assert_eq!(sums.values().sum::<i64>(), 0);
    for (account, (balance, _)) in bank.accounts.iter().zip(bank.balances().await) {
        let sign = if *account == bank.accounts[bank::LINE] { -1 } else { 1 };
        assert_eq!(sign * balance, sums.get(account).copied().unwrap_or_default());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_is_held_is_what_is_missing_and_all_of_it_comes_free() {
    let (bank, begun) = stormed().await;
    let pending = bank.all("transactions/pending", "result").await;
    let mut held: BTreeMap<&str, i64> = BTreeMap::new();
    for hold in &pending {
        let data = &hold["data"];
        if matches!(text(data, "status"), "PENDING" | "PARTCLEARED") && hold["behind"].is_null() {
            *held.entry(text(hold, "account_id")).or_default() += data["amount"].as_i64().unwrap();
        }
    }
    assert!(!held.is_empty(), "nothing is held, so nothing is shown");
    for at in [bank::PLAIN, bank::OTHER, bank::SAVING, bank::CAPPED, bank::FLOORED] {
        let (balance, available) = bank.balances().await[at];
        let held = held.get(bank.accounts[at].as_str()).copied().unwrap_or_default();
        assert_eq!(balance - available, held, "on account {at}");
    }
    for begun in begun {
        for transfer in begun.transfers {
            bank.end_transfer(&transfer, "CANCELED").await.unwrap();
        }
        for (token, amount) in begun.authorized {
            bank.reverse(&token, amount).await.unwrap();
        }
    }
    // ACH goes out and its money comes free; what nobody cleared expires.
    bank.wait(24 * 30);
    bank.sandbox.audit().unwrap();
    for (at, (balance, available)) in bank.balances().await.into_iter().enumerate() {
        let free = if at == bank::LINE { bank::CREDIT - balance } else { balance };
        assert_eq!(available, free, "on account {at}");
    }
    let pending = bank.all("transactions/pending", "result").await;
    let open: Vec<_> = pending
        .iter()
        .filter(|hold| matches!(text(&hold["data"], "status"), "PENDING" | "PARTCLEARED"))
        .collect();
    assert!(open.is_empty(), "{open:#?}");
}
