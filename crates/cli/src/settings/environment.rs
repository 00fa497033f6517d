//! The environments: the sandbox on this machine, the platform's sandbox, production.

use serde::Deserialize;

/// Where calls go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Environment {
    /// The sandbox on this machine.
    SandboxLocal,
    /// The platform's sandbox: test customers and test money.
    Sandbox,
    /// Real customers and money.
    Production,
}

impl Environment {
    pub(crate) const NAMES: [&str; 3] = ["sandbox-local", "sandbox", "production"];

    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "sandbox-local" => Self::SandboxLocal,
            "sandbox" => Self::Sandbox,
            "production" => Self::Production,
            _ => return None,
        })
    }

    pub(crate) fn base_url(self) -> &'static str {
        match self {
            Self::SandboxLocal => "http://127.0.0.1:8080",
            Self::Sandbox => synctera::Environment::Sandbox.base_url(),
            Self::Production => synctera::Environment::Production.base_url(),
        }
    }

    /// What the client is told; of an address on this machine it knows what it is.
    pub(super) fn of_sdk(self) -> Option<synctera::Environment> {
        match self {
            Self::SandboxLocal => None,
            Self::Sandbox => Some(synctera::Environment::Sandbox),
            Self::Production => Some(synctera::Environment::Production),
        }
    }
}

/// Whether real customers and money are behind an address, or may be. An address of production is that
/// whatever the profile says.
pub(super) fn is_production(environment: Environment, has_own_address: bool, url: &str) -> bool {
    let host = host(url);
    let is_of = |known: Environment| host.as_deref() == self::host(known.base_url()).as_deref();
    if is_of(Environment::Production) {
        return true;
    }
    match environment {
        Environment::Production => true,
        Environment::Sandbox => false,
        Environment::SandboxLocal => {
            has_own_address && !is_loopback(url) && !is_of(Environment::Sandbox)
        }
    }
}

/// Whether an address is that of the platform.
pub(super) fn is_platform(url: &str) -> bool {
    let host = host(url);
    [Environment::Sandbox, Environment::Production]
        .iter()
        .any(|known| host.as_deref() == self::host(known.base_url()).as_deref())
}

/// Whether an address is on this machine.
pub(crate) fn is_loopback(url: &str) -> bool {
    let Some(host) = host(url) else { return false };
    let address = host.trim_start_matches('[').trim_end_matches(']');
    let is_loopback = |ip: std::net::IpAddr| ip.is_loopback();
    host == "localhost" || address.parse().is_ok_and(is_loopback)
}

/// The host of an address; a dot at its end changes nothing.
fn host(url: &str) -> Option<String> {
    let url = reqwest::Url::parse(url.trim()).ok()?;
    Some(url.host_str()?.trim_end_matches('.').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_production_is_production_whatever_is_said() {
        for environment in
            [Environment::SandboxLocal, Environment::Sandbox, Environment::Production]
        {
            assert!(is_production(environment, true, "https://API.synctera.com./v2"));
        }
        assert!(!is_production(Environment::SandboxLocal, true, "http://localhost:1"));
        assert!(!is_production(Environment::Sandbox, true, "https://gateway.example"));
        assert!(is_production(Environment::SandboxLocal, true, "https://gateway.example"));
    }
}
