//! The calls of a script, made on one side.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use synctera_api::runtime::AnswerKind;
use synctera_sandbox::Sandbox;

use super::reference::{self, Missing, Run};
use super::script::{Call, Script};
use super::side::{Answer, Body, Request, Side};

/// All characters except the unreserved ones of RFC 3986.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A call as it was made.
pub(super) struct Exchange {
    /// When it was sent, by the clock of the side.
    pub(super) moment: DateTime<Utc>,
    pub(super) outcome: Outcome,
}

impl Exchange {
    pub(super) fn has_status(&self, status: u16) -> bool {
        matches!(&self.outcome, Outcome::Answered { answer, .. } if answer.status == status)
    }
}

pub(super) enum Outcome {
    Answered {
        request: Request,
        answer: Answer,
    },
    /// It refers to something that an earlier answer does not have.
    Unsent(Missing),
}

/// Whose clock counts.
pub(super) enum Pace<'p> {
    /// That of this machine.
    Now,
    /// One that is held.
    Held(DateTime<Utc>),
    /// The sandbox's, which is turned to the moment at which the other side was called.
    After(&'p Sandbox, &'p [Exchange]),
}

impl Pace<'_> {
    fn before(&self, number: usize) -> Result<DateTime<Utc>, String> {
        match self {
            Self::Now => Ok(Utc::now()),
            Self::Held(moment) => Ok(*moment),
            Self::After(sandbox, others) => {
                if let Some(other) = others.get(number)
                    && other.moment > sandbox.now()
                {
                    sandbox.advance_to(other.moment).map_err(|why| why.to_string())?;
                }
                Ok(sandbox.now())
            }
        }
    }
}

/// Makes the calls of a script, one after the other.
///
/// # Errors
/// When a call has no answer.
pub(super) async fn play(
    script: &Script,
    side: &Side,
    run: &Run,
    pace: Pace<'_>,
) -> Result<Vec<Exchange>, String> {
    let mut exchanges: Vec<Exchange> = Vec::new();
    for (number, call) in script.calls.iter().enumerate() {
        let moment = pace.before(number)?;
        let request = request(call, run, &answers(script, &exchanges));
        let outcome = match request {
            Err(missing) => Outcome::Unsent(missing),
            Ok(request) => {
                let answer = side.send(&request).await.and_then(|answer| whole(call, answer));
                let answer = answer.map_err(|why| {
                    format!("{} (call {} of {}) {why}", title(call), number + 1, script.file)
                })?;
                Outcome::Answered { request, answer }
            }
        };
        exchanges.push(Exchange { moment, outcome });
    }
    Ok(exchanges)
}

/// A call in a report.
pub(super) fn title(call: &Call) -> String {
    match &call.name {
        Some(name) => format!("{name}, {}", call.target.operation.id),
        None => call.target.operation.id.to_owned(),
    }
}

/// Refuses what nobody could compare.
fn whole(call: &Call, answer: Answer) -> Result<Answer, String> {
    let is_json = call.target.operation.answer == AnswerKind::Json;
    if is_json && answer.status < 300 && matches!(answer.body, Body::Other) {
        return Err(format!("is answered {} with what is not JSON", answer.status));
    }
    Ok(answer)
}

/// The answers so far, by the names of their calls.
fn answers<'e>(script: &'e Script, exchanges: &'e [Exchange]) -> BTreeMap<&'e str, &'e Value> {
    let named = script.calls.iter().zip(exchanges).filter_map(|(call, exchange)| {
        let Outcome::Answered { answer: Answer { body: Body::Json(body), .. }, .. } =
            &exchange.outcome
        else {
            return None;
        };
        Some((call.name.as_deref()?, body))
    });
    named.collect()
}

fn request(call: &Call, run: &Run, answers: &BTreeMap<&str, &Value>) -> Result<Request, Missing> {
    let resolved = |value: &Value| reference::resolved(value, run, answers);
    let mut path = String::from(call.target.prefix);
    for segment in call.target.operation.path.split('/').skip(1) {
        path.push('/');
        let parameter = segment.strip_prefix('{').and_then(|it| it.strip_suffix('}'));
        let given = call.path.iter().find(|(name, _)| Some(name.as_str()) == parameter);
        match given {
            Some((_, value)) => path.push_str(&escaped(&resolved(value)?)),
            None => path.push_str(segment),
        }
    }
    for (number, (name, value)) in call.query.iter().enumerate() {
        path.push(if number == 0 { '?' } else { '&' });
        path.extend(utf8_percent_encode(name, ESCAPED));
        path.push('=');
        path.push_str(&match resolved(value)? {
            // The platform's lists are joined by commas.
            Value::Array(items) => items.iter().map(escaped).collect::<Vec<_>>().join(","),
            value => escaped(&value),
        });
    }
    let body = call.body.as_ref().map(resolved).transpose()?;
    // A key of an earlier run would give the answer of that run.
    let key = call.idempotency_key.as_ref().map(resolved).transpose()?;
    let key = key.map(|key| format!("{}-{}", run.digits, text(&key)));
    Ok(Request { method: call.target.operation.method, path, body, idempotency_key: key })
}

fn escaped(value: &Value) -> String {
    utf8_percent_encode(&text(value), ESCAPED).to_string()
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
