//! Scripts: the calls that are made on both sides, read from YAML and checked before anything is sent.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;
use synctera_api::runtime::BodyKind;
use synctera_journey_files::yaml::{Member, Node, Tree};

use super::acceptance::{self, Acceptance, Scope};
use super::mistakes::{Mistakes, quoted};
use super::operations::{self, Target};
use super::reference::{self, RESERVED};
use super::yaml;

/// How many calls a script may have.
const CALLS_MAX: usize = 200;
/// The members of a script and of a call.
const OF_A_SCRIPT: [&str; 3] = ["description", "calls", "accept"];
const OF_A_CALL: [&str; 7] = ["name", "call", "path", "query", "body", "idempotency_key", "accept"];

/// The calls of a file, in their order.
pub(super) struct Script {
    pub(super) file: String,
    pub(super) calls: Vec<Call>,
}

pub(super) struct Call {
    /// By which later calls refer to its answer.
    pub(super) name: Option<String>,
    pub(super) target: Target,
    /// The parameters of the path: all that it has.
    pub(super) path: Vec<(String, Value)>,
    pub(super) query: Vec<(String, Value)>,
    pub(super) body: Option<Value>,
    pub(super) idempotency_key: Option<Value>,
}

/// Reads a script, and what it accepts.
pub(super) fn read(
    path: &Path,
    accepted: &mut Vec<Acceptance>,
    mistakes: &mut Mistakes,
) -> Option<Script> {
    let root = yaml::read(path, mistakes)?;
    let file = path.display().to_string();
    let mut reader = Reader { file: &file, mistakes, names: BTreeSet::new() };
    let calls = reader.script(&root, accepted)?;
    Some(Script { file, calls })
}

struct Reader<'r> {
    file: &'r str,
    mistakes: &'r mut Mistakes,
    /// The names of the calls so far.
    names: BTreeSet<String>,
}

impl Reader<'_> {
    fn wrong(&mut self, node: &Tree, what: impl std::fmt::Display) {
        self.mistakes.add(self.file, Some(node.line), what);
    }

    fn script(&mut self, root: &Tree, accepted: &mut Vec<Acceptance>) -> Option<Vec<Call>> {
        let Node::Map(members) = &root.node else {
            self.wrong(root, "a script has `calls`, a list");
            return None;
        };
        let mut calls = None;
        for Member { name, value: node, .. } in members {
            match name.as_str() {
                "calls" => calls = Some(self.calls(node, accepted)),
                "accept" => {
                    acceptance::read(self.file, node, Scope::Script, accepted, self.mistakes)
                }
                "description" => {}
                name => self.unknown(node, name, &OF_A_SCRIPT),
            }
        }
        if calls.is_none() {
            self.wrong(root, "a script has `calls`, a list");
        }
        calls
    }

    fn calls(&mut self, node: &Tree, accepted: &mut Vec<Acceptance>) -> Vec<Call> {
        let Node::List(nodes) = &node.node else {
            self.wrong(node, "`calls` is a list");
            return Vec::new();
        };
        if nodes.is_empty() || nodes.len() > CALLS_MAX {
            self.wrong(node, format!("a script has 1 to {CALLS_MAX} calls"));
            return Vec::new();
        }
        let calls = nodes.iter().enumerate();
        calls.filter_map(|(number, node)| self.call(number, node, accepted)).collect()
    }

    fn call(&mut self, number: usize, node: &Tree, accepted: &mut Vec<Acceptance>) -> Option<Call> {
        let Node::Map(members) = &node.node else {
            self.wrong(node, "a call has `call`, the operation, and what it takes");
            return None;
        };
        let member = |wanted: &str| {
            members.iter().find(|member| member.name == wanted).map(|member| &member.value)
        };
        for Member { name, value: node, .. } in members {
            if !OF_A_CALL.contains(&name.as_str()) {
                self.unknown(node, name, &OF_A_CALL);
            }
        }
        let target = match member("call") {
            None => {
                self.wrong(node, "`call` is missing: an operation, such as create_person");
                None
            }
            Some(node) => self.target(node),
        };
        if let (Some(target), Some(node)) = (&target, member("accept")) {
            acceptance::read(self.file, node, Scope::Call(number, target), accepted, self.mistakes);
        }
        let path = member("path").map(|node| self.values("path", node)).unwrap_or_default();
        let query = member("query").map(|node| self.values("query", node)).unwrap_or_default();
        for key in ["body", "idempotency_key"] {
            if let Some(node) = member(key) {
                self.references(node);
            }
        }
        let key = member("idempotency_key").map(|node| {
            if node.as_text().is_none() {
                self.wrong(node, "`idempotency_key` is a text");
            }
            yaml::json(node)
        });
        let body = member("body").map(yaml::json);
        let path = target.as_ref().map(|target| self.path(node, target, path)).unwrap_or_default();
        // Its own answer is no earlier one.
        let name = member("name").and_then(|node| self.name(node));
        let target = target?;
        if target.operation.body != BodyKind::Json {
            self.wrong(
                node,
                format!("{} takes no JSON, and only JSON is sent", target.operation.id),
            );
        }
        Some(Call { name, target, path, query, body, idempotency_key: key })
    }

    fn target(&mut self, node: &Tree) -> Option<Target> {
        let Some(text) = node.as_text() else {
            self.wrong(node, "`call` is an operation, such as create_person or POST /v2/persons");
            return None;
        };
        match operations::find(text) {
            Ok(target) => Some(target),
            Err(why) => {
                self.wrong(node, why);
                None
            }
        }
    }

    fn name(&mut self, node: &Tree) -> Option<String> {
        let is_letter = |it: char| it.is_ascii_alphanumeric() || it == '_' || it == '-';
        let Some(name) = node.as_text().filter(|it| !it.is_empty() && it.chars().all(is_letter))
        else {
            self.wrong(node, "`name` has letters, digits, _ and -");
            return None;
        };
        if RESERVED.contains(&name) {
            self.wrong(node, format!("the name {name} is taken"));
        } else if !self.names.insert(name.to_owned()) {
            self.wrong(node, format!("two calls have the name {}", quoted(name)));
        }
        Some(name.to_owned())
    }

    /// All parameters of the path: those that the call's path has, and those beside it.
    fn path(
        &mut self,
        node: &Tree,
        target: &Target,
        beside: Vec<(String, Value)>,
    ) -> Vec<(String, Value)> {
        let id = target.operation.id;
        let mut all = Vec::new();
        for (name, text) in &target.given {
            self.text(node, text);
            all.push(((*name).to_owned(), Value::from(text.as_str())));
        }
        for (name, value) in beside {
            let is_known = target.parameters().any(|known| known == name);
            if !is_known || all.iter().any(|(other, _)| *other == name) {
                self.wrong(node, format!("the path of {id} takes no {}", quoted(&name)));
            }
            all.push((name, value));
        }
        for name in target.parameters() {
            if !all.iter().any(|(other, _)| other == name) {
                self.wrong(node, format!("the path of {id} needs {name}"));
            }
        }
        all
    }

    /// Parameters by their names.
    fn values(&mut self, what: &str, node: &Tree) -> Vec<(String, Value)> {
        let Node::Map(members) = &node.node else {
            self.wrong(node, format!("`{what}` is a mapping of names to values"));
            return Vec::new();
        };
        self.references(node);
        for Member { name, value: node, .. } in members {
            let is_simple =
                |node: &Tree| !matches!(&node.node, Node::Null | Node::List(_) | Node::Map(_));
            let fits = match &node.node {
                Node::List(items) => what == "query" && items.iter().all(is_simple),
                _ => is_simple(node),
            };
            if !fits {
                self.wrong(node, format!("{} is no value of `{what}`", quoted(name)));
            }
        }
        members.iter().map(|it| (it.name.clone(), yaml::json(&it.value))).collect()
    }

    /// Checks the references in a value.
    fn references(&mut self, node: &Tree) {
        match &node.node {
            Node::Text(text) => self.text(node, text),
            Node::Null | Node::Bool(_) | Node::Number(..) => {}
            Node::List(items) => items.iter().for_each(|item| self.references(item)),
            Node::Map(members) => members.iter().for_each(|it| self.references(&it.value)),
        }
    }

    fn text(&mut self, node: &Tree, text: &str) {
        let names = &self.names;
        if let Err(why) = reference::check(text, &|name| names.contains(name)) {
            self.wrong(node, why);
        }
    }

    fn unknown(&mut self, node: &Tree, name: &str, known: &[&str]) {
        self.wrong(node, format!("there is no {}: it can be {}", quoted(name), known.join(", ")));
    }
}
