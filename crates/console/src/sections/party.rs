//! What is known of a person or a business beside its fields: relationships and risk.

use maud::{Markup, html};

use crate::context::{Context, encoded};
use crate::field::{Field, Shown, field, text};
use crate::table;
use crate::texts::{self, sections};

const RELATIONSHIPS: &[Field] = &[
    field(texts::ROLE, "/relationship_type", Shown::Status),
    field(texts::PARTY, "/from_person_id /from_business_id", Shown::Party),
    field(sections::OF_BUSINESS, "/to_business_id", Shown::Party),
    text(sections::TITLE, "/additional_data/title"),
    field(sections::PERCENT_OWNED, "/additional_data/percent_ownership", Shown::Number),
];

const RISK: &[Field] = &[
    field(sections::RISK_LEVEL, "/risk_level", Shown::Status),
    field(sections::RISK_SCORE, "/risk_score", Shown::Number),
    field(sections::RISK_REVIEWED, "/risk_review", Shown::Moment),
    field(sections::RISK_NEXT_REVIEW, "/next_review", Shown::Moment),
];

pub(super) async fn of_person(context: &Context, id: &str) -> Markup {
    let path = format!("/v0/customers/{}/risk_ratings", encoded(id));
    let risk = context.rows(&format!("{path}?include_history=true")).await;
    let related = relationships(context, &[("from_person_id", id)]).await;
    html! {
        (related)
        @if !risk.is_empty() {
            section { h2 { (sections::RISK_RATINGS) } (table::plain_rows(context, sections::RISK_RATINGS, RISK, &risk).await) }
        }
    }
}

pub(super) async fn of_business(context: &Context, id: &str) -> Markup {
    relationships(context, &[("from_business_id", id), ("to_business_id", id)]).await
}

async fn relationships(context: &Context, sides: &[(&str, &str)]) -> Markup {
    let mut all = Vec::new();
    for (side, id) in sides {
        let target = format!("/v2/relationships?{side}={}&limit=50", encoded(id));
        all.extend(context.rows(&target).await);
    }
    html! {
        @if !all.is_empty() {
            section {
                h2 { (sections::RELATIONSHIPS) }
                (table::plain_rows(context, sections::RELATIONSHIPS, RELATIONSHIPS, &all).await)
            }
        }
    }
}
