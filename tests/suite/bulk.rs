//! Many journeys with a checkpoint: stopped and killed anywhere, they go on and do nothing twice.

use std::num::NonZeroUsize;
use std::path::Path;

use chrono::{TimeDelta, Utc};
use futures_util::{StreamExt, stream};
use synctera::bulk::{ItemResult, Record, records};
use synctera::types::AccountType;
use synctera::{ErrorKind, Money, OnboardCustomer, Retries, Transfer};
use synctera_tests::world::{customer, person};
use synctera_tests::{Fault, World};
use tokio::process::Command;

const COUNT: u32 = 12;

fn customers() -> impl futures_util::Stream<Item = (String, OnboardCustomer)> + Send {
    stream::iter((0..COUNT).map(customer))
}

fn at_a_time(items: usize) -> NonZeroUsize {
    NonZeroUsize::new(items).unwrap()
}

fn people(world: &World) -> u64 {
    world.sandbox.counts().unwrap().get("person").copied().unwrap_or_default()
}

fn done(file: &Path) -> usize {
    let records = records(file).unwrap().map(Result::unwrap);
    records.filter(|record| matches!(record, Record::Done { .. })).count()
}

#[tokio::test]
async fn every_item_is_told_of_with_its_outcome() {
    let world = World::new().await;
    let mut told = Vec::new();
    let mut totals = Vec::new();
    let items = customers().chain(stream::iter([
        ("refused".to_owned(), OnboardCustomer::new(person("Ada", " ")).consented()),
        ("rejected".to_owned(), OnboardCustomer::new(person("Ada", "Rejected")).consented()),
    ]));
    let tally = world
        .client
        .onboard_many(items)
        .concurrency(at_a_time(3))
        .on_item(|item, tally| {
            told.push((item.key.clone(), matches!(item.result, ItemResult::Done(_))));
            totals.push(tally.total());
        })
        .await
        .unwrap();
    assert_eq!((tally.done, tally.failed), (u64::from(COUNT) + 1, 1), "{tally}");
    assert_eq!(totals, (1..=u64::from(COUNT) + 2).collect::<Vec<_>>());
    told.sort();
    assert!(told.contains(&("refused".to_owned(), false)));
    assert!(told.contains(&("rejected".to_owned(), true)), "a rejected customer is an outcome");
    assert_eq!(people(&world), u64::from(COUNT) + 1);
}

#[tokio::test]
async fn no_more_are_under_way_than_was_said() {
    let world = World::new().await;
    let begun = std::sync::atomic::AtomicUsize::new(0);
    let items = customers().inspect(|_| {
        begun.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
    });
    let mut handled =
        Box::pin(world.client.onboard_many(items).concurrency(at_a_time(3)).outcomes());
    let mut ended = 0;
    while let Some(item) = handled.next().await {
        item.unwrap();
        ended += 1;
        assert!(begun.load(std::sync::atomic::Ordering::SeqCst) <= ended + 3);
    }
}

#[tokio::test]
async fn a_run_that_was_dropped_goes_on_where_it_stopped() {
    let world = World::new().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("migration.jsonl");
    {
        let run = world.client.onboard_many(customers()).checkpoint(&file);
        let first: Vec<_> = run.concurrency(at_a_time(4)).outcomes().take(5).collect().await;
        assert!(first.into_iter().all(|item| matches!(item.unwrap().result, ItemResult::Done(_))));
    }
    let before = done(&file);
    assert!(before >= 5);
    let tally = world.client.onboard_many(customers()).checkpoint(&file).await.unwrap();
    assert_eq!(tally.done_before, before as u64);
    assert_eq!(tally.total(), u64::from(COUNT));
    assert_eq!(people(&world), u64::from(COUNT));
    assert_eq!(done(&file), COUNT as usize);

    world.recorder.take();
    let tally = world.client.onboard_many(customers()).checkpoint(&file).await.unwrap();
    assert_eq!((tally.done_before, tally.done), (u64::from(COUNT), 0));
    assert!(world.recorder.take().is_empty(), "what is done costs no call");
}

#[tokio::test]
async fn what_failed_is_tried_again_under_its_key() {
    let world = World::with(|builder| builder.retries(Retries::none())).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("migration.jsonl");
    let every_fifth = (0..COUNT * 2).map(|number| (number % 5 == 3).then_some(Fault::LoseAnswer));
    world.recorder.next(every_fifth);
    let tally = world.client.onboard_many(customers()).checkpoint(&file).await.unwrap();
    assert!(tally.failed > 0 && tally.done > 0, "{tally}");

    let left = world.client.onboard_many(customers()).checkpoint(&file).skip_failed();
    let left = left.await.unwrap();
    assert_eq!((left.failed_before, left.done), (tally.failed, 0));

    let tally = world.client.onboard_many(customers()).checkpoint(&file).await.unwrap();
    assert_eq!((tally.done, tally.done_before), (left.failed_before, left.done_before));
    assert_eq!(people(&world), u64::from(COUNT));
}

#[tokio::test]
async fn an_outage_ends_the_run_and_a_refusal_does_not() {
    let world = World::with(|builder| builder.retries(Retries::none())).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("migration.jsonl");
    let busy = Fault::Answer(503, &[], "");
    world.recorder.next((0..COUNT).map(|_| Some(busy.clone())));
    let run = world.client.onboard_many(customers()).checkpoint(&file).concurrency(at_a_time(1));
    let error = run.give_up_after(at_a_time(3)).await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 503);
    assert_eq!(world.recorder.take().len(), 3);
    assert_eq!(records(&file).unwrap().count(), 6, "three were begun, and failed");

    // Twelve who will never do, in a row.
    let nobody = |number| (format!("n-{number}"), OnboardCustomer::new(person("Ada", " ")));
    let run = world.client.onboard_many(stream::iter((0..COUNT).map(nobody)));
    let tally = run.give_up_after(at_a_time(3)).await.unwrap();
    assert_eq!(tally.failed, u64::from(COUNT));
}

#[tokio::test]
async fn a_key_that_two_items_have_is_walked_once() {
    let world = World::new().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("migration.jsonl");
    let items = stream::iter([customer(1), customer(1)]);
    let tally = world.client.onboard_many(items).checkpoint(&file).await.unwrap();
    assert_eq!((tally.done, tally.failed), (1, 1));
    assert_eq!(people(&world), 1);
}

#[tokio::test]
async fn an_item_that_was_begun_long_ago_is_found_and_not_made_again() {
    let world = World::with(|builder| builder.retries(Retries::none())).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("migration.jsonl");
    // Lost between the first step and the second.
    world.recorder.next([None, Some(Fault::LoseRequest)]);
    let items = || stream::iter([customer(7)]);
    let tally = world.client.onboard_many(items()).checkpoint(&file).await.unwrap();
    assert_eq!(tally.failed, 1);

    let ago = TimeDelta::days(8);
    world.sandbox.advance(ago).unwrap();
    let text = std::fs::read_to_string(&file).unwrap();
    let day = |moment: chrono::DateTime<Utc>| moment.format("%Y-%m-%d").to_string();
    let aged = text.replace(&day(Utc::now()), &day(Utc::now() - ago));
    assert_ne!(text, aged);
    std::fs::write(&file, aged).unwrap();

    let tally = world.client.onboard_many(items()).checkpoint(&file).await.unwrap();
    assert_eq!(tally.done, 1, "{tally}");
    assert_eq!(people(&world), 1);
}

#[tokio::test]
async fn any_journey_can_be_one_of_many() {
    let world = World::new().await;
    let holder = world.customer().await;
    let checking = world.checking(holder).await;
    let saving = world.account(AccountType::Saving, holder).await;
    world.fund(checking, Money::usd(100_00)).await;
    let pay = |number| (format!("pay-{number}"), Transfer::new(checking, saving, Money::usd(1_00)));
    let tally = world.client.run_many(stream::iter((0..20).map(pay))).await.unwrap();
    assert_eq!(tally.done, 20);
    let tally = world.client.run_many(stream::iter((0..20).map(pay))).await.unwrap();
    assert_eq!(tally.done, 20, "without a checkpoint the platform answers as before");
    assert_eq!(world.balances(saving).await.0, Money::usd(20_00));
}

#[tokio::test]
async fn a_checkpoint_of_another_journey_is_not_written_to() {
    let world = World::new().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("migration.jsonl");
    world.client.onboard_many(stream::iter([customer(1)])).checkpoint(&file).await.unwrap();
    let none = stream::empty::<(String, Transfer)>();
    let error = world.client.run_many(none).checkpoint(&file).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Local);
    assert!(error.to_string().contains("migration.jsonl"), "{error}");
}

#[tokio::test]
async fn the_file_tells_nothing_about_people() {
    let world = World::new().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("migration.jsonl");
    let nobody = ("customer-x".to_owned(), OnboardCustomer::new(person("Ada", " ")).consented());
    let items = stream::iter([customer(1), nobody]);
    world.client.onboard_many(items).checkpoint(&file).await.unwrap();
    let text = std::fs::read_to_string(&file).unwrap();
    for personal in ["Ada", "Byron", "ada@", "4155550123", "456-78", "9012", "1985", "Market"] {
        assert!(!text.contains(personal), "{personal} in {text}");
    }
}

/// The real thing: a process that is killed (SIGKILL) at the n-th answer, again and again.
#[tokio::test]
async fn a_process_that_is_killed_goes_on_where_it_stopped() {
    let calm = World::new().await;
    calm.client.onboard_many(customers()).await.unwrap();

    let world = World::new().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("migration.jsonl");
    let start = || {
        Command::new(env!("CARGO_BIN_EXE_migrate"))
            .args([world.recorder.base_url(), world.sandbox.api_key()])
            .arg(&file)
            .arg(COUNT.to_string())
            .kill_on_drop(true)
            .spawn()
            .unwrap()
    };
    for answers in [0, 1, 2, 5, 9, 14, 20] {
        world.recorder.next((0..answers).map(|_| None).chain([Some(Fault::Hold)]));
        let mut process = start();
        tokio::select! {
            () = world.recorder.held() => process.kill().await.unwrap(),
            status = process.wait() => panic!("it ended by itself: {status:?}"),
        }
    }
    assert!(start().wait().await.unwrap().success());
    assert_eq!(world.sandbox.counts().unwrap(), calm.sandbox.counts().unwrap());
    assert_eq!(done(&file), COUNT as usize);
}
