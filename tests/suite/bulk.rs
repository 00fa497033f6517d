//! Many journeys with a checkpoint: stopped and killed anywhere, they go on and do nothing twice.

use std::collections::{BTreeSet, HashMap};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use chrono::{TimeDelta, Utc};
use futures_util::{StreamExt, stream};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use synctera::bulk::{ItemOutcome, ItemResult, Record, records};
use synctera::types::{AccountType, InternalTransfer};
use synctera::{AccountId, Error, ErrorKind, Money, OnboardCustomer, Retries, Synctera, Transfer};
use synctera_tests::stub::{Canned, Stub};
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
async fn every_item_is_reported_with_its_outcome() {
    let world = World::new().await;
    let mut told = Vec::new();
    let mut totals = Vec::new();
    let items = customers().chain(stream::iter([
        ("refused".to_owned(), OnboardCustomer::new(person("Ada", " ")).consented()),
        ("rejected".to_owned(), OnboardCustomer::new(person("Ada", "Rejected")).consented()),
    ]));
    let summary = world
        .client
        .onboard_many(items)
        .concurrency(at_a_time(3))
        .on_item(|item, summary| {
            told.push((item.key.clone(), matches!(item.result, ItemResult::Done(_))));
            totals.push(summary.total());
        })
        .await
        .unwrap();
    assert_eq!((summary.done, summary.failed), (u64::from(COUNT) + 1, 1), "{summary}");
    assert_eq!(totals, (1..=u64::from(COUNT) + 2).collect::<Vec<_>>());
    told.sort();
    assert!(told.contains(&("refused".to_owned(), false)));
    assert!(told.contains(&("rejected".to_owned(), true)), "a rejected customer is an outcome");
    assert_eq!(people(&world), u64::from(COUNT) + 1);
}

#[tokio::test]
async fn no_more_are_under_way_than_was_said() {
    let world = World::new().await;
    let started = std::sync::atomic::AtomicUsize::new(0);
    let items = customers().inspect(|_| {
        started.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
    });
    let mut handled =
        Box::pin(world.client.onboard_many(items).concurrency(at_a_time(3)).outcomes());
    let mut ended = 0;
    while let Some(item) = handled.next().await {
        item.unwrap();
        ended += 1;
        assert!(started.load(std::sync::atomic::Ordering::SeqCst) <= ended + 3);
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
    let summary = world.client.onboard_many(customers()).checkpoint(&file).await.unwrap();
    assert_eq!(summary.done_before, before as u64);
    assert_eq!(summary.total(), u64::from(COUNT));
    assert_eq!(people(&world), u64::from(COUNT));
    assert_eq!(done(&file), COUNT as usize);

    world.recorder.take();
    let summary = world.client.onboard_many(customers()).checkpoint(&file).await.unwrap();
    assert_eq!((summary.done_before, summary.done), (u64::from(COUNT), 0));
    assert!(world.recorder.take().is_empty(), "what is done costs no call");
}

#[tokio::test]
async fn what_failed_is_tried_again_under_its_key() {
    let world = World::with(|builder| builder.retries(Retries::none())).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("migration.jsonl");
    let every_fifth = (0..COUNT * 2).map(|number| (number % 5 == 3).then_some(Fault::LoseAnswer));
    world.recorder.next(every_fifth);
    let summary = world.client.onboard_many(customers()).checkpoint(&file).await.unwrap();
    assert!(summary.failed > 0 && summary.done > 0, "{summary}");

    let left = world.client.onboard_many(customers()).checkpoint(&file).skip_failed();
    let left = left.await.unwrap();
    assert_eq!((left.failed_before, left.done), (summary.failed, 0));

    let summary = world.client.onboard_many(customers()).checkpoint(&file).await.unwrap();
    assert_eq!((summary.done, summary.done_before), (left.failed_before, left.done_before));
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
    assert_eq!(records(&file).unwrap().count(), 6, "three were started, and failed");

    // Twelve who will never do, in a row.
    let nobody = |number| (format!("n-{number}"), OnboardCustomer::new(person("Ada", " ")));
    let run = world.client.onboard_many(stream::iter((0..COUNT).map(nobody)));
    let summary = run.give_up_after(at_a_time(3)).await.unwrap();
    assert_eq!(summary.failed, u64::from(COUNT));
}

#[tokio::test]
async fn items_for_which_nothing_is_sent_do_not_hide_an_outage() {
    let world = World::with(|builder| builder.retries(Retries::none())).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("migration.jsonl");
    let done = stream::iter([customer(0), customer(2), customer(4)]);
    world.client.onboard_many(done).checkpoint(&file).await.unwrap();

    world.recorder.take();
    world.recorder.all(|_| Some(Fault::Answer(503, &[], "")));
    // Between two that fail comes one that is done, and one whose key is taken.
    let items = customers().flat_map(|(key, request)| {
        stream::iter([(key, request.clone()), ("customer-0".to_owned(), request)])
    });
    let run = world.client.onboard_many(items).checkpoint(&file).concurrency(at_a_time(1));
    let error = run.give_up_after(at_a_time(3)).await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 503);
    assert_eq!(world.recorder.take().len(), 3);
}

/// Why an item could not run under its key; empty for another outcome.
fn key_refusal<T>(item: &ItemOutcome<T>) -> String {
    match &item.result {
        ItemResult::Failed(error) if error.kind() == ErrorKind::InvalidInput => {
            error.invalid().get("idempotency_key").cloned().unwrap_or_default()
        }
        _ => String::new(),
    }
}

#[tokio::test]
async fn a_key_belongs_to_one_item_of_a_run() {
    for with_checkpoint in [false, true] {
        let world = World::new().await;
        let folder = tempfile::tempdir().unwrap();
        let people_of = |keys: [&str; 3]| {
            let names = ["Ada", "Grace", "Mary"];
            let items = keys
                .map(str::to_owned)
                .into_iter()
                .zip(names.map(|name| OnboardCustomer::new(person(name, "Byron")).consented()));
            stream::iter(items.collect::<Vec<_>>())
        };
        let mut refused = Vec::new();
        let mut run = world
            .client
            .onboard_many(people_of(["42", "42", "43"]))
            .concurrency(at_a_time(1))
            .on_item(|item, _| refused.push((item.key.clone(), key_refusal(item))));
        if with_checkpoint {
            run = run.checkpoint(folder.path().join("migration.jsonl"));
        }
        let summary = run.await.unwrap();
        assert_eq!(summary.to_string(), "2 done, 1 failed");
        let none = String::new();
        let taken = "is the key of an earlier item of this run".to_owned();
        let expected = [("42", none.clone()), ("42", taken), ("43", none)];
        assert_eq!(refused, expected.map(|(key, reason)| (key.to_owned(), reason)));
        assert_eq!(people(&world), 2);
        if with_checkpoint {
            // The refusal is not the first item's, which stays done.
            let again = world.client.onboard_many(people_of(["42", "42", "43"]));
            let again = again.checkpoint(folder.path().join("migration.jsonl")).await.unwrap();
            assert_eq!(again.to_string(), "0 done, 2 done before, 1 failed");
        }
    }
}

#[tokio::test]
async fn an_item_with_a_key_that_is_none_fails_and_nothing_is_sent() {
    let world = World::new().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("migration.jsonl");
    let long = "k".repeat(256);
    let keys = ["", "  ", "a\nb", "\u{0}", long.as_str()];
    let items = keys.map(|key| (key.to_owned(), customer(1).1));
    world.recorder.take();
    let run = world.client.onboard_many(stream::iter(items)).checkpoint(&file);
    let items: Vec<_> = run.outcomes().map(Result::unwrap).collect().await;
    assert_eq!(items.len(), keys.len());
    for item in &items {
        assert!(key_refusal(item).starts_with("must "), "{:?}", item.result);
    }
    assert!(world.recorder.take().is_empty());
    assert_eq!(records(&file).unwrap().count(), 0);
}

/// A run: the keys of its items, how many at a time, and which requests the platform refuses.
type Planned = (Vec<String>, usize, Vec<u16>);

fn planned_runs() -> impl Strategy<Value = (bool, Vec<Planned>)> {
    let key = prop_oneof![9 => "[a-e]", 1 => Just(" ".to_owned()), 1 => Just("x\ty".to_owned())];
    let status = prop_oneof![4 => Just(200_u16), 1 => Just(422_u16), 1 => Just(503_u16)];
    let run = (prop::collection::vec(key, 0..20), 1_usize..=8, prop::collection::vec(status, 1..8));
    (any::<bool>(), prop::collection::vec(run, 1..4))
}

/// Runs a plan, and compares the outcomes and requests of each run with what they must be.
async fn check_runs(stub: &Stub, client: &Synctera, with_checkpoint: bool, runs: &[Planned]) {
    let folder = tempfile::tempdir().unwrap();
    let account: AccountId = "00000000-0000-4000-8000-000000000001".parse().unwrap();
    let other: AccountId = "00000000-0000-4000-8000-000000000002".parse().unwrap();
    let mut done: BTreeSet<String> = BTreeSet::new();
    for (keys, concurrency, statuses) in runs {
        let statuses = statuses.clone();
        let mut count = 0;
        let mut made: HashMap<String, Value> = HashMap::new();
        stub.respond(move |sent| {
            if let Some(id) = sent.line.strip_prefix("GET ") {
                let id = id.rsplit('/').next().unwrap();
                return Canned::json(&made[id]);
            }
            count += 1;
            let status = statuses[count % statuses.len()];
            let mut body: Value = serde_json::from_slice(&sent.body).unwrap();
            let id = format!("00000000-0000-4000-8000-{:012}", body["amount"].as_i64().unwrap());
            body["id"] = json!(id);
            body["status"] = json!("COMPLETE");
            made.insert(id, body.clone());
            Canned { status, ..Canned::json(&body) }
        });
        // An item is recognized by its amount.
        let items = keys.iter().enumerate().map(|(index, key)| {
            (key.clone(), Transfer::new(account, other, Money::usd(index as i64 + 1)))
        });
        let mut run = client.run_many(stream::iter(items)).concurrency(at_a_time(*concurrency));
        if with_checkpoint {
            run = run.checkpoint(folder.path().join("transfers.jsonl"));
        }
        let outcomes: Vec<ItemOutcome<InternalTransfer>> =
            run.outcomes().map(Result::unwrap).collect().await;
        assert_eq!(outcomes.len(), keys.len());

        // The first item of each valid key is sent, unless an earlier run did it.
        let is_valid = |key: &str| key.len() == 1 && key != " ";
        let firsts: Vec<usize> = (0..keys.len())
            .filter(|index| is_valid(&keys[*index]) && !keys[..*index].contains(&keys[*index]))
            .collect();
        let mut expected: Vec<i64> = firsts
            .iter()
            .filter(|index| !(with_checkpoint && done.contains(&keys[**index])))
            .map(|index| *index as i64 + 1)
            .collect();
        let amount = |sent: &synctera_tests::recorder::Recorded| {
            serde_json::from_slice::<Value>(&sent.body).unwrap()["amount"].as_i64().unwrap()
        };
        let sent = stub.take();
        let posts = sent.iter().filter(|sent| sent.line.starts_with("POST"));
        // An item that was refused before is sent under the key of each attempt.
        let mut sent: Vec<i64> = posts.map(amount).collect();
        sent.sort_unstable();
        sent.dedup();
        expected.sort_unstable();
        assert_eq!(sent, expected, "{keys:?}");

        // Every other item failed for its key.
        let refused = outcomes.iter().filter(|item| !key_refusal(item).is_empty()).count();
        assert_eq!(refused, keys.len() - firsts.len(), "{keys:?}");
        for item in outcomes {
            match item.result {
                ItemResult::Done(transfer) => {
                    // It is the first item of its key that ran.
                    let index = transfer.amount as usize - 1;
                    assert_eq!(keys[index], item.key);
                    done.insert(item.key);
                }
                ItemResult::DoneBefore => {
                    assert!(with_checkpoint && done.contains(&item.key));
                }
                ItemResult::Failed(_) => {}
                ItemResult::FailedBefore => panic!("nothing is skipped"),
            }
        }
    }
}

#[test]
fn a_key_belongs_to_one_item_of_a_run_whatever_becomes_of_it() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (stub, client) = runtime.block_on(async {
        let stub = Stub::start().await;
        let builder = Synctera::builder("a-key").base_url(stub.base_url()).retries(Retries::none());
        (stub, builder.build().unwrap())
    });
    let mut runner = TestRunner::new(Config { cases: 100, ..Config::default() });
    let outcome = runner.run(&planned_runs(), |(with_checkpoint, runs)| {
        runtime.block_on(check_runs(&stub, &client, with_checkpoint, &runs));
        Ok(())
    });
    outcome.unwrap();
}

#[tokio::test]
async fn a_refusal_is_recorded_as_one_and_an_outage_is_not() {
    let world = World::with(|builder| builder.retries(Retries::none())).await;
    let folder = tempfile::tempdir().unwrap();
    for (fault, expected) in [
        (Fault::Answer(400, &[], r#"{"code":"BAD_REQUEST_BODY"}"#), true),
        (Fault::Answer(422, &[], r#"{"code":"INSUFFICIENT_FUNDS"}"#), true),
        (Fault::Answer(404, &[], r#"{"code":"ACCOUNT_NOT_FOUND"}"#), true),
        (Fault::Answer(401, &[], ""), false),
        (Fault::Answer(403, &[], ""), false),
        (Fault::Answer(408, &[], ""), false),
        (Fault::Answer(422, &[], r#"{"code":"IDEMPOTENCY_CONCURRENT_USE"}"#), false),
        (Fault::Answer(422, &[], r#"{"code":"IDEMPOTENCY_INVALID_REUSE"}"#), false),
        (Fault::Answer(429, &[], ""), false),
        (Fault::Answer(500, &[], r#"{"code":"INTERNAL_SERVER_ERROR"}"#), false),
        (Fault::Answer(503, &[], ""), false),
        (Fault::LoseAnswer, false),
    ] {
        let file = folder.path().join("migration.jsonl");
        let what = format!("{fault:?}");
        world.recorder.next([Some(fault)]);
        let run = world.client.onboard_many(stream::iter([customer(1)])).checkpoint(&file);
        assert_eq!(run.await.unwrap().failed, 1, "{what}");
        let last = records(&file).unwrap().last().unwrap().unwrap();
        let Record::Failed { is_refusal, .. } = last else {
            panic!("{what}: {last:?}");
        };
        assert_eq!(is_refusal, expected, "{what}");
        std::fs::remove_file(&file).unwrap();
    }
}

/// The other paths by which a file can be reached.
fn other_paths(file: &Path) -> Vec<PathBuf> {
    let folder = file.parent().unwrap();
    let hard = folder.join("hard.jsonl");
    std::fs::hard_link(file, &hard).unwrap();
    let mut paths = vec![folder.join(".").join(file.file_name().unwrap()), hard];
    #[cfg(unix)]
    {
        let (link, linked_folder) = (folder.join("link.jsonl"), folder.join("linked"));
        std::os::unix::fs::symlink(file, &link).unwrap();
        std::os::unix::fs::symlink(folder, &linked_folder).unwrap();
        paths.extend([link, linked_folder.join(file.file_name().unwrap())]);
    }
    paths
}

fn is_in_use(error: &Error) -> bool {
    error.kind() == ErrorKind::Local && error.to_string().contains("is in use by another run")
}

fn migrate(world: &World, file: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_migrate"));
    command
        .args([world.recorder.base_url(), world.sandbox.api_key()])
        .arg(file)
        .arg(COUNT.to_string())
        .kill_on_drop(true);
    command
}

#[tokio::test]
async fn a_checkpoint_has_one_writer_at_a_time() {
    let world = World::new().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("migration.jsonl");
    // The first run is in the middle of its first item.
    world.recorder.next([Some(Fault::Hold)]);
    let first = world.client.onboard_many(customers()).checkpoint(&file).concurrency(at_a_time(1));
    let mut first = Box::pin(first.outcomes());
    tokio::select! {
        () = world.recorder.held() => {}
        item = first.next() => panic!("it is held: {item:?}"),
    }
    assert_eq!(world.recorder.take().len(), 1);
    for path in [file.clone()].into_iter().chain(other_paths(&file)) {
        let second = world.client.onboard_many(customers()).checkpoint(&path).await;
        assert!(is_in_use(&second.unwrap_err()), "{}", path.display());
        let process = migrate(&world, &path).output().await.unwrap();
        let told = String::from_utf8_lossy(&process.stderr).into_owned();
        assert!(!process.status.success() && told.contains("in use by another run"), "{told}");
    }
    assert!(world.recorder.take().is_empty(), "the other runs sent nothing");
    drop(first);
    let summary = world.client.onboard_many(customers()).checkpoint(&file).await.unwrap();
    assert_eq!(summary.done, u64::from(COUNT), "the file is free again");
    assert_eq!(people(&world), u64::from(COUNT));
}

#[tokio::test]
async fn a_checkpoint_that_another_process_writes_is_in_use_until_it_is_killed() {
    let world = World::new().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("migration.jsonl");
    world.recorder.next([None, Some(Fault::Hold)]);
    let mut process = migrate(&world, &file).spawn().unwrap();
    tokio::select! {
        () = world.recorder.held() => {}
        status = process.wait() => panic!("it is held: {status:?}"),
    }
    for path in [file.clone()].into_iter().chain(other_paths(&file)) {
        let second = world.client.onboard_many(customers()).checkpoint(&path).await;
        assert!(is_in_use(&second.unwrap_err()), "{}", path.display());
    }
    process.kill().await.unwrap();
    let summary = world.client.onboard_many(customers()).checkpoint(&file).await.unwrap();
    assert_eq!(summary.total(), u64::from(COUNT));
    assert_eq!(people(&world), u64::from(COUNT));
}

#[tokio::test]
async fn an_item_that_was_started_long_ago_is_found_and_not_made_again() {
    let world = World::with(|builder| builder.retries(Retries::none())).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("migration.jsonl");
    // Lost between the first step and the second.
    world.recorder.next([None, Some(Fault::LoseRequest)]);
    let items = || stream::iter([customer(7)]);
    let summary = world.client.onboard_many(items()).checkpoint(&file).await.unwrap();
    assert_eq!(summary.failed, 1);

    let ago = TimeDelta::days(8);
    world.sandbox.advance(ago).unwrap();
    let text = std::fs::read_to_string(&file).unwrap();
    let day = |moment: chrono::DateTime<Utc>| moment.format("%Y-%m-%d").to_string();
    let aged = text.replace(&day(Utc::now()), &day(Utc::now() - ago));
    assert_ne!(text, aged);
    std::fs::write(&file, aged).unwrap();

    let summary = world.client.onboard_many(items()).checkpoint(&file).await.unwrap();
    assert_eq!(summary.done, 1, "{summary}");
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
    let summary = world.client.run_many(stream::iter((0..20).map(pay))).await.unwrap();
    assert_eq!(summary.done, 20);
    let summary = world.client.run_many(stream::iter((0..20).map(pay))).await.unwrap();
    assert_eq!(summary.done, 20, "without a checkpoint the platform answers as before");
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
    let start = || migrate(&world, &file).spawn().unwrap();
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
