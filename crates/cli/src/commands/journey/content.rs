//! Files of journeys and of rows, read up to a limit.

use std::path::Path;

use crate::exit::Failure;
use crate::{files, text};

/// Bytes of all files together.
pub(super) const BYTES_MAX: u64 = 64 * files::MIB;

/// The text of a file, of which so many bytes may be read.
pub(super) fn content(path: &Path, bytes_max: u64) -> Result<String, Failure> {
    files::read(path, bytes_max).map_err(|error| {
        let why = match error.kind() {
            std::io::ErrorKind::FileTooLarge => {
                format!("the files have more than {}", files::size(BYTES_MAX))
            }
            _ => error.to_string(),
        };
        let shown = text::path(path);
        Failure::input(format!(
            "{shown} cannot be read: {why}; nothing was sent; next: give other files"
        ))
    })
}
