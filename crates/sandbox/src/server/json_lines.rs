//! Files of entries beside the data file, as lines of JSON: the current file and older ones, of which `-1` is
//! the newest.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

/// From this size on, another file begins.
const FILE_BYTES_MAX: u64 = 32 * 1024 * 1024;
/// How much of the end of all files is read.
const READ_BYTES_MAX: u64 = 8 * 1024 * 1024;
/// Names that a file which is set aside may get.
const ASIDE_MAX: u32 = 100;

/// Such files, open for what comes next.
#[derive(Debug)]
pub(super) struct JsonLines {
    path: PathBuf,
    /// The first line of each file, which says what it is.
    header: &'static str,
    file: File,
    bytes: u64,
    bytes_max: u64,
    /// How many older files are kept.
    older_max: u32,
}

impl JsonLines {
    /// Opens the file whose name is that of a data file with this ending, and reads the end of what is in
    /// there. One that has another header, or is broken, is set aside. One older file is kept.
    pub(super) fn open<L: DeserializeOwned>(
        data: &Path,
        ending: &str,
        header: &'static str,
    ) -> io::Result<(Self, Vec<L>)> {
        Self::open_keeping(data, ending, header, 1)
    }

    /// Likewise, and keeps so many older files.
    pub(super) fn open_keeping<L: DeserializeOwned>(
        data: &Path,
        ending: &str,
        header: &'static str,
        older_max: u32,
    ) -> io::Result<(Self, Vec<L>)> {
        Self::open_with(data, ending, header, older_max, FILE_BYTES_MAX)
    }

    fn open_with<L: DeserializeOwned>(
        data: &Path,
        ending: &str,
        header: &'static str,
        older_max: u32,
        bytes_max: u64,
    ) -> io::Result<(Self, Vec<L>)> {
        let path = beside(data, ending);
        let mut lines = read_or_set_aside(&path, header, READ_BYTES_MAX)?;
        let bytes_of = |path: &Path| fs::metadata(path).map_or(0, |it| it.len());
        let mut left = READ_BYTES_MAX.saturating_sub(bytes_of(&path));
        for number in 1..=older_max {
            if left == 0 {
                break;
            }
            let older = older(&path, number);
            let mut earlier = read_or_set_aside(&older, header, left)?;
            left = left.saturating_sub(bytes_of(&older));
            earlier.append(&mut lines);
            lines = earlier;
        }
        let (file, bytes) = append_to(&path, header)?;
        Ok((Self { path, header, file, bytes, bytes_max, older_max }, lines))
    }

    /// Writes lines, and begins with another file once this one is large.
    pub(super) fn append(&mut self, lines: &str) -> io::Result<()> {
        if self.bytes > self.header.len() as u64 && self.bytes + lines.len() as u64 > self.bytes_max
        {
            for number in (1..self.older_max).rev() {
                if_there(fs::rename(older(&self.path, number), older(&self.path, number + 1)))?;
            }
            fs::rename(&self.path, older(&self.path, 1))?;
            (self.file, self.bytes) = append_to(&self.path, self.header)?;
        }
        self.file.write_all(lines.as_bytes())?;
        self.bytes += lines.len() as u64;
        Ok(())
    }

    /// Forgets what is in there.
    pub(super) fn clear(&mut self) -> io::Result<()> {
        for number in 1..=self.older_max {
            if_there(fs::remove_file(older(&self.path, number)))?;
        }
        self.file.set_len(0)?;
        self.file.write_all(self.header.as_bytes())?;
        self.bytes = self.header.len() as u64;
        Ok(())
    }
}

/// The path of an older file.
fn older(path: &Path, number: u32) -> PathBuf {
    beside(path, &format!("-{number}"))
}

/// The outcome for a file that may be missing.
fn if_there(outcome: io::Result<()>) -> io::Result<()> {
    match outcome {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// The path with this ending after its name.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(OsStr::new(ending));
    name.into()
}

/// Opens a file for what comes next, and begins it if it is new. Only its owner can read it: what people
/// are called and where they live is no secret to the log.
fn append_to(path: &Path, header: &str) -> io::Result<(File, u64)> {
    let mut file = owner_only().append(true).create(true).open(path)?;
    tighten(&file)?;
    let mut bytes = file.metadata()?.len();
    if bytes == 0 {
        file.write_all(header.as_bytes())?;
        bytes = header.len() as u64;
    }
    Ok((file, bytes))
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

#[cfg(unix)]
fn tighten(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
fn tighten(_: &File) -> io::Result<()> {
    Ok(())
}

/// The last lines of a file, if there is one. What is none of its kind gets another name.
fn read_or_set_aside<L: DeserializeOwned>(
    path: &Path,
    header: &str,
    most: u64,
) -> io::Result<Vec<L>> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        // A pipe would be waited for, and a link may lead anywhere.
        Ok(found) if found.is_file() => match read(path, header, most) {
            Err(error) if error.kind() == ErrorKind::InvalidData => {}
            read => return read,
        },
        Ok(_) => {}
        Err(error) => return Err(error),
    }
    let aside = set_aside(path)?;
    tracing::warn!(
        file = %path.display(), now = %aside.display(),
        "this is no log of this kind, or broken: it has another name now, and a new log begins"
    );
    Ok(Vec::new())
}

fn set_aside(path: &Path) -> io::Result<PathBuf> {
    let names = (1..=ASIDE_MAX).map(|number| beside(path, &format!("-aside-{number}")));
    let is_free = |name: &PathBuf| fs::symlink_metadata(name).is_err();
    let full = || io::Error::other(format!("remove the files {}-aside-*", path.display()));
    let aside = names.into_iter().find(is_free).ok_or_else(full)?;
    fs::rename(path, &aside)?;
    Ok(aside)
}

/// The last lines, of at most so many bytes. What a crash left of a last line is cut off.
fn read<L: DeserializeOwned>(path: &Path, header: &str, most: u64) -> io::Result<Vec<L>> {
    let broken = |why: &str| io::Error::new(ErrorKind::InvalidData, why.to_owned());
    let mut file = OpenOptions::new().read(true).write(true).open(path)?;
    let length = file.metadata()?.len();
    if length == 0 {
        return Ok(Vec::new());
    }
    let mut first = Vec::new();
    let header_length = header.len() as u64;
    Read::by_ref(&mut file).take(header_length).read_to_end(&mut first)?;
    if first != header.as_bytes() {
        return Err(broken("it has another header"));
    }
    let start = length.saturating_sub(most).max(header_length);
    // From the byte before, to see whether a line begins there.
    file.seek(SeekFrom::Start(start - 1))?;
    let mut reader = BufReader::new(&file);
    let mut at = start - 1;
    let mut text = Vec::new();
    at += reader.read_until(b'\n', &mut text)? as u64;
    let mut lines = Vec::new();
    loop {
        text.clear();
        let size = reader.read_until(b'\n', &mut text)? as u64;
        if !text.ends_with(b"\n") {
            break;
        }
        at += size;
        lines.push(serde_json::from_slice(&text).map_err(|error| broken(&error.to_string()))?);
    }
    if at < length {
        file.set_len(at.max(header_length))?;
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "{\"entries\":1}\n";

    fn line(number: u64) -> String {
        format!("{{\"number\":{number}}}\n")
    }

    fn open(data: &Path, bytes_max: u64) -> (JsonLines, Vec<u64>) {
        open_keeping(data, 1, bytes_max)
    }

    fn open_keeping(data: &Path, older_max: u32, bytes_max: u64) -> (JsonLines, Vec<u64>) {
        let opened = JsonLines::open_with(data, "-log", HEADER, older_max, bytes_max);
        let (file, lines) = opened.unwrap();
        (file, numbers(&lines))
    }

    fn numbers(lines: &[serde_json::Value]) -> Vec<u64> {
        lines.iter().map(|line| line["number"].as_u64().unwrap()).collect()
    }

    #[test]
    fn there_is_one_older_file() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("bank.db");
        let most = (HEADER.len() + 2 * line(1).len()) as u64;
        let (mut log, lines) = open(&data, most);
        assert!(lines.is_empty());
        for through in 1..=7 {
            log.append(&line(through)).unwrap();
        }
        let (mut log, lines) = open(&data, most);
        assert_eq!(lines, [5, 6, 7]);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
        log.clear().unwrap();
        assert!(open(&data, most).1.is_empty());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn there_may_be_more_older_files() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("bank.db");
        let most = (HEADER.len() + 2 * line(1).len()) as u64;
        let (mut log, _) = open_keeping(&data, 3, most);
        for through in 1..=9 {
            log.append(&line(through)).unwrap();
        }
        let (mut log, lines) = open_keeping(&data, 3, most);
        assert_eq!(lines, [3, 4, 5, 6, 7, 8, 9]);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 4);
        // One that was removed leaves a gap, which the next one fills.
        fs::remove_file(folder.path().join("bank.db-log-2")).unwrap();
        assert_eq!(open_keeping(&data, 3, most).1, [3, 4, 7, 8, 9]);
        for number in [1, 2] {
            log.append(&line(number)).unwrap();
        }
        assert_eq!(open_keeping(&data, 3, most).1, [3, 4, 7, 8, 9, 1, 2]);
        log.clear().unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_a_crash_left_of_a_line_is_cut_off() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("bank.db");
        let path = beside(&data, "-log");
        for torn in ["{", "{\"number\":9}"] {
            fs::write(&path, HEADER.to_owned() + &line(1) + torn).unwrap();
            let (mut log, lines) = open(&data, FILE_BYTES_MAX);
            assert_eq!(lines, [1], "{torn}");
            log.append(&line(2)).unwrap();
            assert_eq!(open(&data, FILE_BYTES_MAX).1, [1, 2]);
        }
        // The end is read, from a whole line on.
        let two = (2 * line(1).len()) as u64;
        for (most, found) in [(two, vec![1, 2]), (two - 1, vec![2]), (1, vec![]), (0, vec![])] {
            assert_eq!(numbers(&read(&path, HEADER, most).unwrap()), found, "{most}");
        }
    }

    #[test]
    fn what_is_no_log_is_set_aside() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("bank.db");
        let path = beside(&data, "-log");
        let broken = HEADER.to_owned() + "{\"number\":\n" + &line(1);
        for (place, other) in ["dear diary", &broken, "\n"].into_iter().enumerate() {
            fs::write(&path, other).unwrap();
            assert!(open(&data, FILE_BYTES_MAX).1.is_empty(), "{other}");
            let aside = beside(&path, &format!("-aside-{}", place + 1));
            assert_eq!(fs::read_to_string(aside).unwrap(), other);
        }
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        assert!(open(&data, FILE_BYTES_MAX).1.is_empty());
        assert!(beside(&path, "-aside-4").is_dir());
    }
}
