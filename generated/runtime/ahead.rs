//! Looking ahead in the text that is being read.
//!
//! A reader of serde's sees one property after the other, and a union has to know its tag before it
//! can read any. Where the whole text is at hand, its tag is found there, and everything is read once,
//! by the variant. What is found is only believed where it is plain; all else is left to the reader.

use std::cell::RefCell;

use bytes::Bytes;

thread_local! {
    /// The body that this thread is reading.
    static AT_HAND: RefCell<Bytes> = const { RefCell::new(Bytes::new()) };
}

/// Reads with a body at hand.
pub(super) fn with<R>(body: &Bytes, read: impl FnOnce() -> R) -> R {
    /// Puts back what was at hand before, also when a type's own reading panics.
    struct Back(Bytes);

    impl Drop for Back {
        fn drop(&mut self) {
            AT_HAND.set(std::mem::take(&mut self.0));
        }
    }

    let _back = Back(AT_HAND.replace(body.clone()));
    read()
}

/// The text of the property called `name`, of the object whose first name `first` is, lent by the
/// body at hand; `None` where there is none, or none that is plain to see.
pub(super) fn text_of(first: &str, name: &str) -> Option<String> {
    AT_HAND.with_borrow(|body| {
        // What is lent by the body lies in it; elsewhere there is nothing to look at.
        let at = first.as_ptr().addr().checked_sub(body.as_ptr().addr())?;
        let after = body.get(at..)?.strip_prefix(first.as_bytes())?.strip_prefix(b"\"")?;
        find(after, name.as_bytes())
    })
}

/// Looks through the rest of an object, from behind its first name.
fn find(text: &[u8], name: &[u8]) -> Option<String> {
    let (mut at, mut depth) = (0, 0_usize);
    loop {
        match text.get(at)? {
            b'"' => {
                let end = string_end(text, at + 1)?;
                if depth == 0 && text.get(at + 1..end) == Some(name) {
                    let after = text.get(end + 1..)?.trim_ascii_start();
                    // Else it is a value.
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

/// Where the quote is that closes a string.
fn string_end(text: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match text.get(at)? {
            b'"' => return Some(at),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// The string that a value is, if nothing in it is escaped.
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
    fn what_is_plain_is_found_and_the_rest_left() {
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
            with(&body, || {
                let text = std::str::from_utf8(&body).unwrap();
                let name = first(&body);
                let lent = text.find(&name).map(|at| &text[at..at + name.len()]).unwrap();
                assert_eq!(text_of(lent, "type").as_deref(), found, "{text}");
                assert_eq!(text_of(&name, "type"), None, "not lent by the body");
            });
        }
        assert_eq!(text_of("a", "type"), None, "nothing is at hand");
    }
}
