//! What a queue must do for us: the only file, with `graphile.sql`, that names graphile_worker.
//!
//! A job of the engine holds the number of a run. Everything else of the run is in our own table, so
//! that another engine needs another [`Engine`] and nothing more.

use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::StreamExt;
use graphile_worker_database::Database;
use graphile_worker_database::tokio_postgres::TokioPostgresDatabase;
use graphile_worker_job::Job;
use graphile_worker_queries::flag_filter::JobFlagFilter;
use graphile_worker_queries::get_job::get_job_with_filter;
use graphile_worker_queries::recover_workers::recover_dead_worker_jobs;
use graphile_worker_queries::task_identifiers::{TaskDetails, get_tasks_details};
use graphile_worker_queries::worker_heartbeat::registration::worker_heartbeat;
use graphile_worker_queries::worker_heartbeat::stale::{
    delete_stale_workers, list_orphan_locked_workers, list_stale_workers,
};
use tokio_postgres::Transaction;

use crate::Error;

/// The engine's own schema.
const SCHEMA: &str = "synctera_queue";
/// On which channel the engine announces jobs.
const CHANNEL: &str = "jobs:insert";

/// A job that this worker has claimed.
#[derive(Clone, Debug)]
pub(super) struct Claimed {
    pub(super) id: i64,
    /// The run that it is for; `None` for a job that is not ours.
    pub(super) run: Option<i64>,
}

impl Claimed {
    fn of(job: &Job) -> Self {
        let run = job.payload().get("run").and_then(|run| run.as_i64());
        Self { id: *job.id(), run }
    }
}

/// The journeys that a worker takes, as the engine knows them.
pub(super) struct Journeys(TaskDetails);

/// A queue with leases, in the same database as the runs.
pub(super) trait Engine: Send + Sync {
    /// Creates or upgrades the engine's tables.
    fn migrate(&self) -> impl Future<Output = Result<(), Error>> + Send;

    /// What the engine calls these journeys.
    fn journeys(&self, names: Vec<String>) -> impl Future<Output = Result<Journeys, Error>> + Send;

    /// Claims the next job that is due, but none of these tenants. `now` is for tests with a clock of
    /// their own.
    fn claim(
        &self,
        worker: &str,
        journeys: &Journeys,
        full: &[String],
        now: Option<DateTime<Utc>>,
    ) -> impl Future<Output = Result<Option<Claimed>, Error>> + Send;

    /// Ends a claimed job, in the transaction that records what came of it; the job of another worker
    /// stays.
    fn end(
        &self,
        transaction: &Transaction<'_>,
        worker: &str,
        job: &Claimed,
    ) -> impl Future<Output = Result<(), Error>> + Send;

    /// Extends the lease of a worker.
    fn heartbeat(&self, worker: &str) -> impl Future<Output = Result<(), Error>> + Send;

    /// The workers without a heartbeat for this time.
    fn dead(
        &self,
        transaction: &Transaction<'_>,
        lease: Duration,
    ) -> impl Future<Output = Result<Vec<String>, Error>> + Send;

    /// Makes the jobs of workers available again that stop or are dead, and forgets the workers.
    fn release(
        &self,
        transaction: &Transaction<'_>,
        workers: &[String],
    ) -> impl Future<Output = Result<(), Error>> + Send;

    /// Completes when there may be new jobs, for ever.
    fn announcements(&self) -> impl Future<Output = Result<Announcements, Error>> + Send;
}

/// Announcements of jobs.
pub(super) struct Announcements(Option<graphile_worker_database::NotificationStream>);

impl Announcements {
    /// For an engine that announces nothing.
    pub(super) fn none() -> Self {
        Self(None)
    }

    /// The next announcement; pending for ever when there are none.
    pub(super) async fn next(&mut self) {
        loop {
            match &mut self.0 {
                Some(stream) => match stream.next().await {
                    Some(_) => return,
                    None => self.0 = None,
                },
                None => std::future::pending().await,
            }
        }
    }
}

/// graphile_worker.
#[derive(Clone, Debug)]
pub(super) struct Graphile(Database);

impl Graphile {
    pub(super) fn new(database: &TokioPostgresDatabase) -> Self {
        Self(database.clone().into())
    }
}

impl Engine for Graphile {
    async fn migrate(&self) -> Result<(), Error> {
        graphile_worker_migrations::migrate(&self.0, SCHEMA).await.map_err(Error::engine)
    }

    async fn journeys(&self, names: Vec<String>) -> Result<Journeys, Error> {
        get_tasks_details(&self.0, SCHEMA, names).await.map(Journeys).map_err(Error::engine)
    }

    async fn claim(
        &self,
        worker: &str,
        journeys: &Journeys,
        full: &[String],
        now: Option<DateTime<Utc>>,
    ) -> Result<Option<Claimed>, Error> {
        let full: Vec<String> = full.iter().map(|tenant| format!("tenant {tenant}")).collect();
        let filter = JobFlagFilter::new(&full, &[]);
        let job = get_job_with_filter(&self.0, &journeys.0, SCHEMA, worker, filter, now).await;
        Ok(job.map_err(Error::engine)?.as_ref().map(Claimed::of))
    }

    async fn end(
        &self,
        transaction: &Transaction<'_>,
        worker: &str,
        job: &Claimed,
    ) -> Result<(), Error> {
        // Not the engine's own function, which ends the job of another worker, too.
        let statement = "select synctera_runs.end_job($1, $2)";
        transaction.execute(statement, &[&job.id, &worker]).await?;
        Ok(())
    }

    async fn heartbeat(&self, worker: &str) -> Result<(), Error> {
        worker_heartbeat(&self.0, SCHEMA, worker, None).await.map_err(Error::engine)
    }

    async fn dead(
        &self,
        transaction: &Transaction<'_>,
        lease: Duration,
    ) -> Result<Vec<String>, Error> {
        let dead = list_stale_workers(transaction, SCHEMA, lease).await;
        let mut dead = dead.map_err(Error::engine)?;
        // A worker that was forgotten while it was paused may hold jobs that it claimed since.
        let orphans = list_orphan_locked_workers(transaction, SCHEMA, lease).await;
        dead.extend(orphans.map_err(Error::engine)?);
        Ok(dead)
    }

    async fn release(
        &self,
        transaction: &Transaction<'_>,
        workers: &[String],
    ) -> Result<(), Error> {
        recover_dead_worker_jobs(transaction, SCHEMA, workers, Duration::ZERO)
            .await
            .map_err(Error::engine)?;
        delete_stale_workers(transaction, SCHEMA, workers).await.map_err(Error::engine)
    }

    async fn announcements(&self) -> Result<Announcements, Error> {
        let stream = self.0.listen(CHANNEL).await;
        Ok(Announcements(stream.map_err(Error::engine)?))
    }
}
