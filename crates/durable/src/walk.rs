//! One walk of a run: the request is loaded, the journey is run, the outcome is handed over.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::FutureExt;
use synctera::{Awaited, BoxFuture, Journey, NextAction, Run, Synctera};
use uuid::Uuid;

use crate::decide::{Cause, Decision, decide};
use crate::error::BoxError;
use crate::finished::Finished;
use crate::task::{Task, Wait};

/// Returns the request of a key.
pub(crate) type Loader<R> =
    Box<dyn Fn(String) -> BoxFuture<'static, Result<Option<R>, BoxError>> + Send + Sync>;
/// Receives the outcome of a run.
pub(crate) type Outcomes<T> =
    Box<dyn Fn(Finished<T>) -> BoxFuture<'static, Result<(), BoxError>> + Send + Sync>;

/// A run as a worker has started it.
#[derive(Clone, Debug)]
pub(crate) struct Started {
    pub(crate) key: String,
    pub(crate) tenant: Option<String>,
    pub(crate) attempt: u32,
    /// When it first started.
    pub(crate) started_at: DateTime<Utc>,
    /// Now.
    pub(crate) now: DateTime<Utc>,
}

/// What came of a walk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Done,
    Failed(Decision),
    /// Polled again after this time, or when there is an event about the resource.
    NotYet {
        resource: Uuid,
        after: Duration,
    },
}

/// A journey or a wait, whose types are known inside only.
pub(crate) trait Handler: Send + Sync {
    fn walk<'a>(&'a self, client: &'a Synctera, run: &'a Started) -> BoxFuture<'a, Verdict>;
}

/// Walks a run; a panic of the program's functions is a failure.
pub(crate) async fn walk(handler: &dyn Handler, client: &Synctera, run: &Started) -> Verdict {
    // The message of a panic may quote anything, so it is not stored.
    let walked = AssertUnwindSafe(handler.walk(client, run)).catch_unwind().await;
    walked.unwrap_or_else(|_| retry("Panic"))
}

fn retry(kind: &str) -> Verdict {
    Verdict::Failed(Decision::Retry(None, Cause::own(kind, NextAction::RepairLocally)))
}

/// The request of a run, or the verdict when there is none.
async fn load<R>(loader: &Loader<R>, run: &Started) -> Result<R, Verdict> {
    match loader(run.key.clone()).await {
        Ok(Some(request)) => Ok(request),
        Ok(None) => {
            let cause = Cause::own("NoRequest", NextAction::CheckByHand);
            Err(Verdict::Failed(Decision::Park(cause)))
        }
        // Its text may quote anything, so the program logs it if it wants to.
        Err(_) => Err(retry("Request")),
    }
}

async fn hand_over<T: Task>(outcomes: &Outcomes<T>, finished: Finished<T>) -> Verdict {
    match outcomes(finished).await {
        Ok(()) => Verdict::Done,
        Err(_) => retry("Outcome"),
    }
}

pub(crate) struct JourneyHandler<J: Journey> {
    pub(crate) load: Loader<J>,
    pub(crate) outcomes: Outcomes<J>,
    pub(crate) deadline: Duration,
}

impl<J: Journey> Handler for JourneyHandler<J> {
    fn walk<'a>(&'a self, client: &'a Synctera, run: &'a Started) -> BoxFuture<'a, Verdict> {
        Box::pin(async move {
            let request = match load(&self.load, run).await {
                Ok(request) => request,
                Err(verdict) => return verdict,
            };
            let walked: Run<'_, J> = client
                .run(&request)
                .key(run.key.as_str())
                .attempt(run.attempt)
                .started_at(run.started_at)
                .deadline(self.deadline);
            let completed = match walked.with_steps().await {
                Ok(completed) => completed,
                Err(error) => return Verdict::Failed(decide(&error)),
            };
            let finished = Finished {
                key: run.key.clone(),
                tenant: run.tenant.clone(),
                attempt: run.attempt,
                outcome: completed.outcome,
                steps: completed.steps,
            };
            hand_over(&self.outcomes, finished).await
        })
    }
}

pub(crate) struct WaitHandler<W: Awaited> {
    pub(crate) load: Loader<W>,
    pub(crate) outcomes: Outcomes<Wait<W>>,
    pub(crate) every: Duration,
    pub(crate) at_most: Duration,
}

impl<W: Awaited> Handler for WaitHandler<W> {
    fn walk<'a>(&'a self, client: &'a Synctera, run: &'a Started) -> BoxFuture<'a, Verdict> {
        Box::pin(async move {
            let awaited = match load(&self.load, run).await {
                Ok(awaited) => awaited,
                Err(verdict) => return verdict,
            };
            let at_most = TimeDelta::from_std(self.at_most).unwrap_or(TimeDelta::MAX);
            let is_last = run.now - run.started_at >= at_most;
            let outcome = match awaited.poll_once(client, is_last).await {
                Ok(Some(outcome)) => outcome,
                Ok(None) => {
                    let resource = awaited.resource_id();
                    return Verdict::NotYet { resource, after: self.every };
                }
                Err(error) => return Verdict::Failed(decide(&error)),
            };
            let finished = Finished {
                key: run.key.clone(),
                tenant: run.tenant.clone(),
                attempt: run.attempt,
                outcome,
                steps: Vec::new(),
            };
            hand_over(&self.outcomes, finished).await
        })
    }
}
