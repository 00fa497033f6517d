//! The settings of a client.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use synctera_api::runtime::{Clock, Inner, Limits, Transport, authorization};
use synctera_api::{Error, Sensitive, v0, v2};

use crate::Synctera;
use crate::clock::SystemClock;
use crate::environment::Environment;
use crate::tls::{self, Trust};
use crate::transport::{Exchange, RateLimit, ResponseHook, Retries, RetryingTransport, Server};

/// The default time limit for opening a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The default time limit of one attempt. Verifications, link tokens and card issues wait for a vendor
/// of the platform.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(60);
/// The default time limit of a call, with all of its attempts and the waits between them.
const CALL_TIMEOUT: Duration = Duration::from_secs(150);
/// The user agent of this crate.
const AGENT: &str = concat!("synctera-rs/", env!("CARGO_PKG_VERSION"));

/// The settings of a [`Synctera`], and its constructor.
#[derive(Clone)]
pub struct Builder {
    api_key: Sensitive<String>,
    base_url: String,
    environment: Option<Environment>,
    connect_timeout: Duration,
    attempt_timeout: Duration,
    call_timeout: Duration,
    retries: Retries,
    rate_limit: Option<RateLimit>,
    limits: Limits,
    clock: Arc<dyn Clock>,
    user_agent: Option<String>,
    headers: HeaderMap,
    proxy: Option<Sensitive<String>>,
    certificates: Vec<Vec<u8>>,
    http: Option<reqwest::Client>,
    transport: Option<Arc<dyn Transport>>,
    on_response: Option<ResponseHook>,
}

impl Synctera {
    /// The settings of a client with this API key; see [`Builder`].
    pub fn builder(api_key: impl Into<String>) -> Builder {
        Builder::new(api_key.into())
    }
}

impl Builder {
    pub(crate) fn new(api_key: String) -> Self {
        Self {
            api_key: Sensitive::new(api_key),
            base_url: Environment::Sandbox.base_url().to_owned(),
            environment: None,
            connect_timeout: CONNECT_TIMEOUT,
            attempt_timeout: ATTEMPT_TIMEOUT,
            call_timeout: CALL_TIMEOUT,
            retries: Retries::default(),
            rate_limit: None,
            limits: Limits::new(),
            clock: Arc::new(SystemClock),
            user_agent: None,
            headers: HeaderMap::new(),
            proxy: None,
            certificates: Vec::new(),
            http: None,
            transport: None,
            on_response: None,
        }
    }

    /// The environment of the client: the sandbox unless set.
    ///
    /// A client for production refuses everything that is only for the sandbox (simulations, test
    /// money, wiping the workspace) before anything is sent. So does a client for a base URL that is neither
    /// the platform's sandbox nor on this machine, unless the environment is set to the sandbox.
    #[must_use]
    pub fn environment(mut self, environment: Environment) -> Self {
        environment.base_url().clone_into(&mut self.base_url);
        self.environment = Some(environment);
        self
    }

    /// The URL of the platform, for example of a sandbox on this machine. A version at the end of the
    /// path (`/v2`) is removed: the interfaces add it. For a gateway that leads to production, set
    /// [`Builder::environment`], too.
    #[must_use]
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = url.into();
        self
    }

    /// The time limit for opening a connection: 10 s unless set.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// The time limit of each attempt of a call: 60 s unless set.
    #[must_use]
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = timeout;
        self
    }

    /// The time limit of a call, including its attempts and the waits between them: 150 s unless set.
    /// [`CallOptions::with_timeout`](crate::CallOptions::with_timeout) overrides it.
    #[must_use]
    pub fn call_timeout(mut self, timeout: Duration) -> Self {
        self.call_timeout = timeout;
        self
    }

    /// When a call is retried.
    #[must_use]
    pub fn retries(mut self, retries: Retries) -> Self {
        self.retries = retries;
        self
    }

    /// Limits the rate of attempts; no limit unless set. A call that gets no permit within its time
    /// limit fails with [`RateLimited`](crate::ErrorKind::RateLimited).
    #[must_use]
    pub fn rate_limit(mut self, limit: RateLimit) -> Self {
        self.rate_limit = Some(limit);
        self
    }

    /// How much of a response is read, and how much of it an error quotes; [`Limits::new`] unless set.
    ///
    /// ```
    /// # fn main() -> Result<(), synctera::Error> {
    /// use synctera::{Limits, Synctera};
    ///
    /// let limits = Limits::new().success_body(8 * 1024 * 1024).quoted_text(200);
    /// let client = Synctera::builder("my-api-key").limits(limits).build()?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The clock for the current time and for waits between attempts: the system's unless set.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// The name and version of your program for the `User-Agent` header, such as `acme-ledger/2.1`.
    /// The name of this crate follows.
    #[must_use]
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = Some(user_agent.into());
        self
    }

    /// Adds a header to every request. It cannot be the API key or the idempotency key.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// The URL of a proxy, such as `http://proxy.example:3128`. Unless set, the variables `HTTPS_PROXY`
    /// and `NO_PROXY` apply, except for a platform on this machine.
    #[must_use]
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = Some(Sensitive::new(url.into()));
        self
    }

    /// Trusts these root certificates (PEM, one or more) in addition to those of the system, for
    /// example for an inspecting proxy or a private gateway.
    #[must_use]
    pub fn root_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.certificates.push(pem.into());
        self
    }

    /// Sends with this HTTP client, which has its own proxy, certificates and connection time limit.
    /// Disable its redirects: the platform has none, and they would send requests to another server.
    #[must_use]
    pub fn http_client(mut self, http: reqwest::Client) -> Self {
        self.http = Some(http);
        self
    }

    /// Sends each attempt through this transport instead of the HTTP client of this crate: for another
    /// HTTP library, for signed requests, or for recorded responses in a test. Keys, time limits and
    /// retries still apply.
    #[must_use]
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Calls a function after each attempt, with its outcome. The call waits for the function, so it
    /// should be fast.
    ///
    /// ```
    /// # fn main() -> Result<(), synctera::Error> {
    /// let client = synctera::Synctera::builder("my-api-key")
    ///     .on_response(|exchange| {
    ///         println!("{} {:?} in {:?}", exchange.operation.id, exchange.status(), exchange.took);
    ///     })
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn on_response(mut self, hook: impl Fn(&Exchange<'_>) + Send + Sync + 'static) -> Self {
        self.on_response = Some(Arc::new(hook));
        self
    }

    /// Makes the client.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) when
    /// - the API key is empty, contains blanks, starts with `Bearer`, or contains other characters than
    ///   visible ASCII (a line break at its end is removed);
    /// - the base URL is not a valid URL, or would send the key unencrypted over a network;
    /// - the user agent cannot be sent, or the proxy or a certificate is not valid.
    pub fn build(self) -> Result<Synctera, Error> {
        let (base_url, url) = checked_base_url(&self.base_url)?;
        let headers = self.checked_headers()?;
        let http = match &self.http {
            Some(_) if self.proxy.is_some() || !self.certificates.is_empty() => {
                return Err(Error::configuration(
                    "a custom HTTP client has its own proxy and certificates",
                ));
            }
            Some(http) => http.clone(),
            None => self.http_for(&url)?,
        };
        let host = url.host_str().unwrap_or_default().to_owned();
        let production = !is_for_sandbox(self.environment, &url);
        let inner = Inner::new(RetryingTransport {
            headers,
            budget: self.retries.new_budget(),
            retries: self.retries,
            rate_limiter: self.rate_limit.map(|limit| limit.for_host(&host)),
            attempt_timeout: self.attempt_timeout,
            call_timeout: self.call_timeout,
            limits: self.limits,
            clock: self.clock.clone(),
            server: Server { address: host, port: url.port_or_known_default().unwrap_or_default() },
            production,
            inner: self.transport,
            on_response: self.on_response,
        });
        let v2 =
            v2::Client::new_with_client(&format!("{base_url}/v2"), http.clone(), inner.clone());
        let v0 = v0::Client::new_with_client(&format!("{base_url}/v0"), http, inner);
        Ok(Synctera::new(v2, v0, base_url.into(), production, self.clock))
    }

    /// The headers of every request.
    fn checked_headers(&self) -> Result<HeaderMap, Error> {
        let authorization = authorization(self.api_key.expose()).map_err(Error::configuration)?;
        let agent = match &self.user_agent {
            Some(agent) => HeaderValue::try_from(format!("{} {AGENT}", agent.trim())),
            None => Ok(HeaderValue::from_static(AGENT)),
        };
        let agent = agent.map_err(|_| {
            Error::configuration(
                "the user agent contains characters that cannot be sent in a header",
            )
        })?;
        let mut headers = self.headers.clone();
        headers.insert(USER_AGENT, agent);
        headers.insert(AUTHORIZATION, authorization);
        Ok(headers)
    }

    fn http_for(&self, url: &Url) -> Result<reqwest::Client, Error> {
        let mut http = reqwest::Client::builder()
            .connect_timeout(self.connect_timeout)
            .redirect(reqwest::redirect::Policy::none())
            // This crate makes and counts the attempts; and no feature that another crate enables in
            // reqwest changes the protocol.
            .retry(reqwest::retry::never().max_retries_per_request(0))
            .no_gzip()
            .no_brotli()
            .no_deflate()
            .no_zstd()
            .http1_only();
        let mut trust = Trust::System(&[]);
        match &self.proxy {
            Some(proxy) => {
                // The URL may contain a password: it is not quoted.
                let proxy = reqwest::Proxy::all(proxy.expose()).map_err(|_| {
                    Error::configuration("the proxy is not a valid URL, such as http://proxy:3128")
                })?;
                http = http.proxy(proxy);
            }
            None if is_loopback(url) => {
                http = http.no_proxy();
                if url.scheme() == "http" {
                    trust = Trust::None;
                }
            }
            None => {}
        }
        if !self.certificates.is_empty() {
            trust = Trust::System(&self.certificates);
        }
        http.tls_backend_preconfigured(tls::config(&trust)?)
            .build()
            .map_err(|e| Error::configuration(format!("the HTTP client cannot be set up: {e}")))
    }
}

/// Shows the base URL and the time limits, and nothing that may be secret.
impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("base_url", &self.base_url)
            .field("connect_timeout", &self.connect_timeout)
            .field("attempt_timeout", &self.attempt_timeout)
            .field("call_timeout", &self.call_timeout)
            .field("retries", &self.retries)
            .field("rate_limit", &self.rate_limit)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// The base URL without a trailing slash or version.
fn checked_base_url(text: &str) -> Result<(String, Url), Error> {
    let wrong = |why: &str| Err(Error::configuration(format!("the base URL {why}")));
    let Ok(url) = Url::parse(text.trim()) else {
        return wrong("is not a valid URL, such as https://api-sandbox.synctera.com");
    };
    if url.query().is_some() || url.fragment().is_some() {
        return wrong("must end with its path");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return wrong("must not contain a user name or password");
    }
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) => {}
        "http" => {
            return wrong("would send the key unencrypted: http is for loopback addresses only");
        }
        _ => return wrong("must start with https://"),
    }
    let mut base = url.as_str().trim_end_matches('/');
    for version in ["/v0", "/v1", "/v2"] {
        base = base.strip_suffix(version).unwrap_or(base);
    }
    Ok((base.to_owned(), url))
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Whether the base URL leads to test customers and test money only, so that operations of the
/// sandbox may run.
fn is_for_sandbox(environment: Option<Environment>, url: &Url) -> bool {
    // A name with a dot at its end is the same host.
    let host = url.host_str().unwrap_or_default().trim_end_matches('.');
    let is_of = |known: Environment| known.base_url().strip_prefix("https://") == Some(host);
    if is_of(Environment::Production) {
        return false;
    }
    match environment {
        Some(environment) => environment == Environment::Sandbox,
        // A gateway may lead to production.
        None => is_loopback(url) || is_of(Environment::Sandbox),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_urls_lose_their_version_and_keep_their_path() {
        for (given, kept) in [
            ("https://api.synctera.com", "https://api.synctera.com"),
            ("https://api-sandbox.synctera.com/v0/", "https://api-sandbox.synctera.com"),
            ("http://127.0.0.1:8080/v2", "http://127.0.0.1:8080"),
            ("http://[::1]:8080", "http://[::1]:8080"),
            ("https://gateway.example/synctera/v2", "https://gateway.example/synctera"),
        ] {
            assert_eq!(checked_base_url(given).unwrap().0, kept);
        }
    }

    #[test]
    fn a_key_never_travels_unencrypted() {
        for url in [
            "http://api.synctera.com",
            "http://127.0.0.1.example.com",
            "ftp://127.0.0.1",
            "https://user:password@api.synctera.com",
            "https://api.synctera.com/?x=1",
            "api.synctera.com",
            "",
        ] {
            let error = checked_base_url(url).unwrap_err();
            assert_eq!(error.kind(), crate::ErrorKind::Configuration, "{url}");
        }
    }

    #[test]
    fn what_is_for_the_sandbox_only_runs_where_the_sandbox_is_known_to_be() {
        for (url, unset, said) in [
            ("https://api.synctera.com/v2", false, false),
            ("https://API.synctera.com.", false, false),
            ("https://api-sandbox.synctera.com", true, true),
            ("http://127.0.0.1:8080", true, true),
            ("https://gateway.example", false, true),
            ("https://api.synctera.com.example", false, true),
        ] {
            let (_, url) = checked_base_url(url).unwrap();
            assert_eq!(is_for_sandbox(None, &url), unset, "{url}");
            assert_eq!(is_for_sandbox(Some(Environment::Sandbox), &url), said, "{url}");
            assert!(!is_for_sandbox(Some(Environment::Production), &url), "{url}");
        }
    }
}
