//! Our kinds of change beside the checks of oasdiff, which is what others go by.
//!
//! oasdiff cannot be had from a registry, so that its list is held here: `checks.toml`.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;

use synctera_drift::{Class, Direction, rules};

struct Check {
    ids: Vec<String>,
    ours: Vec<String>,
    because: Option<String>,
}

fn checks() -> Vec<Check> {
    let table: toml::Table = include_str!("checks.toml").parse().unwrap();
    let texts = |value: Option<&toml::Value>| -> Vec<String> {
        let all = value.and_then(toml::Value::as_array).into_iter().flatten();
        all.map(|text| text.as_str().unwrap().to_owned()).collect()
    };
    let check = |row: &toml::Value| Check {
        ids: texts(row.get("ids")),
        ours: texts(row.get("ours")),
        because: row.get("because").map(|text| text.as_str().unwrap().to_owned()),
    };
    table["checks"].as_array().unwrap().iter().map(check).collect()
}

#[test]
fn each_check_is_a_kind_of_ours_or_there_is_a_reason() {
    let mut seen = BTreeSet::new();
    for check in checks() {
        assert!(!check.ids.is_empty());
        for id in &check.ids {
            assert!(seen.insert(id.clone()), "{id} is listed twice");
        }
        assert!(!check.ours.is_empty() || check.because.is_some(), "{:?}", check.ids);
        for kind in &check.ours {
            assert!(rules::by_id(kind).is_some(), "there is no kind {kind}");
        }
    }
}

/// What is broken to oasdiff is at least another behavior here, the way that it travels.
#[test]
fn what_others_call_broken_is_never_merely_additive() {
    for check in checks().iter().filter(|check| !check.ours.is_empty()) {
        for id in &check.ids {
            let answer = id.contains("response");
            let direction = if answer { Direction::Answer } else { Direction::Request };
            let class = |kind: &String| rules::by_id(kind).unwrap().verdict(direction).class();
            let worst = check.ours.iter().map(class).max().unwrap();
            assert_eq!(worst == Class::Additive, check.because.is_some(), "{id}: {worst}");
        }
    }
}

/// Body, property and parameter are places to us, not kinds: counted that way, we know more.
#[test]
fn we_tell_more_kinds_apart() {
    let checks = checks();
    let theirs = checks.iter().filter(|check| !check.ours.is_empty()).count();
    let reported = |(_, rule): &(&str, &rules::Rule)| {
        [Direction::Request, Direction::Answer]
            .iter()
            .filter(|direction| rule.verdict(**direction).class() > Class::Additive)
            .count()
    };
    let ours: usize = rules::all().map(|rule| reported(&rule)).sum();
    let ids: usize = checks.iter().filter(|c| !c.ours.is_empty()).map(|c| c.ids.len()).sum();
    assert!(ours > theirs && ours > ids, "{ours} judgments, {theirs} kinds in {ids} checks");
}
