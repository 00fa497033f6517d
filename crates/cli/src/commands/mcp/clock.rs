//! Moves the clock of the sandbox for an assistant.

use serde_json::{Map, Value, json};

use crate::control::Control;
use crate::exit::Failure;
use crate::settings::Settings;
use crate::text;

/// The units of time.
const UNITS: [&str; 4] = ["minutes", "hours", "days", "banking_days"];

/// Moves it, and returns where it is.
///
/// # Errors
/// A unit or a number that is wrong; a place that is no sandbox of ours.
pub(super) async fn advance(settings: &Settings, by: Map<String, Value>) -> Result<Value, Failure> {
    let is_right =
        |(name, number): (&String, &Value)| UNITS.contains(&name.as_str()) && number.is_u64();
    if by.is_empty() || !by.iter().all(is_right) {
        let wrong = by.iter().find(|it| !is_right(*it)).map(|(name, _)| text::name(name));
        let wrong = wrong.map(|name| format!("{name}: ")).unwrap_or_default();
        return Err(Failure::usage(format!(
            "{wrong}the clock is moved by whole numbers of {}; next: give one of them",
            UNITS.join(", ")
        )));
    }
    Control::of(settings)?.post("sandbox/clock", &json!({ "advance": by })).await
}
