//! The data file: whether it is this program's, who may read it, and whether it is still there.
//!
//! A file is looked at before SQLite opens it, which may write to what it opens. What is not this
//! program's is left as it is, byte for byte.

use std::cell::Cell;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::layout::{APPLICATION_ID, LAYOUT};
use super::{Error, Result};

/// The first bytes of every SQLite file.
const MAGIC: &[u8] = b"SQLite format 3\0";
/// The header of an SQLite file, in bytes.
const HEADER: usize = 100;
/// Where its header has the layout, and the application.
const LAYOUT_AT: usize = 60;
const APPLICATION_AT: usize = 68;

/// A text of the schema that files had before they named their application.
const EARLIER_SCHEMA: &[u8] = b"the ledger is append-only";
/// How much of a file is searched for it.
const SEARCHED_BYTES_MAX: u64 = 1024 * 1024;

/// What there is at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Claim {
    /// An empty file, made now or before.
    New,
    /// A file of this program.
    Ours,
}

/// Creates the file if it does not exist, and refuses one of another program. Afterward only its
/// owner can read it: it holds social security, account and card numbers, and secrets.
pub(super) fn claim(path: &Path) -> Result<Claim> {
    match owner_only().write(true).create_new(true).open(path) {
        Ok(_) => return Ok(Claim::New),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => return Err(failed(path, &error)),
    }
    let claim = examine(path)?;
    tighten(path);
    Ok(claim)
}

/// Makes a file, which only its owner can read; refuses one that is there.
pub(super) fn create(path: &Path) -> Result<()> {
    let created = owner_only().write(true).create_new(true).open(path);
    created.map(|_| ()).map_err(|error| failed(path, &error))
}

/// Refuses a file that this program cannot read, or that is empty.
pub(super) fn inspect(path: &Path) -> Result<()> {
    match examine(path)? {
        Claim::Ours => Ok(()),
        Claim::New => refused(path, "it is empty"),
    }
}

fn failed(path: &Path, error: &std::io::Error) -> Error {
    Error::File { path: path.to_owned(), reason: error.to_string() }
}

fn refused<T>(path: &Path, why: &str) -> Result<T> {
    Err(Error::File { path: path.to_owned(), reason: why.to_owned() })
}

fn examine(path: &Path) -> Result<Claim> {
    let failed = |error: std::io::Error| failed(path, &error);
    let refused = |why: &str| refused(path, why);
    if !fs::metadata(path).map_err(failed)?.is_file() {
        return refused("it is not a regular file");
    }
    let mut header = Vec::new();
    let file = File::open(path).map_err(failed)?;
    file.take(HEADER as u64).read_to_end(&mut header).map_err(failed)?;
    let number = |at: usize| {
        let bytes = header.get(at..at + 4)?.try_into().ok()?;
        Some(i64::from(i32::from_be_bytes(bytes)))
    };
    match (number(LAYOUT_AT), number(APPLICATION_AT)) {
        _ if header.is_empty() => Ok(Claim::New),
        _ if !header.starts_with(MAGIC) => {
            refused("it is not a data file of this program, and stays as it is")
        }
        (Some(layout), Some(APPLICATION_ID)) if layout > LAYOUT => refused(&format!(
            "a newer version of this program wrote it (layout {layout}, and this one knows \
             {LAYOUT}): run that version, or name another file"
        )),
        (_, Some(APPLICATION_ID)) => Ok(Claim::Ours),
        _ if is_earlier(path) => refused(
            "an earlier version of this program wrote it, and this one cannot read it: run that \
             version, or name another file to start afresh",
        ),
        _ => refused("it is a database of another program, and stays as it is"),
    }
}

/// Whether a file, or what was not written back to it yet, has the schema of earlier versions.
fn is_earlier(path: &Path) -> bool {
    [path.to_owned(), beside(path)].iter().any(|path| {
        let mut initial = Vec::new();
        let read = File::open(path)
            .and_then(|file| file.take(SEARCHED_BYTES_MAX).read_to_end(&mut initial));
        read.is_ok() && initial.windows(EARLIER_SCHEMA.len()).any(|text| text == EARLIER_SCHEMA)
    })
}

/// The file of SQLite's write-ahead log.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}

#[cfg(unix)]
fn owner_only() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = OpenOptions::new();
    options.mode(0o600);
    options
}

#[cfg(not(unix))]
fn owner_only() -> OpenOptions {
    OpenOptions::new()
}

/// Restricts a file to its owner.
#[cfg(unix)]
fn tighten(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    for path in [path.to_owned(), beside(path)] {
        let Ok(metadata) = fs::metadata(&path) else {
            continue;
        };
        let mode = metadata.permissions().mode() & 0o777;
        if mode & 0o077 == 0 {
            continue;
        }
        match fs::set_permissions(&path, fs::Permissions::from_mode(mode & 0o700)) {
            Ok(()) => tracing::warn!(
                file = %path.display(),
                "others could access the data file ({mode:o}); now only its owner can"
            ),
            Err(why) => tracing::warn!(
                file = %path.display(), %why,
                "others can access the data file ({mode:o}), which holds personal data and secrets"
            ),
        }
    }
}

#[cfg(not(unix))]
fn tighten(_: &Path) {}

/// A file that is open, as it was when it was opened.
#[derive(Debug)]
pub(crate) struct DataFile {
    path: PathBuf,
    identity: Identity,
    /// That of the write-ahead log, once it is there.
    log: Cell<Option<Identity>>,
    is_reported: Cell<bool>,
}

/// Device and inode: identifies a file independently of its name.
type Identity = (u64, u64);

#[cfg(unix)]
fn identity(path: &Path) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(path).ok().map(|metadata| (metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn identity(path: &Path) -> Option<Identity> {
    fs::metadata(path).ok().map(|_| (0, 0))
}

impl DataFile {
    pub(super) fn opened(path: &Path) -> Result<Self> {
        // From wherever the program goes, it is still the same file.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let identity = identity(&path).ok_or(Error::Gone)?;
        Ok(Self { path, identity, log: Cell::new(None), is_reported: Cell::new(false) })
    }

    /// Fails when the file was deleted or replaced: what is written to it would be lost.
    pub(super) fn check(&self) -> Result<()> {
        let log = identity(&beside(&self.path));
        let is_there = identity(&self.path) == Some(self.identity)
            && (self.log.get().is_none() || self.log.get() == log);
        if is_there {
            self.log.set(log);
            return Ok(());
        }
        if !self.is_reported.replace(true) {
            tracing::error!(
                file = %self.path.display(),
                "the data file was deleted or replaced; nothing is written any more"
            );
        }
        Err(Error::Gone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(path: &Path) -> String {
        match claim(path) {
            Err(Error::File { reason, .. }) => reason,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_not_ours_is_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bank.db");
        let foreign = folder.path().join("foreign.db");
        let connection = rusqlite::Connection::open(&foreign).unwrap();
        connection.execute_batch("CREATE TABLE notes (text TEXT)").unwrap();
        drop(connection);
        let mut newer = fs::read(&foreign).unwrap();
        newer[LAYOUT_AT..LAYOUT_AT + 4].copy_from_slice(&9999_i32.to_be_bytes());
        newer[APPLICATION_AT..APPLICATION_AT + 4].copy_from_slice(&0x5359_4e53_i32.to_be_bytes());
        for (bytes, why) in [
            (b"x".to_vec(), "not a data file"),
            (b"a text of more than a hundred bytes\n".repeat(9), "not a data file"),
            (MAGIC.to_vec(), "another program"),
            (fs::read(&foreign).unwrap(), "another program"),
            (newer, "newer version"),
        ] {
            fs::write(&path, &bytes).unwrap();
            let reason = reason(&path);
            assert!(reason.contains(why), "{reason}");
            assert_eq!(fs::read(&path).unwrap(), bytes);
        }
        assert!(reason(folder.path()).contains("regular file"));
        assert!(reason(&folder.path().join("no/such/folder")).contains("No such file"));
    }

    #[test]
    fn a_file_of_an_earlier_version_says_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bank.db");
        let connection = rusqlite::Connection::open(&path).unwrap();
        connection.pragma_update(None, "journal_mode", "WAL").unwrap();
        connection.execute_batch(include_str!("schema.sql")).unwrap();
        connection.pragma_update(None, "user_version", 4).unwrap();
        // Still open, the schema is in the log only.
        assert!(reason(&path).contains("an earlier version"));
        drop(connection);
        let before = fs::read(&path).unwrap();
        assert!(reason(&path).contains("run that version, or name another file"));
        assert_eq!(fs::read(&path).unwrap(), before);
    }
}
