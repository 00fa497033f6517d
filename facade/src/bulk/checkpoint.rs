//! A file with the completed items of a run: a run that was killed at any moment continues where it
//! stopped.
//!
//! The file is only appended to. A line is valid when its line feed is there; an incomplete last line,
//! which a crash leaves, is removed.

use std::collections::HashMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};
use synctera_api::Error;
use uuid::Uuid;

use super::keys::hash;
use super::lines::{LINE_BYTES_MAX, Lines};
use super::record::{Record, header, is_header};
use super::writer::Writer;

/// The largest file that is read or written.
const FILE_BYTES_MAX: u64 = 16 << 30;

/// A journey's checkpoint.
#[derive(Debug)]
pub(super) struct Checkpoint {
    path: PathBuf,
    states: Mutex<HashMap<Uuid, State>>,
    writer: Writer,
}

/// The state of an item: 32 bytes with the hash of its key, and the overhead of the map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct State {
    /// When it was first started, in milliseconds.
    started_at: i64,
    /// How often the platform refused it.
    refusals: u32,
    phase: Phase,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Started,
    Failed,
    Done,
}

/// What to do with an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// Run it.
    Run {
        /// When it was first started.
        started_at: DateTime<Utc>,
        /// 1, and 1 more for each time that the platform refused it: it repeats a refusal under
        /// the same idempotency key, so that a corrected item needs another one.
        attempt: u32,
    },
    /// Skip it: it is done.
    DoneBefore,
    /// Skip it: it failed.
    FailedBefore,
}

impl Checkpoint {
    /// Opens the file, or creates it. One checkpoint at a time has it open for writing.
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
        // The lock is on the file, for all of its paths, and ends with the process.
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
            let header = header(journey);
            let mut size = good;
            if good == 0 {
                file.write_all(header.as_bytes())?;
                size = header.len() as u64;
            }
            file.sync_all()?;
            Ok(size)
        };
        let size = prepare(&mut file).map_err(|e| failed("cannot be written", e))?;
        if is_new {
            // The directory entry must be durable as well. Not every system can sync a directory.
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            let _unsupported =
                File::open(folder.unwrap_or(Path::new("."))).and_then(|folder| folder.sync_all());
        }
        let room = FILE_BYTES_MAX.saturating_sub(size);
        let writer = Writer::start(file, room).map_err(|e| failed("cannot be written", e))?;
        Ok(Self { path: path.to_owned(), states: Mutex::new(states), writer })
    }

    /// Returns what to do with an item. If it is to be run, its start is on the disk.
    pub(super) async fn begin(
        &self,
        key: &str,
        now: DateTime<Utc>,
        skip_failed: bool,
    ) -> Result<Start, Error> {
        // The file has milliseconds.
        let now = DateTime::from_timestamp_millis(now.timestamp_millis()).unwrap_or(now);
        let known = {
            let states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
            states.get(&hash(key)).copied()
        };
        match known {
            Some(State { phase: Phase::Done, .. }) => Ok(Start::DoneBefore),
            Some(State { phase: Phase::Failed, .. }) if skip_failed => Ok(Start::FailedBefore),
            Some(State { started_at, refusals, .. }) => Ok(Start::Run {
                started_at: DateTime::from_timestamp_millis(started_at).unwrap_or(now),
                attempt: refusals.saturating_add(1),
            }),
            None => {
                self.keep(&Record::Started { key: key.to_owned(), at: now }).await?;
                Ok(Start::Run { started_at: now, attempt: 1 })
            }
        }
    }

    /// Records the result of an item.
    pub(super) async fn end(&self, record: &Record) -> Result<(), Error> {
        self.keep(record).await
    }

    async fn keep(&self, record: &Record) -> Result<(), Error> {
        let line = record.line();
        if line.len() > LINE_BYTES_MAX {
            let why = io::Error::from(io::ErrorKind::FileTooLarge);
            let what = format!("cannot contain a line of more than {LINE_BYTES_MAX} bytes");
            return Err(trouble(&self.path, &what, why));
        }
        let written = self.writer.append(line).await;
        written.map_err(|e| trouble(&self.path, "cannot be written", e))?;
        let mut states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        apply(&mut states, record);
        Ok(())
    }
}

/// Every valid record of a checkpoint, in order; also while a run appends to it. After an error the
/// iterator ends.
///
/// # Errors
/// [`Local`](crate::ErrorKind::Local) when the file cannot be read, is damaged, or is not a
/// checkpoint. A line of more than 1 MiB is damage.
pub fn records(
    path: impl AsRef<Path>,
) -> Result<impl Iterator<Item = Result<Record, Error>>, Error> {
    let path = path.as_ref().to_owned();
    let file = File::open(&path).map_err(|e| trouble(&path, "cannot be opened", e))?;
    let mut lines = Lines::new(file);
    match lines.next() {
        Ok(Some(line)) if is_header(&line) => {}
        Err(error) if error.kind() != io::ErrorKind::InvalidData => {
            return Err(trouble(&path, "cannot be read", error));
        }
        _ => return Err(no_checkpoint(&path)),
    }
    let mut is_over = false;
    Ok(std::iter::from_fn(move || {
        if is_over {
            return None;
        }
        let record = next_record(&path, &mut lines).transpose();
        is_over = !matches!(record, Some(Ok(_)));
        record
    }))
}

/// The next record of a file whose first line has been read.
fn next_record(path: &Path, lines: &mut Lines<impl Read>) -> Result<Option<Record>, Error> {
    match lines.next() {
        Ok(None) => Ok(None),
        Ok(Some(line)) => {
            Record::read(&line).map(Some).ok_or_else(|| damaged(path, lines.number()))
        }
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            Err(damaged(path, lines.number()))
        }
        Err(error) => Err(trouble(path, "cannot be read", error)),
    }
}

/// The states that a file describes, and the length of its complete lines.
fn read(path: &Path, file: &mut File, journey: &str) -> Result<(HashMap<Uuid, State>, u64), Error> {
    let failed = |source: io::Error| trouble(path, "cannot be read", source);
    if file.metadata().map_err(failed)?.len() > FILE_BYTES_MAX {
        let why = io::Error::from(io::ErrorKind::FileTooLarge);
        return Err(trouble(path, &format!("has more than {FILE_BYTES_MAX} bytes"), why));
    }
    let mut states = HashMap::new();
    let mut lines = Lines::new(&mut *file);
    let expected = header(journey);
    match lines.next() {
        Ok(Some(line)) if line == expected.trim_end().as_bytes() => {}
        Ok(Some(_)) => {
            let wanted = io::Error::other(format!("its first line is not that of {journey}"));
            return Err(trouble(path, "is not a checkpoint of this journey", wanted));
        }
        Err(error) if error.kind() != io::ErrorKind::InvalidData => return Err(failed(error)),
        Err(_) => return Err(no_checkpoint(path)),
        Ok(None) => {
            // The run was killed while it wrote the first line, or it is the file of another
            // program, which must not be changed.
            let mut start = String::new();
            file.seek(SeekFrom::Start(0)).map_err(failed)?;
            let text = file.take(4096).read_to_string(&mut start).is_ok();
            if !text || !expected.starts_with(&start) {
                return Err(no_checkpoint(path));
            }
            return Ok((states, 0));
        }
    }
    while let Some(record) = next_record(path, &mut lines)? {
        apply(&mut states, &record);
    }
    let good = lines.complete_bytes();
    Ok((states, good))
}

fn apply(states: &mut HashMap<Uuid, State>, record: &Record) {
    let state = states.entry(hash(record.key()));
    match record {
        Record::Started { at, .. } => {
            let started_at = at.timestamp_millis();
            state.or_insert(State { started_at, refusals: 0, phase: Phase::Started });
        }
        Record::Done { .. } => {
            let done = State { started_at: 0, refusals: 0, phase: Phase::Done };
            state.and_modify(|state| state.phase = Phase::Done).or_insert(done);
        }
        Record::Failed { is_refusal, .. } => {
            // An item that is done stays done.
            state.and_modify(|state| {
                if state.phase != Phase::Done {
                    state.phase = Phase::Failed;
                    state.refusals = state.refusals.saturating_add(u32::from(*is_refusal));
                }
            });
        }
    }
}

fn trouble(
    path: &Path,
    what: &str,
    source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> Error {
    Error::local("checkpoint", format!("{} {what}", path.display()), source)
}

fn no_checkpoint(path: &Path) -> Error {
    trouble(path, "is not a checkpoint", io::Error::from(io::ErrorKind::InvalidData))
}

fn damaged(path: &Path, line: u64) -> Error {
    let why = "something else wrote to the file; without the line, its item is run again";
    trouble(path, &format!("is damaged in line {line}"), io::Error::other(why))
}

#[cfg(test)]
#[path = "checkpoint_tests.rs"]
mod tests;
