//! Who may use the control API: programs on this machine, and callers that send the control token.
//!
//! The peer of a connection to a container is another machine, though it is meant by the container's
//! owner; so a token lets it in. Web pages, and what the sandbox sends where its callers want it, are
//! refused in any case.

use std::net::SocketAddr;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use sha2::{Digest, Sha256};
use synctera_api::runtime::ErrorCode;

use crate::engine::{bearer, is_api_key};
use crate::model::outgoing_client::MARKER;
use crate::server::response::{coded_problem, problem};

/// How the page that a request comes from and the sandbox belong together.
const FETCH_SITE: &str = "sec-fetch-site";

/// A token that lets other machines use the control API, as it was given.
#[derive(Clone)]
pub(crate) struct ControlToken(String);

impl ControlToken {
    pub(crate) fn new(token: String) -> Self {
        Self(token)
    }

    /// Whether a header can carry it.
    pub(crate) fn is_valid(&self) -> bool {
        is_api_key(&self.0)
    }
}

impl std::fmt::Debug for ControlToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ControlToken(..)")
    }
}

/// Whom the control API answers.
pub(crate) struct ControlAccess {
    /// The digest of the token, if there is one: of the same length for any token.
    token: Option<[u8; 32]>,
}

impl ControlAccess {
    pub(crate) fn new(token: Option<&ControlToken>) -> Self {
        Self { token: token.map(|token| Sha256::digest(&token.0).into()) }
    }

    /// Whether a request is admitted, or how and why it is refused.
    pub(in crate::server) fn check(
        &self,
        peer: SocketAddr,
        headers: &HeaderMap,
    ) -> Result<(), (StatusCode, &'static str)> {
        if !peer.ip().to_canonical().is_loopback() {
            self.check_token(headers)?;
        }
        // A browser names the origin of a page with what changes something, and its relation to the
        // page with the rest.
        let is_from_elsewhere = headers.get(FETCH_SITE).is_some_and(|site| {
            site.as_bytes() == b"cross-site" || site.as_bytes() == b"same-site"
        });
        if is_from_elsewhere || headers.contains_key(header::ORIGIN) {
            return Err((StatusCode::FORBIDDEN, "the control API is not for web pages"));
        }
        if headers.contains_key(MARKER) {
            let why =
                "the control API takes no request that a sandbox sent to a webhook or a gateway";
            return Err((StatusCode::FORBIDDEN, why));
        }
        Ok(())
    }

    fn check_token(&self, headers: &HeaderMap) -> Result<(), (StatusCode, &'static str)> {
        let Some(token) = &self.token else {
            let why = "the control API answers loopback alone, as the sandbox was started without a \
                       control token: call it at 127.0.0.1, or start it with --control-token-file or \
                       SYNCTERA_SANDBOX_CONTROL_TOKEN and send the token";
            return Err((StatusCode::FORBIDDEN, why));
        };
        let authorization = headers.get(header::AUTHORIZATION);
        let Some(sent) = authorization.and_then(|value| bearer(value.to_str().ok()?)) else {
            let why = "send the control token as: Authorization: Bearer <token>; at 127.0.0.1 none is needed";
            return Err((StatusCode::UNAUTHORIZED, why));
        };
        verify_slices_are_equal(token, &Sha256::digest(sent)).map_err(|_| {
            (StatusCode::UNAUTHORIZED, "this is not the control token of this sandbox")
        })
    }
}

/// The answer to a request that is not admitted.
pub(in crate::server) fn refused(status: StatusCode, why: &str) -> Response<Body> {
    if status != StatusCode::UNAUTHORIZED {
        return problem(status, why);
    }
    let mut refused = coded_problem(status, &ErrorCode::Unauthenticated, why);
    refused.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    refused
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(token: Option<&str>, peer: &str, headers: &[(&'static str, &str)]) -> u16 {
        let token = token.map(|token| ControlToken::new(token.to_owned()));
        let headers = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect();
        match ControlAccess::new(token.as_ref()).check(peer.parse().unwrap(), &headers) {
            Ok(()) => 200,
            Err((status, _)) => status.as_u16(),
        }
    }

    const HERE: [&str; 3] = ["127.0.0.1:1", "[::1]:1", "[::ffff:127.0.0.1]:1"];
    const ELSEWHERE: [&str; 3] = ["192.168.0.7:1", "[2001:db8::1]:1", "[::ffff:10.0.0.1]:1"];

    #[test]
    fn without_a_token_only_this_machine_is_answered() {
        for here in HERE {
            assert_eq!(status(None, here, &[]), 200, "{here}");
        }
        for elsewhere in ELSEWHERE {
            assert_eq!(status(None, elsewhere, &[]), 403, "{elsewhere}");
            assert_eq!(status(None, elsewhere, &[("authorization", "Bearer ")]), 403);
        }
    }

    #[test]
    fn other_machines_are_answered_if_they_send_the_token() {
        for elsewhere in ELSEWHERE {
            for (sent, expected) in [
                ("Bearer s3cret", 200),
                ("bearer   s3cret", 200),
                ("Bearer s3cre", 401),
                ("Bearer s3crets", 401),
                ("Bearer S3CRET", 401),
                ("Bearer ", 401),
                ("Basic s3cret", 401),
                ("s3cret", 401),
            ] {
                let headers = [("authorization", sent)];
                assert_eq!(status(Some("s3cret"), elsewhere, &headers), expected, "{sent}");
            }
            assert_eq!(status(Some("s3cret"), elsewhere, &[]), 401);
        }
    }

    #[test]
    fn this_machine_needs_no_token() {
        for here in HERE {
            assert_eq!(status(Some("s3cret"), here, &[]), 200, "{here}");
            let other = [("authorization", "Bearer sandbox-key")];
            assert_eq!(status(Some("s3cret"), here, &other), 200, "{here}");
        }
    }

    #[test]
    fn web_pages_and_what_a_sandbox_sends_are_refused_with_a_token_too() {
        let page = ("origin", "http://127.0.0.1:3000");
        let token = ("authorization", "Bearer s3cret");
        for peer in [HERE[0], ELSEWHERE[0]] {
            assert_eq!(status(Some("s3cret"), peer, &[token, page]), 403, "{peer}");
            for (site, expected) in
                [("cross-site", 403), ("same-site", 403), ("same-origin", 200), ("none", 200)]
            {
                let fetch = ("sec-fetch-site", site);
                assert_eq!(status(Some("s3cret"), peer, &[token, fetch]), expected, "{site}");
            }
            let sent = ("sandbox-outbound", "1");
            assert_eq!(status(Some("s3cret"), peer, &[token, sent]), 403, "{peer}");
        }
    }

    #[test]
    fn a_token_is_not_shown() {
        let token = ControlToken::new("s3cret".to_owned());
        assert_eq!(format!("{token:?}"), "ControlToken(..)");
        assert!(!ControlToken::new("two words".to_owned()).is_valid());
        assert!(!ControlToken::new(String::new()).is_valid());
    }
}
