//! Where calls go and with which key: the file of profiles, and the variables of the environment, which
//! take precedence.

mod environment;
mod file;
mod key;
pub(crate) mod keyring;

use std::path::PathBuf;

use clap::ValueEnum;
pub(crate) use environment::Environment;
use file::{File, Profile};
use key::KeySource;
use progenitor_client::ClientInfo as _;
use synctera::Synctera;

use crate::address::{has_credentials, is_loopback};
use crate::exit::Failure;
use crate::output::Format;
use crate::text;

/// The name of this program for the platform.
const AGENT: &str = concat!("synctera-cli/", env!("CARGO_PKG_VERSION"));

/// What was chosen on the command line.
#[derive(Clone, Debug, Default)]
pub(crate) struct Chosen {
    /// `--config`.
    pub(crate) file: Option<PathBuf>,
    /// `--profile`.
    pub(crate) profile: Option<String>,
    /// `--debug`.
    pub(crate) is_debug: bool,
}

/// The settings of a profile, with the variables of the environment. The key is not read before it is
/// needed.
#[derive(Debug)]
pub(crate) struct Settings {
    /// The name of the profile.
    pub(crate) profile: String,
    pub(crate) base_url: String,
    /// How responses are printed, where the profile says it.
    pub(crate) output: Option<Format>,
    environment: Environment,
    /// Whether the address is another one than that of the environment.
    has_own_address: bool,
    key: KeySource,
    is_debug: bool,
}

impl Settings {
    /// Reads them.
    ///
    /// # Errors
    /// A file that cannot be read, a profile that does not exist, a value that cannot be used.
    pub(crate) fn load(chosen: &Chosen) -> Result<Self, Failure> {
        Self::from(chosen, |name| std::env::var(name).ok().filter(|it| !it.trim().is_empty()))
    }

    fn from(chosen: &Chosen, variable: impl Fn(&str) -> Option<String>) -> Result<Self, Failure> {
        let named = chosen.profile.clone().or_else(|| variable("SYNCTERA_PROFILE"));
        let path = chosen.file.clone().or_else(|| variable("SYNCTERA_CONFIG").map(PathBuf::from));
        let File { default, mut profiles } = File::read(path.as_deref())?;
        let name = named.or(default).unwrap_or_else(|| "sandbox-local".to_owned());
        let profile = match profiles.remove(&name) {
            Some(profile) => profile,
            // Each environment is a profile of its own.
            None => match Environment::named(&name) {
                Some(environment) => {
                    let environment = Some(environment.name().to_owned());
                    Profile { environment, ..Profile::default() }
                }
                None => return Err(no_profile(&name, profiles.keys())),
            },
        };
        let shown = text::name(&name);
        // Who names a profile in a command means its place and its key, whatever the variables say.
        let is_named = chosen.profile.is_some();
        let has_place = profile.environment.is_some() || profile.base_url.is_some();
        let place = |name: &str| variable(name).filter(|_| !(is_named && has_place));
        let environment = match (place("SYNCTERA_ENV"), profile.environment) {
            (Some(text), _) => read::<Environment>(&text, "SYNCTERA_ENV")?,
            (None, Some(text)) => read(&text, &format!("the environment of profile {shown}"))?,
            (None, None) => Environment::SandboxLocal,
        };
        let own = place("SYNCTERA_BASE_URL").or(profile.base_url);
        let output = match (variable("SYNCTERA_OUTPUT"), profile.output) {
            (Some(text), _) => Some(read(&text, "SYNCTERA_OUTPUT")?),
            (None, Some(text)) => Some(read(&text, &format!("the output of profile {shown}"))?),
            (None, None) => None,
        };
        let has_own_address = own.is_some();
        let base_url = own.unwrap_or_else(|| environment.base_url().to_owned());
        if has_credentials(&base_url) {
            return Err(Failure::configuration(format!(
                "the address of profile {shown} has a user name or a password; next: correct base_url or \
                 SYNCTERA_BASE_URL, and give the API key as the key of the profile"
            )));
        }
        let in_keyring = profile.api_key_keyring == Some(true);
        let has_key =
            profile.api_key_file.is_some() || profile.api_key_command.is_some() || in_keyring;
        let key_variable = |name: &str| variable(name).filter(|_| !(is_named && has_key));
        let key = KeySource::of(
            key_variable("SYNCTERA_API_KEY"),
            key_variable("SYNCTERA_API_KEY_FILE").map(PathBuf::from).or(profile.api_key_file),
            profile.api_key_command,
            in_keyring,
            // A key that everybody knows goes to this machine only.
            environment == Environment::SandboxLocal && is_loopback(&base_url),
        );
        let base_url = base_url.trim().trim_end_matches('/').to_owned();
        let is_debug = chosen.is_debug;
        Ok(Self { profile: name, base_url, output, environment, has_own_address, key, is_debug })
    }

    /// Whether real customers and money are behind the address, or may be.
    pub(crate) fn is_production(&self) -> bool {
        environment::is_production(self.environment, self.has_own_address, &self.base_url)
    }

    /// The client.
    ///
    /// # Errors
    /// No key, a key or an address that cannot be used.
    pub(crate) fn client(&self) -> Result<Synctera, Failure> {
        let key = self.key.read(&self.profile)?;
        let mut builder = Synctera::builder(key.expose().clone()).user_agent(AGENT);
        if let Some(environment) = self.environment.of_sdk() {
            builder = builder.environment(environment);
        }
        if self.is_debug {
            builder = builder.on_response(crate::debug::attempt);
        }
        Ok(builder.base_url(&self.base_url).build()?)
    }

    /// Whether a sandbox of ours is behind the address, which can be controlled.
    pub(crate) fn is_local(&self) -> bool {
        self.environment == Environment::SandboxLocal && !environment::is_platform(&self.base_url)
    }

    /// Whether that sandbox is on this machine, where it can be started and stopped.
    pub(crate) fn is_on_this_machine(&self) -> bool {
        self.is_local() && is_loopback(&self.base_url)
    }
}

/// Reads the name of a value, in any case.
fn read<V: ValueEnum>(text: &str, what: &str) -> Result<V, Failure> {
    V::from_str(text.trim(), true).map_err(|_| {
        Failure::configuration(format!(
            "{what} is \"{}\"; next: set it to one of {}",
            text::name(text.trim()),
            environment::values::<V>()
        ))
    })
}

/// An HTTP client for an address, with the certificates and proxies that a client of the platform has, and
/// without a key.
///
/// # Errors
/// An address that cannot be used.
pub(crate) fn http(base_url: &str) -> Result<reqwest::Client, Failure> {
    let client = Synctera::builder("no-key").user_agent(AGENT).base_url(base_url).build()?;
    Ok(client.api().client().clone())
}

fn no_profile<'n>(name: &str, known: impl Iterator<Item = &'n String>) -> Failure {
    let mut names: Vec<String> = known.map(|name| text::name(name)).collect();
    names.push(environment::values::<Environment>());
    Failure::configuration(format!(
        "there is no profile {}; next: choose one of {}, or add it to the file of profiles",
        text::name(name),
        names.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(variables: &[(&str, &str)], text: &str) -> Result<Settings, Failure> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config.toml");
        std::fs::write(&file, text).unwrap();
        let chosen = Chosen { file: Some(file), ..Chosen::default() };
        Settings::from(&chosen, |name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, it)| (*it).to_owned())
        })
    }

    const FILE: &str = "default = 'bank'\n[profiles.bank]\nenvironment = 'production'\noutput = 'yaml'\n\
                        api_key_command = 'printf key-of-command'\n\
                        [profiles.gateway]\nbase_url = 'https://gateway.example/v2'\n\
                        environment = 'sandbox'\n";

    #[test]
    fn variables_take_precedence_over_the_profile() {
        let plain = settings(&[], FILE).unwrap();
        assert!(plain.is_production() && plain.output == Some(Format::Yaml));
        assert_eq!(plain.key.read("x").unwrap().expose(), "key-of-command");
        // In any case, as the library reads it.
        let variables = [("SYNCTERA_API_KEY", "key-of-variable"), ("SYNCTERA_ENV", " Sandbox ")];
        let changed = settings(&variables, FILE).unwrap();
        assert!(!changed.is_production());
        assert_eq!(changed.base_url, "https://api-sandbox.synctera.com");
        assert_eq!(changed.key.read("x").unwrap().expose(), "key-of-variable");
        assert!(!format!("{changed:?}").contains("key-of-variable"));
        let other = settings(&[("SYNCTERA_PROFILE", "gateway")], FILE).unwrap();
        assert_eq!((other.is_production(), &*other.profile), (false, "gateway"));
    }

    #[test]
    fn a_profile_that_a_command_names_is_meant() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config.toml");
        std::fs::write(&file, FILE).unwrap();
        let variables = [
            ("SYNCTERA_ENV", "production"),
            ("SYNCTERA_BASE_URL", "https://api.synctera.com"),
            ("SYNCTERA_API_KEY", "key-of-variable"),
        ];
        let load = |profile: &str| {
            let (file, profile) = (Some(file.clone()), Some(profile.to_owned()));
            let chosen = Chosen { file, profile, ..Chosen::default() };
            Settings::from(&chosen, |name| {
                variables.iter().find(|(known, _)| *known == name).map(|(_, it)| (*it).to_owned())
            })
        };
        let local = load("sandbox-local").unwrap();
        assert!(!local.is_production() && local.base_url == "http://127.0.0.1:8080");
        let bank = load("bank").unwrap();
        assert_eq!(bank.key.read("x").unwrap().expose(), "key-of-command");
        let gateway = load("gateway").unwrap();
        assert_eq!(gateway.base_url, "https://gateway.example/v2");
        assert_eq!(gateway.key.read("x").unwrap().expose(), "key-of-variable");
    }

    #[test]
    fn without_anything_it_is_the_sandbox_on_this_machine() {
        let local = settings(&[], "").unwrap();
        assert_eq!(local.base_url, "http://127.0.0.1:8080");
        assert_eq!(local.key.read("x").unwrap().expose(), "sandbox-key");
        let elsewhere = settings(&[("SYNCTERA_BASE_URL", "https://bank.example")], "").unwrap();
        assert!(elsewhere.is_production(), "nobody said that it is a sandbox");
        assert_eq!(elsewhere.key.read("x").unwrap_err().exit, crate::exit::Exit::Configuration);
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (variables, text, words) in [
            (&[("SYNCTERA_PROFILE", "nosuch")][..], "", "no profile nosuch"),
            (&[("SYNCTERA_ENV", "prod")], "", "SYNCTERA_ENV is \"prod\"; next: set it to one of"),
            (&[("SYNCTERA_OUTPUT", "xml")], "", "SYNCTERA_OUTPUT is \"xml\""),
            (
                &[],
                "default = 'a'\n[profiles.a]\nenvironment = 'test'\n",
                "the environment of profile a",
            ),
            (
                &[("SYNCTERA_BASE_URL", "https://u:secret-3@bank.example")],
                "",
                "a user name or a password",
            ),
            (&[("SYNCTERA_BASE_URL", "u:secret-4@bank.example")], "", "a user name or a password"),
            (&[], "default = 'a'\nkey = 'secret-1'", "unknown field"),
            (&[], "default = 'secret-2", "config.toml"),
        ] {
            let message = settings(variables, text).unwrap_err().message;
            assert!(message.contains(words) && !message.contains("secret-"), "{message}");
        }
    }
}
