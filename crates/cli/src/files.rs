//! Files: read up to a limit, and written in one step.

use std::fs::{self, File};
use std::io::{self, Read, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy as _;
use tempfile::NamedTempFile;

use crate::exit::Failure;

/// One KiB and one MiB, in bytes.
pub(crate) const KIB: u64 = 1024;
pub(crate) const MIB: u64 = 1024 * KIB;
/// The end of a log that is read for its last lines.
const TAIL_MAX: u64 = 64 * KIB;

/// Reads a text of at most this many bytes.
///
/// # Errors
/// A longer text, a text that is not UTF-8, and errors of the source.
pub(crate) fn text(from: impl Read, bytes_max: u64) -> io::Result<String> {
    let mut bytes = Vec::new();
    from.take(bytes_max.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > bytes_max {
        let message = format!("it has more than {}", size(bytes_max));
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    String::from_utf8(bytes)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8 text"))
}

/// Reads a file of at most this many bytes.
///
/// # Errors
/// As [`text`], and a file that cannot be opened.
pub(crate) fn read(path: &Path, bytes_max: u64) -> io::Result<String> {
    text(File::open(path)?, bytes_max)
}

/// A number of bytes for messages.
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        MIB.. if bytes.is_multiple_of(MIB) => format!("{} MiB", bytes / MIB),
        KIB.. if bytes.is_multiple_of(KIB) => format!("{} KiB", bytes / KIB),
        _ => format!("{bytes} bytes"),
    }
}

/// The last lines of a file, of which only the end is read.
pub(crate) fn tail(path: &Path, lines: usize) -> io::Result<String> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL_MAX)))?;
    let mut bytes = Vec::new();
    file.take(TAIL_MAX).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let all: Vec<&str> = text.lines().collect();
    Ok(all.get(all.len().saturating_sub(lines)..).unwrap_or_default().join("\n"))
}

/// A file that is written in the folder of its path, and takes its place in one step. Only its owner can read it.
pub(crate) struct Replacement {
    file: NamedTempFile,
    path: PathBuf,
}

impl Replacement {
    /// Begins to write. A link keeps its place, and the file that it leads to is replaced.
    ///
    /// # Errors
    /// A path that is no regular file, such as `/dev/null`: a file would take the place of the device.
    pub(crate) fn of(path: &Path) -> io::Result<Self> {
        let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        if fs::metadata(path).is_ok_and(|found| !found.is_file()) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let file = NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
        Ok(Self { file, path: path.to_owned() })
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)
    }

    /// Puts the file in its place. Without this call nothing is left of it.
    pub(crate) fn finish(self) -> io::Result<()> {
        self.file.as_file().sync_all()?;
        self.file.persist(&self.path).map_err(|error| error.error)?;
        Ok(())
    }
}

/// Writes a file in one step: if the program ends before that, the earlier file is unchanged.
pub(crate) fn replace(path: &Path, contents: &[u8]) -> io::Result<()> {
    let mut file = Replacement::of(path)?;
    file.write(contents)?;
    file.finish()
}

/// Creates a file that only its owner can read, or empties it.
pub(crate) fn create_private(path: &Path) -> io::Result<File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Creates a folder that only its owner can use, unless it exists.
pub(crate) fn create_private_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// The folder for what this program writes between its runs.
pub(crate) fn state() -> Result<PathBuf, Failure> {
    let folders = etcetera::choose_base_strategy().map_err(|error| {
        Failure::failed(format!("there is no folder for files: {error}; next: set HOME"))
    })?;
    let folder = folders.state_dir().unwrap_or_else(|| folders.cache_dir()).join("synctera");
    create_private_folder(&folder).map_err(|error| {
        let shown = crate::text::path(&folder);
        Failure::failed(format!(
            "{shown} cannot be created: {error}; next: make its parent writable, or set XDG_STATE_HOME"
        ))
    })?;
    Ok(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_beyond_the_limit_is_refused() {
        assert_eq!(text("abc".as_bytes(), 3).unwrap(), "abc");
        let long = text("abcd".as_bytes(), 3).unwrap_err();
        assert_eq!(long.to_string(), "it has more than 3 bytes");
        // The limit is in the middle of a character.
        assert_eq!(text("é".as_bytes(), 1).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
        assert!(text(&b"\xff"[..], 3).is_err());
        assert_eq!((size(MIB), size(64 * KIB)), ("1 MiB".to_owned(), "64 KiB".to_owned()));
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_not_replaced_and_a_link_stays() {
        let folder = tempfile::tempdir().unwrap();
        let (link, file) = (folder.path().join("link"), folder.path().join("file"));
        std::os::unix::fs::symlink("/dev/null", &link).unwrap();
        assert_eq!(replace(&link, b"1").unwrap_err().kind(), io::ErrorKind::InvalidInput);
        assert!(replace(folder.path(), b"1").is_err());
        fs::remove_file(&link).unwrap();
        fs::write(&file, "0").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        replace(&link, b"1").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"1");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    }

    #[test]
    fn the_last_lines_of_a_long_log_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let mut contents = "x".repeat(1_000_000);
        contents += "\na\nb\nc\n";
        fs::write(&log, contents).unwrap();
        assert_eq!(tail(&log, 2).unwrap(), "b\nc");
        assert!(tail(&log, 9).unwrap().len() as u64 <= TAIL_MAX);
    }

    #[cfg(unix)]
    #[test]
    fn what_is_written_is_for_its_owner() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("a/b");
        create_private_folder(&inner).unwrap();
        replace(&inner.join("replaced"), b"1").unwrap();
        create_private(&inner.join("created")).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&inner), 0o700);
        assert_eq!(mode(&inner.join("replaced")), 0o600);
        assert_eq!(mode(&inner.join("created")), 0o600);
    }
}
