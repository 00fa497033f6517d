//! The environments: the sandbox on this machine, the platform's sandbox, production.

use clap::ValueEnum;

use crate::address::{host, is_loopback};

/// Where calls go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Environment {
    /// The sandbox on this machine.
    SandboxLocal,
    /// The platform's sandbox: test customers and test money.
    Sandbox,
    /// Real customers and money.
    Production,
}

impl Environment {
    /// The environment of a name, in any case, as the client reads it.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::from_str(name.trim(), true).ok()
    }

    /// Its name, as a profile has it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::SandboxLocal => "sandbox-local",
            Self::Sandbox => "sandbox",
            Self::Production => "production",
        }
    }

    pub(crate) fn base_url(self) -> &'static str {
        match self {
            Self::SandboxLocal => "http://127.0.0.1:8080",
            Self::Sandbox => synctera::Environment::Sandbox.base_url(),
            Self::Production => synctera::Environment::Production.base_url(),
        }
    }

    /// The environment for the client; none for this machine, which the client detects by its address.
    pub(super) fn of_sdk(self) -> Option<synctera::Environment> {
        match self {
            Self::SandboxLocal => None,
            Self::Sandbox => Some(synctera::Environment::Sandbox),
            Self::Production => Some(synctera::Environment::Production),
        }
    }
}

/// The names of the values of a setting, for messages.
pub(super) fn values<V: ValueEnum>() -> String {
    let names = V::value_variants().iter().filter_map(V::to_possible_value);
    names.map(|value| value.get_name().to_owned()).collect::<Vec<_>>().join(", ")
}

/// Whether real customers and money are behind an address, or may be. An address of production is that
/// whatever the profile says.
pub(super) fn is_production(environment: Environment, has_own_address: bool, url: &str) -> bool {
    let here = host(url);
    let is_of = |known: Environment| here.as_deref() == host(known.base_url()).as_deref();
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
    let here = host(url);
    [Environment::Sandbox, Environment::Production]
        .iter()
        .any(|known| here.as_deref() == host(known.base_url()).as_deref())
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
