//! Running a journey: its key, its attempts, its time limit, and its hooks.

use std::fmt;
use std::future::IntoFuture;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use synctera_api::runtime::{BoxFuture, CompletedStep, IdempotencyKey, NextAction, Progress};
use synctera_api::{Error, ErrorKind};
use tracing::Instrument;
use tracing::field::Empty;
use uuid::Uuid;

use super::attempts::ATTEMPTS_MAX;
use super::journey::{Availability, Journey};
use super::steps::{NormalizationWatcher, StepWatcher, Steps};
use crate::Synctera;
use crate::environment::SANDBOX_ONLY;
use crate::normalize::Normalization;

/// The platform keeps a response for seven days; an hour less, because clocks differ.
const ANSWERS_KEPT: TimeDelta = TimeDelta::hours(7 * 24 - 1);

/// A journey that is ready to run: `.await` runs it.
///
/// It contains a client and the request, so it can be stored, moved to another thread and spawned
/// (`tokio::spawn(run.into_future())`).
///
/// Each of its writes has an idempotency key that is derived from the journey's key and the step.
/// Without [`key`](Self::key) a new key is made, which an error contains: see [`Error::progress`].
/// Running the same request again with the same key repeats nothing: for seven days the platform
/// returns the same responses to completed steps, and the journey continues after them. "The same
/// request" includes the times in it: store them with your own record of the run.
///
/// # After a refusal
/// The platform repeats a refusal for seven days, too. After the cause is corrected (the input, or
/// the balance of the account), run again with the same key and the next [`attempt`](Self::attempt):
/// completed steps are not repeated, and the refused step is sent again.
///
/// # Writes without a documented key
/// The document does not list the idempotency key for some writes. With
/// [`started_at`](Self::started_at), the steps that create monitoring subscriptions, payment
/// schedules and check deposits search before they create one, however old the run is. Images of checks,
/// spend controls, webhook secrets and reconciliation files cannot be found: they rely on the guides, by which the
/// platform knows the key of every write.
///
/// # After seven days
/// After seven days the platform no longer stores the keys. Set the start of the run with
/// [`started_at`](Self::started_at), and each step searches for its resource before it creates one.
/// Persons, businesses, accounts, cards, external accounts and transfers are found: the key of the
/// step is in their metadata, as `synctera_rs_key`, or the platform searches its books by it.
/// Disclosures, verifications and subscriptions are found by their party. A step that cannot be
/// found, such as an ACH transfer, is not sent again: the run ends with
/// [`Refused`](ErrorKind::Refused), for a person to check.
#[must_use = "a journey does nothing until it is awaited"]
pub struct Run<'w, J: Journey> {
    client: Synctera,
    request: J,
    key: Option<Result<IdempotencyKey, Error>>,
    attempt: u32,
    started_at: Option<DateTime<Utc>>,
    deadline: Option<Duration>,
    on_step: Option<StepWatcher<'w>>,
    on_normalized: Option<NormalizationWatcher<'w>>,
}

/// The outcome of a journey, with its steps.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Completed<T> {
    /// The outcome of the journey.
    pub outcome: T,
    /// The key of the run: the caller's, or a new one.
    pub key: IdempotencyKey,
    /// The steps in the order in which they were completed, with their keys and request ids.
    pub steps: Vec<CompletedStep>,
}

impl Synctera {
    /// Runs a request of any journey, for code that is generic over journeys:
    /// `client.run(&request)` does the same as the method for that request.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// use synctera::{Journey, Transfer};
    ///
    /// async fn run<J: Journey>(client: &Synctera, request: &J) -> Result<(), synctera::Error> {
    ///     let done = client.run(request).with_steps().await?;
    ///     println!("{}: {} steps", J::NAME, done.steps.len());
    ///     Ok(())
    /// }
    /// run(&client, &Transfer::new(checking, saving, Money::usd(40_00))).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn run<J: Journey>(&self, request: &J) -> Run<'static, J> {
        Run::new(self, request)
    }
}

impl<'w, J: Journey> Run<'w, J> {
    /// The maximum number of attempts of a run: each one sends a refused step once for every attempt
    /// before it.
    pub const ATTEMPTS_MAX: u32 = ATTEMPTS_MAX;

    pub(crate) fn new(client: &Synctera, request: &J) -> Self {
        Self::of(client, request.clone())
    }

    /// A run of a request that is made from the arguments of a method.
    pub(crate) fn of(client: &Synctera, request: J) -> Self {
        Self {
            client: client.clone(),
            request,
            key: None,
            attempt: 1,
            started_at: None,
            deadline: None,
            on_step: None,
            on_normalized: None,
        }
    }

    /// Where this run may run; see [`Journey::availability`].
    pub fn availability(&self) -> Availability {
        self.request.availability()
    }

    /// The key of the run: an id that your program still has after a crash, such as the id of a
    /// sign-up or of a payment order. A text that is not a valid [`IdempotencyKey`] is an error when the
    /// run is awaited, and nothing is sent.
    pub fn key<K>(mut self, key: K) -> Self
    where
        K: TryInto<IdempotencyKey>,
        K::Error: Into<Error>,
    {
        self.key = Some(key.try_into().map_err(Into::into));
        self
    }

    /// Continues a run after a correction. Attempt 1 is the first; after a refusal was corrected
    /// the same run is attempt 2, and so on: the [`Progress`] of an error has its number. At most
    /// [`ATTEMPTS_MAX`](Self::ATTEMPTS_MAX); another number is an error when the run is awaited, and
    /// nothing is sent.
    ///
    /// A step that an earlier attempt completed is not repeated. The program need not remember it: the
    /// platform repeats the response. A step that was refused is sent with a new key. If an earlier
    /// attempt completed a step with other input, the journey updates the resource (persons and
    /// businesses), or ends with [`Refused`](ErrorKind::Refused), which contains its id. The result of
    /// a verification does not change: to verify a party again after a correction, see
    /// [`Synctera::verify`].
    pub fn attempt(mut self, number: u32) -> Self {
        self.attempt = number;
        self
    }

    /// The time when this run first started, for a run that is resumed: after seven days each step
    /// searches for its resource first. Without it, a run counts as younger than seven days. The time
    /// must be the same each time the run is resumed.
    pub fn started_at(mut self, moment: DateTime<Utc>) -> Self {
        self.started_at = Some(moment);
        self
    }

    /// The time limit of the run, including all steps. After it the run ends with
    /// [`Timeout`](ErrorKind::Timeout), and it is unknown whether the step that was under way was done;
    /// run again with the same key.
    pub fn deadline(mut self, after: Duration) -> Self {
        self.deadline = Some(after);
        self
    }

    /// Calls a function for each completed step.
    pub fn on_step<'n>(self, watcher: impl FnMut(&CompletedStep) + Send + 'n) -> Run<'n, J>
    where
        'w: 'n,
    {
        Run { on_step: Some(Box::new(watcher)), ..self }
    }

    /// Calls a function, before anything is sent, for each value that was normalized: see
    /// [`normalize`](crate::normalize).
    pub fn on_normalized<'n>(self, watcher: impl FnMut(&Normalization) + Send + 'n) -> Run<'n, J>
    where
        'w: 'n,
    {
        Run { on_normalized: Some(Box::new(watcher)), ..self }
    }
}

impl<'w, J: Journey> IntoFuture for Run<'w, J> {
    type Output = Result<J::Outcome, Error>;
    type IntoFuture = BoxFuture<'w, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.execute().await.0 })
    }
}

impl<'w, J: Journey> Run<'w, J> {
    /// Runs the journey, and returns its steps with the outcome.
    ///
    /// # Errors
    /// As awaiting it; the [`Progress`] of an error has the completed steps.
    pub async fn with_steps(self) -> Result<Completed<J::Outcome>, Error> {
        let (outcome, key, steps) = self.execute().await;
        Ok(Completed { outcome: outcome?, key, steps })
    }

    /// Runs the journey, and returns the outcome and the completed steps.
    pub(crate) async fn execute(
        self,
    ) -> (Result<J::Outcome, Error>, IdempotencyKey, Vec<CompletedStep>) {
        let is_named = self.key.is_some();
        let key = match self.key {
            None => Uuid::new_v4().into(),
            Some(Ok(key)) => key,
            Some(Err(error)) => return (Err(error), Uuid::nil().into(), Vec::new()),
        };
        if !(1..=Self::ATTEMPTS_MAX).contains(&self.attempt) {
            let reason = format!("must be 1 to {}", Self::ATTEMPTS_MAX);
            return (Err(Error::invalid_input(J::NAME, "attempt", reason)), key, Vec::new());
        }
        if self.client.is_production() && self.request.availability() == Availability::SandboxOnly {
            let error = Error::refused(J::NAME, None, SANDBOX_ONLY);
            let error = error.with_next_action(NextAction::ChangeConfiguration);
            return (Err(error), key, Vec::new());
        }
        let span = tracing::info_span!(
            target: "synctera",
            "synctera.run",
            otel.name = J::NAME,
            otel.kind = "internal",
            synctera.journey = J::NAME,
            synctera.attempt = self.attempt,
            "error.type" = Empty,
        );
        let mut steps = Steps {
            client: &self.client,
            journey: J::NAME,
            key: key.clone(),
            is_named,
            is_old: self
                .started_at
                .is_some_and(|moment| self.client.clock().now() - moment > ANSWERS_KEPT),
            is_resumed: self.started_at.is_some(),
            attempt: self.attempt,
            done: Vec::new(),
            under_way: None,
            on_step: self.on_step,
            on_normalized: self.on_normalized,
        };
        let outcome = {
            let work = self.request.execute(&mut steps).instrument(span.clone());
            match self.deadline {
                None => Some(work.await),
                Some(deadline) => tokio::time::timeout(deadline, work).await.ok(),
            }
        };
        let Steps { done, under_way, .. } = steps;
        let outcome = outcome.unwrap_or_else(|| {
            Err(Error::deadline(J::NAME, self.deadline.unwrap_or_default(), under_way))
        });
        if let Err(error) = &outcome {
            span.record("error.type", tracing::field::debug(error.kind()));
        }
        let outcome = outcome.map_err(|error| match error.kind() {
            // Nothing was sent, and the same input would fail again.
            ErrorKind::InvalidInput if done.is_empty() => error,
            _ => {
                let progress = Progress::new(J::NAME, key.clone(), self.attempt, done.clone());
                error.with_progress(match is_named {
                    true => progress,
                    false => progress.with_generated_key(),
                })
            }
        });
        (outcome, key, done)
    }
}

impl<J: Journey> fmt::Debug for Run<'_, J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run")
            .field("journey", &J::NAME)
            .field("key", &self.key.as_ref().and_then(|key| key.as_ref().ok()))
            .field("attempt", &self.attempt)
            .finish_non_exhaustive()
    }
}
