//! Jobs that are claimed and not started yet, claims whose response is lost, and jobs that were replaced.
//! The tests put the tables into the state that such a worker leaves.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use synctera::OnboardCustomer;
use synctera_durable::{Begin, BoxError, Finished, RunInfo, Runs, State};
use tokio_postgres::Client;

use crate::setting::{Setting, Worker, eventually};
use crate::{program, world};

type Onboard = OnboardCustomer;

/// Runs of one sign-up, and how many times it was started.
fn counted(setting: &Setting, pause: Duration) -> (Runs, Arc<AtomicUsize>) {
    let starts = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&starts);
    let runs = Runs::new(setting.client.clone())
        .journey(move |_| {
            count.fetch_add(1, Ordering::SeqCst);
            async move {
                tokio::time::sleep(pause).await;
                Ok::<_, BoxError>(Some(world::onboarding(1)))
            }
        })
        .on_outcome(|_: Finished<Onboard>| async { Ok::<_, BoxError>(()) });
    (runs, starts)
}

async fn begin(setting: &Setting) -> (RunInfo, Client) {
    setting.queue.begin(Begin::<Onboard>::new("signup-1")).await.unwrap();
    let run = setting.queue.show::<Onboard>("signup-1").await.unwrap();
    (run, program::connect(&setting.database).await)
}

/// Claims the one job for a worker, and returns its number.
async fn claim(own: &Client, worker: &str) -> i64 {
    let statement = "update synctera_queue._private_jobs set locked_by = $1, locked_at = now(), \
                     attempts = attempts + 1 where locked_at is null returning id";
    own.query_one(statement, &[&worker]).await.unwrap().get(0)
}

/// Whether a worker could start a run by a job.
async fn start(setting: &Setting, own: &Client, run: &RunInfo, job: i64, worker: &str) -> bool {
    let statement = "select * from synctera_runs.start_run($1, $2, $3, $4)";
    let now = setting.sandbox.now();
    own.query_opt(statement, &[&run.id.as_i64(), &job, &worker, &now]).await.unwrap().is_some()
}

#[tokio::test]
async fn a_run_whose_claimed_job_was_replaced_is_started_once() {
    let Some(setting) = Setting::new().await else { return };
    let (run, own) = begin(&setting).await;
    let first = claim(&own, "first").await;
    // A person makes it due between the claim and the start.
    setting.queue.retry(run.id).await.unwrap();
    assert_eq!(setting.jobs().await, 2);
    let second = claim(&own, "second").await;
    assert!(!start(&setting, &own, &run, first, "first").await, "its job was replaced");
    assert!(start(&setting, &own, &run, second, "second").await);
    assert!(start(&setting, &own, &run, second, "second").await, "the response was lost");
    // Another job of a run that is running.
    let statement = "update synctera_queue._private_jobs set key = null where id = $1";
    own.execute(statement, &[&second]).await.unwrap();
    let id = run.id.as_i64();
    own.execute("select synctera_runs.enqueue($1, now())", &[&id]).await.unwrap();
    let third = claim(&own, "third").await;
    assert!(!start(&setting, &own, &run, third, "third").await, "it is running");
    let shown = setting.queue.show_by_id(run.id).await.unwrap();
    assert_eq!((shown.state, shown.worker.as_deref()), (State::Running, Some("second")));
}

#[tokio::test]
async fn a_worker_that_lost_its_lease_between_claim_and_start_starts_nothing() {
    let Some(setting) = Setting::new().await else { return };
    let (run, own) = begin(&setting).await;
    let job = claim(&own, "paused").await;
    // Its lease ends, and another worker claims and starts the run.
    let statement = "update synctera_queue._private_jobs set locked_by = null, locked_at = null";
    own.execute(statement, &[]).await.unwrap();
    assert!(!start(&setting, &own, &run, job, "paused").await);
    assert_eq!(claim(&own, "second").await, job);
    assert!(start(&setting, &own, &run, job, "second").await);
    assert!(!start(&setting, &own, &run, job, "paused").await, "the run is the other worker's");
    own.execute("select synctera_runs.end_job($1, 'paused')", &[&job]).await.unwrap();
    assert_eq!(setting.jobs().await, 1, "and so is the job");
    own.execute("select synctera_runs.end_job($1, 'second')", &[&job]).await.unwrap();
    assert_eq!(setting.jobs().await, 0);
}

#[tokio::test]
async fn a_run_that_becomes_due_while_its_job_is_claimed_is_walked_once_and_leaves_no_job() {
    let Some(setting) = Setting::new().await else { return };
    let (run, own) = begin(&setting).await;
    // The worker claims when it starts, and cannot start the run while this transaction locks it.
    let mut locking = program::connect(&setting.database).await;
    let lock = locking.transaction().await.unwrap();
    let statement = "select from synctera_runs.runs where id = $1 for update";
    lock.execute(statement, &[&run.id.as_i64()]).await.unwrap();
    let (runs, starts) = counted(&setting, Duration::from_millis(200));
    let work = setting.work(&runs).concurrency(2);
    let workers = [Worker::start(work.clone()), Worker::start(work)];
    let claimed = async || {
        let statement = "select from synctera_queue._private_jobs where locked_by is not null";
        !own.query(statement, &[]).await.unwrap().is_empty()
    };
    assert!(eventually(claimed).await);
    let now = setting.sandbox.now();
    lock.execute("select synctera_runs.enqueue($1, $2)", &[&run.id.as_i64(), &now]).await.unwrap();
    lock.commit().await.unwrap();
    setting.until::<Onboard>("signup-1", State::Done).await;
    assert!(eventually(async || setting.jobs().await == 0).await, "no job is left");
    for worker in workers {
        worker.stop().await;
    }
    assert_eq!(starts.load(Ordering::SeqCst), 1);
}
