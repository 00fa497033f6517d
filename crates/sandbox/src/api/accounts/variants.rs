//! What belongs to an account of a type, and to a template for one.
//!
//! The document describes accounts as unions without a tag, since a template or the URL may say the
//! type. Where the type is known, a body is held against its variant alone.

use serde_json::Value;
use synctera_api::v2::types::AccountType;

use crate::domain::accounts::templates::Template;
use crate::domain::accounts::{credit, holders};
use crate::ledger::Account;
use crate::model::{ApiError, Ctx, convert, text};
use crate::spec::{FieldErrors, Interface, Spec};

/// The end of the name of the variant for a type of account, in each of the document's unions.
fn variant(account_type: &str) -> Option<&'static str> {
    Some(match account_type {
        "CHECKING" | "SAVING" | "PREPAID" => "depository",
        "GENERAL_LEDGER" => "general_ledger",
        "LINE_OF_CREDIT" => "line_of_credit",
        "CHARGE_SECURED" => "charge_secured",
        "CHARGE_UNSECURED" => "charge_unsecured",
        "REVOLVING_CREDIT_SECURED" => "revolving_credit_secured",
        "REVOLVING_CREDIT_UNSECURED" => "revolving_credit_unsecured",
        _ => return None,
    })
}

/// What is wrong with the body of a new account. Its type may be that of the template.
pub(super) fn of_new_account(ctx: &Ctx<'_>) -> Result<FieldErrors, ApiError> {
    let body = &ctx.request.body;
    let mut errors = holders::errors_of_all(body.get("relationships"));
    let mut account_type = text(body, "account_type").to_owned();
    let template = text(body, "account_template_id");
    if account_type.is_empty()
        && !template.is_empty()
        && let Some(template) = ctx.find::<Template>(template)?
    {
        account_type = template.template.account_type.as_str().to_owned();
    }
    let Some(variant) = variant(&account_type) else {
        return Ok(errors);
    };
    let mut own = body.clone();
    errors.merge(take_grace_period(&account_type, &mut own));
    errors.merge(check("account_fields", &format!("account_{variant}"), &own));
    errors.merge(credit::errors_of_terms(&account_type, body));
    Ok(errors)
}

/// Takes the grace period out of the body of a new charge account: its template alone sets it.
fn take_grace_period(account_type: &str, body: &mut Value) -> FieldErrors {
    const FIELD: &str = "grace_period";
    let is_charge = matches!(account_type, "CHARGE_SECURED" | "CHARGE_UNSECURED");
    let taken = body.as_object_mut().filter(|_| is_charge).and_then(|body| body.remove(FIELD));
    match taken.is_some_and(|value| !value.is_null()) {
        true => FieldErrors::invalid(FIELD, "is set by the template of the account"),
        false => FieldErrors::default(),
    }
}

/// What is wrong with changes to an account.
pub(super) fn of_changes(ctx: &Ctx<'_>) -> Result<FieldErrors, ApiError> {
    let Some(account) = ctx.find::<Account>(ctx.parameter("account_id"))? else {
        return Ok(FieldErrors::default());
    };
    let current = account.document()?;
    let account_type = account.account_type.as_ref().map_or("", AccountType::as_str);
    let Some(variant) = variant(account_type) else {
        return Ok(FieldErrors::default());
    };
    // What is sent back as it was read is no change.
    let mut changes = ctx.request.body.clone();
    if let Some(changes) = changes.as_object_mut() {
        changes.retain(|name, value| current.get(name) != Some(value));
    }
    let mut errors = check("account_patch", &format!("patch_account_{variant}"), &changes);
    errors.merge(credit::errors_of_terms(account_type, &changes));
    Ok(errors)
}

/// What is wrong with the body of a whole template.
pub(super) fn of_template(ctx: &Ctx<'_>) -> Result<FieldErrors, ApiError> {
    let Some(fields) = ctx.request.body.get("template") else {
        return Ok(FieldErrors::default());
    };
    Ok(credit::errors_of_terms(text(fields, "account_type"), fields).under("template"))
}

/// What is wrong with changes to a template.
pub(super) fn of_template_changes(ctx: &Ctx<'_>) -> Result<FieldErrors, ApiError> {
    let Some(template) = ctx.find::<Template>(ctx.parameter("template_id"))? else {
        return Ok(FieldErrors::default());
    };
    let current = convert::<Value>(&template.template)?;
    let account_type = template.template.account_type.as_str();
    let Some(variant) = variant(account_type).filter(|variant| *variant != "general_ledger") else {
        return Ok(FieldErrors::default());
    };
    let Some(mut changes) = ctx.request.body.get("template").cloned() else {
        return Ok(FieldErrors::default());
    };
    if let Some(changes) = changes.as_object_mut() {
        changes.retain(|name, value| current.get(name) != Some(value));
    }
    let component = format!("patch_{variant}_template_fields");
    let mut errors = FieldErrors::default();
    if changes.as_object_mut().and_then(|changes| changes.remove("account_type")).is_some() {
        errors.merge(FieldErrors::immutable("account_type"));
    }
    errors.merge(check("template_fields_patch", &component, &changes));
    errors.merge(credit::errors_of_terms(account_type, &changes));
    Ok(errors.under("template"))
}

fn check(union: &str, variant: &str, value: &Value) -> FieldErrors {
    Spec::of(Interface::V2).check_variant(union, variant, value)
}
