//! What is known of a person or a business beside its fields: relations to others, risk, and a timeline.

use maud::{Markup, html};
use serde_json::Value;

use super::timeline;
use crate::context::{Context, encoded};
use crate::field::{Field, Shown, field, text};
use crate::table;

const RELATIONSHIPS: &[Field] = &[
    field("Role", "/relationship_type", Shown::Status),
    field("Person", "/from_person_id", Shown::Id("persons")),
    field("Business", "/from_business_id", Shown::Id("businesses")),
    field("Of business", "/to_business_id", Shown::Id("businesses")),
    text("Title", "/additional_data/title"),
    text("Percent owned", "/additional_data/percent_ownership"),
];

const RISK: &[Field] = &[
    field("Level", "/risk_level", Shown::Status),
    field("Score", "/risk_score", Shown::Plain),
    field("Reviewed", "/risk_review", Shown::Moment),
    field("Next review", "/next_review", Shown::Moment),
];

pub(super) async fn of_person(context: &Context, id: &str, of: &Value) -> Markup {
    let path = format!("/v0/customers/{}/risk_ratings", encoded(id));
    let risk = context.items(&format!("{path}?include_history=true"), "risk_ratings").await;
    let related = relationships(context, &[("from_person_id", id)]).await;
    html! {
        (related)
        @if !risk.is_empty() {
            section { h2 { "Risk ratings" } (table::plain_rows(context, "Risk ratings", RISK, &risk)) }
        }
        (timeline::of_person(context, id, of).await)
    }
}

pub(super) async fn of_business(context: &Context, id: &str, of: &Value) -> Markup {
    let sides = [("from_business_id", id), ("to_business_id", id)];
    let related = relationships(context, &sides).await;
    html! { (related) (timeline::of_business(context, id, of).await) }
}

async fn relationships(context: &Context, sides: &[(&str, &str)]) -> Markup {
    let mut all = Vec::new();
    for (side, id) in sides {
        let target = format!("/v2/relationships?{side}={}&limit=50", encoded(id));
        all.extend(context.items(&target, "relationships").await);
    }
    html! {
        @if !all.is_empty() {
            section {
                h2 { "Relationships" }
                (table::plain_rows(context, "Relationships", RELATIONSHIPS, &all))
            }
        }
    }
}
