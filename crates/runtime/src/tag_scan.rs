//! Finds the tag of a union in the text that is being read, before its other properties are read.
//!
//! serde reads one property after the other, and a union must know its tag before it can read any.
//! When the complete text is known, the tag is found by a scan, and the variant reads every property
//! once. Only a tag without escapes is used; in all other cases serde reads up to the tag.

use std::cell::RefCell;

use bytes::Bytes;

thread_local! {
    /// The body that this thread is reading.
    static BODY: RefCell<Bytes> = const { RefCell::new(Bytes::new()) };
}

/// Reads a body whose text can be scanned meanwhile.
pub(super) fn with_body<R>(body: &Bytes, read: impl FnOnce() -> R) -> R {
    /// Restores the previous body, also when reading panics.
    struct Restore(Bytes);

    impl Drop for Restore {
        fn drop(&mut self) {
            BODY.set(std::mem::take(&mut self.0));
        }
    }

    let _restore = Restore(BODY.replace(body.clone()));
    read()
}

/// The text of the property `name` of the object whose first name is `first`, a slice of the body
/// that is being read. `None` when there is no such property, when its text has escapes, or when
/// `first` is not a slice of the body.
pub(super) fn text_of(first: &str, name: &str) -> Option<String> {
    BODY.with_borrow(|body| {
        // A slice of the body lies within its memory.
        let at = first.as_ptr().addr().checked_sub(body.as_ptr().addr())?;
        let after = body.get(at..)?.strip_prefix(first.as_bytes())?.strip_prefix(b"\"")?;
        find(after, name.as_bytes())
    })
}

/// Scans the rest of an object, from the end of its first name.
fn find(text: &[u8], name: &[u8]) -> Option<String> {
    let (mut at, mut depth) = (0, 0_usize);
    loop {
        match text.get(at)? {
            b'"' => {
                let end = string_end(text, at + 1)?;
                if depth == 0 && text.get(at + 1..end) == Some(name) {
                    let after = text.get(end + 1..)?.trim_ascii_start();
                    // Otherwise it is a value.
                    if let Some(value) = after.strip_prefix(b":") {
                        return plain(value.trim_ascii_start());
                    }
                }
                at = end;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.checked_sub(1)?,
            _ => {}
        }
        at += 1;
    }
}

/// The position of the quote that closes a string.
fn string_end(text: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match text.get(at)? {
            b'"' => return Some(at),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// The value, if it is a string without escapes.
fn plain(value: &[u8]) -> Option<String> {
    let value = value.strip_prefix(b"\"")?;
    let end = value.iter().position(|byte| matches!(byte, b'"' | b'\\'))?;
    let (text, rest) = value.split_at_checked(end)?;
    if rest.first() != Some(&b'"') {
        return None;
    }
    String::from_utf8(text.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_without_escapes_is_found() {
        let body = |text: &'static str| Bytes::from_static(text.as_bytes());
        let first = |body: &Bytes| {
            let start = body.iter().position(|byte| *byte == b'"').unwrap() + 1;
            let end = string_end(body, start).unwrap();
            std::str::from_utf8(&body[start..end]).unwrap().to_owned()
        };
        for (text, found) in [
            (r#"{"a": 1, "type": "X"}"#, Some("X")),
            (r#"{"a": {"type": "Y"}, "b": ["type"], "c": "type", "type" : "X"}"#, Some("X")),
            (r#"{"a": "\"type\":\\", "type": "X"}"#, Some("X")),
            (r#"{"a": 1, "type": null}"#, None),
            (r#"{"a": 1, "type": "X\n"}"#, None),
            (r#"{"a": 1, "t\u0079pe": "X"}"#, None),
            (r#"{"a": 1}, {"b": 1, "type": "X"}"#, None),
            (r#"{"a": "type"}"#, None),
            (r#"{"a": 1, "type": "X"#, None),
            (r#"{"a": "\"#, None),
        ] {
            let body = body(text);
            with_body(&body, || {
                let text = std::str::from_utf8(&body).unwrap();
                let name = first(&body);
                let lent = text.find(&name).map(|at| &text[at..at + name.len()]).unwrap();
                assert_eq!(text_of(lent, "type").as_deref(), found, "{text}");
                assert_eq!(text_of(&name, "type"), None, "not a slice of the body");
            });
        }
        assert_eq!(text_of("a", "type"), None, "no body is being read");
    }
}
