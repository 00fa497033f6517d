//! What is done, kept in a file: a run that was killed at any moment goes on where it stopped.
//!
//! The file is only ever appended to. A line counts when its line feed is there; what a crash left
//! of the last one is cut off. In memory an item is a hash and where it stands, about 50 bytes.

use std::collections::HashMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};
use synctera_api::Error;
use uuid::Uuid;

use super::record::{Record, begins, header};
use super::writer::Writer;

/// A journey's checkpoint.
#[derive(Debug)]
pub(super) struct Checkpoint {
    path: PathBuf,
    states: Mutex<HashMap<Uuid, State>>,
    writer: Writer,
}

/// Where an item stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct State {
    /// When it was first begun, in milliseconds.
    started_at: i64,
    phase: Phase,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Begun by a run that ended before it.
    Left,
    /// Begun by this run.
    UnderWay,
    Failed,
    Done,
}

/// Whether an item is to be walked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// It is, and was first begun then.
    Walk(DateTime<Utc>),
    DoneBefore,
    FailedBefore,
    /// Another item of this run has the same key.
    UnderWay,
}

impl Checkpoint {
    /// Opens the file, or makes it.
    pub(super) fn open(path: &Path, journey: &str) -> Result<Self, Error> {
        let failed = |what: &str, source: io::Error| trouble(path, what, source);
        let is_new = !path.exists();
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(|e| failed("cannot be opened", e))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let source = io::Error::from(io::ErrorKind::ResourceBusy);
                return Err(failed("is in use by another run", source));
            }
            Err(TryLockError::Error(source)) => return Err(failed("cannot be locked", source)),
        }
        let (states, good) = read(path, &mut file, journey)?;
        let prepare = |file: &mut File| {
            file.set_len(good)?;
            file.seek(SeekFrom::Start(good))?;
            if good == 0 {
                file.write_all(header(journey).as_bytes())?;
            }
            file.sync_all()
        };
        prepare(&mut file).map_err(|e| failed("cannot be written", e))?;
        if is_new {
            // The name must last as well. Not every system lets folders be opened for it.
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            let _unsupported =
                File::open(folder.unwrap_or(Path::new("."))).and_then(|folder| folder.sync_all());
        }
        let writer = Writer::start(file).map_err(|e| failed("cannot be written", e))?;
        Ok(Self { path: path.to_owned(), states: Mutex::new(states), writer })
    }

    /// Says whether an item is to be walked; if so, that it was begun is on the disk.
    pub(super) async fn begin(&self, key: &str, skip_failed: bool) -> Result<Turn, Error> {
        let now = DateTime::from_timestamp_millis(Utc::now().timestamp_millis())
            .unwrap_or(DateTime::UNIX_EPOCH);
        let known = {
            let mut states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
            let known = states.get(&hash(key)).copied();
            match known.map(|state| state.phase) {
                Some(Phase::Done) => return Ok(Turn::DoneBefore),
                Some(Phase::Failed) if skip_failed => return Ok(Turn::FailedBefore),
                Some(Phase::UnderWay) => return Ok(Turn::UnderWay),
                _ => {}
            }
            let started_at = known.map_or(now.timestamp_millis(), |state| state.started_at);
            states.insert(hash(key), State { started_at, phase: Phase::UnderWay });
            known
        };
        match known {
            Some(state) => {
                Ok(Turn::Walk(DateTime::from_timestamp_millis(state.started_at).unwrap_or(now)))
            }
            None => {
                self.append(&Record::Begun { key: key.to_owned(), at: now }).await?;
                Ok(Turn::Walk(now))
            }
        }
    }

    /// Keeps what became of an item.
    pub(super) async fn end(&self, record: &Record) -> Result<(), Error> {
        self.append(record).await?;
        let mut states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        apply(&mut states, record);
        Ok(())
    }

    async fn append(&self, record: &Record) -> Result<(), Error> {
        let written = self.writer.append(record.line()).await;
        written.map_err(|e| trouble(&self.path, "cannot be written", e))
    }
}

/// Every record of a checkpoint that counts, in order; also while a run appends to it.
///
/// # Errors
/// [`Local`](crate::ErrorKind::Local) when the file cannot be read, or is no checkpoint.
pub fn records(
    path: impl AsRef<Path>,
) -> Result<impl Iterator<Item = Result<Record, Error>>, Error> {
    let path = path.as_ref().to_owned();
    let file = File::open(&path).map_err(|e| trouble(&path, "cannot be opened", e))?;
    let mut lines = Lines { reader: BufReader::new(file), number: 0, good: 0 };
    let first = lines.next().map_err(|e| trouble(&path, "cannot be read", e))?;
    if !first.is_some_and(|line| begins(&line)) {
        return Err(no_checkpoint(&path));
    }
    Ok(std::iter::from_fn(move || match lines.next() {
        Ok(line) => {
            line.map(|line| Record::read(&line).ok_or_else(|| damaged(&path, lines.number)))
        }
        Err(error) => Some(Err(trouble(&path, "cannot be read", error))),
    }))
}

/// Whole lines alone.
struct Lines<R> {
    reader: R,
    number: u64,
    /// Where the last whole line ended.
    good: u64,
}

impl<R: BufRead> Lines<R> {
    fn next(&mut self) -> io::Result<Option<String>> {
        let mut bytes = Vec::new();
        let length = self.reader.read_until(b'\n', &mut bytes)?;
        if bytes.pop() != Some(b'\n') {
            return Ok(None);
        }
        self.number += 1;
        self.good += length as u64;
        Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
    }
}

/// The states that a file tells, and how much of it is good.
fn read(path: &Path, file: &mut File, journey: &str) -> Result<(HashMap<Uuid, State>, u64), Error> {
    let failed = |source: io::Error| trouble(path, "cannot be read", source);
    let mut states = HashMap::new();
    let mut lines = Lines { reader: BufReader::new(&mut *file), number: 0, good: 0 };
    let expected = header(journey);
    match lines.next().map_err(failed)? {
        Some(line) if line == expected.trim_end() => {}
        Some(_) => {
            let wanted = io::Error::other(format!("its first line is not that of {journey}"));
            return Err(trouble(path, "is no checkpoint of this journey", wanted));
        }
        None => {
            // Killed while its first line was written, or somebody's file: only the first is cut.
            let mut start = String::new();
            file.seek(SeekFrom::Start(0)).map_err(failed)?;
            let text = file.take(4096).read_to_string(&mut start).is_ok();
            if !text || !expected.starts_with(&start) {
                return Err(no_checkpoint(path));
            }
            return Ok((states, 0));
        }
    }
    while let Some(line) = lines.next().map_err(failed)? {
        let record = Record::read(&line).ok_or_else(|| damaged(path, lines.number))?;
        apply(&mut states, &record);
    }
    let good = lines.good;
    Ok((states, good))
}

fn apply(states: &mut HashMap<Uuid, State>, record: &Record) {
    let state = states.entry(hash(record.key()));
    match record {
        Record::Begun { at, .. } => {
            state.or_insert(State { started_at: at.timestamp_millis(), phase: Phase::Left });
        }
        Record::Done { .. } => {
            let done = State { started_at: 0, phase: Phase::Done };
            state.and_modify(|state| state.phase = Phase::Done).or_insert(done);
        }
        Record::Failed { .. } => {
            // An item that is done stays so.
            state.and_modify(|state| {
                if state.phase != Phase::Done {
                    state.phase = Phase::Failed;
                }
            });
        }
    }
}

fn hash(key: &str) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, key.as_bytes())
}

fn trouble(
    path: &Path,
    what: &str,
    source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> Error {
    Error::local("checkpoint", format!("{} {what}", path.display()), source)
}

fn no_checkpoint(path: &Path) -> Error {
    trouble(path, "is no checkpoint", io::Error::from(io::ErrorKind::InvalidData))
}

fn damaged(path: &Path, line: u64) -> Error {
    let why = "something else wrote to the file; with the line taken out, its item is run again";
    trouble(path, &format!("is damaged in line {line}"), io::Error::other(why))
}

#[cfg(test)]
#[path = "checkpoint_tests.rs"]
mod tests;
