//! One of the two platforms that are compared, over HTTP.

use std::time::Duration;

use chrono::Utc;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, Response, StatusCode, Url};
use serde_json::Value;
use synctera_api::runtime::retry_after;

/// How long a connection may take.
const CONNECT_TIME: Duration = Duration::from_secs(10);
/// How long an answer may take, with its body.
const ANSWER_TIME: Duration = Duration::from_secs(60);
/// The largest body of an answer, in bytes.
const BODY_MAX: usize = 4 * 1024 * 1024;
/// How often a request is made that is answered with 429.
const TRIES: u32 = 4;
/// The longest wait before it is made again, and the wait when the answer names none.
const WAIT_MAX: Duration = Duration::from_secs(60);
const WAIT: Duration = Duration::from_secs(2);

/// A platform, and the key to it.
pub(super) struct Side {
    http: Client,
    base: String,
    authorization: HeaderValue,
}

/// What is sent.
#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) method: &'static str,
    /// With the version's prefix and the query.
    pub(super) path: String,
    pub(super) body: Option<Value>,
    pub(super) idempotency_key: Option<String>,
}

/// What is answered.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Body,
}

#[derive(Clone, Debug)]
pub(super) enum Body {
    Nothing,
    Json(Value),
    /// Something else than JSON.
    Other,
}

/// The HTTP client. Redirects are not followed: the key is for one host.
pub(super) fn client(url: &Url) -> Result<Client, String> {
    let mut builder = Client::builder()
        .connect_timeout(CONNECT_TIME)
        .timeout(ANSWER_TIME)
        .redirect(Policy::none())
        .user_agent(concat!("synctera-sandbox/", env!("CARGO_PKG_VERSION")));
    if url.scheme() == "http" {
        // On this machine: no proxy, and no certificates to load.
        builder = builder.no_proxy().tls_certs_only([]);
    }
    builder.build().map_err(|error| explained("the HTTP client does not start", &error))
}

impl Side {
    pub(super) fn new(http: Client, base: &str, key: &str) -> Result<Self, String> {
        let mut authorization = HeaderValue::from_str(&format!("Bearer {key}"))
            .map_err(|_| "an API key has visible characters of ASCII".to_owned())?;
        authorization.set_sensitive(true);
        Ok(Self { http, base: base.to_owned(), authorization })
    }

    /// Sends a request, and again when there were too many.
    pub(super) async fn send(&self, request: &Request) -> Result<Answer, String> {
        let mut tries = 0;
        loop {
            tries += 1;
            let response = self.sent(request).await?;
            if response.status() != StatusCode::TOO_MANY_REQUESTS || tries == TRIES {
                return answer(response).await;
            }
            let wait = retry_after(response.headers(), Utc::now()).unwrap_or(WAIT);
            if wait > WAIT_MAX {
                let seconds = wait.as_secs();
                return Err(format!("asks to wait {seconds} seconds, which is too long"));
            }
            tokio::time::sleep(wait).await;
        }
    }

    async fn sent(&self, request: &Request) -> Result<Response, String> {
        let method = Method::from_bytes(request.method.as_bytes())
            .map_err(|_| "is asked by an unknown method".to_owned())?;
        let mut builder = self
            .http
            .request(method, format!("{}{}", self.base, request.path))
            .header(AUTHORIZATION, self.authorization.clone());
        if let Some(key) = &request.idempotency_key {
            builder = builder.header("Idempotency-Key", key);
        }
        if let Some(body) = &request.body {
            builder = builder.header(CONTENT_TYPE, "application/json").body(body.to_string());
        }
        builder.send().await.map_err(|error| failed(&error))
    }
}

/// Reads an answer, no more of it than is allowed.
async fn answer(mut response: Response) -> Result<Answer, String> {
    let status = response.status().as_u16();
    let is_json = response
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|it| it.to_str().ok())
        .is_some_and(|it| it.contains("json"));
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| failed(&error))? {
        if bytes.len() + chunk.len() > BODY_MAX {
            return Err(format!("answers with more than {BODY_MAX} bytes"));
        }
        bytes.extend_from_slice(&chunk);
    }
    let body = match serde_json::from_slice(&bytes) {
        _ if bytes.is_empty() => Body::Nothing,
        Ok(value) => Body::Json(value),
        Err(_) if is_json => return Err(format!("answers {status} with what is not JSON")),
        Err(_) => Body::Other,
    };
    Ok(Answer { status, body })
}

/// What went wrong, without the address, which may have secrets in its query.
fn failed(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return format!("does not answer within {} seconds", ANSWER_TIME.as_secs());
    }
    let what = if error.is_connect() { "cannot be reached" } else { "gives no whole HTTP answer" };
    explained(what, error)
}

/// What went wrong, with the first reason that there is for it.
fn explained(what: &str, error: &reqwest::Error) -> String {
    let mut reason: &dyn std::error::Error = error;
    while let Some(source) = reason.source() {
        reason = source;
    }
    // Without a source, it is the error itself, which has the address in it.
    if std::ptr::addr_eq(reason, error) { what.to_owned() } else { format!("{what}: {reason}") }
}
