//! `cargo xtask new-project`: a project of somebody who follows the README. It has the dependencies that
//! the README lists, from the repository by git, and the README's programs, built and run.

use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Instant;

use clap::Args;

use crate::running::{self, Server};
use crate::workspace::{self, Error};

/// What the README's first program prints.
const BALANCE: &str = "25.00 USD";
/// The address in the README's dependencies.
const REPOSITORY: &str = "https://github.com/synctera-rs/synctera-rs";

#[derive(Args)]
pub(crate) struct Options {
    /// The repository that the dependencies come from; by default this one, as it is committed
    #[arg(long, value_name = "URL")]
    repository: Option<String>,
    /// Take the newest versions of all other crates, not those of this repository's Cargo.lock
    #[arg(long)]
    latest: bool,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode, Error> {
    let begun = Instant::now();
    let folder = tempfile::tempdir()?;
    write(folder.path(), options)?;
    let server = Server::start(&running::build()?, &["--clock", "2026-11-24T14:00:00Z"])?;
    let project = |command: &str| {
        let mut cargo = Command::new(env!("CARGO"));
        cargo
            .args([command, "--quiet"])
            .current_dir(folder.path())
            // What is built of other crates is shared with this repository.
            .env("CARGO_TARGET_DIR", workspace::target())
            .env("CARGO_PROFILE_DEV_DEBUG", "line-tables-only")
            .env("SYNCTERA_API_KEY", "sandbox-key")
            .env("SYNCTERA_BASE_URL", &server.url)
            .env_remove("SYNCTERA_ENV");
        cargo
    };
    let said = running::output(&mut project("run"))?;
    if said.trim() != BALANCE {
        return Err(format!("the README's program printed {said:?}, not {BALANCE}").into());
    }
    running::output(&mut project("test"))?;
    println!(
        "a new project builds and runs the README's programs, in {} s",
        begun.elapsed().as_secs()
    );
    Ok(ExitCode::SUCCESS)
}

fn write(folder: &Path, options: &Options) -> Result<(), Error> {
    let readme = workspace::read(&workspace::root().join("README.md"))?;
    let [manifest] = blocks(&readme, "toml").try_into().map_err(|_| "not one block of TOML")?;
    let [program, webhook, sandbox] =
        blocks(&readme, "rust").try_into().map_err(|_| "not three blocks of Rust")?;
    if !manifest.contains(REPOSITORY) {
        return Err(format!("the README's dependencies do not come from {REPOSITORY}").into());
    }
    let here = || format!("file://{}", workspace::root().display());
    let repository = options.repository.clone().unwrap_or_else(here);
    let manifest = format!(
        "[package]\nname = \"new-project\"\nedition = \"2024\"\n\n{}\n\n[workspace]\n",
        manifest.replace(REPOSITORY, &repository)
    );
    std::fs::create_dir_all(folder.join("src"))?;
    std::fs::create_dir_all(folder.join("tests"))?;
    std::fs::write(folder.join("Cargo.toml"), manifest)?;
    std::fs::write(folder.join("src/main.rs"), program)?;
    let tests = format!(
        "{webhook}\n{sandbox}\n#[tokio::test]\nasync fn the_sandbox_starts() {{\n    \
         run().await.unwrap();\n    let _compiles = on_delivery;\n}}\n"
    );
    std::fs::write(folder.join("tests/readme.rs"), tests)?;
    if !options.latest {
        std::fs::copy(workspace::root().join("Cargo.lock"), folder.join("Cargo.lock"))?;
    }
    Ok(())
}

/// The blocks of code in a language, with the lines that the page does not show.
fn blocks(document: &str, language: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut open: Option<(bool, String)> = None;
    for line in document.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(opening)) => {
                open = Some((opening.split(',').next() == Some(language), String::new()));
            }
            (Some(_), Some(_)) => {
                blocks.extend(open.take().filter(|(is_ours, _)| *is_ours).map(|(_, text)| text));
            }
            (Some((_, text)), None) => {
                text.push_str(
                    line.strip_prefix("# ").filter(|_| language == "rust").unwrap_or(line),
                );
                text.push('\n');
            }
            (None, None) => {}
        }
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::blocks;

    #[test]
    fn blocks_are_found_by_language_with_their_hidden_lines() {
        let page = "```toml\na = 1 # b\n```\ntext\n```rust,no_run\n# fn a() {\nb();\n# }\n```\n";
        assert_eq!(blocks(page, "toml"), ["a = 1 # b\n"]);
        assert_eq!(blocks(page, "rust"), ["fn a() {\nb();\n}\n"]);
        assert!(blocks(page, "bash").is_empty());
    }
}
