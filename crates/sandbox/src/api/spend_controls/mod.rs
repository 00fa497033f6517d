//! Spend controls: limits on what goes out of accounts (or comes in) in a span of time.
//!
//! A control acts on the accounts that name it in their `spend_control_ids`. What it finds too much
//! is declined on every rail that the sandbox serves; see [`check`](crate::domain::spend_controls::check).

use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types;
use synctera_api::v2::types::{ManagedByTypes, NewSpendControl};

use crate::domain::listing::{By, List, view_of};
use crate::domain::spend_controls::{SPEND_CONTROL, SpendControl};
use crate::ledger::Account;
use crate::model::{
    ApiError, Ctx, Kind, Outcome, Problem, Record, Reply, Served, complete, merge, texts,
};
use crate::spec::FieldErrors;
use crate::store::{Filter, ID};

const ON_ONE: &[(&str, &Kind)] = &[("spend_control_id", &SPEND_CONTROL)];
pub(crate) const SERVED: &[Served] = &[
    Served::new("list_spend_controls", list),
    Served::new("create_spend_control", create)
        .ruled(|ctx| Ok(Scope::of_body(&ctx.request.body).errors())),
    Served::on("get_spend_control", ON_ONE, get),
    Served::on("update_spend_control", ON_ONE, update),
];

fn list(ctx: &Ctx<'_>) -> Outcome {
    let accounts: Vec<&str> = ctx.request.query.get("account_id").map(texts).unwrap_or_default();
    let mut always = Vec::new();
    if !accounts.is_empty() {
        let mut values = Vec::new();
        for id in accounts {
            if let Some(account) = ctx.find::<Account>(id)? {
                values.extend(account.spend_control_ids.iter().map(ToString::to_string));
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
        view: &view_of::<SpendControl, _>(|ctx, control| {
            let control = view(ctx, control)?;
            Ok(is_measured(ctx, &control).then_some(control))
        }),
    }
    .reply::<types::SpendControlList>(ctx)
}

/// Whether a control lies within the bounds that the query sets on its numbers.
fn is_measured(ctx: &Ctx<'_>, control: &types::SpendControl) -> bool {
    let asked = |name: &str| ctx.request.query.get(name).and_then(Value::as_i64);
    let is_within = |filter: &str, has: Option<i64>| {
        asked(filter).is_none_or(|exact| has == Some(exact))
            && asked(&format!("{filter}_gte")).is_none_or(|least| has.is_some_and(|n| n >= least))
            && asked(&format!("{filter}_lte")).is_none_or(|most| has.is_some_and(|n| n <= most))
    };
    is_within("amount_limit", control.amount_limit)
        && is_within("transaction_count_limit", control.transaction_count_limit)
        && is_within("num_related_accounts", Some(control.number_of_related_accounts))
}

fn create(ctx: &Ctx<'_>) -> Outcome {
    let body: NewSpendControl = ctx.body()?;
    check_control(&Scope::of_new(&body))?;
    let rest = json!({
        "id": ctx.new_id()?, "tenant": ctx.tenant, "creation_time": ctx.now,
        "last_modified_time": ctx.now, "number_of_related_accounts": 0,
        "managed_by": body.managed_by.as_ref().unwrap_or(&ManagedByTypes::Fintech),
    });
    let control = Record::<SpendControl>::new(complete(&body, rest)?, ());
    ctx.add(&control)?;
    Reply::json(201, &view(ctx, control)?)
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::json(200, &view(ctx, ctx.find_in_url("spend_control_id")?)?)
}

/// Changes a control; a limit or restriction that is `null` is lifted.
fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut control = ctx.find_in_url::<SpendControl>("spend_control_id")?;
    merge(&mut control.wire, &ctx.body::<types::SpendControlPatch>()?)?;
    check_control(&Scope::of(&control))?;
    control.last_modified_time = ctx.now;
    ctx.save(&control)?;
    Reply::json(200, &view(ctx, control)?)
}

/// What a control is about, as far as its members depend on each other.
struct Scope<'a> {
    has_limit: bool,
    payment_types: Vec<&'a str>,
    payment_sub_types: Vec<&'a str>,
    merchant_category_codes: Vec<&'a str>,
}

impl<'a> Scope<'a> {
    fn of_body(body: &'a Value) -> Self {
        let list = |name: &str| body.get(name).map(texts).unwrap_or_default();
        let is_limited = |name: &str| body.get(name).is_some_and(|limit| !limit.is_null());
        Self {
            has_limit: is_limited("amount_limit") || is_limited("transaction_count_limit"),
            payment_types: list("payment_types"),
            payment_sub_types: list("payment_sub_types"),
            merchant_category_codes: list("merchant_category_codes"),
        }
    }

    fn of_new(control: &'a NewSpendControl) -> Self {
        Self {
            has_limit: control.amount_limit.is_some() || control.transaction_count_limit.is_some(),
            payment_types: control.payment_types.iter().map(|kind| kind.as_str()).collect(),
            payment_sub_types: all(&control.payment_sub_types),
            merchant_category_codes: all(&control.merchant_category_codes),
        }
    }

    fn of(control: &'a types::SpendControl) -> Self {
        Self {
            has_limit: control.amount_limit.is_some() || control.transaction_count_limit.is_some(),
            payment_types: control.payment_types.iter().map(|kind| kind.as_str()).collect(),
            payment_sub_types: all(&control.payment_sub_types),
            merchant_category_codes: all(&control.merchant_category_codes),
        }
    }

    /// What is wrong with a control by itself.
    fn errors(&self) -> FieldErrors {
        let mut errors = FieldErrors::default();
        if !self.has_limit {
            errors.merge(FieldErrors::missing("amount_limit"));
            errors.merge(FieldErrors::missing("transaction_count_limit"));
        }
        for codes in &self.merchant_category_codes {
            if codes.split_once('-').is_some_and(|(first, last)| first > last) {
                let reason = format!("{codes} ends before it begins");
                errors.merge(FieldErrors::invalid("merchant_category_codes", reason));
            }
        }
        errors
    }
}

fn all(texts: &[String]) -> Vec<&str> {
    texts.iter().map(String::as_str).collect()
}

/// Rules that the document has no words for.
fn check_control(control: &Scope<'_>) -> Result<(), ApiError> {
    control.errors().refused()?;
    for sub_type in &control.payment_sub_types {
        let detail = match sub_type.split_once('.') {
            // A bare name could be one of several types.
            None if control.payment_types.len() != 1 => {
                format!("{sub_type} needs its payment type: CARD.{sub_type}, say")
            }
            Some((kind, _))
                if !control.payment_types.is_empty() && !control.payment_types.contains(&kind) =>
            {
                format!("{sub_type} is of none of the payment_types")
            }
            _ => continue,
        };
        return Err(ambiguous(detail));
    }
    Ok(())
}

fn ambiguous(detail: String) -> ApiError {
    let mut problem = Problem::new(ErrorCode::AmbiguousPaymentSubtypes, detail.as_str());
    problem.errors = FieldErrors::invalid("payment_sub_types", detail);
    problem.into()
}

/// How a control is shown: with how many accounts it watches.
pub(crate) fn view(
    ctx: &Ctx<'_>,
    control: Record<SpendControl>,
) -> Result<types::SpendControl, ApiError> {
    let mut control = control.wire;
    let count = ctx.find_all::<Account>("spend_control", control.id)?.len();
    control.number_of_related_accounts = count.try_into().unwrap_or(i64::MAX);
    Ok(control)
}
