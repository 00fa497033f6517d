//! `cargo xtask random-documents`: thousands of random documents through the generator and through
//! `drift`; some of their clients, and those of the documents that tests are made of, are compiled.

use std::path::Path;
use std::process::{Command, ExitCode};

use clap::Args;

use crate::compile;
use crate::workspace::{self, Error};

#[derive(Args)]
pub(crate) struct Options {
    /// Documents of which clients are generated
    #[arg(long, default_value_t = 2_000, value_name = "N")]
    generated: u32,
    /// Documents that are compared with themselves and with a changed copy
    #[arg(long, default_value_t = 10_000, value_name = "N")]
    compared: u32,
    /// Documents beside which changes of all kinds are made in a known part, six beside each
    #[arg(long, default_value_t = 500, value_name = "N")]
    kinds: u32,
    /// Where the random documents begin
    #[arg(long, default_value_t = 1, value_name = "NUMBER")]
    seed: u64,
    /// Generate and compare in a release build
    #[arg(long)]
    release: bool,
    /// Compile nothing
    #[arg(long)]
    skip_compile: bool,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode, Error> {
    let folder = tempfile::tempdir()?;
    let mut test = Command::new(env!("CARGO"));
    test.args(["test", "--quiet", "--package", "synctera-drift", "--test", "random"]);
    if options.release {
        test.arg("--release");
    }
    let status = test
        .args(["--", "--nocapture"])
        .env("SYNCTERA_RANDOM_GENERATED", options.generated.to_string())
        .env("SYNCTERA_RANDOM_COMPARED", options.compared.to_string())
        .env("SYNCTERA_RANDOM_KINDS", options.kinds.to_string())
        .env("SYNCTERA_RANDOM_SEED", options.seed.to_string())
        .env("SYNCTERA_RANDOM_FOLDER", folder.path())
        .current_dir(workspace::root())
        .status()?;
    if !status.success() {
        return Ok(ExitCode::FAILURE);
    }
    if options.skip_compile {
        return Ok(ExitCode::SUCCESS);
    }
    let mut from = documents(folder.path())?;
    from.extend(documents(&workspace::root().join("crates/codegen/tests/documents/valid"))?);
    compile::run(&compile::Options { from, without_companions: true })
}

fn documents(folder: &Path) -> Result<Vec<String>, Error> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))? {
        paths.push(entry?.path().display().to_string());
    }
    paths.sort();
    Ok(paths)
}
