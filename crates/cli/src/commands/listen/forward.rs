//! The program that receives events. They are signed as the platform signs them, and sent until they are
//! accepted.

use std::time::Duration;

use chrono::Utc;
use reqwest::Url;
use reqwest::header::CONTENT_TYPE;
use synctera::webhooks::Signer;

use super::event::Event;
use crate::address::has_credentials;
use crate::exit::Failure;
use crate::output::note;
use crate::{settings, text};

/// How long a program has for its response, as at the platform.
const PATIENCE: Duration = Duration::from_secs(5);
/// The waits between attempts begin with this and double.
const WAIT_MIN: Duration = Duration::from_millis(500);
const WAIT_MAX: Duration = Duration::from_secs(30);

/// A program that receives events.
pub(super) struct Target {
    http: reqwest::Client,
    url: Url,
    signer: Signer,
}

impl Target {
    pub(super) fn new(url: &str, secret: &str) -> Result<Self, Failure> {
        let wrong = |why: &str| Failure::usage(format!("--forward-to {why}; next: correct it"));
        if has_credentials(url) {
            return Err(wrong("has a user name or a password, which the list of processes shows"));
        }
        let url = Url::parse(url)
            .map_err(|_| wrong("is not a URL, such as http://127.0.0.1:3000/events"))?;
        let http = match url.scheme() {
            // No key is sent, so that plain HTTP is right for any host.
            "http" => settings::http("http://127.0.0.1")?,
            "https" => settings::http(&url.origin().ascii_serialization())?,
            _ => return Err(wrong("must begin with http:// or https://")),
        };
        Ok(Self { http, url, signer: Signer::new(secret)? })
    }

    /// Its address, without the query, which may hold a token.
    pub(super) fn shown(&self) -> String {
        text::url(&format!("{}{}", self.url.origin().ascii_serialization(), self.url.path()))
    }

    /// Sends an event until it is accepted; returns the status of the response.
    pub(super) async fn deliver(&self, event: &Event) -> String {
        let mut wait = WAIT_MIN;
        loop {
            let why = match self.attempt(event).await {
                Ok(status) => return status,
                Err(why) => why,
            };
            note(&format!("{} {why}; it is sent again in {wait:?}", event.line()));
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(WAIT_MAX);
        }
    }

    async fn attempt(&self, event: &Event) -> Result<String, String> {
        let body = event.message();
        // Each attempt has the moment at which it is made.
        let signed = self.signer.sign(Utc::now(), body.as_bytes());
        let headers = signed.headers().map_err(|error| error.to_string())?;
        let request = self
            .http
            .post(self.url.clone())
            .timeout(PATIENCE)
            .header(CONTENT_TYPE, "application/json")
            .headers(headers)
            .body(body);
        match request.send().await {
            Ok(response) if response.status().is_success() => {
                Ok(response.status().as_u16().to_string())
            }
            Ok(response) => Err(format!("answered {}", response.status())),
            Err(error) if error.is_timeout() => {
                Err(format!("no response within {} s", PATIENCE.as_secs()))
            }
            Err(error) => Err(format!("no response: {}", error.without_url())),
        }
    }
}
