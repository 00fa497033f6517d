//! The console, and the bank behind it: calls that take the way of a request, without a connection.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{Request, Response, header};
use http_body_util::{BodyExt, Limited};
use serde_json::{Value, json};
use synctera_console::{Answer, AuditEntry, Bank, BoxFuture, Call, Operators, Peer};
use tower::ServiceExt;

use super::audit_log::AuditLog;
use super::json_lines::beside;
use super::{AppState, platform};

/// The largest answer that a page is made of, in bytes.
const ANSWER_BYTES_MAX: usize = 32 * 1024 * 1024;

/// Why there is no response.
const FAULT: &str = "there is no response, as a fault asks for";

/// The ending of the name of the file with the operators, after that of the data file.
const OPERATORS: &str = "-operators";

/// The console's pages, and the control API that they use.
pub(crate) struct Console {
    pages: Router,
    operators: Arc<Operators>,
    audit_log: Arc<AuditLog>,
    control: Router,
}

impl Console {
    /// Shows this workspace first. Operators and their audit log are kept beside the data file, if there
    /// is one.
    ///
    /// # Errors
    /// When the file of operators cannot be read.
    pub(crate) fn new(
        workspace: &str,
        data: Option<&Path>,
        is_sign_in_required: bool,
    ) -> Result<Self, (PathBuf, io::Error)> {
        let path = data.map(|data| beside(data, OPERATORS));
        let operators = Operators::open(path.clone(), is_sign_in_required);
        let operators = Arc::new(operators.map_err(|why| (path.unwrap_or_default(), why))?);
        let pages = synctera_console::router(workspace, operators.clone());
        let audit_log = Arc::new(AuditLog::open(data));
        Ok(Self { pages, operators, audit_log, control: super::control::router() })
    }

    /// The path at which the first operator signs in; none if no sign-in is required.
    pub(crate) fn sign_in_path(&self) -> io::Result<Option<String>> {
        let is_required = self.operators.is_sign_in_required();
        is_required.then(|| self.operators.administrator_link()).transpose()
    }

    /// Whether a path is one of the console's.
    pub(super) fn has(path: &str) -> bool {
        let rest = path.strip_prefix(synctera_console::PATH);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// A page.
    pub(super) async fn answer(
        &self,
        app: &Arc<AppState>,
        head: Parts,
        body: Vec<u8>,
        peer: SocketAddr,
    ) -> Response<Body> {
        let bank = InProcess {
            app: app.clone(),
            control: self.control.clone(),
            audit_log: self.audit_log.clone(),
        };
        let bank: Arc<dyn Bank> = Arc::new(bank);
        let mut request = Request::from_parts(head, Body::from(body));
        request.extensions_mut().insert(bank);
        let address = peer.ip().to_canonical();
        request.extensions_mut().insert(Peer::new(address.is_loopback(), address));
        match self.pages.clone().oneshot(request).await {
            Ok(page) => page,
            Err(never) => match never {},
        }
    }
}

/// A sandbox, or a fork, as the console calls it.
struct InProcess {
    app: Arc<AppState>,
    control: Router,
    audit_log: Arc<AuditLog>,
}

impl Bank for InProcess {
    fn call(&self, call: Call) -> BoxFuture<'_, Answer> {
        Box::pin(async move {
            let response = match self.request(&call) {
                Ok(request) if call.workspace.is_some() => {
                    let (mut head, body) = request.into_parts();
                    head.extensions.insert(platform::OfOperator);
                    if call.method == "GET" {
                        head.extensions.insert(platform::OfPage);
                    }
                    platform::answer(&self.app, head, body).await.ok()
                }
                Ok(request) => {
                    let mut request = request.map(Body::from);
                    let here = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
                    request.extensions_mut().insert(here);
                    request.extensions_mut().insert(self.app.clone());
                    self.control.clone().oneshot(request).await.ok()
                }
                Err(why) => return failed(&why),
            };
            match response {
                Some(response) => read(response).await,
                None => failed(FAULT),
            }
        })
    }

    fn prefix(&self) -> &str {
        &self.app.path
    }

    /// The log is that of the sandbox and of its forks: the target says which of them it was.
    fn record(&self, mut entry: AuditEntry) {
        if !self.app.path.is_empty() {
            let between = if entry.target.starts_with('/') { "" } else { " " };
            entry.target = format!("{}{between}{}", self.app.path, entry.target);
        }
        self.audit_log.record(entry);
    }

    fn audit_log(&self, before: Option<u64>, limit: usize) -> Vec<AuditEntry> {
        self.audit_log.list(before, limit)
    }

    fn send_again(&self, workspace: &str, number: u64) -> BoxFuture<'_, Option<Answer>> {
        let workspace = workspace.to_owned();
        Box::pin(async move {
            let sent = self.app.log.as_ref()?.whole(number, &workspace)?;
            let key = self.app.engine.operator_key(&workspace)?;
            let target = match sent.query.as_str() {
                "" => sent.path.clone(),
                query => format!("{}?{query}", sent.path),
            };
            let request = Request::builder()
                .method(sent.method.as_str())
                .uri(target)
                .header(header::HOST, "localhost")
                .header(header::AUTHORIZATION, format!("Bearer {key}"))
                .header(header::CONTENT_TYPE, &sent.content_type);
            let (head, body) = request.body(sent.body.clone()).ok()?.into_parts();
            Some(match platform::answer(&self.app, head, body).await {
                Ok(response) => read(response).await,
                Err(_) => failed(FAULT),
            })
        })
    }

    fn workspaces(&self) -> Vec<String> {
        self.app.engine.tenants()
    }

    fn count(&self, workspace: &str, kind: &str) -> u64 {
        self.app.engine.count(workspace, kind).unwrap_or_default()
    }

    fn ids(&self, workspace: &str, beginning: &str, limit: usize) -> Vec<String> {
        self.app.engine.ids(workspace, beginning, limit).unwrap_or_default()
    }

    fn secret(&self) -> &[u8; 32] {
        self.app.engine.operator_secret()
    }
}

impl InProcess {
    fn request(&self, call: &Call) -> Result<Request<Vec<u8>>, String> {
        let mut request = Request::builder().method(call.method).uri(&call.target);
        request = request.header(header::HOST, "localhost");
        if let Some(workspace) = &call.workspace {
            let key = self.app.engine.operator_key(workspace);
            let key = key.ok_or_else(|| format!("there is no workspace {workspace}"))?;
            request = request.header(header::AUTHORIZATION, format!("Bearer {key}"));
        }
        if let Some(key) = &call.idempotency_key {
            request = request.header("idempotency-key", key);
        }
        let body = match &call.body {
            Some(body) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                body.to_string().into_bytes()
            }
            None => Vec::new(),
        };
        request.body(body).map_err(|e| e.to_string())
    }
}

async fn read(response: Response<Body>) -> Answer {
    let (head, body) = response.into_parts();
    match Limited::new(body, ANSWER_BYTES_MAX).collect().await {
        Ok(collected) => {
            let body = serde_json::from_slice(&collected.to_bytes()).unwrap_or(Value::Null);
            Answer::new(head.status.as_u16(), body)
        }
        Err(why) => failed(&why.to_string()),
    }
}

/// An answer of the console's own: the bank gave none.
fn failed(why: &str) -> Answer {
    Answer::new(502, json!({ "code": "NO_ANSWER", "status": 502, "detail": why }))
}
