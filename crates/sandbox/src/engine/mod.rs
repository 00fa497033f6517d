//! From a request to a response, in the platform's order: the API key, the idempotency key, the URL,
//! the query and the body, and only then the handler of the operation.
//!
//! The engine does no HTTP: it takes a [`Request`] and returns a [`Reply`](crate::model::Reply). One
//! request is one transaction; an error leaves nothing behind but the response that is stored for its
//! idempotency key.

mod check;
mod control;
mod decide;
mod failed_jobs;
mod fixtures;
mod in_flight_keys;
mod job_history;
mod keys;
#[cfg(feature = "console")]
mod operators;
mod outbox;
mod read;
mod registry;
mod replay;
mod resumed;
mod saved_clock;
mod snapshot;
mod snapshots;
mod turn;
mod workspaces;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use chrono::{DateTime, Utc};
use tokio::sync::{Notify, watch};
use uuid::Uuid;

pub(crate) use control::NewKey;
pub(crate) use keys::{ApiKey, bearer, is_api_key, is_workspace};
pub(crate) use read::without_mark;
pub(crate) use registry::Registry;
pub(crate) use snapshot::Snapshot;
pub(crate) use turn::{Advance, bounded};

use crate::model::clock::Clock;
use crate::model::outgoing_client::OutgoingClient;
use crate::model::settings::Settings;
use crate::model::state::DoneJob;
use crate::model::{ApiError, Ctx, ExternalReply, Part, Seed, external_call};
use crate::store;
use crate::store::{Store, Tx};
use in_flight_keys::InFlightKeys;
use job_history::JobHistory;
use keys::Keys;
use resumed::Resumed;

/// A request, independent of HTTP.
#[derive(Clone, Default)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// As it was received, still percent-encoded.
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) authorization: Option<String>,
    pub(crate) idempotency_key: Option<String>,
    /// Why the idempotency key is not valid.
    pub(crate) bad_idempotency_key: Option<&'static str>,
    pub(crate) content_type: String,
    /// What the caller's URLs have after `http://`: the host, and the path of a fork.
    pub(crate) base: String,
    pub(crate) body: Vec<u8>,
    /// The parts of the body, when it is a valid form.
    pub(crate) form: Option<Vec<Part>>,
    /// Whether lists begin with the newest, as the console shows them. Programs get them in the order of
    /// creation.
    pub(crate) is_newest_first: bool,
}

/// The sandbox, independent of HTTP.
pub(crate) struct Engine {
    store: parking_lot::Mutex<Store>,
    /// Held while the clock is turned, or everything is replaced.
    turning: Mutex<()>,
    /// Whether the clock is being turned: requests do not do what is due meanwhile.
    is_turning: AtomicBool,
    clock: Mutex<Clock>,
    /// Notifies of changes of the clock.
    turned: watch::Sender<()>,
    keys: RwLock<Keys>,
    settings: RwLock<Arc<Settings>>,
    initial: InitialState,
    registry: &'static Registry,
    /// Replaced by a reset, unless the caller gave it.
    seed: RwLock<Seed>,
    http: OutgoingClient,
    /// Whether every response is checked against the document before it is sent.
    checks_answers: bool,
    /// Notified when there may be events to deliver.
    notify: Notify,
    in_flight_keys: InFlightKeys,
    /// The number of the last request.
    requests: AtomicI64,
    /// How often everything was replaced, by a reset or a snapshot.
    replaced: AtomicU64,
    history: JobHistory,
    #[cfg(feature = "console")]
    operators: operators::Operators,
}

/// The state in which a sandbox starts, and to which it is reset.
#[derive(Clone, Debug)]
pub(crate) struct InitialState {
    pub(crate) clock: Clock,
    pub(crate) keys: Vec<ApiKey>,
    pub(crate) settings: Settings,
    /// What it holds; else it is empty.
    pub(crate) snapshot: Option<store::Snapshot>,
}

#[cfg(test)]
impl InitialState {
    /// An empty sandbox with the default settings.
    pub(crate) fn empty(clock: Clock, keys: Vec<ApiKey>) -> Self {
        Self { clock, keys, settings: Settings::default(), snapshot: None }
    }
}

impl Engine {
    pub(crate) fn new(
        mut store: Store,
        initial: InitialState,
        registry: &'static Registry,
        seed: Seed,
        checks_answers: bool,
    ) -> Result<Self, ApiError> {
        let begins = Resumed::of(initial.clock, &initial.settings, seed);
        let resumed = match &initial.snapshot {
            Some(snapshot) if store.is_new()? => {
                let given = Some(&initial.settings);
                Resumed::from(snapshot, &mut store, given, begins)?
            }
            _ => begins,
        };
        let begun = workspaces::begin(registry, &mut store, &initial.keys, &resumed)?;
        let http = OutgoingClient::new()
            .map_err(|e| ApiError::Internal(format!("the HTTP client cannot be set up: {e}")))?;
        Ok(Self {
            store: parking_lot::Mutex::new(store),
            turning: Mutex::default(),
            is_turning: AtomicBool::new(false),
            clock: Mutex::new(begun.clock),
            turned: watch::Sender::new(()),
            keys: RwLock::new(begun.keys),
            settings: RwLock::new(Arc::new(resumed.settings)),
            initial,
            registry,
            seed: RwLock::new(resumed.seed),
            http,
            checks_answers,
            notify: Notify::new(),
            in_flight_keys: InFlightKeys::default(),
            requests: AtomicI64::new(begun.last_request),
            replaced: AtomicU64::new(0),
            history: JobHistory::default(),
            #[cfg(feature = "console")]
            operators: operators::Operators::new()?,
        })
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        lock(&self.clock).now()
    }

    /// Where ids and secrets begin.
    fn seed(&self) -> Seed {
        *self.seed.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The settings as they are now.
    pub(crate) fn settings(&self) -> Arc<Settings> {
        self.settings.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Does something outside of any request, in the first workspace in which it succeeds; again after
    /// each external call that it needs.
    pub(crate) fn act<T>(
        &self,
        act: impl Fn(&Ctx<'_>) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        let mut replies = Vec::new();
        loop {
            match self.act_with(&replies, &act) {
                Err(ApiError::ExternalCall(call)) => {
                    let reply = external_call::send(&self.http, &call);
                    replies.push((call.subject, reply));
                }
                outcome => return outcome,
            }
        }
    }

    fn act_with<T>(
        &self,
        replies: &[(Uuid, ExternalReply)],
        act: impl Fn(&Ctx<'_>) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        let settings = self.settings();
        let mut store = self.store.lock();
        let now = self.now();
        self.catch_up(&mut store, now)?;
        let mut outcome = Err(ApiError::Internal("there is no workspace".to_owned()));
        for tenant in self.tenants() {
            let tx = store.begin()?;
            let mut ctx = self.ctx(&tx, &tenant, now, &settings);
            ctx.set_external_replies(replies);
            outcome = act(&ctx).and_then(|done| self.raise_events(&ctx).map(|()| done));
            match &outcome {
                Ok(_) => {
                    tx.commit()?;
                    break;
                }
                // Another workspace may have it.
                Err(refusal) if refusal.is_unknown() => {}
                Err(_) => break,
            }
        }
        outcome
    }

    /// The page of a card widget, after what a cardholder typed into it took effect; `None` when
    /// there is no such page.
    pub(crate) fn widget(
        &self,
        token: &str,
        typed: Option<&BTreeMap<String, String>>,
    ) -> Result<Option<String>, ApiError> {
        let settings = self.settings();
        let mut store = self.store.lock();
        let now = self.now();
        self.catch_up(&mut store, now)?;
        for tenant in self.tenants() {
            let tx = store.begin()?;
            let mut ctx = self.ctx(&tx, &tenant, now, &settings);
            ctx.is_asked = true;
            if let Some(page) = (self.registry.widget_page)(&ctx, token, typed)? {
                self.raise_events(&ctx)?;
                tx.commit()?;
                return Ok(Some(page));
            }
        }
        Ok(None)
    }

    /// A context without a request.
    fn ctx<'a>(
        &self,
        tx: &'a Tx<'a>,
        tenant: &'a str,
        now: DateTime<Utc>,
        settings: &'a Settings,
    ) -> Ctx<'a> {
        Ctx::internal(tx, tenant, now, settings, self.seed(), self.registry.recording)
    }

    /// The workspaces that there is a key for.
    pub(crate) fn tenants(&self) -> Vec<String> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).tenants()
    }

    /// Runs every job that is due, in order, each at its own time, unless the clock is being turned,
    /// which does so. A job that fails is set aside, and the others run. Returns the failure of the last
    /// one that failed.
    fn catch_up(&self, store: &mut Store, now: DateTime<Utc>) -> Result<Option<String>, ApiError> {
        let mut failed = None;
        while !self.is_turning.load(Ordering::Acquire) && store.is_due(now.timestamp_millis())? {
            match self.run_next(store, now, None)? {
                Ran::Nothing => break,
                Ran::Job => {}
                Ran::Failed(failure) => failed = Some(failure),
            }
        }
        Ok(failed)
    }

    /// Runs the first job that is due, and saves with it how the clock stands then.
    fn run_next(
        &self,
        store: &mut Store,
        now: DateTime<Utc>,
        clock: Option<Clock>,
    ) -> Result<Ran, ApiError> {
        let settings = self.settings();
        let tx = store.begin()?;
        let Some(job) = tx.due(now.timestamp_millis())? else {
            return Ok(Ran::Nothing);
        };
        tx.finish(&job)?;
        let moment = DateTime::from_timestamp_millis(job.due_at).unwrap_or(now);
        let ctx = self.ctx(&tx, &job.tenant, moment, &settings);
        let outcome = failed_jobs::catching(&job, || {
            let run = self
                .registry
                .job(&job.kind)
                .ok_or_else(|| ApiError::Internal(format!("nothing does the job {}", job.kind)))?;
            run(&ctx, &job.subject)?;
            self.raise_events(&ctx)
        });
        let mut ran = Ran::Job;
        if let Err(refusal) = outcome {
            // Whatever it left open goes with its transaction.
            tx.restart()?;
            tx.finish(&job)?;
            ran = Ran::Failed(failed_jobs::set_aside(&tx, &job, refusal)?);
        }
        if let Some(clock) = clock {
            saved_clock::write(&tx, clock);
        }
        let effects = tx.take_effects();
        tx.commit()?;
        let failure = if let Ran::Failed(failure) = &ran { Some(failure.clone()) } else { None };
        self.history.add(DoneJob::new(job, moment, &effects, failure));
        Ok(ran)
    }
}

/// What became of a job.
enum Ran {
    /// There was none.
    Nothing,
    Job,
    /// It failed, for this reason.
    Failed(String),
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic in a handler drops its transaction, so the data behind the lock is consistent.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
