//! What a page needs of its request: the bank, the workspace, and where links lead.

use std::sync::Arc;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::access::token;
use crate::bank::{Answer, Bank, Call};
use crate::failure::Failure;

/// What a segment of a path or a value of a query takes as it is.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A request for a page.
#[derive(Clone)]
pub(crate) struct Context {
    pub(crate) bank: Arc<dyn Bank>,
    /// The workspace whose bank is shown.
    pub(crate) workspace: String,
    /// The path and query of the page itself, without what is before the console.
    pub(crate) here: String,
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
        token(self.bank.secret())
    }

    /// Reads from the platform.
    pub(crate) async fn get(&self, target: &str) -> Result<Value, Failure> {
        self.asked(Call::get(&self.workspace, target)).await
    }

    /// Reads from the platform what may not be there.
    pub(crate) async fn find(&self, target: &str) -> Option<Value> {
        let answer = self.bank.call(Call::get(&self.workspace, target)).await;
        answer.is_success().then_some(answer.body)
    }

    /// Reads the items of a list; none where they cannot be read.
    pub(crate) async fn items(&self, target: &str, items: &str) -> Vec<Value> {
        let mut answer = self.find(target).await.unwrap_or_default();
        match answer.get_mut(items).map(Value::take) {
            Some(Value::Array(items)) => items,
            _ => Vec::new(),
        }
    }

    /// Reads from the control API.
    pub(crate) async fn control(&self, target: &str) -> Result<Value, Failure> {
        self.asked(Call::control("GET", target, None)).await
    }

    /// Makes a call.
    pub(crate) async fn call(&self, call: Call) -> Answer {
        self.bank.call(call).await
    }

    async fn asked(&self, call: Call) -> Result<Value, Failure> {
        let target = call.target.clone();
        let answer = self.bank.call(call).await;
        if answer.is_success() { Ok(answer.body) } else { Err(Failure::of(&target, answer)) }
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
        let bank = bank.ok_or_else(|| Failure::internal("the console has no bank"))?;
        let named = RawPathParams::from_request_parts(parts, state).await;
        let named = named.map_err(|_| Failure::not_found("there is no such page"))?;
        let workspace = named.iter().find(|(name, _)| *name == "workspace");
        let workspace = workspace.map(|(_, value)| value.to_owned()).unwrap_or_default();
        let is_name = |text: &str| {
            !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit() || it == b'_')
        };
        if !is_name(&workspace) {
            return Err(Failure::not_found("a workspace is called by two numbers, like 1_1"));
        }
        let here = parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
        Ok(Self { bank, workspace, here })
    }
}
