//! The rules for an API key.

use reqwest::header::HeaderValue;

/// The `Authorization` header of an API key, or what is wrong with the key, which is never quoted.
///
/// A line break at the end, which files have, is removed. Any other character that does not belong
/// to a key is an error here, instead of a 401 later.
pub fn authorization(api_key: &str) -> Result<HeaderValue, &'static str> {
    let key = api_key.strip_suffix('\n').unwrap_or(api_key);
    let key = key.strip_suffix('\r').unwrap_or(key);
    if key.trim().is_empty() {
        return Err("the API key is empty");
    }
    let scheme = key.get(..6).filter(|scheme| scheme.eq_ignore_ascii_case("bearer"));
    if scheme.is_some() && key[6..].starts_with(char::is_whitespace) {
        return Err(
            "the API key starts with \"Bearer\": give only the key, the client adds the word",
        );
    }
    if key.starts_with(char::is_whitespace) || key.ends_with(char::is_whitespace) {
        return Err("the API key starts or ends with a blank: remove it");
    }
    if key.contains(char::is_whitespace) {
        return Err("the API key contains a blank or a line break: give only the key");
    }
    if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("the API key contains characters other than visible ASCII: copy it again");
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
            (" hidden", "starts or ends"),
            ("hidden ", "starts or ends"),
            ("hidden\n\n", "starts or ends"),
            ("hidden\u{a0}", "starts or ends"),
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
