//! The environment of a client: sandbox or production.

use synctera_api::Error;
use synctera_api::runtime::quoted;

/// The number of characters of a wrong name that are shown: it may be something else than a name.
const NAME_MAX: usize = 20;

/// Why a client refuses what only the sandbox has.
pub(crate) const SANDBOX_ONLY: &str = "this runs in the sandbox only, and this client is for production, or for a base URL that is not \
     known to be a sandbox; Builder::environment says which it is";

/// One of the platform's two environments. A key belongs to one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Environment {
    /// Test customers and test money.
    Sandbox,
    /// Real customers and money.
    Production,
}

impl Environment {
    /// The base URL of the environment, without a version prefix.
    pub fn base_url(self) -> &'static str {
        match self {
            Self::Sandbox => "https://api-sandbox.synctera.com",
            Self::Production => "https://api.synctera.com",
        }
    }
}

impl std::str::FromStr for Environment {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text.trim().to_ascii_lowercase().as_str() {
            "sandbox" => Ok(Self::Sandbox),
            "production" => Ok(Self::Production),
            name => Err(Error::configuration(format!(
                "there is no environment \"{}\": it must be sandbox or production",
                quoted(name, NAME_MAX)
            ))),
        }
    }
}

/// What the environment variables say about a client.
pub(crate) struct Variables {
    pub(crate) api_key: String,
    pub(crate) base_url: Option<String>,
    pub(crate) environment: Option<Environment>,
}

impl Variables {
    /// Reads the variables; an empty variable counts as unset.
    pub(crate) fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let get = |name: &str| lookup(name).filter(|value| !value.trim().is_empty());
        let api_key = get("SYNCTERA_API_KEY").or_else(|| get("apikey")).ok_or_else(|| {
            Error::configuration("no API key: set SYNCTERA_API_KEY to the key of your workspace")
        })?;
        let environment =
            get("SYNCTERA_ENV").map(|name| named("SYNCTERA_ENV", &name)).transpose()?;
        let base_url = get("SYNCTERA_BASE_URL")
            .or_else(|| environment.is_none().then(|| get("baseurl")).flatten());
        Ok(Self { api_key, base_url, environment })
    }
}

/// The environment that a variable names.
fn named(variable: &str, name: &str) -> Result<Environment, Error> {
    name.parse().map_err(|_| {
        Error::configuration(format!(
            "{variable} is \"{}\": it must be sandbox or production",
            quoted(name.trim(), NAME_MAX)
        ))
    })
}
