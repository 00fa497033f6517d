//! For the text of a pull request.

use std::fmt::Write;

use super::words::{by_family, directions, few, files_shown};
use crate::class::Class;
use crate::report::{Change, Report};
use crate::text::one_line;

/// The report as Markdown; additive changes are folded away.
pub fn markdown(report: &Report) -> String {
    let mut text = String::new();
    let (old, new) = (&report.old, &report.new);
    let _infallible = writeln!(text, "# {} → {}\n", inline(&old.version), inline(&new.version));
    let _infallible = writeln!(
        text,
        "{} with {} operations, {} with {}. Suggested version step: **{}** (from 1.0 on: {}).\n",
        code(&old.name),
        old.operations,
        code(&new.name),
        new.operations,
        report.step().words(true),
        report.step().words(false)
    );
    let counts = report.counts();
    text.push_str("| class | changes |\n|---|---|\n");
    for class in Class::WORST_FIRST {
        let _infallible = writeln!(text, "| {} | {} |", class.title(), counts[&class]);
    }
    for class in Class::WORST_FIRST {
        let changes: Vec<&Change> = report.changes.iter().filter(|c| c.class == class).collect();
        if changes.is_empty() {
            continue;
        }
        let folded = class == Class::Additive;
        let _infallible = writeln!(text, "\n## {}\n", class.title());
        if folded {
            let _infallible =
                writeln!(text, "<details><summary>{} changes</summary>\n", changes.len());
        }
        for (family, changes) in by_family(&changes) {
            let _infallible = writeln!(text, "### {}\n", inline(family));
            for one in changes {
                change(&mut text, one);
            }
            text.push('\n');
        }
        if folded {
            text.push_str("</details>\n");
        }
    }
    if !report.proposals.is_empty() {
        text.push_str("\n## To decide on\n");
        for proposal in &report.proposals {
            // A name in it is the document's.
            let lines: Vec<String> = proposal.text.lines().map(one_line).collect();
            let lines = lines.join("\n");
            let fence = "`".repeat(longest_run(&lines).max(2) + 1);
            let _infallible = writeln!(
                text,
                "\n`spec/{}`: {}\n\n{fence}\n{}\n{fence}",
                proposal.file,
                inline(&one_line(&proposal.reason)),
                lines
            );
        }
    }
    text
}

fn change(text: &mut String, change: &Change) {
    let _infallible = write!(text, "- `{}` {}", change.rule, code(&change.location.to_string()));
    let values = change.values();
    if !values.is_empty() {
        let _infallible = write!(text, ": {}", code(&values));
    }
    let _infallible = write!(text, " — {}", change.says);
    let calls: Vec<String> = change.operations.iter().map(|o| code(&o.id)).collect();
    if !calls.is_empty() {
        let ways = match directions(change).as_str() {
            "" => "in".to_owned(),
            ways => format!("{ways} of"),
        };
        let _infallible = write!(text, "; {ways} {}", few(&calls, 5));
    }
    let items: Vec<String> = change.items.iter().map(|item| code(item)).collect();
    if !items.is_empty() {
        let _infallible = write!(text, "; Rust: {}", few(&items, 5));
    }
    let (rules, files): (Vec<_>, Vec<_>) =
        change.touches.iter().partition(|touch| touch.rule.is_some());
    let files: Vec<String> = files.iter().map(|touch| code(&touch.file)).collect();
    if !files.is_empty() {
        let _infallible = write!(text, "; ours: {}", few(&files, files_shown(change, 5)));
    }
    let rules: Vec<String> = rules.iter().filter_map(|touch| touch.rule.clone()).collect();
    if !rules.is_empty() {
        let _infallible = write!(text, "; rules: “{}”", few(&rules, 3));
    }
    text.push('\n');
}

/// Text from a document among ours: as code, when it holds what Markdown acts on.
pub fn inline(text: &str) -> String {
    const ACTS: [char; 11] = ['`', '<', '[', '!', '@', '#', '|', '\\', '*', '\n', '\r'];
    if text.contains(ACTS) || text.contains("://") { code(text) } else { text.to_owned() }
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// Text from a document, which may hold anything, as code of one line.
fn code(text: &str) -> String {
    let line = text.replace(['\n', '\r'], " ");
    // A fence must be longer than what it holds.
    let longest = longest_run(&line);
    let fence = "`".repeat(longest + 1);
    let space = if longest > 0 { " " } else { "" };
    format!("{fence}{space}{line}{space}{fence}")
}

#[cfg(test)]
mod tests {
    use super::{code, inline};

    #[test]
    fn what_markdown_acts_on_is_code() {
        assert_eq!(inline("v2.1 (beta)"), "v2.1 (beta)");
        assert_eq!(inline("![x](https://x)"), "`![x](https://x)`");
        assert_eq!(inline("@everyone"), "`@everyone`");
        assert_eq!(inline("a\n# b"), "`a # b`");
    }

    #[test]
    fn code_cannot_be_left() {
        assert_eq!(code("a"), "`a`");
        assert_eq!(code("a ``b`\nc"), "``` a ``b` c ```");
    }
}
