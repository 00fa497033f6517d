//! What is said of a filter that fails: types, and never values of the response, which may be keys or
//! account numbers. Also what a filter may not do.

use jaq_core::load::Lexer;
use jaq_core::load::lex::{StrPart, Tok, Token};
use serde_json::Value;

/// What an error of a filter says, with types in the place of the values.
pub(super) fn without_values(error: &str, code: &str) -> String {
    described(error, code).unwrap_or_else(|| {
        // A filter can put what it likes in an error of its own.
        "error called by the filter, whose text is not shown, as it may hold values".to_owned()
    })
}

fn described(error: &str, code: &str) -> Option<String> {
    if let Some(rest) = error.strip_prefix("cannot index ") {
        let (value, rest) = value(rest)?;
        let (index, _) = self::value(rest.strip_prefix(" with ")?)?;
        let index = match &index {
            // A name that the filter itself has is not from the response.
            Value::String(name) if words(code).any(|word| word == name) => index.to_string(),
            other => kind(other).to_owned(),
        };
        return Some(format!("cannot index {} with {index}", kind(&value)));
    }
    if let Some(rest) = error.strip_prefix("cannot use ") {
        let (value, rest) = value(rest)?;
        let wanted = rest.strip_prefix(" as ")?;
        let is_words =
            wanted.chars().all(|c| c.is_ascii_alphabetic() || matches!(c, ' ' | '(' | ')'));
        return is_words.then(|| format!("cannot use {} as {wanted}", kind(&value)));
    }
    if let Some(rest) = error.strip_prefix("cannot calculate ") {
        let (left, rest) = value(rest)?;
        let (sign, rest) = rest.strip_prefix(' ')?.split_once(' ')?;
        let (right, _) = value(rest)?;
        let sign = Some(sign).filter(|sign| matches!(*sign, "+" | "-" | "*" | "/" | "%"))?;
        return Some(format!("cannot calculate {} {sign} {}", kind(&left), kind(&right)));
    }
    let rest = error.strip_prefix("invalid path expression with input ")?;
    Some(format!("invalid path expression with {}", kind(&value(rest)?.0)))
}

/// The names in a filter.
fn words(code: &str) -> impl Iterator<Item = &str> {
    code.split(|c: char| !(c.is_alphanumeric() || c == '_'))
}

/// A JSON value at the beginning of a text, and what follows it.
fn value(text: &str) -> Option<(Value, &str)> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    let value = values.next()?.ok()?;
    let rest = text.get(values.byte_offset()..)?;
    Some((value, rest))
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// A definition that calls itself. It can go so deep that the stack ends, which ends the program after
/// the call was made; the library has no limit for it.
pub(super) fn recursive(code: &str) -> Option<String> {
    let tokens = Lexer::new(code).lex().ok()?;
    in_block(&tokens)
}

fn in_block(tokens: &[Token<&str>]) -> Option<String> {
    for (at, Token(text, kind)) in tokens.iter().enumerate() {
        if matches!(kind, Tok::Word) && *text == "def" {
            let Some((Token(name, _), rest)) = tokens.get(at + 1..).and_then(<[_]>::split_first)
            else {
                continue;
            };
            if calls(body(rest), name) {
                return Some((*name).to_owned());
            }
        }
        if let Some(found) = inner(kind).into_iter().find_map(in_block) {
            return Some(found);
        }
    }
    None
}

/// The tokens up to the `;` that ends a definition; those of definitions inside it belong to it.
fn body<'t, 's>(tokens: &'t [Token<&'s str>]) -> &'t [Token<&'s str>] {
    let mut open = 1_usize;
    let end = tokens.iter().position(|Token(text, kind)| {
        match kind {
            Tok::Word if *text == "def" => open += 1,
            Tok::Sym if *text == ";" => open -= 1,
            _ => {}
        }
        open == 0
    });
    tokens.get(..end.unwrap_or(tokens.len())).unwrap_or_default()
}

fn calls(tokens: &[Token<&str>], name: &str) -> bool {
    tokens.iter().any(|Token(text, kind)| match kind {
        Tok::Word => *text == name,
        kind => inner(kind).into_iter().any(|tokens| calls(tokens, name)),
    })
}

/// The tokens inside a token: those of a block, or of the filters in a string.
fn inner<'t, 's>(kind: &'t Tok<&'s str>) -> Vec<&'t [Token<&'s str>]> {
    match kind {
        Tok::Block(tokens) => vec![tokens],
        Tok::Str(parts) => {
            let filters = parts.iter().filter_map(|part| match part {
                StrPart::Term(token) => Some(std::slice::from_ref(token)),
                _ => None,
            });
            filters.collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_definition_that_calls_itself_is_found() {
        for code in [
            "def f: 1+f; f",
            "def f: def g: f; g; f",
            "def f(x): [x | f(.)]; f(1)",
            ".a | (def f: \"\\(f)\"; f)",
            "def a: 1; def f: if . then f else 1 end; f",
        ] {
            assert!(recursive(code).is_some(), "{code}");
        }
        for code in ["def f: 1; def g: f + f; g", "def id: .id; id", "\"def f: f;\"", "recurse"] {
            assert_eq!(recursive(code), None, "{code}");
        }
    }
}
