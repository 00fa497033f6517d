//! The programs of a run: schemathesis in a virtual environment, and the sandbox.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::Options;
use super::documented::Documented;
use crate::workspace::{self, Error};

/// The key that the sandbox opens to.
const KEY: &str = "conformance";

/// Schemathesis, installed.
pub(super) struct Tool {
    program: PathBuf,
}

/// One run of it.
pub(super) struct Run<'a> {
    pub(super) interface: &'a str,
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
        let wanted = workspace::read(&requirements)?;
        let venv = folder.join("venv");
        let program = venv.join("bin/schemathesis");
        let stamp = venv.join("installed.txt");
        if program.exists() && std::fs::read_to_string(&stamp).is_ok_and(|had| had == wanted) {
            return Ok(Some(Self { program }));
        }
        let made = Command::new("python3").args(["-m", "venv", "--clear"]).arg(&venv).output();
        if !made.is_ok_and(|output| output.status.success()) {
            return Ok(None);
        }
        let pip = Command::new(venv.join("bin/pip"))
            .args(["install", "--quiet", "--disable-pip-version-check", "--requirement"])
            .arg(&requirements)
            .status()?;
        if !pip.success() {
            return Ok(None);
        }
        std::fs::write(&stamp, wanted)?;
        Ok(Some(Self { program }))
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
            .args(["--url", &format!("{}/{}", run.server.url, run.interface)])
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

/// A running sandbox; it stops when it is dropped.
pub(super) struct Server {
    child: Child,
    pub(super) url: String,
}

impl Server {
    pub(super) fn start(program: &Path) -> Result<Self, Error> {
        let mut child = Command::new(program)
            .args(["--port", "0", "--api-key", KEY])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|e| format!("{}: {e}", program.display()))?;
        let stdout = child.stdout.take().ok_or("the sandbox has no output")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        match line.trim().strip_prefix("listening on ") {
            Some(url) => Ok(Self { child, url: url.to_owned() }),
            None => Err(format!("the sandbox does not listen: {line}").into()),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _over = self.child.kill();
        let _over = self.child.wait();
    }
}

/// Builds the sandbox; where it is. A debug build, which checks its own answers, too.
pub(super) fn build_sandbox() -> Result<PathBuf, Error> {
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--package", "synctera-sandbox"])
        .current_dir(workspace::root())
        .status()?;
    if !built.success() {
        return Err("the sandbox does not build".into());
    }
    let target = match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => PathBuf::from(folder),
        None => workspace::root().join("target"),
    };
    Ok(target.join("debug/synctera-sandbox"))
}

/// What a command prints.
pub(super) fn output(command: &mut Command) -> Result<String, Error> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let why = String::from_utf8_lossy(&output.stderr);
    Err(format!("{}: {}\n{why}", command.get_program().display(), output.status).into())
}
