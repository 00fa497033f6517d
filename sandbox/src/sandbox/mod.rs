//! A sandbox that runs inside the program that uses it: how it is set up and started.

mod banking_days;
mod clock;
mod control;
mod settings;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::engine::{ApiKey, Engine, InitialState, is_workspace};
use crate::error::Error;
use crate::model::clock::Clock;
use crate::model::settings::Settings;
use crate::registry::REGISTRY;
use crate::server::AppState;
use crate::server::faults::ActiveFaults;
use crate::server::webhook_dispatcher::WebhookDispatcher;
use crate::store::Store;
use crate::{server, store};

pub use clock::SandboxClock;

/// The API key of a sandbox that is given no other.
pub const DEFAULT_API_KEY: &str = "sandbox-key";
/// The workspace of the default key.
const DEFAULT_TENANT: &str = "1_1";

/// How long a client may take.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(30);
/// How long a data file that is in use is waited for: a sandbox that was dropped just now may have
/// something under way that ends first.
const HANDOVER: std::time::Duration = std::time::Duration::from_secs(3);
/// The time between two looks at it.
const LOOK: std::time::Duration = std::time::Duration::from_millis(10);

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
    server: JoinHandle<()>,
    round: JoinHandle<()>,
}

/// Sets up a sandbox: [`Sandbox::builder`].
#[derive(Clone, Debug)]
pub struct SandboxBuilder {
    address: SocketAddr,
    data: Option<PathBuf>,
    clock: Option<DateTime<Utc>>,
    keys: Vec<ApiKey>,
    seed: u64,
    settings: Settings,
    checks_answers: bool,
    patience: std::time::Duration,
}

impl Default for SandboxBuilder {
    fn default() -> Self {
        Self {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            data: None,
            clock: None,
            keys: Vec::new(),
            seed: 0,
            settings: Settings::default(),
            // Costs a little of every answer, and finds our mistakes before a user does.
            checks_answers: cfg!(debug_assertions),
            patience: PATIENCE,
        }
    }
}

impl SandboxBuilder {
    /// Listens on this address instead of a free port of the loopback interface.
    #[must_use]
    pub fn address(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self
    }

    /// Keeps everything in this file. Without it, the data is gone when the sandbox stops.
    #[must_use]
    pub fn data(mut self, file: impl Into<PathBuf>) -> Self {
        self.data = Some(file.into());
        self
    }

    /// Holds the clock at this moment until [`Sandbox::advance`] moves it.
    #[must_use]
    pub fn clock_held_at(mut self, moment: DateTime<Utc>) -> Self {
        self.clock = Some(moment);
        self
    }

    /// Accepts this API key for a workspace, whose name is two numbers, like `1_2` (the bank's and
    /// the program's). Workspaces see nothing of each other. Without any, [`DEFAULT_API_KEY`] is
    /// accepted for `1_1`.
    #[must_use]
    pub fn api_key(mut self, key: impl Into<String>, workspace: impl Into<String>) -> Self {
        self.keys.push(ApiKey { key: key.into(), tenant: workspace.into() });
        self
    }

    /// The seed of ids: with the same seed and a held clock, the same calls give the same answers.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// The settings: what the sandbox does where the platform's documents are silent.
    #[must_use]
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// Checks every answer against the document before it is sent, and answers 500 instead of one
    /// that violates it. On in debug builds.
    #[must_use]
    pub fn checks_answers(mut self, checks: bool) -> Self {
        self.checks_answers = checks;
        self
    }

    /// Closes the connection of a client that takes longer than this to send the head of a request
    /// or the next part of its body, or to read the next part of an answer. Default: 30 seconds.
    #[must_use]
    pub fn patience(mut self, patience: std::time::Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Starts the sandbox, which answers as soon as this returns.
    ///
    /// # Errors
    /// When the address is taken or the file cannot be used; [`Error::InUse`] when another sandbox
    /// still has it after three seconds; [`Error::Setting`] and [`Error::Workspace`] when a setting
    /// or a key cannot be as it was given.
    pub async fn start(mut self) -> Result<Sandbox, Error> {
        if self.keys.is_empty() {
            self = self.api_key(DEFAULT_API_KEY, DEFAULT_TENANT);
        }
        if let Some(wrong) = self.keys.iter().find(|key| !is_workspace(&key.tenant)) {
            return Err(Error::Workspace(wrong.tenant.clone()));
        }
        self.settings.check()?;
        let store = match &self.data {
            Some(path) => opened(path, HANDOVER).await?,
            None => Store::temporary()?,
        };
        let clock = self.clock.map_or_else(Clock::real, Clock::held_at);
        let api_key = self.keys.first().map(|key| key.key.clone()).unwrap_or_default();
        let initial = InitialState { clock, keys: self.keys, settings: self.settings };
        let engine = Engine::new(store, initial, &REGISTRY, self.seed, self.checks_answers)?;
        let engine = Arc::new(engine);
        let dispatcher = Arc::new(WebhookDispatcher::new(engine.clone())?);
        let wanted = self.address;
        let listener = TcpListener::bind(wanted)
            .await
            .map_err(|source| Error::Listen { address: wanted, source })?;
        let address =
            listener.local_addr().map_err(|source| Error::Listen { address: wanted, source })?;
        let round = tokio::spawn(dispatcher.clone().run());
        let app = Arc::new(AppState {
            engine,
            dispatcher,
            faults: Arc::new(ActiveFaults::default()),
            patience: self.patience,
            is_durable: self.data.is_some(),
            turns: Arc::new(Semaphore::new(1)),
        });
        let server = tokio::spawn(server::serve(listener, app.clone()));
        Ok(Sandbox { app, address, api_key, server, round })
    }
}

/// The data in a file, once no other sandbox has it open.
async fn opened(path: &Path, patience: std::time::Duration) -> Result<Store, Error> {
    let until = Instant::now() + patience;
    loop {
        match Store::open(path) {
            Err(store::Error::InUse) if Instant::now() < until => tokio::time::sleep(LOOK).await,
            Err(store::Error::InUse) => return Err(Error::InUse(path.to_owned())),
            opened => return Ok(opened?),
        }
    }
}

impl Sandbox {
    /// Starts a sandbox in memory, on a free port of the loopback interface, with
    /// [`DEFAULT_API_KEY`].
    ///
    /// # Errors
    /// When there is no free port.
    pub async fn start() -> Result<Self, Error> {
        SandboxBuilder::default().start().await
    }

    /// Sets up a sandbox.
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder::default()
    }

    /// The base URL for clients, without a version: `http://127.0.0.1:49152`.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
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

    /// Waits until its server ends, which it does only if it fails.
    pub async fn wait(&mut self) {
        let _ended = (&mut self.server).await;
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.server.abort();
        self.round.abort();
    }
}

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sandbox").field("address", &self.address).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::*;

    #[tokio::test]
    async fn a_data_file_belongs_to_one_sandbox_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("bank.db");
        let mut sandbox = Sandbox::builder().data(&file).start().await.unwrap();
        let error = opened(&file, std::time::Duration::ZERO).await.err();
        assert!(matches!(&error, Some(Error::InUse(path)) if *path == file), "{error:?}");
        assert_eq!(sandbox.audit().unwrap().postings, 0);
        for _ in 0..20 {
            drop(sandbox);
            sandbox = Sandbox::builder().data(&file).start().await.unwrap();
        }
        let next = async {
            tokio::task::yield_now().await;
            drop(sandbox);
        };
        let (store, ()) = tokio::join!(opened(&file, HANDOVER), next);
        store.unwrap();
    }

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
