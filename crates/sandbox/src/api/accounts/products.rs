//! Account products: interest schedules and fees that accounts refer to.

use chrono::NaiveDate;
use serde_json::{Value, json};
use synctera_api::v2::types::{self, AccountProduct, NewAccountProduct, RateDetails};

use crate::domain::accounts::interest::{PRODUCT, Product};
use crate::domain::listing::{By, List, view_of};
use crate::ledger::check_amount;
use crate::model::{ApiError, Ctx, Outcome, Record, Reply, complete, convert, merge, text};
use crate::spec::FieldErrors;

pub(super) fn list(ctx: &Ctx<'_>) -> Outcome {
    List {
        kind: &PRODUCT,
        items: "account_products",
        filters: &[
            ("id", By::Key("id")),
            ("product_type", By::Key("type")),
            ("start_date", By::Elsewhere),
            ("end_date", By::Elsewhere),
        ],
        always: Vec::new(),
        view: &view_of::<Product, _>(|ctx, product| {
            Ok(is_in_force(ctx, &product).then_some(product.wire))
        }),
    }
    .reply::<types::AccountProductList>(ctx)
}

fn rates(product: &AccountProduct) -> &[RateDetails] {
    match product {
        AccountProduct::Interest(product) => &product.rates,
        _ => &[],
    }
}

/// Whether a product has a rate on a day of the period that the query asks for.
fn is_in_force(ctx: &Ctx<'_>, product: &AccountProduct) -> bool {
    let asked = |name: &str| -> Option<NaiveDate> {
        ctx.request.query.get(name).and_then(Value::as_str)?.parse().ok()
    };
    let (first, last) = (asked("start_date"), asked("end_date"));
    // A fee has no period.
    let is_fee = matches!(product, AccountProduct::Fee(_));
    let is_wanted = |rate: &RateDetails| {
        last.is_none_or(|last| rate.valid_from <= last)
            && first.is_none_or(|first| rate.valid_to.is_none_or(|valid_to| valid_to > first))
    };
    is_fee || (first.is_none() && last.is_none()) || rates(product).iter().any(is_wanted)
}

pub(super) fn create(ctx: &Ctx<'_>) -> Outcome {
    let body: NewAccountProduct = ctx.body()?;
    let wire = complete(&body, json!({ "id": ctx.new_id()? }))?;
    let product = Record::<Product>::new(wire, ());
    check(&product)?;
    ctx.add(&product)?;
    Reply::json(201, &product.wire)
}

pub(super) fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut product = ctx.find_in_url::<Product>("product_id")?;
    let changes: types::AccountProductPatch = ctx.body()?;
    let is_same = matches!(
        (&product.wire, &changes),
        (AccountProduct::Interest(_), types::AccountProductPatch::Interest(_))
            | (AccountProduct::Fee(_), types::AccountProductPatch::Fee(_))
    );
    if !is_same {
        return Err(FieldErrors::immutable("product_type").into());
    }
    merge(&mut product.wire, &changes)?;
    check(&product)?;
    ctx.save(&product)?;
    Reply::json(200, &product.wire)
}

/// An interest product must have rates, and no two of them for the same day: a period begins with
/// `valid_from` and ends before `valid_to`. A fee product must have an amount that can be charged.
fn check(product: &AccountProduct) -> Result<(), ApiError> {
    errors_of(&convert::<Value>(product)?).refused()
}

/// What is wrong with a product, which may be anything.
pub(super) fn errors_of(product: &Value) -> FieldErrors {
    match text(product, "product_type") {
        "FEE" => errors_of_fee(product),
        _ => errors_of_rates(product),
    }
}

fn errors_of_fee(product: &Value) -> FieldErrors {
    let amount = product.get("amount").and_then(Value::as_i64);
    match amount.map(check_amount) {
        Some(Err(ApiError::Problem(problem))) => problem.errors,
        _ => FieldErrors::default(),
    }
}

fn errors_of_rates(product: &Value) -> FieldErrors {
    let rates = product.get("rates").and_then(Value::as_array);
    let Some(rates) = rates.filter(|rates| !rates.is_empty()) else {
        return FieldErrors::invalid("rates", "must have at least 1 items");
    };
    let mut errors = FieldErrors::default();
    let mut periods: Vec<(&str, &str, usize)> = Vec::new();
    for (index, rate) in rates.iter().enumerate() {
        let (from, to) = (text(rate, "valid_from"), text(rate, "valid_to"));
        if text(rate, "accrual_period") != "DAILY" {
            let field = format!("rates[{index}].accrual_period");
            errors.merge(FieldErrors::invalid(&field, "must be DAILY"));
        }
        if !to.is_empty() && to <= from {
            let field = format!("rates[{index}].valid_to");
            errors.merge(FieldErrors::invalid(&field, "must be after valid_from"));
        }
        periods.push((from, to, index));
    }
    periods.sort_unstable();
    for pair in periods.windows(2) {
        let [(_, earlier_to, _), (later_from, _, index)] = pair else {
            continue;
        };
        if earlier_to.is_empty() || later_from < earlier_to {
            let field = format!("rates[{index}].valid_from");
            errors.merge(FieldErrors::invalid(&field, "overlaps an earlier period"));
        }
    }
    errors
}
