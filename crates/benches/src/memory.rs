//! What a process has taken of the machine's memory.

use crate::Error;

/// The most memory that this process had at any moment, in KiB.
///
/// # Errors
/// On a system without `/proc`.
pub fn peak() -> Result<u64, Error> {
    let status = std::fs::read_to_string("/proc/self/status")
        .map_err(|e| format!("memory is read from /proc/self/status: {e}"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let figure = line.and_then(|line| line.split_whitespace().next());
    Ok(figure.ok_or("/proc/self/status has no VmHWM")?.parse()?)
}
