//! The rows of a CSV or JSON Lines file: a key, and the members of a request.

use std::collections::HashSet;
use std::path::Path;

use serde_json::{Map, Value};

/// The column or member with the key of a row.
const KEY: &str = "key";
/// Objects in objects of a request, as the name of a column writes them.
const DEPTH_MAX: usize = 8;
/// Rows of a file.
const ROWS_MAX: usize = 1_000_000;

/// Whether the name of a file is that of a file of rows.
pub(super) fn are_in(path: &Path) -> bool {
    path.extension().is_some_and(|ending| {
        ["csv", "jsonl", "ndjson"].iter().any(|known| ending.eq_ignore_ascii_case(known))
    })
}

/// The rows of a file, with their lines.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) rows: Vec<(String, Value)>,
    pub(super) lines: Vec<u64>,
    keys: HashSet<String>,
}

impl Rows {
    /// Reads CSV with a header. The name of a column is that of a member, such as `legal_address.city`; an
    /// empty cell is left out.
    ///
    /// # Errors
    /// What is wrong, with the line, and without the value.
    pub(super) fn of_csv(text: &str) -> Result<Self, String> {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let columns: Vec<String> = match reader.headers() {
            Ok(header) => header.iter().map(|name| name.trim().to_owned()).collect(),
            Err(error) => return Err(at(&error, &mut Lines::of(text))),
        };
        let mut found = Self::default();
        let mut lines = Lines::of(text);
        for record in reader.records() {
            let record = record.map_err(|error| at(&error, &mut lines))?;
            let line = record.position().map_or(0, |position| lines.of_record(position));
            let mut request = Map::new();
            for (column, cell) in columns.iter().zip(&record).filter(|(_, cell)| !cell.is_empty()) {
                insert(&mut request, column, cell)
                    .map_err(|why| format!("line {line}: column {}: {why}", shown(column)))?;
            }
            found.add(line, request)?;
        }
        Ok(found)
    }

    /// Reads a JSON object from each line.
    ///
    /// # Errors
    /// As [`of_csv`](Self::of_csv).
    pub(super) fn of_json_lines(text: &str) -> Result<Self, String> {
        let mut found = Self::default();
        for (line, text) in (1_u64..).zip(text.lines()).filter(|(_, text)| !text.trim().is_empty())
        {
            // The error's own text may quote a value.
            let request: Map<String, Value> = serde_json::from_str(text).map_err(|error| {
                format!("line {line}, column {}: is not a JSON object", error.column())
            })?;
            found.add(line, request)?;
        }
        Ok(found)
    }

    fn add(&mut self, line: u64, mut request: Map<String, Value>) -> Result<(), String> {
        let key = match request.remove(KEY) {
            Some(Value::String(key)) if !key.trim().is_empty() => key,
            Some(Value::Number(key)) => key.to_string(),
            _ => {
                return Err(format!(
                    "line {line}: {KEY} is missing: the name of the row, the same in each run"
                ));
            }
        };
        if self.rows.len() == ROWS_MAX {
            return Err(format!("there are more than {ROWS_MAX} rows"));
        }
        // The platform would take the second one as a repetition of the first.
        if !self.keys.insert(key.clone()) {
            return Err(format!("line {line}: its {KEY} is that of an earlier row"));
        }
        self.rows.push((key, request.into()));
        self.lines.push(line);
        Ok(())
    }
}

/// The lines of records. The reader's own numbers are too small after CRLF and after empty lines, as it
/// skips these when it reads the next record.
struct Lines<'t> {
    rest: &'t str,
    /// Bytes and line feeds before the rest.
    bytes: usize,
    feeds: u64,
}

impl<'t> Lines<'t> {
    fn of(text: &'t str) -> Self {
        Self { rest: text, bytes: 0, feeds: 0 }
    }

    /// The line of the record that begins at a position, or after line feeds that follow it. Positions are
    /// asked for in their order.
    fn of_record(&mut self, position: &csv::Position) -> u64 {
        let byte = usize::try_from(position.byte()).unwrap_or(usize::MAX);
        let (before, rest) =
            self.rest.split_at_checked(byte.saturating_sub(self.bytes)).unwrap_or((self.rest, ""));
        let begun = rest.trim_start_matches(['\r', '\n']);
        let skipped = rest.len() - begun.len();
        let feeds = |text: &str| text.bytes().filter(|byte| *byte == b'\n').count() as u64;
        self.feeds += feeds(before) + feeds(rest.get(..skipped).unwrap_or_default());
        self.bytes += before.len() + skipped;
        self.rest = begun;
        self.feeds + 1
    }
}

/// Where CSV is wrong.
fn at(error: &csv::Error, lines: &mut Lines<'_>) -> String {
    let line = error.position().map_or(1, |position| lines.of_record(position));
    match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("line {line}: has {len} cells, and the header has {expected_len}")
        }
        _ => format!("line {line}: is not CSV"),
    }
}

/// Puts a value at the path that the name of a column is.
fn insert(request: &mut Map<String, Value>, column: &str, cell: &str) -> Result<(), String> {
    let names: Vec<&str> = column.split('.').collect();
    let Some((last, parents)) = names.split_last().filter(|(_, parents)| parents.len() < DEPTH_MAX)
    else {
        return Err(format!("has more than {DEPTH_MAX} names"));
    };
    let mut members = request;
    for name in parents {
        let parent = members.entry(*name).or_insert_with(|| Map::new().into());
        members = parent.as_object_mut().ok_or("is below another column with a value")?;
    }
    match members.insert((*last).to_owned(), cell.into()) {
        None => Ok(()),
        Some(_) => Err("is there twice".to_owned()),
    }
}

fn shown(column: &str) -> String {
    crate::text::name(column)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_row_is_a_key_and_a_request() {
        let csv = "\u{feff}key,a,b.c,b.d\n1,x,,\"y\nz\"\n2,,0,\n";
        let expected = [
            ("1".to_owned(), json!({ "a": "x", "b": { "d": "y\nz" } })),
            ("2".to_owned(), json!({ "b": { "c": "0" } })),
        ];
        let found = Rows::of_csv(csv).unwrap();
        assert_eq!((found.rows, found.lines), (expected.to_vec(), vec![2, 4]));
        let lines = "{\"key\": \"1\", \"a\": true}\n\n{\"key\": 2}\n";
        let found = Rows::of_json_lines(lines).unwrap();
        let expected = [("1".to_owned(), json!({ "a": true })), ("2".to_owned(), json!({}))];
        assert_eq!((found.rows, found.lines), (expected.to_vec(), vec![1, 3]));
    }

    #[test]
    fn lines_are_those_of_an_editor() {
        for feed in ["\n", "\r\n"] {
            let csv = ["key,a", "1,x", "", "2,\"y", "z\"", "3,w", ""].join(feed);
            assert_eq!(Rows::of_csv(&csv).unwrap().lines, [2, 4, 6]);
            let csv = ["key,a", "1,x", "2,y,z", ""].join(feed);
            let error = Rows::of_csv(&csv).unwrap_err();
            assert_eq!(error, "line 3: has 3 cells, and the header has 2");
        }
    }

    #[test]
    fn what_is_wrong_has_its_line_and_no_value() {
        let deep = format!("key,{}\n1,456-78-9012\n", ["a"; 9].join("."));
        for (text, why) in [
            ("a\n456-78-9012\n", "line 2: key is missing"),
            ("key,a\n ,456-78-9012\n", "line 2: key is missing"),
            ("key,a\n1,2,456-78-9012\n", "line 2: has 3 cells, and the header has 2"),
            ("key,a,a.b\n1,456-78-9012,x\n", "line 2: column a.b: is below another column"),
            ("key,a.b,a\n1,456-78-9012,x\n", "line 2: column a: is there twice"),
            (&deep, "has more than 8 names"),
        ] {
            let error = Rows::of_csv(text).unwrap_err();
            assert!(error.contains(why) && !error.contains("9012"), "{error}");
        }
        let error = Rows::of_json_lines("{}\n").unwrap_err();
        assert_eq!(error, "line 1: key is missing: the name of the row, the same in each run");
        let error = Rows::of_json_lines("{\"key\": \"1\"}\n{\"ssn\": 456-78-9012}\n").unwrap_err();
        assert_eq!(error, "line 2, column 12: is not a JSON object");
    }

    #[test]
    fn a_key_is_that_of_one_row() {
        let twice = Rows::of_csv("key,amount\na,1\nb,2\na,3\n").err().unwrap();
        assert_eq!(twice, "line 4: its key is that of an earlier row");
    }
}
