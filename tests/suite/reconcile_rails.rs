//! What a ledger entry of each rail can be matched by, end to end: the caller has the key of the run,
//! what it gave with the payment, and the ids of the answer.

use std::collections::BTreeMap;
use std::convert::Infallible;

use chrono::{NaiveDate, TimeDelta};
use futures_util::stream;
use serde_json::{Map, Value, json};
use synctera::reconcile::{Finding, LedgerEntry, MatchBy, Reconcile};
use synctera::types::{
    AccountType, BarcodeCurrency, DcSign, IncomingAchSimulation, IncomingWireSimulation,
    InternalTransferCaptureMode, InternalTransferType, ListIncomingAchQuery,
    ListIncomingWiresQuery, ListPendingTransactionsQuery, ListPostedTransactionsQuery,
    NewInternalTransfer, NewOutgoingAch, NewWire, SyncteraPaySubtype,
};
use synctera::{
    AccountId, AddExternalCard, BankAccount, Currency, DepositCheck, ExternalAccountId, IssueCard,
    LinkExternalAccount, Merchant, Money, MoveByCard, PersonId, SendAch, SendSyncteraPay, SendWire,
    Transfer, Upload, step_key, step_key_of,
};
use synctera_tests::World;
use synctera_tests::world::now;

/// The member that the caller puts its reference in.
const ORDER: &str = "order";

/// A payment that was made.
struct Paid {
    rail: &'static str,
    /// What it does to the payer's account.
    cents: i64,
    /// What the caller can name it by.
    keys: Vec<(MatchBy, String)>,
}

struct Payer {
    world: World,
    holder: PersonId,
    account: AccountId,
    other: AccountId,
    bank: ExternalAccountId,
    paid: Vec<Paid>,
}

fn picture(what: &str) -> Upload {
    Upload::new(format!("{what}.jpg"), "image/jpeg", [b"\xff\xd8\xff", what.as_bytes()].concat())
}

fn order(name: &str) -> Map<String, Value> {
    json!({ ORDER: name, "more": [1] }).as_object().cloned().unwrap()
}

impl Payer {
    async fn new() -> Self {
        Self::of(World::new().await).await
    }

    async fn of(world: World) -> Self {
        let holder = world.customer().await;
        let account = world.checking(holder).await;
        world.fund(account, Money::usd(10_000_00)).await;
        let other = world.account(AccountType::Saving, holder).await;
        let bank = BankAccount::checking("Ada Byron", "Community Bank", "021000021", "1234567890")
            .wires("021000021");
        let bank = LinkExternalAccount::by_numbers(holder, bank);
        let bank = world.client.link_external_account(&bank).await.unwrap().all().unwrap()[0].id;
        Self { world, holder, account, other, bank, paid: Vec::new() }
    }

    /// Sums that no two payments share.
    fn amount(&self) -> Money {
        Money::usd(1_00 + self.paid.len() as i64)
    }

    fn paid(&mut self, rail: &'static str, sign: i64, keys: Vec<(MatchBy, String)>) {
        let cents = sign * self.amount().minor();
        self.paid.push(Paid { rail, cents, keys });
    }

    async fn internal_transfers(&mut self) {
        let client = self.world.client.clone();
        let transfer = Transfer::new(self.account, self.other, self.amount()).reference_id("ref-1");
        let made = client.transfer(&transfer).key("transfer-1").await.unwrap();
        let keys = vec![
            (MatchBy::Reference, "ref-1".to_owned()),
            (MatchBy::IdempotencyKey, step_key::<Transfer>("transfer-1", 1).to_string()),
            (MatchBy::Payment, made.id.to_string()),
        ];
        self.paid("internal transfer", -1, keys);

        for rail in ["internal transfer", "internal transfer, held and captured"] {
            let is_held = rail.contains("held");
            let body = NewInternalTransfer {
                originating_account_id: Some(self.account.into()),
                receiving_account_id: Some(self.other.into()),
                metadata: order(rail),
                capture_mode: is_held.then_some(InternalTransferCaptureMode::Manual),
                ..NewInternalTransfer::new(
                    self.amount().minor(),
                    Currency::USD,
                    InternalTransferType::AccountToAccount,
                )
            };
            let made = client.api().create_internal_transfer(&body).await.unwrap();
            if is_held {
                client.post_transfer(made.id).await.unwrap();
            }
            let keys = vec![(MatchBy::Metadata(ORDER.to_owned()), rail.to_owned())];
            self.paid(rail, -1, keys);
        }

        let transfer = Transfer::new(self.account, self.other, self.amount()).reference_id("ref-2");
        let held = client.transfer(&transfer.hold(None)).key("transfer-2").await.unwrap();
        client.post_transfer(held.id).key("capture-2").await.unwrap();
        let keys = vec![
            (MatchBy::Reference, "ref-2".to_owned()),
            (MatchBy::IdempotencyKey, step_key::<Transfer>("transfer-2", 1).to_string()),
            (MatchBy::Payment, held.id.to_string()),
        ];
        self.paid("internal transfer, held and captured", -1, keys);
    }

    async fn ach(&mut self) {
        let client = self.world.client.clone();
        let proven = self.world.proven_account(self.holder).await;
        for (rail, is_pull) in [("ACH push", false), ("ACH pull", true)] {
            let (external, sign) = if is_pull { (proven, 1) } else { (self.bank, -1) };
            let run = format!("{rail}-1");
            let request = match is_pull {
                true => SendAch::pull(self.account, external, self.amount(), self.holder),
                false => SendAch::push(self.account, external, self.amount(), self.holder),
            };
            let made = client.send_ach(&request).key(&run).await.unwrap();
            let keys = vec![
                (MatchBy::IdempotencyKey, step_key::<SendAch>(&run, 1).to_string()),
                (MatchBy::Payment, made.external_id.to_string()),
            ];
            self.paid(rail, sign, keys);

            let body = NewOutgoingAch {
                external_data: order(rail),
                ..NewOutgoingAch::new(
                    self.amount().minor(),
                    Currency::USD,
                    self.holder.into(),
                    if is_pull { DcSign::Debit } else { DcSign::Credit },
                    self.account,
                    external,
                )
            };
            client.api().create_outgoing_ach(&body).await.unwrap();
            let keys = vec![(MatchBy::ExternalData(ORDER.to_owned()), rail.to_owned())];
            self.paid(rail, sign, keys);
        }
    }

    async fn wires(&mut self) {
        let client = self.world.client.clone();
        let wire =
            SendWire::new(self.account, self.bank, self.amount(), self.holder, "Invoice 2201");
        let made = client.send_wire(&wire).key("wire-1").await.unwrap();
        let keys = vec![
            (MatchBy::IdempotencyKey, step_key::<SendWire>("wire-1", 1).to_string()),
            (MatchBy::Payment, made.transaction_id.to_string()),
        ];
        self.paid("wire", -1, keys);

        let body = NewWire {
            metadata: order("wire-2"),
            ..NewWire::new(
                self.amount().minor(),
                BarcodeCurrency::Usd,
                self.holder.into(),
                self.account,
                self.bank,
                "Invoice 2202",
            )
        };
        client.api().create_wire(&body).await.unwrap();
        let keys = vec![(MatchBy::Metadata(ORDER.to_owned()), "wire-2".to_owned())];
        self.paid("wire", -1, keys);
    }

    async fn external_cards(&mut self) {
        let client = self.world.client.clone();
        let card = AddExternalCard::new(self.holder, "Ada Byron", "good-1");
        let card = client.add_external_card(&card).await.unwrap().verified().unwrap().id;
        for (rail, is_pull) in [("external card push", false), ("external card pull", true)] {
            let request = match is_pull {
                true => MoveByCard::pull(self.account, card, self.amount()),
                false => MoveByCard::push(self.account, card, self.amount()),
            };
            let made = client.move_by_card(&request).key(rail).await.unwrap().succeeded().unwrap();
            let keys = vec![
                (MatchBy::IdempotencyKey, step_key::<MoveByCard>(rail, 1).to_string()),
                (MatchBy::Payment, made.transaction_id.unwrap().to_string()),
            ];
            self.paid(rail, if is_pull { 1 } else { -1 }, keys);
        }
    }

    async fn checks_and_synctera_pay(&mut self) {
        let client = self.world.client.clone();
        let (front, back) = (picture("front"), picture("back"));
        let check = DepositCheck::new(self.account, self.holder, self.amount(), front, back);
        let made = client.deposit_check(&check).key("check-1").await.unwrap();
        let keys = vec![
            (MatchBy::IdempotencyKey, step_key::<DepositCheck>("check-1", 1).to_string()),
            (MatchBy::Payment, made.transaction_id.unwrap().to_string()),
        ];
        self.paid("check deposit", 1, keys);

        let kind = SyncteraPaySubtype::OutgoingBillPayment;
        let today = now().date_naive();
        let bill =
            SendSyncteraPay::new(self.account, self.amount(), self.holder, kind, "BILLS", today)
                .reference_id("bill-1");
        let made = client.send_synctera_pay(&bill).key("bill-1").await.unwrap();
        client.post_synctera_pay(made.id).key("bill-1").await.unwrap();
        let keys = vec![
            (MatchBy::Reference, "bill-1".to_owned()),
            (MatchBy::IdempotencyKey, step_key::<SendSyncteraPay>("bill-1", 1).to_string()),
            (MatchBy::Payment, made.id.to_string()),
        ];
        self.paid("SyncteraPay", -1, keys);
    }

    async fn card_payments(&mut self) {
        let client = self.world.client.clone();
        let request = IssueCard::virtual_debit(self.account, self.holder);
        let card = client.issue_card(&request).await.unwrap().id;
        let payment = client
            .simulate_card(card)
            .authorize(self.amount(), &Merchant::new("cafe-1"))
            .await
            .unwrap();
        let query = ListPendingTransactionsQuery { card_id: Some(card), ..Default::default() };
        let held = client.api().list_pending_transactions(&query).await.unwrap();
        payment.clear(self.amount()).await.unwrap();
        let keys = vec![(MatchBy::Payment, held.result[0].uuid.to_string())];
        self.paid("card payment", -1, keys);
    }

    async fn incoming(&mut self) {
        const RAIL: &str = "incoming ACH and wire";
        let api = self.world.client.api();
        let number = api.get_account(self.account).await.unwrap().into_inner().account_number;
        let number = number.unwrap();
        let entry = IncomingAchSimulation::new(
            number.clone(),
            self.amount().minor(),
            DcSign::Credit,
            now().date_naive(),
        );
        api.simulate_incoming_ach(&entry).await.unwrap();
        let found = api.list_incoming_ach(&ListIncomingAchQuery::default()).await.unwrap();
        let id = found.transactions[0].external_id.unwrap();
        self.paid(RAIL, 1, vec![(MatchBy::Transaction, id.to_string())]);

        let api = self.world.client.api();
        let wire = IncomingWireSimulation::new(number, self.amount().minor());
        api.simulate_incoming_wire(&wire).await.unwrap();
        self.world.sandbox.advance(TimeDelta::days(1)).unwrap();
        let found = self.world.client.api();
        let found = found.list_incoming_wires(&ListIncomingWiresQuery::default()).await.unwrap();
        let id = found.wires[0].transaction_id.unwrap();
        self.paid(RAIL, 1, vec![(MatchBy::Transaction, id.to_string())]);
    }

    /// Whether an entry of this key matches, and matches its own payment.
    async fn is_matched(&self, by: &MatchBy, key: &str, cents: i64) -> bool {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let request = Reconcile::new(day("2026-11-01"), day("2026-12-31"))
            .accounts([self.account])
            .match_by(by.clone());
        let entry = LedgerEntry::new(key, self.account, Money::usd(cents));
        let entries = stream::iter([Ok::<_, Infallible>(entry)]);
        let report = self.world.client.reconcile(&request, entries).await.unwrap();
        let findings: Vec<Finding> = report.map(Result::unwrap).collect();
        assert!(!findings.iter().any(|finding| matches!(finding, Finding::Differs { .. })));
        findings.iter().filter(|finding| finding.is_matched()).count() == 1
    }
}

/// The table of the documentation: by rail and variant, whether it works.
fn documented() -> BTreeMap<(String, String), bool> {
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/../facade/src/reconcile/match_by.rs");
    let source = std::fs::read_to_string(source).unwrap();
    let mut rows = source.lines().filter_map(|line| line.strip_prefix("/// |")).map(|line| {
        let cells = line.trim_end_matches('|').split('|');
        cells.map(|cell| cell.trim().trim_matches('`').to_owned()).collect::<Vec<_>>()
    });
    let header = rows.next().unwrap();
    let mut table = BTreeMap::new();
    for row in rows.skip(1) {
        for (variant, cell) in header.iter().zip(&row).skip(1) {
            assert!(["yes", "no"].contains(&cell.as_str()), "{cell}");
            table.insert((row[0].clone(), variant.clone()), cell == "yes");
        }
    }
    table
}

#[tokio::test]
async fn each_rail_is_matched_by_what_the_table_says() {
    let mut payer = Payer::new().await;
    payer.internal_transfers().await;
    payer.ach().await;
    payer.wires().await;
    payer.external_cards().await;
    payer.checks_and_synctera_pay().await;
    payer.card_payments().await;
    payer.incoming().await;
    payer.world.sandbox.advance(TimeDelta::days(7)).unwrap();

    let documented = documented();
    let mut found: BTreeMap<(String, String), bool> =
        documented.keys().map(|cell| (cell.clone(), false)).collect();
    for paid in &payer.paid {
        for (by, key) in &paid.keys {
            let is_matched = payer.is_matched(by, key, paid.cents).await;
            let variant = format!("{by:?}");
            let variant = variant.split('(').next().unwrap().to_owned();
            if variant == "Transaction" {
                assert!(is_matched, "{}: {key}", paid.rail);
                continue;
            }
            let cell = found.get_mut(&(paid.rail.to_owned(), variant));
            let cell = cell.unwrap_or_else(|| panic!("no row {}", paid.rail));
            *cell |= is_matched;
        }
    }
    let differing: Vec<_> =
        found.iter().filter(|(cell, works)| documented[*cell] != **works).collect();
    assert!(differing.is_empty(), "in fact: {differing:?}");

    // By its own id every transaction is matched.
    let query = ListPostedTransactionsQuery {
        account_id: vec![payer.account],
        ..ListPostedTransactionsQuery::default()
    };
    let posted = payer.world.client.list(query).collect_up_to(1_000).await.unwrap();
    assert!(posted.len() > payer.paid.len());
    for transaction in posted {
        let id = transaction.uuid.to_string();
        let lines = transaction.data.lines.iter();
        let line = lines.clone().find(|line| line.account_id == payer.account).unwrap();
        let cents = if line.dc_sign == DcSign::Credit { line.amount } else { -line.amount };
        assert!(payer.is_matched(&MatchBy::Transaction, &id, cents).await, "{id}");
    }
}

#[tokio::test]
async fn what_leaves_later_is_matched_whatever_key_the_platform_posts_it_with() {
    let world = World::with_settings(|it| it.later_postings_keep_the_key = false).await;
    let mut payer = Payer::of(world).await;
    payer.ach().await;
    payer.wires().await;
    payer.world.sandbox.advance(TimeDelta::days(7)).unwrap();
    for paid in &payer.paid {
        for (by, key) in &paid.keys {
            let expected = *by != MatchBy::IdempotencyKey;
            let is_matched = payer.is_matched(by, key, paid.cents).await;
            assert_eq!(is_matched, expected, "{} by {by}", paid.rail);
        }
    }
}

#[tokio::test]
async fn a_step_key_is_the_key_that_is_sent() {
    let mut payer = Payer::new().await;
    payer.world.recorder.take();
    payer.internal_transfers().await;
    payer.ach().await;
    payer.wires().await;
    payer.external_cards().await;
    payer.checks_and_synctera_pay().await;
    let sent: Vec<String> = payer
        .world
        .recorder
        .take()
        .iter()
        .filter_map(|sent| sent.header("idempotency-key").map(str::to_owned))
        .collect();
    let mut compared = 0;
    for paid in &payer.paid {
        for (by, key) in &paid.keys {
            if *by == MatchBy::IdempotencyKey {
                assert_eq!(sent.iter().filter(|sent| *sent == key).count(), 1, "{}", paid.rail);
                compared += 1;
            }
        }
    }
    assert_eq!(compared, 9);

    // Any step of any journey has one.
    let request = Transfer::new(payer.account, payer.other, Money::usd(1)).hold(None);
    let held = payer.world.client.transfer(&request).key("transfer-9").await.unwrap();
    payer.world.client.post_transfer(held.id).key("capture-9").await.unwrap();
    let sent: Vec<String> = payer
        .world
        .recorder
        .take()
        .iter()
        .filter_map(|sent| sent.header("idempotency-key").map(str::to_owned))
        .collect();
    assert_eq!(step_key::<Transfer>("transfer-9", 1), sent[0].as_str());
    let capture = step_key_of::<synctera::EndTransfer>(
        "capture-9",
        synctera::v2::operations::UPDATE_INTERNAL_TRANSFER,
        "post",
        1,
    );
    assert_eq!(capture, sent[1].as_str());
}
