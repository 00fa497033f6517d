//! What the program prints, and how it says that it failed.

use std::io::{self, ErrorKind, Write};

/// Why the program does not do what it was asked for.
pub(crate) type Failure = Box<dyn std::error::Error>;

/// Prints what was asked for. A reader who has seen enough, such as `head`, is no failure.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(format!("the output cannot be written: {error}").into())
        }
        _ => Ok(()),
    }
}

/// Prints something on the way, whether anybody reads it or not.
pub(super) fn say(text: &str) {
    let mut out = io::stdout().lock();
    let _unread = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Warns of something, whether anybody reads it or not.
pub(super) fn warn(text: &str) {
    let _unread = writeln!(io::stderr(), "warning: {text}");
}
