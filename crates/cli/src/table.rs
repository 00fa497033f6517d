//! The table of commands, made when the program is built: a row for each operation, whose detail is read
//! when its command is reached.

use serde::Deserialize;
use serde_json::Value;
use synctera_api::{Operation, v0, v2};

/// A row of the table.
pub(crate) struct Row {
    /// The operation, such as `create_person`.
    pub(crate) id: &'static str,
    /// The interface that has it: `v2` or `v0`.
    pub(crate) version: &'static str,
    /// What it does, in a sentence.
    pub(crate) about: &'static str,
    detail: &'static str,
}

/// In the order of their ids.
static ROWS: &[Row] = include!(concat!(env!("OUT_DIR"), "/commands.rs"));

/// What the command of an operation takes.
#[derive(Default, Deserialize)]
pub(crate) struct Detail {
    /// What is written of the operation.
    #[serde(default)]
    pub(crate) doc: String,
    /// What v2 has in its place.
    pub(crate) replaced_by: Option<String>,
    /// The parameters of the path, in its order.
    #[serde(default)]
    pub(crate) path: Vec<Flag>,
    /// The parameters of the query.
    #[serde(default)]
    pub(crate) query: Vec<Flag>,
    pub(crate) body: Option<Body>,
}

/// What a body holds.
#[derive(Deserialize)]
pub(crate) struct Body {
    pub(crate) media_type: String,
    pub(crate) required: bool,
    /// The member that says which variant it is.
    pub(crate) tag: Option<String>,
    /// The members that have a flag.
    #[serde(default)]
    pub(crate) members: Vec<Flag>,
    /// The members that have none.
    #[serde(default)]
    pub(crate) only_in_body: Vec<String>,
    /// One without a name where there is no choice.
    #[serde(default)]
    pub(crate) variants: Vec<Variant>,
}

/// A form of a body.
#[derive(Deserialize)]
pub(crate) struct Variant {
    pub(crate) name: String,
    /// The members that must be there.
    pub(crate) required: Vec<String>,
    /// What is usually sent.
    pub(crate) example: Value,
    /// Everything.
    pub(crate) full: Value,
}

/// A parameter or a member that holds a value.
#[derive(Clone, Deserialize)]
pub(crate) struct Flag {
    /// Its name in the document.
    pub(crate) name: String,
    /// Its name on the command line.
    pub(crate) flag: String,
    #[serde(rename = "type")]
    pub(crate) kind: Kind,
    /// Whether it has several of them.
    #[serde(default)]
    pub(crate) list: bool,
    /// The values that there are.
    #[serde(default)]
    pub(crate) values: Vec<String>,
    /// Values that are known, where there may be others.
    #[serde(default)]
    pub(crate) known: Vec<String>,
    pub(crate) min: Option<i64>,
    pub(crate) max: Option<i64>,
    pub(crate) shortest: Option<usize>,
    pub(crate) longest: Option<usize>,
    #[serde(default)]
    pub(crate) required: bool,
    /// Whether its value is never shown, so that it is not taken from an argument.
    #[serde(default)]
    pub(crate) hidden: bool,
    /// The variants that have it, where not all have.
    #[serde(default)]
    pub(crate) only: Vec<String>,
    #[serde(default)]
    pub(crate) doc: String,
}

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    Text,
    Uuid,
    Date,
    DateTime,
    Integer,
    Number,
    Boolean,
    File,
}

/// A row with the operation that it is about.
#[derive(Clone, Copy)]
pub(crate) struct Command {
    pub(crate) row: &'static Row,
    pub(crate) operation: &'static Operation,
}

impl Command {
    /// The name of its command.
    pub(crate) fn name(self) -> String {
        kebab(self.row.id)
    }

    /// What it takes.
    pub(crate) fn detail(self) -> Detail {
        // The build wrote it, and a test reads every row.
        serde_json::from_str(self.row.detail).unwrap_or_default()
    }
}

/// All commands, in the order of their names.
pub(crate) fn all() -> impl Iterator<Item = Command> {
    ROWS.iter().filter_map(|row| Some(Command { row, operation: operation(row)? }))
}

/// The command of this name, such as `create-person`.
pub(crate) fn named(name: &str) -> Option<Command> {
    let id = name.replace('-', "_");
    let at = ROWS.binary_search_by(|row| row.id.cmp(&id)).ok()?;
    let row = ROWS.get(at)?;
    Some(Command { row, operation: operation(row)? })
}

/// The operation of a row, in the table of the generated client.
fn operation(row: &Row) -> Option<&'static Operation> {
    let operations: &'static [Operation] =
        if row.version == "v0" { &v0::OPERATIONS } else { &v2::OPERATIONS };
    let at = operations.binary_search_by(|operation| operation.id.cmp(row.id)).ok()?;
    operations.get(at)
}

/// A name as a command.
pub(crate) fn kebab(name: &str) -> String {
    name.replace('_', "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_has_a_row_that_can_be_read() {
        let commands: Vec<Command> = all().collect();
        assert_eq!(commands.len(), v2::OPERATIONS.len() + v0::OPERATIONS.len());
        for command in commands {
            let detail: Detail = serde_json::from_str(command.row.detail).unwrap();
            assert_eq!(detail.path.len(), command.operation.path.matches('{').count());
            assert!(!command.row.about.is_empty() && !detail.doc.is_empty());
            assert_eq!(named(&command.name()).unwrap().row.id, command.row.id);
        }
        assert!(named("no-such").is_none());
    }
}
