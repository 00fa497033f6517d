//! What the pages of some resources have beside their fields: a section for each idea.

mod account;
mod card;
mod entries;
mod party;
mod story;
mod timeline;
mod transaction;
mod verification;

use maud::{Markup, html};
use serde_json::Value;

use crate::context::Context;
use crate::resource::Listed;

/// The sections of a resource, of which the page lists what belongs to it.
pub(crate) async fn of(
    context: &Context,
    resource: &str,
    (id, of): (&str, &Value),
    listed: &[Listed],
) -> Markup {
    match resource {
        "accounts" => account::show(context, id, of).await,
        "internal_accounts" => entries::of_account(context, id).await,
        "businesses" => html! {
            (party::of_business(context, id).await) (timeline::show(context, id, of, listed))
        },
        "cards" => card::show(context, id, of).await,
        "persons" => html! {
            (party::of_person(context, id).await) (timeline::show(context, id, of, listed))
        },
        "statements" => entries::of_statement(context, id).await,
        "transactions" | "pending" => html! {
            (transaction::show(context, of).await) (story::show(context, resource, id, of).await)
        },
        "ach" | "deposits" | "transfers" | "wires" => story::show(context, resource, id, of).await,
        "verifications" => verification::show(context, of).await,
        _ => html! {},
    }
}
