//! Completes JSON that was cut off, so that the part before the cut can be read.

/// An object or list that is not closed yet.
struct Open {
    closer: u8,
    /// Where its last complete member or item ended.
    complete: usize,
    /// In an object: the next string is a name.
    expects_name: bool,
}

/// The start of a JSON text, with its open objects, lists and strings closed. A name without its
/// value, and a number or word that may be incomplete, are left out.
pub(super) fn completed(cut: &str) -> String {
    let text = cut.as_bytes();
    let mut open: Vec<Open> = Vec::new();
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        match byte {
            b'{' => open.push(Open { closer: b'}', complete: at + 1, expects_name: true }),
            b'[' => open.push(Open { closer: b']', complete: at + 1, expects_name: false }),
            b'}' | b']' => {
                open.pop();
                if let Some(parent) = open.last_mut() {
                    parent.complete = at + 1;
                }
            }
            b',' => {
                if let Some(parent) = open.last_mut() {
                    parent.complete = at;
                    parent.expects_name = parent.closer == b'}';
                }
            }
            b':' => {
                if let Some(parent) = open.last_mut() {
                    parent.expects_name = false;
                }
            }
            b'"' => {
                let is_name = open.last().is_some_and(|parent| parent.expects_name);
                match string_end(text, at + 1) {
                    Ok(end) => {
                        at = end;
                        if let Some(parent) = open.last_mut().filter(|_| !is_name) {
                            parent.complete = end + 1;
                        }
                    }
                    Err(_) if is_name => break,
                    Err(whole) => {
                        return close(format!("{}\"", &cut[..whole]), &open);
                    }
                }
            }
            _ => {}
        }
        at += 1;
    }
    let end = open.last().map_or(cut.len(), |parent| parent.complete);
    close(cut[..end].to_owned(), &open)
}

fn close(mut text: String, open: &[Open]) -> String {
    text.extend(open.iter().rev().map(|parent| char::from(parent.closer)));
    text
}

/// The position of the quote that closes a string, or else of the last byte that does not break an
/// escape.
fn string_end(text: &[u8], start: usize) -> Result<usize, usize> {
    let mut at = start;
    loop {
        let length = match text.get(at..) {
            None | Some([]) => return Err(at.min(text.len())),
            Some([b'"', ..]) => return Ok(at),
            Some([b'\\', b'u', ..]) => 6,
            Some([b'\\', ..]) => 2,
            Some(_) => 1,
        };
        if at + length > text.len() {
            return Err(at);
        }
        at += length;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    const WHOLE: &str = r#" {"code" : "BAD\n\u00e9\"", "status":400, "a": [1, {"b": [], "c": {"d":
        [true, "x, }]{["]}}, null, -1.5e3], "é{": "ü:,", "missing": ["dob", "ssn"]} "#;

    #[test]
    fn every_beginning_can_be_read_and_holds_what_was_complete() {
        let whole: Value = serde_json::from_str(WHOLE).unwrap();
        let mut sizes = Vec::new();
        for (end, _) in WHOLE.char_indices().skip(2) {
            let text = completed(&WHOLE[..end]);
            let read: Value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{text}: {e}"));
            assert!(begins(&read, &whole), "{text}");
            sizes.push(read.as_object().unwrap().len());
        }
        assert!(sizes.is_sorted());
        assert_eq!(sizes.last(), Some(&5));
        assert_eq!(completed(WHOLE), WHOLE);
    }

    /// Whether one value is contained in the other, with strings and lists as prefixes.
    fn begins(part: &Value, whole: &Value) -> bool {
        match (part, whole) {
            (Value::Object(part), Value::Object(whole)) => part
                .iter()
                .all(|(name, value)| whole.get(name).is_some_and(|whole| begins(value, whole))),
            (Value::Array(part), Value::Array(whole)) => {
                part.len() <= whole.len() && part.iter().zip(whole).all(|(a, b)| begins(a, b))
            }
            (Value::String(part), Value::String(whole)) => whole.starts_with(part),
            (part, whole) => part == whole,
        }
    }

    #[test]
    fn a_long_text_keeps_its_beginning() {
        let text = completed(r#"{"code":"X","detail":"the first words of it"#);
        assert_eq!(text, r#"{"code":"X","detail":"the first words of it"}"#);
    }

    #[test]
    fn what_is_not_json_does_not_harm() {
        for text in ["", "}", "]]", "<html>", ":,", "\"", "{\"a\"", "[[[[\"\\u12", "{{{"] {
            let _text = completed(text);
        }
        let deep = "[".repeat(100_000);
        assert_eq!(completed(&deep).len(), 200_000);
    }
}
