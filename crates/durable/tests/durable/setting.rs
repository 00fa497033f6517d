//! What most tests begin with: a database, a sandbox whose clock is held, and a queue on that clock.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use synctera::{Retries, Synctera};
use synctera_durable::{Postgres, RunInfo, Runs, State, Task, Work};
use synctera_sandbox::Sandbox;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::cluster::Cluster;
use crate::world;

/// The longest time that a test waits for a condition.
pub(crate) const AT_MOST: Duration = Duration::from_secs(30);

pub(crate) struct Setting {
    pub(crate) cluster: Arc<Cluster>,
    pub(crate) database: String,
    pub(crate) sandbox: Sandbox,
    pub(crate) client: Synctera,
    pub(crate) queue: Postgres,
}

impl Setting {
    /// `None`, with a message, when PostgreSQL is not installed.
    pub(crate) async fn new() -> Option<Self> {
        let cluster = Cluster::shared()?;
        let database = cluster.database();
        let sandbox = Sandbox::builder().start().await.unwrap();
        sandbox.hold_clock().unwrap();
        // Retries of the client would wait on the held clock; those of the queue are tested.
        let client = world::client(&sandbox.base_url(), sandbox.api_key())
            .retries(Retries::none())
            .clock(sandbox.clock())
            .build()
            .unwrap();
        let queue = Postgres::connect(&database).await.unwrap().clock(sandbox.clock());
        Some(Self { cluster, database, sandbox, client, queue })
    }

    /// A worker with short waits.
    pub(crate) fn work(&self, runs: &Runs) -> Work {
        self.queue.work(runs).poll(Duration::from_millis(20))
    }

    pub(crate) fn advance(&self, by: TimeDelta) {
        self.sandbox.advance(by).unwrap();
    }

    pub(crate) fn count(&self, kind: &str) -> u64 {
        self.sandbox.counts().unwrap().get(kind).copied().unwrap_or_default()
    }

    /// Waits until a run is in a state.
    pub(crate) async fn until<T: Task>(&self, key: &str, state: State) -> RunInfo {
        self.when::<T>(key, |run| run.state == state).await
    }

    /// Waits until a run meets a condition.
    pub(crate) async fn when<T: Task>(
        &self,
        key: &str,
        condition: impl Fn(&RunInfo) -> bool,
    ) -> RunInfo {
        let mut last = None;
        let met = eventually(async || {
            let run = self.queue.show::<T>(key).await.ok();
            let is_met = run.as_ref().is_some_and(&condition);
            last = run;
            is_met
        });
        assert!(met.await, "{last:?}");
        last.unwrap()
    }

    /// The engine's jobs.
    pub(crate) async fn jobs(&self) -> i64 {
        let client = crate::program::connect(&self.database).await;
        let statement = "select count(*) from synctera_queue._private_jobs";
        client.query_one(statement, &[]).await.unwrap().get(0)
    }
}

/// Whether a condition is met in time.
pub(crate) async fn eventually(mut condition: impl AsyncFnMut() -> bool) -> bool {
    let began = Instant::now();
    while began.elapsed() < AT_MOST {
        if condition().await {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    false
}

/// A worker that runs in this process.
pub(crate) struct Worker {
    stop: oneshot::Sender<()>,
    task: JoinHandle<Result<(), synctera_durable::Error>>,
}

impl Worker {
    pub(crate) fn start(work: Work) -> Self {
        let (stop, stopped) = oneshot::channel();
        let until: std::pin::Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(async move {
            let _ = stopped.await;
        });
        Self { stop, task: tokio::spawn(work.until(until)) }
    }

    pub(crate) async fn stop(self) {
        self.stop.send(()).unwrap();
        self.task.await.unwrap().unwrap();
    }
}
