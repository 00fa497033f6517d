//! Who an account belongs to, and who else may use it.

use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types;

use crate::domain::accounts::holders::{RELATIONSHIP, check, is_primary, refresh, store};
use crate::domain::listing::{List, as_stored};
use crate::ledger::ACCOUNT;
use crate::model::{ApiError, Ctx, Outcome, Reply, text};
use crate::spec::FieldErrors;
use crate::store::Filter;

pub(super) fn list(ctx: &Ctx<'_>) -> Outcome {
    let account = ctx.parameter("account_id").to_owned();
    List {
        kind: &RELATIONSHIP,
        items: "relationships",
        filters: &[],
        always: vec![Filter { name: "account".to_owned(), values: vec![account] }],
        view: &as_stored,
    }
    .reply::<types::AccountRelationshipList>(ctx)
}

pub(super) fn create(ctx: &Ctx<'_>) -> Outcome {
    let mut account = ctx.url_resource(&ACCOUNT, "account_id")?;
    let (_, body) = check(ctx, &ctx.request.body, "")?;
    if is_primary(&ctx.request.body) {
        let reason = "the account has its PRIMARY_ACCOUNT_HOLDER already";
        return Err(FieldErrors::invalid("relationship_type", reason).into());
    }
    let account_id = text(&account, "id").to_owned();
    let others = ctx.all_with(&RELATIONSHIP, "account", &account_id)?;
    let party = text(&body, "id");
    let same =
        |other: &&Value| [text(other, "customer_id"), text(other, "business_id")].contains(&party);
    if others.iter().any(|other| same(&other)) {
        let detail = "this party is related to the account already";
        return Err(ApiError::rule(ErrorCode::DuplicateResource, detail));
    }
    let entry = store(ctx, &account_id, ctx.request.body.clone())?;
    refresh(ctx, &mut account)?;
    Reply::created::<types::AccountRelationship>(entry)
}

/// The relationship that the URL names, which must be one of the account that it names.
fn of_account(ctx: &Ctx<'_>) -> Result<Value, ApiError> {
    let entry = ctx.url_resource(&RELATIONSHIP, "relationship_id")?;
    if text(&entry, "account_id") == ctx.parameter("account_id") {
        return Ok(entry);
    }
    Err(ApiError::rule(ErrorCode::ResourceNotFound, "the account has no such relationship"))
}

pub(super) fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::ok::<types::AccountRelationship>(of_account(ctx)?)
}

/// Only the type can change; the party cannot.
pub(super) fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut entry = of_account(ctx)?;
    let mut errors = FieldErrors::default();
    for field in ["customer_id", "business_id"] {
        if ctx.request.body.get(field).is_some_and(|wanted| entry.get(field) != Some(wanted)) {
            errors.merge(FieldErrors::immutable(field));
        }
    }
    if !errors.is_empty() {
        return Err(errors.into());
    }
    if is_primary(&ctx.request.body) != is_primary(&entry) {
        let reason = "an account keeps its one PRIMARY_ACCOUNT_HOLDER";
        return Err(FieldErrors::invalid("relationship_type", reason).into());
    }
    let mut wanted = entry.clone();
    wanted["relationship_type"] = ctx.request.body["relationship_type"].clone();
    check(ctx, &wanted, "")?;
    entry = wanted;
    if let Some(percent) = ctx.request.body.get("ownership_percentage") {
        entry["ownership_percentage"] = percent.clone();
    }
    entry["updated_at"] = json!(ctx.now_text());
    ctx.update(&RELATIONSHIP, &entry)?;
    Reply::ok::<types::AccountRelationship>(entry)
}

pub(super) fn delete(ctx: &Ctx<'_>) -> Outcome {
    let entry = of_account(ctx)?;
    if is_primary(&entry) {
        let detail = "an account cannot lose its PRIMARY_ACCOUNT_HOLDER";
        return Err(ApiError::rule(ErrorCode::ImproperAccountCustomerRelationship, detail));
    }
    let answer = ctx.delete(&RELATIONSHIP, text(&entry, "id"), "ACCOUNT_RELATIONSHIP")?;
    let mut account = ctx.url_resource(&ACCOUNT, "account_id")?;
    refresh(ctx, &mut account)?;
    Reply::ok::<types::DeleteResponse>(answer)
}
