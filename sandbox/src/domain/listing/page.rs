//! A page as a text, put together from the texts of its items.

use serde_json::json;

use crate::model::ApiError;

/// The text of a page.
pub(super) struct Page(String);

impl Page {
    pub(super) fn begin(items: &str) -> Self {
        Self(format!("{{\"{items}\":["))
    }

    pub(super) fn add(
        &mut self,
        item: impl FnOnce(&mut String) -> Result<(), ApiError>,
    ) -> Result<(), ApiError> {
        if !self.0.ends_with('[') {
            self.0.push(',');
        }
        item(&mut self.0)
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
