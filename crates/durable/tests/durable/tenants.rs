//! Limits of tenants, and workers that lose their lease.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use synctera::OnboardCustomer;
use synctera_durable::{Begin, BoxError, Finished, Runs, State};
use tokio::sync::Semaphore;

use crate::setting::{Setting, Worker, eventually};
use crate::{program, world};

/// Runs that wait for a permit before their request is there, and how many do so.
struct Gate {
    permits: Semaphore,
    waiting: AtomicUsize,
    most: AtomicUsize,
    outcomes: Mutex<Vec<String>>,
}

impl Gate {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            permits: Semaphore::new(0),
            waiting: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
            outcomes: Mutex::default(),
        })
    }

    fn waiting(&self) -> usize {
        self.waiting.load(Ordering::SeqCst)
    }

    fn runs(self: &Arc<Self>, setting: &Setting) -> Runs {
        let (gate, outcomes) = (Arc::clone(self), Arc::clone(self));
        Runs::new(setting.client.clone())
            .journey(move |key: String| {
                let gate = Arc::clone(&gate);
                async move {
                    let waiting = gate.waiting.fetch_add(1, Ordering::SeqCst) + 1;
                    gate.most.fetch_max(waiting, Ordering::SeqCst);
                    gate.permits.acquire().await.unwrap().forget();
                    gate.waiting.fetch_sub(1, Ordering::SeqCst);
                    let number = key.rsplit('-').next().unwrap().parse().unwrap();
                    Ok::<_, BoxError>(Some(world::onboarding(number)))
                }
            })
            .on_outcome(move |run: Finished<OnboardCustomer>| {
                outcomes.outcomes.lock().unwrap().push(run.key);
                async { Ok::<_, BoxError>(()) }
            })
    }
}

fn two() -> NonZeroU32 {
    NonZeroU32::new(2).unwrap()
}

async fn begin(setting: &Setting, tenant: &str, numbers: std::ops::Range<u32>) {
    for number in numbers {
        let run = Begin::<OnboardCustomer>::new(format!("{tenant}-{number}")).tenant(tenant);
        setting.queue.begin(run).await.unwrap();
    }
}

#[tokio::test]
async fn a_tenant_has_no_more_runs_at_a_time_than_it_may_in_all_workers_together() {
    let Some(setting) = Setting::new().await else { return };
    let gate = Gate::new();
    let work = setting.work(&gate.runs(&setting)).per_tenant(two()).concurrency(8);
    let workers = [Worker::start(work.clone()), Worker::start(work)];
    begin(&setting, "a", 0..10).await;
    assert!(eventually(async || gate.waiting() == 2).await);
    begin(&setting, "b", 10..12).await;
    // Of another tenant, behind eight that wait.
    assert!(eventually(async || gate.waiting() == 4).await);
    gate.permits.add_permits(12);
    for number in 0..10 {
        setting.until::<OnboardCustomer>(&format!("a-{number}"), State::Done).await;
    }
    for number in 10..12 {
        setting.until::<OnboardCustomer>(&format!("b-{number}"), State::Done).await;
    }
    assert!(gate.most.load(Ordering::SeqCst) <= 4);
    for worker in workers {
        worker.stop().await;
    }
    assert_eq!(setting.jobs().await, 0);
}

#[tokio::test]
async fn a_tenant_has_no_more_starts_within_a_time_than_it_may() {
    let Some(setting) = Setting::new().await else { return };
    let gate = Gate::new();
    gate.permits.add_permits(100);
    let minute = Duration::from_secs(60);
    let work = setting.work(&gate.runs(&setting)).per_tenant_rate(two(), minute);
    let worker = Worker::start(work);
    begin(&setting, "a", 0..5).await;
    begin(&setting, "b", 5..6).await;
    setting.until::<OnboardCustomer>("b-5", State::Done).await;
    for done in [2, 4, 5] {
        let of_a = async || {
            let outcomes = gate.outcomes.lock().unwrap();
            outcomes.iter().filter(|key| key.starts_with("a-")).count()
        };
        assert!(eventually(async || of_a().await == done).await);
        setting.advance(TimeDelta::seconds(61));
    }
    worker.stop().await;
}

#[tokio::test]
async fn ten_thousand_runs_of_one_tenant_do_not_delay_those_of_another() {
    let Some(setting) = Setting::new().await else { return };
    let own = program::connect(&setting.database).await;
    own.execute(
        "select synctera_runs.begin_run('onboard_customer', 'big-' || n, 'big', 0, $1) \
         from generate_series(1, 10000) as n",
        &[&setting.sandbox.now()],
    )
    .await
    .unwrap();
    let gate = Gate::new();
    gate.permits.add_permits(100_000);
    let work = setting.work(&gate.runs(&setting)).per_tenant(two()).concurrency(4);
    let worker = Worker::start(work);
    assert!(eventually(async || !gate.outcomes.lock().unwrap().is_empty()).await);
    let began = Instant::now();
    begin(&setting, "small", 20_000..20_001).await;
    setting.until::<OnboardCustomer>("small-20000", State::Done).await;
    let delay = began.elapsed();
    println!("10,000 runs of one tenant delay another's first run by {delay:?}");
    assert!(delay < Duration::from_secs(2), "{delay:?}");
    worker.stop().await;
    assert!(gate.outcomes.lock().unwrap().len() < 9_000, "there was a queue");
}

#[tokio::test]
async fn a_worker_that_lost_its_lease_cannot_acknowledge() {
    let Some(setting) = Setting::new().await else { return };
    let (late, early) = (Gate::new(), Gate::new());
    begin(&setting, "a", 1..2).await;
    let first = Worker::start(setting.work(&late.runs(&setting)).lease(Duration::from_secs(600)));
    assert!(eventually(async || late.waiting() == 1).await);
    // As if it had been paused for an hour.
    let own = program::connect(&setting.database).await;
    own.execute(
        "update synctera_queue._private_workers set last_heartbeat_at = now() - interval '1 hour'",
        &[],
    )
    .await
    .unwrap();
    early.permits.add_permits(1);
    let second = Worker::start(setting.work(&early.runs(&setting)).lease(Duration::from_secs(2)));
    let done = setting.until::<OnboardCustomer>("a-1", State::Done).await;
    setting.advance(TimeDelta::minutes(5));
    late.permits.add_permits(1);
    assert!(eventually(async || late.outcomes.lock().unwrap().len() == 1).await);
    first.stop().await;
    second.stop().await;
    let after = setting.queue.show::<OnboardCustomer>("a-1").await.unwrap();
    assert_eq!(after, done, "the late acknowledgement changed nothing");
    assert_eq!(setting.count("person"), 1);
    assert_eq!(setting.jobs().await, 0);
}

#[tokio::test]
async fn a_worker_that_is_told_to_stop_ends_its_runs_or_returns_them() {
    let Some(setting) = Setting::new().await else { return };
    let gate = Gate::new();
    begin(&setting, "a", 1..3).await;
    let work = setting.work(&gate.runs(&setting)).grace(Duration::from_millis(300));
    let worker = Worker::start(work.clone().concurrency(1));
    assert!(eventually(async || gate.waiting() == 1).await);
    worker.stop().await;
    let returned = setting.queue.show::<OnboardCustomer>("a-1").await.unwrap();
    assert_eq!((returned.state, returned.worker), (State::Queued, None));
    // Without a lease to wait for.
    gate.permits.add_permits(2);
    let worker = Worker::start(work);
    for key in ["a-1", "a-2"] {
        setting.until::<OnboardCustomer>(key, State::Done).await;
    }
    worker.stop().await;
    assert_eq!(setting.count("person"), 2);
}
