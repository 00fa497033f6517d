//! Another way to the platform: an HTTP client of one's own, or no HTTP at all.
//!
//! `cargo run --example custom_http` starts a sandbox of its own. Keys, time limits, idempotency
//! and retries stay the same in both cases.
#![allow(clippy::print_stdout, reason = "an example speaks to its reader")]

use std::error::Error;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use synctera::types::{NewPerson, PersonStatus};
use synctera::{
    Answer, BoxFuture, Call, CallTrace, Failure, FailureKind, PersonId, Retries, Synctera,
    Transport,
};
use synctera_sandbox::Sandbox;

/// Goes out through a gateway that wants every request signed.
struct SigningGateway {
    http: reqwest::Client,
}

impl Transport for SigningGateway {
    fn execute<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Answer, Failure>> {
        Box::pin(async move {
            let mut request = call.request;
            let signature = format!("{}:{}", request.method(), request.url().path().len());
            let signature = HeaderValue::try_from(signature)
                .map_err(|_| Failure::new(FailureKind::Configuration, "no signature"))?;
            request.headers_mut().insert(HeaderName::from_static("x-signature"), signature);
            match self.http.execute(request).await {
                Ok(response) => Ok(Answer::new(response)),
                Err(error) => Err(Failure::from_http(error, CallTrace::default())),
            }
        })
    }
}

/// Answers out of memory, after it was too busy at first: for a test that needs no server.
#[derive(Default)]
struct Kept {
    asked: AtomicU32,
}

impl Transport for Kept {
    fn execute<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Answer, Failure>> {
        let busy = self.asked.fetch_add(1, Ordering::Relaxed) == 0;
        let answer = match call.operation.id {
            _ if busy => Answer::whole(StatusCode::TOO_MANY_REQUESTS, HeaderMap::new(), ""),
            "list_persons" => Answer::whole(StatusCode::OK, HeaderMap::new(), r#"{"persons":[]}"#),
            _ => Answer::whole(StatusCode::NOT_FOUND, HeaderMap::new(), "{}"),
        };
        Box::pin(async move { Ok(answer) })
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::start().await?;

    // An HTTP client that is set up by hand: its pool, its proxy, its certificates.
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .pool_idle_timeout(Duration::from_secs(20))
        .no_proxy()
        .build()?;
    let client = Synctera::builder(sandbox.api_key())
        .base_url(sandbox.base_url())
        .http_client(http.clone())
        .build()?;
    let body = NewPerson::new(true, PersonStatus::Prospect);
    let person = client.api().create_person(&body).await?;
    println!("through an HTTP client of our own: {}", person.id);

    // A way out of our own, for each attempt.
    let client = Synctera::builder(sandbox.api_key())
        .base_url(sandbox.base_url())
        .transport(SigningGateway { http })
        .build()?;
    println!("through the gateway: {}", client.api().get_person(person.id).await?.id);

    // No network at all.
    let client = Synctera::builder("no-key-is-needed")
        .transport(Kept::default())
        .retries(Retries::default().waits(Duration::ZERO, Duration::from_millis(1)))
        .build()?;
    let persons = client.api().list_persons(&Default::default()).await?;
    println!("out of memory: {} persons, {} attempts", persons.persons.len(), persons.attempts());
    let nobody: PersonId = "00000000-0000-4000-8000-000000000000".parse()?;
    match client.api().get_person(nobody).await {
        Ok(_) => println!("somebody is there"),
        Err(error) => println!("{error}"),
    }
    Ok(())
}
