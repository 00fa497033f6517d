//! What a verification found: why it is in review, or was rejected.

use maud::{Markup, html};
use serde_json::Value;

use crate::context::Context;
use crate::field::{Field, Shown, field, text};
use crate::table;
use crate::texts::sections;

const DETAILS: &[Field] = &[
    field(sections::CHECKED, "/category", Shown::Status),
    field(sections::FOUND, "/result", Shown::Status),
    text(sections::WHAT, "/label /description /vendor_code"),
];

pub(super) async fn show(context: &Context, of: &Value) -> Markup {
    let details = of.get("details").and_then(Value::as_array).cloned().unwrap_or_default();
    html! {
        @if !details.is_empty() {
            section {
                h2 { (sections::FINDINGS) }
                (table::plain_rows(context, sections::FINDINGS, DETAILS, &details).await)
            }
        }
    }
}
