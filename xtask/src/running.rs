//! The sandbox, built and running.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::workspace::{self, Error};

/// A running sandbox; it stops when it is dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) url: String,
}

impl Server {
    /// Starts it on a free port.
    pub(crate) fn start(program: &Path, arguments: &[&str]) -> Result<Self, Error> {
        let mut child = Command::new(program)
            .args(["--port", "0"])
            .args(arguments)
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
pub(crate) fn build() -> Result<PathBuf, Error> {
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--package", "synctera-sandbox"])
        .current_dir(workspace::root())
        .status()?;
    if !built.success() {
        return Err("the sandbox does not build".into());
    }
    Ok(workspace::target().join("debug/synctera-sandbox"))
}

/// What a command prints.
pub(crate) fn output(command: &mut Command) -> Result<String, Error> {
    let program = command.get_program().to_owned();
    let output = command.output().map_err(|e| format!("{}: {e}", program.display()))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let why = String::from_utf8_lossy(&output.stderr);
    let said = String::from_utf8_lossy(&output.stdout);
    Err(format!("{}: {}\n{said}{why}", program.display(), output.status).into())
}
