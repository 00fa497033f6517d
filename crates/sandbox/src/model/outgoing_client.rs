//! The requests that the sandbox sends itself: events to webhooks, and calls to card gateways.
//!
//! Their URLs and some of their headers are chosen by the holder of an API key. Each request carries
//! [`MARKER`], which the control API refuses, so that a key opens no more than its workspace.

use std::sync::OnceLock;
use std::time::Duration;

use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use reqwest::Response;
use reqwest::redirect::Policy;
use serde_json::Value;

use crate::spec::FieldErrors;

/// Marks a request that a sandbox sent.
pub(crate) const MARKER: HeaderName = HeaderName::from_static("sandbox-outbound");

/// The greatest number of custom headers of a gateway.
const CUSTOM_HEADERS_MAX: usize = 50;

/// Headers that say how a message is framed and where it goes, or that are the sandbox's own.
const RESERVED: [HeaderName; 15] = [
    header::CONNECTION,
    header::CONTENT_ENCODING,
    header::CONTENT_LENGTH,
    header::CONTENT_TYPE,
    header::EXPECT,
    header::HOST,
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    MARKER,
];

/// Sends to `http` and `https` addresses, and follows no redirect: what is signed for one address
/// goes nowhere else. No proxy of the environment is used.
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

    /// Posts a JSON body.
    pub(crate) async fn post(
        &self,
        url: &str,
        headers: HeaderMap,
        body: String,
        timeout: Duration,
    ) -> reqwest::Result<Response> {
        let is_secure = url.get(..6).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https:"));
        let secure = if is_secure {
            self.secure.get_or_init(|| builder().build().ok()).as_ref()
        } else {
            None
        };
        let client = secure.unwrap_or(&self.plain);
        let mut request = client.post(url).timeout(timeout).headers(headers).body(body).build()?;
        let headers = request.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        // Last, so that nothing replaces it.
        headers.insert(MARKER, HeaderValue::from_static("1"));
        client.execute(request).await
    }
}

fn builder() -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .redirect(Policy::none())
        .no_proxy()
        .user_agent(concat!("synctera-sandbox/", env!("CARGO_PKG_VERSION")))
}

/// The custom headers of a gateway, as they are sent. One that cannot be sent is left out.
pub(crate) fn custom_headers<'a>(
    given: impl IntoIterator<Item = (&'a String, &'a String)>,
) -> HeaderMap {
    given.into_iter().filter_map(|(name, value)| header_of(name, value).ok()).collect()
}

/// What is wrong with the custom headers in the body of a gateway, by field.
pub(crate) fn check_custom_headers(body: &Value) -> FieldErrors {
    let mut errors = FieldErrors::default();
    let Some(headers) = body.get("custom_headers").and_then(Value::as_object) else {
        return errors;
    };
    if headers.len() > CUSTOM_HEADERS_MAX {
        let reason = format!("must have at most {CUSTOM_HEADERS_MAX} members");
        errors.merge(FieldErrors::invalid("custom_headers", reason));
    }
    for (name, value) in headers {
        // A card gateway has one value for a name, an ACH gateway a list.
        let values = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        let wrong = if values.is_empty() {
            header_of(name, "").err()
        } else {
            values.iter().filter_map(Value::as_str).find_map(|value| header_of(name, value).err())
        };
        if let Some(reason) = wrong {
            errors.merge(FieldErrors::invalid(&format!("custom_headers.{name}"), reason));
        }
    }
    errors
}

fn header_of(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), &'static str> {
    let name: HeaderName = name.parse().map_err(|_| "is not the name of an HTTP header")?;
    if RESERVED.contains(&name) {
        return Err("is set by the sandbox");
    }
    let value = value.parse().map_err(|_| "is not the value of an HTTP header")?;
    Ok((name, value))
}

/// Whether a text is a URL of a server for the web.
pub(crate) fn is_url(text: &str) -> bool {
    let url = reqwest::Url::parse(text);
    url.is_ok_and(|url| ["http", "https"].contains(&url.scheme()) && url.has_host())
}

/// Host and port of a URL, without what may be secret: name, password, path and query.
pub(crate) fn host_of(url: &str) -> String {
    let url = reqwest::Url::parse(url).ok();
    let host = |url: &reqwest::Url| {
        let host = url.host_str()?.to_owned();
        Some(url.port().map(|port| format!("{host}:{port}")).unwrap_or(host))
    };
    url.as_ref().and_then(host).unwrap_or_default()
}

/// What is wrong with a URL to which the sandbox is to send requests.
pub(crate) fn check_url(field: &str, url: &str) -> FieldErrors {
    if is_url(url) {
        return FieldErrors::default();
    }
    FieldErrors::invalid(field, "must begin with https://, or http://, and name a host")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn of_a_url_the_host_alone_is_told() {
        for (url, host) in [
            ("https://user:secret@bank.example/hook/t0ken?key=secret", "bank.example"),
            ("http://127.0.0.1:9/", "127.0.0.1:9"),
            ("http://[::1]:9/", "[::1]:9"),
            ("nothing", ""),
        ] {
            assert_eq!(host_of(url), host, "{url}");
        }
    }

    #[test]
    fn headers_that_frame_a_message_are_refused_by_name() {
        let names = [
            "Content-Length",
            "HOST",
            "transfer-encoding",
            "Connection",
            "Content-Encoding",
            "Proxy-Connection",
            "Sandbox-Outbound",
        ];
        for name in names {
            for value in [json!("1"), json!(["1"]), json!([])] {
                let gateway = json!({ "custom_headers": { name: value } });
                let errors = check_custom_headers(&gateway);
                assert!(errors.invalid.contains_key(&format!("custom_headers.{name}")), "{name}");
                let sent = [(name.to_owned(), "1".to_owned())];
                assert!(custom_headers(sent.iter().map(|(n, v)| (n, v))).is_empty(), "{name}");
            }
        }
        for (name, value) in [("no name", "1"), ("", "1"), ("x-value", "a\r\nhost: b")] {
            let errors = check_custom_headers(&json!({ "custom_headers": { name: value } }));
            assert_eq!(errors.invalid.len(), 1, "{name}");
        }
        let fine = json!({ "custom_headers": { "Authorization": "Bearer x", "X-Team": "cards" } });
        assert!(check_custom_headers(&fine).is_empty());
        let sent = [("X-Team".to_owned(), "cards".to_owned())];
        assert_eq!(custom_headers(sent.iter().map(|(name, value)| (name, value))).len(), 1);
        let many: Value = (0..51).map(|n| (format!("x-{n}"), json!("1"))).collect();
        assert!(!check_custom_headers(&json!({ "custom_headers": many })).is_empty());
    }
}
