//! Sends a step, and continues a step that an earlier process or attempt has already sent.
//!
//! The platform repeats a refusal of a key for seven days. Therefore each correction of a run has a
//! number, [`Run::attempt`](super::Run::attempt), and each step has a key for each attempt. A step of
//! attempt 3 is sent with the keys of the attempts 1, 2 and 3 in turn:
//!
//! | response to the key of an earlier attempt | meaning | action of the step |
//! |---|---|---|
//! | success | the step is done (earlier, or just now) | returns the response |
//! | a refusal with the platform's code | nothing was done with this key | sends the key of the next attempt |
//! | the key was used for another request | that attempt had other input | searches for the resource of that key; without one, that attempt was refused |
//! | other | unknown | fails |
//!
//! In attempt 1, a key that was used for another request is an error: the caller may have used one key
//! for two runs, and the resources of the other run must not change.
//!
//! Nothing is stored on this side: the platform's responses contain the state of earlier processes.

use std::future::Future;
use std::time::Instant;

use synctera_api::runtime::{
    CompletedStep, IdempotencyKey, NextAction, Operation, Progress, Request, RetryClass,
};
use synctera_api::{Error, ErrorKind, Response, v2};

use super::earlier::{Done, Earlier};
use super::recovery;
use super::resume::ResumeMarker;
use super::steps::Steps;
use crate::Synctera;

/// A run whose keys are no longer stored searches for the resources of all its attempts.
pub(crate) const ATTEMPTS_MAX: u32 = Progress::ATTEMPTS_MAX;

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
        // Where the document does not list the key, the platform may not know it: a resumed run searches.
        let may_forget = operation.method == "POST" && !operation.lists_idempotency;
        if self.is_old || (self.is_resumed && may_forget) {
            match &earlier {
                Earlier::Find(search) => {
                    // Any attempt may have created it.
                    let keys = self.keys_of(operation, part, ATTEMPTS_MAX);
                    let marker = ResumeMarker::new(keys);
                    if let Some(found) = (search.find)(self.api().clone(), marker).await? {
                        self.complete(operation, started, id(&found), None, None);
                        return Ok(Done::Earlier(found));
                    }
                }
                Earlier::Booked | Earlier::Unknown if self.is_old => {
                    return Err(forgotten(operation));
                }
                Earlier::Harmless | Earlier::Booked | Earlier::Unknown => {}
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

    /// Sends a step once, with a key.
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

    /// The value of a step that cannot change the resource of an earlier attempt.
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
/// A response without the platform's code or type may come from another server, which does not know
/// the key. A 401 does not show the state of a key either. A request that was canceled (499) may have
/// been done, and so may one that was sent before within the same call.
fn is_refusal(error: &Error) -> bool {
    let problem = error.problem();
    let is_the_platforms = problem.code.is_some() || problem.kind.is_some();
    let is_final = error.status().is_some_and(|status| {
        status.is_client_error() && !matches!(status.as_u16(), 401 | 408 | 425 | 429 | 499)
    });
    let is_final = is_final && error.retry_class() == RetryClass::Final;
    is_the_platforms && is_final && !error.may_have_acted()
}

/// An earlier attempt completed the step, with other input.
fn other_input(operation: &str, resource: &str) -> Error {
    let message = format!(
        "an earlier attempt of this run completed this step with different input, and made \
         {resource}; change that resource, or run again with the input of that attempt"
    );
    Error::refused(operation, None, message).with_next_action(NextAction::CheckByHand)
}

/// A run whose keys are no longer stored may have done the step, and no search can find out.
fn forgotten(operation: &Operation) -> Error {
    let message = "this run started more than seven days ago, so the platform no longer knows its \
                   keys, and whether this step was done cannot be found by reading";
    Error::refused(operation.id, None, message).with_next_action(NextAction::CheckByHand)
}

/// An earlier attempt sent other input, and no search can find out whether it acted.
fn ambiguous(operation: &Operation) -> Error {
    let message = "an earlier attempt of this run sent this step with different input, and whether \
                   the platform acted on it cannot be found by reading";
    Error::refused(operation.id, None, message).with_next_action(NextAction::CheckByHand)
}
