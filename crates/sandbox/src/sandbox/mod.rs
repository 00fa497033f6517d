//! A sandbox that runs inside the program that uses it.

mod banking_days;
mod builder;
mod clock;
mod control;
mod counterparts;
mod documents;
mod request_log;
mod settings;
mod snapshot;
mod snapshots;

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::engine::Engine;
use crate::error::Error;
use crate::server::AppState;
use crate::server::request_log::LogWriter;

pub use builder::{DEFAULT_API_KEY, SandboxBuilder};
pub use clock::SandboxClock;
pub use snapshot::Snapshot;

/// How long requests that are under way may take when the sandbox is stopped.
const STOP_TIME_MAX: std::time::Duration = std::time::Duration::from_secs(5);

/// A running sandbox. It stops when it is dropped.
///
/// Its methods do what the control API does over HTTP, among others: the clock
/// ([`advance`](Sandbox::advance)), the bank's calendar ([`banking_days`](Sandbox::banking_days)),
/// settings ([`set_setting`](Sandbox::set_setting)), faults ([`add_fault`](Sandbox::add_fault)),
/// webhooks ([`deliver_webhooks`](Sandbox::deliver_webhooks)) and the books
/// ([`audit`](Sandbox::audit)). They act on all workspaces.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let sandbox = synctera_sandbox::Sandbox::start().await?;
/// assert!(sandbox.base_url().starts_with("http://127.0.0.1:"));
/// # Ok(())
/// # }
/// ```
pub struct Sandbox {
    app: Arc<AppState>,
    address: SocketAddr,
    api_key: String,
    has_console: bool,
    /// The path at which the console's first operator signs in, if that is needed.
    sign_in_path: Option<String>,
    server: JoinHandle<()>,
    round: JoinHandle<()>,
    stop: watch::Sender<bool>,
    /// Writes the request log to its file.
    writer: Option<LogWriter>,
}

impl Sandbox {
    /// The base URL for clients, without a version: `http://127.0.0.1:49152`.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The URL of the console; none if it has none.
    pub fn console_url(&self) -> Option<String> {
        self.has_console.then(|| format!("{}/console", self.base_url()))
    }

    /// The URL at which an administrator of the console chooses a password and signs in, if its pages
    /// require that: where it listens beyond the loopback interface, with
    /// [`SandboxBuilder::allow_host`], and with [`SandboxBuilder::console_sign_in`]. It can be used once,
    /// within an hour.
    pub fn console_sign_in_url(&self) -> Option<String> {
        self.sign_in_path.as_ref().map(|path| format!("{}{path}", self.base_url()))
    }

    /// The address that it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The first API key that it was started with.
    pub fn api_key(&self) -> &str {
        &self.api_key
    }

    /// Whether it still answers. It does until it is dropped, unless its server failed.
    pub fn is_running(&self) -> bool {
        !self.server.is_finished()
    }

    /// Stops it: no further request is taken, those under way are answered within five seconds, and
    /// everything is written back to the data file, so that a copy of it is whole.
    ///
    /// When it is dropped instead, it stops at once, and what is under way has no answer. Nothing
    /// that was acknowledged is lost either way.
    ///
    /// # Errors
    /// [`Error::Store`] when the data file cannot be written.
    pub async fn stop(mut self) -> Result<(), Error> {
        self.stop.send_replace(true);
        let finish = async {
            let server = async { drop((&mut self.server).await) };
            tokio::join!(self.app.dispatcher.stop(), self.app.stop_forks(), server);
        };
        // What is still under way then is cut off.
        let _in_time = tokio::time::timeout(STOP_TIME_MAX, finish).await;
        self.server.abort();
        self.round.abort();
        self.app.close_forks();
        if let Some(writer) = &self.writer {
            writer.stop().await;
        }
        Ok(self.app.blocking(Engine::checkpoint).await?)
    }

    /// Waits until its server ends, which it does only if it fails.
    pub async fn wait(&mut self) {
        let _ended = (&mut self.server).await;
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.server.abort();
        self.round.abort();
        self.app.close_forks();
    }
}

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sandbox").field("address", &self.address).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Duration};

    use super::*;
    use crate::store;

    #[tokio::test]
    async fn books_that_do_not_add_up_are_an_error_of_their_own() {
        let sandbox = Sandbox::start().await.unwrap();
        let day = "2026-11-24".parse().unwrap();
        let days = store::Days { posted: day, effective: day };
        let lone = sandbox
            .app
            .engine
            .act(|ctx| Ok(ctx.tx.append(ctx.tenant, "transaction", "account", -5, days)?));
        lone.unwrap();
        let error = sandbox.audit().unwrap_err();
        let Error::LedgerDoesNotAddUp(audit) = &error else { panic!("{error:?}") };
        assert_eq!((audit.postings, audit.sum, audit.unbalanced_transactions), (1, -5, 1));
        assert_eq!(
            error.to_string(),
            "the ledger does not add up: 1 postings with the sum -5, 1 unbalanced transactions, \
             0 wrong balances, 0 wrong holds, 0 closed accounts with a balance, \
             the sum -5 in workspace 1_1"
        );
    }

    #[tokio::test]
    async fn a_job_that_fails_is_not_a_failure_of_the_storage() {
        let sandbox = Sandbox::builder().clock_held_at(DateTime::UNIX_EPOCH).start().await.unwrap();
        sandbox
            .app
            .engine
            .act(|ctx| Ok(ctx.tx.schedule(ctx.tenant, 5, "no.such.job", "x")?))
            .unwrap();
        let error = sandbox.advance(Duration::seconds(1)).unwrap_err();
        assert!(matches!(&error, Error::FailedJob(why) if why.contains("no.such.job")), "{error}");
        let back = sandbox.advance(Duration::seconds(-1)).unwrap_err();
        assert!(matches!(&back, Error::Refused { .. }), "{back:?}");
    }
}
