//! What stands for other values in a script: `${ada.id}`, `${run}`, `${ssn+1}`, `${today+3}`.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use serde_json::Value;

use super::mistakes::quoted;
use super::place::{self, Step};

/// The most days before or after today.
const DAYS_MAX: u64 = 3_660;
/// Names that no call may have.
pub(super) const RESERVED: [&str; 3] = ["run", "ssn", "today"];
/// The social security numbers of a run, from 0.
const SSN_MAX: u32 = 99;

/// What is the same in all conversations of a run.
pub(super) struct Run {
    /// Eight digits from 1 to 9, new each time: they tell the records of this run from earlier ones.
    pub(super) digits: String,
    /// The day of the bank on which the run begins.
    pub(super) today: NaiveDate,
}

impl Run {
    /// A social security number, one of a hundred.
    fn ssn(&self, number: u32) -> String {
        let (area, rest) = self.digits.split_at(2);
        let (group, serial) = rest.split_at(2);
        // A serial number is not 0000.
        let serial = (serial.parse::<u32>().unwrap_or_default() + number) % 9_999 + 1;
        format!("4{area}-{group}-{serial:04}")
    }
}

/// A part of a text.
enum Piece<'t> {
    Text(&'t str),
    Run,
    /// A social security number of this run, by its number.
    Ssn(u32),
    /// Days from today.
    Today(i64),
    Member {
        text: &'t str,
        call: &'t str,
        steps: Vec<Step>,
    },
}

/// A reference to something that the answer does not have.
#[derive(Debug)]
pub(super) struct Missing(pub(super) String);

/// The parts of a text, or the reference that is wrong.
fn pieces(text: &str) -> Result<Vec<Piece<'_>>, String> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        if start > 0 {
            found.push(Piece::Text(&rest[..start]));
        }
        let Some(end) = rest[start..].find('}') else {
            return Err("a reference has no end: ${name.member}".to_owned());
        };
        let inner = &rest[start + 2..start + end];
        found.push(piece(inner).ok_or_else(|| {
            format!("${{{}}} is not a reference, such as ${{name.member}}", quoted(inner))
        })?);
        rest = &rest[start + end + 1..];
    }
    if !rest.is_empty() {
        found.push(Piece::Text(rest));
    }
    Ok(found)
}

fn piece(inner: &str) -> Option<Piece<'_>> {
    if inner == "run" {
        return Some(Piece::Run);
    }
    if let Some(number) = inner.strip_prefix("ssn") {
        let number = if number.is_empty() { 0 } else { number.strip_prefix('+')?.parse().ok()? };
        return (number <= SSN_MAX).then_some(Piece::Ssn(number));
    }
    if let Some(days) = inner.strip_prefix("today") {
        let days = if days.is_empty() { 0 } else { days.parse::<i64>().ok()? };
        let is_signed = inner == "today" || inner[5..].starts_with(['+', '-']);
        return (is_signed && days.unsigned_abs() <= DAYS_MAX).then_some(Piece::Today(days));
    }
    let (call, rest) = inner.split_at(inner.find(['.', '['])?);
    let steps = place::steps(rest.strip_prefix('.').unwrap_or(rest))?;
    (!call.is_empty() && !steps.contains(&Step::Any)).then_some(Piece::Member {
        text: inner,
        call,
        steps,
    })
}

/// What is wrong with the references of a text, of which only earlier calls have a name.
pub(super) fn check(text: &str, is_known: &dyn Fn(&str) -> bool) -> Result<(), String> {
    for piece in pieces(text)? {
        if let Piece::Member { text, call, .. } = piece
            && !is_known(call)
        {
            let (text, call) = (quoted(text), quoted(call));
            return Err(format!("${{{text}}}: no earlier call has the name {call}"));
        }
    }
    Ok(())
}

/// A value with what its references stand for. A text that is one reference becomes the value itself.
pub(super) fn resolved(
    value: &Value,
    run: &Run,
    answers: &BTreeMap<&str, &Value>,
) -> Result<Value, Missing> {
    Ok(match value {
        Value::String(text) => resolved_text(text, run, answers)?,
        Value::Array(items) => {
            let items = items.iter().map(|item| resolved(item, run, answers));
            items.collect::<Result<Vec<_>, _>>()?.into()
        }
        Value::Object(members) => {
            let member = |(name, value): (&String, &Value)| {
                Ok((name.clone(), resolved(value, run, answers)?))
            };
            Value::Object(members.iter().map(member).collect::<Result<_, _>>()?)
        }
        other => other.clone(),
    })
}

fn resolved_text(
    text: &str,
    run: &Run,
    answers: &BTreeMap<&str, &Value>,
) -> Result<Value, Missing> {
    let mut pieces = pieces(text).map_err(Missing)?;
    if pieces.len() == 1
        && let Some(piece) = pieces.pop()
    {
        return value_of(&piece, run, answers);
    }
    let mut whole = String::new();
    for piece in &pieces {
        match value_of(piece, run, answers)? {
            Value::String(text) => whole.push_str(&text),
            other => whole.push_str(&other.to_string()),
        }
    }
    Ok(whole.into())
}

fn value_of(
    piece: &Piece<'_>,
    run: &Run,
    answers: &BTreeMap<&str, &Value>,
) -> Result<Value, Missing> {
    Ok(match piece {
        Piece::Text(text) => (*text).into(),
        Piece::Run => run.digits.as_str().into(),
        Piece::Ssn(number) => run.ssn(*number).into(),
        Piece::Today(days) => {
            let by = Days::new(days.unsigned_abs());
            let day = if *days < 0 {
                run.today.checked_sub_days(by)
            } else {
                run.today.checked_add_days(by)
            };
            day.ok_or_else(|| Missing("${today} leaves the calendar".to_owned()))?
                .to_string()
                .into()
        }
        Piece::Member { text, call, steps } => {
            let value = answers.get(call).and_then(|answer| place::found(answer, steps));
            let value = value.filter(|value| !value.is_null());
            value.ok_or_else(|| Missing(format!("${{{}}} has no value", quoted(text))))?.clone()
        }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn references_become_values() {
        let run = Run { digits: "12345678".to_owned(), today: "2026-11-24".parse().unwrap() };
        let ada = json!({ "id": "a-1", "balances": [{ "balance": 500 }], "none": null });
        let answers = BTreeMap::from([("ada", &ada)]);
        let of = |text: &str| resolved(&json!(text), &run, &answers).map_err(|it| it.0);
        assert_eq!(of("${ada.balances[0].balance}").unwrap(), 500);
        assert_eq!(of("x ${ada.id}: ${ada.balances[0].balance}").unwrap(), "x a-1: 500");
        assert_eq!(
            of("a${run}b ${today} ${today+7} ${today-1}").unwrap(),
            "a12345678b 2026-11-24 2026-12-01 2026-11-23"
        );
        assert_eq!(of("$5 {}").unwrap(), "$5 {}");
        assert_eq!(of("${ssn} ${ssn+99}").unwrap(), "412-34-5679 412-34-5778");
        assert_eq!(of("${ada.none}").unwrap_err(), "${ada.none} has no value");
        assert_eq!(of("${ada.more[3]}").unwrap_err(), "${ada.more[3]} has no value");
        for wrong in [
            "${",
            "${ada}",
            "${}",
            "${ada.}",
            "${today7}",
            "${today+9999}",
            "${ada[*].x}",
            "${ssn+100}",
            "${ssn1}",
        ] {
            check(wrong, &|_| true).unwrap_err();
        }
        let unknown = check("${bob.id}", &|name| name == "ada").unwrap_err();
        assert_eq!(unknown, "${bob.id}: no earlier call has the name bob");
    }
}
