//! Spend controls: limits on what goes out of accounts (or comes in) in a span of time.
//!
//! A control acts on the accounts that name it in their `spend_control_ids`. What it finds too much
//! is declined on every rail that the sandbox serves; see [`check`](crate::domain::spend_controls::check).

use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types;

use crate::domain::listing::By;
use crate::domain::listing::List;
use crate::domain::spend_controls::{SPEND_CONTROL, ids};
use crate::ledger::ACCOUNT;
use crate::model::{ApiError, Ctx, Kind, Outcome, Reply, Served, key_text, patch, texts};
use crate::spec::FieldErrors;
use crate::store::{Filter, ID};

const ON_ONE: &[(&str, &Kind)] = &[("spend_control_id", &SPEND_CONTROL)];
pub(crate) const SERVED: &[Served] = &[
    Served::new("list_spend_controls", list),
    Served::new("create_spend_control", create).ruled(|ctx| Ok(errors_of(&ctx.request.body))),
    Served::on("get_spend_control", ON_ONE, get),
    Served::on("update_spend_control", ON_ONE, update),
];

/// The properties that a control limits, and how the list's filters on them are called.
const MEASURES: [(&str, &str); 3] = [
    ("amount_limit", "amount_limit"),
    ("transaction_count_limit", "transaction_count_limit"),
    ("number_of_related_accounts", "num_related_accounts"),
];

fn list(ctx: &Ctx<'_>) -> Outcome {
    let accounts: Vec<&str> = ctx.request.query.get("account_id").map(texts).unwrap_or_default();
    let mut always = Vec::new();
    if !accounts.is_empty() {
        let mut values = Vec::new();
        for id in accounts {
            if let Some(account) = ctx.get(&ACCOUNT, id)? {
                values.extend(ids(&account).into_iter().map(str::to_owned));
            }
        }
        always.push(Filter { name: ID.to_owned(), values });
    }
    List {
        kind: &SPEND_CONTROL,
        items: "spend_controls",
        filters: &[
            ("account_id", By::Elsewhere),
            ("id", By::Key("id")),
            ("direction", By::Key("direction")),
            ("is_active", By::Key("is_active")),
            ("payment_type", By::Key("payment_type")),
            ("time_range_type", By::Key("time_range_type")),
            ("name", By::Wildcard(&["/name"])),
            ("amount_limit", By::Elsewhere),
            ("amount_limit_gte", By::Elsewhere),
            ("amount_limit_lte", By::Elsewhere),
            ("transaction_count_limit", By::Elsewhere),
            ("transaction_count_limit_gte", By::Elsewhere),
            ("transaction_count_limit_lte", By::Elsewhere),
            ("num_related_accounts", By::Elsewhere),
            ("num_related_accounts_gte", By::Elsewhere),
            ("num_related_accounts_lte", By::Elsewhere),
        ],
        always,
        view: &|ctx, control| {
            let control = view(ctx, control)?;
            Ok(is_measured(ctx, &control).then_some(control))
        },
    }
    .reply::<types::SpendControlList>(ctx)
}

/// Whether a control lies within the bounds that the query sets on its numbers.
fn is_measured(ctx: &Ctx<'_>, control: &Value) -> bool {
    let asked = |name: String| ctx.request.query.get(&name).and_then(Value::as_i64);
    MEASURES.iter().all(|(property, filter)| {
        let has = control[*property].as_i64();
        asked((*filter).to_owned()).is_none_or(|exact| has == Some(exact))
            && asked(format!("{filter}_gte")).is_none_or(|least| has.is_some_and(|n| n >= least))
            && asked(format!("{filter}_lte")).is_none_or(|most| has.is_some_and(|n| n <= most))
    })
}

fn create(ctx: &Ctx<'_>) -> Outcome {
    let mut control = ctx.request.body.clone();
    for (property, default) in [
        ("direction", json!("DEBITS")),
        ("payment_types", json!([])),
        ("payment_sub_types", json!([])),
        ("merchant_category_codes", json!([])),
        ("managed_by", json!("FINTECH")),
    ] {
        if control.get(property).is_none() {
            control[property] = default;
        }
    }
    check_control(&control)?;
    control["id"] = json!(ctx.new_id()?);
    control["tenant"] = json!(ctx.tenant);
    control["creation_time"] = json!(ctx.now_text());
    control["last_modified_time"] = json!(ctx.now_text());
    ctx.insert(&SPEND_CONTROL, &control)?;
    Reply::created::<types::SpendControl>(view(ctx, control)?)
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    let control = ctx.url_resource(&SPEND_CONTROL, "spend_control_id")?;
    Reply::ok::<types::SpendControl>(view(ctx, control)?)
}

/// Changes a control; a limit or restriction that is `null` is lifted.
fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut control = ctx.url_resource(&SPEND_CONTROL, "spend_control_id")?;
    patch(&mut control, &ctx.request.body);
    if let Some(members) = control.as_object_mut() {
        members.retain(|_, value| !value.is_null());
    }
    check_control(&control)?;
    control["last_modified_time"] = json!(ctx.now_text());
    ctx.update(&SPEND_CONTROL, &control)?;
    Reply::ok::<types::SpendControl>(view(ctx, control)?)
}

/// Rules that the document has no words for.
fn check_control(control: &Value) -> Result<(), ApiError> {
    errors_of(control).refused()?;
    let kinds = texts(&control["payment_types"]);
    for sub_type in texts(&control["payment_sub_types"]) {
        match sub_type.split_once('.') {
            // A bare name could be one of several types.
            None if kinds.len() != 1 => {
                let detail = format!("{sub_type} needs its payment type: CARD.{sub_type}, say");
                return Err(ApiError::rule(ErrorCode::AmbiguousPaymentSubtypes, detail));
            }
            _ => {}
        }
    }
    Ok(())
}

/// What is wrong with a control by itself.
fn errors_of(control: &Value) -> FieldErrors {
    let mut errors = FieldErrors::default();
    if control["amount_limit"].is_null() && control["transaction_count_limit"].is_null() {
        errors.merge(FieldErrors::missing("amount_limit"));
        errors.merge(FieldErrors::missing("transaction_count_limit"));
    }
    let kinds = texts(&control["payment_types"]);
    for sub_type in texts(&control["payment_sub_types"]) {
        if let Some((kind, _)) = sub_type.split_once('.')
            && !kinds.is_empty()
            && !kinds.contains(&kind)
        {
            let reason = format!("{sub_type} is of none of the payment_types");
            errors.merge(FieldErrors::invalid("payment_sub_types", reason));
        }
    }
    for codes in texts(&control["merchant_category_codes"]) {
        if codes.split_once('-').is_some_and(|(first, last)| first > last) {
            let reason = format!("{codes} ends before it begins");
            errors.merge(FieldErrors::invalid("merchant_category_codes", reason));
        }
    }
    errors
}

/// How a control is shown: with how many accounts it watches.
pub(crate) fn view(ctx: &Ctx<'_>, mut control: Value) -> Result<Value, ApiError> {
    let id = key_text(&control["id"]).unwrap_or_default();
    let count = ctx.all_with(&ACCOUNT, "spend_control", &id)?.len();
    control["number_of_related_accounts"] = json!(count);
    Ok(control)
}
