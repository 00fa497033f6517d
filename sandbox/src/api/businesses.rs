//! Businesses: create, read, change.

use serde_json::{Value, json};
use synctera_api::v2::types;

use crate::domain::listing::By;
use crate::domain::listing::List;
use crate::domain::parties::{BUSINESS, Party};
use crate::domain::{addresses, classifications, parties};
use crate::model::{ApiError, Ctx, Outcome, Reply, Served, patch, text};
use crate::spec::FieldErrors;

pub(crate) const SERVED: &[Served] = &[
    Served::new("list_businesses", list),
    Served::new("create_business", create).ruled(|ctx| Ok(check(&ctx.request.body))),
    Served::on("get_business", &[("business_id", &BUSINESS)], get),
    Served::on("update_business", &[("business_id", &BUSINESS)], update)
        .ruled(|ctx| Ok(check(&ctx.request.body))),
];

fn list(ctx: &Ctx<'_>) -> Outcome {
    let has_accounts = ctx.request.query.get("has_accounts").and_then(Value::as_bool);
    List {
        kind: &BUSINESS,
        items: "businesses",
        filters: &[
            ("id", By::Key("id")),
            ("status", By::Key("status")),
            ("is_customer", By::Key("is_customer")),
            ("entity_name", By::Wildcard(&["/entity_name"])),
            ("phone_number", By::Wildcard(&["/phone_number"])),
            ("classifications", By::Elsewhere),
            ("has_accounts", By::Elsewhere),
        ],
        always: Vec::new(),
        view: &|ctx, business| {
            let business = view(ctx, business)?;
            let fits = has_accounts.is_none_or(|has| business["has_accounts"] == has)
                && classifications::is_of_class(ctx, &business);
            Ok(fits.then_some(business))
        },
    }
    .reply::<types::BusinessList>(ctx)
}

fn create(ctx: &Ctx<'_>) -> Outcome {
    let mut business = ctx.request.body.clone();
    let id = ctx.new_id()?.to_string();
    business["id"] = json!(id);
    business["tenant"] = json!(ctx.tenant);
    business["creation_time"] = json!(ctx.now_text());
    business["last_updated_time"] = json!(ctx.now_text());
    business["verification_status"] = json!("UNVERIFIED");
    if let Some(address) = business.get_mut("legal_address") {
        addresses::record(ctx, Party::Business, &id, address, "LEGAL")?;
    }
    ctx.insert(&BUSINESS, &business)?;
    Reply::created::<types::Business>(view(ctx, business)?)
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::ok::<types::Business>(view(ctx, ctx.url_resource(&BUSINESS, "business_id")?)?)
}

fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut business = ctx.url_resource(&BUSINESS, "business_id")?;
    let mut changes = ctx.request.body.clone();
    if let Some(address) = changes.get_mut("legal_address") {
        addresses::replace(ctx, Party::Business, text(&business, "id"), address, "LEGAL")?;
    }
    patch(&mut business, &changes);
    business["last_updated_time"] = json!(ctx.now_text());
    ctx.update(&BUSINESS, &business)?;
    Reply::ok::<types::Business>(view(ctx, business)?)
}

/// Rules of fields that the document does not state.
fn check(body: &Value) -> FieldErrors {
    let mut errors = FieldErrors::default();
    let ein = text(body, "ein");
    if !ein.is_empty() && !is_ein(ein) {
        errors.merge(FieldErrors::invalid("ein", "must be written as 12-3456789"));
    }
    let state = text(body, "formation_state");
    let is_code = state.len() == 2 && state.bytes().all(|b| b.is_ascii_uppercase());
    if !state.is_empty() && !is_code {
        errors.merge(FieldErrors::invalid("formation_state", "must be two letters"));
    }
    errors
}

/// `12-3456789`; the KYB test values come without the dash.
fn is_ein(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    digits == 9 && (text.len() == 9 || (text.len() == 10 && text.as_bytes()[2] == b'-'))
}

/// How a business is shown.
pub(crate) fn view(ctx: &Ctx<'_>, mut business: Value) -> Result<Value, ApiError> {
    business["has_accounts"] = json!(parties::has_accounts(ctx, text(&business, "id"))?);
    business["classifications"] = json!(classifications::classifications(ctx, &business)?);
    Ok(business)
}
