//! Bodies, answers, their media types and headers.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use synctera_codegen::Document;

use super::operation::{Operation, below};
use super::{Cx, Found, Walk, zip};
use crate::class::Direction;
use crate::place::Place;
use crate::rules::Rule;
use crate::rules::payloads as rules;
use crate::shape::At;

/// Media types by name, and what comes in each.
type Content<'a> = BTreeMap<&'a str, &'a Value>;

/// The rules for media types, which differ by direction.
struct MediaRules {
    removed: &'static Rule,
    added: &'static Rule,
    changed: &'static Rule,
}

const SENT: MediaRules = MediaRules {
    removed: &rules::REQUEST_MEDIA_REMOVED,
    added: &rules::REQUEST_MEDIA_ADDED,
    changed: &rules::REQUEST_MEDIA_CHANGED,
};
const READ: MediaRules = MediaRules {
    removed: &rules::ANSWER_MEDIA_REMOVED,
    added: &rules::ANSWER_MEDIA_ADDED,
    changed: &rules::ANSWER_MEDIA_CHANGED,
};

impl<'a> Walk<'a> {
    pub(super) fn request_body(&mut self, cx: Cx, old: &Operation<'a>, new: &Operation<'a>) {
        let body = |operation: &Operation<'a>| operation.value.get("requestBody");
        let place = |operation: &Operation<'a>| operation.place("request body", "/requestBody");
        match (body(old), body(new)) {
            (Some(_), None) => {
                self.note(cx, Found::removed(&rules::BODY_REMOVED, &place(old)));
            }
            (None, Some(after)) => {
                let required = self.new.deref(after)["required"] == true;
                let rule = if required {
                    &rules::REQUIRED_BODY_ADDED
                } else {
                    &rules::OPTIONAL_BODY_ADDED
                };
                self.note(cx, Found::added(rule, &place(new)));
            }
            (Some(before), Some(after)) => {
                let (old_place, new_place) =
                    (holder(before, place(old)), holder(after, place(new)));
                let (before, after) = (self.old.deref(before), self.new.deref(after));
                match (before["required"] == true, after["required"] == true) {
                    (false, true) => {
                        self.note(cx, Found::added(&rules::BODY_BECAME_REQUIRED, &new_place));
                    }
                    (true, false) => {
                        self.note(cx, Found::added(&rules::BODY_BECAME_OPTIONAL, &new_place));
                    }
                    _ => {}
                }
                self.content(cx, (before, &old_place), (after, &new_place), &SENT);
            }
            (None, None) => {}
        }
    }

    pub(super) fn answers(&mut self, cx: Cx, old: &Operation<'a>, new: &Operation<'a>) {
        let answers = |operation: &Operation<'a>| -> BTreeMap<&'a str, &'a Value> {
            let all = operation.value["responses"].as_object().into_iter().flatten();
            all.map(|(status, answer)| (status.as_str(), answer)).collect()
        };
        let (mut before, mut after) = (answers(old), answers(new));
        // What the method returns is the body of any success that has one.
        let returned = |document: &Document, all: &BTreeMap<&str, &Value>| {
            let mut successes = all.iter().filter(|(status, _)| is_success(status));
            successes.any(|(_, answer)| !content(document.deref(answer)).is_empty())
        };
        let (did_return, returns) = (returned(self.old, &before), returned(self.new, &after));
        // A callback's answers are ours to send.
        let read =
            if cx.direction == Direction::Request { Direction::Answer } else { Direction::Request };
        self.moved_success(cx.toward(read), &mut before, &mut after, old, new);
        for (status, before, after) in zip(&before, &after) {
            let cx = cx.toward(if is_success(status) || read == Direction::Request {
                read
            } else {
                Direction::Failure
            });
            let place = |operation: &Operation<'a>| {
                operation.place(&format!("answer {status}"), &below(&["responses", status]))
            };
            match (before, after) {
                (Some(before), Some(after)) => self.answer(
                    cx,
                    (before, holder(before, place(old))),
                    (after, holder(after, place(new))),
                ),
                (Some(_), None) if is_success(status) => {
                    let rule = if did_return && !returns {
                        &rules::ANSWER_BODY_REMOVED
                    } else {
                        &rules::SUCCESS_STATUS_REMOVED
                    };
                    self.note(cx, Found::removed(rule, &place(old)));
                }
                (None, Some(_)) if is_success(status) => {
                    let rule = if returns && !did_return {
                        &rules::ANSWER_BODY_ADDED
                    } else {
                        &rules::SUCCESS_STATUS_ADDED
                    };
                    self.note(cx, Found::added(rule, &place(new)));
                }
                (Some(_), None) => {
                    self.note(cx, Found::removed(&rules::ERROR_STATUS_REMOVED, &place(old)));
                }
                (None, Some(_)) => {
                    self.note(cx, Found::added(&rules::ERROR_STATUS_ADDED, &place(new)));
                }
                (None, None) => {}
            }
        }
    }

    /// One success in place of one other is the same answer with another status.
    fn moved_success(
        &mut self,
        cx: Cx,
        before: &mut BTreeMap<&'a str, &'a Value>,
        after: &mut BTreeMap<&'a str, &'a Value>,
        old: &Operation<'a>,
        new: &Operation<'a>,
    ) {
        let successes = |all: &BTreeMap<&'a str, &'a Value>,
                         other: &BTreeMap<&'a str, &'a Value>| {
            let only =
                all.keys().filter(|status| is_success(status) && !other.contains_key(*status));
            only.copied().collect::<Vec<_>>()
        };
        let (gone, come) = (successes(before, after), successes(after, before));
        let place = |operation: &Operation<'a>, status: &str| {
            operation.place(&format!("answer {status}"), &below(&["responses", status]))
        };
        if let ([from], [to]) = (gone.as_slice(), come.as_slice()) {
            let found =
                Found::added(&rules::SUCCESS_STATUS_CHANGED, &new.place("answers", "/responses"));
            self.note(cx, found.from(*from).to(*to));
            if let (Some(was), Some(is)) = (before.remove(from), after.remove(to)) {
                let (old_place, new_place) = (place(old, from), place(new, to));
                self.answer(cx, (was, holder(was, old_place)), (is, holder(is, new_place)));
            }
        } else if !gone.is_empty() && !after.keys().any(|status| is_success(status)) {
            let found = Found::removed(&rules::SUCCESS_LOST, &old.place("answers", "/responses"));
            self.note(cx, found.from(gone.join(", ")));
            before.retain(|status, _| !is_success(status));
        }
    }

    fn answer(
        &mut self,
        cx: Cx,
        (before, old_place): (&'a Value, Place<'a>),
        (after, new_place): (&'a Value, Place<'a>),
    ) {
        if self.clean.same(before, after) {
            return;
        }
        let (before, after) = (self.old.deref(before), self.new.deref(after));
        self.headers(cx, (before, &old_place), (after, &new_place));
        match (content(before).is_empty(), content(after).is_empty()) {
            (false, true) => {
                self.note(cx, Found::removed(&rules::ANSWER_BODY_REMOVED, &old_place));
            }
            (true, false) => self.note(cx, Found::added(&rules::ANSWER_BODY_ADDED, &new_place)),
            _ => self.content(cx, (before, &old_place), (after, &new_place), &READ),
        }
    }

    fn content(
        &mut self,
        cx: Cx,
        (before, old_place): (&'a Value, &Place<'a>),
        (after, new_place): (&'a Value, &Place<'a>),
        rules: &MediaRules,
    ) {
        let (mut before, mut after) = (content(before), content(after));
        let only = |all: &Content<'a>, other: &Content<'a>| -> BTreeSet<&'a str> {
            all.keys().filter(|media| !other.contains_key(*media)).copied().collect()
        };
        let (gone, come) = (only(&before, &after), only(&after, &before));
        if let (1, 1, Some(from), Some(to)) = (gone.len(), come.len(), gone.first(), come.first()) {
            let both_json = is_json(from) && is_json(to);
            let found = Found::added(rules.changed, new_place).from(*from).to(*to);
            self.note(cx, if both_json { found.rust(false) } else { found });
            if let (true, Some(was), Some(is)) = (both_json, before.remove(from), after.remove(to))
            {
                self.media((cx, was, old_place, from), (is, new_place, to));
            }
        } else {
            for media in gone {
                self.note(cx, Found::removed(rules.removed, old_place).from(media));
            }
            for media in come {
                self.note(cx, Found::added(rules.added, new_place).to(media));
            }
        }
        for (media, before, after) in zip(&before, &after) {
            if let (Some(before), Some(after)) = (before, after) {
                self.media((cx, before, old_place, media), (after, new_place, media));
            }
        }
    }

    fn media(
        &mut self,
        (cx, before, old_place, old_media): (Cx, &'a Value, &Place<'a>, &str),
        (after, new_place, new_media): (&'a Value, &Place<'a>, &str),
    ) {
        let at = |value: &'a Value, place: &Place<'a>, media: &str| {
            let place = place.below(below(&["content", media, "schema"]));
            value.get("schema").map(|value| vec![At { value, place }])
        };
        if before.get("encoding") != after.get("encoding") {
            self.note(cx, Found::added(&rules::ENCODING_CHANGED, new_place));
        }
        match (at(before, old_place, old_media), at(after, new_place, new_media)) {
            (Some(_), None) => self.note(cx, Found::added(&rules::SCHEMA_REMOVED, new_place)),
            (None, Some(_)) => self.note(cx, Found::added(&rules::SCHEMA_ADDED, new_place)),
            (Some(before), Some(after)) => self.place(cx, &before, &after, true),
            (None, None) => {}
        }
    }

    fn headers(
        &mut self,
        cx: Cx,
        (before, old_place): (&'a Value, &Place<'a>),
        (after, new_place): (&'a Value, &Place<'a>),
    ) {
        let headers = |answer: &'a Value| -> BTreeMap<String, (&'a str, &'a Value)> {
            let all = answer["headers"].as_object().into_iter().flatten();
            all.map(|(name, header)| (name.to_lowercase(), (name.as_str(), header))).collect()
        };
        let (before, after) = (headers(before), headers(after));
        let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        for name in names {
            match (before.get(name), after.get(name)) {
                (Some((shown, header)), None) => {
                    let rule = if self.old.deref(header)["required"] == true {
                        &rules::REQUIRED_HEADER_REMOVED
                    } else {
                        &rules::HEADER_REMOVED
                    };
                    self.note(cx, Found::removed(rule, old_place).from(*shown));
                }
                (None, Some((shown, _))) => {
                    self.note(cx, Found::added(&rules::HEADER_ADDED, new_place).to(*shown));
                }
                (Some((_, was)), Some((shown, is))) => {
                    let below = |shown: &str| below(&["headers", shown]);
                    let place = new_place.below(below(shown));
                    let (was, is) = (self.old.deref(was), self.new.deref(is));
                    self.header(cx, was, is, &place);
                }
                (None, None) => {}
            }
        }
    }

    /// Headers are there for those who look; no type of ours holds them.
    fn header(&mut self, cx: Cx, old: &'a Value, new: &'a Value, place: &Place<'a>) {
        let cx = cx.toward(match cx.direction {
            Direction::Answer => Direction::Failure,
            direction => direction,
        });
        for (key, set, unset) in [
            ("required", &rules::HEADER_BECAME_REQUIRED, &rules::HEADER_BECAME_OPTIONAL),
            ("deprecated", &rules::HEADER_DEPRECATED, &rules::HEADER_UNDEPRECATED),
        ] {
            match (old[key] == true, new[key] == true) {
                (false, true) => self.note(cx, Found::added(set, place)),
                (true, false) => self.note(cx, Found::added(unset, place)),
                _ => {}
            }
        }
        if let (Some(old), Some(new)) = (old.get("schema"), new.get("schema")) {
            let at = |value| vec![At { value, place: place.below("/schema") }];
            self.place(cx, &at(old), &at(new), true);
        }
    }
}

/// A body or answer that is a component is reported there.
fn holder<'a>(value: &'a Value, place: Place<'a>) -> Place<'a> {
    let reference = value["$ref"].as_str().and_then(|r| r.strip_prefix("#/components/"));
    match reference.and_then(|reference| reference.split_once('/')) {
        Some((section, name)) => Place::component(section, name),
        None => place,
    }
}

/// Media types without their parameters: `application/json; charset=utf-8` is JSON.
fn content(holder: &Value) -> Content<'_> {
    let all = holder.get("content").and_then(Value::as_object).into_iter().flatten();
    all.map(|(media, content)| (media.split(';').next().unwrap_or(media).trim(), content)).collect()
}

fn is_json(media: &str) -> bool {
    media == "application/json" || media.ends_with("+json")
}

fn is_success(status: &str) -> bool {
    status.starts_with('2')
}
