//! Our own code that a change touches, read from our own code.
//!
//! Nobody keeps a list: a file of the facade is touched when it calls a method that the change
//! reaches, and names the field or type that has changed; a file of the sandbox when it serves the
//! operation, and names the property.

use std::collections::BTreeSet;
use std::path::Path;

use proc_macro2::{TokenStream, TokenTree};
use serde::Serialize;
use syn::visit::{self, Visit};

use crate::report::Change;

/// A place of ours that a change touches.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Touch {
    /// What kind of place.
    pub part: Part,
    /// Its file, from the repository's root.
    pub file: String,
    /// What there has to do with it: a method that it calls, a field that it names.
    pub by: String,
}

/// A part of the repository that knows the interface by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// A journey of the facade.
    Journey,
    /// Anything else in the facade.
    Facade,
    /// A rule of the sandbox.
    Sandbox,
}

/// The folders that are read, and what is in them.
const FOLDERS: [(&str, Part); 3] = [
    ("facade/src/journeys", Part::Journey),
    ("facade/src", Part::Facade),
    ("sandbox/src/families", Part::Sandbox),
];

/// What our code calls and names.
#[derive(Debug, Default)]
pub struct Sources {
    files: Vec<Source>,
}

#[derive(Debug)]
struct Source {
    part: Part,
    file: String,
    /// Methods that are called, fields and types that are named.
    names: BTreeSet<String>,
    /// Texts: the operations of the sandbox and the properties that it reads.
    texts: BTreeSet<String>,
}

impl Sources {
    /// Reads the repository at a root; folders that are not there hold nothing.
    ///
    /// # Errors
    /// When a file cannot be read; one that is not Rust is passed over, the compiler tells.
    pub fn read(root: &Path) -> std::io::Result<Self> {
        let mut sources = Self::default();
        for (folder, part) in FOLDERS {
            let mut open = vec![root.join(folder)];
            while let Some(next) = open.pop() {
                if !next.is_dir() {
                    continue;
                }
                for entry in std::fs::read_dir(&next)? {
                    let path = entry?.path();
                    if path.is_dir() {
                        open.push(path);
                    } else if path.extension().is_some_and(|extension| extension == "rs") {
                        let name = path.strip_prefix(root).unwrap_or(&path);
                        let name = name.to_string_lossy().replace('\\', "/");
                        sources.add(part, name, &std::fs::read_to_string(&path)?);
                    }
                }
            }
        }
        sources.files.sort_by(|a, b| a.file.cmp(&b.file));
        Ok(sources)
    }

    fn add(&mut self, part: Part, file: String, text: &str) {
        // The journeys are in the facade's folder too.
        if self.files.iter().any(|known| known.file == file) {
            return;
        }
        let Ok(parsed) = syn::parse_file(text) else {
            return;
        };
        let mut reader = Reader::default();
        reader.visit_file(&parsed);
        self.files.push(Source { part, file, names: reader.names, texts: reader.texts });
    }

    /// What a change touches.
    pub fn touched_by(&self, change: &Change) -> Vec<Touch> {
        self.files.iter().filter_map(|source| source.touched_by(change)).collect()
    }
}

impl Source {
    fn touched_by(&self, change: &Change) -> Option<Touch> {
        let sandbox = self.part == Part::Sandbox;
        let known = if sandbox { &self.texts } else { &self.names };
        let call = change.operations.iter().map(|o| &o.id).find(|id| known.contains(*id))?;
        let verb = if sandbox { "serves" } else { "calls" };
        let named = match change.location.last_name() {
            // What stands below is a property, unless the location is a parameter's own.
            Some(property) if sandbox => Some(self.texts.get(property)?.clone()),
            Some(property) => Some(self.names.get(&crate::rust::field_of(property))?.clone()),
            None if is_of_the_call(change) => None,
            None => {
                let parts = change.items.iter().flat_map(|item| item.split('.').next_back());
                Some(parts.filter_map(|part| known.get(part)).next()?.clone())
            }
        };
        let by = match named {
            Some(named) if named != *call => format!("{verb} {call}, names {named}"),
            _ => format!("{verb} {call}"),
        };
        Some(Touch { part: self.part, file: self.file.clone(), by })
    }
}

/// Whether the call as a whole has changed, not something within a schema.
fn is_of_the_call(change: &Change) -> bool {
    change.location.pointer.starts_with("/paths/") && change.class != crate::Class::Additive
}

#[derive(Default)]
struct Reader {
    names: BTreeSet<String>,
    texts: BTreeSet<String>,
}

impl Reader {
    fn tokens(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => drop(self.names.insert(ident.to_string())),
                TokenTree::Literal(literal) => {
                    if let Ok(text) = syn::parse_str::<syn::LitStr>(&literal.to_string()) {
                        self.texts.insert(text.value());
                    }
                }
                TokenTree::Group(group) => self.tokens(group.stream()),
                TokenTree::Punct(_) => {}
            }
        }
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        let is_test = |attribute: &syn::Attribute| {
            attribute.path().is_ident("cfg")
                && attribute.parse_args::<syn::Path>().is_ok_and(|path| path.is_ident("test"))
        };
        if !module.attrs.iter().any(is_test) {
            visit::visit_item_mod(self, module);
        }
    }

    fn visit_attribute(&mut self, _: &'ast syn::Attribute) {
        // Documentation names things without using them.
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        self.names.insert(call.method.to_string());
        visit::visit_expr_method_call(self, call);
    }

    fn visit_member(&mut self, member: &'ast syn::Member) {
        if let syn::Member::Named(ident) = member {
            self.names.insert(ident.to_string());
        }
    }

    fn visit_path_segment(&mut self, segment: &'ast syn::PathSegment) {
        self.names.insert(segment.ident.to_string());
        visit::visit_path_segment(self, segment);
    }

    fn visit_lit_str(&mut self, text: &'ast syn::LitStr) {
        // A pointer names the properties on its way.
        self.texts.extend(text.value().split('/').map(str::to_owned));
    }

    fn visit_macro(&mut self, invoked: &'ast syn::Macro) {
        self.tokens(invoked.tokens.clone());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use synctera_codegen::{Document, Families};

    use super::*;
    use crate::Report;

    fn sources() -> Sources {
        let mut sources = Sources::default();
        let journey = "async fn walk(api: Api) { let body = NewLamp { watts: 3, ..new() };
            api.create_lamp(&body).await }
            #[cfg(test)] mod tests { fn other() { api.list_lamps(); } }";
        sources.add(Part::Journey, "facade/src/journeys/lamp.rs".to_owned(), journey);
        let rule = r#"const SERVED: &[Served] = &[Served::new("create_lamp", create)];
            fn create(ctx: &Ctx) { json!({"colour": 1}); ctx.body.pointer("/beam/width"); }"#;
        sources.add(Part::Sandbox, "sandbox/src/families/lamps.rs".to_owned(), rule);
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
        let report = Report::of(
            &document(json!({"type": "string"})),
            &document(json!({"type": "string", "maxLength": 3})),
            &Families::default(),
        );
        let of = |change| sources().touched_by(change);
        report
            .changes
            .iter()
            .flat_map(of)
            .map(|touch| format!("{}: {}", touch.file, touch.by))
            .collect()
    }

    #[test]
    fn code_is_touched_that_calls_the_operation_and_names_the_field() {
        assert_eq!(
            touched("create_lamp", "watts"),
            ["facade/src/journeys/lamp.rs: calls create_lamp, names watts"]
        );
        for property in ["colour", "width"] {
            let file =
                format!("sandbox/src/families/lamps.rs: serves create_lamp, names {property}");
            assert_eq!(touched("create_lamp", property), [file]);
        }
        assert_eq!(touched("create_lamp", "height"), [""; 0]);
        assert_eq!(touched("list_lamps", "watts"), [""; 0], "tests do not count");
    }
}
