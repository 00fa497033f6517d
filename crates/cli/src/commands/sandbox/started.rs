//! The sandbox that was started at a port, as it is remembered in a file.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::exit::Failure;
use crate::{files, text};

/// The program of the sandbox.
pub(super) const PROGRAM: &str = "synctera-sandbox";
/// The files of a sandbox have at most as many bytes.
const BYTES_MAX: u64 = 64 * files::KIB;

/// A sandbox that was started.
#[derive(Serialize, Deserialize)]
pub(super) struct Started {
    pub(super) pid: u32,
    pub(super) url: String,
    /// The file that is there while it runs.
    ready: PathBuf,
}

/// The files of the sandbox at a port.
pub(super) struct Files {
    record: PathBuf,
    pub(super) ready: PathBuf,
    pub(super) log: PathBuf,
}

impl Files {
    pub(super) fn of(port: u16) -> Result<Self, Failure> {
        let folder = files::state()?;
        let file = |ending: &str| folder.join(format!("sandbox-{port}.{ending}"));
        // A name of its own: the file of a sandbox that was killed says nothing about this one.
        let ready = file(&format!("{}.ready", uuid::Uuid::new_v4().simple()));
        Ok(Self { record: file("json"), ready, log: file("log") })
    }

    /// The sandbox that was started last, if it runs.
    ///
    /// # Errors
    /// A record that cannot be read.
    pub(super) fn running(&self) -> Result<Option<Started>, Failure> {
        let unusable = |why: &dyn std::fmt::Display| {
            let shown = text::path(&self.record);
            Failure::failed(format!(
                "{shown} cannot be read: {why}; next: end the sandbox by its process, and delete the file"
            ))
        };
        let contents = match files::read(&self.record, BYTES_MAX) {
            Ok(contents) => contents,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unusable(&error)),
        };
        let started: Started = serde_json::from_str(&contents)
            .map_err(|_| unusable(&"it is not a record of this program"))?;
        // Whether it answers is not asked: one that is busy runs all the same.
        Ok(Some(started).filter(Started::runs))
    }

    /// Remembers a sandbox that runs.
    pub(super) fn remember(&self, pid: u32, url: &str) -> Result<(), Failure> {
        let started = Started { pid, url: url.to_owned(), ready: self.ready.clone() };
        serde_json::to_vec(&started)
            .map_err(io::Error::from)
            .and_then(|record| files::replace(&self.record, &record))
            .map_err(|error| {
                Failure::failed(format!(
                    "{} cannot be written: {error}, so that the sandbox is ended; next: use --foreground",
                    text::path(&self.record)
                ))
            })
    }

    /// Forgets a sandbox that has ended.
    pub(super) fn forget(&self, started: Option<&Started>) {
        // What is left of them is found by the next start or stop.
        let _ = fs::remove_file(&self.record);
        if let Some(started) = started {
            let _ = fs::remove_file(&started.ready);
        }
    }

    /// The address of the sandbox, once it answers.
    pub(super) fn address(&self) -> Option<String> {
        address(&self.ready)
    }
}

impl Started {
    /// Whether it runs: its file is there, which it removes when it ends, and its process is that of a sandbox.
    pub(super) fn runs(&self) -> bool {
        address(&self.ready).is_some_and(|url| url == self.url) && is_sandbox(self.pid)
    }
}

fn address(ready: &Path) -> Option<String> {
    let contents = files::read(ready, BYTES_MAX).ok()?;
    Some(contents.strip_suffix('\n')?.trim().to_owned())
}

/// Whether a process is that of a sandbox. After a restart of the machine another program may have its id;
/// one that has ended and whose parent has not asked for its result does not run.
#[cfg(target_os = "linux")]
fn is_sandbox(pid: u32) -> bool {
    let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else { return false };
    // The name before it may have any characters, and so a parenthesis.
    let state = stat.rsplit_once(')').and_then(|(_, rest)| rest.trim_start().chars().next());
    if state.is_none_or(|state| matches!(state, 'Z' | 'X')) {
        return false;
    }
    let is_named = |path: &Path| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(PROGRAM))
    };
    let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    // The second argument is the program where the first one is a shell that runs it.
    let mut first = line.split(|byte| *byte == 0).take(2);
    fs::read_link(format!("/proc/{pid}/exe")).is_ok_and(|path| is_named(&path))
        || first.any(|argument| is_named(Path::new(&*String::from_utf8_lossy(argument))))
}

#[cfg(all(unix, not(target_os = "linux")))]
fn is_sandbox(pid: u32) -> bool {
    let pid = pid.to_string();
    listed("ps", &["-o", "stat=", "-o", "args=", "-p", &pid])
        .is_some_and(|line| !line.trim_start().starts_with('Z') && line.contains(PROGRAM))
}

#[cfg(not(unix))]
fn is_sandbox(pid: u32) -> bool {
    listed("tasklist", &["/NH", "/FI", &format!("PID eq {pid}")])
        .is_some_and(|line| line.contains(PROGRAM))
}

/// What the system's list of processes says.
#[cfg(not(target_os = "linux"))]
fn listed(program: &str, arguments: &[&str]) -> Option<String> {
    let output = std::process::Command::new(program).args(arguments).output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}
