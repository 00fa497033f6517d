//! A file that is there while the sandbox answers, with its URL: for scripts that start it on a free
//! port.

use std::io;
use std::path::PathBuf;

use super::Failure;

/// The file; it is deleted when this is dropped.
pub(super) struct ReadyFile(PathBuf);

impl ReadyFile {
    /// Deletes what an earlier run left, which would say too early that the sandbox answers.
    pub(super) fn new(path: PathBuf) -> Result<Self, Failure> {
        match std::fs::remove_file(&path) {
            Err(why) if why.kind() != io::ErrorKind::NotFound => {
                Err(format!("{}: {why}", path.display()).into())
            }
            _ => Ok(Self(path)),
        }
    }

    /// Writes it in one step, so that no reader sees a part of the URL.
    pub(super) fn write(&self, url: &str) -> Result<(), Failure> {
        let mut name = self.0.clone().into_os_string();
        name.push(".new");
        let new = PathBuf::from(name);
        let written = std::fs::write(&new, format!("{url}\n"));
        let moved = written.and_then(|()| std::fs::rename(&new, &self.0));
        Ok(moved.map_err(|why| format!("{}: {why}", self.0.display()))?)
    }
}

impl Drop for ReadyFile {
    fn drop(&mut self) {
        let _gone = std::fs::remove_file(&self.0);
    }
}
