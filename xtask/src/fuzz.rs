//! `cargo xtask fuzz`: every fuzz target for a while.

use std::process::{Command, ExitCode};

use clap::Args;

use crate::workspace::{self, Error};

#[derive(Args)]
pub(crate) struct Options {
    /// Seconds for each target
    #[arg(long, default_value_t = 30)]
    seconds: u32,
    /// Only this target
    #[arg(long)]
    target: Option<String>,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode, Error> {
    let fuzz = |arguments: &[&str]| {
        let mut command = Command::new("cargo");
        // The toolchain of the caller must not decide: fuzzing needs a nightly one.
        command.env_remove("RUSTUP_TOOLCHAIN").env_remove("RUSTC").env_remove("CARGO");
        command.args(["+nightly", "fuzz"]).args(arguments).current_dir(workspace::root());
        command
    };
    if !fuzz(&["--version"]).output().is_ok_and(|output| output.status.success()) {
        println!("skipped: fuzzing needs a nightly toolchain and cargo-fuzz");
        println!("    rustup toolchain install nightly && cargo install cargo-fuzz");
        return Ok(ExitCode::SUCCESS);
    }
    let targets = match &options.target {
        Some(target) => vec![target.clone()],
        None => {
            let listed = fuzz(&["list"]).output()?;
            String::from_utf8_lossy(&listed.stdout).lines().map(str::to_owned).collect()
        }
    };
    if targets.is_empty() {
        return Err("cargo fuzz lists no targets".into());
    }
    let time = format!("-max_total_time={}", options.seconds);
    for target in &targets {
        let status = fuzz(&["run", target, "--", &time, "-rss_limit_mb=4096"]).status()?;
        if !status.success() {
            println!("{target}: found something; see crates/fuzz/artifacts/{target}");
            return Ok(ExitCode::FAILURE);
        }
        println!("{target}: {} s, nothing found", options.seconds);
    }
    Ok(ExitCode::SUCCESS)
}
