//! Listed values, defaults, and limits.

use serde_json::Value;

use super::schemas::listed;
use super::{Cx, Found, Walk, shown};
use crate::rules::{Rule, limits as rules, values};
use crate::shape::{Said, Shape};

/// What happens to a limit that is one number.
struct Limit {
    keyword: &'static str,
    added: &'static Rule,
    removed: &'static Rule,
    raised: &'static Rule,
    lowered: &'static Rule,
}

macro_rules! limit {
    ($keyword:literal, $added:ident, $removed:ident, $raised:ident, $lowered:ident) => {
        Limit {
            keyword: $keyword,
            added: &rules::$added,
            removed: &rules::$removed,
            raised: &rules::$raised,
            lowered: &rules::$lowered,
        }
    };
}

const LIMITS: [Limit; 9] = [
    limit!(
        "maxLength",
        MAX_LENGTH_ADDED,
        MAX_LENGTH_REMOVED,
        MAX_LENGTH_RAISED,
        MAX_LENGTH_LOWERED
    ),
    limit!(
        "minLength",
        MIN_LENGTH_ADDED,
        MIN_LENGTH_REMOVED,
        MIN_LENGTH_RAISED,
        MIN_LENGTH_LOWERED
    ),
    limit!("maximum", MAXIMUM_ADDED, MAXIMUM_REMOVED, MAXIMUM_RAISED, MAXIMUM_LOWERED),
    limit!("minimum", MINIMUM_ADDED, MINIMUM_REMOVED, MINIMUM_RAISED, MINIMUM_LOWERED),
    limit!("maxItems", MAX_ITEMS_ADDED, MAX_ITEMS_REMOVED, MAX_ITEMS_RAISED, MAX_ITEMS_LOWERED),
    limit!("minItems", MIN_ITEMS_ADDED, MIN_ITEMS_REMOVED, MIN_ITEMS_RAISED, MIN_ITEMS_LOWERED),
    limit!(
        "maxProperties",
        MAX_PROPERTIES_ADDED,
        MAX_PROPERTIES_REMOVED,
        MAX_PROPERTIES_RAISED,
        MAX_PROPERTIES_LOWERED
    ),
    limit!(
        "minProperties",
        MIN_PROPERTIES_ADDED,
        MIN_PROPERTIES_REMOVED,
        MIN_PROPERTIES_RAISED,
        MIN_PROPERTIES_LOWERED
    ),
    limit!(
        "multipleOf",
        MULTIPLE_OF_ADDED,
        MULTIPLE_OF_REMOVED,
        MULTIPLE_OF_CHANGED,
        MULTIPLE_OF_CHANGED
    ),
];

/// Limits that are there or not.
const SWITCHES: [(&str, &Rule, &Rule); 3] = [
    ("exclusiveMaximum", &rules::EXCLUSIVE_MAXIMUM_ADDED, &rules::EXCLUSIVE_MAXIMUM_REMOVED),
    ("exclusiveMinimum", &rules::EXCLUSIVE_MINIMUM_ADDED, &rules::EXCLUSIVE_MINIMUM_REMOVED),
    ("uniqueItems", &rules::UNIQUE_ITEMS_ADDED, &rules::UNIQUE_ITEMS_REMOVED),
];

impl<'a> Walk<'a> {
    pub(super) fn values(&mut self, cx: Cx, old: &Shape<'a>, new: &Shape<'a>) {
        match (&old.values, &new.values) {
            (Some(before), Some(after)) => {
                let only = |ours: &[&'a Value], theirs: &[&'a Value]| -> Vec<&'a Value> {
                    ours.iter().filter(|value| !theirs.contains(value)).copied().collect()
                };
                let gone = only(&before.what, &after.what);
                let come = only(&after.what, &before.what);
                // Only texts become variants.
                let texts = gone.iter().all(|value| value.is_string());
                if !gone.is_empty() {
                    let mut found = Found::removed(&values::ENUM_VALUE_REMOVED, &before.place)
                        .from(listed(&gone));
                    if !texts {
                        found = found.rust(false);
                    }
                    self.note(cx, found);
                }
                if !come.is_empty() {
                    let found = Found::added(&values::ENUM_VALUE_ADDED, &after.place);
                    self.note(cx, found.to(listed(&come)));
                }
            }
            (None, Some(after)) => {
                let found =
                    Found::added(&values::BECAME_ENUM, &after.place).to(listed(&after.what));
                self.note(cx, if is_text(new) { found } else { found.rust(false) });
            }
            (Some(before), None) => {
                let found = Found::removed(&values::NO_LONGER_ENUM, &before.place);
                let found = found.from(listed(&before.what));
                self.note(cx, if is_text(old) { found } else { found.rust(false) });
            }
            (None, None) => {}
        }
        self.defaults(cx, old, new);
    }

    fn defaults(&mut self, cx: Cx, old: &Shape<'a>, new: &Shape<'a>) {
        // What is absent is nothing: `null` says no more.
        let telling = |shape: &Shape<'a>| shape.default.clone().filter(|said| !said.what.is_null());
        match (&telling(old), &telling(new)) {
            (None, Some(after)) => {
                let found = Found::added(&values::DEFAULT_ADDED, &after.place);
                self.note(cx, found.to(shown(after.what)));
            }
            (Some(before), None) => {
                let found = Found::removed(&values::DEFAULT_REMOVED, &before.place);
                self.note(cx, found.from(shown(before.what)));
            }
            (Some(before), Some(after)) if before.what != after.what => {
                let found = Found::added(&values::DEFAULT_CHANGED, &after.place);
                self.note(cx, found.from(shown(before.what)).to(shown(after.what)));
            }
            _ => {}
        }
    }

    pub(super) fn limits(&mut self, cx: Cx, old: &Shape<'a>, new: &Shape<'a>) {
        for limit in &LIMITS {
            self.limit(cx, limit, old.numbers.get(limit.keyword), new.numbers.get(limit.keyword));
        }
        for (flag, set, unset) in SWITCHES {
            match (old.flags.get(flag), new.flags.get(flag)) {
                (None, Some(place)) => self.note(cx, Found::added(set, place)),
                (Some(place), None) => self.note(cx, Found::removed(unset, place)),
                _ => {}
            }
        }
        match (&old.pattern, &new.pattern) {
            (None, Some(after)) => {
                self.note(cx, Found::added(&rules::PATTERN_ADDED, &after.place).to(after.what));
            }
            (Some(before), None) => {
                let found = Found::removed(&rules::PATTERN_REMOVED, &before.place);
                self.note(cx, found.from(before.what));
            }
            (Some(before), Some(after)) if before.what != after.what => {
                let found = Found::added(&rules::PATTERN_CHANGED, &after.place);
                self.note(cx, found.from(before.what).to(after.what));
            }
            _ => {}
        }
    }

    fn limit(
        &mut self,
        cx: Cx,
        limit: &Limit,
        old: Option<&Said<'a, &'a Value>>,
        new: Option<&Said<'a, &'a Value>>,
    ) {
        match (old, new) {
            (None, Some(after)) => {
                self.note(cx, Found::added(limit.added, &after.place).to(shown(after.what)));
            }
            (Some(before), None) => {
                self.note(
                    cx,
                    Found::removed(limit.removed, &before.place).from(shown(before.what)),
                );
            }
            (Some(before), Some(after)) => {
                let rule = match order(before.what, after.what) {
                    std::cmp::Ordering::Less => limit.raised,
                    std::cmp::Ordering::Greater => limit.lowered,
                    std::cmp::Ordering::Equal => return,
                };
                let found = Found::added(rule, &after.place);
                self.note(cx, found.from(shown(before.what)).to(shown(after.what)));
            }
            (None, None) => {}
        }
    }
}

/// Numbers by value, whole ones exactly.
fn order(a: &Value, b: &Value) -> std::cmp::Ordering {
    match (a.as_i64(), b.as_i64()) {
        (Some(a), Some(b)) => a.cmp(&b),
        _ => a.as_f64().partial_cmp(&b.as_f64()).unwrap_or(std::cmp::Ordering::Equal),
    }
}

fn is_text(shape: &Shape<'_>) -> bool {
    shape.type_name() == Some("string")
}
