//! What the pages of some resources have beside their fields: a section for each idea.

mod account;
mod card;
mod party;
mod statement;
mod timeline;
mod transaction;

use maud::{Markup, html};
use serde_json::Value;

use crate::context::Context;

/// The sections of a resource.
pub(crate) async fn of(context: &Context, resource: &str, id: &str, of: &Value) -> Markup {
    match resource {
        "accounts" => account::show(context, id, of).await,
        "businesses" => party::of_business(context, id, of).await,
        "cards" => card::show(context, id, of).await,
        "persons" => party::of_person(context, id, of).await,
        "statements" => statement::show(context, id).await,
        "transactions" | "pending" => transaction::show(context, id, of).await,
        _ => html! {},
    }
}
