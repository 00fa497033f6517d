//! `synctera-sandbox`: the sandbox as a program of its own.

mod cli;
mod parity;
mod signals;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use mimalloc::MiMalloc;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_max_level(tracing::Level::WARN)
        .without_time()
        .with_target(false)
        // The standard error may be closed.
        .log_internal_errors(false)
        .init();
    match cli::run(cli::Cli::parse()).await {
        Ok(code) => code,
        Err(error) => {
            let _written = writeln!(io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}
