//! A report as text for the terminal, a pull request, a page, or a program.

mod html;
mod markdown;
mod terminal;
mod words;

pub use html::html;
pub use markdown::{inline, markdown};
pub use terminal::{rules, summary};

use crate::report::Report;

/// The report as JSON.
///
/// # Errors
/// Never for a report that was made by this crate.
pub fn json(report: &Report) -> Result<String, serde_json::Error> {
    let mut value = serde_json::to_value(report)?;
    value["counts"] = serde_json::to_value(report.counts())?;
    value["step"] = serde_json::to_value(report.step())?;
    serde_json::to_string_pretty(&value).map(|text| text + "\n")
}
