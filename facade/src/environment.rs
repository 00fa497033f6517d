//! Which platform a client speaks to.

use synctera_api::Error;

/// One of the platform's two environments. A key belongs to one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Environment {
    /// Made-up customers and money.
    Sandbox,
    /// Real customers and money.
    Production,
}

impl Environment {
    /// Where its interfaces are, without a version prefix.
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
            _ => Err(Error::configuration(
                "the environment must be sandbox or production (SYNCTERA_ENV)",
            )),
        }
    }
}

/// What the environment variables say about a client.
pub(crate) struct Variables {
    pub(crate) api_key: String,
    pub(crate) base_url: String,
}

impl Variables {
    /// Reads them; an empty variable counts as unset.
    pub(crate) fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let get = |name: &str| {
            lookup(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
        };
        let api_key = get("SYNCTERA_API_KEY").or_else(|| get("apikey")).ok_or_else(|| {
            Error::configuration("no API key: set SYNCTERA_API_KEY to the key of your workspace")
        })?;
        let base_url = match (get("SYNCTERA_BASE_URL"), get("SYNCTERA_ENV"), get("baseurl")) {
            (Some(url), _, _) => url,
            (None, Some(environment), _) => {
                environment.parse::<Environment>()?.base_url().to_owned()
            }
            (None, None, Some(url)) => url,
            // Nobody should move real money by forgetting to say so.
            (None, None, None) => Environment::Sandbox.base_url().to_owned(),
        };
        Ok(Self { api_key, base_url })
    }
}
