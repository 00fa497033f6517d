//! Runs journeys for an assistant.

use serde_json::{Map, Value, json};
use synctera_journey_files::JourneyFiles;

use super::call::not_allowed;
use super::place::Place;
use crate::exit::Failure;

/// What errors name as the file.
const ENTRIES: &str = "entries";

/// Runs the entries in order, as `synctera journey run` runs those of a file.
///
/// # Errors
/// What is wrong with an entry; a journey that is not allowed; what the platform refuses.
pub(super) async fn run(place: &Place, entries: Map<String, Value>) -> Result<Value, Failure> {
    let journeys = entries.values().filter_map(Value::as_object).flat_map(Map::keys);
    if place.is_production()
        && let Some(name) = journeys.into_iter().find(|name| !place.is_allowed(name))
    {
        return Err(not_allowed(name));
    }
    let text = Value::from(entries).to_string();
    let wrong =
        |why: &dyn std::fmt::Display| Failure::input(format!("{why}\nnext: correct the entries"));
    let files = JourneyFiles::parse([(ENTRIES, text.as_str())]).map_err(|errors| wrong(&errors))?;
    let completed = files.run(place.client()?).await.map_err(|errors| wrong(&errors))?;
    let rows = completed
        .iter()
        .map(|entry| json!({ "name": entry.name, "journey": entry.journey, "id": entry.id() }));
    Ok(rows.collect())
}
