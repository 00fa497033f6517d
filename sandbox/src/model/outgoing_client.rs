//! The HTTP client for the sandbox's own requests: webhooks, and calls to card gateways.

use std::sync::OnceLock;

use reqwest::redirect::Policy;

/// Sends to `http` and `https` addresses, and follows no redirect: what is signed for one address
/// goes nowhere else.
#[derive(Debug)]
pub(crate) struct OutgoingClient {
    plain: reqwest::Client,
    /// Made when the first `https` address is used: it reads the machine's root certificates, which
    /// takes longer than everything else at the start.
    secure: OnceLock<Option<reqwest::Client>>,
}

impl OutgoingClient {
    pub(crate) fn new() -> Result<Self, reqwest::Error> {
        let plain = builder().tls_certs_only([]).build()?;
        Ok(Self { plain, secure: OnceLock::new() })
    }

    pub(crate) fn post(&self, url: &str) -> reqwest::RequestBuilder {
        let is_secure = url.get(..6).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https:"));
        let secure = if is_secure {
            self.secure.get_or_init(|| builder().build().ok()).as_ref()
        } else {
            None
        };
        secure.unwrap_or(&self.plain).post(url)
    }
}

fn builder() -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .redirect(Policy::none())
        .no_proxy()
        .user_agent(concat!("synctera-sandbox/", env!("CARGO_PKG_VERSION")))
}
