//! Numbers as they are written. Read as floats, they would be rounded: what is nearly a whole
//! number would become one.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use serde_json::Value;

use super::pointer::token;

/// A text of more digits may be beyond the whole numbers that are read exactly.
const EXACT_DIGITS: usize = 18;
/// Digits of the largest whole number.
const DIGITS_MAX: usize = 19;
/// Lists and objects inside one another. The JSON parser refuses 128, and what is stored is inside
/// others when it is read again.
const DEPTH_MAX: usize = 64;

/// Why a body is not read.
#[derive(Debug)]
pub(crate) enum JsonError {
    /// It is not JSON.
    Syntax(serde_json::Error),
    /// Its values are nested too deep.
    TooDeep,
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // The parser's own message could quote the body.
            Self::Syntax(e) => write!(f, "is not JSON at line {}, column {}", e.line(), e.column()),
            Self::TooDeep => {
                write!(f, "has lists and objects more than {DEPTH_MAX} levels inside one another")
            }
        }
    }
}

/// A number that a float does not stand for exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Literal {
    /// A whole number, however it is written.
    Integer(i64),
    /// A number with a fraction.
    Fraction,
    /// A whole number that is not between the limits of 64 bits.
    Large,
    /// A number for which there is no float.
    Infinite,
}

/// The numbers of a body that are not plain whole numbers, by JSON pointer.
#[derive(Debug, Default)]
pub(crate) struct Literals(BTreeMap<String, Literal>);

impl Literals {
    pub(super) fn at(&self, pointer: &str) -> Option<Literal> {
        self.0.get(pointer).copied()
    }

    /// Writes whole numbers as integers, however they were sent; whether any was in another form.
    pub(crate) fn write_integers(&self, body: &mut Value) -> bool {
        let mut is_changed = false;
        for (pointer, literal) in &self.0 {
            if let Literal::Integer(whole) = literal
                && let Some(number) = body.pointer_mut(pointer)
            {
                *number = Value::from(*whole);
                is_changed = true;
            }
        }
        is_changed
    }

    /// Follows a value that is moved to another place.
    pub(super) fn moved(&mut self, from: &str, to: &str) {
        let literals = std::mem::take(&mut self.0).into_iter();
        let moved = literals.map(|(pointer, literal)| {
            let rest = pointer.strip_prefix(from).filter(|it| it.is_empty() || it.starts_with('/'));
            let place = rest.map(|rest| format!("{to}{rest}"));
            (place.unwrap_or(pointer), literal)
        });
        self.0 = moved.collect();
    }

    /// The places of the numbers for which there is no float.
    pub(crate) fn infinite(&self) -> impl Iterator<Item = &str> {
        let infinite = self.0.iter().filter(|(_, literal)| **literal == Literal::Infinite);
        infinite.map(|(pointer, _)| pointer.as_str())
    }
}

impl Literal {
    fn of(text: &str) -> Self {
        if text.parse::<f64>().is_ok_and(f64::is_infinite) {
            return Self::Infinite;
        }
        match whole(text) {
            Some(Some(integer)) => Self::Integer(integer),
            Some(None) => Self::Large,
            None => Self::Fraction,
        }
    }
}

/// Reads JSON, and the numbers in it that a float may not stand for exactly. A number for which
/// there is no float is read as 0, and is among the literals.
pub(crate) fn parse(bytes: &[u8]) -> Result<(Value, Literals), JsonError> {
    let found = scan(bytes).ok_or(JsonError::TooDeep)?;
    let mut literals = Literals::default();
    let mut readable = None;
    for (pointer, range) in found {
        let text = bytes.get(range.clone()).and_then(|text| std::str::from_utf8(text).ok());
        let literal = Literal::of(text.unwrap_or_default());
        if literal == Literal::Infinite {
            let readable = readable.get_or_insert_with(|| bytes.to_vec());
            // Of the same length, so that a message about another place names it right.
            let zero = readable.get_mut(range).into_iter().flatten();
            zero.enumerate().for_each(|(at, byte)| *byte = if at == 0 { b'0' } else { b' ' });
        }
        literals.0.insert(pointer, literal);
    }
    let body = serde_json::from_slice(readable.as_deref().unwrap_or(bytes));
    let body = body.map_err(JsonError::Syntax)?;
    Ok((body, literals))
}

/// The whole number that a decimal number is, if it is one of 64 bits.
pub(crate) fn integer(text: &str) -> Option<i64> {
    whole(text).flatten()
}

/// The same; the inner `None` is a whole number of more bits.
fn whole(text: &str) -> Option<Option<i64>> {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (sign, mantissa) = match mantissa.strip_prefix('-') {
        Some(mantissa) => ("-", mantissa),
        None => ("", mantissa),
    };
    let (before, after) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{before}{after}");
    let is_exponent = exponent.trim_start_matches(['+', '-']).bytes().all(|b| b.is_ascii_digit());
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) || !is_exponent {
        return None;
    }
    let significant = digits.trim_end_matches('0');
    let zeros = digits.len() - significant.len();
    let significant = significant.trim_start_matches('0');
    if significant.is_empty() {
        return Some(Some(0));
    }
    let places = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    // An exponent of more digits than a number has is as good as the largest one.
    let farthest = if exponent.starts_with('-') { i64::MIN } else { i64::MAX };
    let exponent: i64 = exponent.parse().unwrap_or(farthest);
    let exponent = exponent.saturating_add(places(zeros)).saturating_sub(places(after.len()));
    // What is left of a fraction has a last digit other than 0.
    let exponent = usize::try_from(exponent).ok()?;
    if significant.len().saturating_add(exponent) > DIGITS_MAX {
        return Some(None);
    }
    Some(format!("{sign}{significant}{}", "0".repeat(exponent)).parse().ok())
}

/// Where the scan is: in which member of an object or item of a list.
enum Place {
    Member { name: Range<usize>, is_name_next: bool },
    Item(usize),
}

/// The numbers with a fraction, an exponent or many digits, and where they are written. Of what is
/// not JSON, anything: the parser refuses it. `None` where values are nested too deep.
fn scan(bytes: &[u8]) -> Option<Vec<(String, Range<usize>)>> {
    let mut found = Vec::new();
    let mut places: Vec<Place> = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let start = at;
        at += 1;
        match byte {
            b'{' => places.push(Place::Member { name: 0..0, is_name_next: true }),
            b'[' => places.push(Place::Item(0)),
            b'}' | b']' => drop(places.pop()),
            b',' => match places.last_mut() {
                Some(Place::Member { is_name_next, .. }) => *is_name_next = true,
                Some(Place::Item(index)) => *index += 1,
                None => {}
            },
            b'"' => {
                at = end_of_string(bytes, at);
                if let Some(Place::Member { name, is_name_next: is_name @ true }) =
                    places.last_mut()
                {
                    (*name, *is_name) = (start..at, false);
                }
            }
            b'-' | b'0'..=b'9' => {
                let is_more =
                    |byte: &&u8| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-');
                at += bytes.iter().skip(at).take_while(is_more).count();
                let number = bytes.get(start..at).unwrap_or_default();
                if number.len() > EXACT_DIGITS
                    || number.iter().any(|byte| matches!(byte, b'.' | b'e' | b'E'))
                    // The parser reads it as a float.
                    || number == b"-0"
                {
                    found.push((pointer(bytes, &places), start..at));
                }
            }
            _ => {}
        }
        if places.len() > DEPTH_MAX {
            return None;
        }
    }
    Some(found)
}

/// Where a string ends that begins before this place.
fn end_of_string(bytes: &[u8], mut at: usize) -> usize {
    while let Some(byte) = bytes.get(at) {
        at += match byte {
            b'"' => return at + 1,
            b'\\' => 2,
            _ => 1,
        };
    }
    bytes.len()
}

fn pointer(bytes: &[u8], places: &[Place]) -> String {
    let mut pointer = String::new();
    for place in places {
        pointer.push('/');
        match place {
            Place::Member { name, .. } => {
                let name = bytes.get(name.clone()).unwrap_or_default();
                let name: String = serde_json::from_slice(name).unwrap_or_default();
                pointer.push_str(&token(&name));
            }
            Place::Item(index) => pointer.push_str(&index.to_string()),
        }
    }
    pointer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_number_is_read_exactly() {
        for (text, expected) in [
            ("100", Some(100)),
            ("100.0", Some(100)),
            ("1e2", Some(100)),
            ("1.00E+2", Some(100)),
            ("0.0e99999999999999999999", Some(0)),
            ("-0.0", Some(0)),
            ("1e18", Some(1_000_000_000_000_000_000)),
            ("9223372036854775807.000", Some(i64::MAX)),
            ("-9.223372036854775808e18", Some(i64::MIN)),
            ("9223372036854775808", None),
            ("1e19", None),
            ("1e99999999999999999999", None),
            ("1e-99999999999999999999", None),
            ("0.99999999999999999999", None),
            ("1.0000000000000000001", None),
            ("100.5", None),
            ("", None),
            (".", None),
            ("e5", None),
            ("1e", None),
            ("inf", None),
            ("0x10", None),
        ] {
            assert_eq!(integer(text), expected, "{text}");
        }
    }

    #[test]
    fn numbers_are_found_where_they_are_written() {
        let text = br#" {"a~b": [1, {"c/\"d": 1.50}], "e": "2.5", "f": 1e400, "g": {}, "h": 3.0}"#;
        let (body, literals) = parse(text).unwrap();
        assert_eq!(literals.at("/a~0b/1/c~1\"d"), Some(Literal::Fraction));
        assert_eq!(literals.at("/h"), Some(Literal::Integer(3)));
        assert_eq!(literals.infinite().collect::<Vec<_>>(), ["/f"]);
        assert_eq!(literals.0.len(), 3);
        assert_eq!(body["a~b"][1]["c/\"d"], 1.5);
    }

    #[test]
    fn what_is_not_json_is_refused() {
        for text in ["1e", "{\"a\":1e400", "[1.5", "\"", "\\", "1.5.5", "]1.0", "--1.0"] {
            assert!(parse(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn nesting_has_a_limit() {
        let nested = |levels| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(parse(nested(64).as_bytes()).is_ok());
        for text in [nested(65), nested(127), nested(128), "[".repeat(100_000)] {
            assert!(matches!(parse(text.as_bytes()), Err(JsonError::TooDeep)));
        }
        // Beside one another, there may be many.
        assert!(parse(format!("[{}[]]", "[],".repeat(1_000)).as_bytes()).is_ok());
    }

    #[test]
    fn zero_may_have_a_sign() {
        let (_, literals) = parse(b"[-0, -0.0]").unwrap();
        assert_eq!(literals.at("/0"), Some(Literal::Integer(0)));
        assert_eq!(literals.at("/1"), Some(Literal::Integer(0)));
    }
}
