//! Rows as CSV.

use serde_json::Value;

use super::cells::{at, cells, whole};
use crate::exit::Failure;

/// The column of values that have no name.
const VALUE: &str = "value";

/// Rows with a header: the columns that were chosen, or every path that a row has.
pub(crate) fn text(rows: &[Value], columns: &[String]) -> Result<String, Failure> {
    let columns = if columns.is_empty() { found(rows) } else { columns.to_vec() };
    let mut writer = csv::Writer::from_writer(Vec::new());
    let failed = |error: &dyn std::fmt::Display| {
        Failure::failed(format!(
            "the response cannot be written as CSV: {error}; next: choose another --output"
        ))
    };
    if !columns.is_empty() {
        writer.write_record(&columns).map_err(|error| failed(&error))?;
        for row in rows {
            let cell = |column: &String| match row {
                Value::Object(_) => at(row, column),
                alone => (column == VALUE).then(|| whole(alone)),
            };
            let record = columns.iter().map(|column| cell(column).unwrap_or_default());
            writer.write_record(record).map_err(|error| failed(&error))?;
        }
    }
    let bytes = writer.into_inner().map_err(|error| failed(&error))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The paths of all rows, in the order in which they come.
fn found(rows: &[Value]) -> Vec<String> {
    let mut columns: Vec<String> = Vec::new();
    for row in rows {
        if !row.is_object() {
            columns.push(VALUE.to_owned());
            continue;
        }
        for (path, _) in cells(row) {
            columns.push(path);
        }
    }
    let mut seen = std::collections::HashSet::new();
    columns.retain(|column| seen.insert(column.clone()));
    columns
}
