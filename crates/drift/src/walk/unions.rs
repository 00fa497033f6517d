//! Unions: which kinds of value there are, and what distinguishes them.

use std::collections::{BTreeMap, BTreeSet};

use super::{Cx, Found, Walk};
use crate::rules::unions as rules;
use crate::shape::{Shape, Union, Variant};

impl<'a> Walk<'a> {
    /// Whether what stands beside the union can be compared.
    pub(super) fn unions(&mut self, cx: Cx, old: &Shape<'a>, new: &Shape<'a>) -> bool {
        match (&old.union, &new.union) {
            (None, None) => true,
            (None, Some(after)) => {
                self.note(cx, Found::added(&rules::BECAME_UNION, &after.place));
                false
            }
            (Some(before), None) => {
                self.note(cx, Found::removed(&rules::NO_LONGER_UNION, &before.place));
                false
            }
            (Some(before), Some(after)) => {
                self.union(cx, before, after);
                true
            }
        }
    }

    fn union(&mut self, cx: Cx, old: &Union<'a>, new: &Union<'a>) {
        let place = &new.place;
        if old.keyword != new.keyword {
            let found = Found::added(&rules::STRICTNESS_CHANGED, place);
            self.note(cx, found.from(old.keyword).to(new.keyword));
        }
        match (old.tag, new.tag) {
            (Some(before), Some(after)) => {
                if before == after {
                    self.tagged(cx, old, new);
                } else {
                    // Its values tell nothing of those of the other: the kinds are the same by name.
                    self.note(cx, Found::added(&rules::TAG_CHANGED, place).from(before).to(after));
                    self.of_one_name(cx, old, new);
                }
            }
            (None, None) => self.untagged(cx, old, new),
            (None, Some(tag)) => self.note(cx, Found::added(&rules::TAG_ADDED, place).to(tag)),
            (Some(tag), None) => {
                self.note(cx, Found::removed(&rules::TAG_REMOVED, &old.place).from(tag));
            }
        }
    }

    fn tagged(&mut self, cx: Cx, old: &Union<'a>, new: &Union<'a>) {
        let (before, after) = (by_label(old), by_label(new));
        for (label, was, is) in super::zip(&before, &after) {
            match (was, is) {
                (Some(_), None) => {
                    self.note(cx, Found::removed(&rules::VARIANT_REMOVED, &old.place).from(label));
                }
                (None, Some(_)) => {
                    self.note(cx, Found::added(&rules::VARIANT_ADDED, &new.place).to(label));
                }
                (Some(was), Some(is)) => self.place(cx, &was.node, &is.node, true),
                (None, None) => {}
            }
        }
    }

    fn of_one_name(&mut self, cx: Cx, old: &Union<'a>, new: &Union<'a>) {
        let holder =
            |variant: &Variant<'a>| variant.node.first().map(|at| at.place.located().holder);
        for was in &old.variants {
            let same = |is: &&Variant<'a>| holder(is) == holder(was);
            if let Some(is) = new.variants.iter().find(same) {
                self.place(cx, &was.node, &is.node, true);
            }
        }
    }

    /// Without a tag, variants are the same that have the same name, or say the same; what is left
    /// over is compared in order where as many are left on both sides.
    fn untagged(&mut self, cx: Cx, old: &Union<'a>, new: &Union<'a>) {
        let mut before: Vec<&Variant<'a>> = old.variants.iter().collect();
        let mut after: Vec<&Variant<'a>> = new.variants.iter().collect();
        let mut both = Vec::new();
        let same_name = |a: &Variant<'a>, b: &Variant<'a>| a.label.is_some() && a.label == b.label;
        let same_value = |a: &Variant<'a>, b: &Variant<'a>| {
            a.node.len() == b.node.len()
                && a.node.iter().zip(&b.node).all(|(a, b)| a.value == b.value)
        };
        for same in [&same_name as &dyn Fn(&Variant<'a>, &Variant<'a>) -> bool, &same_value] {
            before.retain(|was| match after.iter().position(|is| same(was, is)) {
                Some(index) => {
                    both.push((*was, after.remove(index)));
                    false
                }
                None => true,
            });
        }
        if before.len() == after.len() {
            both.extend(before.drain(..).zip(after.drain(..)));
        }
        for (was, is) in both {
            self.place(cx, &was.node, &is.node, true);
        }
        let names = |variants: &[&Variant<'a>]| {
            let name = |variant: &&Variant<'a>| variant.label.unwrap_or("one written in place");
            variants
                .iter()
                .map(name)
                .collect::<BTreeSet<_>>()
                .into_iter()
                .collect::<Vec<_>>()
                .join(", ")
        };
        if !before.is_empty() {
            let found = Found::removed(&rules::UNTAGGED_REMOVED, &old.place);
            self.note(cx, found.from(names(&before)));
        }
        if !after.is_empty() {
            let found = Found::added(&rules::UNTAGGED_ADDED, &new.place);
            self.note(cx, found.to(names(&after)));
        }
    }
}

/// Variants by tag; without a mapping, the names of the components are the tags.
fn by_label<'u, 'a>(union: &'u Union<'a>) -> BTreeMap<&'a str, &'u Variant<'a>> {
    union.variants.iter().filter_map(|variant| Some((variant.label?, variant))).collect()
}
