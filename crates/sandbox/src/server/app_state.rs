//! The state that all connections share.

use std::sync::Arc;
use std::time::Duration;

use synctera_api::runtime::ErrorCode;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;

use crate::engine::{Advance, Engine, Snapshot, bounded};
use crate::model::ApiError;
use crate::model::state::SandboxState;
use crate::server::control::access::ControlAccess;
use crate::server::faults::ActiveFaults;
use crate::server::forks::{self, Ends, Forks};
use crate::server::host::HostNames;
use crate::server::kept_snapshots::KeptSnapshots;
use crate::server::request_log::{self, RequestLog};
use crate::server::webhook_dispatcher::WebhookDispatcher;

/// The state that all connections share.
pub(crate) struct AppState {
    pub(crate) engine: Arc<Engine>,
    pub(crate) dispatcher: Arc<WebhookDispatcher>,
    pub(crate) faults: Arc<ActiveFaults>,
    pub(super) snapshots: KeptSnapshots,
    /// The requests that it was sent, unless that is not wanted.
    pub(crate) log: Option<Arc<RequestLog>>,
    pub(crate) is_durable: bool,
    /// What is before the paths of its operations: nothing, or the path of a fork.
    pub(super) path: String,
    /// Admits requests to the store one at a time.
    pub(super) turns: Arc<Semaphore>,
    pub(crate) common: Arc<Common>,
}

/// What a sandbox and its forks have in common.
pub(crate) struct Common {
    /// How long a client may take for the head of a request, for the next piece of its body, and
    /// for reading the next piece of an answer.
    pub(crate) patience: Duration,
    /// The names under which it answers.
    pub(super) hosts: HostNames,
    /// Who may use the control API.
    pub(super) control: ControlAccess,
    /// Answers that may still be delayed.
    pub(super) delays: Semaphore,
    /// Requests that may still be worked on: each may take a thread that may block, of which the
    /// control API and webhooks need some.
    pub(super) under_way: Semaphore,
    pub(super) forks: Arc<Forks<Fork>>,
}

/// A fork. Its webhooks end with it.
pub(super) struct Fork {
    pub(super) app: Arc<AppState>,
    round: JoinHandle<()>,
    is_over: watch::Sender<bool>,
}

impl Fork {
    fn new(app: AppState) -> Self {
        let round = tokio::spawn(app.dispatcher.clone().run());
        Self { app: Arc::new(app), round, is_over: watch::Sender::new(false) }
    }

    /// Waits until it is removed: no request waits on it for longer.
    pub(super) async fn over(&self) {
        let mut is_over = self.is_over.subscribe();
        let _over = is_over.wait_for(|is_over| *is_over).await;
    }
}

impl Ends for Fork {
    fn end(&self) {
        self.is_over.send_replace(true);
        self.app.dispatcher.end();
        self.round.abort();
    }
}

impl Drop for Fork {
    fn drop(&mut self) {
        self.round.abort();
    }
}

/// Answers that a fault delays at the same time; each holds a connection.
pub(super) const DELAYS_MAX: usize = 256;
/// Requests of the platform's operations that are worked on at the same time; further ones wait.
const UNDER_WAY_MAX: usize = 256;

impl AppState {
    pub(crate) fn new(
        engine: Arc<Engine>,
        dispatcher: Arc<WebhookDispatcher>,
        hosts: HostNames,
        control: ControlAccess,
        patience: Duration,
        is_durable: bool,
        log: Option<Arc<RequestLog>>,
    ) -> Self {
        let common = Arc::new(Common {
            patience,
            hosts,
            control,
            delays: Semaphore::new(DELAYS_MAX),
            under_way: Semaphore::new(UNDER_WAY_MAX),
            forks: Arc::default(),
        });
        Self::with(engine, dispatcher, is_durable, String::new(), common, log)
    }

    fn with(
        engine: Arc<Engine>,
        dispatcher: Arc<WebhookDispatcher>,
        is_durable: bool,
        path: String,
        common: Arc<Common>,
        log: Option<Arc<RequestLog>>,
    ) -> Self {
        Self {
            engine,
            dispatcher,
            faults: Arc::default(),
            snapshots: KeptSnapshots::default(),
            log,
            is_durable,
            path,
            turns: Arc::new(Semaphore::new(1)),
            common,
        }
    }

    /// Makes a fork of this name, in memory: of a snapshot, or of everything as it is now.
    pub(super) async fn fork(
        &self,
        name: &str,
        snapshot: Option<Snapshot>,
    ) -> Result<Fork, ApiError> {
        let made = self.blocking(|engine| {
            let snapshot = snapshot.map_or_else(|| engine.snapshot(), Ok)?;
            let engine = Arc::new(engine.fork(&snapshot)?);
            let dispatcher = WebhookDispatcher::new(engine.clone());
            let dispatcher = dispatcher.map_err(|e| ApiError::Internal(e.to_string()))?;
            Ok((engine, Arc::new(dispatcher)))
        });
        let (engine, dispatcher) = made.await?;
        let path = forks::path(name);
        let log = self.log.as_ref().map(|_| Arc::new(RequestLog::of_fork()));
        let app = Self::with(engine, dispatcher, false, path, self.common.clone(), log);
        Ok(Fork::new(app))
    }

    /// Sends no further event of its forks, and waits for the answers to those that are out.
    pub(crate) async fn stop_forks(&self) {
        let forks = self.common.forks.all();
        forks.iter().for_each(|fork| fork.app.dispatcher.end());
        for fork in forks {
            fork.app.dispatcher.stop().await;
        }
    }

    /// Removes its forks, and takes no further one.
    pub(crate) fn close_forks(&self) {
        self.common.forks.close();
    }

    /// The state of the sandbox, for the control API.
    pub(crate) fn state(&self) -> Result<SandboxState, ApiError> {
        let turned = self.engine.clock();
        Ok(SandboxState {
            version: env!("CARGO_PKG_VERSION"),
            now: turned.now,
            is_clock_held: turned.is_held,
            is_in_a_file: self.is_durable,
            workspaces: self.engine.tenants(),
            resources: self.engine.counts()?,
            failed_jobs: self.engine.failed_jobs()?,
        })
    }

    /// Sleeps on the sandbox's clock: moves it if it is held, else waits. Returns the job that failed on the way, the last one if several did.
    pub(crate) async fn sleep(&self, time: Duration) -> Result<Option<String>, ApiError> {
        let time = chrono::Duration::from_std(time).unwrap_or(chrono::Duration::MAX);
        let time = bounded(time)?;
        if self.engine.clock().is_held {
            return self.blocking(move |engine| engine.advance(Advance::By(time))).await;
        }
        self.engine.wait(time).await;
        Ok(None)
    }

    /// Deletes everything, faults and the request log included.
    pub(crate) async fn reset(&self) -> Result<(), ApiError> {
        self.faults.clear();
        // No delivery is in flight meanwhile: its outcome would be about deleted data.
        let _round = self.dispatcher.pause().await;
        self.blocking(Engine::reset).await?;
        if let Some(log) = &self.log {
            log.clear();
        }
        Ok(())
    }

    /// The request log, or what to do to have one.
    pub(crate) fn log(&self) -> Result<&Arc<RequestLog>, ApiError> {
        let off = || ApiError::rule(ErrorCode::ResourceNotFound, request_log::OFF);
        self.log.as_ref().ok_or_else(off)
    }

    /// Replaces everything by what a snapshot holds.
    pub(crate) async fn restore(&self, snapshot: Snapshot) -> Result<(), ApiError> {
        // As for a reset.
        let _round = self.dispatcher.pause().await;
        self.blocking(move |engine| engine.restore(&snapshot)).await
    }

    /// Does work on a thread that may block; the threads that serve connections must not.
    pub(crate) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Engine) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let engine = self.engine.clone();
        let outcome = tokio::task::spawn_blocking(move || work(&engine)).await;
        outcome.map_err(|why| ApiError::Internal(why.to_string()))?
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::InitialState;
    use crate::model::Seed;
    use crate::model::clock::Clock;
    use crate::registry::REGISTRY;
    use crate::server::forks::{NotMade, Place};
    use crate::store::Store;

    fn app() -> AppState {
        let clock = Clock::held_at(chrono::DateTime::UNIX_EPOCH);
        let initial = InitialState::empty(clock, Vec::new());
        let store = Store::temporary().unwrap();
        let engine = Engine::new(store, initial, &REGISTRY, Seed::given(1), true).unwrap();
        let engine = Arc::new(engine);
        let dispatcher = Arc::new(WebhookDispatcher::new(engine.clone()).unwrap());
        let hosts = HostNames::new([127, 0, 0, 1].into(), &[]);
        let patience = Duration::from_secs(1);
        AppState::new(engine, dispatcher, hosts, ControlAccess::new(None), patience, false, None)
    }

    /// Its webhooks end, which hold what it holds.
    #[tokio::test]
    async fn nothing_is_left_of_a_fork_that_is_removed() {
        let app = app();
        let forks = &app.common.forks;
        let mut engines = Vec::new();
        for name in ["a", "b"] {
            let place = Place::take(forks, Some(name.to_owned())).unwrap();
            let fork = app.fork(name, None).await.unwrap();
            engines.push(Arc::downgrade(&fork.app.engine));
            place.fill(fork).unwrap();
            // Its webhooks are under way.
            tokio::task::yield_now().await;
        }
        assert!(engines.iter().all(|engine| engine.strong_count() > 1));
        assert!(forks.remove("a") && !forks.remove("a"));
        app.close_forks();
        assert!(matches!(Place::take(forks, None), Err(NotMade::Stopped)));
        for engine in engines {
            let left = async {
                while engine.strong_count() > 0 {
                    tokio::task::yield_now().await;
                }
            };
            tokio::time::timeout(Duration::from_secs(5), left).await.unwrap();
        }
    }

    #[test]
    fn a_place_that_is_not_filled_is_free_again() {
        let forks: Arc<Forks<Fork>> = Arc::default();
        let place = Place::take(&forks, Some("a".to_owned())).unwrap();
        assert_eq!(Place::take(&forks, Some("a".to_owned())).err(), Some(NotMade::Taken));
        assert!(forks.names().is_empty() && !forks.remove("a"));
        drop(place);
        assert_eq!(Place::take(&forks, Some("a".to_owned())).unwrap().name(), "a");
    }
}
