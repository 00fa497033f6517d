//! What a card was asked for: each authorization, and why one was declined.

use maud::{Markup, html};
use serde_json::Value;

use crate::context::{Context, encoded};
use crate::field::{Field, Shown, field, text};
use crate::format::plain;
use crate::resources;
use crate::table;
use crate::texts::{self, sections};

/// Rows of each table.
const ROWS: usize = 50;

const AUTHORIZATIONS: &[Field] = &[
    field(texts::STATUS, "/data/status", Shown::Status),
    field(
        texts::REASON,
        "/data/reason /data/user_data/network_decline_details/reason",
        Shown::Reason,
    ),
    field(texts::ASKED, "/data/req_amount", Shown::Money("/data/currency")),
    field(texts::HELD, "/data/amount", Shown::Money("/data/currency")),
    text(sections::MERCHANT, "/data/user_data/merchant/name /data/user_data/merchant/mid"),
    field(texts::TIME, "/data/transaction_time", Shown::Moment),
    field(sections::PAGE, "/uuid", Shown::Id("pending")),
];

/// The spend controls of the account that a card belongs to.
async fn spend_controls(context: &Context, of: &Value) -> Markup {
    let account = of.pointer("/card_details/account_id").map(plain).unwrap_or_default();
    let target = format!("/v2/spend_controls?account_id={}&limit=50", encoded(&account));
    let controls = context.rows(&target).await;
    html! {
        section {
            h2 { (texts::SPEND_CONTROLS) }
            @match resources::find("spend_controls").filter(|_| !controls.is_empty()) {
                Some(resource) => (table::of_resource(context, resource, &controls).await),
                None => p .empty { (sections::NO_SPEND_CONTROLS) }
            }
        }
    }
}

pub(super) async fn show(context: &Context, id: &str, of: &Value) -> Markup {
    let query = format!("card_id={}&limit={ROWS}", encoded(id));
    let asked = context.rows(&format!("/v2/transactions/pending?{query}")).await;
    let posted = context.rows(&format!("/v2/transactions/posted?{query}")).await;
    html! {
        section {
            h2 { (sections::AUTHORIZATIONS) }
            @if asked.is_empty() {
                p .empty { (sections::CARD_NOT_USED) }
            } @else {
                (table::plain_rows(context, sections::AUTHORIZATIONS, AUTHORIZATIONS, &asked).await)
                @if asked.len() >= ROWS {
                    p { a href={ (context.page("pending")) "?card_id=" (encoded(id)) } { (texts::ALL) } }
                }
            }
        }
        (spend_controls(context, of).await)
        @if let (false, Some(resource)) = (posted.is_empty(), resources::find("transactions")) {
            section {
                h2 { (texts::POSTED) }
                (table::of_resource(context, resource, &posted).await)
            }
        }
    }
}
