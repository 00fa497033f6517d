//! The control API of the sandbox: its clock, faults, keys and snapshots.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::Value;

use crate::address::is_loopback;
use crate::exit::{Exit, Failure, of_status};
use crate::settings::Settings;
use crate::{files, text};

/// The token that a sandbox asks of callers on other machines.
const TOKEN: &str = "SYNCTERA_SANDBOX_CONTROL_TOKEN";
/// A response has at most as many bytes.
const BYTES_MAX: u64 = 64 * files::MIB;
/// The response of a refusal.
const REFUSAL_MAX: u64 = 64 * files::KIB;
/// How long a response may take. If the clock is moved far, the sandbox does much on the way.
const PATIENCE: Duration = Duration::from_secs(120);

/// The control API of one sandbox.
pub(crate) struct Control {
    http: reqwest::Client,
    base: String,
    token: Option<String>,
}

impl Control {
    /// That of the profile's sandbox.
    ///
    /// # Errors
    /// When the profile is for the platform.
    pub(crate) fn of(settings: &Settings) -> Result<Self, Failure> {
        if !settings.is_local() {
            return Err(Failure::configuration(format!(
                "{} is not a sandbox that can be controlled; next: choose a profile of the environment \
                 sandbox-local, such as --profile sandbox-local",
                text::url(&settings.base_url)
            )));
        }
        let token = std::env::var(TOKEN).ok().filter(|token| !token.trim().is_empty());
        Ok(Self {
            http: crate::settings::http(&settings.base_url)?,
            base: settings.base_url.clone(),
            token,
        })
    }

    /// That of a sandbox at an address on this machine.
    pub(crate) fn at(url: &str) -> Result<Self, Failure> {
        let http = crate::settings::http(url)?;
        Ok(Self { http, base: url.trim_end_matches('/').to_owned(), token: None })
    }

    /// The address of something of the sandbox.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}/{path}", self.base)
    }

    pub(crate) async fn get(&self, path: &str) -> Result<Value, Failure> {
        read(self.send(Method::GET, path, None).await?).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        read(self.send(Method::POST, path, Some(body)).await?).await
    }

    pub(crate) async fn patch(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        read(self.send(Method::PATCH, path, Some(body)).await?).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Result<Value, Failure> {
        read(self.send(Method::DELETE, path, None).await?).await
    }

    /// A response that is a file.
    pub(crate) async fn file(&self, path: &str) -> Result<reqwest::Response, Failure> {
        self.send(Method::GET, path, None).await
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<reqwest::Response, Failure> {
        let mut request = self.http.request(method, self.url(path)).timeout(PATIENCE);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token.trim());
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.map_err(|error| self.unanswered(&error))?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        // Whatever the body is, the status says that it was refused.
        let body = bytes_of(response, REFUSAL_MAX).await.unwrap_or_default();
        Err(refused(status, &serde_json::from_slice(&body).unwrap_or_default()))
    }

    fn unanswered(&self, error: &reqwest::Error) -> Failure {
        if error.is_builder() {
            let why = format!("{TOKEN} cannot be sent in a header; next: correct it");
            return Failure::configuration(why);
        }
        let why = if error.is_timeout() { "has not answered in time" } else { "does not answer" };
        let next = match error.is_timeout() {
            true => "run the command again, or see its log",
            false if is_loopback(&self.base) => "start it with: synctera sandbox start",
            false => "check its address and whether it runs",
        };
        let shown = text::url(&self.base);
        Failure::new(Exit::Unavailable, format!("the sandbox at {shown} {why}; next: {next}"))
    }
}

fn refused(status: StatusCode, body: &Value) -> Failure {
    let said = body["detail"].as_str().or(body["code"].as_str()).unwrap_or_default();
    let said = synctera_runtime::quoted(said, 500);
    let next = match status.as_u16() {
        401 | 403 => "set SYNCTERA_SANDBOX_CONTROL_TOKEN to the token that it was started with",
        404 => "correct the name, or start a sandbox of this version",
        500.. => "see the log of the sandbox",
        _ => "correct the command",
    };
    Failure::new(
        of_status(status.as_u16()),
        format!("the sandbox answered {status}: {said}; next: {next}"),
    )
}

async fn read(response: reqwest::Response) -> Result<Value, Failure> {
    let unusable = |why: &str| {
        Failure::failed(format!(
            "the response of the sandbox cannot be used: {why}; next: check whether a sandbox of this \
             version is at this address"
        ))
    };
    let bytes = bytes_of(response, BYTES_MAX).await.map_err(|why| unusable(&why))?;
    if bytes.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(&bytes).map_err(|_| unusable("it is not JSON"))
}

/// The bytes of a response, up to a limit.
async fn bytes_of(mut response: reqwest::Response, bytes_max: u64) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|it| it.without_url().to_string())? {
        bytes.extend_from_slice(&piece);
        if bytes.len() as u64 > bytes_max {
            return Err(format!("it has more than {}", files::size(bytes_max)));
        }
    }
    Ok(bytes)
}

/// A value as a part of a path.
pub(crate) fn segment(text: &str) -> Result<String, Failure> {
    Ok(synctera_runtime::segment("sandbox", "name", text)?.to_string())
}
