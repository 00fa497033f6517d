//! The client: how it is set up, and the way to every raw operation.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;
use synctera_api::runtime::{CallOptions, Inner};
use synctera_api::{Error, Sensitive, v0, v2};

use crate::environment::{Environment, Variables};
use crate::transport::{Delivery, Retries};

/// Time to open a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Time for one try. Verifications, link tokens and card issues wait for a vendor behind the
/// platform.
const TRY_TIMEOUT: Duration = Duration::from_secs(60);
/// Time for a call with all of its tries and the waits between them.
const CALL_TIMEOUT: Duration = Duration::from_secs(150);

/// A client of the platform. Cheap to clone; clones share connections.
///
/// ```
/// # fn main() -> Result<(), synctera::Error> {
/// use synctera::{Environment, Synctera};
///
/// let client = Synctera::builder("my api key").environment(Environment::Sandbox).build()?;
/// assert_eq!(client.base_url(), "https://api-sandbox.synctera.com");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Synctera {
    v2: v2::Client,
    v0: v0::Client,
    base_url: Arc<str>,
}

impl Synctera {
    /// A client that sends with this API key; see [`Builder`] for what can be set.
    pub fn builder(api_key: impl Into<String>) -> Builder {
        Builder {
            api_key: Sensitive::new(api_key.into()),
            base_url: Environment::Sandbox.base_url().to_owned(),
            connect_timeout: CONNECT_TIMEOUT,
            try_timeout: TRY_TIMEOUT,
            call_timeout: CALL_TIMEOUT,
            retries: Retries::default(),
            http: None,
        }
    }

    /// A client set up by environment variables.
    ///
    /// | variable | meaning | fallback |
    /// |---|---|---|
    /// | `SYNCTERA_API_KEY` | the key of your workspace | `apikey` |
    /// | `SYNCTERA_BASE_URL` | where the platform is | |
    /// | `SYNCTERA_ENV` | `sandbox` or `production`, when there is no base URL | `baseurl`, else the sandbox |
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) when there is no key, or a value that
    /// cannot be used.
    pub fn from_env() -> Result<Self, Error> {
        Self::from_variables(|name| std::env::var(name).ok())
    }

    /// As [`Synctera::from_env`], with the variables from elsewhere.
    ///
    /// ```
    /// # fn main() -> Result<(), synctera::Error> {
    /// let client = synctera::Synctera::from_variables(|name| match name {
    ///     "SYNCTERA_API_KEY" => Some("my api key".to_owned()),
    ///     "SYNCTERA_ENV" => Some("production".to_owned()),
    ///     _ => None,
    /// })?;
    /// assert_eq!(client.base_url(), "https://api.synctera.com");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Synctera::from_env`].
    pub fn from_variables(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let variables = Variables::read(lookup)?;
        Self::builder(variables.api_key).base_url(variables.base_url).build()
    }

    /// Every operation of the current interface, as the platform documents it.
    pub fn api(&self) -> &v2::Client {
        &self.v2
    }

    /// The operations that only the legacy interface has.
    pub fn legacy(&self) -> &v0::Client {
        &self.v0
    }

    /// Where the platform is, without a version prefix.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The same client with options for the calls made through it. A journey applies the time limit
    /// and the headers to each of its steps, and takes an idempotency key for its own; see
    /// [`Run::key`](crate::Run::key).
    #[must_use]
    pub fn with_options(&self, options: CallOptions) -> Self {
        Self {
            v2: self.v2.with_options(options.clone()),
            v0: self.v0.with_options(options),
            base_url: self.base_url.clone(),
        }
    }
}

impl fmt::Debug for Synctera {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Synctera").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

/// Sets up a [`Synctera`].
#[derive(Clone, Debug)]
pub struct Builder {
    api_key: Sensitive<String>,
    base_url: String,
    connect_timeout: Duration,
    try_timeout: Duration,
    call_timeout: Duration,
    retries: Retries,
    http: Option<reqwest::Client>,
}

impl Builder {
    /// Speaks to this environment; the sandbox, unless said otherwise.
    #[must_use]
    pub fn environment(mut self, environment: Environment) -> Self {
        environment.base_url().clone_into(&mut self.base_url);
        self
    }

    /// Speaks to a platform that is elsewhere, such as a sandbox on this machine. A version at the
    /// end of the path (`/v2`) is dropped: the interfaces add their own.
    #[must_use]
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = url.into();
        self
    }

    /// Time to open a connection: 10 s unless set.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Time for each try of a call: 60 s unless set.
    #[must_use]
    pub fn try_timeout(mut self, timeout: Duration) -> Self {
        self.try_timeout = timeout;
        self
    }

    /// Time for a call, its tries and the waits between them taken together: 150 s unless set.
    /// [`CallOptions::with_timeout`] overrides it.
    #[must_use]
    pub fn call_timeout(mut self, timeout: Duration) -> Self {
        self.call_timeout = timeout;
        self
    }

    /// When a call is tried again.
    #[must_use]
    pub fn retries(mut self, retries: Retries) -> Self {
        self.retries = retries;
        self
    }

    /// Sends with this HTTP client, for a proxy or certificates of your own. Turn its redirects
    /// off: the platform has none, and they would carry the key elsewhere. Its own time to connect
    /// holds instead of [`Builder::connect_timeout`].
    #[must_use]
    pub fn http_client(mut self, http: reqwest::Client) -> Self {
        self.http = Some(http);
        self
    }

    /// The client.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) when the base URL is none, would carry
    /// the key unencrypted over a network, or when the key cannot stand in a header.
    pub fn build(self) -> Result<Synctera, Error> {
        let base_url = checked_base_url(&self.base_url)?;
        let delivery = Delivery::new(
            self.api_key.expose(),
            self.retries,
            self.try_timeout,
            self.call_timeout,
        )?;
        let http = match self.http {
            Some(http) => http,
            None => reqwest::Client::builder()
                .connect_timeout(self.connect_timeout)
                .redirect(reqwest::redirect::Policy::none())
                .user_agent(concat!("synctera-rs/", env!("CARGO_PKG_VERSION")))
                .build()
                .map_err(|e| {
                    Error::configuration(format!("the HTTP client cannot be set up: {e}"))
                })?,
        };
        let inner = Inner::new(delivery);
        let v2 =
            v2::Client::new_with_client(&format!("{base_url}/v2"), http.clone(), inner.clone());
        let v0 = v0::Client::new_with_client(&format!("{base_url}/v0"), http, inner);
        Ok(Synctera { v2, v0, base_url: base_url.into() })
    }
}

/// The base URL without a trailing slash or version.
fn checked_base_url(text: &str) -> Result<String, Error> {
    let wrong = |why: &str| Err(Error::configuration(format!("the base URL {why}")));
    let Ok(url) = Url::parse(text.trim()) else {
        return wrong("is not a URL; it looks like https://api-sandbox.synctera.com");
    };
    if url.query().is_some() || url.fragment().is_some() {
        return wrong("must end with its path");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return wrong("must not hold a user name or password");
    }
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) => {}
        "http" => return wrong("would send the key unencrypted: http is for loopback alone"),
        _ => return wrong("must begin with https://"),
    }
    let mut base = url.as_str().trim_end_matches('/');
    for version in ["/v0", "/v1", "/v2"] {
        base = base.strip_suffix(version).unwrap_or(base);
    }
    Ok(base.to_owned())
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
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
            assert_eq!(checked_base_url(given).unwrap(), kept);
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
}
