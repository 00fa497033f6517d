//! A decoder's message in words for people: without names of Rust types, and without the values that it
//! quotes, which may be secrets.

/// How chrono begins what it says of a text that it cannot read.
const NO_DATE: [&str; 5] = [
    "input contains invalid characters",
    "input is not enough for unique date and time",
    "input is out of range",
    "premature end of input",
    "trailing input",
];

/// Says what a value must be, such as `must be a whole number from 0 to 255`. A message of another kind
/// stays as it is.
pub fn plain_reason(message: &str) -> String {
    if message.starts_with("UUID parsing failed") {
        return "must be an id: a UUID".to_owned();
    }
    if NO_DATE.iter().any(|start| message.starts_with(start)) {
        let must = "must be a date, such as 2026-11-30, or a time, such as 2026-11-24T14:00:00Z";
        return must.to_owned();
    }
    if let Some(name) = quoted(message, "missing field `") {
        return format!("{name} must be given");
    }
    if let Some(name) = quoted(message, "duplicate field `") {
        return format!("{name} is given twice");
    }
    let expected = message.rsplit_once(", expected ").map(|(_, expected)| expected);
    if let Some(name) = quoted(message, "unknown field `") {
        let members = message.rfind("`, expected ").map_or("", |at| &message[at + 3..]);
        return format!("{name} is not a member; {members}").trim_end_matches("; ").to_owned();
    }
    if message.starts_with("unknown variant `") {
        let allowed = message.find("`, expected ").map(|at| &message[at + 12..]);
        return format!("must be {}", allowed.unwrap_or("another word"));
    }
    let given = message.strip_prefix("invalid type: ");
    if let (Some(given), Some(expected)) = (given, expected) {
        let must = format!("must be {}", plain_type(expected));
        // A sentence about the value reads on.
        let given = if must.contains([':', ',']) { None } else { plain_kind(given) };
        return given.map_or_else(|| must.clone(), |given| format!("{must}, not {given}"));
    }
    let is_value = message.starts_with("invalid value: ") || message.starts_with("invalid length ");
    match expected.filter(|_| is_value) {
        Some(expected) => format!("must be {}", range_of(expected).unwrap_or(plain_type(expected))),
        None => without_value(message),
    }
}

/// The name between backquotes after a beginning.
fn quoted<'m>(message: &'m str, beginning: &str) -> Option<&'m str> {
    message.strip_prefix(beginning)?.split('`').next()
}

/// A message that quotes a value, cut before it.
fn without_value(message: &str) -> String {
    let quoting = ["invalid type: ", "invalid value: "];
    match quoting.iter().find(|start| message.starts_with(**start)) {
        Some(start) => start.trim_end_matches(": ").to_owned(),
        None => message.to_owned(),
    }
}

/// A type as a decoder names it.
fn plain_type(expected: &str) -> &str {
    match expected {
        "i8" | "i16" | "i32" | "i64" | "isize" | "u8" | "u16" | "u32" | "u64" | "usize" => {
            "a whole number"
        }
        "f32" | "f64" => "a number",
        "a string" | "string" | "a borrowed string" | "str" => "a text",
        "a boolean" | "boolean" => "true or false",
        "a sequence" => "a list",
        "a map" => "an object",
        "unit" => "null",
        named if named.starts_with("struct ") => "an object",
        named if named.starts_with("enum ") => "one of its values",
        other => other,
    }
}

/// The numbers of a type.
fn range_of(expected: &str) -> Option<&'static str> {
    Some(match expected {
        "u8" => "a whole number from 0 to 255",
        "u16" => "a whole number from 0 to 65535",
        "u32" => "a whole number from 0 to 4294967295",
        "u64" | "usize" => "a whole number of at most 64 bits, not below 0",
        "i8" => "a whole number from -128 to 127",
        "i16" => "a whole number from -32768 to 32767",
        "i32" => "a whole number from -2147483648 to 2147483647",
        "i64" | "isize" => "a whole number of 64 bits",
        _ => return None,
    })
}

/// What was given, without its value.
fn plain_kind(given: &str) -> Option<&'static str> {
    let kinds = [
        ("integer", "a number"),
        ("floating point", "a number with a fraction"),
        ("string", "a text"),
        ("character", "a text"),
        ("boolean", "true or false"),
        ("null", "null"),
        ("unit value", "null"),
        ("Option value", "null"),
        ("sequence", "a list"),
        ("map", "an object"),
    ];
    kinds.iter().find(|(kind, _)| given.starts_with(kind)).map(|(_, plain)| *plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_named_in_words_and_values_are_not_quoted() {
        for (message, plain) in [
            (
                "invalid type: integer `456789012`, expected a string",
                "must be a text, not a number",
            ),
            ("invalid type: sequence, expected a string", "must be a text, not a list"),
            (
                "invalid type: string \"a, expected \\\" b\", expected u32",
                "must be a whole number, not a text",
            ),
            (
                "invalid type: floating point `1.5`, expected u32",
                "must be a whole number, not a number with a fraction",
            ),
            ("invalid type: null, expected struct Person", "must be an object, not null"),
            (
                "invalid type: map, expected an amount in minor units, such as 2500",
                "must be an amount in minor units, such as 2500",
            ),
            ("invalid value: integer `-1`, expected u8", "must be a whole number from 0 to 255"),
            ("invalid value: string \"123\", expected a date", "must be a date"),
            ("invalid length 1, expected a tuple of size 2", "must be a tuple of size 2"),
            ("unknown variant `secret`, expected `a` or `b`", "must be `a` or `b`"),
            ("unknown field `x`, expected `a` or `b`", "x is not a member; expected `a` or `b`"),
            ("missing field `ssn`", "ssn must be given"),
            ("duplicate field `ssn`", "ssn is given twice"),
            ("UUID parsing failed: invalid length", "must be an id: a UUID"),
            ("invalid type: integer `456789012`", "invalid type"),
            (
                "premature end of input",
                "must be a date, such as 2026-11-30, or a time, such as 2026-11-24T14:00:00Z",
            ),
            ("must be nine digits", "must be nine digits"),
        ] {
            assert_eq!(plain_reason(message), plain, "{message}");
        }
    }
}
