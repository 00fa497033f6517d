//! Schemas: what kind of value, and what is in it.

use std::collections::hash_map::Entry;

use serde_json::Value;

use super::{Cx, Found, Walk, addresses, shown};
use crate::class::Direction;
use crate::rules::{Rule, properties, types as rules};
use crate::shape::{Node, Said, Shape};

/// Formats that make another Rust type of a text.
const BEARING: [&str; 4] = ["binary", "date", "date-time", "uuid"];

/// Widths of numbers, and narrower ones.
const NARROWER: [(Option<&str>, Option<&str>); 2] =
    [(Some("int64"), Some("int32")), (Some("double"), Some("float"))];

impl<'a> Walk<'a> {
    /// A place where values stand: what is remarked there, and the schema itself.
    pub(super) fn place(&mut self, cx: Cx, old: &Node<'a>, new: &Node<'a>, needed: bool) {
        if self.same(old, new) {
            return;
        }
        let (was, is) = (self.old_shape(old), self.new_shape(new));
        self.nulls(cx, &was, &is, needed);
        let deprecated = |shape: &Shape<'a>| shape.flags.get("deprecated").cloned();
        match (deprecated(&was), deprecated(&is)) {
            (None, Some(place)) => self.note(cx, Found::added(&properties::DEPRECATED, &place)),
            (Some(place), None) => self.note(cx, Found::removed(&properties::UNDEPRECATED, &place)),
            _ => {}
        }
        self.schemas(cx, old, new);
    }

    fn nulls(&mut self, cx: Cx, old: &Shape<'a>, new: &Shape<'a>, needed: bool) {
        let nullable = |shape: &Shape<'a>| shape.flags.get("nullable").cloned();
        // A list reads null as empty, so that its type stays.
        let list = new.type_name() == Some("array");
        match (nullable(old), nullable(new)) {
            (None, Some(place)) => {
                let rule = if needed && !list {
                    &rules::BECAME_NULLABLE
                } else {
                    &rules::OPTIONAL_BECAME_NULLABLE
                };
                let mut found = Found::added(rule, &place);
                if cx.direction == Direction::Request && needed && !list {
                    found = found.rust(true);
                }
                self.note(cx, found);
            }
            (Some(place), None) => {
                let rule = if needed && !list {
                    &rules::NO_LONGER_NULLABLE
                } else {
                    &rules::OPTIONAL_NO_LONGER_NULLABLE
                };
                self.note(cx, Found::removed(rule, &place));
            }
            _ => {}
        }
    }

    fn same(&self, old: &Node<'a>, new: &Node<'a>) -> bool {
        old.len() == new.len()
            && old.iter().zip(new).all(|(a, b)| self.clean.same(a.value, b.value))
    }

    fn schemas(&mut self, cx: Cx, old: &Node<'a>, new: &Node<'a>) {
        let next = self.pairs.len();
        let pair = match self.compared.entry((addresses(old), addresses(new), cx.direction)) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(slot) => *slot.insert(next),
        };
        self.pairs[cx.pair].leads_to.insert(pair);
        if pair != next {
            return;
        }
        self.new_pair();
        self.open.push((Cx { pair, ..cx }, old.clone(), new.clone()));
    }

    /// What two schemas say themselves; what they hold is compared later.
    pub(super) fn shapes(&mut self, cx: Cx, old: &Shape<'a>, new: &Shape<'a>) {
        if !self.unions(cx, old, new) || !self.kinds(cx, old, new) {
            return;
        }
        self.formats(cx, old, new);
        self.values(cx, old, new);
        self.limits(cx, old, new);
        self.properties(cx, old, new);
        match (&old.items, &new.items) {
            (Some(before), Some(after)) => self.place(cx, before, after, true),
            (None, Some(after)) => {
                if let [at, ..] = after.as_slice() {
                    self.note(cx, Found::added(&rules::ITEMS_STATED, &at.place));
                }
            }
            (Some(before), None) => {
                if let [at, ..] = before.as_slice() {
                    self.note(cx, Found::removed(&rules::ITEMS_DROPPED, &at.place));
                }
            }
            (None, None) => {}
        }
        let exclusion = |shape: &Shape<'a>| shape.exclusion.as_ref().map(|said| said.what);
        if exclusion(old) != exclusion(new)
            && let Some(said) = new.exclusion.as_ref().or(old.exclusion.as_ref())
        {
            self.note(cx, Found::added(&rules::EXCLUSION_CHANGED, &said.place));
        }
    }

    /// Whether both are of one type, so that what is inside can be compared.
    fn kinds(&mut self, cx: Cx, old: &Shape<'a>, new: &Shape<'a>) -> bool {
        let (before, after) = (old.type_name(), new.type_name());
        let rule: &'static Rule = match (before, after) {
            _ if before == after => return true,
            // The kinds of a union say what it is, whether or not it says so itself.
            (None, Some("object")) | (Some("object"), None) if old.union.is_some() => return true,
            (None, Some(_)) => &rules::STATED,
            (Some(_), None) => &rules::DROPPED,
            (Some("integer"), Some("number")) => &rules::WIDENED,
            (Some("number"), Some("integer")) => &rules::NARROWED,
            _ => &rules::CHANGED,
        };
        let place = |shape: &Shape<'a>| {
            shape.kind.as_ref().map(|said| said.place.clone()).or_else(|| shape.place.clone())
        };
        if let Some(place) = place(new).or_else(|| place(old)) {
            self.note(
                cx,
                Found::added(rule, &place)
                    .from(before.unwrap_or("anything"))
                    .to(after.unwrap_or("anything")),
            );
        }
        false
    }

    fn formats(&mut self, cx: Cx, old: &Shape<'a>, new: &Shape<'a>) {
        let what = |said: &Option<Said<'a, &'a str>>| said.as_ref().map(|said| said.what);
        let (before, after) = (what(&old.format), what(&new.format));
        if before == after {
            return;
        }
        let text = old.type_name() == Some("string");
        let bearing = |format: Option<&'a str>| {
            let format = format?.to_ascii_lowercase();
            BEARING.into_iter().find(|bearing| text && *bearing == format)
        };
        let rule: &'static Rule = match (bearing(before), bearing(after)) {
            _ if !text && NARROWER.contains(&(before, after)) => &rules::NUMBER_NARROWED,
            _ if !text => &rules::NUMBER_FORMAT_CHANGED,
            (before, after) if before == after => &rules::FORMAT_HINT_CHANGED,
            (None, Some(_)) => &rules::FORMAT_ADDED,
            (Some(_), None) => &rules::FORMAT_REMOVED,
            _ => &rules::FORMAT_CHANGED,
        };
        if let Some(said) = new.format.as_ref().or(old.format.as_ref()) {
            let found = Found { in_new: new.format.is_some(), ..Found::added(rule, &said.place) };
            let found = match before {
                Some(before) => found.from(before),
                None => found,
            };
            self.note(
                cx,
                match after {
                    Some(after) => found.to(after),
                    None => found,
                },
            );
        }
    }
}

/// Values as a list, for people.
pub(super) fn listed(values: &[&Value]) -> String {
    values.iter().map(|value| shown(value)).collect::<Vec<_>>().join(", ")
}
