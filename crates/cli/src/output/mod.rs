//! The output of a command: a table for people; JSON, CSV or YAML for programs.

mod cells;
mod columns;
mod csv;
mod query;
mod query_errors;
mod table;

use std::io::{self, IsTerminal as _, Write};

use clap::ValueEnum;
use serde_json::Value;

use crate::exit::Failure;
use crate::text;
pub(crate) use columns::columns;
pub(crate) use query::Query;

/// How a response is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Table,
    Json,
    #[value(name = "jsonl")]
    JsonLines,
    Csv,
    Yaml,
}

/// Prints responses in the form that was asked for.
pub(crate) struct Printer {
    format: Format,
    query: Option<Query>,
    /// Texts are printed without quotes.
    is_raw: bool,
    columns: Vec<String>,
    /// Columns of lists that a command has of its own.
    usual: Vec<String>,
    is_colored: bool,
    is_revealed: bool,
}

impl Printer {
    /// Without a format it is a table on a terminal, and JSON otherwise.
    pub(crate) fn new(
        format: Option<Format>,
        query: Option<Query>,
        is_raw: bool,
        columns: Vec<String>,
        is_colored: bool,
    ) -> Self {
        let usual = match query {
            None if io::stdout().is_terminal() => Format::Table,
            _ => Format::Json,
        };
        Self {
            format: format.unwrap_or(usual),
            query,
            is_raw,
            columns,
            is_colored,
            usual: Vec::new(),
            is_revealed: false,
        }
    }

    /// The same for a response that is asked for because of a value that is not shown otherwise.
    pub(crate) fn revealed(mut self) -> Self {
        self.is_revealed = true;
        self
    }

    /// The same with these columns for lists, unless others are chosen.
    pub(crate) fn with_columns(mut self, columns: &[&str]) -> Self {
        if self.format == Format::Table {
            self.usual = columns.iter().map(|column| (*column).to_owned()).collect();
        }
        self
    }

    /// Whether items can be printed one by one.
    pub(crate) fn is_streamed(&self) -> bool {
        self.format == Format::JsonLines && self.query.is_none()
    }

    /// Prints a response. Of a list the rows are the items under this name.
    pub(crate) fn print(&self, response: &Value, items: Option<&str>) -> Result<(), Failure> {
        let text = self.text(response, items)?;
        self.write(&text)
    }

    /// A response as a text.
    fn text(&self, response: &Value, items: Option<&str>) -> Result<String, Failure> {
        let Some(query) = &self.query else {
            let rows = items.and_then(|items| response.get(items)).unwrap_or(response);
            return self.written(response, rows, &self.usual);
        };
        let results = query.run(response)?;
        let is_whole = self.is_raw && results.iter().all(Value::is_string);
        if self.format == Format::Csv && !is_whole {
            // One header stands for all results.
            let rows: Vec<Value> = results.iter().flat_map(listed).cloned().collect();
            return Ok(self.shown(&csv::text(&rows, &self.columns)?));
        }
        let mut text = String::new();
        for (place, result) in results.iter().enumerate() {
            if self.format == Format::Yaml && !is_whole && place > 0 {
                text += "---\n";
            }
            match result {
                Value::String(found) if self.is_raw => {
                    text += &self.shown(found);
                    text.push('\n');
                }
                // What a filter makes of a response has columns of its own.
                _ => text += &self.written(result, result, &[])?,
            }
        }
        Ok(text)
    }

    fn written(&self, response: &Value, rows: &Value, usual: &[String]) -> Result<String, Failure> {
        Ok(match self.format {
            Format::Json => text::json(response, true) + "\n",
            Format::JsonLines => {
                let lines = listed(rows).iter().map(|row| text::json(row, false) + "\n");
                lines.collect()
            }
            Format::Yaml => self.shown(&yaml(response)?),
            Format::Csv => self.shown(&csv::text(listed(rows), &self.columns)?),
            Format::Table if rows.is_array() && self.columns.is_empty() => {
                table::text(rows, usual, self.is_colored, self.is_revealed)
            }
            Format::Table => table::text(rows, &self.columns, self.is_colored, self.is_revealed),
        })
    }

    /// A text as it is, or with its control characters escaped on a terminal.
    fn shown(&self, text: &str) -> String {
        if io::stdout().is_terminal() { text::lines(text) } else { text.to_owned() }
    }

    fn write(&self, text: &str) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes())?;
        Ok(out.flush()?)
    }
}

/// The items of a list, or a value alone.
fn listed(rows: &Value) -> &[Value] {
    match rows {
        Value::Array(items) => items,
        other => std::slice::from_ref(other),
    }
}

fn yaml(value: &Value) -> Result<String, Failure> {
    serde_saphyr::to_string(value).map_err(|error| {
        Failure::failed(format!(
            "the response cannot be written as YAML: {error}; next: choose another --output"
        ))
    })
}

/// Prints lines for people on the standard error: what happens, and what to do next. Their control
/// characters are escaped, whatever they quote.
pub(crate) fn note(lines: &str) {
    // If standard error fails, too, there is nowhere to say so.
    let _ = writeln!(io::stderr().lock(), "{}", text::lines(lines));
}

/// Prints how far something is, if the standard error is a terminal.
pub(crate) fn progress(line: &str) {
    if io::stderr().is_terminal() {
        note(line);
    }
}

/// Prints a response that is not JSON: as it came, or with its control characters escaped on a terminal.
pub(crate) fn bytes(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    if io::stdout().is_terminal() {
        out.write_all(text::lines(&String::from_utf8_lossy(bytes)).as_bytes())?;
    } else {
        out.write_all(bytes)?;
    }
    Ok(out.flush()?)
}
