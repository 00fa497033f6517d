//! One page without anything outside it, grouped by family, with a search.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::words::{directions, ours};
use crate::class::Class;
use crate::report::{Change, Report};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The report as a page.
pub fn html(report: &Report) -> String {
    let mut text = String::new();
    let title = format!("{} → {}", report.old.version, report.new.version);
    let _infallible = write!(
        text,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Drift {title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <header>\n<h1>{title}</h1>\n<p>{} ({} operations) → {} ({} operations). \
         Version step: <strong>{}</strong>, from 1.0 on {}.</p>\n",
        escaped(&report.old.name),
        report.old.operations,
        escaped(&report.new.name),
        report.new.operations,
        report.step().words(true),
        report.step().words(false),
        title = escaped(&title),
    );
    text.push_str(
        "<form role=\"search\" onsubmit=\"return false\">\n<input id=\"search\" type=\"search\" \
         placeholder=\"Search operations, fields, rules, files\" aria-label=\"Search\" autofocus>\n",
    );
    for (class, count) in report.counts().iter().rev() {
        let checked = if *class == Class::Additive { "" } else { " checked" };
        let _infallible = writeln!(
            text,
            "<label class=\"{class}\"><input type=\"checkbox\" value=\"{class}\"{checked}> {} <b>{count}</b></label>",
            class.title()
        );
    }
    text.push_str("<output id=\"shown\"></output>\n</form>\n</header>\n<main>\n");
    let mut families: BTreeMap<&str, Vec<&Change>> = BTreeMap::new();
    for change in &report.changes {
        families.entry(change.family()).or_default().push(change);
    }
    for (family, changes) in families {
        let _infallible = write!(text, "<section>\n<h2>{} <small></small></h2>\n", escaped(family));
        changes.into_iter().for_each(|one| change(&mut text, one));
        text.push_str("</section>\n");
    }
    if !report.proposals.is_empty() {
        text.push_str("<section class=\"kept\">\n<h2>To decide on</h2>\n");
        for proposal in &report.proposals {
            let _infallible = write!(
                text,
                "<p><code>spec/{}</code>: {}</p>\n<pre>{}</pre>\n",
                escaped(&proposal.file),
                escaped(&proposal.reason),
                escaped(&proposal.text)
            );
        }
        text.push_str("</section>\n");
    }
    let _infallible = write!(text, "</main>\n<script>\n{SCRIPT}</script>\n</body>\n</html>\n");
    text
}

fn change(text: &mut String, change: &Change) {
    let _infallible = write!(
        text,
        "<article class=\"{class}\" data-class=\"{class}\">\n<h3><span>{class}</span> {}</h3>\n<p class=\"says\">{}",
        escaped(&change.location.to_string()),
        escaped(change.says),
        class = change.class,
    );
    let directions = directions(change);
    if !change.operations.is_empty() && !directions.is_empty() {
        let _infallible = write!(text, " ({directions})");
    }
    let _infallible = write!(text, " <code>{}</code></p>\n<dl>\n", change.rule);
    row(text, "was", change.old.as_deref());
    row(text, "is", change.new.as_deref());
    let list = |items: Vec<String>| (!items.is_empty()).then(|| items.join(", "));
    row(text, "Rust", list(change.items.iter().cloned().collect()).as_deref());
    let [files, rules] = ours(change);
    row(text, "ours", list(files).as_deref());
    row(text, "rules", list(rules).as_deref());
    if !change.operations.is_empty() {
        let calls: Vec<String> =
            change.operations.iter().map(|o| format!("{} ({})", o.id, o.call)).collect();
        const OPEN_MAX: usize = 3;
        if calls.len() > OPEN_MAX {
            let _infallible = writeln!(
                text,
                "<dt>calls</dt><dd><details><summary>{}</summary>{}</details></dd>",
                calls.len(),
                escaped(&calls.join(", "))
            );
        } else {
            row(text, "calls", list(calls).as_deref());
        }
    }
    text.push_str("</dl>\n</article>\n");
}

fn row(text: &mut String, name: &str, value: Option<&str>) {
    if let Some(value) = value {
        let _infallible = writeln!(text, "<dt>{name}</dt><dd>{}</dd>", escaped(value));
    }
}

/// What a document says is text here, whatever it says.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn markup_in_a_document_is_text() {
        assert_eq!(escaped("<a href='\"&'>"), "&lt;a href=&#39;&quot;&amp;&#39;&gt;");
    }
}
