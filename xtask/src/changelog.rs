//! `cargo xtask changelog`: what commits say to users since the last release, in CHANGELOG.md.

use std::process::{Command, ExitCode};

use clap::Args;

use crate::running;
use crate::workspace::{self, Error};
use crate::{python, tools};

const UNRELEASED: &str = "## Unreleased";

#[derive(Args)]
pub(crate) struct Options {
    /// Say what is missing, and change nothing
    #[arg(long, conflicts_with = "release")]
    check: bool,
    /// Give the entries to this version, and begin anew
    #[arg(long, value_name = "VERSION")]
    release: Option<String>,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode, Error> {
    let file = workspace::root().join("CHANGELOG.md");
    let before = workspace::read(&file)?;
    let Some(entries) = entries()? else {
        println!("skipped: it needs git-cliff, or python3 with venv and PyPI");
        return Ok(ExitCode::SUCCESS);
    };
    let missing: Vec<&str> =
        entries.iter().map(String::as_str).filter(|entry| !before.contains(entry)).collect();
    for entry in &missing {
        println!("{entry}");
    }
    println!("{} entries since the last release, {} of them new", entries.len(), missing.len());
    if options.check {
        return Ok(if missing.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let today = running::output(Command::new("git").args(["log", "-1", "--format=%cs"]))?;
    let after = updated(&before, &missing, options.release.as_deref(), today.trim())
        .ok_or_else(|| format!("{}: no heading {UNRELEASED:?}", file.display()))?;
    std::fs::write(&file, after)?;
    Ok(ExitCode::SUCCESS)
}

/// The lines for users of the commits since the last release; `None` without the tool.
fn entries() -> Result<Option<Vec<String>>, Error> {
    let program = match tools::on_path("git-cliff") {
        Some(program) => program,
        None => {
            let requirements = workspace::root().join("xtask/changelog/requirements.txt");
            let folder = workspace::target().join("changelog");
            std::fs::create_dir_all(&folder)?;
            match python::environment(&folder, &requirements)? {
                Some(programs) => programs.join("git-cliff"),
                None => return Ok(None),
            }
        }
    };
    let said = running::output(
        Command::new(program)
            .args(["--unreleased", "--config", "cliff.toml"])
            .current_dir(workspace::root()),
    )?;
    Ok(Some(said.lines().filter(|line| line.starts_with("- ")).map(str::to_owned).collect()))
}

/// The changelog with entries at the end of what is not released, as a release if there is a version.
fn updated(before: &str, entries: &[&str], release: Option<&str>, today: &str) -> Option<String> {
    let (head, rest) = before.split_once(&format!("{UNRELEASED}\n"))?;
    let (section, older) = match rest.find("\n## ") {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    let heading = match release {
        Some(version) => format!("{UNRELEASED}\n\n## {version}, {today}"),
        None => UNRELEASED.to_owned(),
    };
    let written = section.trim();
    let lines: Vec<&str> = Some(written)
        .filter(|text| !text.is_empty())
        .into_iter()
        .chain(entries.iter().copied())
        .collect();
    let parts = [format!("{head}{heading}"), lines.join("\n"), older.trim().to_owned()];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    Some(format!("{}\n", parts.join("\n\n")))
}

#[cfg(test)]
mod tests {
    use super::updated;

    const BEFORE: &str = "# Changelog\n\n## Unreleased\n\n- One\n";

    #[test]
    fn entries_are_added_to_what_is_not_released() {
        let after = updated(BEFORE, &["- Two"], None, "2026-11-30").unwrap();
        assert_eq!(after, "# Changelog\n\n## Unreleased\n\n- One\n- Two\n");
        assert_eq!(updated(BEFORE, &[], None, "2026-11-30").unwrap(), BEFORE);
        assert_eq!(updated("# Changelog\n", &[], None, "2026-11-30"), None);
    }

    #[test]
    fn a_release_takes_what_was_not_released() {
        let first = updated(BEFORE, &["- Two"], Some("0.1.0"), "2026-11-30").unwrap();
        assert_eq!(first, "# Changelog\n\n## Unreleased\n\n## 0.1.0, 2026-11-30\n\n- One\n- Two\n");
        let next = updated(&first, &["- Three"], None, "2026-12-01").unwrap();
        assert_eq!(
            next,
            "# Changelog\n\n## Unreleased\n\n- Three\n\n## 0.1.0, 2026-11-30\n\n- One\n- Two\n"
        );
    }
}
