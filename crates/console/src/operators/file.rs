//! The file of operators: names, roles and hashes of passwords, as JSON that only its owner can read.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind, Read, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use super::role::Role;

/// The largest file, in bytes.
const BYTES_MAX: u64 = 1024 * 1024;

/// An operator, as the file has it.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Known {
    pub(super) role: Role,
    /// The hash of the password; none until it is chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) password: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    synctera_sandbox_operators: u32,
    operators: BTreeMap<String, Known>,
}

/// The operators of a file; none if there is no file.
pub(super) fn read(path: &Path) -> io::Result<BTreeMap<String, Known>> {
    let file = match fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => return Err(error),
    };
    let mut text = String::new();
    file.take(BYTES_MAX).read_to_string(&mut text)?;
    let broken = |why: String| io::Error::new(ErrorKind::InvalidData, why);
    let file: File = serde_json::from_str(&text).map_err(|e| broken(e.to_string()))?;
    if file.synctera_sandbox_operators != 1 {
        return Err(broken("it is of another version".to_owned()));
    }
    Ok(file.operators)
}

/// Replaces the file, so that it is whole whenever this ends.
pub(super) fn write(path: &Path, operators: &BTreeMap<String, Known>) -> io::Result<()> {
    let file = File { synctera_sandbox_operators: 1, operators: operators.clone() };
    let text = serde_json::to_string_pretty(&file)?;
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    let mut new = NamedTempFile::new_in(folder.unwrap_or_else(|| Path::new(".")))?;
    new.write_all(text.as_bytes())?;
    new.as_file().sync_all()?;
    new.persist(path)?;
    Ok(())
}
