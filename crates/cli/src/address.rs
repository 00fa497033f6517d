//! Where a URL leads, as far as its text tells.

use std::net::IpAddr;

use reqwest::Url;

/// Whether a URL leads to this machine.
pub(crate) fn is_loopback(url: &str) -> bool {
    let Some(host) = host(url) else { return false };
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

/// The host of a URL. A dot at its end changes nothing.
pub(crate) fn host(url: &str) -> Option<String> {
    let url = Url::parse(url.trim()).ok()?;
    Some(url.host_str()?.trim_end_matches('.').to_owned())
}

/// The scheme, the host and the port of a URL.
pub(crate) fn origin(url: &str) -> Option<String> {
    let url = Url::parse(url.trim()).ok()?;
    Some(format!("{}://{}:{}", url.scheme(), host(url.as_str())?, url.port_or_known_default()?))
}

/// Whether a URL has a user name or a password, which messages would show.
pub(crate) fn has_credentials(url: &str) -> bool {
    let is_named = |url: Url| !url.username().is_empty() || url.password().is_some();
    // A URL without a scheme is not read as one, and its password is shown all the same.
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    Url::parse(url.trim()).is_ok_and(is_named) || authority.contains('@')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_this_machine_is_known_by_its_host() {
        for url in
            ["http://127.0.0.1:8080", "http://LOCALHOST./x", "http://[::1]:1", "http://127.9.9.9"]
        {
            assert!(is_loopback(url), "{url}");
        }
        for url in ["https://127.0.0.1.example", "https://bank.example/127.0.0.1", "localhost", ""]
        {
            assert!(!is_loopback(url), "{url}");
        }
    }

    #[test]
    fn a_password_is_found_however_the_url_is_written() {
        for url in [
            "https://a:b@host",
            "https://a@host/x",
            "a:b@host",
            "https:/a:b@host",
            " https:a:b@host",
        ] {
            assert!(has_credentials(url), "{url}");
        }
        for url in ["https://host/a@b", "http://127.0.0.1:8080", "https://host?x=a@b", ""] {
            assert!(!has_credentials(url), "{url}");
        }
    }
}
