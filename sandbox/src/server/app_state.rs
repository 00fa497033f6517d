//! The state that all connections share.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use crate::engine::{Advance, Engine, Snapshot, bounded};
use crate::model::ApiError;
use crate::model::state::SandboxState;
use crate::server::control::access::ControlAccess;
use crate::server::faults::ActiveFaults;
use crate::server::host::HostNames;
use crate::server::kept_snapshots::KeptSnapshots;
use crate::server::webhook_dispatcher::WebhookDispatcher;

/// The state that all connections share.
pub(crate) struct AppState {
    pub(crate) engine: Arc<Engine>,
    pub(crate) dispatcher: Arc<WebhookDispatcher>,
    pub(crate) faults: Arc<ActiveFaults>,
    pub(super) snapshots: KeptSnapshots,
    /// How long a client may take for the head of a request, for the next piece of its body, and
    /// for reading the next piece of an answer.
    pub(crate) patience: Duration,
    pub(crate) is_durable: bool,
    /// The names under which it answers.
    pub(crate) hosts: HostNames,
    /// Who may use the control API.
    pub(super) control: ControlAccess,
    /// Admits requests to the store one at a time.
    pub(super) turns: Arc<Semaphore>,
    /// Answers that may still be delayed.
    pub(super) delays: Semaphore,
    /// Requests that may still be worked on: each may take a thread that may block, of which the
    /// control API and webhooks need some.
    pub(super) under_way: Semaphore,
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
    ) -> Self {
        Self {
            engine,
            dispatcher,
            faults: Arc::default(),
            snapshots: KeptSnapshots::default(),
            patience,
            is_durable,
            hosts,
            control,
            turns: Arc::new(Semaphore::new(1)),
            delays: Semaphore::new(DELAYS_MAX),
            under_way: Semaphore::new(UNDER_WAY_MAX),
        }
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

    /// Deletes everything, faults included.
    pub(crate) async fn reset(&self) -> Result<(), ApiError> {
        self.faults.clear();
        // No delivery is in flight meanwhile: its outcome would be about deleted data.
        let _round = self.dispatcher.pause().await;
        self.blocking(Engine::reset).await
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
