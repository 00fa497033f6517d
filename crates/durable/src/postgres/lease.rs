//! The lease of a worker: heartbeats while it lives, and sweeps for those that do not.

use std::time::Duration;

use super::connect::Postgres;
use super::engine::Engine;
use crate::Error;

/// The shortest interval of heartbeats and sweeps.
const INTERVAL_MIN: Duration = Duration::from_millis(100);

impl Postgres {
    /// Extends the lease of a worker and sweeps for dead ones, four times in each lease, until it is
    /// dropped. A failure is repeated at the next time.
    pub(super) async fn keep_alive(&self, worker: &str, lease: Duration) {
        let mut interval = tokio::time::interval((lease / 4).max(INTERVAL_MIN));
        interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            interval.tick().await;
            if let Err(error) = self.engine.heartbeat(worker).await {
                tracing::warn!(target: "synctera", worker, error = %error, "no heartbeat");
                continue;
            }
            match self.sweep(lease).await {
                Ok(0) => {}
                Ok(runs) => tracing::warn!(target: "synctera", {
                    "monotonic_counter.synctera.durable.recovered" = runs,
                }, "runs of dead workers continue"),
                Err(error) => tracing::warn!(target: "synctera", error = %error, "no sweep"),
            }
        }
    }

    /// Makes the runs of dead workers available, and returns how many.
    async fn sweep(&self, lease: Duration) -> Result<u64, Error> {
        let mut client = self.store.client().await?;
        let transaction = client.transaction().await?;
        let lock = "select pg_try_advisory_xact_lock(hashtextextended('synctera_runs sweep', 0))";
        if !transaction.query_one(lock, &[]).await?.get::<_, bool>(0) {
            // Another worker does it right now.
            return Ok(0);
        }
        let dead = self.engine.dead(&transaction, lease).await?;
        if dead.is_empty() {
            return Ok(0);
        }
        let runs = self.free(&transaction, &dead).await?;
        transaction.commit().await?;
        Ok(runs)
    }

    /// Returns the runs of a worker that stops.
    pub(super) async fn leave(&self, worker: &str) -> Result<(), Error> {
        let mut client = self.store.client().await?;
        let transaction = client.transaction().await?;
        self.free(&transaction, &[worker.to_owned()]).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The runs are queued again, so that they do not count as running: their workers, should they
    /// come back, cannot acknowledge them any more.
    async fn free(
        &self,
        transaction: &deadpool_postgres::Transaction<'_>,
        workers: &[String],
    ) -> Result<u64, Error> {
        let now = self.time();
        let runs = transaction
            .query(
                "update synctera_runs.runs set state = 'queued', worker = null, due_at = $2 \
                 where state = 'running' and worker = any($1) returning id",
                &[&workers, &now],
            )
            .await?;
        self.engine.release(transaction, workers).await?;
        for run in &runs {
            let id: i64 = run.get(0);
            transaction.execute("select synctera_runs.enqueue($1, $2)", &[&id, &now]).await?;
        }
        Ok(runs.len() as u64)
    }
}
