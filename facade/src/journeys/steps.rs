//! The steps of a run: a key for each, and how a step is continued that an earlier process or an
//! earlier attempt has sent already.
//!
//! # Attempts
//! The platform repeats a refusal for seven days under the key that it was given. So a run that is
//! corrected has a number, [`Run::attempt`](super::Run::attempt), and each step has a key for each
//! attempt. A step of attempt 3 goes through the keys of 1, 2 and 3:
//!
//! | the platform answers to an earlier attempt's key | what it means | what the step does |
//! |---|---|---|
//! | success | the step is done (earlier, or just now) | takes the answer |
//! | a refusal | nothing was done under this key | sends the next attempt's key |
//! | the key was used for another request | an earlier attempt sent other input | looks for what it made; what is not there was refused |
//! | anything else | it is not known | fails |
//!
//! It needs no memory of its own: what an earlier process did is in the platform's answers.

use std::future::Future;
use std::time::Instant;

use synctera_api::runtime::{CompletedStep, IdempotencyKey, NextAction, Operation, Request};
#[cfg(feature = "reconciliations")]
use synctera_api::v0;
use synctera_api::{Error, ErrorKind, Response, v2};

use super::recovery;
use super::resume::ResumeMarker;
use super::step_key;
use crate::Synctera;
use crate::normalize::Normalization;

/// Is called for each step when it is done.
pub(super) type StepWatcher<'w> = Box<dyn FnMut(&CompletedStep) + Send + 'w>;
/// Is called for each value that is normalized.
pub(super) type NormalizationWatcher<'w> = Box<dyn FnMut(&Normalization) + Send + 'w>;

/// The steps of one run.
pub struct Steps<'a> {
    pub(super) client: &'a Synctera,
    pub(super) journey: &'static str,
    pub(super) key: IdempotencyKey,
    /// The caller chose the key, and can choose it again.
    pub(super) is_named: bool,
    /// The platform may have forgotten this run's keys.
    pub(super) is_old: bool,
    /// From 1.
    pub(super) attempt: u32,
    pub(super) done: Vec<CompletedStep>,
    /// The step that was sent last, for an error that cuts it off.
    pub(super) last_sent: Option<(&'static str, IdempotencyKey)>,
    pub(super) on_step: Option<StepWatcher<'a>>,
    pub(super) on_normalized: Option<NormalizationWatcher<'a>>,
}

/// How a step came to be done.
pub(super) enum Done<T> {
    /// The platform did what was asked, now or earlier.
    AsAsked(T),
    /// An earlier attempt did it with other input.
    WithOtherInput(T),
}

/// What a step knows of an earlier attempt at itself.
enum Earlier<L> {
    /// How to find what it made.
    Find(L),
    /// Doing it again does no harm, or the journey has looked and found nothing.
    Harmless,
    /// The platform's books have its key from the moment on that it acted.
    Booked,
    /// Nothing tells whether it acted.
    Unknown,
}

/// Stands in for a way to find something, where there is none.
type NoSearch<T> = fn(v2::Client) -> std::future::Ready<Result<Option<T>, Error>>;

impl Steps<'_> {
    /// The request as the platform wants it; each change is reported.
    pub(super) fn normalized<T>(&mut self, (request, changes): (T, Vec<Normalization>)) -> T {
        if let Some(watch) = &mut self.on_normalized {
            changes.iter().for_each(watch);
        }
        request
    }

    /// Writes. `part` tells the steps of a journey apart that use the same operation; `id` is what
    /// was made.
    ///
    /// What a POST makes is not made again in a run whose keys are forgotten: see
    /// [`create`](Self::create) for what can be found.
    pub(super) async fn write<T, C>(
        &mut self,
        part: &str,
        call: C,
        id: impl FnOnce(&T) -> String + Send,
    ) -> Result<T, Error>
    where
        T: Send,
        C: for<'c> Fn(&'c v2::Client) -> Request<'c, T> + Send,
    {
        let is_post = call(self.client.api()).operation().method == "POST";
        let earlier: Earlier<NoSearch<T>> =
            if is_post { Earlier::Unknown } else { Earlier::Harmless };
        let done = self.send(part, earlier, move |client| call(client.api()), id).await;
        self.as_asked(done)
    }

    /// Moves money that the platform's books show at once, so that they tell whether an earlier
    /// attempt with other input acted. A run whose keys are forgotten is refused, as in
    /// [`write`](Self::write).
    pub(super) async fn write_booked<T, C>(
        &mut self,
        part: &str,
        call: C,
        id: impl FnOnce(&T) -> String + Send,
    ) -> Result<T, Error>
    where
        T: Send,
        C: for<'c> Fn(&'c v2::Client) -> Request<'c, T> + Send,
    {
        let earlier: Earlier<NoSearch<T>> = Earlier::Booked;
        let done = self.send(part, earlier, move |client| call(client.api()), id).await;
        self.as_asked(done)
    }

    /// Writes what the journey has just looked for and not found, or what can be done again
    /// without harm, so that a run whose keys are forgotten may do it.
    pub(super) async fn add<T, C>(
        &mut self,
        part: &str,
        call: C,
        id: impl FnOnce(&T) -> String + Send,
    ) -> Result<T, Error>
    where
        T: Send,
        C: for<'c> Fn(&'c v2::Client) -> Request<'c, T> + Send,
    {
        let earlier: Earlier<NoSearch<T>> = Earlier::Harmless;
        let done = self.send(part, earlier, move |client| call(client.api()), id).await;
        self.as_asked(done)
    }

    /// As [`write`](Self::write), by the legacy interface; always something new.
    #[cfg(feature = "reconciliations")]
    pub(crate) async fn write_legacy<T, C>(
        &mut self,
        part: &str,
        call: C,
        id: impl FnOnce(&T) -> String + Send,
    ) -> Result<T, Error>
    where
        T: Send,
        C: for<'c> Fn(&'c v0::Client) -> Request<'c, T> + Send,
    {
        let earlier: Earlier<NoSearch<T>> = Earlier::Unknown;
        let done = self.send(part, earlier, move |client| call(client.legacy()), id).await;
        self.as_asked(done)
    }

    /// Writes what can be found again: `find` looks for it where an earlier attempt may have made
    /// it.
    pub(super) async fn create<T, L, G, C>(
        &mut self,
        part: &str,
        find: L,
        call: C,
        id: impl FnOnce(&T) -> String + Send,
    ) -> Result<T, Error>
    where
        T: Send,
        L: FnOnce(v2::Client) -> G + Send,
        G: Future<Output = Result<Option<T>, Error>> + Send,
        C: for<'c> Fn(&'c v2::Client) -> Request<'c, T> + Send,
    {
        let done = self.find_or_create(part, find, call, id).await;
        self.as_asked(done)
    }

    /// As [`create`](Self::create), for journeys that can bring up to date what an earlier attempt
    /// made with other input.
    pub(super) async fn find_or_create<T, L, G, C>(
        &mut self,
        part: &str,
        find: L,
        call: C,
        id: impl FnOnce(&T) -> String + Send,
    ) -> Result<Done<T>, Error>
    where
        T: Send,
        L: FnOnce(v2::Client) -> G + Send,
        G: Future<Output = Result<Option<T>, Error>> + Send,
        C: for<'c> Fn(&'c v2::Client) -> Request<'c, T> + Send,
    {
        self.send(part, Earlier::Find(find), move |client| call(client.api()), id).await
    }

    /// The value that a step answered, as it is now. A run that a caller can repeat may have been
    /// given the platform's answer of days ago.
    pub(super) async fn current<T, C>(&mut self, answered: T, read: C) -> Result<T, Error>
    where
        T: Send,
        C: for<'c> FnOnce(&'c v2::Client) -> Request<'c, T> + Send,
    {
        if !self.is_named {
            return Ok(answered);
        }
        Ok(read(self.client.api()).await?.into_inner())
    }

    /// Whether the caller can repeat this run.
    pub(super) fn is_named(&self) -> bool {
        self.is_named
    }

    /// What a step adds to the metadata of the resource that it makes.
    pub(super) fn marker(&self, operation: &Operation, part: &str) -> ResumeMarker {
        ResumeMarker::new(self.is_named.then(|| self.key_of(operation, part, 1)))
    }

    /// Whether an earlier attempt may have had other input.
    pub(super) fn is_corrected(&self) -> bool {
        self.attempt > 1
    }

    /// Whether the platform may have forgotten this run's keys.
    pub(super) fn is_old(&self) -> bool {
        self.is_old
    }

    /// The idempotency keys of a step: one for each attempt up to this one.
    pub(super) fn keys_of(&self, operation: &Operation, part: &str) -> Vec<IdempotencyKey> {
        (1..=self.attempt).map(|attempt| self.key_of(operation, part, attempt)).collect()
    }

    fn key_of(&self, operation: &Operation, part: &str, attempt: u32) -> IdempotencyKey {
        step_key::derive(self.journey, self.key.as_str(), operation, part, attempt)
    }

    async fn send<T, L, G, C>(
        &mut self,
        part: &str,
        mut earlier: Earlier<L>,
        call: C,
        id: impl FnOnce(&T) -> String + Send,
    ) -> Result<Done<T>, Error>
    where
        T: Send,
        L: FnOnce(v2::Client) -> G + Send,
        G: Future<Output = Result<Option<T>, Error>> + Send,
        C: for<'c> Fn(&'c Synctera) -> Request<'c, T> + Send,
    {
        let started = Instant::now();
        let operation = call(self.client).operation();
        if self.is_old {
            match std::mem::replace(&mut earlier, Earlier::Harmless) {
                Earlier::Find(find) => {
                    if let Some(found) = find(self.api().clone()).await? {
                        self.complete(operation, started, id(&found), None, None);
                        return Ok(Done::AsAsked(found));
                    }
                }
                Earlier::Harmless => {}
                Earlier::Booked | Earlier::Unknown => return Err(forgotten(operation)),
            }
        }
        for attempt in 1..=self.attempt {
            let key = self.key_of(operation, part, attempt);
            self.last_sent = Some((operation.id, key.clone()));
            let sent = call(self.client).idempotency_key(key.clone()).await;
            let error = match sent {
                Ok(response) => {
                    return Ok(Done::AsAsked(self.answered(operation, started, key, response, id)));
                }
                Err(error) => error,
            };
            let is_last = attempt == self.attempt;
            match error.kind() {
                ErrorKind::KeyReused => {
                    match std::mem::replace(&mut earlier, Earlier::Harmless) {
                        Earlier::Find(find) => {
                            if let Some(found) = find(self.api().clone()).await? {
                                self.complete(operation, started, id(&found), None, None);
                                return Ok(Done::WithOtherInput(found));
                            }
                        }
                        Earlier::Harmless => {}
                        Earlier::Booked => {
                            let keys = self.keys_of(operation, part);
                            let booked = recovery::transaction(self.api().clone(), keys).await?;
                            if let Some(transaction) = booked {
                                return Err(other_input(operation.id, &transaction.to_string()));
                            }
                        }
                        Earlier::Unknown if is_last => {}
                        Earlier::Unknown => return Err(ambiguous(operation)),
                    }
                    if is_last {
                        return Err(error);
                    }
                }
                ErrorKind::Api if !is_last && is_refusal(&error) => {}
                _ => return Err(error),
            }
        }
        // There is at least one attempt.
        Err(Error::refused(operation.id, None, "the run has no attempt"))
    }

    fn answered<T>(
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
        self.last_sent = None;
        self.done.push(step);
    }

    /// The value of a step that has no way to change what an earlier attempt made.
    fn as_asked<T>(&self, done: Result<Done<T>, Error>) -> Result<T, Error> {
        match done? {
            Done::AsAsked(value) => Ok(value),
            Done::WithOtherInput(_) => {
                let step = self.done.last();
                let operation = step.map_or("", |step| step.operation);
                let resource = step.map_or("", |step| step.resource.as_str());
                Err(other_input(operation, resource))
            }
        }
    }

    /// The client, with its clock.
    #[cfg(feature = "external_cards")]
    pub(super) fn client(&self) -> &Synctera {
        self.client
    }

    /// The client for what only reads.
    pub(super) fn api(&self) -> &v2::Client {
        self.client.api()
    }
}

/// Whether the platform has refused a request for good under its key: nothing was done.
fn is_refusal(error: &Error) -> bool {
    !error.is_retryable() && error.status().is_some_and(|status| status.is_client_error())
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
                   keys, and whether this step was done cannot be found by reading; check it, and \
                   use a new key for what is missing";
    Error::refused(operation.id, None, message).with_next_action(NextAction::CheckByHand)
}

/// An earlier attempt sent other input, and nothing can find whether it acted.
fn ambiguous(operation: &Operation) -> Error {
    let message = "an earlier attempt of this run sent this step with different input, and whether \
                   the platform acted on it cannot be found by reading; check it, and use a new \
                   key for what is missing";
    Error::refused(operation.id, None, message).with_next_action(NextAction::CheckByHand)
}
