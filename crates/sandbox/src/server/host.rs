//! Under which names the sandbox answers.
//!
//! A web page can have its own name point to this machine, and then read answers as if they were
//! its own. A browser still says the page's name in `Host`: one that the sandbox does not have is
//! refused, on every path.

use std::collections::BTreeSet;
use std::net::IpAddr;

use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{StatusCode, Version, header};

/// The names that the sandbox has.
#[derive(Clone, Debug)]
pub(crate) struct HostNames {
    /// Where it listens.
    bound: IpAddr,
    /// Names that were given, in lower case.
    given: BTreeSet<String>,
}

impl HostNames {
    pub(crate) fn new(bound: IpAddr, given: &[String]) -> Self {
        let given = given.iter().filter_map(|name| plain(name)).collect();
        Self { bound: bound.to_canonical(), given }
    }

    /// Whether a request was meant for the sandbox, or how it is refused.
    pub(super) fn check(&self, head: &Parts) -> Result<(), (StatusCode, String)> {
        let bad = |why: &str| Err((StatusCode::BAD_REQUEST, why.to_owned()));
        let mut hosts = head.headers.get_all(header::HOST).iter();
        let host = match (hosts.next(), hosts.next()) {
            (Some(host), None) => host,
            // Before HTTP/1.1 there was no such header, and no browser is that old.
            (None, _) if head.version < Version::HTTP_11 => return Ok(()),
            _ => return bad("a request has one Host header"),
        };
        // A target that names a host is meant for that one.
        let target = head.uri.authority().map(Authority::as_str);
        for name in target.into_iter().chain([host.to_str().unwrap_or_default()]) {
            let Some(name) = plain(name) else {
                return bad("the Host header is not the name of a host");
            };
            if !self.has(&name) {
                let why = format!(
                    "this sandbox is not called {name}: it answers to localhost, to loopback addresses, \
                     to the address that it listens on (any address if it listens on all), and to \
                     names given with --allow-host"
                );
                return Err((StatusCode::MISDIRECTED_REQUEST, why));
            }
        }
        Ok(())
    }

    fn has(&self, name: &str) -> bool {
        let literal = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        if let Ok(address) = literal.unwrap_or(name).parse::<IpAddr>() {
            let address = address.to_canonical();
            // No name leads to an address that is itself the name.
            return address.is_loopback()
                || address == self.bound
                || self.bound.is_unspecified()
                || self.given.contains(name);
        }
        name == "localhost" || name.ends_with(".localhost") || self.given.contains(name)
    }
}

/// The name in an authority, without its port, in lower case; none if it is no authority.
pub(crate) fn plain(authority: &str) -> Option<String> {
    let authority: Authority = authority.parse().ok()?;
    let host = authority.host();
    if authority.as_str().contains('@') {
        return None;
    }
    let name = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn status(bound: &str, given: &[&str], hosts: &[&str]) -> u16 {
        let given: Vec<String> = given.iter().map(|name| (*name).to_owned()).collect();
        let mut request = Request::get("/v2/persons");
        for host in hosts {
            request = request.header("host", *host);
        }
        let (head, ()) = request.body(()).unwrap().into_parts();
        match HostNames::new(bound.parse().unwrap(), &given).check(&head) {
            Ok(()) => 200,
            Err((status, _)) => status.as_u16(),
        }
    }

    #[test]
    fn only_its_own_names_are_answered() {
        for own in [
            "localhost",
            "LocalHost:8080",
            "bank.localhost",
            "127.0.0.1:1",
            "127.9.9.9",
            "[::1]:8080",
            "[::ffff:127.0.0.1]",
            "localhost.",
        ] {
            assert_eq!(status("127.0.0.1", &[], &[own]), 200, "{own}");
        }
        for other in [
            "evil.example",
            "evil.example:8080",
            "localhost.evil.example",
            "10.0.0.7",
            "0.0.0.0",
            "notlocalhost",
            "127.0.0.1.evil.example",
            "[2001:db8::1]",
        ] {
            assert_eq!(status("127.0.0.1", &[], &[other]), 421, "{other}");
        }
        for nothing in ["", "user@localhost", "local host", ":8080"] {
            assert_eq!(status("127.0.0.1", &[], &[nothing]), 400, "{nothing}");
        }
        assert_eq!(status("127.0.0.1", &[], &[]), 400);
        assert_eq!(status("127.0.0.1", &[], &["localhost", "localhost"]), 400);
        assert_eq!(status("10.0.0.7", &[], &["10.0.0.7:80"]), 200);
        assert_eq!(status("10.0.0.7", &[], &["10.0.0.8"]), 421);
        assert_eq!(status("0.0.0.0", &[], &["10.0.0.8"]), 200);
        assert_eq!(status("0.0.0.0", &[], &["evil.example"]), 421);
        assert_eq!(status("::", &["Sandbox"], &["sandbox:8080"]), 200);
    }

    #[test]
    fn a_target_that_names_a_host_is_looked_at_too() {
        let names = HostNames::new("127.0.0.1".parse().unwrap(), &[]);
        let request = Request::get("http://evil.example/v2/persons").header("host", "localhost");
        let (head, ()) = request.body(()).unwrap().into_parts();
        assert_eq!(names.check(&head).unwrap_err().0, StatusCode::MISDIRECTED_REQUEST);
    }
}
