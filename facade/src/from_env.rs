//! A client that the environment sets up.

use synctera_api::Error;

use crate::Synctera;
use crate::environment::Variables;

impl Synctera {
    /// A client set up by environment variables.
    ///
    /// | variable | meaning | fallback |
    /// |---|---|---|
    /// | `SYNCTERA_API_KEY` | the key of your workspace | `apikey` |
    /// | `SYNCTERA_BASE_URL` | the URL of the platform | `baseurl`, if `SYNCTERA_ENV` is not set |
    /// | `SYNCTERA_ENV` | `sandbox` or `production`; with a base URL, the environment of that URL | the sandbox |
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) when there is no key, or a value that
    /// cannot be used.
    pub fn from_env() -> Result<Self, Error> {
        Self::from_variables(|name| std::env::var(name).ok())
    }

    /// As [`Synctera::from_env`], with variables from another source.
    ///
    /// ```
    /// # fn main() -> Result<(), synctera::Error> {
    /// let client = synctera::Synctera::from_variables(|name| match name {
    ///     "SYNCTERA_API_KEY" => Some("my-api-key".to_owned()),
    ///     "SYNCTERA_ENV" => Some("production".to_owned()),
    ///     _ => None,
    /// })?;
    /// assert_eq!(client.base_url(), "https://api.synctera.com");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Synctera::from_env`].
    pub fn from_variables(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let variables = Variables::read(lookup)?;
        let mut builder = Self::builder(variables.api_key);
        // The default is the sandbox: a forgotten variable must not move real money.
        if let Some(environment) = variables.environment {
            builder = builder.environment(environment);
        }
        if let Some(base_url) = variables.base_url {
            builder = builder.base_url(base_url);
        }
        builder.build()
    }
}
