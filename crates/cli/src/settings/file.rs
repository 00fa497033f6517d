//! The file of profiles.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy as _;
use serde::Deserialize;

use super::environment::Environment;
use crate::exit::Failure;

/// The file. It holds no key: only where one is.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    /// The profile that is used unless another one is named.
    pub(super) default: Option<String>,
    #[serde(default)]
    pub(super) profiles: BTreeMap<String, Profile>,
}

/// A profile.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Profile {
    pub(super) environment: Option<Environment>,
    /// Another address than that of the environment.
    pub(super) base_url: Option<String>,
    /// A file with the key.
    pub(super) api_key_file: Option<PathBuf>,
    /// A command that prints the key.
    pub(super) api_key_command: Option<String>,
    /// How responses are printed.
    pub(super) output: Option<String>,
}

impl File {
    /// Reads the file that is named, or the one in the user's folder, which need not exist.
    pub(super) fn read(named: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = named.map(Path::to_owned).or_else(usual) else {
            return Ok(Self::default());
        };
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound && named.is_none() => {
                return Ok(Self::default());
            }
            Err(error) => {
                let path = path.display();
                return Err(Failure::configuration(format!(
                    "the file of profiles {path} cannot be read: {error}; next: correct its name"
                )));
            }
        };
        toml::from_str(&text).map_err(|error: toml::de::Error| {
            // The error's own text quotes the line, which may hold a key that belongs elsewhere.
            let line = error.span().and_then(|span| text.get(..span.start));
            let line = line.map_or(1, |before| before.matches('\n').count() + 1);
            Failure::configuration(format!(
                "the file of profiles {}:{line} is wrong: {}; next: correct it",
                path.display(),
                synctera_runtime::quoted(error.message(), 300)
            ))
        })
    }
}

/// The file in the folder where a user's settings are.
pub(crate) fn usual() -> Option<PathBuf> {
    let folders = etcetera::choose_base_strategy().ok()?;
    Some(folders.config_dir().join("synctera").join("config.toml"))
}
