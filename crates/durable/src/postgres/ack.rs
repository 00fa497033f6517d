//! What a worker records of a run that it has walked: the run's row and the engine's job change in one
//! transaction, or not at all.

use chrono::{DateTime, TimeDelta, Utc};
use tokio_postgres::Transaction;

use super::connect::Postgres;
use super::engine::Engine;
use super::start::Held;
use crate::Error;
use crate::decide::{Backoff, Cause, Decision};
use crate::walk::Verdict;

impl Postgres {
    /// Records what came of a run. `false` when another worker has started it since: the lease of this
    /// one had passed, and its acknowledgement changes nothing.
    pub(super) async fn acknowledge(
        &self,
        worker: &str,
        held: &Held,
        verdict: &Verdict,
        backoff: Backoff,
    ) -> Result<bool, Error> {
        let mut client = self.store.client().await?;
        let transaction = client.transaction().await?;
        let now = self.time();
        let due_at = match verdict {
            Verdict::Done => done(&transaction, held, now).await?,
            Verdict::Failed(Decision::Park(cause)) => park(&transaction, held, cause).await?,
            Verdict::Failed(Decision::Retry(after, cause)) => {
                let failures = held.failures.saturating_add(1);
                let wait = backoff.wait(failures, *after, fastrand::f64());
                retry(&transaction, held, cause, later(now, wait)).await?
            }
            Verdict::NotYet { resource, after } => {
                not_yet(&transaction, held, *resource, now, later(now, *after)).await?
            }
        };
        // Also where another worker has started it since: by another job, so this one is over.
        self.engine.end(&transaction, worker, &held.job).await?;
        if let Some(Some(due_at)) = due_at {
            transaction
                .execute("select synctera_runs.enqueue($1, $2)", &[&held.id, &due_at])
                .await?;
        }
        transaction.commit().await?;
        Ok(due_at.is_some())
    }
}

fn later(now: DateTime<Utc>, wait: std::time::Duration) -> DateTime<Utc> {
    let wait = TimeDelta::from_std(wait).unwrap_or(TimeDelta::days(1));
    now.checked_add_signed(wait).unwrap_or(now)
}

/// `None`: another worker has started the run since. Otherwise when it is due again, if it is.
type Due = Option<Option<DateTime<Utc>>>;

async fn done(
    transaction: &Transaction<'_>,
    held: &Held,
    now: DateTime<Utc>,
) -> Result<Due, Error> {
    let changed = transaction
        .execute(
            "update synctera_runs.runs set state = 'done', ended_at = $3, due_at = null, \
             worker = null, failures = 0, waits_for = null, kind = null, code = null, \
             next_action = null, operation = null, request_id = null \
             where id = $1 and fence = $2 and state = 'running'",
            &[&held.id, &held.fence, &now],
        )
        .await?;
    Ok((changed > 0).then_some(None))
}

async fn park(transaction: &Transaction<'_>, held: &Held, cause: &Cause) -> Result<Due, Error> {
    let changed = transaction
        .execute(
            "update synctera_runs.runs set state = 'parked', due_at = null, worker = null, \
             failures = failures + 1, kind = $3, code = $4, next_action = $5, operation = $6, \
             request_id = $7 where id = $1 and fence = $2 and state = 'running'",
            &[
                &held.id,
                &held.fence,
                &cause.kind,
                &cause.code,
                &cause.next_action,
                &cause.operation,
                &cause.request_id,
            ],
        )
        .await?;
    Ok((changed > 0).then_some(None))
}

async fn retry(
    transaction: &Transaction<'_>,
    held: &Held,
    cause: &Cause,
    due_at: DateTime<Utc>,
) -> Result<Due, Error> {
    let changed = transaction
        .execute(
            "update synctera_runs.runs set state = 'queued', due_at = $3, worker = null, \
             failures = failures + 1, kind = $4, code = $5, next_action = $6, operation = $7, \
             request_id = $8 where id = $1 and fence = $2 and state = 'running'",
            &[
                &held.id,
                &held.fence,
                &due_at,
                &cause.kind,
                &cause.code,
                &cause.next_action,
                &cause.operation,
                &cause.request_id,
            ],
        )
        .await?;
    Ok((changed > 0).then_some(Some(due_at)))
}

/// An event that came while the run was polled found no wait, or woke one that was not over. So the
/// first poll of a resource is repeated at once, and so is one with an event meanwhile.
async fn not_yet(
    transaction: &Transaction<'_>,
    held: &Held,
    resource: uuid::Uuid,
    now: DateTime<Utc>,
    due_at: DateTime<Utc>,
) -> Result<Due, Error> {
    let row = transaction
        .query_opt(
            "update synctera_runs.runs set state = 'waiting', worker = null, failures = 0, \
             due_at = case when is_woken or waits_for is distinct from $3 then $4::timestamptz else $5::timestamptz end, \
             waits_for = $3, is_woken = false, kind = null, code = null, next_action = null, \
             operation = null, request_id = null \
             where id = $1 and fence = $2 and state = 'running' returning due_at",
            &[&held.id, &held.fence, &resource, &now, &due_at],
        )
        .await?;
    Ok(row.map(|row| row.get(0)))
}
