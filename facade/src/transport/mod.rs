//! How a call gets to the platform: key, idempotency, time limits, and retries.
//!
//! One place for raw calls and journeys alike. What an outcome says about a retry is in
//! [`RetryClass`], when it is made in [`retry`]; the client's own rate limit in [`rate_limit`]; what
//! can be observed of it in [`trace`]. This is the loop around them.

mod rate_limit;
mod retry;
mod timer;
mod trace;

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use synctera_api::Problem;
use synctera_api::runtime::{
    Answer, AnswerKind, BoxFuture, Call, CallOptions, CallTrace, Failure, FailureKind,
    IdempotencyKey, Limits, NextAction, Operation, RetryClass, Transport, retry_after,
};
use tokio::time::Instant;
use tower::retry::budget::TpsBudget;
use tracing::Span;
use uuid::Uuid;

pub use rate_limit::RateLimit;
pub use retry::Retries;
pub use trace::Exchange;

pub(crate) use rate_limit::RateLimiter;
pub(crate) use trace::{ResponseHook, Server};

use crate::environment::SANDBOX_ONLY;
use retry::{FOREVER, NextStep};
use synctera_api::runtime::Clock;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// A body that is copied sooner than shared.
const COPIED_BYTES_MAX: usize = 4 * 1024;

/// The transport of a [`Synctera`](crate::Synctera).
pub(crate) struct RetryingTransport {
    /// What every request carries, the API key among it.
    pub(crate) headers: HeaderMap,
    pub(crate) retries: Retries,
    pub(crate) budget: Option<TpsBudget>,
    pub(crate) rate_limiter: Option<Arc<RateLimiter>>,
    pub(crate) attempt_timeout: Duration,
    pub(crate) call_timeout: Duration,
    pub(crate) limits: Limits,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) server: Server,
    /// Real customers and money are behind it.
    pub(crate) production: bool,
    /// Carries each attempt instead of the HTTP client.
    pub(crate) inner: Option<Arc<dyn Transport>>,
    pub(crate) on_response: Option<ResponseHook>,
}

/// When an attempt must be over, and which limit says so.
#[derive(Clone, Copy)]
struct TimeLimit {
    end: Instant,
    of: &'static str,
    limit: Duration,
}

impl RetryingTransport {
    async fn execute_in_span(&self, call: Call<'_>, span: Span) -> Result<Answer, Failure> {
        let outcome = trace::in_span(&span, pin!(self.attempts(call, &span))).await;
        trace::record_outcome(&span, &outcome);
        let trace = outcome.as_ref().map_or_else(|e| &e.trace, |answer| &answer.trace);
        span.record("synctera.attempts", trace.attempts);
        outcome
    }

    async fn attempts(&self, call: Call<'_>, span: &Span) -> Result<Answer, Failure> {
        let Call { http, mut request, operation, options, idempotency_key: chosen, .. } = call;
        if self.production && operation.is_sandbox_only() {
            let failure = Failure::new(FailureKind::Refused, SANDBOX_ONLY);
            return Err(failure.with_next_action(NextAction::ChangeConfiguration));
        }
        let mut trace = CallTrace { may_have_acted: Some(false), ..CallTrace::default() };
        let key = idempotency_key(operation, chosen, &mut trace)?;
        trace::record_idempotency_key(span, trace.idempotency_key.as_deref());
        let call_timeout = options.timeout().unwrap_or(self.call_timeout).min(FOREVER);
        let mut deadline = Instant::now() + call_timeout;
        if !self.acquire(&mut deadline).await {
            let why = "the client's own rate limit leaves no turn within the call's time";
            return Err(Failure::new(FailureKind::RateLimited, why).with_trace(trace));
        }
        loop {
            let again = clone_request(&request);
            self.apply_headers(&mut request, options, key.as_ref());
            let started = Instant::now();
            let attempt_timeout = self.attempt_timeout.min(FOREVER);
            let time = match started + attempt_timeout {
                end if end < deadline => TimeLimit { end, of: "attempt", limit: attempt_timeout },
                _ => TimeLimit { end: deadline, of: "call", limit: call_timeout },
            };
            if time.end <= started {
                // An answer that is quick enough would come all the same, some of the time.
                let why = format!("the {}'s time limit leaves no time for an attempt", time.of);
                return Err(Failure::new(FailureKind::Timeout, why).with_trace(trace));
            }
            trace.attempts = trace.attempts.saturating_add(1);
            let attempt_span = trace::attempt_span(operation, &self.server, trace.attempts);
            if operation.answer == AnswerKind::Bytes || self.inner.is_some() {
                // What streams is read later, when the timer here is gone; another transport may
                // want to know.
                *request.timeout_mut() = Some(time.end.saturating_duration_since(started));
            }
            let mut outcome = match &self.inner {
                None => {
                    let attempt = self.attempt(operation, time, http.execute(request), |sent| {
                        let broken = |e| Failure::from_http(e, CallTrace::default());
                        sent.map(Answer::new).map_err(broken)
                    });
                    trace::in_span(&attempt_span, pin!(attempt)).await
                }
                Some(inner) => {
                    let mut call = Call::new(http, request, operation, options);
                    call.idempotency_key = chosen;
                    let attempt = self.attempt(operation, time, inner.execute(call), |sent| sent);
                    trace::in_span(&attempt_span, pin!(attempt)).await
                }
            };
            let class = self.classify(operation, &mut outcome);
            if class == RetryClass::MayHaveActed {
                trace.may_have_acted = Some(true);
            }
            trace::record_outcome(&attempt_span, &outcome);
            if let Some(on_response) = &self.on_response {
                let (attempt, took) = (trace.attempts, started.elapsed());
                let outcome = outcome.as_ref();
                on_response(&Exchange { operation, options, attempt, outcome, took });
            }
            self.learn(&outcome, class);
            let asked = outcome.as_ref().ok().and_then(|answer| answer.retry_after);
            let step = self.retries.next_step(operation, class, asked, trace.attempts);
            match self.prepare_retry(operation, step, trace.attempts, again, &mut deadline).await {
                Ok(next) => request = next,
                Err(GaveUp(why)) => {
                    trace.gave_up = why;
                    match &mut outcome {
                        Ok(answer) => answer.trace = trace,
                        Err(failure) => {
                            trace.request_id = failure.trace.request_id.take();
                            failure.trace = trace;
                        }
                    }
                    return outcome;
                }
            }
        }
    }

    /// The caller's headers replace the client's; both keys come last.
    fn apply_headers(
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

    /// Waits for the answer to one request, and reads it unless it streams.
    async fn attempt<S: Future>(
        &self,
        operation: &Operation,
        time: TimeLimit,
        sent: S,
        to_answer: fn(S::Output) -> Result<Answer, Failure>,
    ) -> Result<Answer, Failure> {
        let mut received: Option<Answer> = None;
        let done = {
            let work = pin!(async {
                let answer = received.insert(to_answer(sent.await)?.with_limits(self.limits));
                let streams = operation.answer == AnswerKind::Bytes;
                if streams && answer.response.status().is_success() {
                    return Ok(());
                }
                answer.read_body().await
            });
            // One timer for all of it.
            timer::before(time.end, work).await
        };
        let mut failure = match (done, &mut received) {
            (Some(Ok(())), Some(_)) => return received.ok_or_else(|| self.too_late(time, None)),
            (_, Some(answer)) if status_is_enough(answer.response.status()) => {
                answer.body = Some(Bytes::new());
                return received.ok_or_else(|| self.too_late(time, None));
            }
            (Some(Err(failure)), _) => failure,
            (_, answer) => {
                self.too_late(time, answer.as_ref().map(|answer| answer.response.status()))
            }
        };
        if let Some(answer) = received {
            failure.trace.request_id = answer.request_id().map(str::to_owned);
        }
        Err(failure)
    }

    /// An attempt's time is over, after the head of an answer or before.
    fn too_late(&self, time: TimeLimit, status: Option<StatusCode>) -> Failure {
        let (server, TimeLimit { of, limit, .. }) = (&self.server, time);
        let message = match status {
            None => format!("{server} did not answer within the {of}'s {limit:?}"),
            Some(_) => format!("the answer of {server} did not end within the {of}'s {limit:?}"),
        };
        let mut failure = Failure::new(FailureKind::Timeout, message);
        failure.status = status;
        failure
    }

    /// What an outcome says about a retry; an answer is given how long the platform asks to wait.
    fn classify(&self, operation: &Operation, outcome: &mut Result<Answer, Failure>) -> RetryClass {
        let answer = match outcome {
            Ok(answer) => answer,
            Err(failure) => return RetryClass::of_failure(failure.kind),
        };
        let status = answer.response.status();
        let body = answer.body.as_deref().unwrap_or_default();
        if status.is_success() {
            let headers = answer.response.headers();
            return RetryClass::of_success(operation, status, headers, body);
        }
        let problem = Problem::read(body);
        answer.retry_after = retry_after(answer.response.headers(), self.clock.now())
            .or(problem.retry_after.map(Duration::from_secs));
        RetryClass::of_error(status, problem.code.as_ref())
    }

    /// What an outcome means for later calls.
    fn learn(&self, outcome: &Result<Answer, Failure>, class: RetryClass) {
        if class == RetryClass::Final && outcome.is_ok() {
            retry::deposit(self.budget.as_ref());
        }
        if let (Some(limiter), Ok(answer)) = (&self.rate_limiter, outcome) {
            if answer.response.status() == StatusCode::TOO_MANY_REQUESTS {
                limiter.slow_down(limiter.time(Instant::now()), answer.retry_after);
            } else {
                limiter.recover();
            }
        }
    }

    /// Waits for the next attempt, if there is one.
    async fn prepare_retry(
        &self,
        operation: &Operation,
        step: NextStep,
        attempts: u32,
        again: Option<reqwest::Request>,
        deadline: &mut Instant,
    ) -> Result<reqwest::Request, GaveUp> {
        let wait = match step {
            NextStep::RetryAfter(wait) => wait,
            NextStep::Stop => return Err(GaveUp(None)),
            NextStep::StopUnclear => {
                return Err(GaveUp(Some("the platform may have acted, and might act twice")));
            }
        };
        let Some(request) = again else {
            return Err(GaveUp(Some("a body that streams cannot be sent twice")));
        };
        if Instant::now().checked_add(wait).is_none_or(|then| then >= *deadline) {
            return Err(GaveUp(Some("the wait before it is longer than the time left")));
        }
        if !retry::withdraw(self.budget.as_ref()) {
            return Err(GaveUp(Some("the retry budget is spent")));
        }
        tracing::debug!(
            target: "synctera",
            operation = operation.id,
            attempts,
            wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
            "retrying"
        );
        self.sleep(wait, deadline).await;
        if !self.acquire(deadline).await {
            let why = "the client's own rate limit leaves no turn within the call's time";
            return Err(GaveUp(Some(why)));
        }
        Ok(request)
    }

    /// Waits for a turn, if the client has a rate limit and there is a turn in time.
    async fn acquire(&self, deadline: &mut Instant) -> bool {
        let Some(limiter) = &self.rate_limiter else {
            return true;
        };
        let now = Instant::now();
        let time = limiter.time(now);
        let left = deadline.saturating_duration_since(now);
        let latest = time.checked_add(left).unwrap_or(*deadline);
        let Some(at) = limiter.acquire(time, latest) else {
            return false;
        };
        if at > time {
            self.sleep(at - time, deadline).await;
        }
        true
    }

    /// Waits on the client's clock. One that a test moves may skip the wait, which is then taken off
    /// the call's time, and has passed for the rate limit.
    async fn sleep(&self, wait: Duration, deadline: &mut Instant) {
        let started = Instant::now();
        let limiter = self.rate_limiter.as_ref();
        let end = limiter.and_then(|limiter| limiter.time(started).checked_add(wait));
        self.clock.sleep(wait).await;
        if let (Some(limiter), Some(end)) = (limiter, end) {
            limiter.reach(end, Instant::now());
        }
        let skipped = wait.saturating_sub(started.elapsed());
        *deadline = deadline.checked_sub(skipped).unwrap_or(started);
    }
}

/// There is no further attempt; why not, where there would have been one.
struct GaveUp(Option<&'static str>);

impl Transport for RetryingTransport {
    fn execute<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Answer, Failure>> {
        let span = trace::call_span(call.operation, &self.server);
        if span.is_disabled() {
            // Mostly; a future inside another would be copied into it.
            static NONE: Span = Span::none();
            return Box::pin(self.attempts(call, &NONE));
        }
        Box::pin(self.execute_in_span(call, span))
    }
}

/// The key of a write: the caller's, or a new one. A read that takes one is sent with the caller's.
fn idempotency_key(
    operation: &Operation,
    chosen: Option<&IdempotencyKey>,
    trace: &mut CallTrace,
) -> Result<Option<HeaderValue>, Failure> {
    let takes_a_key = operation.lists_idempotency && chosen.is_some();
    if !(operation.is_write() || takes_a_key) {
        return Ok(None);
    }
    trace.key_is_generated = chosen.is_none();
    let key = chosen.cloned().unwrap_or_else(|| Uuid::new_v4().into());
    let value = key.to_header().ok_or_else(|| {
        let why = "the idempotency key has characters that cannot be sent in a header";
        Failure::new(FailureKind::Configuration, why)
    })?;
    trace.idempotency_key = Some(key.as_str().to_owned());
    Ok(Some(value))
}

/// The same request, to be sent again; a body that streams cannot. It is made before each attempt, so
/// it is made cheaply: reqwest's own way allocates a place for what no request of ours has.
fn clone_request(request: &reqwest::Request) -> Option<reqwest::Request> {
    let body = match request.body().map(reqwest::Body::as_bytes) {
        None => None,
        Some(Some(bytes)) if bytes.len() <= COPIED_BYTES_MAX => Some(Bytes::copy_from_slice(bytes)),
        Some(_) => return request.try_clone(),
    };
    let mut clone = reqwest::Request::new(request.method().clone(), request.url().clone());
    clone.headers_mut().clone_from(request.headers());
    *clone.body_mut() = body.map(reqwest::Body::from);
    Some(clone)
}

/// Whether a status says all that matters, whatever becomes of the body.
fn status_is_enough(status: StatusCode) -> bool {
    status == StatusCode::TOO_MANY_REQUESTS
}
