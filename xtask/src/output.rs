//! What the commands print. The macros of the standard library panic when the reader is gone, as with
//! `| head -1`, and when the disk is full; these replace them and do not panic.

use std::fmt::Arguments;
use std::io::{self, ErrorKind, Write};
use std::sync::Mutex;

/// Why the output could not be written, but for a reader who has seen enough.
static FAILURE: Mutex<Option<io::Error>> = Mutex::new(None);

/// Prints to the standard output.
macro_rules! print {
    ($($arguments:tt)*) => { $crate::output::out(format_args!($($arguments)*)) };
}

/// Prints a line to the standard output.
macro_rules! println {
    () => { $crate::output::out(format_args!("\n")) };
    ($($arguments:tt)*) => { $crate::output::out(format_args!("{}\n", format_args!($($arguments)*))) };
}

/// Prints a line to the standard error.
macro_rules! eprintln {
    ($($arguments:tt)*) => { $crate::output::err(format_args!("{}\n", format_args!($($arguments)*))) };
}

pub(crate) fn out(text: Arguments<'_>) {
    let mut out = io::stdout().lock();
    if let Err(error) = out.write_fmt(text).and_then(|()| out.flush())
        && error.kind() != ErrorKind::BrokenPipe
        && let Ok(mut failure) = FAILURE.lock()
    {
        failure.get_or_insert(error);
    }
}

pub(crate) fn err(text: Arguments<'_>) {
    let _unread = io::stderr().lock().write_fmt(text);
}

/// The first reason why something was not printed.
pub(crate) fn failure() -> Option<io::Error> {
    FAILURE.lock().ok().and_then(|mut failure| failure.take())
}
