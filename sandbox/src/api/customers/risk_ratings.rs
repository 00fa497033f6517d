//! Risk ratings of a customer: an analysis on demand, by the same measure as the newer CRR.

use chrono::Duration;
use serde_json::{Value, json};
use synctera_api::v0::types;

use crate::domain::customers::{ON_CUSTOMER, of_customer, theirs};
use crate::domain::listing::By;
use crate::domain::listing::List;
use crate::domain::parties::{PERSON, Party};
use crate::domain::risk_ratings;
use crate::domain::subject::Subject;
use crate::model::{Ctx, Kind, Outcome, Reply, Served, timestamp};

const RATING: Kind =
    Kind { name: "risk rating of a customer", id: "id", keys: &[("customer", "/customer_id")] };

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
        view: &|_, rating| Ok((with_history || rating["is_current"] == true).then_some(rating)),
    }
    .reply::<types::RiskRatingList>(ctx)
}

fn create(ctx: &Ctx<'_>) -> Outcome {
    let person = ctx.url_resource(&PERSON, "customer_id")?;
    // border: parties are not typed records yet.
    let found = risk_ratings::assess(&Subject::of(Party::Person, &person)?);
    let level = found.level.as_str().to_lowercase();
    for mut older in ctx.all_with(&RATING, "customer", ctx.parameter("customer_id"))? {
        if older["is_current"] == true {
            older["is_current"] = json!(false);
            ctx.update(&RATING, &older)?;
        }
    }
    let given = |property: &str| ctx.request.body.get(property).cloned();
    let next = timestamp(ctx.now + Duration::days(REVIEWED_AFTER_DAYS));
    let rating = json!({
        "id": ctx.new_id()?, "customer_id": person["id"], "is_current": true,
        "risk_review": ctx.now_text(),
        "risk_score": given("risk_score").unwrap_or_else(|| json!(found.score)),
        "risk_level": given("risk_level").unwrap_or_else(|| json!(level)),
        "next_review": given("next_review").unwrap_or_else(|| json!(next)),
    });
    ctx.insert(&RATING, &rating)?;
    Reply::created::<types::RiskRating>(rating)
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::ok::<types::RiskRating>(theirs(ctx, &RATING, "risk_rating_id", "customer_id")?)
}
