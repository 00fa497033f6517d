//! What the program prints instead of serving.

use std::fmt::Write as _;

use synctera_sandbox::{Settings, served_operations, steering};

use super::{Cli, Failure, serve};

/// The listing that the options ask for, if they ask for one.
pub(super) fn wanted(cli: &Cli) -> Result<Option<String>, Failure> {
    let settings = serve::settings(&cli.set)?;
    Ok(if cli.operations {
        Some(operations())
    } else if cli.steering {
        Some(steering().to_string())
    } else if cli.settings {
        Some(listed(&settings))
    } else {
        None
    })
}

fn operations() -> String {
    let mut text = String::new();
    for (interface, operation) in served_operations() {
        let _infallible =
            writeln!(text, "{interface} {} {} {}", operation.id, operation.method, operation.path);
    }
    text
}

fn listed(settings: &Settings) -> String {
    let mut text = String::new();
    for setting in settings.list() {
        let _infallible = writeln!(
            text,
            "{}={}\n    {} (takes {})",
            setting.name, setting.value, setting.reason, setting.accepts
        );
    }
    text
}
