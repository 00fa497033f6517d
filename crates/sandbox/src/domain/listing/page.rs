//! A page as a text, put together from the texts of its items.

use std::fmt::Display;

use serde_json::json;

use crate::model::ApiError;

/// The text of a page.
pub(super) struct Page(String);

impl Page {
    pub(super) fn begin(items: &str) -> Self {
        Self(format!("{{\"{items}\":["))
    }

    /// Makes room for so many items of this length: a text that outgrows its room is copied.
    pub(super) fn make_room(&mut self, items: i64, length: usize) {
        let items = usize::try_from(items).unwrap_or_default();
        self.0.reserve(items.saturating_mul(length.saturating_add(1)));
    }

    /// Adds an item, known by this id. One that cannot be shown is left out.
    pub(super) fn add(
        &mut self,
        id: impl Display,
        item: impl FnOnce(&mut String) -> Result<(), ApiError>,
    ) -> Result<(), ApiError> {
        let before = self.0.len();
        if !self.0.ends_with('[') {
            self.0.push(',');
        }
        item(&mut self.0).or_else(|refusal| {
            self.0.truncate(before);
            left_out(&id.to_string(), refusal)
        })
    }

    pub(super) fn end(mut self, next: Option<String>, always: bool) -> String {
        self.0.push(']');
        if always || next.is_some() {
            self.0.push_str(&format!(",\"next_page_token\":{}", json!(next)));
        }
        self.0.push('}');
        self.0
    }
}

/// Notes in the log that a row cannot be shown, and passes on any other failure.
pub(super) fn left_out(id: &str, refusal: ApiError) -> Result<(), ApiError> {
    match refusal {
        ApiError::Internal(why) => {
            tracing::error!(id, "a row is left out of a list, since it cannot be shown: {why}");
            Ok(())
        }
        other => Err(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_that_cannot_be_shown_is_left_out() {
        let mut page = Page::begin("items");
        let shown = |text: &mut String| {
            text.push_str("{}");
            Ok(())
        };
        let broken = |text: &mut String| {
            text.push_str("{\"half\":");
            Err(ApiError::Internal("it is not of its type".to_owned()))
        };
        page.add("1", broken).unwrap();
        page.add("2", shown).unwrap();
        page.add("3", broken).unwrap();
        page.add("4", shown).unwrap();
        let full = |_: &mut String| Err(ApiError::Storage(rusqlite::Error::InvalidQuery.into()));
        assert!(page.add("5", full).is_err());
        assert_eq!(page.end(None, false), r#"{"items":[{},{}]}"#);
    }
}
