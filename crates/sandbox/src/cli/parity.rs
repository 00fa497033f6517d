//! Compares the sandbox with another platform.

use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use super::parity_options::Options;
use super::{Failure, print, secrets, serve};
use crate::parity::{self, Comparison, Report};

/// Something differs.
const DIFFERS: u8 = 1;
/// The sides cannot be compared, or the options are wrong; clap ends with the same.
const FAILED: u8 = 2;

pub(super) async fn run(options: Options) -> Result<ExitCode, Failure> {
    let is_json = options.json;
    let reported = match compared(options).await {
        Ok(report) => report,
        Err(why) => {
            let _unread = writeln!(std::io::stderr(), "error: {why}");
            return Ok(FAILED.into());
        }
    };
    print(&if is_json { reported.json()? } else { reported.text() })?;
    Ok(if reported.is_equal() { ExitCode::SUCCESS } else { DIFFERS.into() })
}

async fn compared(options: Options) -> Result<Report, Failure> {
    Ok(parity::run(Comparison {
        settings: serve::settings(&options.set)?,
        key: secrets::one_key(&options.key_file)?,
        against: options.against,
        is_declared_sandbox: options.against_is_a_sandbox,
        scripts: options.scripts,
        accept: options.accept,
        clock: options.clock,
        within: Duration::from_secs(options.within.into()),
    })
    .await?)
}
