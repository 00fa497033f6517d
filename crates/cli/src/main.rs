//! The program `synctera`.

use std::process::ExitCode;

fn main() -> ExitCode {
    synctera_cli::run(std::env::args_os())
}
