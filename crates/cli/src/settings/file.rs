//! The file of profiles.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy as _;
use serde::Deserialize;

use crate::exit::Failure;
use crate::{files, text};

/// The file has at most as many bytes.
const BYTES_MAX: u64 = files::MIB;

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
    /// The name of an environment.
    pub(super) environment: Option<String>,
    /// Another address than that of the environment.
    pub(super) base_url: Option<String>,
    /// A file with the key.
    pub(super) api_key_file: Option<PathBuf>,
    /// A command that prints the key.
    pub(super) api_key_command: Option<String>,
    /// Whether the key is in the keyring of the system.
    pub(super) api_key_keyring: Option<bool>,
    /// How responses are printed.
    pub(super) output: Option<String>,
}

impl File {
    /// Reads the file that is named, or the one in the user's folder, which need not exist.
    pub(super) fn read(named: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = named.map(Path::to_owned).or_else(usual) else {
            return Ok(Self::default());
        };
        let contents = match files::read(&path, BYTES_MAX) {
            Ok(contents) => contents,
            Err(error) if error.kind() == io::ErrorKind::NotFound && named.is_none() => {
                return Ok(Self::default());
            }
            Err(error) => {
                return Err(Failure::configuration(format!(
                    "the file of profiles {} cannot be read: {error}; next: correct it, or name another \
                     one with --config",
                    text::path(&path)
                )));
            }
        };
        toml::from_str(&contents).map_err(|error: toml::de::Error| {
            // The error's own text quotes the line, which may hold a key that belongs elsewhere.
            let line = error.span().and_then(|span| contents.get(..span.start));
            let line = line.map_or(1, |before| before.matches('\n').count() + 1);
            Failure::configuration(format!(
                "the file of profiles {}:{line} is wrong: {}; next: correct it",
                text::path(&path),
                synctera_runtime::quoted(error.message(), 300)
            ))
        })
    }
}

/// The file in the folder where a user's settings are.
fn usual() -> Option<PathBuf> {
    let folders = etcetera::choose_base_strategy().ok()?;
    Some(folders.config_dir().join("synctera").join("config.toml"))
}
