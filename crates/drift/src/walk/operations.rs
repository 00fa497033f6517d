//! Operations: which is which, and what an operation says beside its schemas.

use std::collections::{BTreeMap, BTreeSet};

use synctera_codegen::{Document, OperationKey};

use super::operation::{Operation, Shape};
use super::{Cx, Found, Touched, Walk};
use crate::class::Direction;
use crate::place::Place;
use crate::rules::operations as rules;

/// Whether two operations are the same one.
type Same<'a> = dyn Fn(&Operation<'a>, &Operation<'a>) -> bool;

/// Takes out what is the same on both sides.
fn pair<'a>(
    old: &mut Vec<Operation<'a>>,
    new: &mut Vec<Operation<'a>>,
    same: &Same<'a>,
    both: &mut Vec<(Operation<'a>, Operation<'a>)>,
) {
    let mut left = Vec::new();
    for before in std::mem::take(old) {
        match new.iter().position(|after| same(&before, after)) {
            Some(index) => both.push((before, new.remove(index))),
            None => left.push(before),
        }
    }
    *old = left;
}

impl<'a> Walk<'a> {
    pub(super) fn operations(&mut self) {
        let (mut old, mut new) = (operations(self.old), operations(self.new));
        let mut both = Vec::new();
        // Two templates can stand for one path, so that the same place goes before the same shape.
        // What is at another place under the same name has moved.
        let same: [&Same<'a>; 3] = [
            &|before, after| before.key == after.key,
            &|before, after| before.shape == after.shape,
            &|before, after| before.id() == after.id(),
        ];
        for same in same {
            pair(&mut old, &mut new, same, &mut both);
        }
        for operation in old {
            let cx = self.root(&operation, false);
            let found =
                Found::removed(&rules::REMOVED, &operation.place("", "")).from(operation.id());
            self.note(cx, found);
        }
        for operation in new {
            let cx = self.root(&operation, true);
            let found = Found::added(&rules::ADDED, &operation.place("", "")).to(operation.id());
            self.note(cx, found);
        }
        for (before, after) in both {
            if before.key == after.key
                && self.clean.same(before.value, after.value)
                && self.clean.same(&before.item["parameters"], &after.item["parameters"])
            {
                continue;
            }
            let cx = self.root(&after, true);
            self.operation(cx, &before, &after);
        }
    }

    fn root(&mut self, operation: &Operation<'a>, in_new: bool) -> Cx {
        let pair = self.new_pair();
        self.operations.push((Touched { key: operation.key.clone(), in_new }, pair));
        Cx { direction: Direction::Request, pair }
    }

    fn operation(&mut self, cx: Cx, old: &Operation<'a>, new: &Operation<'a>) {
        let place = new.place("", "");
        if shape_of(&old.key).0 != shape_of(&new.key).0 {
            let found = Found::added(&rules::PATH_CHANGED, &place);
            self.note(cx, found.from(&old.key.path).to(&new.key.path));
        }
        if old.key.method != new.key.method {
            let found = Found::added(&rules::METHOD_CHANGED, &place);
            let upper = |key: &OperationKey| key.method.to_uppercase();
            self.note(cx, found.from(upper(&old.key)).to(upper(&new.key)));
        }
        if method_name(old.id()) != method_name(new.id()) {
            self.note(cx, Found::added(&rules::RENAMED, &place).from(old.id()).to(new.id()));
        }
        let deprecated = |operation: &Operation<'_>| operation.value["deprecated"] == true;
        match (deprecated(old), deprecated(new)) {
            (false, true) => self.note(cx, Found::added(&rules::DEPRECATED, &place)),
            (true, false) => self.note(cx, Found::added(&rules::UNDEPRECATED, &place)),
            _ => {}
        }
        let tag = |operation: &Operation<'a>| operation.value["tags"][0].as_str();
        if tag(old) != tag(new) {
            self.family(cx, &place, tag(old).unwrap_or("none"), tag(new).unwrap_or("none"));
        }
        let own = |operation: &Operation<'a>| operation.value.get("security");
        if own(old) != own(new) {
            let effective = |operation: &Operation<'a>, document: &'a Document| {
                own(operation).unwrap_or(&document.root()["security"])
            };
            let (before, after) = (effective(old, self.old), effective(new, self.new));
            self.security(cx, &new.place("security", "/security"), before, after);
        }
        self.idempotency(cx, &place, old, new);
        self.parameters(cx, old, new);
        self.request_body(cx, old, new);
        self.answers(cx, old, new);
        self.callbacks(cx, old, new);
    }

    /// The name of a family is the tag's; `spec/families.toml` is read when the report is made.
    fn family(&mut self, cx: Cx, place: &Place<'a>, old: &str, new: &str) {
        self.note(cx, Found::added(&rules::FAMILY_CHANGED, place).from(old).to(new));
    }

    fn idempotency(&mut self, cx: Cx, place: &Place<'a>, old: &Operation<'a>, new: &Operation<'a>) {
        let listed = |document: &'a Document, operation: &Operation<'a>| {
            let mut all = super::parameters::listed(document, operation).into_iter();
            all.find(|parameter| parameter.is_idempotency_key()).map(|parameter| parameter.required)
        };
        let rule = match (listed(self.old, old), listed(self.new, new)) {
            (None, Some(_)) => &rules::KEY_LISTED,
            (Some(_), None) => &rules::KEY_DROPPED,
            (Some(false), Some(true)) => &rules::KEY_DEMANDED,
            (Some(true), Some(false)) => &rules::KEY_NOT_DEMANDED,
            _ => return,
        };
        self.note(cx, Found::added(rule, place));
    }

    /// What the platform sends to us travels the other way.
    fn callbacks(&mut self, cx: Cx, old: &Operation<'a>, new: &Operation<'a>) {
        let (before, after) = (callbacks(old), callbacks(new));
        let keys: BTreeSet<_> = before.keys().chain(after.keys()).cloned().collect();
        for key in keys {
            let (name, ..) = &key;
            match (before.get(&key), after.get(&key)) {
                (Some(callback), None) => {
                    let place = callback.place("", "");
                    self.note(cx, Found::removed(&rules::CALLBACK_REMOVED, &place).from(name));
                }
                (None, Some(callback)) => {
                    let place = callback.place("", "");
                    self.note(cx, Found::added(&rules::CALLBACK_ADDED, &place).to(name));
                }
                (Some(before), Some(after)) => {
                    let cx = cx.reversed();
                    self.request_body(cx, before, after);
                    self.answers(cx, before, after);
                }
                (None, None) => {}
            }
        }
    }
}

/// Name, expression and method of each callback; as an operation of its own.
fn callbacks<'a>(operation: &Operation<'a>) -> BTreeMap<(String, String, String), Operation<'a>> {
    let mut all = BTreeMap::new();
    let named = operation.value["callbacks"].as_object().into_iter().flatten();
    for (name, expressions) in named {
        for (expression, item) in expressions.as_object().into_iter().flatten() {
            for (method, value) in item.as_object().into_iter().flatten() {
                let key = OperationKey {
                    path: format!("{} callback {name}", operation.key.path),
                    method: operation.key.method.clone(),
                };
                let found = Operation { shape: shape_of(&key), key, value, item };
                all.insert((name.clone(), expression.clone(), method.clone()), found);
            }
        }
    }
    all
}

fn operations(document: &Document) -> Vec<Operation<'_>> {
    document
        .operations()
        .into_iter()
        .filter_map(|key| {
            let value = document.operation(&key)?;
            let item = &document.root()["paths"][&key.path];
            Some(Operation { shape: shape_of(&key), key, value, item })
        })
        .collect()
}

fn shape_of(key: &OperationKey) -> Shape {
    let parts: Vec<&str> =
        key.path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part }).collect();
    (parts.join("/"), key.method.clone())
}

/// The name of our method, which is all that an operation's name is to us.
pub(crate) fn method_name(operation_id: &str) -> String {
    heck::ToSnakeCase::to_snake_case(operation_id)
}
