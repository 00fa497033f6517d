//! How a call gets to the platform: key, idempotency, time, and further tries.
//!
//! One place for raw calls and journeys alike. What may be tried again, and when, is in
//! [`retry`]; the client's own pace in [`limit`]; what can be seen of it in [`watch`]. This is the
//! loop around them.

mod limit;
mod retry;
mod watch;

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use synctera_api::runtime::{
    Answer, AnswerKind, BoxFuture, Call, CallOptions, CallTrace, Failure, FailureKind, Operation,
    Transport,
};
use tokio::time::Instant;
use tower::retry::budget::TpsBudget;
use tracing::Instrument;
use uuid::Uuid;

pub use limit::RateLimit;
pub use retry::Retries;
pub use watch::Exchange;

pub(crate) use limit::Pace;
pub(crate) use watch::{Server, Watcher};

use retry::{Decision, Verdict};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Stands for a time limit that no clock can tell.
const FOREVER: Duration = Duration::from_secs(60 * 60 * 24 * 365);

/// The transport of a [`Synctera`](crate::Synctera).
pub(crate) struct Delivery {
    /// What every request carries, the API key among it.
    pub(crate) headers: HeaderMap,
    pub(crate) retries: Retries,
    pub(crate) budget: Option<TpsBudget>,
    pub(crate) pace: Option<Arc<Pace>>,
    pub(crate) try_timeout: Duration,
    pub(crate) call_timeout: Duration,
    pub(crate) server: Server,
    /// Real customers and money are behind it.
    pub(crate) production: bool,
    /// Carries each try instead of the HTTP client.
    pub(crate) carrier: Option<Arc<dyn Transport>>,
    pub(crate) watcher: Option<Watcher>,
}

impl Delivery {
    async fn deliver(&self, call: Call<'_>) -> Result<Answer, Failure> {
        let span = watch::call_span(call.operation, &self.server);
        let outcome = self.tries(call).instrument(span.clone()).await;
        watch::record(&span, &outcome);
        let trace = outcome.as_ref().map_or_else(|e| &e.trace, |answer| &answer.trace);
        span.record("synctera.attempts", trace.attempts);
        outcome
    }

    async fn tries(&self, call: Call<'_>) -> Result<Answer, Failure> {
        let Call { http, mut request, operation, options, .. } = call;
        if self.production && operation.is_sandbox_only() {
            let why =
                "the platform has it in its sandbox alone, and this client speaks to production";
            return Err(Failure::new(FailureKind::Refused, why));
        }
        let mut trace = CallTrace::default();
        self.dress(&mut request, operation, options, &mut trace)?;
        let timeout = options.timeout().unwrap_or(self.call_timeout);
        let deadline = Instant::now() + timeout.min(FOREVER);
        if !self.turn(deadline).await {
            let why = "the client's own rate limit leaves no turn within the call's time";
            return Err(Failure::new(FailureKind::Refused, why).with_trace(trace));
        }
        loop {
            // A body that streams cannot be sent twice.
            let again = request.try_clone();
            let left = deadline.saturating_duration_since(Instant::now());
            *request.timeout_mut() = Some(self.try_timeout.min(left));
            trace.attempts += 1;
            let span = watch::try_span(operation, &self.server, trace.attempts);
            let call = Call::new(http, request, operation, options);
            let begun = Instant::now();
            let outcome = self.once(call).instrument(span.clone()).await;
            watch::record(&span, &outcome);
            if let Some(watcher) = &self.watcher {
                let (attempt, took) = (trace.attempts, begun.elapsed());
                let outcome = outcome.as_ref();
                watcher(&Exchange { operation, options, attempt, outcome, took });
            }
            let verdict = match &outcome {
                Ok(answer) => Verdict::of_answer(operation, answer),
                Err(failure) => Verdict::of_failure(failure.kind),
            };
            self.learn(&outcome, &verdict);
            match self.next(operation, &verdict, trace.attempts, again, deadline).await {
                Ok(next) => request = next,
                Err(Over(why)) => {
                    trace.gave_up = why;
                    return match outcome {
                        Ok(answer) => Ok(answer.with_trace(trace)),
                        Err(failure) => Err(failure.with_trace(trace)),
                    };
                }
            }
        }
    }

    /// Puts on the headers; the caller's own come after the client's, the keys after both.
    fn dress(
        &self,
        request: &mut reqwest::Request,
        operation: &Operation,
        options: &CallOptions,
        trace: &mut CallTrace,
    ) -> Result<(), Failure> {
        let headers = request.headers_mut();
        for (name, value) in &self.headers {
            headers.insert(name.clone(), value.clone());
        }
        for (name, value) in options.headers() {
            if name != reqwest::header::AUTHORIZATION {
                headers.insert(name.clone(), value.clone());
            }
        }
        if operation.is_write() {
            let key = match options.idempotency_key() {
                Some(key) => key.to_owned(),
                None => Uuid::new_v4().to_string(),
            };
            let value = HeaderValue::from_str(&key).map_err(|_| {
                let why = "the idempotency key holds characters that no header can";
                Failure::new(FailureKind::Configuration, why)
            })?;
            headers.insert(IDEMPOTENCY_KEY, value);
            trace.idempotency_key = Some(key);
        }
        Ok(())
    }

    /// Sends once, and reads the answer unless it streams.
    async fn once(&self, call: Call<'_>) -> Result<Answer, Failure> {
        let operation = call.operation;
        let mut answer = match &self.carrier {
            None => {
                let response = call.http.execute(call.request).await;
                Answer::new(response.map_err(|e| Failure::from_http(e, CallTrace::default()))?)
            }
            Some(carrier) => {
                let limit = call.request.timeout().copied().unwrap_or(self.try_timeout);
                let carried = tokio::time::timeout(limit, carrier.execute(call)).await;
                carried.unwrap_or_else(|_| {
                    Err(Failure::new(FailureKind::Timeout, "the time for a try is over"))
                })?
            }
        };
        let status = answer.response.status();
        if answer.body.is_none() && !(status.is_success() && operation.answer == AnswerKind::Bytes)
        {
            answer.body = Some(match whole(&mut answer.response).await {
                Ok(body) => body,
                // It says all that matters by its status.
                Err(_) if status == StatusCode::TOO_MANY_REQUESTS => Bytes::new(),
                Err(broken) => return Err(Failure::from_body(broken, status)),
            });
        }
        Ok(answer)
    }

    /// What an outcome means for later calls.
    fn learn(&self, outcome: &Result<Answer, Failure>, verdict: &Verdict) {
        if *verdict == Verdict::Final && outcome.is_ok() {
            retry::earn(self.budget.as_ref());
        }
        if let (Some(pace), Ok(answer)) = (&self.pace, outcome) {
            match verdict {
                Verdict::NothingDone { after }
                    if answer.response.status() == StatusCode::TOO_MANY_REQUESTS =>
                {
                    pace.too_fast(Instant::now(), *after);
                }
                _ => pace.fine(),
            }
        }
    }

    /// Waits for what comes after a try.
    async fn next(
        &self,
        operation: &Operation,
        verdict: &Verdict,
        tries: u32,
        again: Option<reqwest::Request>,
        deadline: Instant,
    ) -> Result<reqwest::Request, Over> {
        let wait = match self.retries.decide(operation, verdict, tries) {
            Decision::Wait(wait) => wait,
            Decision::Stop => return Err(Over(None)),
            Decision::MightActTwice => {
                return Err(Over(Some("the platform may have acted, and might act twice")));
            }
        };
        let Some(request) = again else {
            return Err(Over(Some("a body that streams cannot be sent twice")));
        };
        if Instant::now().checked_add(wait).is_none_or(|then| then >= deadline) {
            return Err(Over(Some("the call's time is too short for the wait")));
        }
        if !retry::spend(self.budget.as_ref()) {
            return Err(Over(Some("the retry budget is spent")));
        }
        tracing::debug!(
            target: "synctera",
            operation = operation.id,
            tries,
            wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
            "trying again"
        );
        tokio::time::sleep(wait).await;
        if !self.turn(deadline).await {
            return Err(Over(Some(
                "the client's own rate limit leaves no turn in the call's time",
            )));
        }
        Ok(request)
    }

    /// Waits for a turn, if the client keeps a pace and there is a turn in time.
    async fn turn(&self, deadline: Instant) -> bool {
        let Some(pace) = &self.pace else {
            return true;
        };
        let now = Instant::now();
        let Some(at) = pace.turn(now, deadline) else {
            return false;
        };
        if at > now {
            tokio::time::sleep_until(at).await;
        }
        true
    }
}

/// There is no further try; why not, where there would have been one.
struct Over(Option<&'static str>);

impl Transport for Delivery {
    fn execute<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Answer, Failure>> {
        Box::pin(self.deliver(call))
    }
}

/// The body to its end; most come in one piece.
async fn whole(response: &mut reqwest::Response) -> reqwest::Result<Bytes> {
    let Some(first) = response.chunk().await? else {
        return Ok(Bytes::new());
    };
    let Some(second) = response.chunk().await? else {
        return Ok(first);
    };
    let mut body = BytesMut::from(first);
    body.extend_from_slice(&second);
    while let Some(piece) = response.chunk().await? {
        body.extend_from_slice(&piece);
    }
    Ok(body.freeze())
}
