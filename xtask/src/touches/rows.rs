//! The rules of the sandbox, as `crates/sandbox/RULES.md` lists them, and what the tests that prove them
//! call.
//!
//! A row names tests; a test calls the client's methods, journeys, or paths, itself or by helpers of
//! its own module and of those around it. What merely sets up the world for every test, in modules
//! beside it and in the crate of the tests, says nothing of a rule and is not followed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::reader::{File, Function, Named, Request};
use synctera_drift::report::Operation;

/// The table of rules, from the repository's root.
pub(crate) const RULES: &str = "crates/sandbox/RULES.md";
/// Where the tests are, from the repository's root.
pub(super) const SUITE: &str = "tests/suite";

/// The tables' columns: rule, source, and the tests of either side.
const COLUMNS: usize = 4;

/// A rule and the tests that prove it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// Its line in the file.
    pub(crate) line: usize,
    /// What it says.
    pub(crate) rule: String,
    /// What proves that it allows, and what proves that it refuses.
    pub(crate) sides: [Vec<String>; 2],
}

/// The rows of all tables.
///
/// # Errors
/// A line for what is no table of rules.
pub(crate) fn rows(text: &str) -> Result<Vec<Row>, String> {
    let mut rows = Vec::new();
    for (index, row) in text.lines().enumerate() {
        let Some(row) = row.strip_prefix("| ").and_then(|row| row.strip_suffix(" |")) else {
            continue;
        };
        let cells: Vec<&str> = row.split(" | ").collect();
        let [rule, _, allowed, refused] = cells[..] else {
            let (line, found) = (index + 1, cells.len());
            return Err(format!("RULES.md:{line}: {found} columns, not {COLUMNS}"));
        };
        if rule != "rule" {
            let sides = [tests(allowed), tests(refused)];
            rows.push(Row { line: index + 1, rule: rule.to_owned(), sides });
        }
    }
    if rows.is_empty() { Err("RULES.md has no rules".to_owned()) } else { Ok(rows) }
}

/// The names between backticks.
fn tests(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The functions of the tests by module, and the journeys by the methods that begin them.
#[derive(Debug, Default)]
pub(super) struct Suite {
    functions: BTreeMap<String, Vec<Function>>,
    journeys: BTreeMap<String, Named>,
}

impl Suite {
    /// Takes a file of the tests; `file` is its path below the suite.
    pub(super) fn add(&mut self, file: &Path, read: File) {
        let mut modules: Vec<String> = file
            .with_extension("")
            .iter()
            .map(|part| part.to_string_lossy().into_owned())
            .collect();
        if modules.last().is_some_and(|last| last == "mod" || last == "main") {
            modules.pop();
        }
        for function in read.functions {
            let module = [&modules[..], &function.modules].concat().join("::");
            self.functions.entry(module).or_default().push(function);
        }
    }

    /// Takes a file of journeys: whoever begins one does all that is done there.
    pub(super) fn add_journeys(&mut self, read: &File) {
        for function in read.functions.iter().filter(|function| function.is_journey) {
            self.journeys.entry(function.name.clone()).or_default().add(&read.named());
        }
    }

    /// What a row's tests name and call.
    pub(super) fn named(&self, row: &Row) -> Named {
        let mut named = Named::default();
        let mut seen = BTreeSet::new();
        let mut open: Vec<(&str, &str)> =
            row.sides.iter().flatten().filter_map(|test| test.rsplit_once("::")).collect();
        while let Some((module, name)) = open.pop() {
            if !seen.insert((module, name)) {
                continue;
            }
            let functions = self.functions.get(module).into_iter().flatten();
            for function in functions.filter(|function| function.name == name) {
                named.add(&function.named);
                open.extend(function.named.calls.iter().filter_map(|call| self.find(module, call)));
            }
        }
        let begun: Vec<_> = named.calls.iter().filter_map(|call| self.journeys.get(call)).collect();
        for journey in begun {
            named.calls.extend(journey.calls.iter().cloned());
            named.fields_of_journeys.extend(journey.fields.iter().cloned());
        }
        named
    }

    /// The module of a function that is called from another: its own, or the closest around it.
    fn find<'a>(&'a self, module: &'a str, name: &'a str) -> Option<(&'a str, &'a str)> {
        let mut module = module;
        loop {
            let functions = self.functions.get(module).into_iter().flatten();
            if functions.into_iter().any(|function| function.name == name) {
                return Some((module, name));
            }
            if module.is_empty() {
                return None;
            }
            module = module.rsplit_once("::").map_or("", |(around, _)| around);
        }
    }
}

/// How a test can call an operation: by its method, by its filters, or by its path.
pub(super) struct Sought<'a> {
    pub(super) id: &'a str,
    filters: String,
    method: &'a str,
    path: Vec<&'a str>,
}

impl<'a> Sought<'a> {
    pub(super) fn of(operation: &'a Operation) -> Self {
        let (method, path) = operation.call.split_once(' ').unwrap_or_default();
        let path = path.split('/').filter(|part| !part.is_empty()).collect();
        Self { id: &operation.id, filters: synctera_drift::filters_of(&operation.id), method, path }
    }

    pub(super) fn is_called_by(&self, named: &Named) -> bool {
        named.calls.contains(self.id)
            || named.names.contains(&self.filters)
            || named.requests.iter().any(|request| self.is_at(request))
    }

    fn is_at(&self, request: &Request) -> bool {
        request.method.is_none_or(|own| own == self.method)
            && request.path.len() == self.path.len()
            && request.path.iter().zip(&self.path).all(|(own, part)| match part.starts_with('{') {
                // A word of the interface is no id: `accounts/templates` is none of one account.
                true => own.contains(|c: char| !c.is_ascii_lowercase() && c != '_'),
                false => own == part,
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_names_the_tests_of_both_sides() {
        let text = "| rule | from | allowed | refused |\n|---|---|---|---|\n\
                    | A is B | a guide | `m::one`, `m::two` | none yet |\n";
        let read = rows(text).unwrap();
        let [row] = &read[..] else { unreachable!("one rule") };
        assert_eq!((row.line, row.rule.as_str()), (3, "A is B"));
        assert_eq!(row.sides, [vec!["m::one".to_owned(), "m::two".to_owned()], vec![]]);
        assert!(rows("| A is B | a guide | `m::one` |").is_err());
        assert!(rows("nothing").is_err());
    }

    fn operation(id: &str, call: &str) -> Operation {
        Operation { family: "lamps".to_owned(), id: id.to_owned(), call: call.to_owned() }
    }

    #[test]
    fn a_row_calls_what_its_tests_and_their_helpers_call() {
        let mut suite = Suite::default();
        let read = |text| File::read(text);
        suite.add(
            Path::new("rules/lamps.rs"),
            read(
                "async fn one() { let bank = Bank::open(); dim(&bank); light_up(&bank); }
                  fn dim(bank: &Bank) { bank.send(Method::PATCH, &format!(\"lamps/{id}\"), None); }
                  fn other() { bank.delete_lamp(); }",
            ),
        );
        suite.add(
            Path::new("rules/mod.rs"),
            read("fn light_up(bank: &Bank) { bank.client.light(&request); }"),
        );
        suite.add(Path::new("bank.rs"), read("impl Bank { fn open() { create_room(); } }"));
        suite.add_journeys(&read(
            "impl C { fn light(&self) -> Run<Light> { Run::new() } }
             impl Journey for Light { fn walk(&self) { steps.api().switch_on(); } }",
        ));
        let sides = [vec!["rules::lamps::one".to_owned()], vec![]];
        let named = suite.named(&Row { line: 1, rule: "A is B".to_owned(), sides });
        for (id, call, is_called) in [
            ("update_lamp", "PATCH /lamps/{lamp_id}", true),
            ("get_lamp", "GET /lamps/{lamp_id}", false),
            ("list_lamps", "GET /lamps", false),
            ("switch_on", "POST /lamps/{lamp_id}/on", true),
            ("delete_lamp", "DELETE /lamps/{lamp_id}", false),
            // What sets up the world for all tests is not followed.
            ("create_room", "POST /rooms", false),
        ] {
            let operation = operation(id, call);
            assert_eq!(Sought::of(&operation).is_called_by(&named), is_called, "{id}");
        }
    }
}
