//! The steps of a run, each under a key of its own; how they are sent is in
//! [`attempts`](super::attempts).

use std::future::Future;
use std::time::Instant;

use synctera_api::runtime::{CompletedStep, IdempotencyKey, Operation, Request};
#[cfg(feature = "reconciliations")]
use synctera_api::v0;
use synctera_api::{Error, v2};

use super::attempts::{Done, Earlier, NoSearch, Search};
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
    /// The step that is under way, for an error that cuts it off.
    pub(super) under_way: Option<(&'static Operation, IdempotencyKey)>,
    pub(super) on_step: Option<StepWatcher<'a>>,
    pub(super) on_normalized: Option<NormalizationWatcher<'a>>,
}

/// What a journey creates, and can bring up to date.
pub(super) enum Created<T> {
    /// By this request.
    AsAsked(T),
    /// By an earlier attempt, whose input may have been another.
    Earlier(T),
}

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
        let earlier: NoSearch<T> = if is_post { Earlier::Unknown } else { Earlier::Harmless };
        let done = self.send(part, earlier, move |client, _| call(client.api()), id).await;
        self.as_asked(done)
    }

    /// As [`write`](Self::write), for what makes something new whatever its method is.
    #[cfg(feature = "webhooks")]
    pub(super) async fn write_new<T, C>(
        &mut self,
        part: &str,
        call: C,
        id: impl FnOnce(&T) -> String + Send,
    ) -> Result<T, Error>
    where
        T: Send,
        C: for<'c> Fn(&'c v2::Client) -> Request<'c, T> + Send,
    {
        let earlier: NoSearch<T> = Earlier::Unknown;
        let done = self.send(part, earlier, move |client, _| call(client.api()), id).await;
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
        let earlier: NoSearch<T> = Earlier::Booked;
        let done = self.send(part, earlier, move |client, _| call(client.api()), id).await;
        self.as_asked(done)
    }

    /// Changes something to what the request says, whatever earlier attempts changed it to. It is
    /// sent under the key of this attempt alone: the answer that an earlier attempt got says nothing
    /// about a change that came after it.
    pub(super) async fn update<T, C>(
        &mut self,
        part: &str,
        call: C,
        id: impl FnOnce(&T) -> String + Send,
    ) -> Result<T, Error>
    where
        T: Send,
        C: for<'c> Fn(&'c v2::Client) -> Request<'c, T> + Send,
    {
        let started = Instant::now();
        let request = call(self.client.api());
        let operation = request.operation();
        let key = self.key_of(operation, part, self.attempt);
        let response = self.send_under(&key, request).await?;
        Ok(self.answered(operation, started, key, response, id))
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
        let earlier: NoSearch<T> = Earlier::Harmless;
        let done = self.send(part, earlier, move |client, _| call(client.api()), id).await;
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
        let earlier: NoSearch<T> = Earlier::Unknown;
        let done = self.send(part, earlier, move |client, _| call(client.legacy()), id).await;
        self.as_asked(done)
    }

    /// Writes what can be found again: `find` looks for it where an earlier run may have made it,
    /// by the keys under which it may have been sent. `call` may leave its key in what it makes.
    pub(super) async fn create<T, L, G, C>(
        &mut self,
        part: &str,
        find: L,
        call: C,
        id: impl FnOnce(&T) -> String + Send,
    ) -> Result<T, Error>
    where
        T: Send,
        L: Fn(v2::Client, ResumeMarker) -> G + Send + Sync,
        G: Future<Output = Result<Option<T>, Error>> + Send,
        C: for<'c> Fn(&'c v2::Client, &ResumeMarker) -> Request<'c, T> + Send,
    {
        let search = Search { find, is_as_asked: |_: &T| false, in_first: false };
        let earlier = Earlier::Find(search);
        let done =
            self.send(part, earlier, move |client, marker| call(client.api(), marker), id).await;
        self.as_asked(done)
    }

    /// As [`create`](Self::create), for what is found by what it is and not by who made it:
    /// `is_as_asked` compares what is found with what the request asks for.
    pub(super) async fn record<T, L, G, S, C>(
        &mut self,
        part: &str,
        find: L,
        is_as_asked: S,
        call: C,
        id: impl FnOnce(&T) -> String + Send,
    ) -> Result<T, Error>
    where
        T: Send,
        L: Fn(v2::Client) -> G + Send + Sync,
        G: Future<Output = Result<Option<T>, Error>> + Send,
        S: Fn(&T) -> bool + Send + Sync,
        C: for<'c> Fn(&'c v2::Client) -> Request<'c, T> + Send,
    {
        let find = |api, _| find(api);
        let search = Search { find, is_as_asked, in_first: true };
        let earlier = Earlier::Find(search);
        let done = self.send(part, earlier, move |client, _| call(client.api()), id).await;
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
    ) -> Result<Created<T>, Error>
    where
        T: Send,
        L: Fn(v2::Client, ResumeMarker) -> G + Send + Sync,
        G: Future<Output = Result<Option<T>, Error>> + Send,
        C: for<'c> Fn(&'c v2::Client, &ResumeMarker) -> Request<'c, T> + Send,
    {
        let search = Search { find, is_as_asked: |_: &T| false, in_first: false };
        let earlier = Earlier::Find(search);
        let done =
            self.send(part, earlier, move |client, marker| call(client.api(), marker), id).await?;
        Ok(match done {
            // Attempt 2 may have changed what attempt 1 was asked for.
            Done::AsAsked(value) if self.attempt > 2 => Created::Earlier(value),
            Done::Earlier(value) if self.attempt > 1 => Created::Earlier(value),
            Done::AsAsked(value) | Done::Earlier(value) => Created::AsAsked(value),
            Done::WithOtherInput(value) => Created::Earlier(value),
        })
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

    /// Whether an earlier attempt may have had other input.
    pub(super) fn is_corrected(&self) -> bool {
        self.attempt > 1
    }

    /// Whether the platform may have forgotten this run's keys.
    pub(super) fn is_old(&self) -> bool {
        self.is_old
    }

    /// The idempotency keys of a step in the attempts up to this one.
    pub(super) fn keys_of(
        &self,
        operation: &Operation,
        part: &str,
        last: u32,
    ) -> Vec<IdempotencyKey> {
        (1..=last).map(|attempt| self.key_of(operation, part, attempt)).collect()
    }

    pub(super) fn key_of(&self, operation: &Operation, part: &str, attempt: u32) -> IdempotencyKey {
        step_key::derive(self.journey, self.key.as_str(), operation, part, attempt)
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
