//! The steering tables of the sandbox's README, played: what is set, to what, and what comes of it.

mod cards;
mod collected;
mod money;
mod others;
mod parties;

use std::collections::BTreeSet;

use chrono::{DateTime, Duration, FixedOffset, NaiveTime, Utc};
use serde_json::Value;
use synctera_sandbox::{Sandbox, Settings};

use super::{Answer, Caller};

const README: &str = include_str!("../../../../crates/sandbox/README.md");

/// A row: in a section, what is set to one of some values, and what can be read then.
#[derive(Clone, Debug)]
struct Row {
    section: &'static str,
    set: &'static str,
    to: Vec<&'static str>,
    /// Empty, when it is the value itself.
    steps: Vec<Step>,
}

/// What can be read, from a moment on.
#[derive(Clone, Debug)]
struct Step {
    seen: &'static str,
    from: Option<From>,
}

#[derive(Clone, Copy, Debug)]
enum From {
    After(Duration),
    Eastern { time: NaiveTime, days: Days },
    NextAchFile,
}

#[derive(Clone, Copy, Debug)]
enum Days {
    Banking(u32),
    All(u64),
}

impl From {
    fn moment(self, sandbox: &Sandbox) -> DateTime<Utc> {
        let calendar = sandbox.banking_days();
        match self {
            Self::After(time) => sandbox.now() + time,
            Self::Eastern { time, days } => {
                let day = match days {
                    Days::Banking(count) => calendar.add(calendar.today(), count).unwrap(),
                    Days::All(count) => calendar.today() + chrono::Days::new(count),
                };
                // The tests begin in winter.
                let eastern = FixedOffset::west_opt(5 * 3600).unwrap();
                day.and_time(time).and_local_timezone(eastern).unwrap().to_utc()
            }
            Self::NextAchFile => calendar.next_ach_file().unwrap(),
        }
    }
}

/// What a row was seen to do: at once, and where to look later.
struct Seen {
    first: String,
    /// The path, and the member of its answer.
    later: Option<(String, &'static str)>,
}

impl Seen {
    fn now(first: impl Into<String>) -> Self {
        Self { first: first.into(), later: None }
    }

    /// What an answer says, which may be a refusal.
    fn of(answer: &Answer, pointer: &str) -> Self {
        Self::now(match answer.status {
            400.. => shown(&answer.body["code"]),
            _ => shown(answer.body.pointer(pointer).unwrap_or(&Value::Null)),
        })
    }

    /// What a path says, now and later.
    async fn at(caller: &Caller, path: String, pointer: &'static str) -> Self {
        Self { first: read(caller, &path, pointer).await, later: Some((path, pointer)) }
    }
}

async fn read(caller: &Caller, path: &str, pointer: &str) -> String {
    let body = caller.get(path).await.with(200);
    // Of a transfer that was declined, the reason.
    let reason = body["reason"].as_str().filter(|_| pointer == "/status");
    let found = body.pointer(pointer).unwrap_or(&Value::Null);
    reason.map_or_else(|| shown(found), str::to_owned)
}

/// A text as it is, of a list how many there are.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.len().to_string(),
        Value::Null => "0".to_owned(),
        other => other.to_string(),
    }
}

/// The code in a cell.
fn codes(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

fn rows() -> Vec<Row> {
    let (_, steering) = README.split_once("\n## Steering\n").unwrap();
    let mut rows = Vec::new();
    let mut section = "";
    for line in steering.lines() {
        if let Some(title) = line.strip_prefix("### ") {
            section = title;
        }
        let cells: Vec<&str> = line.split(" | ").collect();
        let [set, to, result] = cells[..] else { continue };
        if set != "| set" {
            let set = set.trim_start_matches("| ");
            let values = codes(to);
            let to = if values.is_empty() { vec![to] } else { values };
            rows.push(Row { section, set, to, steps: steps(result.trim_end_matches(" |")) });
        }
    }
    rows
}

fn steps(result: &'static str) -> Vec<Step> {
    // What comes after a semicolon explains.
    let (observed, _) = result.split_once("; ").unwrap_or((result, ""));
    if observed == "as set" {
        return Vec::new();
    }
    let mut steps = Vec::new();
    for part in observed.split(", then ") {
        let [seen] = codes(part)[..] else { panic!("one observation a step: {result}") };
        let (_, words) = part.rsplit_once('`').unwrap();
        let from = (!steps.is_empty()).then(|| from(words));
        steps.push(Step { seen, from });
    }
    steps
}

fn from(words: &str) -> From {
    let words: Vec<&str> = words.split_whitespace().collect();
    match words[..] {
        ["after", count, unit] => {
            let count = count.parse().unwrap();
            From::After(match unit.trim_end_matches('s') {
                "day" => Duration::days(count),
                "hour" => Duration::hours(count),
                "minute" => Duration::minutes(count),
                unit => panic!("{unit} is no unit"),
            })
        }
        ["at", time, "Eastern", ref days @ .., "later"] => From::Eastern {
            time: NaiveTime::parse_from_str(time, "%H:%M").unwrap(),
            days: match days {
                [count, "banking", _] => Days::Banking(count.parse().unwrap()),
                [count, _] => Days::All(count.parse().unwrap()),
                days => panic!("{days:?} are no days"),
            },
        },
        ["with", "the", "next", "ACH", "file"] => From::NextAchFile,
        _ => panic!("{words:?} is no moment"),
    }
}

async fn play(row: &Row, value: &str) -> (Caller, Seen) {
    let caller = Caller::new().await;
    let seen = match row.section {
        "Verification of a person" => parties::person(&caller, row.set, value).await,
        "Verification of a business" => parties::business(&caller, row.set, value).await,
        "Other checks of parties" => parties::other(&caller, row.set, value).await,
        "Accounts at other banks" => money::link(&caller, row.set, value).await,
        "ACH" => money::ach(&caller, row.set, value).await,
        "Wires" => money::wire(&caller, row.set, value).await,
        "EFT Canada" => collected::eft_ca(&caller, row.set, value).await,
        "Cash" => collected::cash(&caller, row.set, value).await,
        "Batch payments" => collected::batch(&caller, row.set, value).await,
        "Check deposits" => money::check(&caller, row.set, value).await,
        "Cards of other banks" => cards::external(&caller, row.set, value).await,
        "Card transactions" => cards::issued(&caller, row.set, value).await,
        "Everything else" => others::play(&caller, row.set, value).await,
        section => panic!("nothing plays the section {section}"),
    };
    (caller, seen)
}

/// Plays the rows of a section, and holds what is seen against them.
async fn every_row(section: &str) {
    let rows = rows();
    let rows: Vec<_> = rows.iter().filter(|row| row.section == section).collect();
    assert!(!rows.is_empty(), "there is no section {section}");
    for row in rows {
        for value in &row.to {
            let (caller, Seen { first, later }) = play(row, value).await;
            let mut expected = row.steps.first().map_or(*value, |step| step.seen);
            assert_eq!(first, expected, "{row:?} {value}");
            for step in row.steps.iter().skip(1) {
                let moment = step.from.unwrap().moment(&caller.sandbox);
                let (path, pointer) = later.as_ref().expect("a place to look at later");
                caller.sandbox.advance_to(moment - Duration::seconds(1)).unwrap();
                assert_eq!(read(&caller, path, pointer).await, expected, "too early: {row:?}");
                caller.sandbox.advance_to(moment).unwrap();
                expected = step.seen;
                assert_eq!(read(&caller, path, pointer).await, expected, "{row:?} {value}");
            }
            caller.sandbox.audit().unwrap();
        }
    }
}

/// What `--steering` prints is what the README says: both are made from one table.
#[test]
fn the_readme_has_the_table_of_the_program() {
    let steering = synctera_sandbox::steering();
    let (before, written) = README.split_once("\n## Steering\n").unwrap();
    let (_, written) = written.split_once("\n### ").unwrap();
    let sections: Vec<String> = steering.sections.iter().map(ToString::to_string).collect();
    assert_eq!(format!("### {written}"), sections.join("\n"));
    let (_, control) = before.split_once("\n## The control API\n").unwrap();
    let start = control.find("| over HTTP").unwrap();
    let table = &control[start..];
    let end = table.find("\n\n").unwrap() + 1;
    assert_eq!(table[..end], steering.control_table());
    let printed = steering.to_string();
    assert!(printed.starts_with(&sections[0]) && printed.contains(&steering.control_table()));
}

#[test]
fn the_readme_names_settings_that_there_are() {
    let settings = Settings::default();
    let named: BTreeSet<&str> = README
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|code| README.contains(&format!("setting `{code}`")))
        .collect();
    assert!(named.len() > 15, "{named:?}");
    for name in named {
        settings.get(name).unwrap();
    }
}

macro_rules! sections {
    ($($test:ident: $section:literal,)*) => {
        $(
            #[tokio::test]
            async fn $test() {
                every_row($section).await;
            }
        )*

        #[test]
        fn every_section_is_played() {
            let played = BTreeSet::from([$($section),*]);
            let written: BTreeSet<_> = rows().iter().map(|row| row.section).collect();
            assert_eq!(played, written);
            let (_, steering) = README.split_once("\n## Steering\n").unwrap();
            let lines = steering.lines().filter(|line| line.starts_with("| ")).count();
            assert_eq!(rows().len() + played.len(), lines, "a row is not read");
        }
    };
}

sections! {
    what_decides_the_check_of_a_person: "Verification of a person",
    what_decides_the_check_of_a_business: "Verification of a business",
    what_decides_other_checks: "Other checks of parties",
    what_decides_a_link_to_another_bank: "Accounts at other banks",
    what_decides_an_ach_transfer: "ACH",
    what_decides_a_wire: "Wires",
    what_decides_an_eft_canada_transfer: "EFT Canada",
    what_decides_about_cash: "Cash",
    what_decides_a_batch_payment: "Batch payments",
    what_decides_a_check_deposit: "Check deposits",
    what_decides_a_transfer_by_another_banks_card: "Cards of other banks",
    what_decides_a_card_transaction: "Card transactions",
    what_else_is_decided: "Everything else",
}
