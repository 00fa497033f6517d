//! The steps of a run, each with its own key. [`attempts`](super::attempts) sends them.

use std::future::Future;
use std::time::Instant;

use synctera_api::runtime::{CompletedStep, IdempotencyKey, Operation, Request};
#[cfg(feature = "reconciliations")]
use synctera_api::v0;
use synctera_api::{Error, v2};

use super::derived_key;
use super::earlier::{Done, Earlier, NoSearch, Search};
use super::resume::ResumeMarker;
use crate::Synctera;
use crate::normalize::Normalization;

/// The hook for completed steps.
pub(super) type StepWatcher<'w> = Box<dyn FnMut(&CompletedStep) + Send + 'w>;
/// The hook for normalized values.
pub(super) type NormalizationWatcher<'w> = Box<dyn FnMut(&Normalization) + Send + 'w>;

/// The steps of one run.
pub struct Steps<'a> {
    pub(super) client: &'a Synctera,
    pub(super) journey: &'static str,
    pub(super) key: IdempotencyKey,
    /// Whether the caller chose the key, and can use it again.
    pub(super) is_named: bool,
    /// Whether the platform may no longer store the keys of this run.
    pub(super) is_old: bool,
    /// Whether the run may have started before.
    pub(super) is_resumed: bool,
    /// From 1.
    pub(super) attempt: u32,
    pub(super) done: Vec<CompletedStep>,
    /// The step that is under way, for the error of a time limit.
    pub(super) under_way: Option<(&'static Operation, IdempotencyKey)>,
    pub(super) on_step: Option<StepWatcher<'a>>,
    pub(super) on_normalized: Option<NormalizationWatcher<'a>>,
}

/// A resource that a journey creates and can update.
pub(super) enum Created<T> {
    /// Created by this request.
    AsAsked(T),
    /// Created by an earlier attempt, whose input may differ.
    Earlier(T),
}

impl Steps<'_> {
    /// The request in the platform's form; each change is passed to the hook.
    pub(super) fn normalized<T>(&mut self, (request, changes): (T, Vec<Normalization>)) -> T {
        if let Some(watch) = &mut self.on_normalized {
            changes.iter().for_each(watch);
        }
        request
    }

    /// Sends a write. `part` distinguishes the steps of a journey with the same operation; `id` returns
    /// the id of the resource.
    ///
    /// A POST is not sent in a run whose keys are no longer stored: see [`create`](Self::create) for
    /// resources that can be found.
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

    /// As [`write`](Self::write), for an operation that creates a resource with another method than POST.
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

    /// Sends a payment that is in the platform's books immediately, so that a search there finds an
    /// earlier attempt with other input. A run whose keys are no longer stored is refused, as in
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

    /// Sends a change, which replaces the changes of earlier attempts. It is sent with the key of this
    /// attempt only: the response to an earlier attempt does not show later changes.
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

    /// Sends a write whose resource the journey has just searched for and not found, or that can safely
    /// be repeated, so that a run whose keys are no longer stored may send it.
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

    /// As [`write`](Self::write), by the legacy interface; it always creates a resource.
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

    /// Creates a resource that can be found: `find` searches for a resource of an earlier run, by the
    /// keys with which it may have been sent. `call` may store its key in the resource.
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

    /// As [`create`](Self::create), for a resource that is found by its properties and not by its key:
    /// `is_as_asked` compares the resource with the request.
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

    /// As [`create`](Self::create), for journeys that can update a resource that an earlier attempt
    /// created with other input.
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
            // Attempt 2 may have changed the resource of attempt 1.
            Done::AsAsked(value) if self.attempt > 2 => Created::Earlier(value),
            Done::Earlier(value) if self.attempt > 1 => Created::Earlier(value),
            Done::AsAsked(value) | Done::Earlier(value) => Created::AsAsked(value),
            Done::WithOtherInput(value) => Created::Earlier(value),
        })
    }

    /// The current state of the resource of a step. If the caller can repeat the run, the response of
    /// the step may be days old.
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

    /// Whether the platform may no longer store the keys of this run.
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
        derived_key::derive(self.journey, self.key.as_str(), operation, part, attempt)
    }

    /// The client, with its clock.
    #[cfg(feature = "external_cards")]
    pub(super) fn client(&self) -> &Synctera {
        self.client
    }

    /// The client for reads.
    pub(super) fn api(&self) -> &v2::Client {
        self.client.api()
    }
}
