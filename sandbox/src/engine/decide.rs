//! How a request is handled: routing, the idempotency key, the handler; again after each external call
//! that the handler needs.

use std::sync::atomic::Ordering;
use std::sync::{PoisonError, TryLockError};

use chrono::{DateTime, Duration, Utc};
use serde_json::Value;
use synctera_api::Operation;
use synctera_api::runtime::ErrorCode;
use tokio::sync::OwnedSemaphorePermit;
use uuid::Uuid;

use super::check::checked;
use super::replay::{fingerprint, replay};
use super::{Engine, Request, lock, read};
use crate::model::{ApiError, Ctx, ExternalReply, Outcome, Reply, Served, external_call, ids};
use crate::spec::{Interface, Match, Routed, Spec};
use crate::store::{Store, StoredResponse};

/// How long a response is stored for its idempotency key.
const ANSWERS_KEPT_DAYS: i64 = 7;

/// A request of a workspace.
struct Asked<'a> {
    tenant: &'a str,
    interface: Interface,
    /// Without the prefix of the interface.
    path: &'a str,
    request: &'a Request,
}

impl Engine {
    /// Handles a request. The turn is released during external calls.
    pub(crate) fn handle(&self, request: &Request, turn: Option<OwnedSemaphorePermit>) -> Reply {
        let (interface, path) = match interface_of(&request.path) {
            Some(found) => found,
            None => return Reply::error(Interface::V2, nothing_here(request)),
        };
        let outcome = self.tenant_of(request.authorization.as_deref()).and_then(|tenant| {
            self.decide(&Asked { tenant: &tenant, interface, path, request }, turn)
        });
        self.reply(interface, outcome)
    }

    /// Handles a request immediately, on the thread that serves connections, if nothing blocks: the
    /// store is free, and no job is due.
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
        let asked = Asked { tenant: &tenant, interface, path, request };
        match self.answer(&mut store, &asked, now, &[], true) {
            Err(ApiError::ExternalCall(_) | ApiError::Suspend) => None,
            outcome => Some(self.reply(interface, outcome)),
        }
    }

    /// The answer to a request that failed for a reason of the sandbox's own.
    pub(crate) fn failed(&self, why: &str) -> Reply {
        self.reply(Interface::V2, Err(ApiError::Internal(why.to_owned())))
    }

    fn reply(&self, interface: Interface, outcome: Outcome) -> Reply {
        let place = self.requests.fetch_add(1, Ordering::Relaxed) + 1;
        let request_id = ids::id(!self.seed, place);
        let mut reply = outcome.unwrap_or_else(|refusal| {
            if let Some(why) = refusal.failure() {
                // Callers get the id alone: the reason speaks of the inside of this program.
                tracing::error!(%request_id, "a request failed: {why}");
                let detail =
                    format!("the sandbox failed; its log says why, by the id {request_id}");
                return Reply::error(interface, ApiError::Internal(detail));
            }
            Reply::error(interface, refusal)
        });
        reply.request_id = Some(request_id);
        reply
    }

    /// Handles a request, again after each external call that it needs.
    fn decide(&self, asked: &Asked<'_>, mut turn: Option<OwnedSemaphorePermit>) -> Outcome {
        let mut replies = Vec::new();
        let mut taken = None;
        loop {
            let mut store = lock(&self.store);
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
                taken = Some(self.in_flight_keys.take(asked.tenant, key));
                // Another request with the key may have completed meanwhile.
                continue;
            }
            let answer = external_call::send(&self.http, &question);
            replies.push((question.subject, answer));
        }
    }

    fn answer(
        &self,
        store: &mut Store,
        asked: &Asked<'_>,
        now: DateTime<Utc>,
        replies: &[(String, ExternalReply)],
        is_brief: bool,
    ) -> Outcome {
        let &Asked { tenant, interface, path, request } = asked;
        let spec = Spec::of(interface);
        let routed = match spec.route(&request.method, path) {
            Match::Found(routed) => routed,
            Match::WrongMethod | Match::Nothing => {
                return Err(match spec.unbuilt(&request.method, path) {
                    Some(name) => {
                        ApiError::not_served(&format!("{name} ({} {path})", request.method))
                    }
                    None => nothing_here(request),
                });
            }
        };
        let Some(served) = (self.registry.served)(interface, routed.operation.id) else {
            let Operation { id, method, path, .. } = routed.operation;
            return Err(ApiError::not_served(&format!("{id} ({method} {path})")));
        };
        let settings = self.settings();
        let is_write = routed.operation.is_write();
        let tx = if is_write { store.begin()? } else { store.begin_reading()? };
        let key = request.idempotency_key.as_deref().filter(|_| is_write);
        let fingerprint = key.map(|_| fingerprint(request)).unwrap_or_default();
        if let Some(key) = key
            && let Some(known) = tx.stored_response(tenant, key, now.timestamp_millis())?
        {
            let mut reply = replay(interface, known, &fingerprint)?;
            reply.is_problem = spec.is_problem(routed.operation, reply.status);
            return Ok(reply);
        }
        let mut ctx = self.ctx(&tx, tenant, now, &settings);
        ctx.is_asked = true;
        ctx.is_brief = is_brief;
        ctx.set_external_replies(replies);
        let outcome = self.serve(&mut ctx, interface, request, &routed, served);
        let mut reply = match outcome {
            Ok(reply) => reply,
            // Nothing is stored: it is handled again, with the reply or on a thread that may block.
            Err(refusal @ (ApiError::ExternalCall(_) | ApiError::Suspend)) => return Err(refusal),
            // Nothing of it is left, and it may be sent again.
            Err(refusal) if refusal.failure().is_some() => return Err(refusal),
            Err(refusal) => {
                tx.restart()?;
                ctx.take_changes();
                self.raise_events(&ctx)?;
                Reply::error(interface, refusal)
            }
        };
        reply.is_problem = spec.is_problem(routed.operation, reply.status);
        if let Some(key) = key.filter(|_| reply.status < 500 && reply.status != 429) {
            let answer =
                StoredResponse { fingerprint, status: reply.status, body: reply.body.clone() };
            let expires_at = now + Duration::days(ANSWERS_KEPT_DAYS);
            let (now, expires_at) = (now.timestamp_millis(), expires_at.timestamp_millis());
            tx.store_response(tenant, key, &answer, now, expires_at)?;
        }
        tx.commit()?;
        Ok(reply)
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
        ctx.request.parameters.clone_from(&routed.parameters);
        for id in ctx.request.parameters.values_mut().filter(|value| Uuid::try_parse(value).is_ok())
        {
            // As ids are stored.
            id.make_ascii_lowercase();
        }
        ctx.request.idempotency_key.clone_from(&request.idempotency_key);
        for (parameter, kind) in served.resources {
            ctx.must_exist(kind, parameter)?;
        }
        ctx.request.query = read::read_query(spec, operation, &request.query)?;
        read::read_body(self, ctx, interface, routed, served, request)?;
        ctx.request.content_type.clone_from(&request.content_type);
        ctx.request.host.clone_from(&request.host);
        let mut reply = (served.handler)(ctx)?;
        self.raise_events(ctx)?;
        if self.checks_answers
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

    fn tenant_of(&self, authorization: Option<&str>) -> Result<String, ApiError> {
        let given = authorization.and_then(|value| value.strip_prefix("Bearer "));
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        given.and_then(|key| keys.tenant_of(key)).map(str::to_owned).ok_or_else(|| {
            let detail = if given.is_some() {
                "the API key is not one of this sandbox"
            } else {
                "send the API key as: Authorization: Bearer <key>"
            };
            ApiError::rule(ErrorCode::Unauthenticated, detail)
        })
    }
}

fn interface_of(path: &str) -> Option<(Interface, &str)> {
    Interface::ALL.into_iter().find_map(|interface| {
        let rest = path.strip_prefix(interface.prefix())?;
        rest.starts_with('/').then_some((interface, rest))
    })
}

fn nothing_here(request: &Request) -> ApiError {
    let detail = format!("there is no {} {}", request.method, request.path);
    ApiError::rule(ErrorCode::ResourceNotFound, detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::InitialState;
    use crate::model::clock::Clock;
    use crate::model::settings::Settings;
    use crate::registry::REGISTRY;

    #[test]
    fn a_failure_shows_an_id_and_nothing_of_the_inside() {
        let (clock, keys, settings) = (Clock::real(), Vec::new(), Settings::default());
        let initial = InitialState { clock, keys, settings };
        let engine = Engine::new(Store::temporary().unwrap(), initial, &REGISTRY, 0, true).unwrap();
        for failure in [
            ApiError::Storage("UNIQUE constraint failed: resources.id".to_owned()),
            ApiError::Internal("no synctera_api::v2::types::Account: missing field".to_owned()),
        ] {
            let reply = engine.reply(Interface::V2, Err(failure));
            let body = reply.body.unwrap();
            assert_eq!(reply.status, 500);
            assert!(body.contains(&reply.request_id.unwrap().to_string()), "{body}");
            assert!(!body.contains("constraint") && !body.contains("types::"), "{body}");
        }
    }
}
