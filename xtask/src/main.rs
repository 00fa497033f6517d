//! Maintenance commands: `cargo xtask <command>`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line speaks to its user")]

mod bench;
mod compile;
mod coverage;
mod drift;
mod expand;
mod fuzz;
mod regen;
mod wire;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Maintenance commands of this repository")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Refresh spec/ from published documents, or check that it is what they give
    Regen(regen::Options),
    /// Say what a new document changes and what that breaks
    Drift(drift::Options),
    /// Write the generated client where an editor can open it
    Expand(expand::Options),
    /// Count the operations that are generated and those that the sandbox serves
    Coverage,
    /// Compare what we cost with what others do
    Bench(bench::Options),
    /// Generate a client from published documents as they are, and compile it
    Compile(compile::Options),
    /// Run every fuzz target for a while
    Fuzz(fuzz::Options),
    /// Call every operation on any server, such as a mock of the published document
    Wire(wire::Options),
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Regen(options) => regen::run(&options),
        Command::Drift(options) => drift::run(&options),
        Command::Expand(options) => expand::run(&options),
        Command::Coverage => coverage::run(),
        Command::Bench(options) => bench::run(&options),
        Command::Compile(options) => compile::run(&options),
        Command::Fuzz(options) => fuzz::run(&options),
        Command::Wire(options) => wire::run(&options),
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}
