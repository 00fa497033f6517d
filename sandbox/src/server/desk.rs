//! What requests are answered from, and what is done to all of it at once.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use crate::engine::{Advance, Engine, bounded};
use crate::model::Refusal;
use crate::model::state::SandboxState;
use crate::server::faults::Faults;
use crate::server::webhook_dispatcher::Courier;

/// What requests are answered from.
pub(crate) struct Desk {
    pub(crate) engine: Arc<Engine>,
    pub(crate) courier: Arc<Courier>,
    pub(crate) faults: Arc<Faults>,
    /// How long a client may take for the head of a request, for the next piece of its body, and
    /// for reading the next piece of an answer.
    pub(crate) patience: Duration,
    pub(crate) is_durable: bool,
    /// Whose turn it is at the store.
    pub(crate) turns: Arc<Semaphore>,
}

impl Desk {
    /// What there is.
    pub(crate) fn state(&self) -> Result<SandboxState, Refusal> {
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

    /// Lets so much of the sandbox's time pass: a clock that is held is moved, one that runs is
    /// waited for. Returns the job that failed on the way, the last one if several did.
    pub(crate) async fn sleep(&self, time: Duration) -> Result<Option<String>, Refusal> {
        let time = chrono::Duration::from_std(time).unwrap_or(chrono::Duration::MAX);
        let time = bounded(time)?;
        if self.engine.clock().is_held {
            return self.blocking(move |engine| engine.advance(Advance::By(time))).await;
        }
        self.engine.wait(time).await;
        Ok(None)
    }

    /// Forgets everything, faults included.
    pub(crate) async fn reset(&self) -> Result<(), Refusal> {
        self.faults.clear();
        // Nothing is on its way while it happens: what comes back would be about things that are
        // gone.
        let _round = self.courier.pause().await;
        self.blocking(Engine::reset).await
    }

    /// Does work on a thread that may block; the threads that serve connections must not.
    pub(crate) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Engine) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let engine = self.engine.clone();
        let outcome = tokio::task::spawn_blocking(move || work(&engine)).await;
        outcome.map_err(|why| Refusal::Broken(why.to_string()))?
    }
}
