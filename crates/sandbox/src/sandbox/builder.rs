//! How a sandbox is set up and started.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::Instant;

use super::Sandbox;
use super::snapshot::Snapshot;
use crate::engine::{ApiKey, Engine, InitialState, is_api_key, is_workspace};
use crate::error::Error;
use crate::model::Seed;
use crate::model::calendar::is_in_range;
use crate::model::clock::Clock;
use crate::model::settings::Settings;
use crate::registry::REGISTRY;
use crate::server::request_log::{LogWriter, RequestLog};
use crate::server::webhook_dispatcher::WebhookDispatcher;
use crate::server::{AppState, Console, ControlAccess, ControlToken, HostNames, host_name};
use crate::store::Store;
use crate::{server, store};

/// The API key of a sandbox that is given no other.
pub const DEFAULT_API_KEY: &str = "sandbox-key";
/// The workspace of the default key.
const DEFAULT_TENANT: &str = "1_1";

/// How long a client may take.
pub(super) const PATIENCE: std::time::Duration = std::time::Duration::from_secs(30);
/// How long a data file that is in use is waited for: a sandbox that was dropped just now may have
/// something under way that ends first.
const HANDOVER: std::time::Duration = std::time::Duration::from_secs(3);
/// The time between two looks at it.
const LOOK: std::time::Duration = std::time::Duration::from_millis(10);

/// Sets up a sandbox: [`Sandbox::builder`].
#[derive(Clone, Debug)]
pub struct SandboxBuilder {
    address: SocketAddr,
    data: Option<PathBuf>,
    clock: Option<DateTime<Utc>>,
    keys: Vec<ApiKey>,
    seed: Option<u64>,
    settings: Settings,
    checks_answers: bool,
    patience: std::time::Duration,
    hosts: Vec<String>,
    pub(super) snapshot: Option<Snapshot>,
    control_token: Option<ControlToken>,
    has_log: bool,
    #[cfg(feature = "console")]
    has_console: bool,
    #[cfg(feature = "console")]
    is_sign_in_required: bool,
}

impl Default for SandboxBuilder {
    fn default() -> Self {
        Self {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            data: None,
            clock: None,
            keys: Vec::new(),
            seed: None,
            settings: Settings::default(),
            // Costs a little of every answer, and finds our mistakes before a user does.
            checks_answers: cfg!(debug_assertions),
            patience: PATIENCE,
            hosts: Vec::new(),
            snapshot: None,
            control_token: None,
            has_log: false,
            #[cfg(feature = "console")]
            has_console: false,
            #[cfg(feature = "console")]
            is_sign_in_required: false,
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

    /// Holds the clock at this moment until [`Sandbox::advance`] moves it. A data file whose clock has
    /// gone further goes on from there: time does not go back.
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

    /// The seed of ids, numbers and secrets: with the same seed and a held clock, the same calls give
    /// the same answers, which are therefore predictable. Without one they are random: ids,
    /// webhook secrets, API keys and card numbers are new each time.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
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

    /// Answers requests under this host name, too, such as that of a container. Without any, a
    /// request must name `localhost`, a loopback address or the address that the sandbox listens on,
    /// which is any address when it listens on all: web pages that point their own name to this machine
    /// are refused with 421. The console then requires everybody to sign in, as with
    /// `SandboxBuilder::console_sign_in`: behind a proxy, all requests come from this machine.
    #[must_use]
    pub fn allow_host(mut self, name: impl Into<String>) -> Self {
        self.hosts.push(name.into());
        self
    }

    /// Answers the control API to other machines, too, if they send this token: `Authorization:
    /// Bearer <token>`. Without one it answers this machine alone, which needs no token.
    #[must_use]
    pub fn control_token(mut self, token: impl Into<String>) -> Self {
        self.control_token = Some(ControlToken::new(token.into()));
        self
    }

    /// Keeps a log of the requests of the platform's operations and their answers, for
    /// [`Sandbox::request_log`] and `GET /sandbox/log`. Off by default here, and on in the program. With
    /// a [data file](SandboxBuilder::data) it is kept in a file beside it, whose name ends in `-log`.
    #[must_use]
    pub fn request_log(mut self, is_on: bool) -> Self {
        self.has_log = is_on;
        self
    }

    /// Has the console, too: pages to see and operate the bank in a browser, at
    /// [`Sandbox::console_url`]. Off by default.
    #[cfg(feature = "console")]
    #[must_use]
    pub fn console(mut self, has_console: bool) -> Self {
        self.has_console = has_console;
        self
    }

    /// Requires everybody to sign in to the console, also on this machine:
    /// [`Sandbox::console_sign_in_url`]. Where the sandbox listens beyond the loopback interface, or has
    /// [another name](SandboxBuilder::allow_host), this is always so.
    #[cfg(feature = "console")]
    #[must_use]
    pub fn console_sign_in(mut self, is_required: bool) -> Self {
        self.is_sign_in_required = is_required;
        self
    }

    /// Starts the sandbox, which answers as soon as this returns.
    ///
    /// # Errors
    /// When the address is taken; [`Error::DataFile`] when the data file cannot be used, and
    /// [`Error::InUse`] when another sandbox still has it after three seconds; [`Error::Setting`],
    /// [`Error::ApiKey`], [`Error::ControlToken`], [`Error::Workspace`], [`Error::HostName`] and
    /// [`Error::Clock`] when a setting, a key, the control token, a host name or the clock cannot be
    /// as it was given; [`Error::Refused`] when the [snapshot](SandboxBuilder::snapshot) has settings that
    /// this version does not know.
    pub async fn start(mut self) -> Result<Sandbox, Error> {
        if self.keys.is_empty() {
            self = self.api_key(DEFAULT_API_KEY, DEFAULT_TENANT);
        }
        if let Some(wrong) = self.keys.iter().find(|key| !is_workspace(&key.tenant)) {
            return Err(Error::Workspace(wrong.tenant.clone()));
        }
        check_keys(&self.keys)?;
        if self.control_token.as_ref().is_some_and(|token| !token.is_valid()) {
            return Err(Error::ControlToken(
                "a control token has 1 to 256 visible characters of ASCII",
            ));
        }
        if let Some(wrong) = self.hosts.iter().find(|name| host_name(name).is_none()) {
            return Err(Error::HostName(wrong.clone()));
        }
        if let Some(moment) = self.clock.filter(|moment| !is_in_range(*moment)) {
            return Err(Error::Clock(moment));
        }
        self.settings.check()?;
        let store = match &self.data {
            Some(path) => opened(path, HANDOVER).await?,
            None => Store::temporary()?,
        };
        let clock = self.clock.map_or_else(Clock::real, Clock::held_at);
        let api_key = self.keys.first().map(|key| key.key.clone()).unwrap_or_default();
        #[cfg(feature = "console")]
        let console = self.keys.first().filter(|_| self.has_console).map(|key| ConsoleSettings {
            first_workspace: key.tenant.clone(),
            is_sign_in_required: self.is_sign_in_required,
        });
        #[cfg(not(feature = "console"))]
        let console = None;
        let snapshot = self.snapshot.map(|snapshot| snapshot.0);
        let initial = InitialState { clock, keys: self.keys, settings: self.settings, snapshot };
        let seed = self.seed.map_or_else(Seed::random, |seed| Ok(Seed::given(seed)))?;
        let engine = Engine::new(store, initial, &REGISTRY, seed, self.checks_answers)?;
        let begin = Begin {
            address: self.address,
            hosts: self.hosts,
            control: ControlAccess::new(self.control_token.as_ref()),
            patience: self.patience,
            is_durable: self.data.is_some(),
            api_key,
            log: self.has_log.then(|| Arc::new(RequestLog::new())),
            console,
            logs_beside: self.data,
        };
        begin.with(engine).await
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
}

/// What a sandbox is beside its engine.
pub(super) struct Begin {
    pub(super) address: SocketAddr,
    pub(super) hosts: Vec<String>,
    pub(super) control: ControlAccess,
    pub(super) patience: std::time::Duration,
    pub(super) is_durable: bool,
    pub(super) api_key: String,
    pub(super) log: Option<Arc<RequestLog>>,
    pub(super) console: Option<ConsoleSettings>,
    /// The data file beside which logs are written.
    pub(super) logs_beside: Option<PathBuf>,
}

/// What is asked of the console.
#[cfg_attr(not(feature = "console"), allow(dead_code, reason = "there is none then"))]
pub(super) struct ConsoleSettings {
    /// The workspace that it shows first.
    first_workspace: String,
    is_sign_in_required: bool,
}

impl Begin {
    /// Listens.
    pub(super) async fn with(self, engine: Engine) -> Result<Sandbox, Error> {
        let engine = Arc::new(engine);
        let dispatcher = Arc::new(WebhookDispatcher::new(engine.clone())?);
        let wanted = self.address;
        let listener = TcpListener::bind(wanted)
            .await
            .map_err(|source| Error::Listen { address: wanted, source })?;
        let address =
            listener.local_addr().map_err(|source| Error::Listen { address: wanted, source })?;
        let round = tokio::spawn(dispatcher.clone().run());
        let hosts = HostNames::new(address.ip(), &self.hosts);
        let Self { control, patience, is_durable, api_key, console, log, logs_beside, .. } = self;
        // Another name is that of a proxy, whose requests come from this machine.
        let is_beyond_this_machine = !address.ip().is_loopback() || !self.hosts.is_empty();
        let console = console.map(|console| {
            let is_sign_in_required = console.is_sign_in_required || is_beyond_this_machine;
            Console::new(&console.first_workspace, logs_beside.as_deref(), is_sign_in_required)
        });
        let operators = |(path, why): (PathBuf, std::io::Error)| Error::DataFile {
            path,
            reason: format!("{why}; repair it, or remove it to begin with no operators"),
        };
        let console = console.transpose().map_err(operators)?;
        let sign_in_path = console.as_ref().map(Console::sign_in_path).transpose();
        let sign_in_path = sign_in_path.map_err(|why| operators((PathBuf::new(), why)))?.flatten();
        let has_console = console.is_some();
        let writer = log.as_ref().zip(logs_beside.as_deref());
        let writer = writer.and_then(|(log, data)| LogWriter::start(log.clone(), data));
        let app = AppState::new(engine, dispatcher, hosts, control, patience, is_durable, log);
        let app = Arc::new(app);
        let (stop, stopping) = watch::channel(false);
        let server = tokio::spawn(server::serve(listener, app.clone(), console, stopping));
        Ok(Sandbox {
            app,
            address,
            api_key,
            has_console,
            sign_in_path,
            server,
            round,
            stop,
            writer,
        })
    }
}

/// Refuses keys that no header can carry, and one for two workspaces.
fn check_keys(keys: &[ApiKey]) -> Result<(), Error> {
    for (place, key) in keys.iter().enumerate() {
        if !is_api_key(&key.key) {
            return Err(Error::ApiKey("an API key has 1 to 256 visible characters of ASCII"));
        }
        let is_other = |other: &ApiKey| other.key == key.key && other.tenant != key.tenant;
        if keys[..place].iter().any(is_other) {
            return Err(Error::ApiKey("an API key is given for two workspaces"));
        }
    }
    Ok(())
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

#[cfg(test)]
mod tests {
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
}
