//! For a person at a terminal: what matters in full, the rest in numbers.

use std::fmt::Write;

use super::words::{by_family, directions, few, files_shown, ours};
use crate::class::Class;
use crate::report::{Change, Report};
use crate::text::one_line;

/// Additive changes are only counted unless everything is asked for.
pub fn summary(report: &Report, everything: bool) -> String {
    let mut text = String::new();
    let _infallible = writeln!(
        text,
        "{} ({}, {} operations) → {} ({}, {} operations)",
        report.old.name,
        report.old.version,
        report.old.operations,
        report.new.name,
        report.new.version,
        report.new.operations
    );
    for class in Class::WORST_FIRST {
        let changes: Vec<&Change> = report.changes.iter().filter(|c| c.class == class).collect();
        if changes.is_empty() {
            continue;
        }
        let _infallible = writeln!(text, "\n{}: {}", class.title(), changes.len());
        for (family, changes) in by_family(&changes) {
            if class == Class::Additive && !everything {
                let _infallible = writeln!(text, "  {family}: {}", changes.len());
                continue;
            }
            let _infallible = writeln!(text, "  {family}");
            for one in changes {
                change(&mut text, one);
            }
        }
    }
    if !report.proposals.is_empty() {
        let _infallible = writeln!(text, "\nTo decide on: {}", report.proposals.len());
        for proposal in &report.proposals {
            let _infallible =
                writeln!(text, "  spec/{}: {}", proposal.file, one_line(&proposal.reason));
            for line in proposal.text.lines() {
                let _infallible = writeln!(text, "      {}", one_line(line));
            }
        }
    }
    last_lines(&mut text, report);
    text
}

fn last_lines(text: &mut String, report: &Report) {
    let counts: Vec<String> =
        report.counts().iter().rev().map(|(class, count)| format!("{count} {class}")).collect();
    let _infallible = writeln!(
        text,
        "\n{} changes: {}; version step: {} (from 1.0 on: {})",
        report.changes.len(),
        counts.join(", "),
        report.step().words(true),
        report.step().words(false)
    );
}

fn change(text: &mut String, change: &Change) {
    let values = change.values();
    let _infallible = write!(text, "    {} {}", change.rule, change.location);
    if !values.is_empty() {
        let _infallible = write!(text, ": {values}");
    }
    text.push('\n');
    let calls: Vec<String> = change.operations.iter().map(|o| o.id.clone()).collect();
    let mut more = Vec::new();
    if !calls.is_empty() && !change.location.holder.contains(&change.operations[0].call) {
        more.push(match directions(change).as_str() {
            "" => format!("in {}", few(&calls, 4)),
            ways => format!("in the {ways} of {}", few(&calls, 4)),
        });
    }
    if !change.items.is_empty() {
        let items: Vec<String> = change.items.iter().cloned().collect();
        more.push(format!("Rust: {}", few(&items, 4)));
    }
    let [files, rules] = ours(change);
    if !files.is_empty() {
        more.push(format!("ours: {}", few(&files, files_shown(change, 3))));
    }
    if !rules.is_empty() {
        more.push(format!("rules: {}", few(&rules, 2)));
    }
    for line in more {
        let _infallible = writeln!(text, "        {line}");
    }
}

/// Every rule with its judgment.
pub fn rules() -> String {
    let mut text = String::new();
    let mut subject = "";
    for (of, rule) in crate::rules::all() {
        if of != subject {
            let _infallible = writeln!(text, "{}{of}", if subject.is_empty() { "" } else { "\n" });
            subject = of;
        }
        let class = if rule.request == rule.answer {
            rule.request.class().to_string()
        } else {
            format!("{} in requests, {} in answers", rule.request.class(), rule.answer.class())
        };
        let _infallible = writeln!(text, "  {}: {} ({class})", rule.id, rule.says);
    }
    let all = crate::rules::all().count();
    let breaking = crate::rules::all()
        .flat_map(|(_, rule)| [rule.request.class(), rule.answer.class()])
        .filter(|class| *class != Class::Additive)
        .count();
    let _infallible = writeln!(
        text,
        "\n{all} kinds of change; {breaking} of the {} judgments by direction are more than additive",
        2 * all
    );
    text
}
