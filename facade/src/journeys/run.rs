//! Running a journey: a key for every step, progress when one fails, a hook for who watches.

use std::collections::BTreeMap;
use std::fmt;
use std::future::{Future, IntoFuture};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value};
use synctera_api::runtime::{BoxFuture, CallOptions};
#[cfg(feature = "reconciliations")]
use synctera_api::v0;
use synctera_api::{Error, ErrorKind, Response, v2};
use uuid::Uuid;

use crate::normalize::Normalization;
use crate::{Progress, Synctera};

/// The idempotency key of a step is the name-based UUID of journey, key and step in this namespace.
const NAMESPACE: Uuid = Uuid::from_u128(0x2f6c_1c1e_59b0_4d0a_9a53_7c0e_84d1_52f7);
/// The platform keeps an answer for seven days; an hour less, for clocks that differ.
const ANSWERS_KEPT: TimeDelta = TimeDelta::hours(7 * 24 - 1);
/// Where a resource's metadata holds the idempotency key of the step that made it.
const MARK: &str = "synctera_rs_key";

/// A request that the client can walk to its outcome; see [`Run`].
pub trait Journey: Send + Sync + sealed::Sealed {
    /// What comes of it.
    type Outcome: Send;

    #[doc(hidden)]
    const NAME: &'static str;

    #[doc(hidden)]
    fn walk<'a>(
        &'a self,
        steps: &'a mut Steps<'_>,
    ) -> impl Future<Output = Result<Self::Outcome, Error>> + Send + 'a;
}

pub(crate) mod sealed {
    pub trait Sealed {}
}

/// A journey about to be walked: `.await` walks it.
///
/// Each of its writes carries an idempotency key that is derived from the journey's key and the
/// step. Without [`key`](Self::key) a fresh one is made, and an error tells it: see
/// [`Error::progress`]. The same request run again under the same key repeats nothing: the platform
/// answers the done steps as it did before, for seven days, and the journey goes on from there.
///
/// # After seven days
/// By then the platform has forgotten the keys. Say when the run began, with
/// [`started_at`](Self::started_at), and each step looks for what it made before it makes anything.
/// People, businesses, accounts, cards, external accounts and transfers are found: a run that was
/// given a key leaves its step's key in their metadata, as `synctera_rs_key`, or the platform
/// searches its books by it. Disclosures, verifications and subscriptions are found by the party
/// that they belong to. What nothing tells apart, such as an ACH transfer, is not sent again: the
/// run ends with [`Refused`](ErrorKind::Refused), for somebody to look.
#[must_use = "a journey does nothing until it is awaited"]
pub struct Run<'a, J: Journey> {
    client: &'a Synctera,
    journey: Request<'a, J>,
    key: Option<String>,
    started_at: Option<DateTime<Utc>>,
    on_step: Option<Watcher<'a>>,
    on_normalized: Option<NormalizationWatcher<'a>>,
}

/// A request that the caller keeps, or one that is made of the arguments of a call.
enum Request<'a, J> {
    Theirs(&'a J),
    Ours(J),
}

type Watcher<'a> = Box<dyn FnMut(&Step<'_>) + Send + 'a>;
type NormalizationWatcher<'a> = Box<dyn FnMut(&Normalization) + Send + 'a>;

impl<'a, J: Journey> Run<'a, J> {
    pub(crate) fn new(client: &'a Synctera, journey: &'a J) -> Self {
        Self::with(client, Request::Theirs(journey))
    }

    /// A run of a request that nobody else holds.
    pub(super) fn of(client: &'a Synctera, journey: J) -> Self {
        Self::with(client, Request::Ours(journey))
    }

    fn with(client: &'a Synctera, journey: Request<'a, J>) -> Self {
        Self { client, journey, key: None, started_at: None, on_step: None, on_normalized: None }
    }

    /// Names this run, with something that the caller can name again after a crash: the id of
    /// their own sign-up, or of their own payment order.
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// When this run was first begun, for one that is taken up again: after seven days each step
    /// looks for what it made before. Without it, a run is taken for younger than that.
    pub fn started_at(mut self, moment: DateTime<Utc>) -> Self {
        self.started_at = Some(moment);
        self
    }

    /// Is told of each step when it is done.
    pub fn on_step(mut self, watcher: impl FnMut(&Step<'_>) + Send + 'a) -> Self {
        self.on_step = Some(Box::new(watcher));
        self
    }

    /// Is told, before anything is sent, of each value that is sent otherwise than it was given:
    /// see [`normalize`](crate::normalize).
    pub fn on_normalized(mut self, watcher: impl FnMut(&Normalization) + Send + 'a) -> Self {
        self.on_normalized = Some(Box::new(watcher));
        self
    }
}

impl<'a, J: Journey> IntoFuture for Run<'a, J> {
    type Output = Result<J::Outcome, Error>;
    type IntoFuture = BoxFuture<'a, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.walk().await.0 })
    }
}

impl<J: Journey> Run<'_, J> {
    /// Walks it; the outcome, and the steps that were done.
    pub(crate) async fn walk(self) -> (Result<J::Outcome, Error>, Vec<(String, String)>) {
        let options = self.client.api().options();
        let named = self.key.or_else(|| options.idempotency_key().map(str::to_owned));
        let mut steps = Steps {
            client: self.client,
            options,
            journey: J::NAME,
            is_named: named.is_some(),
            is_old: self.started_at.is_some_and(|moment| Utc::now() - moment > ANSWERS_KEPT),
            key: named.unwrap_or_else(|| Uuid::new_v4().to_string()),
            done: Vec::new(),
            on_step: self.on_step,
            on_normalized: self.on_normalized,
        };
        let journey = match &self.journey {
            Request::Theirs(journey) => journey,
            Request::Ours(journey) => journey,
        };
        let outcome = journey.walk(&mut steps).await;
        let Steps { key, done, .. } = steps;
        let outcome = outcome.map_err(|error| match error.kind() {
            // Nothing was sent, and the same input will never do.
            ErrorKind::InvalidInput => error,
            _ => error.with_progress(Progress::new(J::NAME, key, done.clone())),
        });
        (outcome, done)
    }
}

impl<J: Journey> fmt::Debug for Run<'_, J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run").field("journey", &J::NAME).field("key", &self.key).finish()
    }
}

/// A step that is done.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Step<'a> {
    /// The journey, such as `onboard_customer`.
    pub journey: &'static str,
    /// The operation, such as `create_person`.
    pub operation: &'static str,
    /// The id of what it made or changed; for `verify`, the status that it led to.
    pub resource: &'a str,
    /// How long it took.
    pub took: Duration,
}

/// The steps of one run.
pub struct Steps<'a> {
    client: &'a Synctera,
    options: &'a CallOptions,
    journey: &'static str,
    key: String,
    /// The caller chose the key, and can choose it again.
    is_named: bool,
    /// The platform may have forgotten this run's keys.
    is_old: bool,
    done: Vec<(String, String)>,
    on_step: Option<Watcher<'a>>,
    on_normalized: Option<NormalizationWatcher<'a>>,
}

impl Steps<'_> {
    /// The request as the platform wants it; what was changed is told.
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
    pub(super) async fn write<T, C, F>(
        &mut self,
        operation: &'static str,
        part: &str,
        call: C,
        id: impl FnOnce(&T) -> String + Send,
    ) -> Result<T, Error>
    where
        C: FnOnce(v2::Client) -> F + Send,
        F: Future<Output = Result<Response<T>, Error>> + Send,
    {
        if v2::OPERATIONS.iter().any(|known| known.id == operation && known.method == "POST") {
            self.not_twice(operation)?;
        }
        self.add(operation, part, call, id).await
    }

    /// Writes what the journey has just looked for and not found, so that a run whose keys are
    /// forgotten may do it.
    pub(super) async fn add<T, C, F>(
        &mut self,
        operation: &'static str,
        part: &str,
        call: C,
        id: impl FnOnce(&T) -> String + Send,
    ) -> Result<T, Error>
    where
        C: FnOnce(v2::Client) -> F + Send,
        F: Future<Output = Result<Response<T>, Error>> + Send,
    {
        self.send(operation, part, |client| call(client.api().clone()), id).await
    }

    /// As [`write`](Self::write), by the legacy interface; always something new.
    #[cfg(feature = "reconciliations")]
    pub(crate) async fn write_legacy<T, C, F>(
        &mut self,
        operation: &'static str,
        part: &str,
        call: C,
        id: impl FnOnce(&T) -> String + Send,
    ) -> Result<T, Error>
    where
        C: FnOnce(v0::Client) -> F + Send,
        F: Future<Output = Result<Response<T>, Error>> + Send,
    {
        self.not_twice(operation)?;
        self.send(operation, part, |client| call(client.legacy().clone()), id).await
    }

    /// Refuses to make what a run whose keys are forgotten may have made, and nothing can find.
    fn not_twice(&self, operation: &str) -> Result<(), Error> {
        if self.is_old {
            let message = "this run began more than seven days ago, so that the platform does not \
                           know its keys any more, and what this step may have made cannot be \
                           found by reading; look for it, and go on under another key";
            return Err(Error::refused(operation, None, message));
        }
        Ok(())
    }

    /// Writes what can be found again: in a run whose keys are forgotten, `find` looks first.
    pub(super) async fn create<T, L, G, C, F>(
        &mut self,
        operation: &'static str,
        part: &str,
        find: L,
        call: C,
        id: impl FnOnce(&T) -> String + Send,
    ) -> Result<T, Error>
    where
        L: FnOnce(v2::Client) -> G + Send,
        G: Future<Output = Result<Option<T>, Error>> + Send,
        C: FnOnce(v2::Client) -> F + Send,
        F: Future<Output = Result<Response<T>, Error>> + Send,
    {
        let begun = Instant::now();
        if self.is_old
            && let Some(found) = find(self.api().clone()).await?
        {
            self.done(operation, begun, id(&found));
            return Ok(found);
        }
        self.send(operation, part, |client| call(client.api().clone()), id).await
    }

    /// What a step leaves in the metadata of the resource that it makes.
    pub(super) fn mark(&self, operation: &str, part: &str) -> Mark {
        Mark(self.is_named.then(|| self.key_of(operation, part)))
    }

    /// Whether the platform may have forgotten this run's keys.
    pub(super) fn is_old(&self) -> bool {
        self.is_old
    }

    /// The idempotency key of a step.
    pub(super) fn key_of(&self, operation: &str, part: &str) -> String {
        let name = format!("{}/{}/{operation}/{part}", self.journey, self.key);
        Uuid::new_v5(&NAMESPACE, name.as_bytes()).to_string()
    }

    async fn send<T, C, F>(
        &mut self,
        operation: &'static str,
        part: &str,
        call: C,
        id: impl FnOnce(&T) -> String + Send,
    ) -> Result<T, Error>
    where
        C: FnOnce(Synctera) -> F + Send,
        F: Future<Output = Result<Response<T>, Error>> + Send,
    {
        let begun = Instant::now();
        let options = self.options.clone().with_idempotency_key(self.key_of(operation, part));
        let value = call(self.client.with_options(options)).await?.into_inner();
        self.done(operation, begun, id(&value));
        Ok(value)
    }

    fn done(&mut self, operation: &'static str, begun: Instant, resource: String) {
        if let Some(watch) = &mut self.on_step {
            let took = begun.elapsed();
            watch(&Step { journey: self.journey, operation, resource: &resource, took });
        }
        self.done.push((operation.to_owned(), resource));
    }

    /// The client for what only reads.
    pub(super) fn api(&self) -> &v2::Client {
        self.client.api()
    }
}

/// Tells a resource that a step made from others like it. A run without a name of the caller's has
/// none: nobody could take it up again.
#[derive(Clone, Debug)]
pub(super) struct Mark(Option<String>);

impl Mark {
    /// Leaves it with a resource that is to be made.
    pub(super) fn put(&self, metadata: &mut Map<String, Value>) {
        if let Some(key) = &self.0 {
            metadata.insert(MARK.to_owned(), Value::String(key.clone()));
        }
    }

    /// As [`put`](Self::put), where metadata is texts alone.
    pub(super) fn put_among(&self, metadata: &mut BTreeMap<String, String>) {
        metadata.extend(self.0.iter().map(|key| (MARK.to_owned(), key.clone())));
    }

    /// Whether the resource is this step's.
    pub(super) fn is_in(&self, metadata: &Map<String, Value>) -> bool {
        self.is(metadata.get(MARK).and_then(Value::as_str))
    }

    /// As [`is_in`](Self::is_in), where metadata is texts alone.
    pub(super) fn is_among(&self, metadata: &BTreeMap<String, String>) -> bool {
        self.is(metadata.get(MARK).map(String::as_str))
    }

    fn is(&self, found: Option<&str>) -> bool {
        self.0.is_some() && self.0.as_deref() == found
    }
}
