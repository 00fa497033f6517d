//! Replays: the fingerprint of a request, and the stored response to its idempotency key.

use serde::{Serialize, Serializer};
use serde_json::{Number, Value};
use sha2::{Digest, Sha256};
use synctera_api::runtime::ErrorCode;

use super::Request;
use crate::model::{ApiError, Outcome, Reply};
use crate::store::StoredResponse;

/// Identifies a request among those under the same key. JSON bodies are compared by value: the order
/// of members and white space do not count. `json` is the body, if it is JSON.
pub(super) fn fingerprint(request: &Request, json: Option<&Value>) -> String {
    let canonical = json.and_then(|json| serde_json::to_vec(&Canonical(json)).ok());
    let body = canonical.as_deref().unwrap_or(&request.body);
    let mut digest = Sha256::new();
    for part in [request.method.as_bytes(), request.path.as_bytes(), request.query.as_bytes(), body]
    {
        digest.update(part.len().to_be_bytes());
        digest.update(part);
    }
    // A form has another boundary on each attempt; its parts are the same.
    for part in request.form.iter().flatten() {
        let file_name = part.file_name.as_deref().unwrap_or_default();
        for text in [part.name.as_bytes(), file_name.as_bytes(), &part.bytes] {
            digest.update(text.len().to_be_bytes());
            digest.update(text);
        }
    }
    hex::encode(digest.finalize())
}

/// A value as it is written for comparison: members in order, and whole numbers as such.
struct Canonical<'v>(&'v Value);

impl Serialize for Canonical<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Array(items) => to.collect_seq(items.iter().map(Canonical)),
            Value::Object(members) => {
                let mut members: Vec<_> = members.iter().collect();
                members.sort_by_key(|(name, _)| *name);
                to.collect_map(members.into_iter().map(|(name, value)| (name, Canonical(value))))
            }
            Value::Number(number) => match whole(number) {
                Some(whole) => whole.serialize(to),
                None => number.serialize(to),
            },
            other => other.serialize(to),
        }
    }
}

/// The integer that a number is, such as 100 for `1e2`; `None` beyond the precision of a float.
fn whole(number: &Number) -> Option<Number> {
    const FLOAT_INTEGER_MAX: f64 = 9_007_199_254_740_992.0;
    let float = number.as_f64().filter(|_| number.is_f64())?;
    let is_whole = float.fract() == 0.0 && float.abs() < FLOAT_INTEGER_MAX;
    is_whole.then(|| Number::from(float as i64))
}

/// The stored answer, or the refusal of another request under its key.
pub(super) fn replay(known: StoredResponse, fingerprint: &str) -> Outcome {
    if known.fingerprint != fingerprint {
        let detail = "this idempotency key was used for another request";
        return Err(ApiError::rule(ErrorCode::IdempotencyInvalidReuse, detail));
    }
    Ok(Reply { is_replay: true, ..Reply::new(known.status, known.body) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::read::{self, ParsedJson};

    fn of(body: &str) -> String {
        let request = Request { body: body.as_bytes().to_vec(), ..Request::default() };
        fingerprint(&request, read::json(&request.body).ok().as_ref().and_then(ParsedJson::exact))
    }

    #[test]
    fn what_says_the_same_is_the_same() {
        let one = of(r#"{"a": 1, "b": {"c": [1, 2], "d": null}}"#);
        for same in [
            r#"{"b":{"d":null,"c":[1,2]},"a":1}"#,
            " {\n\"a\" : 1.0 , \"b\":{\"c\":[1,2e0],\"d\":null}}\n",
            "\u{feff}{\"a\":1,\"b\":{\"c\":[1,2],\"d\":null}}",
            r#"{"\u0061":1,"b":{"c":[1,2],"d":null}}"#,
        ] {
            assert_eq!(of(same), one, "{same}");
        }
        for other in [
            r#"{"a": 1, "b": {"c": [2, 1], "d": null}}"#,
            r#"{"a": "1", "b": {"c": [1, 2], "d": null}}"#,
            r#"{"a": 1, "b": {"c": [1, 2]}}"#,
            r#"{"a": 1.5, "b": {"c": [1, 2], "d": null}}"#,
            "not JSON",
            "",
        ] {
            assert_ne!(of(other), one, "{other}");
        }
        assert_ne!(of("9007199254740993"), of("9007199254740992"));
        assert_ne!(of("not JSON"), of("not  JSON"));
    }
}
