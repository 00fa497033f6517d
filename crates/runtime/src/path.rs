//! Values in the path of a URL.

use percent_encoding::{PercentEncode, utf8_percent_encode};

use super::error::Error;
use super::query::ESCAPED;

/// Escapes a text as one segment of a path.
///
/// `\` is escaped like all other special characters: URLs treat it as a `/`. An empty text, `.` and
/// `..` are refused: they would lead to another operation, escaped or not.
pub fn segment<'a>(operation: &str, name: &str, text: &'a str) -> Result<PercentEncode<'a>, Error> {
    if matches!(text, "" | "." | "..") {
        return Err(Error::invalid_input(operation, name, "cannot be part of a URL"));
    }
    Ok(utf8_percent_encode(text, ESCAPED))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_stays_one_segment() {
        for text in ["a/b", "..\\..\\persons", "%2e%2e", "a?b#c d+é", "..."] {
            let path = format!("/v2/merchants/{}", segment("get", "guid", text).unwrap());
            let url = reqwest::Url::parse(&format!("https://example.com{path}")).unwrap();
            assert_eq!(url.path(), path);
            assert_eq!(url.path_segments().unwrap().count(), 3, "{path}");
            assert_eq!((url.query(), url.fragment()), (None, None));
        }
    }

    #[test]
    fn what_would_lead_elsewhere_is_refused() {
        for text in ["", ".", ".."] {
            let error = segment("get_merchant", "merchant_guid", text).unwrap_err();
            assert_eq!(error.kind(), super::super::ErrorKind::InvalidInput);
        }
    }
}
