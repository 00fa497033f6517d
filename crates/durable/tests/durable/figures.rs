//! What `cargo xtask durable` measures: minutes each, and not part of `cargo test`.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures_util::stream;
use synctera::{InternalAccountId, Synctera, Transfer};
use synctera_durable::{Begin, BoxError, Finished, Postgres, Runs};
use synctera_sandbox::Sandbox;

use crate::cluster::Cluster;
use crate::kills::{Plan, play};
use crate::setting::Worker;
use crate::{program, world};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "minutes; cargo xtask durable"]
async fn a_thousand_signups_with_fifty_kills() {
    let plan = Plan {
        signups: 1_000,
        kills: 50,
        faults: 0.3,
        lease: Duration::from_secs(2),
        at_most: Duration::from_secs(900),
    };
    if let Some(figures) = play(&plan).await {
        println!("{figures}");
    }
}

/// A platform with an account to transfer from and one to transfer to.
struct Bank {
    sandbox: Sandbox,
    client: Synctera,
    program: InternalAccountId,
    account: synctera::AccountId,
}

impl Bank {
    async fn open() -> Self {
        let sandbox = Sandbox::start().await.unwrap();
        let client = world::client_of(&sandbox);
        let holder = client.onboard_customer(&world::onboarding(1)).await.unwrap();
        let holder = holder.accepted().unwrap().person.id;
        let account = client.open_account(&world::opening(holder)).await.unwrap().id;
        let program = world::program_account(&client).await;
        Self { sandbox, client, program, account }
    }

    fn transfer(&self) -> Transfer {
        world::welcome(self.program, self.account)
    }

    /// Runs of one transfer, and how many are done.
    fn runs(&self) -> (Runs, Arc<AtomicUsize>) {
        let done = Arc::new(AtomicUsize::new(0));
        let (request, count) = (self.transfer(), Arc::clone(&done));
        let runs = Runs::new(self.client.clone())
            .journey(move |_| {
                let request = request.clone();
                async move { Ok::<_, BoxError>(Some(request)) }
            })
            .on_outcome(move |_: Finished<Transfer>| {
                count.fetch_add(1, Ordering::SeqCst);
                async { Ok::<_, BoxError>(()) }
            });
        (runs, done)
    }
}

async fn until(done: &AtomicUsize, count: usize) {
    while done.load(Ordering::SeqCst) < count {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// One transfer after the other, so that nothing but the queue is added to each.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "minutes; cargo xtask durable"]
async fn overhead_of_a_journey() {
    let Some(cluster) = Cluster::start() else { return };
    let bank = Bank::open().await;
    let folder = tempfile::tempdir().unwrap();
    let mut embedded = Vec::new();
    for number in 0..300 {
        let began = Instant::now();
        let item = stream::iter([(format!("embedded-{number}"), bank.transfer())]);
        let file = folder.path().join(format!("{number}.jsonl"));
        let run = bank.client.run_many(item).checkpoint(file);
        run.concurrency(NonZeroUsize::MIN).await.unwrap();
        embedded.push(began.elapsed());
    }
    let queue = Postgres::connect(&cluster.database()).await.unwrap();
    let (runs, done) = bank.runs();
    let worker = Worker::start(queue.work(&runs));
    let mut durable = Vec::new();
    for number in 0..300 {
        let began = Instant::now();
        queue.begin(Begin::<Transfer>::new(format!("durable-{number}"))).await.unwrap();
        until(&done, number + 1).await;
        durable.push(began.elapsed());
    }
    worker.stop().await;
    let (embedded, durable) = (median(embedded), median(durable));
    println!(
        "one transfer, begin to outcome: p50 {embedded:.1?} with run_many and a checkpoint, \
         {durable:.1?} through the queue: {:.1?} more",
        durable.saturating_sub(embedded)
    );
    let more = durable.saturating_sub(embedded);
    assert!(more <= Duration::from_millis(10), "{more:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "minutes; cargo xtask durable"]
async fn throughput_with_one_two_and_four_workers() {
    let Some(cluster) = Cluster::start() else { return };
    let bank = Bank::open().await;
    const RUNS: usize = 2_000;
    let began = Instant::now();
    let items = (0..RUNS).map(|number| (format!("embedded-{number}"), bank.transfer()));
    bank.client.run_many(stream::iter(items)).await.unwrap();
    let rate = RUNS as f64 / began.elapsed().as_secs_f64();
    println!("run_many, 8 at a time: {rate:.0} transfers/s");
    for workers in [1, 2, 4] {
        let database = cluster.database();
        let queue = Postgres::connect(&database).await.unwrap();
        fill(&database, RUNS).await;
        let (runs, done) = bank.runs();
        let began = Instant::now();
        let workers: Vec<_> = (0..workers).map(|_| Worker::start(queue.work(&runs))).collect();
        until(&done, RUNS).await;
        let rate = RUNS as f64 / began.elapsed().as_secs_f64();
        println!("{} workers, 8 at a time each: {rate:.0} transfers/s", workers.len());
        for worker in workers {
            worker.stop().await;
        }
    }
    bank.sandbox.audit().unwrap();
}

/// Runs of transfers, as `begin_run` leaves them, in one statement for each table.
async fn fill(database: &str, runs: usize) {
    let own = program::connect(database).await;
    own.batch_execute("select synctera_runs.begin_run('transfer', 'run-0')").await.unwrap();
    let statement = format!(
        "insert into synctera_runs.runs (journey, key, due_at) \
         select 'transfer', 'run-' || n, now() from generate_series(1, {}) as n; \
         insert into synctera_queue._private_jobs \
             (task_id, payload, run_at, max_attempts, key, priority) \
         select tasks.id, json_build_object('run', runs.id), now(), 32767, 'run ' || runs.id, 0 \
         from synctera_runs.runs, synctera_queue._private_tasks as tasks \
         where tasks.identifier = 'transfer' and runs.key <> 'run-0'; \
         analyze",
        runs - 1
    );
    for statement in statement.split("; ") {
        own.batch_execute(statement).await.unwrap();
    }
}

/// The memory of this process, in MiB.
pub(crate) fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "minutes; cargo xtask durable"]
async fn a_million_queued_runs() {
    let Some(cluster) = Cluster::start() else { return };
    let bank = Bank::open().await;
    let mut rates = Vec::new();
    for queued in [10_000, 1_000_000] {
        let database = cluster.database();
        let queue = Postgres::connect(&database).await.unwrap();
        let began = Instant::now();
        fill(&database, queued).await;
        let filled = began.elapsed();
        let (runs, done) = bank.runs();
        let before = memory();
        let worker = Worker::start(queue.work(&runs));
        // The first claims read what is not in memory yet.
        until(&done, 200).await;
        let began = Instant::now();
        until(&done, 1_700).await;
        let rate = 1_500.0 / began.elapsed().as_secs_f64();
        let began = Instant::now();
        let health = queue.health().await.unwrap();
        let health_took = began.elapsed();
        worker.stop().await;
        println!(
            "{queued} queued (in {:.0} s): {rate:.0} transfers/s, {} MiB more, health in \
             {health_took:.1?} ({} counted)",
            filled.as_secs_f64(),
            memory().saturating_sub(before),
            health.queued,
        );
        rates.push(rate);
    }
    assert!(rates[1] > rates[0] * 0.7, "claims are as fast: {rates:?}");
}
