//! Where a checkpoint was made: a row that is done at one address is not done at another.

use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::exit::Failure;
use crate::{address, files, text};

/// An address has at most as many bytes.
const BYTES_MAX: u64 = 4 * files::KIB;

/// Binds a checkpoint to the address at which its rows are run. The address is in a file beside it.
///
/// # Errors
/// A checkpoint of another address, or one whose address is not known.
pub(super) fn bind(checkpoint: &Path, base_url: &str) -> Result<(), Failure> {
    let here = address::origin(base_url).unwrap_or_else(|| base_url.to_owned());
    let file = beside(checkpoint);
    let (shown, shown_file) = (text::path(checkpoint), text::path(&file));
    let failed = |what: &str, error: &io::Error| {
        Failure::failed(format!(
            "{shown_file} cannot be {what}: {error}; nothing was sent; next: use another checkpoint file"
        ))
    };
    if fs::metadata(checkpoint).map_or(0, |it| it.len()) == 0 {
        let line = format!("{here}\n");
        return files::replace(&file, line.as_bytes()).map_err(|error| failed("written", &error));
    }
    let there = match files::read(&file, BYTES_MAX) {
        Ok(there) => there.trim().to_owned(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(Failure::input(format!(
                "it is not known at which address the rows of {shown} were done, as {shown_file} is \
                 missing; nothing was sent; next: use another checkpoint file, or write the address to \
                 {shown_file} if it is that of this run: {}",
                text::url(&here)
            )));
        }
        Err(error) => return Err(failed("read", &error)),
    };
    if there == here {
        return Ok(());
    }
    Err(Failure::input(format!(
        "the rows of {shown} were done at {}, and this run is for {}; nothing was sent; next: use another \
         checkpoint file for this address",
        text::url(&there),
        text::url(&here)
    )))
}

/// The file with the address.
fn beside(checkpoint: &Path) -> PathBuf {
    let mut name = checkpoint.as_os_str().to_owned();
    name.push(".address");
    name.into()
}
