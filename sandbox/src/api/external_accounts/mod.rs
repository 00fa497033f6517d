//! Accounts at other banks: entered by hand, or linked through a vendor that proves them.

mod account;
mod bank;
mod vendor;

use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types;

use crate::api::external_accounts::account::{end, find, store, verification, view};
use crate::domain::external_accounts::{EXTERNAL_ACCOUNT, is_aba};
use crate::domain::listing::By;
use crate::domain::listing::List;
use crate::domain::parties;
use crate::model::{ApiError, Ctx, Kind, Outcome, Reply, Served, one_of, patch, text};
use crate::spec::FieldErrors;

const ON_ONE: &[(&str, &Kind)] = &[("external_account_id", &EXTERNAL_ACCOUNT)];
pub(crate) const SERVED: &[Served] = &[
    Served::new("list_external_accounts", list),
    Served::new("create_external_account", create).ruled(of_new_account),
    Served::on("get_external_account", ON_ONE, get),
    Served::on("update_external_account", ON_ONE, update),
    Served::on("delete_external_account", ON_ONE, delete),
    Served::new("create_external_account_link_token", vendor::link_token),
    Served::new("create_external_account_access_token", vendor::access_token),
    Served::new("add_vendor_external_accounts", vendor::add),
    Served::new("sync_vendor_external_accounts", vendor::sync),
    Served::on("get_external_account_balance", ON_ONE, bank::balance),
    Served::on("list_external_account_transactions", ON_ONE, bank::list),
    Served::on("refresh_external_account_transactions", ON_ONE, bank::refresh),
];

/// Types of accounts that a bank has.
const BANK_TYPES: [&str; 2] = ["CHECKING", "SAVINGS"];

fn list(ctx: &Ctx<'_>) -> Outcome {
    let with_history =
        ctx.request.query.get("include_history").and_then(Value::as_bool).unwrap_or(false);
    List {
        kind: &EXTERNAL_ACCOUNT,
        items: "external_accounts",
        filters: &[
            ("id", By::Key("id")),
            ("customer_id", By::Key("customer")),
            ("business_id", By::Key("business")),
            ("nickname", By::Wildcard(&["/nickname"])),
            ("include_history", By::Elsewhere),
        ],
        always: Vec::new(),
        view: &|_, account| {
            Ok((with_history || account["status"] != "DELETED").then(|| view(account)))
        },
    }
    .reply::<types::ExternalAccountList>(ctx)
}

fn create(ctx: &Ctx<'_>) -> Outcome {
    let mut account = ctx.request.body.clone();
    parties::named(ctx, &account)?;
    if !BANK_TYPES.contains(&text(&account, "type")) {
        return Err(ApiError::not_served(&format!(
            "external accounts of type {}",
            text(&account, "type")
        )));
    }
    refuse_duplicate(ctx, &account)?;
    account["verification"] = verification("MANUAL", "UNVERIFIED", &ctx.now_text());
    let account = store(ctx, account)?;
    Reply::created::<types::ExternalAccount>(view(account))
}

/// What is wrong with the body of a new external account.
fn of_new_account(ctx: &Ctx<'_>) -> Result<FieldErrors, ApiError> {
    let account = &ctx.request.body;
    let mut errors = one_of(account, &["customer_id", "business_id"]);
    if !BANK_TYPES.contains(&text(account, "type")) {
        return Ok(errors);
    }
    if text(&account["account_identifiers"], "number").is_empty() {
        errors.merge(FieldErrors::missing("account_identifiers.number"));
    }
    if account["account_owner_names"].as_array().is_none_or(Vec::is_empty) {
        errors.merge(FieldErrors::invalid("account_owner_names", "must have at least 1 items"));
    }
    // The document's own example of a number for wires has no check digit that holds.
    for (field, is_right, reason) in [
        ("ach_routing_number", is_aba as fn(&str) -> bool, "is no ABA routing number"),
        ("wire_routing_number", is_nine_digits, "must have nine digits"),
    ] {
        let routing = text(&account["routing_identifiers"], field);
        if !routing.is_empty() && !is_right(routing) {
            errors.merge(FieldErrors::invalid(&format!("routing_identifiers.{field}"), reason));
        }
    }
    Ok(errors)
}

fn is_nine_digits(text: &str) -> bool {
    text.len() == 9 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A party has an account once.
fn refuse_duplicate(ctx: &Ctx<'_>, account: &Value) -> Result<(), ApiError> {
    if find(ctx, account)?.is_some() {
        let detail = "this external account is linked already";
        return Err(ApiError::rule(ErrorCode::DuplicateResource, detail));
    }
    Ok(())
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::ok::<types::ExternalAccount>(view(
        ctx.url_resource(&EXTERNAL_ACCOUNT, "external_account_id")?,
    ))
}

/// A verified account can only be switched on and off, and be renamed.
fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut account = ctx.url_resource(&EXTERNAL_ACCOUNT, "external_account_id")?;
    if account["status"] == "DELETED" {
        return Err(ApiError::status("a deleted external account stays as it is", &[]));
    }
    let is_verified = account["verification"]["status"] == "VERIFIED";
    let mut changes = ctx.request.body.clone();
    let mut errors = FieldErrors::default();
    for (name, _) in changes.as_object().into_iter().flatten() {
        let always = ["nickname", "status", "status_reason"].contains(&name.as_str());
        if name == "verification" || (is_verified && !always) {
            errors.merge(FieldErrors::immutable(name));
        }
    }
    if !errors.is_empty() {
        return Err(errors.into());
    }
    // Parts that are not named stay as they are.
    for part in ["account_identifiers", "routing_identifiers"] {
        if let Some(wanted) = changes.get(part).cloned() {
            let mut whole = account[part].clone();
            patch(&mut whole, &wanted);
            changes[part] = whole;
        }
    }
    patch(&mut account, &changes);
    account["last_updated_time"] = json!(ctx.now_text());
    ctx.update(&EXTERNAL_ACCOUNT, &account)?;
    Reply::ok::<types::ExternalAccount>(view(account))
}

fn delete(ctx: &Ctx<'_>) -> Outcome {
    let mut account = ctx.url_resource(&EXTERNAL_ACCOUNT, "external_account_id")?;
    end(ctx, &mut account)?;
    Reply::ok::<types::DeleteResponse>(
        json!({ "id": account["id"], "resource": "EXTERNAL_ACCOUNT" }),
    )
}
