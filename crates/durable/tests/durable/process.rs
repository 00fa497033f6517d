//! Workers as processes of their own, which are the test program again: `worker_process` below is a
//! test that does nothing unless the environment says what to work on.

use std::num::NonZeroU32;
use std::process::Stdio;
use std::time::Duration;

use synctera::InternalAccountId;
use synctera_durable::Postgres;
use tokio::process::{Child, Command};
use uuid::Uuid;

use crate::{program, world};

/// What a worker process works on.
#[derive(Clone)]
pub(crate) struct Job {
    pub(crate) database: String,
    pub(crate) base_url: String,
    pub(crate) api_key: String,
    pub(crate) account: InternalAccountId,
    pub(crate) lease: Duration,
    pub(crate) faults: f64,
    pub(crate) concurrency: usize,
    pub(crate) per_tenant: u32,
    /// Where the output goes.
    pub(crate) log: Option<std::path::PathBuf>,
}

impl Job {
    /// Starts a worker.
    pub(crate) fn spawn(&self) -> Child {
        let output = || match &self.log {
            Some(file) => {
                let file = std::fs::File::options().create(true).append(true).open(file).unwrap();
                Stdio::from(file)
            }
            None => Stdio::null(),
        };
        Command::new(std::env::current_exe().unwrap())
            .args(["process::worker_process", "--exact", "--nocapture"])
            .env("DURABLE_DATABASE", &self.database)
            .env("DURABLE_BASE_URL", &self.base_url)
            .env("DURABLE_API_KEY", &self.api_key)
            .env("DURABLE_ACCOUNT", self.account.to_string())
            .env("DURABLE_LEASE_MS", self.lease.as_millis().to_string())
            .env("DURABLE_FAULTS", self.faults.to_string())
            .env("DURABLE_CONCURRENCY", self.concurrency.to_string())
            .env("DURABLE_PER_TENANT", self.per_tenant.to_string())
            .env("DURABLE_LOG", if self.log.is_some() { "trace" } else { "off" })
            .stdin(Stdio::null())
            .stdout(output())
            .stderr(output())
            .kill_on_drop(true)
            .spawn()
            .unwrap()
    }
}

/// Ends a worker by its signal to stop.
pub(crate) async fn stop(mut worker: Child) {
    crate::cluster::signal(worker.id().unwrap(), "TERM");
    let status = tokio::time::timeout(Duration::from_secs(30), worker.wait()).await;
    assert!(status.expect("it stops in time").unwrap().success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn worker_process() {
    let Ok(database) = std::env::var("DURABLE_DATABASE") else { return };
    let set = |name: &str| std::env::var(format!("DURABLE_{name}")).unwrap();
    if set("LOG") != "off" {
        tracing_subscriber::fmt()
            .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
            .with_ansi(false)
            .init();
    }
    let mut terminate =
        tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).unwrap();
    let share: f64 = set("FAULTS").parse().unwrap();
    let client = world::client(&set("BASE_URL"), &set("API_KEY"))
        .transport(world::Faulty { share })
        .build()
        .unwrap();
    // A worker that starts while the database is down waits for it, as its supervisor would.
    let queue = loop {
        match Postgres::connect(&database).await {
            Ok(queue) => break queue,
            Err(_) => tokio::time::sleep(Duration::from_millis(200)).await,
        }
    };
    let account = InternalAccountId::from(set("ACCOUNT").parse::<Uuid>().unwrap());
    let runs = program::runs(client, &queue, &database, account);
    let mut work = queue
        .work(&runs)
        .concurrency(set("CONCURRENCY").parse().unwrap())
        .lease(Duration::from_millis(set("LEASE_MS").parse().unwrap()))
        .poll(Duration::from_millis(200))
        .backoff(Duration::from_millis(100), Duration::from_secs(2));
    if let Some(most) = NonZeroU32::new(set("PER_TENANT").parse().unwrap()) {
        work = work.per_tenant(most);
    }
    let stop = async move {
        terminate.recv().await;
    };
    work.until(stop).await.unwrap();
}
