//! The start of a run that a worker has claimed.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::connect::Postgres;
use super::engine::{Claimed, Engine};
use crate::Error;
use crate::walk::Started;

/// How much of a tenant may run.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Limits {
    /// Runs at a time.
    pub(super) running: Option<u32>,
    /// Starts within a time.
    pub(super) started: Option<(u32, Duration)>,
}

impl Limits {
    fn parameters(self) -> (Option<i32>, Option<i32>, Option<f64>) {
        let count = |count: u32| i32::try_from(count).unwrap_or(i32::MAX);
        let started = self.started.map(|(starts, _)| count(starts));
        (self.running.map(count), started, self.started.map(|(_, within)| within.as_secs_f64()))
    }
}

/// A run that a worker has started, with the number that its acknowledgement must have.
pub(super) struct Held {
    pub(super) id: i64,
    pub(super) job: Claimed,
    pub(super) journey: String,
    pub(super) fence: i64,
    pub(super) failures: u32,
    pub(super) run: Started,
}

/// What became of a job that was claimed.
pub(super) enum Start {
    Run(Box<Held>),
    /// Its run is over or runs already, or its tenant has as many as it may.
    Nothing,
}

impl Postgres {
    /// The tenants of which no run may start now.
    pub(super) async fn full(&self, limits: Limits) -> Result<Vec<String>, Error> {
        let (running, started, within) = limits.parameters();
        if running.is_none() && started.is_none() {
            return Ok(Vec::new());
        }
        let client = self.store.client().await?;
        let row = client
            .query_one(
                "select synctera_runs.full_tenants($1, $2, $3, $4 * interval '1 second')",
                &[&self.time(), &running, &started, &within],
            )
            .await?;
        Ok(row.get(0))
    }

    /// Starts the run of a job.
    pub(super) async fn start(
        &self,
        worker: &str,
        job: Claimed,
        limits: Limits,
    ) -> Result<Start, Error> {
        let mut client = self.store.client().await?;
        let transaction = client.transaction().await?;
        let (running, started, within) = limits.parameters();
        let now = self.time();
        let run = job.run.unwrap_or_default();
        let row = transaction
            .query_opt(
                "select * from synctera_runs.start_run($1, $2, $3, $4, $5, $6, \
                 $7 * interval '1 second')",
                &[&run, &job.id, &worker, &now, &running, &started, &within],
            )
            .await?;
        let start = match row {
            None => {
                self.engine.end(&transaction, worker, &job).await?;
                Start::Nothing
            }
            Some(row) if row.get("is_full") => {
                self.engine.end(&transaction, worker, &job).await?;
                // The next claim passes over the tenant, as it is known to be full by then.
                transaction.execute("select synctera_runs.enqueue($1, $2)", &[&run, &now]).await?;
                Start::Nothing
            }
            Some(row) => {
                let count = |name: &str| u32::try_from(row.get::<_, i32>(name)).unwrap_or_default();
                Start::Run(Box::new(Held {
                    id: run,
                    job,
                    journey: row.get("journey"),
                    fence: row.get("fence"),
                    failures: count("failures"),
                    run: Started {
                        key: row.get("key"),
                        tenant: row.get("tenant"),
                        attempt: count("attempt"),
                        started_at: row.get::<_, DateTime<Utc>>("started_at"),
                        now,
                    },
                }))
            }
        };
        transaction.commit().await?;
        Ok(start)
    }
}
