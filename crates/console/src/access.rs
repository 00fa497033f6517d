//! Protection against requests from other sites.
//!
//! A page of another site must not act here, and must not show this one in a frame. A write therefore
//! needs all of: the page that it comes from is one of this server, the browser says so, and the form has
//! the token that only such a page has. There is a cookie only after a sign-in.

use axum::http::{HeaderMap, HeaderValue, Method, header};
use sha2::{Digest, Sha256};

use crate::texts::failures;

/// What a browser says about the page that a request comes from.
const FETCH_SITE: &str = "sec-fetch-site";

/// What a page may load and do: what this server has, and nothing of others. No script or style stands
/// in a page.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
                      connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The token of the forms of a session, or of pages without a session.
pub(crate) fn token(secret: &[u8; 32], session: Option<&str>) -> String {
    let digest = Sha256::new().chain_update(b"console form").chain_update(secret);
    hex::encode(digest.chain_update(session.unwrap_or_default()).finalize())
}

/// The mark of a text that only this server writes into the URL of a page, for one session: what was done. A link
/// that somebody else made does not have it.
pub(crate) fn mark(secret: &[u8; 32], session: Option<&str>, (page, text): (&str, &str)) -> String {
    let digest = Sha256::new().chain_update(b"console notice").chain_update(token(secret, session));
    hex::encode(digest.chain_update(page).chain_update([0]).chain_update(text).finalize())
}

/// Whether a text has its mark. The time it takes does not depend on where they differ.
pub(crate) fn is_mark(
    secret: &[u8; 32],
    session: Option<&str>,
    of: (&str, &str),
    given: &str,
) -> bool {
    let digest = |text: &str| Sha256::digest(text.as_bytes());
    digest(&mark(secret, session, of)) == digest(given)
}

/// Why a write is refused that does not come from a page of this server.
pub(crate) fn refusal(method: &Method, headers: &HeaderMap) -> Option<&'static str> {
    if method == Method::GET || method == Method::HEAD {
        return None;
    }
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let site = headers.get(FETCH_SITE).map(HeaderValue::as_bytes);
    if site.is_some_and(|site| site != b"same-origin") {
        return Some(failures::OTHER_SITE);
    }
    let origin = text(header::ORIGIN).and_then(|origin| origin.split_once("://"));
    let (Some((_, origin)), Some(host)) = (origin, text(header::HOST)) else {
        return Some(failures::NO_ORIGIN);
    };
    (origin != host).then_some(failures::OTHER_SERVER)
}

/// Whether a form has the token. The time it takes does not depend on where they differ.
pub(crate) fn is_token(secret: &[u8; 32], session: Option<&str>, given: &str) -> bool {
    let digest = |text: &str| Sha256::digest(text.as_bytes());
    digest(&token(secret, session)) == digest(given)
}

/// The cookie that names a session.
const COOKIE: &str = "synctera_console";

/// The session of a request.
pub(crate) fn session(headers: &HeaderMap) -> Option<String> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs =
        all.flat_map(|value| value.split(';')).filter_map(|it| it.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, value)| value.to_owned())
}

/// The header that begins a session in a browser, or ends it. No script reads it, and no page of others
/// has it sent. Forks have paths of their own, so it is not for the console's paths alone. A browser that
/// sent the form by https sends the cookie by https alone.
pub(crate) fn cookie(session: Option<&str>, headers: &HeaderMap) -> Option<HeaderValue> {
    let age = if session.is_some() { "" } else { "; Max-Age=0" };
    let value = session.unwrap_or_default();
    let origin = headers.get(header::ORIGIN).map(HeaderValue::as_bytes);
    let is_https = origin.is_some_and(|origin| origin.starts_with(b"https://"));
    let secure = if is_https { "; Secure" } else { "" };
    let cookie = format!("{COOKIE}={value}; Path=/; HttpOnly; SameSite=Strict{secure}{age}");
    HeaderValue::from_str(&cookie).ok()
}

/// What a proxy adds to a request that it passes on.
const FORWARDED: [&str; 5] =
    ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"];

/// Whether a proxy passed a request on: the address that it comes from is that of the proxy then.
pub(crate) fn is_forwarded(headers: &HeaderMap) -> bool {
    FORWARDED.iter().any(|name| headers.contains_key(*name))
}

/// Whether a browser can be redirected to this page after a sign-in: it is one of the console under this
/// path, and no text that a browser reads as another server or that a header cannot carry.
pub(crate) fn is_page_of(console: &str, to: &str) -> bool {
    let path = to.split(['?', '#']).next().unwrap_or_default();
    let leaves = |segment: &str| {
        let plain = segment.to_ascii_lowercase().replace("%2e", ".");
        plain == "." || plain == ".."
    };
    let rest = path.strip_prefix(console);
    to.bytes().all(|byte| byte.is_ascii_graphic())
        && !to.starts_with("//")
        && !to.contains('\\')
        && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        && !path.split('/').any(leaves)
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
    fn a_token_is_of_one_secret_and_one_session() {
        let of = |secret: u8, session| token(&[secret; 32], session);
        assert!(is_token(&[1; 32], None, &of(1, None)));
        assert!(is_token(&[1; 32], Some("a"), &of(1, Some("a"))));
        for other in [of(2, Some("a")), of(1, Some("b")), of(1, None), String::new()] {
            assert!(!is_token(&[1; 32], Some("a"), &other));
        }
    }

    #[test]
    fn a_session_is_found_among_other_cookies() {
        let headers = [(header::COOKIE, HeaderValue::from_static("a=b; synctera_console=x; c=d"))];
        assert_eq!(session(&headers.into_iter().collect()).as_deref(), Some("x"));
        assert_eq!(session(&HeaderMap::new()), None);
    }

    #[test]
    fn a_cookie_of_https_is_sent_by_https_alone() {
        let sent_from = |origin| [(header::ORIGIN, HeaderValue::from_static(origin))];
        let of = |session, origin| {
            let cookie = cookie(session, &sent_from(origin).into_iter().collect()).unwrap();
            cookie.to_str().unwrap().to_owned()
        };
        assert!(of(Some("x"), "https://bank.example").ends_with("; SameSite=Strict; Secure"));
        assert!(!of(Some("x"), "http://127.0.0.1:8080").contains("Secure"));
        assert!(of(None, "https://bank.example").ends_with("; Secure; Max-Age=0"));
    }

    #[test]
    fn a_sign_in_leads_to_the_console() {
        for to in [
            "/console",
            "/console?x=1",
            "/console/1_1/persons?status=ACTIVE&q=a..b",
            "/console/1_1/persons/a%20b/...",
        ] {
            assert!(is_page_of("/console", to), "{to}");
        }
        for to in [
            "",
            "/",
            "/consoles",
            "/v2/persons",
            "//console/",
            "https://elsewhere.example/console/",
            "/console/\\x",
            "/console/\0x",
            "/console/\u{7f}",
            "/console/\u{e9}",
            "/console/a b",
            "/console/a\r\nb",
            "/console/../v2/persons",
            "/console/x/%2E./..",
            "/console/.",
        ] {
            assert!(!is_page_of("/console", to), "{to:?}");
        }
        assert!(is_page_of("/forks/a/console", "/forks/a/console/1_1/cards"));
        assert!(!is_page_of("/forks/a/console", "/console/1_1/cards"));
    }
}
