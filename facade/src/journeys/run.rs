//! Running a journey: a key for every step, progress when one fails, a hook for who watches.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::time::{Duration, Instant};

use synctera_api::runtime::{BoxFuture, CallOptions};
use synctera_api::{Error, ErrorKind, Response, v2};
use uuid::Uuid;

use crate::care::Change;
use crate::{Progress, Synctera};

/// The idempotency key of a step is the name-based UUID of journey, key and step in this namespace.
const NAMESPACE: Uuid = Uuid::from_u128(0x2f6c_1c1e_59b0_4d0a_9a53_7c0e_84d1_52f7);

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

pub(super) mod sealed {
    pub trait Sealed {}
}

/// A journey about to be walked: `.await` walks it.
///
/// Each of its writes carries an idempotency key that is derived from the journey's key and the
/// step. Without [`key`](Self::key) a fresh one is made, and an error tells it: see
/// [`Error::progress`]. The same request run again under the same key repeats nothing: the platform
/// answers the done steps as it did before, for seven days, and the journey goes on from there.
#[must_use = "a journey does nothing until it is awaited"]
pub struct Run<'a, J: Journey> {
    client: &'a Synctera,
    journey: Request<'a, J>,
    key: Option<String>,
    on_step: Option<Watcher<'a>>,
    on_change: Option<ChangeWatcher<'a>>,
}

/// A request that the caller keeps, or one that is made of the arguments of a call.
enum Request<'a, J> {
    Theirs(&'a J),
    Ours(J),
}

type Watcher<'a> = Box<dyn FnMut(&Step<'_>) + Send + 'a>;
type ChangeWatcher<'a> = Box<dyn FnMut(&Change) + Send + 'a>;

impl<'a, J: Journey> Run<'a, J> {
    pub(super) fn new(client: &'a Synctera, journey: &'a J) -> Self {
        Self::with(client, Request::Theirs(journey))
    }

    /// A run of a request that nobody else holds.
    pub(super) fn of(client: &'a Synctera, journey: J) -> Self {
        Self::with(client, Request::Ours(journey))
    }

    fn with(client: &'a Synctera, journey: Request<'a, J>) -> Self {
        Self { client, journey, key: None, on_step: None, on_change: None }
    }

    /// Names this run, with something that the caller can name again after a crash: the id of
    /// their own sign-up, or of their own payment order.
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// Is told of each step when it is done.
    pub fn on_step(mut self, watcher: impl FnMut(&Step<'_>) + Send + 'a) -> Self {
        self.on_step = Some(Box::new(watcher));
        self
    }

    /// Is told, before anything is sent, of each value that is sent otherwise than it was given:
    /// see [`care`](crate::care).
    pub fn on_change(mut self, watcher: impl FnMut(&Change) + Send + 'a) -> Self {
        self.on_change = Some(Box::new(watcher));
        self
    }
}

impl<'a, J: Journey> IntoFuture for Run<'a, J> {
    type Output = Result<J::Outcome, Error>;
    type IntoFuture = BoxFuture<'a, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let options = self.client.api().options();
            let key = self
                .key
                .or_else(|| options.idempotency_key().map(str::to_owned))
                .unwrap_or_else(|| Uuid::new_v4().to_string());
            let mut steps = Steps {
                client: self.client,
                options,
                journey: J::NAME,
                key,
                done: Vec::new(),
                on_step: self.on_step,
                on_change: self.on_change,
            };
            let journey = match &self.journey {
                Request::Theirs(journey) => journey,
                Request::Ours(journey) => journey,
            };
            let outcome = journey.walk(&mut steps).await;
            outcome.map_err(|error| match error.kind() {
                // Nothing was sent, and the same input will never do.
                ErrorKind::InvalidInput => error,
                _ => error.with_progress(Progress::new(J::NAME, steps.key, steps.done)),
            })
        })
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
    done: Vec<(String, String)>,
    on_step: Option<Watcher<'a>>,
    on_change: Option<ChangeWatcher<'a>>,
}

impl Steps<'_> {
    /// The request as the platform wants it; what was changed is told.
    pub(super) fn tidied<T>(&mut self, (request, changes): (T, Vec<Change>)) -> T {
        if let Some(watch) = &mut self.on_change {
            changes.iter().for_each(watch);
        }
        request
    }

    /// Writes. `part` tells the steps of a journey apart that use the same operation; `id` is what
    /// was made.
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
        let begun = Instant::now();
        let name = format!("{}/{}/{operation}/{part}", self.journey, self.key);
        let key = Uuid::new_v5(&NAMESPACE, name.as_bytes()).to_string();
        let options = self.options.clone().with_idempotency_key(key);
        let value = call(self.client.api().with_options(options)).await?.into_inner();
        let resource = id(&value);
        if let Some(watch) = &mut self.on_step {
            let took = begun.elapsed();
            watch(&Step { journey: self.journey, operation, resource: &resource, took });
        }
        self.done.push((operation.to_owned(), resource));
        Ok(value)
    }

    /// The client for what only reads.
    pub(super) fn api(&self) -> &v2::Client {
        self.client.api()
    }
}
