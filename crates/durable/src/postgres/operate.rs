//! What a person does with runs: retry, correct, cancel, forget.

use chrono::{DateTime, Utc};
use deadpool_postgres::Transaction;
use synctera::Progress;

use super::connect::Postgres;
use super::info::RunId;
use crate::{Error, State};

/// Runs that are deleted in one statement.
const FORGET_AT_ONCE: i64 = 10_000;

impl Postgres {
    /// Makes a run due now that is parked, or that waits for a moment. It starts as the same attempt:
    /// for a failure whose reason is gone. Where the platform refused a step, see
    /// [`correct`](Self::correct).
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::State`] of a run that is running or has ended;
    /// [`Error::Database`].
    pub async fn retry(&self, run: RunId) -> Result<(), Error> {
        self.release(run, false).await
    }

    /// Makes a parked run due now as the next attempt of its journey: after its request was corrected
    /// in the program's database, or another cause of a refusal was. Completed steps are not repeated,
    /// and the refused step is sent again; see [`Run::attempt`](synctera::Run::attempt).
    ///
    /// # Errors
    /// As [`retry`](Self::retry); [`Error::State`] also after the last attempt, 32.
    pub async fn correct(&self, run: RunId) -> Result<(), Error> {
        self.release(run, true).await
    }

    async fn release(&self, run: RunId, is_corrected: bool) -> Result<(), Error> {
        let mut client = self.store.client().await?;
        let transaction = client.transaction().await?;
        let (state, attempt) = locked(&transaction, run).await?;
        let allowed = match (state, is_corrected) {
            (State::Parked, true) if attempt >= Progress::ATTEMPTS_MAX => {
                Err("it has had its last attempt")
            }
            (State::Parked, _) | (State::Queued | State::Waiting, false) => Ok(()),
            (_, true) => Err("only a parked run is corrected"),
            (State::Running, false) => Err("a worker has it"),
            (_, false) => Err("it has ended"),
        };
        allowed.map_err(|reason| Error::State { state, reason })?;
        let now = self.time();
        transaction
            .execute(
                "update synctera_runs.runs set state = 'queued', due_at = $2, failures = 0, \
                 attempt = attempt + $3 where id = $1",
                &[&run.as_i64(), &now, &i32::from(is_corrected)],
            )
            .await?;
        transaction.execute("select synctera_runs.enqueue($1, $2)", &[&run.as_i64(), &now]).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Cancels a run that no worker has. What its steps have done stays done.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::State`] of a run that is running or has ended;
    /// [`Error::Database`].
    pub async fn cancel(&self, run: RunId) -> Result<(), Error> {
        let mut client = self.store.client().await?;
        let transaction = client.transaction().await?;
        let reason = match locked(&transaction, run).await? {
            (State::Queued | State::Waiting | State::Parked, _) => None,
            (state @ State::Running, _) => Some((state, "a worker has it: cancel it later")),
            (state, _) => Some((state, "it has ended")),
        };
        if let Some((state, reason)) = reason {
            return Err(Error::State { state, reason });
        }
        // Its job, if there is one, ends when a worker finds that the run is over.
        transaction
            .execute(
                "update synctera_runs.runs set state = 'canceled', ended_at = $2, due_at = null, \
                 waits_for = null where id = $1",
                &[&run.as_i64(), &self.time()],
            )
            .await?;
        transaction.execute("select synctera_runs.dequeue($1)", &[&run.as_i64()]).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Deletes runs that ended before a moment, and returns how many. A run whose key begins again
    /// after that is a new one, whose steps the platform repeats only within seven days: so keep runs
    /// as long as their keys can come again.
    ///
    /// # Errors
    /// [`Error::Database`]; those before it are deleted.
    pub async fn forget_ended(&self, before: DateTime<Utc>) -> Result<u64, Error> {
        let client = self.store.client().await?;
        let mut forgotten = 0;
        loop {
            let deleted = client
                .execute(
                    "delete from synctera_runs.runs where id in (select id from \
                     synctera_runs.runs where ended_at < $1 limit $2)",
                    &[&before, &FORGET_AT_ONCE],
                )
                .await?;
            forgotten += deleted;
            if deleted == 0 {
                return Ok(forgotten);
            }
        }
    }
}

/// The state and attempt of a run, locked until the transaction ends.
async fn locked(transaction: &Transaction<'_>, run: RunId) -> Result<(State, u32), Error> {
    let row = transaction
        .query_opt(
            "select state, attempt from synctera_runs.runs where id = $1 for update",
            &[&run.as_i64()],
        )
        .await?
        .ok_or(Error::NotFound)?;
    let state = State::of(row.get(0)).unwrap_or(State::Parked);
    Ok((state, u32::try_from(row.get::<_, i32>(1)).unwrap_or_default()))
}
