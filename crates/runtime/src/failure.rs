//! Why a call got no response.

use std::error::Error as StdError;
use std::sync::Arc;
use std::{fmt, io};

use reqwest::{StatusCode, Url};

use super::next_action::NextAction;
use super::quote::quoted;
use super::trace::CallTrace;

/// Characters of the text of a cause that are kept: it may quote the server, for example its
/// certificate.
const CAUSE_MAX: usize = 500;
/// The largest number of nested causes that are kept.
const CAUSES_MAX: usize = 16;
/// The URL that reqwest gives a response that does not come from a server.
const NO_HOST: &str = "no.url.provided.local";

/// A call that got no response.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Failure {
    /// The kind of failure.
    pub kind: FailureKind,
    /// A text for people, without a query, a header or a body.
    pub message: String,
    /// The cause.
    pub source: Option<Arc<dyn StdError + Send + Sync>>,
    /// The status, if the connection broke after it was received.
    pub status: Option<StatusCode>,
    /// The attempts, the key and the request id of the call.
    pub trace: CallTrace,
    /// What to do about it, where the kind does not say it.
    pub next_action: Option<NextAction>,
}

/// Why there is no response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FailureKind {
    /// The transport cannot send this request.
    Configuration,
    /// A rule of the transport forbids it.
    Refused,
    /// The client's own rate limit allows no attempt in time: nothing was sent.
    RateLimited,
    /// No connection: nothing was sent.
    Connect,
    /// No response in time.
    Timeout,
    /// The connection broke after something was sent.
    Interrupted,
    /// The platform answered with success, and with a body beyond the client's limit.
    ResponseTooLarge,
}

impl Failure {
    /// A failure that does not come from the HTTP client; `message` is for people.
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            source: None,
            status: None,
            trace: CallTrace::default(),
            next_action: None,
        }
    }

    /// The same failure, with the trace of the call.
    #[must_use]
    pub fn with_trace(mut self, trace: CallTrace) -> Self {
        self.trace = trace;
        self
    }

    /// The same failure, with what to do about it.
    #[must_use]
    pub fn with_next_action(mut self, action: NextAction) -> Self {
        self.next_action = Some(action);
        self
    }

    /// Classifies a failure of the HTTP client. Only host and port of the URL are kept: the query may
    /// contain personal data.
    pub fn from_http(error: reqwest::Error, trace: CallTrace) -> Self {
        let endpoint = error.url().and_then(Endpoint::of);
        let server = endpoint.as_ref().map_or("the server", |endpoint| &endpoint.address);
        let reason = innermost(&error);
        let (kind, message) = if error.is_connect() {
            let is_tls = endpoint.as_ref().is_some_and(|endpoint| endpoint.is_https)
                && is_tls_handshake(&error);
            let what = if is_tls { "the TLS handshake with" } else { "connecting to" };
            (FailureKind::Connect, format!("{what} {server} failed: {reason}"))
        } else if error.is_timeout() {
            (FailureKind::Timeout, format!("{server} did not answer: {reason}"))
        } else if error.is_builder() {
            (FailureKind::Configuration, format!("the request cannot be built: {reason}"))
        } else {
            (FailureKind::Interrupted, format!("the connection to {server} broke: {reason}"))
        };
        Self { source: Cause::chain(&error.without_url()), trace, ..Self::new(kind, message) }
    }

    /// The connection broke, or the time limit passed, while a response of this status was read.
    pub fn from_body(error: reqwest::Error, status: StatusCode) -> Self {
        Self::broken_body(error, status, None)
    }

    /// As [`Failure::from_body`], for a response from this URL.
    pub(super) fn broken_body(
        error: reqwest::Error,
        status: StatusCode,
        url: Option<&Url>,
    ) -> Self {
        let kind = if error.is_timeout() { FailureKind::Timeout } else { FailureKind::Interrupted };
        let error = error.without_url();
        let reason = innermost(&error);
        let message = match url.and_then(Endpoint::of) {
            Some(Endpoint { address, .. }) => {
                format!("the answer of {address} broke off: {reason}")
            }
            None => format!("the answer broke off: {reason}"),
        };
        let (source, status) = (Cause::chain(&error), Some(status));
        Self { source, status, ..Self::new(kind, message) }
    }

    /// A success whose body exceeds the limit of the client.
    pub(super) fn too_large(status: StatusCode, bytes_max: usize, limit: &str) -> Self {
        let message = format!("its body is longer than {bytes_max} bytes ({limit})");
        let status = Some(status);
        Self { status, ..Self::new(FailureKind::ResponseTooLarge, message) }
    }
}

/// The server of a request.
struct Endpoint {
    /// Host and port.
    address: String,
    is_https: bool,
}

impl Endpoint {
    fn of(url: &Url) -> Option<Self> {
        let host = url.host_str().filter(|host| *host != NO_HOST)?;
        let address = match url.port_or_known_default() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        Some(Self { address, is_https: url.scheme() == "https" })
    }
}

/// Whether the connection was made, but not its encryption: errors of rustls have no error code of
/// the operating system.
fn is_tls_handshake(error: &(dyn StdError + 'static)) -> bool {
    causes(error).filter_map(|cause| cause.downcast_ref::<io::Error>()).any(|cause| {
        let mut cause = cause;
        // An `io::Error` within another one is not among the causes.
        while let Some(inner) = cause.get_ref().and_then(|inner| inner.downcast_ref::<io::Error>())
        {
            cause = inner;
        }
        let kind = cause.kind();
        cause.raw_os_error().is_none()
            && matches!(kind, io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof)
    })
}

/// An error and its causes, the outermost first.
fn causes<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    let mut next = Some(error);
    std::iter::from_fn(move || {
        let error = next?;
        next = error.source();
        Some(error)
    })
    .take(CAUSES_MAX)
}

/// The last cause is the most precise: `connection refused`, not `error sending request`.
fn innermost(error: &(dyn StdError + 'static)) -> String {
    let text = causes(error).last().map(ToString::to_string).unwrap_or_default();
    quoted(&text, CAUSE_MAX).to_string()
}

/// The text of a cause, safe to print: it may contain text from the server.
#[derive(Debug)]
struct Cause {
    text: String,
    source: Option<Box<Self>>,
}

impl Cause {
    fn chain(error: &(dyn StdError + 'static)) -> Option<Arc<dyn StdError + Send + Sync>> {
        let texts: Vec<String> =
            causes(error).map(|cause| quoted(&cause.to_string(), CAUSE_MAX).to_string()).collect();
        let wrap = |source, text| Some(Box::new(Self { text, source }));
        let outermost = texts.into_iter().rev().fold(None, wrap)?;
        Some(Arc::new(*outermost))
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl StdError for Cause {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_are_kept_as_bounded_text() {
        #[derive(Debug)]
        struct Loud(usize);

        impl fmt::Display for Loud {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "\u{1b}[2J{}\n{}", self.0, "x".repeat(100_000))
            }
        }

        impl StdError for Loud {
            fn source(&self) -> Option<&(dyn StdError + 'static)> {
                // It is its own cause.
                Some(self)
            }
        }

        let chain = Cause::chain(&Loud(7)).unwrap();
        let texts: Vec<String> =
            causes(&*chain).map(|cause| format!("{cause} {cause:?}")).collect();
        assert_eq!(texts.len(), CAUSES_MAX);
        for text in texts {
            assert!(text.starts_with("\\u{1b}[2J7\\nxxx"), "{text}");
            assert!(!text.chars().any(char::is_control) && text.len() < 20_000);
        }
        assert!(innermost(&Loud(7)).len() < 600);
    }

    #[test]
    fn an_endpoint_is_host_and_port() {
        let address = |url: &str| Endpoint::of(&Url::parse(url).unwrap()).map(|at| at.address);
        assert_eq!(
            address("https://user:pw@api.example.com/x?ssn=1").unwrap(),
            "api.example.com:443"
        );
        assert_eq!(address("http://[::1]:8080/").unwrap(), "[::1]:8080");
        assert_eq!(address("http://no.url.provided.local"), None);
    }
}
