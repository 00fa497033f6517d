#![doc = include_str!("../README.md")]

mod call;
mod commands;
mod control;
mod debug;
mod download;
mod exit;
mod families;
mod flags;
mod options;
mod output;
mod settings;
mod table;
mod text;

use std::ffi::OsString;
use std::process::ExitCode;

use clap_complete::env::CompleteEnv;
use exit::{Exit, Failure};

/// The whole command line, for tests and for documentation.
#[doc(hidden)]
pub fn command() -> clap::Command {
    commands::root()
}

/// Runs the program with these arguments, of which the first is its name.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    // A shell asks with a variable; otherwise this does nothing.
    let completion = CompleteEnv::with_factory(commands::root)
        .try_complete(arguments.clone(), std::env::current_dir().ok().as_deref());
    match completion {
        Ok(false) => {}
        Ok(true) => return ExitCode::SUCCESS,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(Exit::Usage as u8);
        }
    }
    let matches = match commands::root().try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) => {
            // Whoever read the help has read enough.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { Exit::Usage as u8 } else { 0 });
        }
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let outcome = match runtime {
        Ok(runtime) => runtime.block_on(until_stopped(commands::run(&matches))),
        Err(error) => Err(Failure::failed(format!("the program cannot be set up: {error}"))),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if !failure.message.is_empty() {
                output::note(&format!("error: {failure}"));
            }
            ExitCode::from(failure.exit as u8)
        }
    }
}

/// Does something until it is done or somebody stops it.
async fn until_stopped(doing: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    tokio::select! {
        outcome = doing => outcome,
        stopped = tokio::signal::ctrl_c() => match stopped {
            Ok(()) if call::send::is_writing() => Err(Failure::new(
                Exit::Interrupted,
                "stopped; next: whether the write that was under way was done is unknown: send it again \
                 with the same --idempotency-key, or look for what it made",
            )),
            Ok(()) => Err(Failure::new(Exit::Interrupted, "")),
            Err(error) => Err(Failure::failed(format!("signals cannot be received: {error}"))),
        },
    }
}
