//! From a request to an answer, in the platform's order: who asks, whether it was asked before,
//! what the URL names, what the body says, and only then what the rules of the family allow.
//!
//! The engine knows no network: it takes a [`Request`] and gives a [`Reply`]. One request is one
//! transaction; a refusal leaves nothing behind but the stored answer to its idempotency key.

mod ask;
pub(crate) mod clock;
mod context;
mod control;
mod ids;
mod keys;
mod outbox;
mod problem;
mod read;
mod replay;
mod reply;
mod twins;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, TryLockError};

use chrono::{DateTime, Duration, Utc};
use synctera_api::Operation;
use synctera_api::runtime::ErrorCode;
use tokio::sync::{Notify, OwnedSemaphorePermit, watch};

pub(crate) use ask::{Ask, Heard};
pub(crate) use context::{Change, Ctx, last_four, patch, text, timestamp, without};
pub(crate) use control::Advance;
pub(crate) use keys::{ApiKey, KnownKey, is_workspace};
pub(crate) use problem::{Problem, Refusal};
pub(crate) use reply::{Reply, shown_as, shown_stored, shown_text};

use crate::families::{self, Served};
use crate::settings::Settings;
use crate::spec::{Interface, Match, Routed, Spec};
use crate::store::{Answer, Store};
use clock::Clock;
use keys::Keys;
use replay::{fingerprint, replay};
use twins::Twins;

/// How long an answer is kept for its idempotency key.
const ANSWERS_KEPT_DAYS: i64 = 7;
/// Request ids are given out of blocks of so many, so that asking writes nothing.
const REQUEST_BLOCK: i64 = 1 << 32;

/// A request without its network.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// As it came, still escaped.
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) authorization: Option<String>,
    pub(crate) idempotency_key: Option<String>,
    pub(crate) content_type: String,
    pub(crate) host: String,
    pub(crate) body: Vec<u8>,
    /// The parts of the body, when it was a form that can be read.
    pub(crate) form: Option<Vec<Part>>,
}

/// A part of a form.
#[derive(Clone, Debug, Default)]
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) file_name: Option<String>,
    pub(crate) content_type: Option<String>,
    pub(crate) bytes: Vec<u8>,
}

/// The sandbox without its network.
pub(crate) struct Engine {
    store: Mutex<Store>,
    clock: Mutex<Clock>,
    /// Tells that the clock was turned.
    turned: watch::Sender<()>,
    keys: RwLock<Keys>,
    settings: RwLock<Arc<Settings>>,
    beginning: Beginning,
    seed: u64,
    http: reqwest::Client,
    /// Checks every answer against the document before it leaves.
    checks_answers: bool,
    /// Rings when there may be events to deliver.
    bell: Notify,
    twins: Twins,
    /// The place of the last request.
    requests: AtomicI64,
}

/// How a sandbox is when it is started, and again when it is reset.
#[derive(Clone, Debug)]
pub(crate) struct Beginning {
    pub(crate) clock: Clock,
    pub(crate) keys: Vec<ApiKey>,
    pub(crate) settings: Settings,
}

pub(crate) type Outcome = Result<Reply, Refusal>;

impl Engine {
    pub(crate) fn new(
        mut store: Store,
        beginning: Beginning,
        seed: u64,
        checks_answers: bool,
    ) -> Result<Self, Refusal> {
        let clock = beginning.clock;
        let tx = store.begin()?;
        let mut keys: Vec<KnownKey> =
            beginning.keys.iter().map(|key| KnownKey::of(key, true)).collect();
        keys.extend(control::kept_keys(&tx)?);
        let keys = Keys::new(keys);
        for tenant in keys.tenants() {
            control::furnish(&tx, &tenant, clock.now(), &beginning.settings, seed)?;
        }
        let block = tx.next("request blocks")?;
        tx.commit()?;
        let http =
            reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .build()
                .map_err(|e| Refusal::Broken(format!("the HTTP client cannot be set up: {e}")))?;
        Ok(Self {
            store: Mutex::new(store),
            clock: Mutex::new(clock),
            turned: watch::Sender::new(()),
            keys: RwLock::new(keys),
            settings: RwLock::new(Arc::new(beginning.settings.clone())),
            beginning,
            seed,
            http,
            checks_answers,
            bell: Notify::new(),
            twins: Twins::default(),
            requests: AtomicI64::new((block - 1) * REQUEST_BLOCK),
        })
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        lock(&self.clock).now()
    }

    /// The settings as they are now.
    pub(crate) fn settings(&self) -> Arc<Settings> {
        self.settings.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Does something that no request asks for, to the workspace that knows this resource.
    pub(crate) fn act<T>(
        &self,
        act: impl Fn(&Ctx<'_>) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let settings = self.settings();
        let mut store = lock(&self.store);
        let now = self.now();
        self.catch_up(&mut store, now)?;
        let mut last = Err(Refusal::Broken("there is no workspace".to_owned()));
        for tenant in self.tenants() {
            let tx = store.begin()?;
            let ctx = Ctx::internal(&tx, &tenant, now, &settings, self.seed);
            last = act(&ctx).and_then(|done| self.tell(&ctx).map(|()| done));
            if last.is_ok() {
                tx.commit()?;
                break;
            }
        }
        last
    }

    /// Answers a request. The turn is given up while somebody outside is asked.
    pub(crate) fn handle(&self, request: &Request, turn: Option<OwnedSemaphorePermit>) -> Reply {
        let (interface, path) = match interface_of(&request.path) {
            Some(found) => found,
            None => return Reply::refusal(Interface::V2, nothing_here(request)),
        };
        let outcome = self
            .tenant_of(request.authorization.as_deref())
            .and_then(|tenant| self.decide(&tenant, interface, path, request, turn));
        self.reply(interface, outcome)
    }

    /// Answers a request at once, on the thread that serves connections, if that is no matter of
    /// waiting: nobody else is at the store, and nothing is due.
    pub(crate) fn handle_at_once(&self, request: &Request) -> Option<Reply> {
        let (interface, path) = interface_of(&request.path)?;
        let tenant = match self.tenant_of(request.authorization.as_deref()) {
            Ok(tenant) => tenant,
            Err(refusal) => return Some(self.reply(interface, Err(refusal))),
        };
        let mut store = match self.store.try_lock() {
            Ok(store) => store,
            Err(TryLockError::Poisoned(store)) => store.into_inner(),
            Err(TryLockError::WouldBlock) => return None,
        };
        let now = self.now();
        if store.is_due(now.timestamp_millis()).unwrap_or(true) {
            return None;
        }
        match self.answer(&mut store, &tenant, interface, path, request, now, &[], true) {
            Err(Refusal::Ask(_) | Refusal::Long) => None,
            outcome => Some(self.reply(interface, outcome)),
        }
    }

    fn reply(&self, interface: Interface, outcome: Outcome) -> Reply {
        let mut reply = outcome.unwrap_or_else(|refusal| Reply::refusal(interface, refusal));
        let place = self.requests.fetch_add(1, Ordering::Relaxed) + 1;
        reply.request_id = Some(ids::id(!self.seed, place));
        reply
    }

    /// Handles a request as often as somebody outside must be asked first.
    fn decide(
        &self,
        tenant: &str,
        interface: Interface,
        path: &str,
        request: &Request,
        mut turn: Option<OwnedSemaphorePermit>,
    ) -> Outcome {
        let mut heard = Vec::new();
        let mut taken = None;
        loop {
            let mut store = lock(&self.store);
            let now = self.now();
            let outcome = self.catch_up(&mut store, now).and_then(|_| {
                self.answer(&mut store, tenant, interface, path, request, now, &heard, false)
            });
            drop(store);
            let Err(Refusal::Ask(asked)) = outcome else {
                return outcome;
            };
            turn.take();
            if let (None, Some(key)) = (&taken, &request.idempotency_key) {
                taken = Some(self.twins.take(tenant, key));
                // By now another one may have the answer.
                continue;
            }
            let answer = ask::ask(&self.http, &asked);
            heard.push((asked.subject, answer));
        }
    }

    /// The page of a card widget, after what a cardholder typed into it took effect; `None` when
    /// there is no such page.
    pub(crate) fn widget(
        &self,
        token: &str,
        typed: Option<&BTreeMap<String, String>>,
    ) -> Result<Option<String>, Refusal> {
        let settings = self.settings();
        let mut store = lock(&self.store);
        let now = self.now();
        self.catch_up(&mut store, now)?;
        for tenant in self.tenants() {
            let tx = store.begin()?;
            let mut ctx = Ctx::internal(&tx, &tenant, now, &settings, self.seed);
            ctx.is_asked = true;
            if let Some(page) = families::widget(&ctx, token, typed)? {
                self.tell(&ctx)?;
                tx.commit()?;
                return Ok(Some(page));
            }
        }
        Ok(None)
    }

    #[allow(clippy::too_many_arguments, reason = "what a request is decided by")]
    fn answer(
        &self,
        store: &mut Store,
        tenant: &str,
        interface: Interface,
        path: &str,
        request: &Request,
        now: DateTime<Utc>,
        heard: &[(String, Heard)],
        is_brief: bool,
    ) -> Outcome {
        let spec = Spec::of(interface);
        let routed = match spec.route(&request.method, path) {
            Match::Found(routed) => routed,
            Match::WrongMethod | Match::Nothing => {
                return Err(match spec.unbuilt(&request.method, path) {
                    Some(name) => {
                        Refusal::not_served(&format!("{name} ({} {path})", request.method))
                    }
                    None => nothing_here(request),
                });
            }
        };
        let Some(served) = families::served(interface, routed.operation.id) else {
            let Operation { id, method, path, .. } = routed.operation;
            return Err(Refusal::not_served(&format!("{id} ({method} {path})")));
        };
        let settings = self.settings();
        let is_write = routed.operation.is_write();
        let tx = if is_write { store.begin()? } else { store.begin_reading()? };
        let key = request.idempotency_key.as_deref().filter(|_| is_write);
        let fingerprint = key.map(|_| fingerprint(request)).unwrap_or_default();
        if let Some(key) = key
            && let Some(known) = tx.answer(tenant, key, now.timestamp_millis())?
        {
            let mut reply = replay(interface, known, &fingerprint)?;
            reply.is_problem = spec.is_problem(routed.operation, reply.status);
            return Ok(reply);
        }
        let mut ctx = Ctx::internal(&tx, tenant, now, &settings, self.seed);
        ctx.is_asked = true;
        ctx.is_brief = is_brief;
        ctx.hear(heard);
        let outcome = self.serve(&mut ctx, interface, request, &routed, served);
        let mut reply = match outcome {
            Ok(reply) => reply,
            // As if it had never come; it comes again with the answer, or with time.
            Err(refusal @ (Refusal::Ask(_) | Refusal::Long)) => return Err(refusal),
            Err(refusal) => {
                tx.restart()?;
                ctx.take_changes();
                self.tell(&ctx)?;
                Reply::refusal(interface, refusal)
            }
        };
        reply.is_problem = spec.is_problem(routed.operation, reply.status);
        if let Some(key) = key.filter(|_| reply.status < 500 && reply.status != 429) {
            let answer = Answer { fingerprint, status: reply.status, body: reply.body.clone() };
            let expires_at = now + Duration::days(ANSWERS_KEPT_DAYS);
            let (now, expires_at) = (now.timestamp_millis(), expires_at.timestamp_millis());
            tx.keep_answer(tenant, key, &answer, now, expires_at)?;
        }
        tx.commit()?;
        Ok(reply)
    }

    /// The workspaces that there is a key for.
    pub(crate) fn tenants(&self) -> Vec<String> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).tenants()
    }

    fn tenant_of(&self, authorization: Option<&str>) -> Result<String, Refusal> {
        let given = authorization.and_then(|value| value.strip_prefix("Bearer "));
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        given.and_then(|key| keys.tenant_of(key)).map(str::to_owned).ok_or_else(|| {
            let detail = if given.is_some() {
                "the API key is not one of this sandbox"
            } else {
                "send the API key as: Authorization: Bearer <key>"
            };
            Refusal::rule(ErrorCode::Unauthenticated, detail)
        })
    }

    fn serve(
        &self,
        ctx: &mut Ctx<'_>,
        interface: Interface,
        request: &Request,
        routed: &Routed,
        served: &Served,
    ) -> Outcome {
        let spec = Spec::of(interface);
        let operation = routed.operation;
        ctx.parameters.clone_from(&routed.parameters);
        ctx.idempotency_key.clone_from(&request.idempotency_key);
        for (parameter, kind) in served.resources {
            ctx.must_exist(kind, parameter)?;
        }
        ctx.query = read::read_query(spec, operation, &request.query)?;
        read::read_body(ctx, spec, operation, request)?;
        ctx.content_type.clone_from(&request.content_type);
        ctx.host.clone_from(&request.host);
        let reply = (served.handler)(ctx)?;
        self.tell(ctx)?;
        if self.checks_answers
            && let Some(body) = reply.body.as_ref().filter(|_| reply.status < 300)
        {
            let body = serde_json::from_str(body).map_err(|e| Refusal::Broken(e.to_string()))?;
            let faults = spec.check_response(operation, &body);
            if !faults.is_empty() {
                return Err(Refusal::Broken(format!(
                    "the answer of {} breaks the document: {faults:?}",
                    operation.id
                )));
            }
        }
        Ok(reply)
    }

    /// Lets everything happen that is due, in order, each at its own moment. What fails is taken
    /// down, and does not keep the rest from happening; what failed last.
    fn catch_up(&self, store: &mut Store, now: DateTime<Utc>) -> Result<Option<String>, Refusal> {
        let settings = self.settings();
        let mut failed = None;
        while store.is_due(now.timestamp_millis())? {
            let tx = store.begin()?;
            let Some(job) = tx.due(now.timestamp_millis())? else {
                return Ok(failed);
            };
            tx.finish(&job)?;
            tx.mark()?;
            let moment = DateTime::from_timestamp_millis(job.due_at).unwrap_or(now);
            let ctx = Ctx::internal(&tx, &job.tenant, moment, &settings, self.seed);
            let outcome = families::run_job(&ctx, &job.kind, &job.subject);
            match outcome.and_then(|()| self.tell(&ctx)) {
                Ok(()) => tx.keep()?,
                Err(refusal) => {
                    tx.undo()?;
                    failed = Some(control::take_down(&tx, &job, refusal)?);
                }
            }
            tx.commit()?;
        }
        Ok(failed)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic in a handler drops its transaction, so what is behind the lock is whole.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn interface_of(path: &str) -> Option<(Interface, &str)> {
    Interface::ALL.into_iter().find_map(|interface| {
        let rest = path.strip_prefix(interface.prefix())?;
        rest.starts_with('/').then_some((interface, rest))
    })
}

fn nothing_here(request: &Request) -> Refusal {
    let detail = format!("there is no {} {}", request.method, request.path);
    Refusal::rule(ErrorCode::ResourceNotFound, detail)
}
