//! Risk ratings of a customer: an analysis on demand, by the same measure as the newer CRR.

use chrono::Duration;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use synctera_api::runtime::CustomerId;
use synctera_api::v0::types;

use crate::domain::customers::{ON_CUSTOMER, find_theirs, of_customer};
use crate::domain::listing::{By, List, view_of};
use crate::domain::parties::{PERSON, PartyRecord, Person};
use crate::domain::risk_ratings;
use crate::model::{Ctx, Kind, Outcome, Record, Reply, Resource, Served, build};

const RATING: Kind = Kind {
    name: "risk rating of a customer",
    id: "id",
    keys: &[("customer", "/_facts/customer_id")],
};

/// A risk rating of a customer.
enum Rating {}

impl Resource for Rating {
    const KIND: &'static Kind = &RATING;
    type Wire = types::RiskRating;
    type Facts = Facts;
}

#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Facts {
    /// Whose it is; clients know that from the URL.
    customer_id: Option<CustomerId>,
    /// Whether it is the last one; lists show others on request.
    is_current: bool,
}

const ON_ONE: &[(&str, &Kind)] = &[("customer_id", &PERSON), ("risk_rating_id", &RATING)];
pub(crate) const SERVED: &[Served] = &[
    Served::on("list_customer_risk_ratings", ON_CUSTOMER, list),
    Served::on("create_customer_risk_rating", ON_CUSTOMER, create),
    Served::on("get_customer_risk_rating", ON_ONE, get),
];

/// How soon a customer is looked at again.
const REVIEWED_AFTER_DAYS: i64 = 365;

fn list(ctx: &Ctx<'_>) -> Outcome {
    let with_history =
        ctx.request.query.get("include_history").and_then(Value::as_bool).unwrap_or(false);
    List {
        kind: &RATING,
        items: "risk_ratings",
        filters: &[("include_history", By::Elsewhere)],
        always: of_customer(ctx, "customer"),
        view: &view_of::<Rating, _>(|_, rating| {
            Ok((with_history || rating.facts.is_current).then_some(rating.wire))
        }),
    }
    .reply::<types::RiskRatingList>(ctx)
}

fn create(ctx: &Ctx<'_>) -> Outcome {
    let person = ctx.find_in_url::<Person>("customer_id")?;
    let given = ctx.body::<Option<types::NewRiskRating>>()?.unwrap_or_default();
    let found = risk_ratings::assess(&PartyRecord::Person(person.clone()));
    for mut older in ctx.find_all::<Rating>("customer", person.id)? {
        if older.facts.is_current {
            older.facts.is_current = false;
            ctx.save(&older)?;
        }
    }
    let level = found.level.as_str().to_lowercase();
    let next = ctx.now + Duration::days(REVIEWED_AFTER_DAYS);
    let wire = build(json!({
        "id": ctx.new_id()?, "risk_review": ctx.now,
        "risk_score": given.risk_score.unwrap_or(found.score as f64),
        "risk_level": given.risk_level.unwrap_or_else(|| level.as_str().into()),
        "next_review": given.next_review.unwrap_or(next),
    }))?;
    let facts = Facts { customer_id: Some(person.id.into()), is_current: true };
    let rating = Record::<Rating>::new(wire, facts);
    ctx.add(&rating)?;
    Reply::json(201, &rating.wire)
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    let rating = find_theirs::<Rating>(ctx, "risk_rating_id", |rating| rating.facts.customer_id)?;
    Reply::json(200, &rating.wire)
}
