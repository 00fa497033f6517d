#![doc = include_str!("../README.md")]

mod address;
mod call;
mod commands;
mod control;
mod debug;
mod download;
mod exit;
mod families;
mod files;
mod flags;
mod options;
mod output;
mod settings;
mod table;
mod text;

use std::ffi::OsString;
use std::pin::pin;
use std::process::ExitCode;
use std::time::Duration;

use clap_complete::env::CompleteEnv;
use exit::{Exit, Failure};

/// How long a command has to end after Ctrl-C before the program ends.
const GRACE: Duration = Duration::from_millis(300);

/// The whole command line, for tests and for documentation.
#[doc(hidden)]
pub fn command() -> clap::Command {
    commands::root()
}

/// Runs the program with these arguments, of which the first is its name.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    // A shell that completes a command sets a variable; without it this does nothing.
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
            // `--help` and `--version` are errors of clap, too; they exit with 0.
            let _ = error.print();
            let exit = if error.use_stderr() { Exit::Usage } else { Exit::Success };
            return ExitCode::from(exit as u8);
        }
    };
    exit_soon_after_ctrl_c();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let outcome = match runtime {
        Ok(runtime) => runtime.block_on(until_stopped(commands::run(&matches))),
        Err(error) => Err(Failure::failed(format!(
            "the program cannot be set up: {error}; next: raise the limits of the process, such as open files"
        ))),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let failure = call::writing::after_done(failure);
            if !failure.message.is_empty() {
                output::note(&format!("error: {failure}"));
            }
            ExitCode::from(failure.exit as u8)
        }
    }
}

/// Runs a command until it ends or Ctrl-C is pressed.
async fn until_stopped(command: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    // Pinned here, it is dropped after the message is made, which depends on what is under way.
    let mut command = pin!(command);
    tokio::select! {
        // Ctrl-C is watched before the command begins.
        biased;
        stopped = tokio::signal::ctrl_c() => match stopped {
            Ok(()) => Err(Failure::new(Exit::Interrupted, call::writing::interrupted())),
            Err(error) => Err(Failure::failed(format!(
                "Ctrl-C cannot be received: {error}; next: raise the limits of the process"
            ))),
        },
        outcome = &mut command => outcome,
    }
}

/// Ends the program soon after Ctrl-C: a command that blocks its thread, such as one that waits for
/// input, cannot end otherwise. The command has a moment to remove its temporary files.
fn exit_soon_after_ctrl_c() {
    let wait = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let Ok(runtime) = runtime else { return };
        if runtime.block_on(tokio::signal::ctrl_c()).is_ok() {
            std::thread::sleep(GRACE);
            std::process::exit(i32::from(Exit::Interrupted as u8));
        }
    };
    // Without this thread a command that does not block still ends.
    let _ = std::thread::Builder::new().name("ctrl-c".to_owned()).spawn(wait);
}
