//! Closing an account from any state: in the end it is closed with nothing on it and nothing lost, or
//! it says what it waits for; what it names is then done, and it goes on.

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

use super::super::ledger::bank::{Bank, OTHER, PROGRAM, SAVING, id, text};
use super::closing::waits;

const CASES: u32 = 64;
/// Business days within which an account must be closed when everything it names is done.
const DAYS_MAX: usize = 60;
/// The memo of what is paid out at closing.
const REST: &str = "The rest of a closed account";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Checking,
    /// A savings account with interest.
    Saving,
    Line,
}

/// What happens to an account before it is closed.
#[derive(Clone, Copy, Debug)]
enum Step {
    Fund {
        amount: i64,
    },
    Spend {
        amount: i64,
    },
    Authorize {
        amount: i64,
    },
    /// Cleared for more than there is: the balance may go below zero.
    ClearMore {
        amount: i64,
    },
    Pull {
        amount: i64,
        days: u64,
    },
    PullFromCard {
        amount: i64,
    },
    Push {
        amount: i64,
    },
    HoldFor {
        amount: i64,
    },
    HoldFrom {
        amount: i64,
    },
    Dispute {
        amount: i64,
    },
    Schedule {
        amount: i64,
    },
    Wait {
        hours: i64,
    },
}

/// Where the rest is to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Destination {
    None,
    /// The status alone is changed, where the balance is zero.
    ByHand,
    Account,
    Program,
    Ach,
    Check,
}

#[derive(Clone, Debug)]
struct Case {
    kind: Kind,
    steps: Vec<Step>,
    destination: Destination,
    /// How what is open ends: one way or the other.
    ends: Vec<bool>,
    /// Whether the first payment by ACH comes back.
    comes_back: bool,
}

fn case() -> impl Strategy<Value = Case> {
    let amount = 1i64..300_00;
    let step = prop_oneof![
        4 => amount.clone().prop_map(|amount| Step::Fund { amount }),
        1 => amount.clone().prop_map(|amount| Step::Spend { amount }),
        2 => amount.clone().prop_map(|amount| Step::Authorize { amount }),
        1 => amount.clone().prop_map(|amount| Step::ClearMore { amount }),
        2 => (amount.clone(), 0u64..12).prop_map(|(amount, days)| Step::Pull { amount, days }),
        1 => amount.clone().prop_map(|amount| Step::PullFromCard { amount }),
        1 => amount.clone().prop_map(|amount| Step::Push { amount }),
        2 => amount.clone().prop_map(|amount| Step::HoldFor { amount }),
        1 => amount.clone().prop_map(|amount| Step::HoldFrom { amount }),
        2 => amount.clone().prop_map(|amount| Step::Dispute { amount }),
        1 => amount.prop_map(|amount| Step::Schedule { amount }),
        2 => (1i64..200).prop_map(|hours| Step::Wait { hours }),
    ];
    let kind = prop_oneof![
        3 => Just(Kind::Checking),
        2 => Just(Kind::Saving),
        1 => Just(Kind::Line),
    ];
    let destination = prop_oneof![
        1 => Just(Destination::None),
        1 => Just(Destination::ByHand),
        1 => Just(Destination::Account),
        1 => Just(Destination::Program),
        2 => Just(Destination::Ach),
        1 => Just(Destination::Check),
    ];
    let steps = prop::collection::vec(step, 0..8);
    let ends = prop::collection::vec(any::<bool>(), 16);
    (kind, steps, destination, ends, any::<bool>()).prop_map(
        |(kind, steps, destination, ends, comes_back)| Case {
            kind,
            steps,
            destination,
            ends,
            comes_back,
        },
    )
}

/// An account on its way, and what is open on it.
struct Closing<'a> {
    bank: &'a Bank,
    account: String,
    card: Option<String>,
    foreign_card: String,
    transfers: Vec<String>,
    authorized: Vec<(String, i64)>,
    disputes: Vec<String>,
    ends: Vec<bool>,
}

impl<'a> Closing<'a> {
    async fn open(bank: &'a Bank, case: &Case) -> Closing<'a> {
        let account = match case.kind {
            Kind::Checking => bank.open_for("CHECKING", json!({})).await,
            Kind::Line => {
                bank.open_for("LINE_OF_CREDIT", json!({ "credit_limit": 1_000_00 })).await
            }
            Kind::Saving => {
                let product = json!({ "product_type": "INTEREST",
                    "calculation_method": "COMPOUNDED_MONTHLY",
                    "accrual_payout_schedule": "MONTHLY", "rates": [{ "rate": 2000,
                        "accrual_period": "DAILY", "valid_from": "2026-01-01" }] });
                let product = id(&bank.post("accounts/products", product).await.unwrap());
                bank.open_for("SAVING", json!({ "interest_product_id": product })).await
            }
        };
        let products = bank.get("cards/products").await;
        let card = json!({ "type": "DEBIT", "card_details": { "form": "VIRTUAL",
            "account_id": account, "customer_id": bank.person,
            "card_product_id": products["card_products"][0]["id"] } });
        let card = bank.post("cards", card).await.ok().map(|card| id(&card["card_details"]));
        let token = json!({ "customer_id": bank.person, "name": "Ada Byron",
            "token": "pending-1" });
        let foreign_card = id(&bank.post("external_cards/tokens", token).await.unwrap());
        Closing {
            bank,
            account,
            card,
            foreign_card,
            transfers: Vec::new(),
            authorized: Vec::new(),
            disputes: Vec::new(),
            ends: case.ends.clone(),
        }
    }

    fn end(&mut self) -> bool {
        self.ends.rotate_left(1);
        self.ends[0]
    }

    async fn simulate(&self, what: &str, body: Value) -> Option<Value> {
        let path = format!("cards/transaction_simulations/{what}");
        self.bank.post(&path, body).await.ok()
    }

    /// A card's authorization, if it is approved.
    async fn authorize(&self, amount: i64) -> Option<String> {
        let body = json!({ "card_id": self.card.as_ref()?, "amount": amount, "mid": "shop" });
        let answer = self.simulate("authorization", body).await?;
        let transaction = &answer["transaction"];
        (transaction["state"] != "DECLINED").then(|| text(transaction, "token").to_owned())
    }

    async fn clear(&self, token: &str, amount: i64) {
        let body = json!({ "original_transaction_id": token, "amount": amount });
        self.simulate("clearing", body).await.unwrap();
    }

    async fn hold(&mut self, from: &str, to: &str, amount: i64) {
        let body = json!({ "amount": amount, "currency": "USD", "type": "ACCOUNT_TO_ACCOUNT",
            "capture_mode": "MANUAL", "originating_account_id": from,
            "receiving_account_id": to });
        let made = self.bank.post("transactions/internal_transfer", body).await;
        self.transfers.extend(made.as_ref().ok().map(id));
    }

    /// What a rule refuses does not happen.
    async fn take(&mut self, step: Step) {
        let (bank, account) = (self.bank, self.account.clone());
        let (program, other) = (&bank.accounts[PROGRAM], &bank.accounts[OTHER]);
        let ach = |sign: &str, amount: i64| {
            json!({ "customer_id": bank.person, "amount": amount, "currency": "USD",
                "dc_sign": sign, "originating_account_id": account,
                "receiving_account_id": bank.external })
        };
        match step {
            Step::Fund { amount } => drop(bank.pay(program, &account, amount).await),
            Step::Spend { amount } => drop(bank.pay(&account, other, amount).await),
            Step::Authorize { amount } => {
                let token = self.authorize(amount).await;
                self.authorized.extend(token.map(|token| (token, amount)));
            }
            Step::ClearMore { amount } => {
                if let Some(token) = self.authorize(1).await {
                    self.clear(&token, amount).await;
                }
            }
            Step::Pull { amount, days } => {
                let mut pull = ach("debit", amount);
                if days > 0 {
                    let day = bank.sandbox.now().date_naive() + chrono::Days::new(days + 1);
                    pull["effective_date"] = json!(day);
                }
                drop(bank.post("ach", pull).await);
            }
            Step::PullFromCard { amount } => {
                let pull = json!({ "type": "PULL", "originating_account_id": account,
                    "external_card_id": self.foreign_card, "amount": amount, "currency": "USD" });
                drop(bank.post("external_cards/transfers", pull).await);
            }
            Step::Push { amount } => drop(bank.post("ach", ach("credit", amount)).await),
            Step::HoldFor { amount } => self.hold(program, &account, amount).await,
            Step::HoldFrom { amount } => self.hold(&account, other, amount).await,
            Step::Dispute { amount } => {
                let Some(token) = self.authorize(amount).await else {
                    return;
                };
                self.clear(&token, amount).await;
                let found = format!("transactions/posted?account_id={account}&type=card");
                let found = bank.get(&found).await;
                let disputed = found["result"].as_array().unwrap().iter().find(|posted| {
                    posted["disputes"].as_array().is_none_or(Vec::is_empty)
                        && posted["data"]["lines"][0]["amount"] == json!(amount)
                });
                let dispute = json!({ "payment_rail": "CARD",
                    "transaction_id": disputed.unwrap()["uuid"], "disputed_amount": amount,
                    "date_customer_reported": "2026-11-24T14:00:00Z", "memo": "not mine",
                    "reason_code": "DUPLICATE_TRANSACTION" });
                let dispute = bank.post("disputes", dispute).await;
                self.disputes.extend(dispute.as_ref().ok().map(id));
            }
            Step::Schedule { amount } => {
                let schedule = json!({ "description": "savings", "schedule": {
                        "start_date": "2027-01-04", "frequency": "WEEKLY", "interval": 1,
                        "count": 9 },
                    "payment_instruction": { "type": "INTERNAL_TRANSFER", "request": {
                        "originating_account_id": account, "receiving_account_id": other,
                        "amount": amount, "currency": "USD", "type": "ACCOUNT_TO_ACCOUNT" } } });
                bank.post("payment_schedules", schedule).await.unwrap();
            }
            Step::Wait { hours } => bank.wait(hours),
        }
    }

    /// Begins to close it.
    async fn begin(&self, destination: Destination) {
        let (method, to) = self.method(destination);
        if destination == Destination::ByHand
            && self.bank.set_status(&self.account, "IN_CLOSING").await.is_ok()
        {
            return;
        }
        self.bank.close(&self.account, method, to).await.unwrap();
    }

    fn method(&self, destination: Destination) -> (&'static str, Option<&str>) {
        let account = |place: usize| Some(self.bank.accounts[place].as_str());
        match destination {
            Destination::None | Destination::ByHand => ("", None),
            Destination::Account => ("INTERNAL_TRANSFER_TO_CUSTOMER_ACCOUNT", account(SAVING)),
            Destination::Program => ("INTERNAL_TRANSFER_TO_INTERNAL_ACCOUNT", account(PROGRAM)),
            Destination::Ach => ("ACH", Some(&self.bank.external)),
            Destination::Check => ("BANK_DRAFT", None),
        }
    }

    /// What the closure waits for, which for one by hand the refusal to end it shows.
    async fn named(&self, shown: &Value) -> Result<Vec<String>, TestCaseError> {
        if shown["account_closure"].is_null() {
            let closed = self.bank.set_status(&self.account, "CLOSED").await;
            return Ok(closed.err().into_iter().collect());
        }
        let waits: Vec<String> = waits(shown).into_iter().map(str::to_owned).collect();
        if !waits.is_empty() {
            let closed = self.bank.set_status(&self.account, "CLOSED").await;
            prop_assert!(closed.is_err(), "closed in spite of {waits:?}");
        }
        Ok(waits)
    }

    /// Does what the closure names, as far as it is not done by time alone.
    async fn attend(&mut self, name: &str) {
        let bank = self.bank;
        match name {
            "pending_transactions" => {
                for transfer in std::mem::take(&mut self.transfers) {
                    let status = if self.end() { "COMPLETE" } else { "CANCELED" };
                    // Its time may have run out.
                    drop(bank.end_transfer(&transfer, status).await);
                }
                for (token, amount) in std::mem::take(&mut self.authorized) {
                    if self.end() {
                        let body = json!({ "original_transaction_id": token, "amount": amount });
                        drop(self.simulate("clearing", body).await);
                    }
                }
            }
            "disputes" => {
                for dispute in std::mem::take(&mut self.disputes) {
                    let act = if self.end() { "PROVISIONAL_CREDIT" } else { "WRITE_OFF" };
                    let body = json!({ "payment_rail": "CARD", "action": act, "state": "CREATE" });
                    let path = format!("disputes/{dispute}/actions");
                    bank.post(&path, body).await.unwrap();
                    let closed = json!({ "status": "CLOSED" });
                    drop(bank.patch(&format!("disputes/{dispute}"), closed).await);
                }
            }
            // By hand, the money is moved; a debt is paid; else a destination is named.
            "BALANCE_VIOLATION" | "balance" => {
                let rest = bank.balance_of(&self.account).await;
                let shown = bank.shown(&self.account).await;
                let is_owed = shown["account_type"] == "LINE_OF_CREDIT";
                let program = &bank.accounts[PROGRAM];
                if is_owed && rest > 0 {
                    bank.pay(program, &self.account, rest).await.unwrap();
                } else if shown["account_closure"].is_null() {
                    drop(bank.pay(&self.account, program, rest.abs()).await);
                } else if rest != 0 {
                    let path = format!("accounts/{}/initiate_closure", self.account);
                    let method = "INTERNAL_TRANSFER_TO_CUSTOMER_ACCOUNT";
                    let to = json!({ "payment_method": method,
                        "destination_id": bank.accounts[SAVING] });
                    let none = &shown["account_closure"]["payment_method"];
                    let checks = shown["account_closure"]["validation_responses"].to_string();
                    if none.is_null() || checks.contains("failed") {
                        bank.patch(&path, to).await.unwrap();
                    }
                }
            }
            "ach_transfers"
            | "check_deposits"
            | "external_card_transfers"
            | "interest"
            | "returns"
            | "IMPROPER_ACCOUNT_STATUS" => {}
            other => panic!("what is {other}?"),
        }
    }

    /// Each payment of the rest went to the destination, or to the one that was named later.
    async fn check_payouts(&self, destination: Destination) -> Result<(), TestCaseError> {
        let path = format!("transactions/posted?account_id={}&limit=100", self.account);
        let posted = self.bank.get(&path).await;
        let posted = posted["result"].as_array().unwrap();
        prop_assert!(posted.len() < 100, "not all were read");
        for paid in posted.iter().filter(|posted| posted["data"]["memo"] == REST) {
            let lines = paid["data"]["lines"].as_array().unwrap();
            let to = lines.iter().find(|line| line["dc_sign"] == "credit").unwrap();
            let to = text(to, "account_id");
            let fits = match destination {
                Destination::Ach => paid["type"] == "ach",
                Destination::Check => paid["type"] == "check",
                Destination::Program => to == self.bank.accounts[PROGRAM],
                Destination::None | Destination::ByHand | Destination::Account => false,
            };
            prop_assert!(fits || to == self.bank.accounts[SAVING], "{paid}");
        }
        Ok(())
    }

    /// Lets the payment of the rest come back, once it has been sent.
    async fn send_back(&self) -> bool {
        let sent = self.bank.get("ach").await;
        let rest = sent["transactions"]
            .as_array()
            .unwrap()
            .iter()
            .find(|transfer| transfer["status"] == "COMPLETE" && transfer["memo"] == REST);
        let Some(rest) = rest else {
            return false;
        };
        let back = json!({ "ach_id": rest["id"] });
        self.bank.post("ach/transaction_simulations/receiving_return", back).await.unwrap();
        true
    }
}

async fn closes(bank: &Bank, case: Case) -> Result<(), TestCaseError> {
    let mut closing = Closing::open(bank, &case).await;
    bank.pay(&bank.accounts[PROGRAM], &bank.accounts[OTHER], 1_000_00).await.unwrap();
    for step in &case.steps {
        closing.take(*step).await;
    }
    closing.begin(case.destination).await;
    let mut comes_back = case.comes_back;
    let mut days = 0;
    loop {
        let shown = bank.shown(&closing.account).await;
        if shown["status"] == "CLOSED" {
            break;
        }
        prop_assert_eq!(&shown["status"], "IN_CLOSING");
        let named = closing.named(&shown).await?;
        prop_assert!(days < DAYS_MAX, "still waits for {:?}", named);
        // With nothing to wait for, it is closed on the next business day.
        for name in &named {
            closing.attend(name).await;
        }
        if comes_back && !named.is_empty() && closing.send_back().await {
            comes_back = false;
        }
        bank.sandbox.advance_banking_days(1).map_err(|e| TestCaseError::fail(e.to_string()))?;
        if named.is_empty() {
            bank.wait(12);
            let closed = bank.shown(&closing.account).await;
            prop_assert_eq!(&closed["status"], "CLOSED", "{} waits for nothing", closed);
        }
        days += 1;
    }
    prop_assert_eq!(bank.balance_of(&closing.account).await, 0);
    closing.check_payouts(case.destination).await?;
    // Nothing happens on it any more, whatever falls due.
    bank.sandbox
        .advance(chrono::Duration::days(70))
        .map_err(|e| TestCaseError::fail(e.to_string()))?;
    prop_assert_eq!(bank.balance_of(&closing.account).await, 0);
    prop_assert_eq!(&bank.shown(&closing.account).await["status"], "CLOSED");
    bank.adds_up();
    Ok(())
}

#[test]
fn closing_from_any_state_ends_closed_with_nothing_lost() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let config = Config {
        cases: CASES,
        failure_persistence: None,
        max_shrink_iters: 200,
        ..Config::default()
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config, rng);
    runner
        .run(&case(), |case| runtime.block_on(async { closes(&Bank::open().await, case).await }))
        .unwrap();
}
