//! Account products: interest schedules that accounts refer to.

use serde_json::{Value, json};
use synctera_api::v2::types;

use crate::domain::accounts::interest::PRODUCT;
use crate::domain::listing::By;
use crate::domain::listing::List;
use crate::model::{ApiError, Ctx, Outcome, Reply, patch, text};
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
        view: &|ctx, product| Ok(is_in_force(ctx, &product).then_some(product)),
    }
    .reply::<types::AccountProductList>(ctx)
}

/// Whether a product has a rate on a day of the period that the query asks for.
fn is_in_force(ctx: &Ctx<'_>, product: &Value) -> bool {
    let asked = |name: &str| ctx.request.query.get(name).and_then(Value::as_str);
    let (first, last) = (asked("start_date"), asked("end_date"));
    let rates = product["rates"].as_array().into_iter().flatten();
    let is_wanted = |rate: &Value| {
        let (from, to) = (text(rate, "valid_from"), text(rate, "valid_to"));
        last.is_none_or(|last| from <= last)
            && first.is_none_or(|first| to.is_empty() || to > first)
    };
    (first.is_none() && last.is_none()) || rates.into_iter().any(is_wanted)
}

pub(super) fn create(ctx: &Ctx<'_>) -> Outcome {
    let mut product = ctx.request.body.clone();
    check(&product)?;
    product["id"] = json!(ctx.new_id()?);
    ctx.insert(&PRODUCT, &product)?;
    Reply::created::<types::AccountProduct>(product)
}

pub(super) fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut product = ctx.url_resource(&PRODUCT, "product_id")?;
    if product["product_type"] != ctx.request.body["product_type"] {
        return Err(FieldErrors::immutable("product_type").into());
    }
    patch(&mut product, &ctx.request.body);
    check(&product)?;
    ctx.update(&PRODUCT, &product)?;
    Reply::ok::<types::AccountProduct>(product)
}

/// Rates must be there, and no two of them for the same day. A period begins with `valid_from` and
/// ends before `valid_to`.
fn check(product: &Value) -> Result<(), ApiError> {
    if product["product_type"] == "FEE" {
        return Err(ApiError::not_served("fee products, which fee templates replaced"));
    }
    errors_of(product).refused()
}

/// What is wrong with the rates of a product.
pub(super) fn errors_of(product: &Value) -> FieldErrors {
    if product["product_type"] == "FEE" {
        return FieldErrors::default();
    }
    let Some(rates) = product["rates"].as_array().filter(|rates| !rates.is_empty()) else {
        return FieldErrors::invalid("rates", "must have at least 1 items");
    };
    let mut errors = FieldErrors::default();
    let mut periods: Vec<(&str, &str, usize)> = Vec::new();
    for (index, rate) in rates.iter().enumerate() {
        let (from, to) = (text(rate, "valid_from"), text(rate, "valid_to"));
        if rate["accrual_period"] != "DAILY" {
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
