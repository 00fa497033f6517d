//! Workers that are killed and paused, a platform that fails, and a database that crashes: each
//! sign-up still gets one customer, one account and one transfer.

use std::time::{Duration, Instant};

use synctera_durable::{Health, List, Postgres};
use synctera_sandbox::Sandbox;

use crate::cluster::{Cluster, signal};
use crate::process::{Job, stop};
use crate::{program, world};

/// How much is done to the workers.
pub(crate) struct Plan {
    pub(crate) signups: u32,
    pub(crate) kills: usize,
    pub(crate) faults: f64,
    pub(crate) lease: Duration,
    /// The longest time that everything may take.
    pub(crate) at_most: Duration,
}

/// Plays a plan, and returns its figures.
pub(crate) async fn play(plan: &Plan) -> Option<String> {
    let cluster = Cluster::start()?;
    let database = cluster.database();
    let sandbox = Sandbox::start().await.unwrap();
    let client = world::client_of(&sandbox);
    let account = world::program_account(&client).await;
    let before = sandbox.counts().unwrap();
    let queue = Postgres::connect(&database).await.unwrap();
    program::create_table(&database).await;
    let mut own = program::connect(&database).await;
    for number in 0..plan.signups {
        program::sign_up(&mut own, &queue, number, &format!("tenant_{}", number % 3)).await;
    }
    let job = Job {
        database: database.clone(),
        base_url: sandbox.base_url(),
        api_key: sandbox.api_key().to_owned(),
        account,
        lease: plan.lease,
        faults: plan.faults,
        concurrency: 6,
        per_tenant: 4,
        log: std::env::var_os("DURABLE_WORKER_LOG").map(Into::into),
    };
    let began = Instant::now();
    let mut workers: Vec<_> = (0..3).map(|_| job.spawn()).collect();
    let mut done_at_kills = Vec::new();
    for kill in 0..plan.kills {
        // Kills are spread over the sign-ups: the next one comes when so many are complete.
        let goal = i64::from(plan.signups) * (kill as i64 + 1) / (plan.kills as i64 + 2);
        if wait_for(&own, goal, began, plan.at_most).await {
            done_at_kills.push(program::complete(&own).await);
        }
        tokio::time::sleep(Duration::from_millis(fastrand::u64(0..150))).await;
        let victim = fastrand::usize(..workers.len());
        workers[victim].kill().await.unwrap();
        workers[victim] = job.spawn();
        if kill == plan.kills / 2 {
            // One worker is paused beyond its lease, and the database crashes meanwhile.
            let paused = (victim + 1) % workers.len();
            let process = workers[paused].id().unwrap();
            signal(process, "STOP");
            drop(own);
            cluster.crash();
            cluster.restart();
            own = program::connect(&database).await;
            tokio::time::sleep(plan.lease * 2).await;
            signal(process, "CONT");
        }
    }
    let goal = i64::from(plan.signups);
    if !wait_for(&own, goal, began, plan.at_most).await {
        panic!("{:?}\n{:#?}", queue.health().await, queue.list(&List::new()).await);
    }
    let took = began.elapsed();
    // Also the last acknowledgements: nothing is left to do.
    let until = Instant::now() + plan.lease * 4 + Duration::from_secs(10);
    while !is_idle(&queue.health().await.unwrap()) || jobs(&own).await > 0 {
        assert!(Instant::now() < until, "{:?}, {} jobs", queue.health().await, jobs(&own).await);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    for worker in workers {
        stop(worker).await;
    }

    let after = sandbox.counts().unwrap();
    let new = |kind: &str| {
        after.get(kind).copied().unwrap_or_default() - before.get(kind).copied().unwrap_or_default()
    };
    assert_eq!(new("person"), u64::from(plan.signups), "{after:?}");
    assert_eq!(new("account"), u64::from(plan.signups), "{after:?}");
    let balance = balance(&client, account).await;
    assert_eq!(balance, -i64::from(plan.signups) * 7_00, "one transfer each");
    sandbox.audit().unwrap();
    Some(format!(
        "{} sign-ups, {} kills, {:.0} % faults, a pause and a crash of the database: {:.1} s, \
         {} persons, {} accounts, {} in transfers",
        plan.signups,
        plan.kills,
        plan.faults * 100.0,
        took.as_secs_f64(),
        new("person"),
        new("account"),
        -balance,
    ))
}

fn is_idle(health: &Health) -> bool {
    health.queued == 0 && health.running == 0 && health.parked.is_empty()
}

/// The engine's jobs.
async fn jobs(client: &tokio_postgres::Client) -> i64 {
    let statement = "select count(*) from synctera_queue._private_jobs";
    client.query_one(statement, &[]).await.unwrap().get(0)
}

/// Waits until so many sign-ups are complete.
async fn wait_for(
    client: &tokio_postgres::Client,
    goal: i64,
    began: Instant,
    at_most: Duration,
) -> bool {
    while began.elapsed() < at_most {
        if program::complete(client).await >= goal {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    false
}

async fn balance(client: &synctera::Synctera, account: synctera::InternalAccountId) -> i64 {
    let account = client.api().get_internal_account(account).await.unwrap().into_inner();
    account.balances.iter().map(|balance| balance.balance).next().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_pauses_and_crashes_do_nothing_twice_and_lose_nothing() {
    let plan = Plan {
        signups: 30,
        kills: 5,
        faults: 0.3,
        lease: Duration::from_secs(1),
        at_most: Duration::from_secs(90),
    };
    if let Some(figures) = play(&plan).await {
        println!("{figures}");
    }
}
