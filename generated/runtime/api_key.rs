//! What an API key must look like to be sent.

use reqwest::header::HeaderValue;

/// The `Authorization` header of an API key; else what is wrong with the key, which is never quoted.
///
/// A line break at its end, as files have it, is dropped. Everything else must be right: a key that
/// was copied with something around it is refused here, not by a 401 later.
pub fn authorization(api_key: &str) -> Result<HeaderValue, &'static str> {
    let key = api_key.strip_suffix('\n').unwrap_or(api_key);
    let key = key.strip_suffix('\r').unwrap_or(key);
    if key.trim().is_empty() {
        return Err("the API key is empty");
    }
    let scheme = key.get(..6).filter(|scheme| scheme.eq_ignore_ascii_case("bearer"));
    if scheme.is_some() && key[6..].starts_with(char::is_whitespace) {
        return Err(
            "the API key begins with \"Bearer\": give the key alone, the client adds the word",
        );
    }
    if key.starts_with(char::is_whitespace) || key.ends_with(char::is_whitespace) {
        return Err("the API key begins or ends with a blank: remove it");
    }
    if key.contains(char::is_whitespace) {
        return Err("the API key has a blank or a line break in it: give the key alone");
    }
    if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("the API key has characters other than visible ASCII in it: copy it again");
    }
    let mut value = HeaderValue::from_str(&format!("Bearer {key}"))
        .map_err(|_| "the API key cannot be sent in a header: copy it again")?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_sent_as_it_is() {
        for key in ["k", "sk_live_0+/=~.-", "bearerless", "Bearer", "k\n", "k\r\n"] {
            let sent = authorization(key).unwrap();
            assert_eq!(sent.to_str().unwrap(), format!("Bearer {}", key.trim_end()));
            assert!(sent.is_sensitive());
        }
    }

    #[test]
    fn what_is_not_a_key_is_refused_without_quoting_it() {
        for (key, told) in [
            ("", "empty"),
            (" \t\n", "empty"),
            ("Bearer hidden", "\"Bearer\""),
            ("bearer\thidden", "\"Bearer\""),
            (" hidden", "begins or ends"),
            ("hidden ", "begins or ends"),
            ("hidden\n\n", "begins or ends"),
            ("hidden\u{a0}", "begins or ends"),
            ("hid den", "a blank"),
            ("hid\nden", "a blank"),
            ("h\u{ed}dden", "visible ASCII"),
            ("hidden\u{200b}", "visible ASCII"),
            ("\u{feff}hidden", "visible ASCII"),
            ("hidden\0", "visible ASCII"),
            ("éééééhidden", "visible ASCII"),
        ] {
            let why = authorization(key).unwrap_err();
            assert!(why.contains(told) && !why.contains("hidden"), "{key:?}: {why}");
        }
    }
}
