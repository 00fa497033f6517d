//! The control API of the sandbox: what is done to it, beside what it serves.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::Value;

use crate::exit::{Exit, Failure, of_status};
use crate::settings::Settings;

/// The token that a sandbox asks of callers on other machines.
const TOKEN: &str = "SYNCTERA_SANDBOX_CONTROL_TOKEN";
/// How long a response may take: a clock that is turned far does much.
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
                settings.base_url
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
        let response = request.send().await.map_err(|error| {
            let why =
                if error.is_timeout() { "does not answer in time" } else { "does not answer" };
            Failure::new(
                Exit::Unavailable,
                format!("the sandbox at {} {why}; next: synctera sandbox start", self.base),
            )
        })?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let body: Value = response.json().await.unwrap_or_default();
        Err(refused(status, &body))
    }
}

fn refused(status: StatusCode, body: &Value) -> Failure {
    let said = body["detail"].as_str().or(body["code"].as_str()).unwrap_or_default();
    let said = synctera_runtime::quoted(said, 500);
    let next = match status.as_u16() {
        401 | 403 => "set SYNCTERA_SANDBOX_CONTROL_TOKEN to the token that it was started with",
        404 => "correct the name, or start a sandbox of this version",
        _ => "correct it",
    };
    Failure::new(
        of_status(status.as_u16()),
        format!("the sandbox answered {status}: {said}; next: {next}"),
    )
}

async fn read(response: reqwest::Response) -> Result<Value, Failure> {
    let failed =
        |error: &dyn std::fmt::Display| Failure::failed(format!("the sandbox's response: {error}"));
    let bytes = response.bytes().await.map_err(|error| failed(&error))?;
    if bytes.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(&bytes).map_err(|error| failed(&error))
}

/// A value as a part of a path.
pub(crate) fn segment(text: &str) -> Result<String, Failure> {
    Ok(synctera_runtime::segment("sandbox", "name", text)?.to_string())
}
