//! How a call gets to the platform: key, idempotency, time, and further tries.
//!
//! One place for raw calls and journeys alike. What may be tried again, and when, is in
//! [`retry`]; the client's own pace in [`limit`]; what can be seen of it in [`watch`]. This is the
//! loop around them.

mod limit;
mod retry;
mod timer;
mod watch;

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use synctera_api::runtime::{
    Answer, AnswerKind, BoxFuture, Call, CallOptions, CallTrace, Failure, FailureKind,
    IdempotencyKey, MIGHT_ACT_TWICE, Operation, Transport,
};
use tokio::time::Instant;
use tower::retry::budget::TpsBudget;
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
/// A body that is copied sooner than shared.
const COPIED_BYTES_MAX: usize = 4 * 1024;

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
        let outcome = watch::within(&span, pin!(self.tries(call))).await;
        watch::record(&span, &outcome);
        let trace = outcome.as_ref().map_or_else(|e| &e.trace, |answer| &answer.trace);
        span.record("synctera.attempts", trace.attempts);
        outcome
    }

    async fn tries(&self, call: Call<'_>) -> Result<Answer, Failure> {
        let Call { http, mut request, operation, options, idempotency_key, .. } = call;
        if self.production && operation.is_sandbox_only() {
            let why =
                "the platform has it in its sandbox alone, and this client speaks to production";
            return Err(Failure::new(FailureKind::Refused, why));
        }
        let mut trace = CallTrace::default();
        let key = key(operation, idempotency_key, &mut trace)?;
        let timeout = options.timeout().unwrap_or(self.call_timeout);
        let deadline = Instant::now() + timeout.min(FOREVER);
        if !self.turn(deadline).await {
            let why = "the client's own rate limit leaves no turn within the call's time";
            return Err(Failure::new(FailureKind::Refused, why).with_trace(trace));
        }
        loop {
            let again = copy(&request);
            self.dress(&mut request, options, key.as_ref());
            let begun = Instant::now();
            let end = deadline.min(begun + self.try_timeout.min(FOREVER));
            if end <= begun {
                // An answer that is quick enough would come all the same, some of the time.
                let why = "no time is left for a try";
                return Err(Failure::new(FailureKind::Timeout, why).with_trace(trace));
            }
            trace.attempts += 1;
            let span = watch::try_span(operation, &self.server, trace.attempts);
            if operation.answer == AnswerKind::Bytes || self.carrier.is_some() {
                // What streams is read later, when nobody here looks at a clock any more; another
                // carrier may want to know.
                *request.timeout_mut() = Some(end.saturating_duration_since(begun));
            }
            let outcome = match &self.carrier {
                None => {
                    let once = self.once(operation, end, http.execute(request), |sent| {
                        let broken = |e| Failure::from_http(e, CallTrace::default());
                        sent.map(Answer::new).map_err(broken)
                    });
                    watch::within(&span, pin!(once)).await
                }
                Some(carrier) => {
                    let mut call = Call::new(http, request, operation, options);
                    call.idempotency_key = idempotency_key;
                    let once = self.once(operation, end, carrier.execute(call), |sent| sent);
                    watch::within(&span, pin!(once)).await
                }
            };
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
            trace.may_have_acted |= matches!(verdict, Verdict::MayHaveActed { .. });
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
        options: &CallOptions,
        key: Option<&HeaderValue>,
    ) {
        let headers = request.headers_mut();
        for (name, value) in &self.headers {
            headers.insert(name.clone(), value.clone());
        }
        for (name, value) in options.headers() {
            if name != reqwest::header::AUTHORIZATION {
                headers.insert(name.clone(), value.clone());
            }
        }
        if let Some(key) = key {
            headers.insert(IDEMPOTENCY_KEY, key.clone());
        }
    }

    /// Waits for what was sent once, and reads the answer unless it streams.
    async fn once<S: Future>(
        &self,
        operation: &Operation,
        end: Instant,
        sent: S,
        read: fn(S::Output) -> Result<Answer, Failure>,
    ) -> Result<Answer, Failure> {
        let mut come: Option<Answer> = None;
        let done = {
            let work = pin!(async {
                let answer = come.insert(read(sent.await)?);
                let streams = operation.answer == AnswerKind::Bytes;
                let status = answer.response.status();
                if answer.body.is_none() && !(status.is_success() && streams) {
                    answer.body = Some(match whole(&mut answer.response).await {
                        Ok(body) => body,
                        Err(_) if says_all(status) => Bytes::new(),
                        Err(broken) => return Err(Failure::from_body(broken, status)),
                    });
                }
                Ok(())
            });
            // One timer for all of it.
            timer::by(end, work).await
        };
        let is_done = done.transpose()?.is_some();
        let status = come.as_ref().map(|answer| answer.response.status());
        match come {
            Some(answer) if is_done => Ok(answer),
            Some(mut answer) if status.is_some_and(says_all) => {
                answer.body = Some(Bytes::new());
                Ok(answer)
            }
            _ => Err(late(status)),
        }
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
                return Err(Over(Some(MIGHT_ACT_TWICE)));
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

/// The key of a write: the caller's, or a new one. A read that takes one is sent with the caller's.
fn key(
    operation: &Operation,
    chosen: Option<&IdempotencyKey>,
    trace: &mut CallTrace,
) -> Result<Option<HeaderValue>, Failure> {
    if !operation.is_write() && !(operation.lists_idempotency && chosen.is_some()) {
        return Ok(None);
    }
    let key = chosen.cloned().unwrap_or_else(|| Uuid::new_v4().into());
    let value = key.to_header().ok_or_else(|| {
        let why = "the idempotency key holds characters that a header cannot";
        Failure::new(FailureKind::Configuration, why)
    })?;
    trace.idempotency_key = Some(key.to_string());
    Ok(Some(value))
}

/// The same request, to be sent again; a body that streams can not. It is made before each try, so
/// it is made cheaply: reqwest's own way allocates a place for what no request of ours has.
fn copy(request: &reqwest::Request) -> Option<reqwest::Request> {
    let body = match request.body().map(reqwest::Body::as_bytes) {
        None => None,
        Some(Some(bytes)) if bytes.len() <= COPIED_BYTES_MAX => Some(Bytes::copy_from_slice(bytes)),
        Some(_) => return request.try_clone(),
    };
    let mut copy = reqwest::Request::new(request.method().clone(), request.url().clone());
    copy.headers_mut().clone_from(request.headers());
    *copy.body_mut() = body.map(reqwest::Body::from);
    Some(copy)
}

/// Whether a status says all that matters, whatever becomes of the body.
fn says_all(status: StatusCode) -> bool {
    status == StatusCode::TOO_MANY_REQUESTS
}

/// The time for a try is over, after the head of an answer or before.
fn late(status: Option<StatusCode>) -> Failure {
    let mut failure = Failure::new(FailureKind::Timeout, "the time for a try is over");
    failure.status = status;
    failure
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
