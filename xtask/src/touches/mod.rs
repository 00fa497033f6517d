//! Our own code that a change touches, read from our own code.
//!
//! Nobody keeps a list: a file of the facade is touched when it calls a method that the change
//! reaches, and names the field or type that has changed; a file of the sandbox when it serves the
//! operation, and names the property; a rule of the sandbox when the tests that prove it do so. A
//! field counts with the property that holds it, unless it is the call's own ([`owners`]).
//!
//! What stops programs touches more: whoever names the type, examples and tests too.

mod owners;
mod reader;
mod rows;
#[cfg(test)]
#[path = "tests.rs"]
mod whole;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use synctera_codegen::Document;

use owners::Owners;
use reader::{File, Named};
pub(crate) use rows::{RULES, rows};
use rows::{Sought, Suite};
use synctera_drift::report::Operation;
use synctera_drift::touch::{Part, Touch};
use synctera_drift::{Change, Class, Report, field_of};

/// The folders that are read, and what is in them.
const FOLDERS: [(&str, Part); 9] = [
    ("facade/src/journeys", Part::Journey),
    ("facade/src", Part::Facade),
    ("facade/examples", Part::Example),
    ("crates/durable/src", Part::Facade),
    ("crates/journey-files/src", Part::Facade),
    ("crates/sandbox/src", Part::Sandbox),
    ("crates/sandbox/tests", Part::Test),
    ("crates/benches/src", Part::Test),
    ("tests", Part::Test),
];

/// What asks for more where a value is built; naming the type is enough to be stopped.
const WHERE_BUILT: [&str; 7] = [
    "arguments-exchanged",
    "property-became-required",
    "required-property-added",
    "type-exchanged",
    "type-not-sent",
    "type-removed",
    "type-renamed",
];

/// A value that is new is taken up where the type is named.
const TAKEN_UP: &str = "enum-value-added";

/// What our code calls and names.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    files: Vec<Source>,
}

#[derive(Debug)]
struct Source {
    part: Part,
    file: String,
    rule: Option<String>,
    named: Named,
}

impl Sources {
    /// Reads the repository at a root; folders that are not there hold nothing.
    ///
    /// # Errors
    /// When a file cannot be read; one that is not Rust is skipped: the compiler reports it.
    pub(crate) fn read(root: &Path) -> std::io::Result<Self> {
        let mut sources = Self::default();
        let mut suite = Suite::default();
        let mut known = BTreeSet::new();
        let tests = root.join(rows::SUITE);
        for (folder, part) in FOLDERS {
            for path in files(&root.join(folder))? {
                // The journeys are in the facade's folder too.
                if known.insert(path.clone()) {
                    let read = File::read(&std::fs::read_to_string(&path)?);
                    let name = path.strip_prefix(root).unwrap_or(&path);
                    if part == Part::Journey {
                        suite.add_journeys(&read);
                    }
                    sources.add(part, name.to_string_lossy().replace('\\', "/"), &read);
                    if let Ok(file) = path.strip_prefix(&tests) {
                        suite.add(file, read);
                    }
                }
            }
        }
        sources.files.sort_by(|a, b| a.file.cmp(&b.file));
        sources.add_rules(root, suite)?;
        Ok(sources)
    }

    fn add(&mut self, part: Part, file: String, read: &File) {
        self.files.push(Source { part, file, rule: None, named: read.named() });
    }

    /// The rules, each with what the tests that prove it call.
    fn add_rules(&mut self, root: &Path, suite: Suite) -> std::io::Result<()> {
        let table = root.join(RULES);
        if !table.is_file() {
            return Ok(());
        }
        let rows = rows(&std::fs::read_to_string(table)?).map_err(std::io::Error::other)?;
        self.files.extend(rows.into_iter().map(|row| Source {
            part: Part::Rule,
            file: format!("{RULES}:{}", row.line),
            named: suite.named(&row),
            rule: Some(row.rule),
        }));
        Ok(())
    }

    /// A report with what each of its changes touches.
    pub(crate) fn report(&self, report: Report, old: &Document, new: &Document) -> Report {
        let touches = self.touched_by(&report.changes, old, new);
        report.with_touches(touches)
    }

    /// What each of some changes between two documents touches.
    pub(crate) fn touched_by(
        &self,
        changes: &[Change],
        old: &Document,
        new: &Document,
    ) -> Vec<Vec<Touch>> {
        let owners = Owners::of(old, new, changes);
        // Who calls an operation is found once, however many changes it has.
        let mut callers: BTreeMap<&Operation, Vec<usize>> = BTreeMap::new();
        for operation in changes.iter().flat_map(|change| &change.operations) {
            callers.entry(operation).or_insert_with(|| {
                let sought = Sought::of(operation);
                let calls = |source: &(usize, &Source)| source.1.calls(&sought);
                self.files.iter().enumerate().filter(calls).map(|(index, _)| index).collect()
            });
        }
        let touches = |change: &Change| {
            let mut touched: BTreeMap<usize, Touch> = BTreeMap::new();
            for operation in &change.operations {
                for source in callers.get(operation).into_iter().flatten() {
                    if !touched.contains_key(source)
                        && let Some(touch) =
                            self.files[*source].touched_by(change, operation, &owners)
                    {
                        touched.insert(*source, touch);
                    }
                }
            }
            for (index, source) in self.files.iter().enumerate() {
                if !touched.contains_key(&index)
                    && let Some(touch) = source.named_by(change)
                {
                    touched.insert(index, touch);
                }
            }
            touched.into_values().collect()
        };
        changes.iter().map(touches).collect()
    }
}

/// The files of Rust in a folder, and in those below it.
fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        if !next.is_dir() {
            continue;
        }
        for entry in std::fs::read_dir(&next)? {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    Ok(found)
}

impl Source {
    /// The name by which a property is named here.
    fn property(&self, property: &str) -> Option<&String> {
        let text = || self.named.texts.get(property);
        let field = || self.named.fields.get(&field_of(property));
        match self.part {
            Part::Journey | Part::Facade | Part::Example => field(),
            Part::Sandbox | Part::Rule | Part::Test => text().or_else(field),
        }
    }

    fn calls(&self, operation: &Sought<'_>) -> bool {
        match self.part {
            Part::Journey | Part::Facade | Part::Example | Part::Test => {
                self.named.names.contains(operation.id)
            }
            Part::Sandbox => self.named.texts.contains(operation.id),
            Part::Rule => operation.is_called_by(&self.named),
        }
    }

    fn touched_by(
        &self,
        change: &Change,
        operation: &Operation,
        owners: &Owners<'_>,
    ) -> Option<Touch> {
        if matches!(self.part, Part::Example | Part::Test) && !change.stops_programs() {
            return None;
        }
        let Named { names, texts, .. } = &self.named;
        let call = &operation.id;
        let verb = if self.part == Part::Sandbox { "serves" } else { "calls" };
        let named = match change.location.last_name() {
            // What stands below is a property, unless the location is a parameter's own.
            Some(property) => {
                let named = self.property(property)?;
                // Who names the type holds a value of it, whatever that is in.
                let mut types = change.items.iter().filter_map(|item| item.split('.').next());
                let by_type = self.part != Part::Sandbox && types.any(|name| names.contains(name));
                let by_journey =
                    |owner: &str| self.named.fields_of_journeys.contains(&field_of(owner));
                let is_named = |owner: &str| self.property(owner).is_some() || by_journey(owner);
                (by_type || owners.are_named(change, operation, is_named)).then_some(())?;
                Some(named)
            }
            None if is_of_the_call(change) => None,
            None => {
                let known = if self.part == Part::Sandbox { texts } else { names };
                let mut parts = change.items.iter().flat_map(|item| item.split('.').next_back());
                Some(parts.find_map(|part| known.get(part))?)
            }
        };
        let by = match named {
            Some(named) if *named != *call => format!("{verb} {call}, names {named}"),
            _ => format!("{verb} {call}"),
        };
        Some(Touch { part: self.part, file: self.file.clone(), rule: self.rule.clone(), by })
    }
}

impl Source {
    /// What is touched by the names of types alone, whatever is called.
    fn named_by(&self, change: &Change) -> Option<Touch> {
        let is_taken_up =
            change.rule == TAKEN_UP && !matches!(self.part, Part::Example | Part::Test);
        if self.part == Part::Rule || !(is_taken_up || change.stops_programs()) {
            return None;
        }
        let Named { names, .. } = &self.named;
        let by_type_alone = is_taken_up || WHERE_BUILT.contains(&change.rule);
        let by = change.items.iter().find_map(|item| {
            let (name, field) = match item.split_once('.') {
                Some((name, field)) => (name, Some(field)),
                None => (item.as_str(), None),
            };
            // Methods are found by who calls them.
            let is_type = name.starts_with(|c: char| c.is_ascii_uppercase());
            if !is_type || !names.contains(name) {
                return None;
            }
            match field {
                _ if by_type_alone => Some(format!("names {name}")),
                None => Some(format!("names {name}")),
                Some(field) => {
                    let is_named =
                        self.named.fields.contains(field) || self.named.texts.contains(field);
                    is_named.then(|| format!("names {name}.{field}"))
                }
            }
        })?;
        Some(Touch { part: self.part, file: self.file.clone(), rule: None, by })
    }
}

/// Whether the call as a whole has changed, not something within a schema.
fn is_of_the_call(change: &Change) -> bool {
    change.location.pointer.starts_with("/paths/") && change.class != Class::Additive
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use synctera_codegen::{Document, Families};

    use super::*;

    fn sources() -> Sources {
        let mut sources = Sources::default();
        let journey = "async fn walk(api: Api) { let body = NewLamp { watts: 3, ..new() };
            api.create_lamp(&body).await }
            #[cfg(test)] mod tests { fn other() { api.list_lamps(); } }";
        sources.add(Part::Journey, "facade/src/journeys/lamp.rs".to_owned(), &File::read(journey));
        let rule = r#"const SERVED: &[Served] = &[Served::new("create_lamp", create)];
            fn create(ctx: &Ctx) { json!({"color": 1}); ctx.body.pointer("/beam/width"); }"#;
        sources.add(Part::Sandbox, "crates/sandbox/src/api/lamps.rs".to_owned(), &File::read(rule));
        sources
    }

    /// The files that a new limit on a property touches.
    fn touched(method: &str, property: &str) -> Vec<String> {
        let document = |limit: serde_json::Value| {
            Document::from_value(
                "t",
                json!({"openapi": "3.0.3", "info": {"version": "v2"}, "paths": {"/lamps": {"post": {
                    "operationId": method, "requestBody": {"content": {"application/json": {"schema":
                        {"$ref": "#/components/schemas/lamp"}}}}}}},
                    "components": {"schemas": {"lamp": {"properties": {property: limit}}}}}),
            )
            .unwrap()
        };
        let old = document(json!({"type": "string"}));
        let new = document(json!({"type": "string", "maxLength": 3}));
        let report = Report::of(&old, &new, &Families::default());
        let touches = sources().touched_by(&report.changes, &old, &new);
        touches.iter().flatten().map(|touch| format!("{}: {}", touch.file, touch.by)).collect()
    }

    #[test]
    fn code_is_touched_that_calls_the_operation_and_names_the_field() {
        assert_eq!(
            touched("create_lamp", "watts"),
            ["facade/src/journeys/lamp.rs: calls create_lamp, names watts"]
        );
        for property in ["color", "width"] {
            let file =
                format!("crates/sandbox/src/api/lamps.rs: serves create_lamp, names {property}");
            assert_eq!(touched("create_lamp", property), [file]);
        }
        assert_eq!(touched("create_lamp", "height"), [""; 0]);
        assert_eq!(touched("list_lamps", "watts"), [""; 0], "tests do not count");
    }

    #[test]
    fn what_stops_programs_touches_whoever_names_the_type() {
        let document = |type_name: &str, required: &[&str]| {
            let lamp = json!({"required": required, "properties": {"watts": {"type": type_name}}});
            let root = json!({"openapi": "3.0.3", "info": {"version": "v2"}, "paths": {"/lamps": {"post": {
                "operationId": "create_lamp", "requestBody": {"content": {"application/json": {"schema":
                    {"$ref": "#/components/schemas/lamp"}}}}}}}, "components": {"schemas": {"lamp": lamp}}});
            Document::from_value("t", root).unwrap()
        };
        let mut sources = Sources::default();
        for (part, file, text) in [
            (Part::Test, "tests/support/world.rs", "fn lamp() -> Lamp { Lamp::new(1) }"),
            (
                Part::Sandbox,
                "crates/sandbox/src/domain/lamps.rs",
                "fn watts(lamp: &Lamp) -> i64 { lamp.watts }",
            ),
            (Part::Example, "facade/examples/other.rs", "fn other(room: &Room) { room.watts; }"),
        ] {
            sources.add(part, file.to_owned(), &File::read(text));
        }
        let touched = |old: &Document, new: &Document| -> Vec<String> {
            let (families, types) = (Families::default(), synctera_codegen::TypeRules::default());
            let report = Report::of(old, new, &families).with_items(old, new, &families, &types);
            let changes = report.unwrap().changes;
            assert_eq!(changes.len(), 1, "{changes:?}");
            let touches = sources.touched_by(&changes, old, new);
            touches.iter().flatten().map(|touch| format!("{}: {}", touch.file, touch.by)).collect()
        };
        let plain = document("integer", &[]);
        assert_eq!(
            touched(&plain, &document("integer", &["watts"])),
            [
                "tests/support/world.rs: names Lamp",
                "crates/sandbox/src/domain/lamps.rs: names Lamp"
            ]
        );
        assert_eq!(
            touched(&plain, &document("boolean", &[])),
            ["crates/sandbox/src/domain/lamps.rs: names Lamp.watts"]
        );
    }

    #[test]
    fn a_field_of_a_shared_component_counts_with_what_holds_it() {
        let component = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let content = |name| json!({"content": {"application/json": {"schema": component(name)}}});
        let operation =
            |id: &str, name| json!({"operationId": id, "responses": {"200": content(name)}});
        let document = |limit: serde_json::Value| {
            Document::from_value(
                "t",
                json!({"openapi": "3.0.3", "info": {"version": "v2"}, "paths": {
                    "/lamps": {"get": operation("list_lamps", "lamps")},
                    "/lamps/{id}": {"get": operation("get_lamp", "lamp")},
                    "/bulbs/{id}": {"get": operation("get_bulb", "bulb")},
                }, "components": {"schemas": {
                    "lamps": {"properties": {"next_page_token": {"type": "string"},
                        "lamps": {"type": "array", "items": component("lamp")}}},
                    "lamp": {"properties": {"id": {"type": "string"}, "bulb": {"allOf": [component("bulb")]}}},
                    "bulb": {"properties": {"id": limit}},
                }}}),
            )
            .unwrap()
        };
        let old = document(json!({"type": "string"}));
        let new = document(json!({"type": "string", "maxLength": 3}));
        let report = Report::of(&old, &new, &Families::default());
        for (journey, is_touched) in [
            ("api.get_lamp(1).id", false),
            ("api.list_lamps().id", false),
            ("api.get_lamp(1).bulb.id", true),
            ("api.list_lamps().bulb.id", true),
            ("api.get_bulb(1).id", true),
        ] {
            let mut sources = Sources::default();
            let file = File::read(&format!("fn walk(api: Api) {{ {journey}; }}"));
            sources.add(Part::Journey, journey.to_owned(), &file);
            let touches = sources.touched_by(&report.changes, &old, &new);
            assert_eq!(touches, [touches[0].clone()], "one change");
            assert_eq!(!touches[0].is_empty(), is_touched, "{journey}");
        }
    }
}
