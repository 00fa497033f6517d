//! Our books against the platform's.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::time::Duration;

use chrono::{NaiveDate, TimeDelta};
use futures_util::stream;
use insta::{assert_snapshot, with_settings};
use proptest::prelude::*;
use synctera::reconcile::{
    Finding, Ingestion, LedgerEntry, MatchBy, Matcher, PostedLine, Reconcile, ReconciliationFile,
    Summary,
};
use synctera::types::{AccountType, InternalAccount, InternalAccountType};
use synctera::v0::types::{ListReconciliationsQuery, NewReconciliation};
use synctera::{AccountId, Currency, ErrorKind, Money, Polling, TransactionId, Transfer};
use synctera_tests::{Fault, World};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn account(number: u8) -> AccountId {
    format!("00000000-0000-4000-8000-0000000000{number:02x}").parse().unwrap()
}

fn transaction(number: usize) -> TransactionId {
    format!("00000000-0000-4000-8000-{number:012x}").parse().unwrap()
}

fn sorted(findings: Vec<Finding>) -> Vec<String> {
    let mut texts: Vec<String> = findings.iter().map(|finding| format!("{finding:?}")).collect();
    texts.sort();
    texts
}

/// Compares as a person would, with all of it on one table.
fn naive(ours: &[LedgerEntry], theirs: &[PostedLine]) -> Vec<Finding> {
    let mut groups: BTreeMap<String, (Vec<LedgerEntry>, Vec<PostedLine>)> = BTreeMap::new();
    let mut findings = Vec::new();
    let name = |key: &str, account: &dyn std::fmt::Display, money: Money| {
        format!("{key}/{account}/{}", money.currency().code())
    };
    for entry in ours {
        let name = name(&entry.key, &entry.account, entry.amount);
        groups.entry(name).or_default().0.push(entry.clone());
    }
    for line in theirs {
        match &line.key {
            None => findings.push(Finding::Extra(line.clone())),
            Some(key) => {
                let name = name(key, &line.account, line.amount);
                groups.entry(name).or_default().1.push(line.clone());
            }
        }
    }
    for (mut ours, mut theirs) in groups.into_values() {
        ours.sort_by_key(|entry| entry.amount.minor());
        theirs.sort_by_key(|line| (line.amount.minor(), line.transaction));
        let mut left = Vec::new();
        for entry in ours {
            match theirs.iter().position(|line| line.amount == entry.amount) {
                Some(place) => {
                    let transaction = theirs.remove(place).transaction;
                    findings.push(Finding::Matched { entry, transaction });
                }
                None => left.push(entry),
            }
        }
        let pairs = left.len().min(theirs.len());
        let rest = left.split_off(pairs);
        let extra = theirs.split_off(pairs);
        let differing = left.into_iter().zip(theirs);
        findings.extend(differing.map(|(entry, posted)| Finding::Differs { entry, posted }));
        findings.extend(rest.into_iter().map(Finding::Missing));
        findings.extend(extra.into_iter().map(Finding::Extra));
    }
    findings
}

fn money() -> impl Strategy<Value = Money> {
    (-2_i64..3, prop_oneof![Just(Currency::USD), Just(Currency::CAD)])
        .prop_map(|(minor, currency)| Money::new(minor, currency))
}

fn sides() -> impl Strategy<Value = (Vec<LedgerEntry>, Vec<PostedLine>)> {
    let entry = ("[ab]{1,2}", 0_u8..2, money())
        .prop_map(|(key, number, amount)| LedgerEntry::new(key, account(number), amount));
    let line = (prop::option::weighted(0.9, "[ab]{1,2}"), 0_u8..2, money());
    let lines = prop::collection::vec(line, 0..40).prop_map(|lines| {
        let numbered = lines.into_iter().enumerate();
        numbered
            .map(|(index, (key, number, amount))| {
                PostedLine::new(key, account(number), amount, transaction(index))
            })
            .collect()
    });
    (prop::collection::vec(entry, 0..40), lines)
}

proptest! {
    #[test]
    fn it_finds_what_a_person_would(
        (ours, theirs) in sides(),
        rows_in_memory in 1_usize..20,
        theirs_first in any::<bool>(),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut matcher = Matcher::within(folder.path(), rows_in_memory);
        if theirs_first {
            theirs.iter().for_each(|line| matcher.theirs(line.clone()).unwrap());
        }
        ours.iter().for_each(|entry| matcher.ours(entry.clone()).unwrap());
        if !theirs_first {
            theirs.iter().for_each(|line| matcher.theirs(line.clone()).unwrap());
        }
        let mut report = matcher.finish().unwrap();
        let findings: Vec<Finding> = report.by_ref().map(Result::unwrap).collect();
        let expected = naive(&ours, &theirs);
        let count = |test: fn(&Finding) -> bool| expected.iter().filter(|f| test(f)).count() as u64;
        let summary = report.summary();
        prop_assert_eq!(summary.matched, count(Finding::is_matched));
        prop_assert_eq!(summary.missing, count(|f| matches!(f, Finding::Missing(_))));
        prop_assert_eq!(summary.is_clean(), expected.iter().all(Finding::is_matched));
        prop_assert_eq!(sorted(findings), sorted(expected));
        drop(report);
        prop_assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing stays");
    }
}

#[test]
fn two_hundred_thousand_rows_in_any_order() {
    const ROWS: usize = 100_000;
    // Coprime to the number of rows: every one once, in disorder.
    let ours = (0..ROWS).map(|index| index * 48_271 % ROWS);
    let theirs = (0..ROWS).map(|index| index * 69_621 % ROWS);
    let mut matcher = Matcher::new();
    for index in ours.filter(|index| index % 1000 != 1) {
        let amount = Money::usd(index as i64);
        matcher.ours(LedgerEntry::new(format!("order-{index}"), account(1), amount)).unwrap();
    }
    for index in theirs.filter(|index| index % 1000 != 2) {
        let cents = if index % 1000 == 3 { 0 } else { index as i64 };
        let key = Some(format!("order-{index}"));
        let line = PostedLine::new(key, account(1), Money::usd(cents), transaction(index));
        matcher.theirs(line).unwrap();
    }
    let summary = matcher.finish().unwrap().summarize().unwrap();
    assert_eq!(summary.to_string(), "99700 matched, 100 differing, 100 missing, 100 extra");
}

#[test]
fn one_key_for_everything_is_only_of_little_use() {
    let mut matcher = Matcher::new();
    for index in 0..30_000 {
        matcher.ours(LedgerEntry::new("all", account(1), Money::usd(7))).unwrap();
        if index < 10_000 {
            let line = PostedLine::new(
                Some("all".to_owned()),
                account(1),
                Money::usd(7),
                transaction(index),
            );
            matcher.theirs(line).unwrap();
        }
    }
    let summary = matcher.finish().unwrap().summarize().unwrap();
    assert_eq!((summary.matched, summary.missing), (10_000, 20_000));
}

/// Three transfers of a checking account, on two days.
async fn books() -> (World, AccountId, AccountId, Vec<TransactionId>) {
    let world = World::new().await;
    let holder = world.customer().await;
    let checking = world.checking(holder).await;
    let saving = world.account(AccountType::Saving, holder).await;
    let mut ids = Vec::new();
    let bonus = Transfer::new(world.program().await, checking, Money::usd(100_00));
    let bonus = bonus.reference_id("bonus");
    ids.push(world.client.transfer(&bonus).key("bonus").await.unwrap().id);
    world.sandbox.advance(TimeDelta::days(1)).unwrap();
    for (reference, cents) in [("save-1", 10_00), ("save-2", 20_00)] {
        let save = Transfer::new(checking, saving, Money::usd(cents)).reference_id(reference);
        ids.push(world.client.transfer(&save).key(reference).await.unwrap().id);
    }
    (world, checking, saving, ids)
}

async fn found(world: &World, request: &Reconcile, entries: &[LedgerEntry]) -> Vec<Finding> {
    let entries = entries.iter().cloned().map(Ok::<_, Infallible>);
    world
        .client
        .reconcile(request, stream::iter(entries))
        .await
        .unwrap()
        .map(Result::unwrap)
        .collect()
}

const FIRST: &str = "2026-11-24";
const SECOND: &str = "2026-11-25";

#[tokio::test]
async fn what_agrees_and_what_does_not() {
    let (world, checking, saving, ids) = books().await;
    let request = Reconcile::new(day(FIRST), day(SECOND));
    let mut entries = vec![
        LedgerEntry::new("save-2", checking, Money::usd(-20_00)),
        LedgerEntry::new("save-2", saving, Money::usd(20_00)),
        LedgerEntry::new("bonus", checking, Money::usd(100_00)),
        LedgerEntry::new("save-1", saving, Money::usd(10_00)),
        LedgerEntry::new("save-1", checking, Money::usd(-10_00)),
    ];
    assert!(found(&world, &request, &entries).await.iter().all(Finding::is_matched));

    entries[2].amount = Money::usd(10_000_00);
    entries.pop();
    entries.push(LedgerEntry::new("save-3", checking, Money::usd(-30_00)));
    let findings = found(&world, &request, &entries).await;
    let wrong: Vec<&Finding> = findings.iter().filter(|finding| !finding.is_matched()).collect();
    let posted = |key: &str, cents, id| {
        PostedLine::new(Some(key.to_owned()), checking, Money::usd(cents), id)
    };
    assert_eq!(
        wrong,
        [
            &Finding::Differs {
                entry: entries[2].clone(),
                posted: posted("bonus", 100_00, ids[0])
            },
            &Finding::Extra(posted("save-1", -10_00, ids[1])),
            &Finding::Missing(entries[4].clone()),
        ]
    );
}

#[tokio::test]
async fn both_days_of_the_period_are_part_of_it_and_no_other() {
    let (world, checking, ..) = books().await;
    for (first, last, extra) in [
        (FIRST, FIRST, 1),
        (SECOND, SECOND, 4),
        (FIRST, SECOND, 5),
        ("2026-11-26", "2026-12-31", 0),
    ] {
        let request = Reconcile::new(day(first), day(last));
        let findings = found(&world, &request, &[]).await;
        assert_eq!(findings.len(), extra, "{first} to {last}");
    }
    let request = Reconcile::new(day(FIRST), day(SECOND)).accounts([checking]);
    assert_eq!(found(&world, &request, &[]).await.len(), 3, "one account's lines alone");
}

#[tokio::test]
async fn internal_accounts_count_when_they_are_named() {
    let (world, checking, _, _) = books().await;
    let query = Default::default();
    let all = world.client.api().list_internal_accounts(&query).await.unwrap().into_inner();
    // Not the one that every workspace has from the start.
    let is_seeded = |account: &InternalAccount| {
        account.account_type == Some(InternalAccountType::NewFundingAccount)
    };
    let own = all.internal_accounts.iter().find(|account| !is_seeded(account));
    let program = own.unwrap().id.unwrap();
    let entries = [LedgerEntry::new("bonus", program, Money::usd(-100_00))];
    let request = Reconcile::new(day(FIRST), day(SECOND)).accounts([program]);
    assert!(matches!(found(&world, &request, &entries).await[..], [Finding::Matched { .. }]));
    let request = Reconcile::new(day(FIRST), day(FIRST)).accounts([checking]);
    let findings = found(&world, &request, &entries).await;
    assert_eq!(findings.iter().filter(|f| matches!(f, Finding::Missing(_))).count(), 1);
}

#[tokio::test]
async fn keys_may_be_references_idempotency_keys_or_ids() {
    let (world, checking, _, ids) = books().await;
    world.recorder.take();
    let pay = Transfer::new(checking, world.program().await, Money::usd(1_00));
    let paid = world.client.transfer(&pay).key("pay").await.unwrap().id;
    let sent = world.recorder.take();
    let key =
        sent.iter().rev().find_map(|request| request.header("idempotency-key")).unwrap().to_owned();
    for (by, key) in [(MatchBy::IdempotencyKey, key), (MatchBy::Transaction, paid.to_string())] {
        let period = Reconcile::new(day(SECOND), day(SECOND)).accounts([checking]);
        let request = period.match_by(by.clone());
        let entry = LedgerEntry::new(key, checking, Money::usd(-1_00));
        let findings = found(&world, &request, std::slice::from_ref(&entry)).await;
        assert_eq!(findings.iter().filter(|finding| finding.is_matched()).count(), 1, "{by}");
        let matched = Finding::Matched { entry, transaction: paid };
        assert!(findings.contains(&matched), "{by}");
    }
    let request = Reconcile::new(day(SECOND), day(SECOND)).accounts([checking]);
    let findings = found(&world, &request, &[]).await;
    let unkeyed = PostedLine::new(None, checking, Money::usd(-1_00), paid);
    assert!(findings.contains(&Finding::Extra(unkeyed)), "it has no reference");
    assert!(!ids.contains(&paid));
}

#[tokio::test]
async fn half_a_ledger_is_none() {
    let (world, checking, ..) = books().await;
    let request = Reconcile::new(day(FIRST), day(SECOND));
    world.recorder.take();
    let entries = [
        Ok(LedgerEntry::new("bonus", checking, Money::usd(100_00))),
        Err(std::io::Error::other("the database went away")),
    ];
    let error = world.client.reconcile(&request, stream::iter(entries)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Local);
    assert!(error.to_string().contains("the database went away"), "{error}");

    let entries = [LedgerEntry::new("", checking, Money::usd(1))].map(Ok::<_, Infallible>);
    let error = world.client.reconcile(&request, stream::iter(entries)).await.unwrap_err();
    assert!(error.problem().invalid.contains_key("entries.key"), "{error}");
    let backwards = Reconcile::new(day(SECOND), day(FIRST));
    let none = stream::empty::<Result<LedgerEntry, Infallible>>();
    let error = world.client.reconcile(&backwards, none).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(world.recorder.take().is_empty(), "nothing was asked");
}

#[tokio::test]
async fn every_page_is_read() {
    let world = World::new().await;
    let holder = world.customer().await;
    let checking = world.checking(holder).await;
    let saving = world.account(AccountType::Saving, holder).await;
    world.fund(checking, Money::usd(1_000_00)).await;
    let mut entries = Vec::new();
    for number in 0..120 {
        let reference = format!("save-{number}");
        let save = Transfer::new(checking, saving, Money::usd(1)).reference_id(&reference);
        world.client.transfer(&save).await.unwrap();
        entries.push(LedgerEntry::new(reference, saving, Money::usd(1)));
    }
    world.recorder.take();
    let request = Reconcile::new(day(FIRST), day(FIRST)).accounts([saving]);
    let entries = stream::iter(entries.into_iter().map(Ok::<_, Infallible>));
    let report = world.client.reconcile(&request, entries).await.unwrap();
    let summary: Summary = report.summarize().unwrap();
    assert!(summary.is_clean() && summary.matched == 120, "{summary}");
    assert_eq!(world.recorder.take().len(), 2);
}

#[tokio::test]
async fn a_platform_whose_list_does_not_end_ends_the_reconciliation() {
    let (world, ..) = books().await;
    let is_json: &[_] = &[("content-type", "application/json")];
    let page = r#"{"result":[],"next_page_token":"again"}"#;
    world.recorder.all(move |_| Some(Fault::Answer(200, is_json, page)));
    world.recorder.take();
    let request = Reconcile::new(day(FIRST), day(SECOND));
    let none = stream::empty::<Result<LedgerEntry, Infallible>>();
    let error = world.client.reconcile(&request, none).await.unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::Decode, Some("next_page_token")));
    assert_eq!(world.recorder.take().len(), 2);
}

#[tokio::test]
async fn a_file_is_taken_in_and_read_by_and_by() {
    let world = World::new().await;
    let table = ReconciliationFile::new("november.csv", "reference,amount\norder-9,1000\n");
    let torn = ReconciliationFile::new("torn.csv", "reference,amount\norder-9\n");
    let picture = ReconciliationFile::new("picture.png", [0x89, 0x50, 0xff, 0xfe]);
    let mut ids = Vec::new();
    for (key, file) in [("1", &table), ("2", &torn), ("3", &picture)] {
        ids.push(world.client.upload_reconciliation(file).key(key).await.unwrap().id);
        let again = world.client.upload_reconciliation(file).key(key).await.unwrap();
        assert_eq!(again.id, ids[ids.len() - 1]);
    }
    let at_once = world.client.await_ingestion(ids[0]).polling(once()).await.unwrap();
    assert!(matches!(at_once, Ingestion::InProcess(_)));
    world.sandbox.advance(TimeDelta::minutes(5)).unwrap();
    let later = world.client.await_ingestion(ids[0]).polling(once()).await.unwrap();
    assert!(matches!(later, Ingestion::Completed(file) if file.file_name == "november.csv"));
    for id in &ids[1..] {
        let later = world.client.await_ingestion(*id).polling(once()).await.unwrap();
        assert!(matches!(later, Ingestion::Failed(_)));
    }
    let query = ListReconciliationsQuery { limit: Some(2), ..ListReconciliationsQuery::default() };
    let page = world.client.legacy().list_reconciliations(&query).await.unwrap().into_inner();
    assert_eq!(page.reconciliations.len(), 2);
    assert!(page.next_page_token.is_some());
}

#[tokio::test]
async fn a_file_that_is_none_is_refused() {
    let world = World::new().await;
    let error =
        world.client.upload_reconciliation(&ReconciliationFile::new(" ", "")).await.unwrap_err();
    let fields: Vec<&String> = error.problem().invalid.keys().collect();
    assert_eq!(fields, ["byte_data", "file_name"]);
    assert!(world.recorder.take().is_empty());

    let body = NewReconciliation::new("not base64!", "november.csv");
    let error = world.client.legacy().create_reconciliation(&body).await.unwrap_err();
    assert_eq!(error.code().unwrap().as_str(), "BAD_REQUEST_BODY");
    assert!(error.problem().invalid.contains_key("byte_data"));
    let nothing = "00000000-0000-4000-8000-000000000000".parse().unwrap();
    let error = world.client.legacy().get_reconciliation(nothing).await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 404);
    let shown = format!("{:?}", ReconciliationFile::new("n.csv", "secret,amount\n"));
    assert!(!shown.contains("secret") && !shown.contains("c2VjcmV0"), "{shown}");
}

#[tokio::test]
async fn the_exact_requests() {
    let (world, checking, ..) = books().await;
    world.recorder.take();
    let request = Reconcile::new(day(FIRST), day(SECOND)).accounts([checking]);
    found(&world, &request, &[]).await;
    let file = ReconciliationFile::new("november.csv", "reference,amount\norder-9,1000\n");
    let file = world.client.upload_reconciliation(&file).key("november").await.unwrap();
    world.client.await_ingestion(file.id).polling(once()).await.unwrap();
    with_settings!({
        snapshot_path => "snapshots/wire",
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        assert_snapshot!("reconcile", world.recorder.take_text());
    });
}

/// Looks once.
fn once() -> Polling {
    Polling::default().deadline(Duration::ZERO)
}
