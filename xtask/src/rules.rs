//! `cargo xtask rules`: does each rule of `crates/sandbox/RULES.md` have tests for both sides, and do they
//! pass?

use std::collections::BTreeSet;
use std::process::{Command, ExitCode};

use clap::Args;

use crate::touches::{RULES, rows};
use crate::workspace::{self, Error};

#[derive(Args)]
pub(crate) struct Options {
    /// Only hold that the tests exist, as is enough where all tests are run anyhow
    #[arg(long)]
    exist: bool,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode, Error> {
    let text = workspace::read(&workspace::root().join(RULES))?;
    let rules = rows(&text)?;
    let named: BTreeSet<&String> =
        rules.iter().flat_map(|rule| rule.sides.iter().flatten()).collect();
    let listed = suite(&["--list", "--format", "terse"])?;
    if !listed.status.success() {
        let why = String::from_utf8_lossy(&listed.stderr);
        return Err(format!("the tests cannot be listed:\n{why}").into());
    }
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    let known: BTreeSet<&str> =
        listed.lines().filter_map(|line| line.strip_suffix(": test")).collect();
    let mut is_good = true;
    for rule in &rules {
        for (side, tests) in ["allowed", "refused"].into_iter().zip(&rule.sides) {
            if tests.is_empty() {
                println!("{RULES}:{}: no test of what is {side}", rule.line);
                is_good = false;
            }
            for test in tests.iter().filter(|test| !known.contains(test.as_str())) {
                println!("{RULES}:{}: there is no test {test}", rule.line);
                is_good = false;
            }
        }
    }
    if is_good && !options.exist {
        let mut arguments = vec!["--exact"];
        arguments.extend(named.iter().map(|name| name.as_str()));
        let ran = suite(&arguments)?;
        let said = String::from_utf8_lossy(&ran.stdout).into_owned();
        let passed = said.lines().filter(|line| line.ends_with("... ok")).count();
        if !ran.status.success() || passed != named.len() {
            println!("{said}");
            println!("{passed} of {} tests pass", named.len());
            is_good = false;
        }
    }
    let what = if options.exist { "exist" } else { "pass" };
    if is_good {
        println!("rules: {}, tests that prove them: {}; all {what}", rules.len(), named.len());
    }
    Ok(if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs the suite with arguments of its own.
fn suite(arguments: &[&str]) -> Result<std::process::Output, Error> {
    let mut command = Command::new(env!("CARGO"));
    command
        .args(["test", "--quiet", "--locked", "--package", "synctera-tests", "--test", "suite"])
        .arg("--")
        .args(arguments)
        // Not a dot for each test, but its name.
        .args(if arguments.contains(&"--list") { &[][..] } else { &["--format", "pretty"] })
        .current_dir(workspace::root());
    Ok(command.output()?)
}
