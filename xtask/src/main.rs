//! Maintenance commands: `cargo xtask <command>`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line speaks to its user")]

#[macro_use]
mod output;

mod bench;
mod browser;
mod changelog;
mod clients;
mod compile;
mod conformance;
mod console;
mod console_scale;
mod coverage;
mod crash;
mod deny;
mod drift;
mod durable;
mod expand;
mod fuzz;
mod guide;
mod layers;
mod mutations;
mod new_project;
mod older;
mod package;
mod prove;
mod python;
mod random_documents;
mod regen;
mod rules;
mod running;
mod tools;
mod touches;
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
    Coverage(coverage::Options),
    /// Kill the sandbox under load, and see that it kept what it acknowledged
    Crash(crash::Options),
    /// Run journeys on many machines with kills and crashes, and measure it
    Durable(durable::Options),
    /// Compare what we cost with what others do
    Bench(bench::Options),
    /// Hold that web pages of other names and origins get nothing from the sandbox, in a real browser
    Browser(browser::Options),
    /// Add what commits say to users to CHANGELOG.md
    Changelog(changelog::Options),
    /// Make clients in other languages from the sandbox's documents, and play a session with each
    Clients(clients::Options),
    /// Play the stories of the console in a browser, look for scripts that run and for what keeps people
    /// out, and take pictures
    Console(console::Options),
    /// Generate a client from published documents as they are, and compile it
    Compile(compile::Options),
    /// Send the sandbox what the document allows and what it forbids, and judge every answer
    Conformance(conformance::Options),
    /// Build the guide as a web site
    Guide(guide::Options),
    /// Hold dependencies to the licenses, versions and sources that deny.toml allows
    Deny(deny::Options),
    /// Build and run what the README shows in a project of its own, with the dependencies from git
    NewProject(new_project::Options),
    /// Package the crates that are published, and build each from its package
    Package(package::Options),
    /// Hold that each rule of crates/sandbox/RULES.md has tests for both sides, and that they pass
    Rules(rules::Options),
    /// Give random documents to the generator and to drift, and compile some of the clients
    RandomDocuments(random_documents::Options),
    /// Check that imports point down the layers of xtask/layers.toml, and that JSON is read by types
    Layers(layers::Options),
    /// Send the sandbox everything that is wrong in one place, and look at its lists and books
    Mutations(mutations::Options),
    /// Refresh the facts about the older documents that the sandbox serves, or check them
    Older(older::Options),
    /// Run every fuzz target for a while
    Fuzz(fuzz::Options),
    /// Call every operation on any server, such as a mock of the published document
    Wire(wire::Options),
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Regen(options) => regen::run(&options),
        Command::Drift(options) => drift::run(&options),
        Command::Deny(options) => deny::run(&options),
        Command::Expand(options) => expand::run(&options),
        Command::Coverage(options) => coverage::run(&options),
        Command::Crash(options) => crash::run(&options),
        Command::Durable(options) => durable::run(&options),
        Command::Bench(options) => bench::run(&options),
        Command::Browser(options) => browser::run(&options),
        Command::Changelog(options) => changelog::run(&options),
        Command::Clients(options) => clients::run(&options),
        Command::Console(options) => console::run(&options),
        Command::Compile(options) => compile::run(&options),
        Command::Conformance(options) => conformance::run(&options),
        Command::RandomDocuments(options) => random_documents::run(&options),
        Command::Rules(options) => rules::run(&options),
        Command::Layers(options) => layers::run(&options),
        Command::Mutations(options) => mutations::run(&options),
        Command::NewProject(options) => new_project::run(&options),
        Command::Package(options) => package::run(&options),
        Command::Guide(options) => guide::run(&options),
        Command::Older(options) => older::run(&options),
        Command::Fuzz(options) => fuzz::run(&options),
        Command::Wire(options) => wire::run(&options),
    };
    if let Some(error) = output::failure() {
        eprintln!("error: the output cannot be written: {error}");
        return ExitCode::from(2);
    }
    match result {
        Ok(code) => code,
        Err(error) => {
            // It may quote a document, which may hold what acts on a terminal.
            let acts = |c: char| c.is_control() && c != '\n';
            let text = error.to_string().replace(acts, "\u{fffd}");
            eprintln!("error: {text}");
            ExitCode::from(2)
        }
    }
}
