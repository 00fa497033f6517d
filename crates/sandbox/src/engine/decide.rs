//! How a request is handled: routing, the idempotency key, the handler; again after each external call
//! that the handler needs.

use std::cell::OnceCell;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use chrono::{DateTime, Duration, Utc};
use serde_json::Value;
use synctera_api::Operation;
use synctera_api::runtime::{BodyKind, ErrorCode};
use tokio::sync::OwnedSemaphorePermit;
use uuid::Uuid;

use super::check::checked;
use super::in_flight_keys::TakenKey;
use super::keys::bearer;
use super::read::{self, Incoming, ParsedJson};
use super::replay::{fingerprint, replay};
use super::{Engine, Request};
use crate::model::settings::ConcurrentKey;
use crate::model::{
    ApiError, Ctx, ExternalReply, KnownKey, Outcome, Problem, Reply, Served, external_call,
};
use crate::spec::{FieldErrors, Interface, JsonError, Match, Routed, Shape, Spec, Version};
use crate::store::{Store, StoredResponse};

/// How long a response is stored for its idempotency key.
const ANSWERS_KEPT_DAYS: i64 = 7;

/// A request of a workspace.
struct Asked<'a> {
    key: Arc<KnownKey>,
    version: Version,
    /// Without the prefix of the version.
    path: &'a str,
    request: &'a Request,
    /// The id of its answer, once that is needed.
    id: OnceCell<Uuid>,
}

impl Engine {
    /// Handles a request. The turn is released during external calls.
    pub(crate) fn handle(&self, request: &Request, turn: Option<OwnedSemaphorePermit>) -> Reply {
        let (asked, outcome) = match self.asked(request) {
            Ok(asked) => {
                let outcome = self.decide(&asked, turn);
                (Some(asked), outcome)
            }
            Err(refusal) => (None, Err(refusal)),
        };
        self.reply(request, asked.as_ref(), outcome)
    }

    /// Handles a request immediately, on the thread that serves connections, if nothing blocks: the
    /// store is free, and no job is due.
    pub(crate) fn handle_at_once(&self, request: &Request) -> Option<Reply> {
        let asked = match self.asked(request) {
            Ok(asked) => asked,
            Err(refusal) => return Some(self.reply(request, None, Err(refusal))),
        };
        let mut store = self.store.try_lock()?;
        let now = self.now();
        let is_turning = self.is_turning.load(Ordering::Acquire);
        if !is_turning && store.is_due(now.timestamp_millis()).unwrap_or(true) {
            return None;
        }
        match self.answer(&mut store, &asked, now, &[], true) {
            Err(ApiError::ExternalCall(_) | ApiError::Suspend) => None,
            outcome => Some(self.reply(request, Some(&asked), outcome)),
        }
    }

    /// The answer to a request of which the handler broke.
    pub(crate) fn broken(&self, request: &Request) -> Reply {
        let refusal = ApiError::Internal("the request broke its handler".to_owned());
        self.reply(request, None, Err(refusal))
    }

    /// Whether a key opens a workspace.
    pub(crate) fn is_known(&self, authorization: Option<&str>) -> bool {
        self.key_of(authorization).is_ok()
    }

    /// Who asks, and in which version.
    fn asked<'a>(&self, request: &'a Request) -> Result<Asked<'a>, ApiError> {
        let (version, path) = Version::of(&request.path).ok_or_else(|| nothing_here(request))?;
        let key = self.key_of(request.authorization.as_deref())?;
        Ok(Asked { key, version, path, request, id: OnceCell::new() })
    }

    fn reply(&self, request: &Request, asked: Option<&Asked<'_>>, outcome: Outcome) -> Reply {
        let id = asked.map_or_else(|| self.new_request_id(), |asked| self.id_of(asked));
        let version = Version::of(&request.path).map_or(Version::V2, |(found, _)| found);
        let reply = outcome.unwrap_or_else(|refusal| Reply::error(version.refusals(), refusal, id));
        let key = asked.map(|asked| asked.key.clone());
        Reply { request_id: Some(id), key, ..reply }
    }

    fn id_of(&self, asked: &Asked<'_>) -> Uuid {
        *asked.id.get_or_init(|| self.new_request_id())
    }

    fn new_request_id(&self) -> Uuid {
        let place = self.requests.fetch_add(1, Ordering::Relaxed) + 1;
        self.seed().for_requests().id(place)
    }

    /// Handles a request, again after each external call that it needs.
    fn decide(&self, asked: &Asked<'_>, mut turn: Option<OwnedSemaphorePermit>) -> Outcome {
        let mut replies = Vec::new();
        let mut taken = None;
        let replaced = self.replaced.load(Ordering::Acquire);
        loop {
            let mut store = self.store.lock();
            // What it began on is gone, and what comes now is not meant by it.
            if self.replaced.load(Ordering::Acquire) != replaced {
                let detail = "the sandbox was reset or restored while the request was running; \
                              nothing of it is done";
                let mut problem = Problem::new(ErrorCode::InternalError, detail);
                problem.status = Some(503);
                return Err(problem.into());
            }
            let now = self.now();
            let outcome = self
                .catch_up(&mut store, now)
                .and_then(|_| self.answer(&mut store, asked, now, &replies, false));
            drop(store);
            let Err(ApiError::ExternalCall(question)) = outcome else {
                return outcome;
            };
            turn.take();
            if let (None, Some(key)) = (&taken, &asked.request.idempotency_key) {
                taken = Some(self.take_key(&asked.key.tenant, key)?);
                // Another request with the key may have completed meanwhile.
                continue;
            }
            let answer = external_call::send(&self.http, &question);
            replies.push((question.subject, answer));
        }
    }

    /// Takes the key of a request that is about to ask another server.
    fn take_key(&self, tenant: &str, key: &str) -> Result<TakenKey<'_>, ApiError> {
        let status = match self.settings().concurrent_key {
            ConcurrentKey::Wait => return Ok(self.in_flight_keys.take(tenant, key)),
            ConcurrentKey::Conflict => 409,
            ConcurrentKey::Unprocessable => 422,
        };
        self.in_flight_keys.try_take(tenant, key).ok_or_else(|| {
            let detail = "a request with this idempotency key is still running; \
                          wait, then send the same request again";
            let mut problem = Problem::new(ErrorCode::IdempotencyConcurrentUse, detail);
            problem.status = Some(status);
            problem.into()
        })
    }

    fn answer(
        &self,
        store: &mut Store,
        asked: &Asked<'_>,
        now: DateTime<Utc>,
        replies: &[(Uuid, ExternalReply)],
        is_brief: bool,
    ) -> Outcome {
        let &Asked { version, path, request, .. } = asked;
        let tenant = asked.key.tenant.as_str();
        let routed = match version.route(&request.method, path) {
            Match::Found(routed) => routed,
            Match::WrongMethod | Match::Nothing => return other_than_served(asked),
        };
        let interface = routed.interface;
        let shape = (version == Version::V0 && interface == Interface::V2)
            .then(|| Shape::of(routed.operation.id))
            .flatten();
        let own = shape.filter(Shape::has_own_answer);
        let served = match own {
            Some(_) => (self.registry.older)(routed.operation.id),
            None => (self.registry.served)(interface, routed.operation.id),
        };
        let Some(served) = served else {
            let Operation { id, method, path, .. } = routed.operation;
            return Err(ApiError::not_served(&format!("{id} ({method} {path})")));
        };
        let is_problem = |status| {
            status >= 400
                && (version == Version::V0
                    || Spec::of(interface).is_problem(routed.operation, status))
        };
        let settings = self.settings();
        let is_write = routed.operation.is_write();
        let tx = if is_write || served.writes { store.begin()? } else { store.begin_reading()? };
        if is_write && let Some(reason) = request.bad_idempotency_key {
            return Err(ApiError::header("Idempotency-Key", reason));
        }
        let is_known = settings.undocumented_keys || routed.operation.lists_idempotency;
        let key = request.idempotency_key.as_deref().filter(|_| is_write && is_known);
        let is_json = routed.operation.body == BodyKind::Json;
        let json = read::json(if is_json { &request.body } else { &[] });
        let exact = json.as_ref().ok().and_then(ParsedJson::exact);
        let fingerprint = key.map(|_| fingerprint(request, exact)).unwrap_or_default();
        if let Some(key) = key
            && let Some(known) = tx.stored_response(tenant, key, now.timestamp_millis())?
        {
            let mut reply = replay(known, &fingerprint).unwrap_or_else(|refusal| {
                Reply::error(version.refusals(), refusal, self.id_of(asked))
            });
            reply.is_problem = is_problem(reply.status);
            return Ok(reply);
        }
        let mut ctx = self.ctx(&tx, tenant, now, &settings);
        ctx.is_asked = true;
        ctx.is_brief = is_brief;
        ctx.set_external_replies(replies);
        let outcome = match &shape {
            Some(shape) => self.serve_older(&mut ctx, (request, json), &routed, served, shape),
            None => {
                let incoming = Incoming {
                    request,
                    query: &request.query,
                    query_errors: FieldErrors::default(),
                    json,
                    errors: FieldErrors::default(),
                    older: None,
                };
                self.serve(&mut ctx, incoming, &routed, served)
            }
        };
        let mut reply = match outcome {
            Ok(reply) => reply,
            // Nothing is stored: it is handled again, with the reply or on a thread that may block.
            Err(refusal @ (ApiError::ExternalCall(_) | ApiError::Suspend)) => return Err(refusal),
            // Nothing of it is left, and it may be sent again.
            Err(refusal) if refusal.is_failure() => return Err(refusal),
            Err(refusal) => {
                tx.restart()?;
                ctx.take_changes();
                self.raise_events(&ctx)?;
                Reply::error(version.refusals(), refusal, self.id_of(asked))
            }
        };
        reply.unknown_parameters = std::mem::take(&mut ctx.request.unknown_parameters);
        reply.is_problem = is_problem(reply.status);
        if let Some(key) = key.filter(|_| reply.status < 500 && reply.status != 429) {
            let answer =
                StoredResponse { fingerprint, status: reply.status, body: reply.body.clone() };
            let expires_at = now + Duration::days(ANSWERS_KEPT_DAYS);
            let (now, expires_at) = (now.timestamp_millis(), expires_at.timestamp_millis());
            tx.store_response(tenant, key, &answer, now, expires_at)?;
        }
        let effects = tx.take_effects();
        tx.commit()?;
        reply.effects = Some(effects).filter(|it| !it.is_empty()).map(Arc::new);
        Ok(reply)
    }

    /// Handles a request in an older form: in v2's, and back.
    fn serve_older(
        &self,
        ctx: &mut Ctx<'_>,
        (request, mut json): (&Request, Result<ParsedJson, JsonError>),
        routed: &Routed,
        served: &Served,
        shape: &Shape,
    ) -> Outcome {
        let (query, filters, query_errors) = shape.query(&request.query);
        let errors = json.as_mut().map(|json| json.translate(shape)).unwrap_or_default();
        let query = query.as_str();
        let incoming = Incoming { request, query, query_errors, json, errors, older: Some(shape) };
        let outcome = self.serve(ctx, incoming, routed, served);
        match outcome {
            Ok(mut reply) => {
                if let Some(body) = reply.body.take_if(|_| reply.status < 300) {
                    reply.body = Some(shape.answer(body, &filters));
                }
                Ok(reply)
            }
            Err(ApiError::Problem(mut problem)) => {
                problem.errors = shape.errors(problem.errors);
                Err(ApiError::Problem(problem))
            }
            Err(refusal) => Err(refusal),
        }
    }

    fn serve(
        &self,
        ctx: &mut Ctx<'_>,
        mut incoming: Incoming<'_>,
        routed: &Routed,
        served: &Served,
    ) -> Outcome {
        let (request, older) = (incoming.request, incoming.older);
        let interface = routed.interface;
        let spec = Spec::of(interface);
        let operation = routed.operation;
        ctx.request.operation = format!("{} {}", interface.prefix(), operation.id);
        ctx.request.parameters = read::parameters(routed);
        ctx.request.idempotency_key.clone_from(&request.idempotency_key);
        for (parameter, kind) in served.resources {
            ctx.must_exist(kind, parameter)?;
        }
        let errors = std::mem::take(&mut incoming.query_errors);
        read::read_query(ctx, spec, operation, incoming.query, errors, older)?;
        read::read_body(self, ctx, interface, routed, served, incoming)?;
        ctx.request.content_type.clone_from(&request.content_type);
        ctx.request.base.clone_from(&request.base);
        ctx.request.is_newest_first = request.is_newest_first;
        let mut reply = (served.handler)(ctx)?;
        self.raise_events(ctx)?;
        if self.checks_answers
            && !older.is_some_and(Shape::has_own_answer)
            && let Some(body) = reply.body.take_if(|_| reply.status < 300)
        {
            reply.body = Some(checked(spec, operation, body)?);
        }
        Ok(reply)
    }

    /// The resource that a request changes as it is read, and the operation that answers with it:
    /// the GET of the same URL. Where there is none, what is stored, and the operation itself.
    pub(super) fn current(
        &self,
        ctx: &Ctx<'_>,
        interface: Interface,
        routed: &Routed,
        served: &Served,
    ) -> Result<(Value, &'static Operation), ApiError> {
        let operation = routed.operation;
        if !matches!(operation.method, "PATCH" | "PUT") {
            return Ok((Value::Null, operation));
        }
        let mut operations = interface.operations().iter();
        let get = operations.find(|other| other.method == "GET" && other.path == operation.path);
        let read = get.and_then(|get| Some((get, (self.registry.served)(interface, get.id)?)));
        let Some((get, read)) = read else {
            let stored = match served.resources.last() {
                Some((parameter, kind)) => ctx.get(kind, ctx.parameter(parameter))?,
                None => None,
            };
            return Ok((stored.unwrap_or_default(), operation));
        };
        let mut reading = ctx.ordering(Value::Null);
        reading.request.parameters.clone_from(&ctx.request.parameters);
        let reply = (read.handler)(&reading)?;
        let current = reply.body.and_then(|body| serde_json::from_str(&body).ok());
        Ok((current.unwrap_or_default(), get))
    }

    /// The workspace of a key.
    pub(crate) fn workspace_of(&self, key: &str) -> Result<String, ApiError> {
        Ok(self.key_of(Some(&format!("Bearer {key}")))?.tenant.clone())
    }

    /// What is known of the key that a request came with.
    pub(crate) fn key_of(&self, authorization: Option<&str>) -> Result<Arc<KnownKey>, ApiError> {
        let given = authorization.and_then(bearer);
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        #[cfg(feature = "console")]
        if let Some(key) = given.and_then(|key| self.operators.known(key)) {
            return Ok(key);
        }
        given.and_then(|key| keys.find(key)).cloned().ok_or_else(|| {
            let detail = if given.is_some() {
                "the API key is not one of this sandbox"
            } else {
                "send the API key as: Authorization: Bearer <key>"
            };
            ApiError::rule(ErrorCode::Unauthenticated, detail)
        })
    }
}

/// What is answered where the sandbox has no such operation.
fn other_than_served(asked: &Asked<'_>) -> Outcome {
    let &Asked { version, path, request, .. } = asked;
    let method = request.method.as_str();
    if let Some(name) = version.unbuilt(method, path) {
        return Err(ApiError::not_served(&format!("{name} ({method} {path})")));
    }
    let methods = version.methods(path);
    if methods.is_empty() {
        let other = version.elsewhere(method, path).map(|other| {
            let detail = format!(
                "there is no {method} {}; there is {method} {}{path}",
                request.path,
                other.prefix()
            );
            ApiError::rule(ErrorCode::ResourceNotFound, detail)
        });
        return Err(other.unwrap_or_else(|| nothing_here(request)));
    }
    let allow = methods.join(", ");
    if method == "OPTIONS" {
        return Ok(Reply { allow: Some(allow), ..Reply::new(204, None) });
    }
    Err(ApiError::method(method, &request.path, allow))
}

fn nothing_here(request: &Request) -> ApiError {
    let detail = format!("there is no {} {}", request.method, request.path);
    ApiError::rule(ErrorCode::ResourceNotFound, detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::InitialState;
    use crate::model::Seed;
    use crate::model::clock::Clock;
    use crate::registry::REGISTRY;

    #[test]
    fn a_failure_shows_an_id_and_nothing_of_the_inside() {
        let initial = InitialState::empty(Clock::real(), Vec::new());
        let engine =
            Engine::new(Store::temporary().unwrap(), initial, &REGISTRY, Seed::given(0), true)
                .unwrap();
        for failure in [
            ApiError::Storage(
                rusqlite::Error::InvalidColumnName("UNIQUE constraint".to_owned()).into(),
            ),
            ApiError::Internal("no synctera_api::v2::types::Account: missing field".to_owned()),
        ] {
            let reply = engine.reply(&Request::default(), None, Err(failure));
            let body = reply.body.unwrap();
            assert!(reply.status >= 500, "{}", reply.status);
            assert!(body.contains(&reply.request_id.unwrap().to_string()), "{body}");
            assert!(!body.contains("constraint") && !body.contains("types::"), "{body}");
        }
    }
}
