//! Who may use the console.
//!
//! A page of another site must not act here, and must not show this one in a frame. A write therefore
//! needs all of: the page that it comes from is one of this server, the browser says so, and the form has
//! the token that only such a page has. Nothing is kept in cookies.

use axum::http::{HeaderMap, HeaderValue, Method, header};
use sha2::{Digest, Sha256};

/// What a browser tells of the page that a request comes from.
const FETCH_SITE: &str = "sec-fetch-site";

/// What a page may load and do: what this server has, and nothing of others. No script or style stands
/// in a page.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
                      connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The token of forms.
pub(crate) fn token(secret: &[u8; 32]) -> String {
    let digest = Sha256::new().chain_update(b"console form").chain_update(secret).finalize();
    hex::encode(digest)
}

/// Why a write is refused that does not come from a page of this server.
pub(crate) fn refusal(method: &Method, headers: &HeaderMap) -> Option<&'static str> {
    if method == Method::GET || method == Method::HEAD {
        return None;
    }
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let site = headers.get(FETCH_SITE).map(HeaderValue::as_bytes);
    if site.is_some_and(|site| site != b"same-origin") {
        return Some("the request comes from a page of another site");
    }
    let origin = text(header::ORIGIN).and_then(|origin| origin.split_once("://"));
    let (Some((_, origin)), Some(host)) = (origin, text(header::HOST)) else {
        return Some("the request does not say which page it comes from");
    };
    (origin != host).then_some("the request comes from a page of another server")
}

/// Whether a form has the token. The time it takes does not depend on where they differ.
pub(crate) fn is_token(secret: &[u8; 32], given: &str) -> bool {
    let digest = |text: &str| Sha256::digest(text.as_bytes());
    digest(&token(secret)) == digest(given)
}

/// What every answer of the console says to the browser.
pub(crate) fn add_headers(headers: &mut HeaderMap) {
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Without a referrer a form of this server would not say that it is one.
        (header::REFERRER_POLICY, "same-origin"),
        (header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(given: &[(&'static str, &'static str)]) -> bool {
        let headers = given.iter().map(|(name, value)| {
            (header::HeaderName::from_static(name), HeaderValue::from_static(value))
        });
        refusal(&Method::POST, &headers.collect()).is_some()
    }

    #[test]
    fn a_write_comes_from_a_page_of_this_server() {
        let host = ("host", "127.0.0.1:8080");
        let origin = ("origin", "http://127.0.0.1:8080");
        assert!(!refused(&[host, origin, ("sec-fetch-site", "same-origin")]));
        assert!(!refused(&[host, origin]));
        // Another port of this machine is the same site, and another server.
        for (origin, site) in [
            ("http://127.0.0.1:3000", "same-site"),
            ("http://127.0.0.1:3000", "same-origin"),
            ("http://127.0.0.1:8080", "cross-site"),
            ("http://127.0.0.1:8080", "none"),
            ("null", "same-origin"),
        ] {
            assert!(
                refused(&[host, ("origin", origin), ("sec-fetch-site", site)]),
                "{origin} {site}"
            );
        }
        assert!(refused(&[host]) && refused(&[origin]));
        assert_eq!(refusal(&Method::GET, &HeaderMap::new()), None);
    }

    #[test]
    fn a_token_is_of_one_secret() {
        assert!(is_token(&[1; 32], &token(&[1; 32])));
        assert!(!is_token(&[1; 32], &token(&[2; 32])) && !is_token(&[1; 32], ""));
    }
}
