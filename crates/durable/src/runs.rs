//! The journeys that a worker can run, each with the program's functions for it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use synctera::{Awaited, Journey, Synctera};

use crate::error::{BoxError, Error};
use crate::finished::Finished;
use crate::task::{Task, Wait};
use crate::walk::{Handler, JourneyHandler, Loader, Outcomes, WaitHandler};

/// The longest time that a journey occupies a worker, unless set. Its calls have limits of their own.
const DEADLINE: Duration = Duration::from_secs(300);
/// The time between two polls of a wait, unless set.
const POLL_EVERY: Duration = Duration::from_secs(600);
/// The time after which a wait ends with the state that there is, unless set.
const WAIT_AT_MOST: Duration = Duration::from_secs(7 * 24 * 3600);

/// The journeys that a worker can run, with the program's functions for each: one that returns the
/// request of a key, and one that receives the outcome.
///
/// A worker claims runs of these journeys only, so that one program can run payments and another one
/// sign-ups. See the [crate](crate) for an example.
#[derive(Clone)]
#[must_use = "nothing runs until a worker has it"]
pub struct Runs {
    pub(crate) client: Synctera,
    pub(crate) handlers: BTreeMap<&'static str, Arc<dyn Handler>>,
    twice: Option<&'static str>,
}

impl Runs {
    /// No journey yet, and the client that runs them.
    pub fn new(client: Synctera) -> Self {
        Self { client, handlers: BTreeMap::new(), twice: None }
    }

    /// Adds a journey. The function returns the request of a key, from the program's own database;
    /// `None` when there is none, which parks the run. An error is a failure that is retried.
    ///
    /// It is called each time the run starts, so it must return the same request for the same key
    /// until the run is corrected, including the times in it.
    pub fn journey<J, L, F, E>(self, request: L) -> AddJourney<J>
    where
        J: Journey,
        L: Fn(String) -> F + Send + Sync + 'static,
        F: Future<Output = Result<Option<J>, E>> + Send + 'static,
        E: Into<BoxError>,
    {
        AddJourney { runs: self, load: loader(request), deadline: DEADLINE }
    }

    /// Adds a wait, such as [`AwaitVerification`](synctera::AwaitVerification): as
    /// [`journey`](Self::journey). It is polled every ten minutes for seven days, and on
    /// webhooks, unless set otherwise.
    pub fn wait<W, L, F, E>(self, subject: L) -> AddWait<W>
    where
        W: Awaited,
        L: Fn(String) -> F + Send + Sync + 'static,
        F: Future<Output = Result<Option<W>, E>> + Send + 'static,
        E: Into<BoxError>,
    {
        AddWait { runs: self, load: loader(subject), every: POLL_EVERY, at_most: WAIT_AT_MOST }
    }

    fn with(mut self, name: &'static str, handler: Arc<dyn Handler>) -> Self {
        if self.handlers.insert(name, handler).is_some() {
            self.twice = Some(name);
        }
        self
    }

    /// Whether a worker can begin with these.
    pub(crate) fn check(&self) -> Result<(), Error> {
        match self.twice {
            Some(name) => Err(Error::Journeys(format!("{name} is given twice"))),
            None if self.handlers.is_empty() => {
                Err(Error::Journeys("a worker needs at least one journey".to_owned()))
            }
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Runs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runs").field("journeys", &self.handlers.keys()).finish_non_exhaustive()
    }
}

fn loader<R, L, F, E>(load: L) -> Loader<R>
where
    R: 'static,
    L: Fn(String) -> F + Send + Sync + 'static,
    F: Future<Output = Result<Option<R>, E>> + Send + 'static,
    E: Into<BoxError>,
{
    Box::new(move |key| {
        let loading = load(key);
        Box::pin(async move { loading.await.map_err(Into::into) })
    })
}

fn outcomes<T, O, F, E>(save: O) -> Outcomes<T>
where
    T: Task,
    O: Fn(Finished<T>) -> F + Send + Sync + 'static,
    F: Future<Output = Result<(), E>> + Send + 'static,
    E: Into<BoxError>,
{
    Box::new(move |finished| {
        let saving = save(finished);
        Box::pin(async move { saving.await.map_err(Into::into) })
    })
}

/// A journey that is added to [`Runs`] once the program says what receives its outcome.
#[must_use = "the journey is added by `on_outcome`"]
pub struct AddJourney<J: Journey> {
    runs: Runs,
    load: Loader<J>,
    deadline: Duration,
}

impl<J: Journey> AddJourney<J> {
    /// The longest time that a run occupies a worker; five minutes unless set. A run that takes longer
    /// is a failure that is retried, and continues after the steps that were completed.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Calls a function with the outcome. A run is done when it has returned: after a crash before
    /// that, or an error, it is called again with the same outcome. It must change nothing the second
    /// time, by the key of the run.
    pub fn on_outcome<O, F, E>(self, save: O) -> Runs
    where
        O: Fn(Finished<J>) -> F + Send + Sync + 'static,
        F: Future<Output = Result<(), E>> + Send + 'static,
        E: Into<BoxError>,
    {
        let Self { runs, load, deadline } = self;
        let handler = JourneyHandler { load, outcomes: outcomes(save), deadline };
        runs.with(J::NAME, Arc::new(handler))
    }
}

impl<J: Journey> fmt::Debug for AddJourney<J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AddJourney").field("journey", &J::NAME).finish_non_exhaustive()
    }
}

/// A wait that is added to [`Runs`] once the program says what receives its outcome.
#[must_use = "the wait is added by `on_outcome`"]
pub struct AddWait<W: Awaited> {
    runs: Runs,
    load: Loader<W>,
    every: Duration,
    at_most: Duration,
}

impl<W: Awaited> AddWait<W> {
    /// The time between two polls, and the time after which it ends with the state that there is: ten
    /// minutes and seven days unless set.
    pub fn polling(mut self, every: Duration, at_most: Duration) -> Self {
        self.every = every.max(Duration::from_secs(1));
        self.at_most = at_most;
        self
    }

    /// As [`AddJourney::on_outcome`].
    pub fn on_outcome<O, F, E>(self, save: O) -> Runs
    where
        O: Fn(Finished<Wait<W>>) -> F + Send + Sync + 'static,
        F: Future<Output = Result<(), E>> + Send + 'static,
        E: Into<BoxError>,
    {
        let Self { runs, load, every, at_most } = self;
        let handler = WaitHandler { load, outcomes: outcomes(save), every, at_most };
        runs.with(W::NAME, Arc::new(handler))
    }
}

impl<W: Awaited> fmt::Debug for AddWait<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AddWait").field("wait", &W::NAME).finish_non_exhaustive()
    }
}
