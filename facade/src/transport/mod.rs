//! How a call gets to the platform: key, idempotency, time, and further tries.
//!
//! One place for raw calls and journeys alike. What may be tried again, and when, is in
//! [`retry`]; this is the loop around it.

mod retry;

use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};
use synctera_api::Error;
use synctera_api::runtime::{Answer, BoxFuture, Call, CallTrace, Failure, FailureKind, Transport};
use tokio::time::Instant;
use uuid::Uuid;

pub use retry::Retries;
use retry::Verdict;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The transport of a [`Synctera`](crate::Synctera).
pub(crate) struct Delivery {
    authorization: HeaderValue,
    retries: Retries,
    try_timeout: Duration,
    call_timeout: Duration,
}

impl Delivery {
    pub(crate) fn new(
        api_key: &str,
        retries: Retries,
        try_timeout: Duration,
        call_timeout: Duration,
    ) -> Result<Self, Error> {
        if api_key.trim().is_empty() {
            return Err(Error::configuration("the API key is empty"));
        }
        let mut authorization = HeaderValue::from_str(&format!("Bearer {}", api_key.trim()))
            .map_err(|_| Error::configuration("the API key holds characters that no header can"))?;
        authorization.set_sensitive(true);
        Ok(Self { authorization, retries, try_timeout, call_timeout })
    }

    async fn deliver(&self, call: Call<'_>) -> Result<Answer, Failure> {
        let Call { http, mut request, operation, options, .. } = call;
        let mut trace = CallTrace::default();
        request.headers_mut().extend(options.headers().clone());
        request.headers_mut().insert(AUTHORIZATION, self.authorization.clone());
        if operation.is_write() {
            let key = match options.idempotency_key() {
                Some(key) => key.to_owned(),
                None => Uuid::new_v4().to_string(),
            };
            let value = HeaderValue::from_str(&key).map_err(|_| Failure {
                kind: FailureKind::Configuration,
                message: "the idempotency key holds characters that no header can".to_owned(),
                source: None,
                trace: trace.clone(),
            })?;
            request.headers_mut().insert(IDEMPOTENCY_KEY, value);
            trace.idempotency_key = Some(key);
        }
        let deadline = Instant::now() + options.timeout().unwrap_or(self.call_timeout);
        loop {
            // A body that streams cannot be sent twice.
            let again = request.try_clone();
            let left = deadline.saturating_duration_since(Instant::now());
            *request.timeout_mut() = Some(self.try_timeout.min(left));
            trace.attempts += 1;
            let (outcome, verdict) = match http.execute(request).await {
                Ok(response) => {
                    let (response, verdict) = judged(response).await;
                    (Ok(Answer { response, trace: trace.clone() }), verdict)
                }
                Err(error) => {
                    let failure = Failure::from_http(error, trace.clone());
                    let verdict = Verdict::of_failure(failure.kind);
                    (Err(failure), verdict)
                }
            };
            let wait = self
                .retries
                .wait(operation, &verdict, trace.attempts)
                .filter(|wait| Instant::now() + *wait < deadline);
            match again.zip(wait) {
                Some((next, wait)) => {
                    tokio::time::sleep(wait).await;
                    request = next;
                }
                None => return outcome,
            }
        }
    }
}

impl Transport for Delivery {
    fn execute<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Answer, Failure>> {
        Box::pin(self.deliver(call))
    }
}

/// Judges an answer. Some are judged by their body, which then is put back.
async fn judged(response: reqwest::Response) -> (reqwest::Response, Verdict) {
    if !Verdict::needs_body(response.status()) {
        let verdict = Verdict::of_answer(response.status(), response.headers(), &[]);
        return (response, verdict);
    }
    let mut parts = http::Response::new(());
    *parts.status_mut() = response.status();
    parts.headers_mut().clone_from(response.headers());
    match response.bytes().await {
        Ok(body) => {
            let verdict = Verdict::of_answer(parts.status(), parts.headers(), &body);
            (reqwest::Response::from(parts.map(|()| body)), verdict)
        }
        // The status was an error already; what the body would have said is lost.
        Err(_) => {
            let verdict = Verdict::of_answer(parts.status(), parts.headers(), &[]);
            (reqwest::Response::from(parts.map(|()| Bytes::new())), verdict)
        }
    }
}
