//! Snapshots are taken, restored, and what other sandboxes start from.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use super::Sandbox;
use super::builder::{Begin, PATIENCE, SandboxBuilder};
use super::snapshot::Snapshot;
use crate::engine;
use crate::error::Error;
use crate::server::ControlAccess;
use crate::server::request_log::RequestLog;

impl SandboxBuilder {
    /// Starts with what a snapshot holds, its clock and its settings included; a setting that is given
    /// to this builder counts more. A reset goes back to it. A [data file](SandboxBuilder::data) that
    /// holds something already is continued instead.
    #[must_use]
    pub fn snapshot(mut self, snapshot: &Snapshot) -> Self {
        self.snapshot = Some(snapshot.clone());
        self
    }
}

impl Sandbox {
    /// Takes a snapshot of everything as it is now.
    ///
    /// # Errors
    /// [`Error::Store`] when the storage fails.
    pub async fn snapshot(&self) -> Result<Snapshot, Error> {
        let snapshot = self.app.blocking(|engine| engine.snapshot()).await?;
        Ok(Snapshot(snapshot.0))
    }

    /// Replaces everything by what a snapshot holds: all of it, or nothing. Faults stay as they are.
    ///
    /// # Errors
    /// [`Error::Refused`] when the snapshot has settings that this version does not know;
    /// [`Error::Store`] when the storage fails.
    pub async fn restore(&self, snapshot: &Snapshot) -> Result<(), Error> {
        Ok(self.app.restore(engine::Snapshot(snapshot.0.clone())).await?)
    }

    /// Starts another sandbox with everything that this one holds, which goes on by itself: on a free
    /// port of the loopback interface, in memory, with the same API keys, and a request log of
    /// its own if this one has one. For a test that needs a
    /// prepared bank of its own. For clients in other languages `POST /sandbox/forks` does the same, on
    /// the same port.
    ///
    /// # Errors
    /// [`Error::Store`] when the storage fails; [`Error::Listen`] when there is no free port.
    pub async fn fork(&self) -> Result<Self, Error> {
        let fork = self.app.blocking(|engine| engine.fork(&engine.snapshot()?)).await?;
        let begin = Begin {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            hosts: Vec::new(),
            control: ControlAccess::new(None),
            patience: PATIENCE,
            is_durable: false,
            console: None,
            api_key: self.api_key.clone(),
            log: self.app.log.as_ref().map(|_| Arc::new(RequestLog::new())),
            logs_beside: None,
        };
        begin.with(fork).await
    }
}
