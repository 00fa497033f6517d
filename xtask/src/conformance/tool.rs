//! Schemathesis, in a virtual environment.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::documented::Documented;
use super::options::{KEY, Options};
use crate::python;
use crate::running::Server;
use crate::workspace::{self, Error};

/// Schemathesis, installed.
pub(super) struct Tool {
    program: PathBuf,
}

/// One run of it.
pub(super) struct Run<'a> {
    pub(super) interface: &'a str,
    /// The path that those of the document stand below.
    pub(super) path: &'a str,
    pub(super) server: &'a Server,
    pub(super) document: &'a Path,
    pub(super) places: &'a Path,
    pub(super) log: &'a Path,
    pub(super) documented: &'a Documented,
    /// How long it may take.
    pub(super) seconds: Option<u32>,
    pub(super) options: &'a Options,
}

impl Tool {
    /// Installs it below a folder, unless it is there; `None` when it cannot be had.
    pub(super) fn install(folder: &Path) -> Result<Option<Self>, Error> {
        let requirements = workspace::root().join("xtask/conformance/requirements.txt");
        let programs = python::environment(folder, &requirements)?;
        Ok(programs.map(|programs| Self { program: programs.join("schemathesis") }))
    }

    /// Runs it to its end. What it found is in the log; its own words are kept beside it.
    pub(super) fn run(&self, run: &Run<'_>) -> Result<(), Error> {
        let folder = workspace::root().join("xtask/conformance");
        let options = run.options;
        let said = run.log.with_extension("txt");
        let mut command = Command::new(&self.program);
        command
            .arg("--config-file")
            .arg(folder.join("schemathesis.toml"))
            .arg("run")
            .arg(run.document)
            .args(["--url", &format!("{}{}", run.server.url, run.path)])
            .args(["--phases", &options.phases, "--mode", "all"])
            .args(["--seed", &options.seed.to_string()])
            .args(["--max-examples", &options.examples.to_string()])
            .args(["--exclude-checks", &run.documented.left_out.join(",")])
            .env("CONFORMANCE_INTERFACE", run.interface)
            .env("CONFORMANCE_SERVER", &run.server.url)
            .env("CONFORMANCE_KEY", KEY)
            .env("CONFORMANCE_SEED", options.seed.to_string())
            .env("CONFORMANCE_PLACES", run.places)
            .env("CONFORMANCE_LOG", run.log)
            .env("CONFORMANCE_HOOKS", folder.join("hooks.py"))
            .env("CONFORMANCE_PARTLY", serde_json::to_string(&run.documented.partly)?)
            // Nothing is written beside the sources.
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .current_dir(run.log.parent().unwrap_or(Path::new(".")))
            .stdin(Stdio::null())
            .stdout(std::fs::File::create(&said)?)
            .stderr(Stdio::inherit());
        if let Some(seconds) = run.seconds {
            command.args(["--max-time", &seconds.max(1).to_string()]);
        }
        if let Some(path) = &options.path {
            command.args(["--include-path-regex", path]);
        }
        let status = command.status()?;
        // 0: nothing found; 1: something found, which the log has.
        match status.code() {
            Some(0 | 1) => Ok(()),
            _ => Err(format!("schemathesis: {status}; see {}", said.display()).into()),
        }
    }
}
