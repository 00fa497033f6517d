//! Which requests of the log are wanted.

use std::ops::RangeInclusive;

use serde_json::Value;

use super::entry::{Entry, Kept};
use super::logged::{LoggedBody, LoggedRequest};
use super::secrets::Secrets;
use super::shown::{Detail, shown};
use crate::server::faults::comparable;
use crate::spec::{decoded, stored_id};

/// The requests that are read at once, unless others are asked for.
const LIMIT: usize = 100;
/// The most that are.
pub(crate) const LIMIT_MAX: usize = 500;

/// Which requests of the log are wanted, the newest first:
/// [`Sandbox::request_log`](crate::Sandbox::request_log). Without any condition, the newest hundred.
///
/// ```
/// use synctera_sandbox::LogFilter;
///
/// let refused = LogFilter::new().workspace("1_1").status_class(4).limit(10);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a filter selects only when it is given to a sandbox"]
pub struct LogFilter {
    pub(super) limit: usize,
    pub(super) before: u64,
    pub(super) after: u64,
    pub(super) workspace: Option<String>,
    is_unassigned: bool,
    statuses: Option<RangeInclusive<u16>>,
    operation: Option<String>,
    method: Option<String>,
    code: Option<String>,
    pub(super) resource: Option<String>,
}

impl Default for LogFilter {
    fn default() -> Self {
        Self {
            limit: LIMIT,
            before: u64::MAX,
            after: 0,
            workspace: None,
            is_unassigned: false,
            statuses: None,
            operation: None,
            method: None,
            code: None,
            resource: None,
        }
    }
}

impl LogFilter {
    /// The newest hundred.
    pub fn new() -> Self {
        Self::default()
    }

    /// At most so many, up to 500.
    pub fn limit(mut self, limit: usize) -> Self {
        self.limit = limit.min(LIMIT_MAX);
        self
    }

    /// Only those with a lower number.
    pub fn before(mut self, number: u64) -> Self {
        self.before = number;
        self
    }

    /// Only those with a higher number.
    pub fn after(mut self, number: u64) -> Self {
        self.after = number;
        self
    }

    /// Only those that came without a key of this sandbox.
    pub fn without_workspace(mut self) -> Self {
        self.is_unassigned = true;
        self
    }

    /// Only those with a key of this workspace.
    pub fn workspace(mut self, workspace: impl Into<String>) -> Self {
        self.workspace = Some(workspace.into());
        self
    }

    /// Only those that were answered with this status.
    pub fn status(mut self, status: u16) -> Self {
        self.statuses = Some(status..=status);
        self
    }

    /// Only those that were answered with a status of this class, such as 4 for 400 to 499.
    pub fn status_class(mut self, class: u16) -> Self {
        let first = class.saturating_mul(100);
        self.statuses = Some(first..=first.saturating_add(99));
        self
    }

    /// Only those of this operation, such as `create_person`; `createPerson` is the same.
    pub fn operation(mut self, operation: impl Into<String>) -> Self {
        self.operation = Some(comparable(&operation.into()));
        self
    }

    /// Only those of this method.
    pub fn method(mut self, method: impl Into<String>) -> Self {
        self.method = Some(method.into().to_ascii_uppercase());
        self
    }

    /// Only those whose answer has this error code.
    pub fn code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// Only those with this id in their path or their bodies, as far as the bodies are kept.
    pub fn resource(mut self, id: impl std::fmt::Display) -> Self {
        self.resource = Some(stored_id(id));
        self
    }

    /// The request, if it is wanted.
    pub(super) fn take(
        &self,
        number: u64,
        kept: &Kept,
        detail: Detail,
        secrets: &mut Secrets,
    ) -> Option<LoggedRequest> {
        // What is cheap comes first: most requests are not the wanted ones.
        let (workspace, status, method) = match kept {
            Kept::Live(entry) => {
                let workspace = entry.seen.key.as_ref().map(|key| key.tenant.as_str());
                (workspace, entry.seen.status, entry.request.method.as_str())
            }
            Kept::Read(logged) => {
                (logged.workspace.as_deref(), logged.status, logged.method.as_str())
            }
        };
        let is = |wanted: &Option<String>, found: Option<&str>| {
            wanted.as_deref().is_none_or(|wanted| found == Some(wanted))
        };
        let fits = is(&self.workspace, workspace)
            && !(self.is_unassigned && workspace.is_some())
            && is(&self.method, Some(method))
            && self.statuses.as_ref().is_none_or(|all| status.is_some_and(|it| all.contains(&it)));
        if !fits || !self.may_have_resource(kept) {
            return None;
        }
        let detail_needed = if self.resource.is_some() { Detail::Bodies } else { detail };
        let mut found = shown(number, kept, detail_needed, secrets);
        let operation = found.operation.as_deref().filter(|_| self.operation.is_some());
        let fits = is(&self.operation, operation.map(comparable).as_deref())
            && is(&self.code, found.code.as_deref())
            && self.resource.as_ref().is_none_or(|id| has_resource(&found, id));
        if detail == Detail::Line {
            (found.request_body, found.response_body) = (LoggedBody::None, LoggedBody::None);
            (found.ledger_entries, found.events) = (Vec::new(), Vec::new());
        }
        fits.then_some(found)
    }

    /// Whether the id is in there at all, secrets included.
    fn may_have_resource(&self, kept: &Kept) -> bool {
        let (Some(id), Kept::Live(Entry { request, seen, .. })) = (&self.resource, kept) else {
            return true;
        };
        let upper = id.to_ascii_uppercase();
        let body = std::str::from_utf8(&request.body).unwrap_or_default();
        let answer = seen.body.as_deref().and_then(|text| std::str::from_utf8(text).ok());
        let texts = [request.path.as_str(), &request.query, body, answer.unwrap_or_default()];
        texts.iter().any(|text| text.contains(id.as_str()) || text.contains(&upper))
    }
}

/// Whether an id is in what is shown: as a part of the path, a value of the query or of a body.
fn has_resource(found: &LoggedRequest, id: &str) -> bool {
    let is_it = |text: &str| decoded(text).is_some_and(|text| stored_id(text) == id);
    let mut parts = found.path.split(['/', '?', '&', '=', ',']);
    parts.any(is_it)
        || [&found.request_body, &found.response_body].iter().any(|body| match body {
            LoggedBody::Whole(text) => serde_json::from_str(text).is_ok_and(|it| has(&it, id)),
            // It is no JSON any more.
            LoggedBody::Cut(text) => text.contains(&format!("\"{id}\"")),
            _ => false,
        })
}

fn has(value: &Value, id: &str) -> bool {
    match value {
        Value::String(text) => text == id || stored_id(text) == id,
        Value::Array(items) => items.iter().any(|item| has(item, id)),
        Value::Object(members) => members.values().any(|member| has(member, id)),
        _ => false,
    }
}
