//! Who an account belongs to, and who else may use it.

use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types;

use crate::domain::accounts::holders::{
    RELATIONSHIP, Relationship, check, is_of, is_primary, refresh, store, stored,
};
use crate::domain::accounts::standing;
use crate::domain::listing::{List, as_stored};
use crate::ledger::Account;
use crate::model::{ApiError, Ctx, Outcome, Record, Reply};
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
    let mut account = ctx.find_in_url::<Account>("account_id")?;
    let entry = stored(&ctx.body()?)?;
    let party = check(ctx, &entry, "")?.id().to_string();
    if is_primary(&entry.relationship_type) {
        let reason = "the account has its PRIMARY_ACCOUNT_HOLDER already";
        return Err(FieldErrors::invalid("relationship_type", reason).into());
    }
    let others = ctx.find_all::<Relationship>("account", account.own_id())?;
    if others.iter().any(|other| is_of(other, &party)) {
        let detail = "this party is related to the account already";
        return Err(ApiError::rule(ErrorCode::DuplicateResource, detail));
    }
    let entry = store(ctx, &account, entry)?;
    standing::follow(ctx, &mut account)?;
    refresh(ctx, &mut account)?;
    Reply::json(201, &entry.wire)
}

/// The relationship that the URL names, which must be one of the account that it names.
fn of_account(ctx: &Ctx<'_>) -> Result<Record<Relationship>, ApiError> {
    let entry = ctx.find_in_url::<Relationship>("relationship_id")?;
    if entry.account_id.is_some_and(|id| id.to_string() == ctx.parameter("account_id")) {
        return Ok(entry);
    }
    Err(ApiError::rule(ErrorCode::ResourceNotFound, "the account has no such relationship"))
}

pub(super) fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::json(200, &of_account(ctx)?.wire)
}

/// Only the type can change; the party cannot.
pub(super) fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut entry = of_account(ctx)?;
    let body: types::AccountRelationshipInput = ctx.body()?;
    let mut errors = FieldErrors::default();
    if body.customer_id.is_some() && body.customer_id != entry.customer_id {
        errors.merge(FieldErrors::immutable("customer_id"));
    }
    if body.business_id.is_some() && body.business_id != entry.business_id {
        errors.merge(FieldErrors::immutable("business_id"));
    }
    errors.refused()?;
    if is_primary(&body.relationship_type) != is_primary(&entry.relationship_type) {
        let reason = "an account keeps its one PRIMARY_ACCOUNT_HOLDER";
        return Err(FieldErrors::invalid("relationship_type", reason).into());
    }
    entry.relationship_type = body.relationship_type;
    check(ctx, &entry, "")?;
    if body.ownership_percentage.is_some() {
        entry.ownership_percentage = body.ownership_percentage;
    }
    entry.updated_at = Some(ctx.now);
    ctx.save(&entry)?;
    let mut account = ctx.find_in_url::<Account>("account_id")?;
    if standing::follow(ctx, &mut account)? {
        ctx.save(&account)?;
    }
    Reply::json(200, &entry.wire)
}

pub(super) fn delete(ctx: &Ctx<'_>) -> Outcome {
    let entry = of_account(ctx)?;
    if is_primary(&entry.relationship_type) {
        let detail = "an account cannot lose its PRIMARY_ACCOUNT_HOLDER";
        return Err(ApiError::rule(ErrorCode::ImproperAccountCustomerRelationship, detail));
    }
    let id = ctx.parameter("relationship_id");
    let answer = ctx.delete(&RELATIONSHIP, id, "ACCOUNT_RELATIONSHIP")?;
    let mut account = ctx.find_in_url::<Account>("account_id")?;
    standing::follow(ctx, &mut account)?;
    refresh(ctx, &mut account)?;
    Reply::json(200, &answer)
}
