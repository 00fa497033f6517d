//! Customer risk ratings: computed when a party is verified, kept with their history.
//!
//! The platform does not say how it computes; ours is a weighted mean of a few of its parameters,
//! from 0 (no risk) to 100.

use serde_json::Value;
use synctera_api::v2::types;

use crate::domain::listing::{By, List, view_of};
use crate::domain::risk_ratings::{RATING, Rating};
use crate::model::{Ctx, Outcome, Served};

pub(crate) const SERVED: &[Served] = &[Served::new("list_crr", list)];

fn list(ctx: &Ctx<'_>) -> Outcome {
    let with_history =
        ctx.request.query.get("include_history").and_then(Value::as_bool).unwrap_or(false);
    List {
        kind: &RATING,
        items: "risk_scores",
        filters: &[
            ("customer_id", By::Key("customer")),
            ("business_id", By::Key("business")),
            ("include_history", By::Elsewhere),
        ],
        always: Vec::new(),
        view: &view_of::<Rating, _>(|_, rating| {
            let is_current = rating.valid_to.is_none();
            Ok((with_history || is_current).then_some(rating.wire))
        }),
    }
    .reply::<types::CrrList>(ctx)
}
