//! From a request to an answer, in the platform's order: who asks, whether it was asked before,
//! what the URL names, what the body says, and only then what the rules of the family allow.
//!
//! The engine knows no network: it takes a [`Request`] and gives a [`Reply`]. One request is one
//! transaction; a refusal leaves nothing behind but the stored answer to its idempotency key.

mod ask;
pub(crate) mod clock;
mod context;
mod ids;
mod outbox;
mod problem;
mod replay;
mod reply;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Duration, Utc};
use serde_json::Value;
use synctera_api::Operation;
use synctera_api::runtime::{BodyKind, ErrorCode};
use tokio::sync::Notify;

pub(crate) use ask::{Ask, Heard};
pub(crate) use context::{Change, Ctx, last_four, patch, text, timestamp, without};
pub(crate) use problem::{Problem, Refusal};
pub(crate) use reply::{Reply, shown_as};

use crate::families::{self, Served};
use crate::settings::Settings;
use crate::spec::{Interface, Match, Routed, Spec};
use crate::store::{Answer, Audit, Store};
use clock::Clock;
use replay::{fingerprint, replay};

/// How long an answer is kept for its idempotency key.
const ANSWERS_KEPT_DAYS: i64 = 7;

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

/// Who may ask, and for which workspace.
#[derive(Clone, Debug)]
pub(crate) struct ApiKey {
    pub(crate) key: String,
    pub(crate) tenant: String,
}

/// The sandbox without its network.
pub(crate) struct Engine {
    store: Mutex<Store>,
    clock: Mutex<Clock>,
    keys: Vec<ApiKey>,
    settings: Settings,
    seed: u64,
    http: reqwest::Client,
    /// Checks every answer against the document before it leaves.
    checks_answers: bool,
    /// Rings when there may be events to deliver.
    bell: Notify,
}

pub(crate) type Outcome = Result<Reply, Refusal>;

impl Engine {
    pub(crate) fn new(
        mut store: Store,
        clock: Clock,
        keys: Vec<ApiKey>,
        settings: Settings,
        seed: u64,
        checks_answers: bool,
    ) -> Result<Self, Refusal> {
        {
            let tx = store.begin()?;
            for key in &keys {
                if tx.next(&format!("workspace {}", key.tenant))? == 1 {
                    let ctx = Ctx::internal(&tx, &key.tenant, clock.now(), &settings, seed);
                    families::seed(&ctx)?;
                }
            }
            tx.commit()?;
        }
        let http =
            reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .build()
                .map_err(|e| Refusal::Broken(format!("the HTTP client cannot be set up: {e}")))?;
        Ok(Self {
            store: Mutex::new(store),
            clock: Mutex::new(clock),
            keys,
            settings,
            seed,
            http,
            checks_answers,
            bell: Notify::new(),
        })
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        lock(&self.clock).now()
    }

    /// Moves the clock, and lets happen what falls due on the way.
    pub(crate) fn advance(&self, by: Duration) -> Result<(), Refusal> {
        lock(&self.clock).advance(by);
        let outcome = self.catch_up(&mut lock(&self.store), self.now());
        self.bell.notify_one();
        outcome
    }

    /// Recomputes the whole ledger.
    pub(crate) fn audit(&self) -> Result<Audit, Refusal> {
        Ok(lock(&self.store).begin()?.audit()?)
    }

    /// Does something that no request asks for, to the workspace that knows this resource.
    pub(crate) fn act<T>(
        &self,
        act: impl Fn(&Ctx<'_>) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let now = self.now();
        let mut store = lock(&self.store);
        self.catch_up(&mut store, now)?;
        let mut last = Err(Refusal::Broken("there is no workspace".to_owned()));
        for key in &self.keys {
            let tx = store.begin()?;
            let ctx = Ctx::internal(&tx, &key.tenant, now, &self.settings, self.seed);
            last = act(&ctx).and_then(|done| self.tell(&ctx).map(|()| done));
            if last.is_ok() {
                tx.commit()?;
                break;
            }
        }
        last
    }

    /// How many resources of each kind there are.
    pub(crate) fn counts(&self) -> Result<BTreeMap<String, u64>, Refusal> {
        Ok(lock(&self.store).begin()?.counts()?)
    }

    /// Answers a request.
    pub(crate) fn handle(&self, request: &Request) -> Reply {
        let (interface, path) = match interface_of(&request.path) {
            Some(found) => found,
            None => return Reply::refusal(Interface::V2, nothing_here(request)),
        };
        let mut heard = Vec::new();
        loop {
            let mut store = lock(&self.store);
            let now = self.now();
            let outcome = self
                .catch_up(&mut store, now)
                .and_then(|()| self.answer(&mut store, interface, path, request, now, &heard));
            drop(store);
            match outcome {
                Err(Refusal::Ask(asked)) => {
                    let answer = ask::ask(&self.http, &asked);
                    heard.push((asked.subject, answer));
                }
                outcome => {
                    return outcome.unwrap_or_else(|refusal| Reply::refusal(interface, refusal));
                }
            }
        }
    }

    /// The page of a card widget, after what a cardholder typed into it took effect; `None` when
    /// there is no such page.
    pub(crate) fn widget(
        &self,
        token: &str,
        typed: Option<&BTreeMap<String, String>>,
    ) -> Result<Option<String>, Refusal> {
        let mut store = lock(&self.store);
        let now = self.now();
        self.catch_up(&mut store, now)?;
        for key in &self.keys {
            let tx = store.begin()?;
            let ctx = Ctx::internal(&tx, &key.tenant, now, &self.settings, self.seed);
            if let Some(page) = families::widget(&ctx, token, typed)? {
                self.tell(&ctx)?;
                tx.commit()?;
                return Ok(Some(page));
            }
        }
        Ok(None)
    }

    fn answer(
        &self,
        store: &mut Store,
        interface: Interface,
        path: &str,
        request: &Request,
        now: DateTime<Utc>,
        heard: &[(String, Heard)],
    ) -> Outcome {
        let tenant = self.tenant_of(request.authorization.as_deref())?;
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
        let tx = store.begin()?;
        let request_place = tx.next("requests")?;
        let key = request.idempotency_key.as_deref().filter(|_| routed.operation.is_write());
        let fingerprint = fingerprint(request);
        if let Some(key) = key
            && let Some(known) = tx.answer(tenant, key, now.timestamp_millis())?
        {
            let request_id = ids::id(!self.seed, request_place);
            let mut reply = replay(interface, known, &fingerprint, request_id)?;
            reply.is_problem = spec.is_problem(routed.operation, reply.status);
            return Ok(reply);
        }
        tx.mark()?;
        let mut ctx = Ctx::internal(&tx, tenant, now, &self.settings, self.seed);
        ctx.hear(heard);
        let outcome = self.serve(ctx, interface, request, &routed, served);
        let mut reply = match outcome {
            Ok(reply) => {
                tx.keep()?;
                reply
            }
            // As if it had never come; it comes again with the answer.
            Err(refusal @ Refusal::Ask(_)) => return Err(refusal),
            Err(refusal) => {
                tx.undo()?;
                Reply::refusal(interface, refusal)
            }
        };
        reply.request_id = Some(ids::id(!self.seed, request_place));
        reply.is_problem = spec.is_problem(routed.operation, reply.status);
        if let Some(key) = key.filter(|_| reply.status < 500 && reply.status != 429) {
            let answer = Answer {
                fingerprint,
                status: reply.status,
                body: reply.body.as_ref().map(ToString::to_string),
            };
            let expires_at = now + Duration::days(ANSWERS_KEPT_DAYS);
            let (now, expires_at) = (now.timestamp_millis(), expires_at.timestamp_millis());
            tx.keep_answer(tenant, key, &answer, now, expires_at)?;
        }
        tx.commit()?;
        Ok(reply)
    }

    fn tenant_of(&self, authorization: Option<&str>) -> Result<&str, Refusal> {
        let given = authorization.and_then(|value| value.strip_prefix("Bearer "));
        self.keys
            .iter()
            .find(|key| given == Some(key.key.as_str()))
            .map(|key| key.tenant.as_str())
            .ok_or_else(|| {
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
        mut ctx: Ctx<'_>,
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
        ctx.query = read_query(spec, operation, &request.query)?;
        match operation.body {
            BodyKind::Bytes => ctx.upload.clone_from(&request.body),
            BodyKind::Form => {
                let detail = "the body must be multipart/form-data, whole";
                let refusal = || Refusal::rule(ErrorCode::BadRequestBody, detail);
                ctx.form = request.form.clone().ok_or_else(refusal)?;
                ctx.body = fields_of(&ctx.form);
                let faults = spec.check_request(operation, &ctx.body);
                if !faults.is_empty() {
                    return Err(faults.into());
                }
            }
            _ => ctx.body = self.read_body(spec, operation, &request.body)?,
        }
        ctx.content_type.clone_from(&request.content_type);
        ctx.host.clone_from(&request.host);
        let reply = (served.handler)(&ctx)?;
        self.tell(&ctx)?;
        if self.checks_answers
            && let Some(body) = reply.body.as_ref().filter(|_| reply.status < 300)
        {
            let faults = spec.check_response(operation, body);
            if !faults.is_empty() {
                return Err(Refusal::Broken(format!(
                    "the answer of {} breaks the document: {faults:?}",
                    operation.id
                )));
            }
        }
        Ok(reply)
    }

    fn read_body(
        &self,
        spec: &Spec,
        operation: &Operation,
        bytes: &[u8],
    ) -> Result<Value, Refusal> {
        let Some(required) = spec.body_of(operation) else {
            return Ok(Value::Null);
        };
        if bytes.is_empty() {
            if required {
                return Err(Refusal::rule(ErrorCode::BadRequestBody, "the body is missing"));
            }
            return Ok(Value::Null);
        }
        let body: Value = serde_json::from_slice(bytes).map_err(|e| {
            // The parser's own words quote nothing of the body.
            let detail =
                format!("the body is not JSON at line {}, column {}", e.line(), e.column());
            Refusal::rule(ErrorCode::BadRequestBody, detail)
        })?;
        let mut faults = spec.check_request(operation, &body);
        if !self.settings.refuse_read_only_properties {
            faults.immutable.clear();
        }
        if faults.is_empty() { Ok(body) } else { Err(faults.into()) }
    }

    /// Lets everything happen that is due, in order, each at its own moment.
    fn catch_up(&self, store: &mut Store, now: DateTime<Utc>) -> Result<(), Refusal> {
        loop {
            let tx = store.begin()?;
            let Some(job) = tx.due(now.timestamp_millis())? else {
                return Ok(());
            };
            tx.finish(&job)?;
            let moment = DateTime::from_timestamp_millis(job.due_at).unwrap_or(now);
            let ctx = Ctx::internal(&tx, &job.tenant, moment, &self.settings, self.seed);
            families::run_job(&ctx, &job.kind, &job.subject)?;
            self.tell(&ctx)?;
            tx.commit()?;
        }
    }
}

/// The texts of a form as one object; of a file, its name.
fn fields_of(form: &[Part]) -> Value {
    let fields = form.iter().map(|part| {
        let text = match &part.file_name {
            Some(name) => name.clone(),
            None => String::from_utf8_lossy(&part.bytes).into_owned(),
        };
        (part.name.clone(), Value::String(text))
    });
    Value::Object(fields.collect())
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

fn read_query(
    spec: &Spec,
    operation: &Operation,
    query: &str,
) -> Result<BTreeMap<String, Value>, Refusal> {
    let mut pairs = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let decode = |text: &str| {
            crate::spec::decoded(&text.replace('+', " ")).ok_or_else(|| {
                Refusal::rule(ErrorCode::BadQueryParameter, "the query is not escaped UTF-8")
            })
        };
        pairs.push((decode(name)?, decode(value)?));
    }
    spec.read_query(operation, &pairs).map_err(|faults| {
        let mut problem = Problem::new(
            ErrorCode::BadQueryParameter,
            "the query breaks the rules of its parameters",
        );
        problem.faults = faults;
        problem.into()
    })
}
