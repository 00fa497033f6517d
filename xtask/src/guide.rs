//! `cargo xtask guide`: the guide in docs/guide as a web site.

use std::process::{Command, ExitCode};

use clap::Args;

use crate::tools::{self, Tool};
use crate::workspace::{self, Error};

/// Search and the server that watches files are left out.
const TOOL: Tool = Tool { name: "mdbook", version: "0.5.4", without_default_features: true };

#[derive(Args)]
pub(crate) struct Options {}

pub(crate) fn run(_: &Options) -> Result<ExitCode, Error> {
    let site = workspace::target().join("guide");
    let built = Command::new(tools::find(&TOOL)?)
        .arg("build")
        .arg(workspace::root().join("docs/guide"))
        .arg("--dest-dir")
        .arg(&site)
        .output()?;
    let said = String::from_utf8_lossy(&built.stderr);
    // An include that is missing is a line of the log, and the build succeeds.
    if !built.status.success() || said.contains("ERROR") || said.contains("WARN") {
        return Err(format!("the guide does not build:\n{said}").into());
    }
    std::fs::copy(workspace::root().join("docs/guide/llms.txt"), site.join("llms.txt"))?;
    println!("{}", site.join("index.html").display());
    Ok(ExitCode::SUCCESS)
}
