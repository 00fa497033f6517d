//! Credit scores of customers. The platform stores what an integrator has from a bureau, and asks none
//! itself: a score that is left out stays so.

use serde_json::json;
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types;

use crate::domain::credit_scores::{CREDIT_SCORE, CreditScore};
use crate::domain::listing::{By, List, as_stored};
use crate::domain::parties::Person;
use crate::model::{ApiError, Ctx, Kind, Outcome, Record, Reply, Served, complete};
use crate::spec::FieldErrors;

/// The highest score of any model in use.
const SCORE_MAX: i64 = 999;

const ON_ONE: &[(&str, &Kind)] = &[("credit_score_id", &CREDIT_SCORE)];

pub(crate) const SERVED: &[Served] = &[
    Served::new("list_credit_scores", list),
    Served::new("create_credit_scores", create).ruled(errors_of),
    Served::on("get_credit_score", ON_ONE, |ctx| {
        Reply::json(200, &ctx.find_in_url::<CreditScore>("credit_score_id")?.wire)
    }),
];

fn list(ctx: &Ctx<'_>) -> Outcome {
    let list = List {
        kind: &CREDIT_SCORE,
        items: "credit_scores",
        filters: &[("id", By::Key("id")), ("customer_id", By::Key("customer"))],
        always: Vec::new(),
        view: &as_stored,
    };
    // The document has no 200 for this list.
    Reply::json(201, &list.typed::<types::CreditScoreList>(ctx)?)
}

/// What is wrong with the body of a new score.
fn errors_of(ctx: &Ctx<'_>) -> Result<FieldErrors, ApiError> {
    let score = ctx.request.body.get("score").and_then(serde_json::Value::as_i64);
    Ok(match score {
        Some(score) if !(0..=SCORE_MAX).contains(&score) => {
            FieldErrors::invalid("score", format!("must be from 0 to {SCORE_MAX}"))
        }
        _ => FieldErrors::default(),
    })
}

fn create(ctx: &Ctx<'_>) -> Outcome {
    let asked: types::NewCreditScore = ctx.body()?;
    let code = ErrorCode::CustomerNotFound;
    ctx.find_named::<Person>(asked.customer_id, code, "customer_id")?;
    let rest = json!({
        "id": ctx.new_id()?, "creation_time": ctx.now, "last_updated_time": ctx.now,
    });
    let score = Record::<CreditScore>::new(complete(&asked, rest)?, ());
    ctx.add(&score)?;
    Reply::json(201, &score.wire)
}
