//! How the queue is.

use std::time::Duration;

use super::connect::Postgres;
use crate::Error;

/// Runs that are counted of each state.
const COUNTED: i64 = 100_000;

/// How the queue is, for a health check, metrics and alerts.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Health {
    /// Runs that are due now or later; counted up to 100,000, as all counts.
    pub queued: u64,
    /// Of these, runs that have failed and are retried.
    pub failing: u64,
    /// Runs that workers have.
    pub running: u64,
    /// Runs that wait for the platform.
    pub waiting: u64,
    /// Runs that are parked, by kind and code.
    pub parked: Vec<ParkedBy>,
    /// For how long the oldest run has been due without a start: the number to alert on.
    pub oldest_due: Option<Duration>,
}

/// Parked runs with the same last failure.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ParkedBy {
    /// The kind of the failure.
    pub kind: String,
    /// The platform's code.
    pub code: Option<String>,
    /// How many.
    pub runs: u64,
}

impl Postgres {
    /// How the queue is. It also records the numbers as a `tracing` event with the target `synctera`,
    /// whose fields are OpenTelemetry gauges.
    ///
    /// # Errors
    /// [`Error::Database`]: a health check should fail.
    pub async fn health(&self) -> Result<Health, Error> {
        let client = self.store.client().await?;
        let now = self.time();
        let row = client
            .query_one(
                "select \
                 (select count(*) from (select from synctera_runs.runs where state = 'queued' \
                    limit $2) as counted), \
                 (select count(*) from (select from synctera_runs.runs where state = 'queued' \
                    and failures > 0 limit $2) as counted), \
                 (select count(*) from (select from synctera_runs.runs where state = 'running' \
                    limit $2) as counted), \
                 (select count(*) from (select from synctera_runs.runs where state = 'waiting' \
                    and waits_for is not null limit $2) as counted), \
                 (select extract(epoch from $1 - min(due_at))::float8 from synctera_runs.runs \
                    where state = 'queued' and due_at <= $1)",
                &[&now, &COUNTED],
            )
            .await?;
        let parked = client
            .query(
                "select kind, code, count(*) from (select coalesce(kind, '') as kind, code from \
                 synctera_runs.runs where state = 'parked' limit $1) as counted \
                 group by kind, code order by 3 desc, 1, 2 limit 1000",
                &[&COUNTED],
            )
            .await?;
        let count = |index: usize| u64::try_from(row.get::<_, i64>(index)).unwrap_or_default();
        let age = row.get::<_, Option<f64>>(4);
        let health = Health {
            queued: count(0),
            failing: count(1),
            running: count(2),
            waiting: count(3),
            parked: parked
                .iter()
                .map(|row| ParkedBy {
                    kind: row.get(0),
                    code: row.get(1),
                    runs: u64::try_from(row.get::<_, i64>(2)).unwrap_or_default(),
                })
                .collect(),
            oldest_due: age.and_then(|age| Duration::try_from_secs_f64(age.max(0.0)).ok()),
        };
        let parked: u64 = health.parked.iter().map(|by| by.runs).sum();
        let age = health.oldest_due.map_or(0.0, |age| age.as_secs_f64());
        tracing::info!(target: "synctera", {
            "gauge.synctera.durable.queued" = health.queued,
            "gauge.synctera.durable.failing" = health.failing,
            "gauge.synctera.durable.running" = health.running,
            "gauge.synctera.durable.waiting" = health.waiting,
            "gauge.synctera.durable.parked" = parked,
            "gauge.synctera.durable.queue_age" = age,
        }, "queue");
        Ok(health)
    }
}
