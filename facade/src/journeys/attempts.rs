//! How a step is sent, and continued when an earlier process or attempt has sent it already.
//!
//! The platform repeats a refusal for seven days under the key that it was given. So a run that is
//! corrected has a number, [`Run::attempt`](super::Run::attempt), and each step has a key for each
//! attempt. A step of attempt 3 goes through the keys of 1, 2 and 3:
//!
//! | the platform answers to an earlier attempt's key | what it means | what the step does |
//! |---|---|---|
//! | success | the step is done (earlier, or just now) | takes the answer |
//! | a refusal with the platform's code | nothing was done under this key | sends the next attempt's key |
//! | the key was used for another request | that attempt sent other input | looks for what was made under that key; what is not there was refused |
//! | anything else | it is not known | fails |
//!
//! In attempt 1, a key that was used for another request is an error: the caller may have used one
//! key for two things, and what the other one made must stay as it is.
//!
//! It needs no memory of its own: what an earlier process did is in the platform's answers.

use std::future::Future;
use std::time::Instant;

use synctera_api::runtime::{
    CompletedStep, IdempotencyKey, NextAction, Operation, Progress, Request,
};
use synctera_api::{Error, ErrorKind, Response, v2};

use super::recovery;
use super::resume::ResumeMarker;
use super::steps::Steps;
use crate::Synctera;

/// A run whose keys are forgotten looks for what any of its attempts made.
pub(crate) const ATTEMPTS_MAX: u32 = Progress::ATTEMPTS_MAX;

/// How a step came to be done.
pub(super) enum Done<T> {
    /// The platform did what was asked, now or earlier.
    AsAsked(T),
    /// An earlier run did it; with what input is not known.
    Earlier(T),
    /// An earlier attempt did it with other input.
    WithOtherInput(T),
}

/// What a step knows of an earlier attempt at itself.
pub(super) enum Earlier<L, S> {
    /// How to find what it made.
    Find(Search<L, S>),
    /// Doing it again does no harm, or the journey has looked and found nothing.
    Harmless,
    /// The platform's books have its key from the moment on that it acted.
    Booked,
    /// Nothing tells whether it acted.
    Unknown,
}

/// How to find what an earlier attempt made.
pub(super) struct Search<L, S> {
    /// Looks for it, by the keys under which it may have been sent.
    pub(super) find: L,
    /// Whether what is found is what this request asks for, though another one made it.
    pub(super) is_as_asked: S,
    /// Whether it is looked for in attempt 1, too.
    pub(super) in_first: bool,
}

/// An [`Earlier`] that does not search.
pub(super) type NoSearch<T> = Earlier<
    fn(v2::Client, ResumeMarker) -> std::future::Ready<Result<Option<T>, Error>>,
    fn(&T) -> bool,
>;

impl Steps<'_> {
    pub(super) async fn send<T, L, G, S, C>(
        &mut self,
        part: &str,
        earlier: Earlier<L, S>,
        call: C,
        id: impl FnOnce(&T) -> String + Send,
    ) -> Result<Done<T>, Error>
    where
        T: Send,
        L: Fn(v2::Client, ResumeMarker) -> G + Send + Sync,
        G: Future<Output = Result<Option<T>, Error>> + Send,
        S: Fn(&T) -> bool + Send + Sync,
        C: for<'c> Fn(&'c Synctera, &ResumeMarker) -> Request<'c, T> + Send,
    {
        let started = Instant::now();
        let client = self.client;
        let nothing = ResumeMarker::new(Vec::new());
        let operation = call(client, &nothing).operation();
        if self.is_old {
            match &earlier {
                Earlier::Find(search) => {
                    // Whichever attempt made it.
                    let keys = self.keys_of(operation, part, ATTEMPTS_MAX);
                    let marker = ResumeMarker::new(keys);
                    if let Some(found) = (search.find)(self.api().clone(), marker).await? {
                        self.complete(operation, started, id(&found), None, None);
                        return Ok(Done::Earlier(found));
                    }
                }
                Earlier::Harmless => {}
                Earlier::Booked | Earlier::Unknown => return Err(forgotten(operation)),
            }
        }
        for key in self.keys_of(operation, part, self.attempt) {
            let marker = ResumeMarker::new(vec![key.clone()]);
            let error = match self.send_under(&key, call(client, &marker)).await {
                Ok(response) => {
                    return Ok(Done::AsAsked(self.answered(operation, started, key, response, id)));
                }
                Err(error) => error,
            };
            let is_last = key == self.key_of(operation, part, self.attempt);
            match error.kind() {
                ErrorKind::KeyReused => match &earlier {
                    Earlier::Find(search) if self.attempt > 1 || search.in_first => {
                        let found = (search.find)(self.api().clone(), marker).await?;
                        if let Some(found) = found {
                            self.complete(operation, started, id(&found), None, None);
                            return Ok(match (search.is_as_asked)(&found) {
                                true => Done::AsAsked(found),
                                false => Done::WithOtherInput(found),
                            });
                        }
                    }
                    Earlier::Booked if self.attempt > 1 => {
                        let booked = recovery::transaction(self.api().clone(), marker).await?;
                        if let Some(transaction) = booked {
                            return Err(other_input(operation.id, &transaction.to_string()));
                        }
                    }
                    Earlier::Find(_) | Earlier::Booked | Earlier::Harmless => {}
                    Earlier::Unknown if is_last => {
                        return Err(error.with_next_action(NextAction::CheckByHand));
                    }
                    Earlier::Unknown => return Err(ambiguous(operation)),
                },
                ErrorKind::Api if is_refusal(&error) => {}
                _ => return Err(error),
            }
            if is_last {
                return Err(error);
            }
        }
        // There is at least one attempt.
        Err(Error::refused(operation.id, None, "the run has no attempt"))
    }

    /// Sends a step once, under a key.
    pub(super) async fn send_under<T: Send>(
        &mut self,
        key: &IdempotencyKey,
        request: Request<'_, T>,
    ) -> Result<Response<T>, Error> {
        self.under_way = Some((request.operation(), key.clone()));
        let sent = request.idempotency_key(key.clone()).await;
        self.under_way = None;
        sent
    }

    pub(super) fn answered<T>(
        &mut self,
        operation: &'static Operation,
        started: Instant,
        key: IdempotencyKey,
        response: Response<T>,
        id: impl FnOnce(&T) -> String,
    ) -> T {
        let request_id = response.request_id().map(str::to_owned);
        let value = response.into_inner();
        self.complete(operation, started, id(&value), Some(key), request_id);
        value
    }

    fn complete(
        &mut self,
        operation: &'static Operation,
        started: Instant,
        resource: String,
        idempotency_key: Option<IdempotencyKey>,
        request_id: Option<String>,
    ) {
        let mut step = CompletedStep::new(self.journey, operation.id, resource);
        step.idempotency_key = idempotency_key;
        step.request_id = request_id;
        step.took = started.elapsed();
        if let Some(watch) = &mut self.on_step {
            watch(&step);
        }
        self.done.push(step);
    }

    /// The value of a step that has no way to change what an earlier attempt made.
    pub(super) fn as_asked<T>(&self, done: Result<Done<T>, Error>) -> Result<T, Error> {
        match done? {
            Done::AsAsked(value) | Done::Earlier(value) => Ok(value),
            Done::WithOtherInput(_) => {
                let step = self.done.last();
                let operation = step.map_or("", |step| step.operation);
                let resource = step.map_or("", |step| step.resource.as_str());
                Err(other_input(operation, resource))
            }
        }
    }
}

/// Whether the platform has refused a request for good under its key: nothing was done.
///
/// An answer without the platform's code or type may be another server's, which knows nothing of
/// the key. So is a 401: who is not known is not told what their keys have done. A request that was
/// canceled (499) may have been done, and so may one that was sent before within the same call.
fn is_refusal(error: &Error) -> bool {
    let problem = error.problem();
    let is_the_platforms = problem.code.is_some() || problem.kind.is_some();
    let is_final = error.status().is_some_and(|status| {
        status.is_client_error() && !matches!(status.as_u16(), 401 | 408 | 425 | 429 | 499)
    });
    is_the_platforms && is_final && !error.is_retryable() && !error.may_have_acted()
}

/// An earlier attempt completed the step, with other input.
fn other_input(operation: &str, resource: &str) -> Error {
    let message = format!(
        "an earlier attempt of this run completed this step with different input, and made \
         {resource}; change that resource, or run again with the input of that attempt"
    );
    Error::refused(operation, None, message).with_next_action(NextAction::CheckByHand)
}

/// A run whose keys are forgotten may have made this, and nothing can find it.
fn forgotten(operation: &Operation) -> Error {
    let message = "this run started more than seven days ago, so the platform no longer knows its \
                   keys, and whether this step was done cannot be found by reading";
    Error::refused(operation.id, None, message).with_next_action(NextAction::CheckByHand)
}

/// An earlier attempt sent other input, and nothing can find whether it acted.
fn ambiguous(operation: &Operation) -> Error {
    let message = "an earlier attempt of this run sent this step with different input, and whether \
                   the platform acted on it cannot be found by reading";
    Error::refused(operation.id, None, message).with_next_action(NextAction::CheckByHand)
}
