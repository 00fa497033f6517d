//! What a page needs of its request: the bank, the workspace, and where links lead.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::header;
use axum::http::request::Parts;
use parking_lot::Mutex;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::access::token;
use crate::audit_entry::AuditEntry;
use crate::bank::{Answer, Bank, Call};
use crate::failure::Failure;
use crate::mask::{facts, masked};
use crate::names::Names;
use crate::operators::{Operator, Permission};
use crate::texts::failures;

/// What a segment of a path or a value of a query takes as it is.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Rows that are read at once.
const PAGE_ROWS: usize = 100;
/// Rows that are read for one list of a page, at most.
pub(crate) const ROWS_MAX: usize = 1000;

/// A request for a page.
#[derive(Clone)]
pub(crate) struct Context {
    pub(crate) bank: Arc<dyn Bank>,
    /// Who sends it.
    pub(crate) operator: Operator,
    /// The workspace whose bank is shown.
    pub(crate) workspace: String,
    /// The member that this page shows though others mask it: a JSON pointer.
    pub(crate) revealed: Option<String>,
    /// The path and query of the page itself, without what is before the console.
    pub(crate) here: String,
    /// What the ids of this page stand for.
    pub(crate) names: Names,
    /// What could not be read for this page.
    pub(crate) unread: Arc<Mutex<BTreeSet<String>>>,
    /// The scheme and host that the browser sends a form to.
    pub(crate) origin: Option<String>,
}

impl Context {
    /// A page of the workspace.
    pub(crate) fn page(&self, path: &str) -> String {
        self.url(&format!("{}/{path}", self.workspace))
    }

    /// A page of the administrator's view.
    pub(crate) fn admin(&self, path: &str) -> String {
        self.url(&format!("{}/admin/{path}", self.workspace))
    }

    /// A path of the console.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}/console/{path}", self.bank.prefix())
    }

    /// The token of its forms.
    pub(crate) fn token(&self) -> String {
        token(self.bank.secret(), self.operator.session.as_deref())
    }

    /// Whether the operator's role allows something.
    pub(crate) fn may(&self, permission: Permission) -> bool {
        self.operator.role.may(permission)
    }

    /// Refuses what the operator's role does not allow, and records that it was tried.
    pub(crate) async fn require(
        &self,
        permission: Permission,
        action: &str,
        target: &str,
    ) -> Result<(), Failure> {
        if self.may(permission) {
            return Ok(());
        }
        self.record(action, None, target, 403).await;
        let role = self.operator.role.name();
        Err(Failure::forbidden(failures::not_allowed(role)))
    }

    /// Makes a call that changes something, if the operator's role allows it, and records it.
    pub(crate) async fn write(
        &self,
        permission: Permission,
        action: &str,
        call: Call,
    ) -> Result<Answer, Failure> {
        self.require(permission, action, &call.target).await?;
        let (method, target) = (call.method, call.target.clone());
        // The log says how far the clock was moved or what was decided about a customer. It does not repeat
        // what an operator wrote about a customer.
        let is_of_platform = call.workspace.is_some();
        let body = call.body.as_ref().map(|body| {
            let body = masked(body);
            if is_of_platform { facts(&body).to_string() } else { body.to_string() }
        });
        let answer = self.bank.call(call).await;
        self.record_call(action, Some(method), &target, body, answer.status).await;
        Ok(answer)
    }

    /// Adds to the audit log what the operator did.
    pub(crate) async fn record(
        &self,
        action: &str,
        method: Option<&'static str>,
        target: &str,
        status: u16,
    ) {
        self.record_call(action, method, target, None, status).await;
    }

    async fn record_call(
        &self,
        action: &str,
        method: Option<&'static str>,
        target: &str,
        body: Option<String>,
        status: u16,
    ) {
        let clock = self.bank.call(Call::control("GET", "/sandbox/clock", None)).await;
        let role = self.operator.role.name();
        let mut entry = AuditEntry::new(&self.operator.name, role, action, target, status);
        entry.bank_time = clock.body.get("now").and_then(Value::as_str).map(str::to_owned);
        entry.workspace.clone_from(&self.workspace);
        entry.method = method.map(str::to_owned);
        entry.body = body;
        self.bank.record(entry);
    }

    /// Reads from the platform.
    pub(crate) async fn get(&self, target: &str) -> Result<Value, Failure> {
        self.asked(Call::get(&self.workspace, target)).await
    }

    /// Reads from the platform what may not be there.
    pub(crate) async fn find(&self, target: &str) -> Option<Value> {
        let answer = self.bank.call(Call::get(&self.workspace, target)).await;
        if answer.status >= 500 {
            self.unread.lock().insert(target.to_owned());
        }
        answer.is_success().then_some(answer.body)
    }

    /// Reads the rows of a list; none where they cannot be read.
    pub(crate) async fn rows(&self, target: &str) -> Vec<Value> {
        rows(self.find(target).await.unwrap_or_default())
    }

    /// Reads a list page by page up to [`ROWS_MAX`], and whether there are more.
    pub(crate) async fn all(&self, target: &str) -> (Vec<Value>, bool) {
        let separator = if target.contains('?') { '&' } else { '?' };
        let (mut all, mut token) = (Vec::new(), String::new());
        while let Some(list) =
            self.find(&format!("{target}{separator}limit={PAGE_ROWS}{token}")).await
        {
            let next = list.get("next_page_token").and_then(Value::as_str).map(encoded);
            all.extend(rows(list));
            match next {
                Some(_) if all.len() >= ROWS_MAX => return (all, true),
                Some(next) => token = format!("&page_token={next}"),
                None => break,
            }
        }
        (all, false)
    }

    /// Reads from the control API.
    pub(crate) async fn control(&self, target: &str) -> Result<Value, Failure> {
        self.asked(Call::control("GET", target, None)).await
    }

    async fn asked(&self, call: Call) -> Result<Value, Failure> {
        let target = call.target.clone();
        let answer = self.bank.call(call).await;
        if answer.is_success() { Ok(answer.body) } else { Err(Failure::of(&target, answer)) }
    }
}

/// The rows of a list: the only member of it that is an array.
pub(crate) fn rows(list: Value) -> Vec<Value> {
    let Value::Object(members) = list else { return Vec::new() };
    let mut arrays = members.into_iter().filter_map(|(_, member)| match member {
        Value::Array(rows) => Some(rows),
        _ => None,
    });
    match (arrays.next(), arrays.next()) {
        (Some(rows), None) => rows,
        _ => Vec::new(),
    }
}

/// A text as a segment of a path or a value of a query.
pub(crate) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, PLAIN).to_string()
}

impl<S: Send + Sync> FromRequestParts<S> for Context {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let bank = parts.extensions.get::<Arc<dyn Bank>>().cloned();
        let bank = bank.ok_or_else(|| Failure::internal(failures::NO_BANK))?;
        let operator = parts.extensions.get::<Operator>().cloned();
        let operator = operator.ok_or_else(|| Failure::forbidden(failures::NOT_SIGNED_IN))?;
        let named = RawPathParams::from_request_parts(parts, state).await;
        let named = named.map_err(|_| Failure::not_found(failures::NO_PAGE))?;
        let workspace = named.iter().find(|(name, _)| *name == "workspace");
        let workspace = workspace.map(|(_, value)| value.to_owned()).unwrap_or_default();
        let is_name = |text: &str| {
            !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit() || it == b'_')
        };
        if !is_name(&workspace) || !bank.workspaces().contains(&workspace) {
            return Err(Failure::not_found(failures::NO_WORKSPACE));
        }
        let here = parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
        let origin = parts.headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok());
        let origin = origin.map(str::to_owned);
        let names = Names::default();
        let unread = Arc::default();
        Ok(Self { bank, operator, workspace, revealed: None, here, names, unread, origin })
    }
}
