//! The command line.

#[cfg(feature = "fixtures")]
mod fixtures;
mod healthcheck;
mod listings;
mod options;
mod ready_file;
mod secrets;
mod serve;

use std::io::{self, ErrorKind, Write};

pub(crate) use options::{Cli, Command};

/// Why the program does not do what it was asked for.
pub(crate) type Failure = Box<dyn std::error::Error>;

/// Does what the options ask for.
pub(crate) async fn run(cli: Cli) -> Result<(), Failure> {
    if let Some(Command::Healthcheck(at)) = cli.command {
        return healthcheck::run(&at).await;
    }
    match listings::wanted(&cli)? {
        Some(listing) => print(&listing),
        None => serve::run(cli).await,
    }
}

/// Prints what was asked for. A reader who has seen enough, such as `head`, is no failure.
fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(format!("the output cannot be written: {error}").into())
        }
        _ => Ok(()),
    }
}

/// Prints something on the way, whether anybody reads it or not.
fn say(text: &str) {
    let mut out = io::stdout().lock();
    let _unread = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Warns of something, whether anybody reads it or not.
fn warn(text: &str) {
    let _unread = writeln!(io::stderr(), "warning: {text}");
}
