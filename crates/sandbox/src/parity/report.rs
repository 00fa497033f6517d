//! What a comparison found, as text for people and as JSON for programs.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::Value;

use super::candidates::option;
use super::compare::Difference;
use super::conversation::title;
use super::search::Naming;
use super::trial::Trial;

/// A report. It has no values that the pinned facts hide.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    /// Calls that were made on the other side.
    calls: usize,
    differences: Vec<Row>,
    /// Calls that neither side was sent, since an answer had not what they refer to.
    not_made: Vec<NotMade>,
    /// The settings that remove differences.
    settings: Vec<SettingRow>,
    accepted: Vec<Row>,
    /// Acceptances that match no difference.
    unused_acceptances: Vec<Unused>,
    /// How often the scripts were run on our side.
    runs: usize,
    /// Whether there was time to try all settings.
    is_complete: bool,
}

#[derive(Debug, Serialize)]
struct Row {
    script: String,
    /// The call in its script, from 1.
    number: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    operation: &'static str,
    place: String,
    theirs: String,
    ours: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    setting: Option<SettingRow>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    depends_on: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip)]
    title: String,
}

#[derive(Debug, Serialize)]
struct NotMade {
    script: String,
    number: usize,
    operation: &'static str,
    reason: String,
}

#[derive(Clone, Debug, Serialize)]
struct SettingRow {
    name: &'static str,
    value: Value,
}

#[derive(Debug, Serialize)]
struct Unused {
    at: String,
    operation: &'static str,
    place: String,
    reason: String,
}

impl Report {
    pub(super) fn new(
        trial: &Trial,
        accepted: &[Difference],
        unsent: &[(usize, usize, String)],
        naming: Naming,
    ) -> Self {
        let settings: Vec<SettingRow> = naming
            .adopted
            .iter()
            .map(|it| SettingRow { name: it.name, value: it.value.clone() })
            .collect();
        let mut rows: Vec<(&Difference, Row)> = Vec::new();
        for (difference, place) in &naming.removed {
            let setting = settings.get(*place).cloned();
            rows.push((difference, Row { setting, ..row(trial, difference) }));
        }
        for (difference, names) in &naming.left {
            rows.push((difference, Row { depends_on: names.clone(), ..row(trial, difference) }));
        }
        rows.sort_by_key(|(it, _)| (it.script, it.call));
        let reason =
            |it: &Difference| Some(trial.accepted.get(trial.acceptance(it)?)?.reason.clone());
        let is_used = |it: usize| accepted.iter().any(|other| trial.acceptance(other) == Some(it));
        let unused = trial.accepted.iter().enumerate().filter(|(it, _)| !is_used(*it));
        Self {
            calls: trial.theirs.iter().map(Vec::len).sum(),
            differences: rows.into_iter().map(|(_, row)| row).collect(),
            not_made: unsent
                .iter()
                .map(|(script, call, reason)| {
                    let script = trial.scripts.get(*script);
                    NotMade {
                        script: script.map(|it| it.file.clone()).unwrap_or_default(),
                        number: call + 1,
                        operation: script
                            .and_then(|it| it.calls.get(*call))
                            .map_or("", |it| it.target.operation.id),
                        reason: reason.clone(),
                    }
                })
                .collect(),
            settings,
            accepted: accepted
                .iter()
                .map(|it| Row { reason: reason(it), ..row(trial, it) })
                .collect(),
            unused_acceptances: unused
                .map(|(_, it)| Unused {
                    at: it.at.clone(),
                    operation: it.target.operation.id,
                    place: it.place.to_string(),
                    reason: it.reason.clone(),
                })
                .collect(),
            runs: trial.runs.get(),
            is_complete: naming.is_complete,
        }
    }

    /// Whether all calls were made, and nothing differs that is not accepted.
    pub(crate) fn is_equal(&self) -> bool {
        self.differences.is_empty() && self.not_made.is_empty()
    }

    pub(crate) fn json(&self) -> Result<String, String> {
        serde_json::to_string_pretty(self).map(|it| it + "\n").map_err(|why| why.to_string())
    }

    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        let mut before = None;
        for row in &self.differences {
            let call = (&row.script, row.number);
            if before != Some(call) {
                line(&mut text, format_args!("{}, call {}: {}", row.script, row.number, row.title));
                before = Some(call);
            }
            line(
                &mut text,
                format_args!("  {}: theirs {}, ours {}", row.place, row.theirs, row.ours),
            );
            if let Some(setting) = &row.setting {
                let setting = option(setting.name, &setting.value);
                line(&mut text, format_args!("    setting {setting} removes it"));
            } else if !row.depends_on.is_empty() {
                line(&mut text, format_args!("    depends on {}", row.depends_on.join(", ")));
            }
        }
        for it in &self.not_made {
            let (script, number, operation, reason) =
                (&it.script, it.number, it.operation, &it.reason);
            line(
                &mut text,
                format_args!(
                    "{script}, call {number}: {operation} was made on neither side, since {reason}"
                ),
            );
        }
        for row in &self.accepted {
            let reason = row.reason.as_deref().unwrap_or_default();
            line(&mut text, format_args!("accepted: {}, {}: {reason}", row.operation, row.place));
        }
        for it in &self.unused_acceptances {
            let (at, operation, place) = (&it.at, it.operation, &it.place);
            line(&mut text, format_args!("{at}: nothing differs in {operation}, {place} any more"));
        }
        if !self.settings.is_empty() {
            let options = self.settings.iter();
            let options = options.map(|it| format!("--setting {}", option(it.name, &it.value)));
            let options = options.collect::<Vec<_>>().join(" ");
            line(&mut text, format_args!("to answer so, too: {options}"));
        }
        if !self.is_complete {
            line(&mut text, format_args!("not all settings were tried: --within allows more time"));
        }
        let (calls, count) = (self.calls, self.differences.len());
        let mut summary = format!("{}, {}", counted(calls, "call"), counted(count, "difference"));
        if !self.accepted.is_empty() {
            let _infallible = write!(summary, ", {} accepted", self.accepted.len());
        }
        line(&mut text, format_args!("{summary}"));
        text
    }
}

/// `1 call`, `2 calls`.
fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn line(text: &mut String, what: std::fmt::Arguments<'_>) {
    let _infallible = writeln!(text, "{what}");
}

fn row(trial: &Trial, difference: &Difference) -> Row {
    let script = trial.scripts.get(difference.script);
    let call = script.and_then(|it| it.calls.get(difference.call));
    Row {
        script: script.map(|it| it.file.clone()).unwrap_or_default(),
        number: difference.call + 1,
        name: call.and_then(|it| it.name.clone()),
        operation: call.map_or("", |it| it.target.operation.id),
        place: difference.place.to_string(),
        theirs: difference.theirs.clone(),
        ours: difference.ours.clone(),
        setting: None,
        depends_on: Vec::new(),
        reason: None,
        title: call.map(title).unwrap_or_default(),
    }
}
