//! A file that is there while the sandbox answers, with its URL: for scripts that start it on a free
//! port.

use std::cell::Cell;
use std::fs::File;
use std::io;
use std::io::Read;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Failure;

/// How long an earlier sandbox may take to accept a connection.
const PATIENCE: Duration = Duration::from_millis(500);
/// The longest file that can be one of ours, in bytes.
const FILE_MAX: u64 = 1024;

/// The file; if it was written, it is deleted when this is dropped.
pub(super) struct ReadyFile {
    path: PathBuf,
    is_written: Cell<bool>,
}

impl ReadyFile {
    /// Deletes what an earlier run left, which would say too early that the sandbox answers. A file of
    /// something else, or of a sandbox that still answers, is left as it is.
    pub(super) fn new(path: PathBuf) -> Result<Self, Failure> {
        let failed = |why: &dyn std::fmt::Display| format!("{}: {why}", path.display());
        match earlier(&path).map_err(|why| failed(&why))? {
            Earlier::None => {}
            Earlier::Foreign => {
                return Err(failed(&"it is not a ready file, and stays as it is").into());
            }
            Earlier::Answers(address) => {
                return Err(failed(&format!("the sandbox at {address} uses it")).into());
            }
            Earlier::Ended => std::fs::remove_file(&path).map_err(|why| failed(&why))?,
        }
        Ok(Self { path, is_written: Cell::new(false) })
    }

    /// Writes it in one step, so that no reader sees a part of the URL.
    pub(super) fn write(&self, url: &str) -> Result<(), Failure> {
        let mut name = self.path.clone().into_os_string();
        name.push(".new");
        let new = PathBuf::from(name);
        let written = std::fs::write(&new, format!("{url}\n"));
        let moved = written.and_then(|()| std::fs::rename(&new, &self.path));
        moved.map_err(|why| format!("{}: {why}", self.path.display()))?;
        self.is_written.set(true);
        Ok(())
    }
}

impl Drop for ReadyFile {
    fn drop(&mut self) {
        if self.is_written.get() {
            let _gone = std::fs::remove_file(&self.path);
        }
    }
}

/// What is at the path of a ready file.
enum Earlier {
    None,
    /// Not a ready file.
    Foreign,
    /// The file of a sandbox that answers at this address.
    Answers(SocketAddr),
    /// The file of a sandbox that does not answer.
    Ended,
}

fn earlier(path: &Path) -> io::Result<Earlier> {
    let file = match File::open(path) {
        Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(Earlier::None),
        file => file?,
    };
    let mut bytes = Vec::new();
    file.take(FILE_MAX).read_to_end(&mut bytes)?;
    let text = String::from_utf8(bytes).unwrap_or_default();
    let address = text.trim_end().strip_prefix("http://").and_then(|text| text.parse().ok());
    let Some(mut address) = address else {
        return Ok(Earlier::Foreign);
    };
    // What listens on all addresses listens on loopback.
    if SocketAddr::ip(&address).is_unspecified() {
        address.set_ip(match address {
            SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    Ok(match TcpStream::connect_timeout(&address, PATIENCE) {
        Ok(_) => Earlier::Answers(address),
        Err(_) => Earlier::Ended,
    })
}
