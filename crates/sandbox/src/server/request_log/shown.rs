//! What an entry says, worked out when somebody reads it.

use serde_json::Value;

use super::entry::{Entry, Kept, floor};
use super::logged::{LoggedBody, LoggedEvent, LoggedLedgerEntry, LoggedRequest};
use super::secrets::Secrets;
use crate::engine::{Request, without_mark};
use crate::spec::{Interface, Match, Version};

/// What is shown of a body.
const SHOWN_BYTES_MAX: usize = 64 * 1024;

/// How much of an entry is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Detail {
    /// All but the bodies.
    Line,
    Bodies,
}

/// An entry without its secrets. Without [`Detail::Bodies`], bodies are as if there were none.
pub(super) fn shown(
    number: u64,
    kept: &Kept,
    detail: Detail,
    secrets: &mut Secrets,
) -> LoggedRequest {
    match kept {
        Kept::Live(entry) => live(number, entry, detail, secrets),
        Kept::Read(logged) => LoggedRequest::clone(logged),
    }
}

fn live(number: u64, entry: &Entry, detail: Detail, secrets: &mut Secrets) -> LoggedRequest {
    let Entry { request, seen, .. } = entry;
    secrets.forget_values();
    let mut path = request.path.clone();
    if !request.query.is_empty() {
        path.push('?');
        path.push_str(&secrets.query(&request.query));
    }
    let (mut ledger_entries, mut events) = (Vec::new(), Vec::new());
    if let Some(effects) = seen.effects.as_ref().filter(|_| detail == Detail::Bodies) {
        ledger_entries.extend(effects.entries.iter().map(|entry| LoggedLedgerEntry {
            transaction_id: entry.transaction_id.clone(),
            account_id: entry.account_id.clone(),
            amount: entry.amount,
            balance: entry.balance,
        }));
        events.extend(effects.events.iter().map(|event| LoggedEvent {
            webhook_id: event.webhook_id.clone(),
            event_id: event.event_id.clone(),
        }));
    }
    let routed = operation(request);
    let key = seen.key.as_ref();
    let (mut request_body, mut response_body) = (LoggedBody::None, LoggedBody::None);
    if detail == Detail::Bodies {
        request_body =
            if entry.is_opaque { LoggedBody::NotShown } else { body(&request.body, secrets) };
        response_body = match &seen.body {
            Some(text) => body(text, secrets),
            None if seen.file_bytes > 0 => LoggedBody::NotShown,
            None => LoggedBody::None,
        };
        for (body, bytes) in
            [(&mut request_body, entry.request_bytes), (&mut response_body, entry.response_bytes)]
        {
            if *body == LoggedBody::None && entry.are_bodies_dropped && bytes > 0 {
                *body = LoggedBody::Dropped;
            }
        }
    }
    LoggedRequest {
        number,
        at: entry.at,
        micros: entry.micros,
        method: request.method.clone(),
        path,
        operation: routed.map(|(_, id)| id.to_owned()),
        interface: routed.map(|(of, _)| of.prefix().trim_start_matches('/').to_owned()),
        workspace: key.map(|key| key.tenant.clone()),
        key_id: key.map(|key| key.name().to_owned()),
        status: seen.status,
        request_id: seen.request_id.map(|id| id.to_string()),
        idempotency_key: request.idempotency_key.clone(),
        code: entry.code(),
        is_fault: seen.is_fault,
        is_replay: seen.is_replay,
        request_bytes: entry.request_bytes as u64,
        response_bytes: entry.response_bytes as u64,
        request_body,
        response_body,
        ledger_entries,
        events,
    }
}

/// The operation of a request, and its interface.
fn operation(request: &Request) -> Option<(Interface, &'static str)> {
    let (version, path) = Version::of(&request.path)?;
    match version.route(&request.method, path) {
        Match::Found(routed) => Some((routed.interface, routed.operation.id)),
        Match::WrongMethod | Match::Nothing => None,
    }
}

/// What is shown of a body. What is no JSON has no names that say what is secret.
fn body(bytes: &[u8], secrets: &mut Secrets) -> LoggedBody {
    if bytes.is_empty() {
        return LoggedBody::None;
    }
    let Ok(mut value) = serde_json::from_slice::<Value>(without_mark(bytes)) else {
        return LoggedBody::NotShown;
    };
    secrets.learn(&value);
    secrets.mask(&mut value);
    let mut text = value.to_string();
    if text.len() <= SHOWN_BYTES_MAX {
        return LoggedBody::Whole(text);
    }
    text.truncate(floor(&text, SHOWN_BYTES_MAX));
    LoggedBody::Cut(text)
}
