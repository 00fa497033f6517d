//! Where the other side is, and where no test data may be written.

use std::net::IpAddr;

use reqwest::Url;
use synctera::Environment;

/// The host of an environment of the platform.
fn host_of(environment: Environment) -> &'static str {
    environment.base_url().trim_start_matches("https://")
}

/// The base URL of the other side, without a version.
///
/// # Errors
/// When a key must not be sent there, or test data not be written.
pub(super) fn checked(text: &str, is_declared_sandbox: bool) -> Result<Url, String> {
    let wrong = |why: &str| Err(format!("--against {why}"));
    let Ok(mut url) = Url::parse(text.trim()) else {
        return wrong("takes a URL, such as https://api-sandbox.synctera.com");
    };
    if url.query().is_some() || url.fragment().is_some() {
        return wrong("takes a URL that ends with its path");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return wrong("takes a URL without a user name or password");
    }
    // A name with a dot at its end is the same host.
    let host = url.host_str().unwrap_or_default().trim_end_matches('.').to_owned();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    let is_loopback =
        host == "localhost" || address.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    match url.scheme() {
        "https" => {}
        "http" if is_loopback => {}
        "http" => {
            return wrong("would send the key unencrypted: http is for loopback addresses only");
        }
        _ => return wrong("takes a URL that begins with https://"),
    }
    if host == host_of(Environment::Production) {
        return wrong("leads to production, and parity writes test data");
    }
    if !is_loopback && host != host_of(Environment::Sandbox) && !is_declared_sandbox {
        return wrong(
            "is a host that may lead to production, and parity writes test data: \
                      --against-is-a-sandbox says that it does not",
        );
    }
    let path = url.path().trim_end_matches('/');
    let path = ["/v0", "/v1", "/v2"].iter().find_map(|it| path.strip_suffix(it)).unwrap_or(path);
    let path = path.to_owned();
    url.set_path(&path);
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_test_data_go_to_sandboxes_alone() {
        for (text, base) in [
            ("https://api-sandbox.synctera.com/v2/", "https://api-sandbox.synctera.com/"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080/"),
            ("http://[::1]:8080/v2", "http://[::1]:8080/"),
            ("http://localhost:8080/bank/", "http://localhost:8080/bank"),
        ] {
            assert_eq!(checked(text, false).unwrap().as_str(), base);
        }
        for text in ["https://api.synctera.com", "https://API.synctera.com./v2"] {
            assert!(checked(text, true).unwrap_err().contains("production"), "{text}");
        }
        assert!(checked("https://gateway.example", false).unwrap_err().contains("production"));
        checked("https://gateway.example", true).unwrap();
        for text in [
            "http://api-sandbox.synctera.com",
            "http://127.0.0.1.example.com",
            "ftp://127.0.0.1",
            "https://user:password@127.0.0.1",
            "https://127.0.0.1/?x=1",
            "127.0.0.1",
            "",
        ] {
            assert!(checked(text, true).is_err(), "{text}");
        }
    }
}
