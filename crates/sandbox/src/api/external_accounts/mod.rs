//! Accounts at other banks: entered by hand, or linked through a vendor that proves them.

mod account;
mod bank;
mod vendor;

use serde_json::Value;
use synctera_api::runtime::{ErrorCode, Patch};
use synctera_api::v2::types;
use synctera_api::v2::types::{
    BaseAccountVerificationStatus, BaseAccountVerificationVendor, ExternalAccountPatch,
    ExternalAccountStatus,
};

use crate::api::external_accounts::account::{Identity, end, store, view};
use crate::domain::external_accounts::{
    EXTERNAL_ACCOUNT, ExternalAccount, ExternalAccountFacts, is_aba,
};
use crate::domain::listing::{By, List, view_of};
use crate::domain::parties::PartyIds;
use crate::model::{
    ApiError, Ctx, Kind, Outcome, Reply, Served, build, convert, merge, one_of, text,
};
use crate::spec::FieldErrors;

const ON_ONE: &[(&str, &Kind)] = &[("external_account_id", &EXTERNAL_ACCOUNT)];
pub(crate) const SERVED: &[Served] = &[
    Served::new("list_external_accounts", list),
    Served::new("create_external_account", create).ruled(of_new_account),
    Served::on("get_external_account", ON_ONE, get),
    Served::on("update_external_account", ON_ONE, update)
        .ruled(|ctx| Ok(of_routing(&ctx.request.body))),
    Served::on("delete_external_account", ON_ONE, delete),
    Served::new("create_external_account_link_token", vendor::link_token),
    Served::new("create_external_account_access_token", vendor::access_token),
    Served::new("add_vendor_external_accounts", vendor::add),
    Served::new("sync_vendor_external_accounts", vendor::sync),
    Served::on("get_external_account_balance", ON_ONE, bank::balance),
    Served::on("list_external_account_transactions", ON_ONE, bank::list),
    Served::on("refresh_external_account_transactions", ON_ONE, bank::refresh),
];

/// Types of accounts that a bank of the United States has, and calls by a number.
const US_BANK_TYPES: [&str; 2] = ["CHECKING", "SAVINGS"];

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
        view: &view_of::<ExternalAccount, _>(|_, account| {
            let is_shown = with_history || account.status != ExternalAccountStatus::Deleted;
            Ok(is_shown.then(|| view(account)))
        }),
    }
    .reply::<types::ExternalAccountList>(ctx)
}

fn create(ctx: &Ctx<'_>) -> Outcome {
    let mut account: types::NewExternalAccount = ctx.body()?;
    let ids = PartyIds {
        customer_id: account.customer_id,
        business_id: account.business_id,
        ..PartyIds::default()
    };
    ids.find(ctx, "")?;
    // An account abroad may have an IBAN alone, and is known by that.
    if account.account_identifiers.number.is_none() {
        account.account_identifiers.number = account.account_identifiers.iban.clone();
    }
    refuse_duplicate(ctx, &account)?;
    let routing = &account.routing_identifiers;
    let facts = ExternalAccountFacts {
        has_international_wire_details: routing.international_wire_details.is_some(),
        ..ExternalAccountFacts::default()
    };
    let account = store(ctx, &account, BaseAccountVerificationVendor::Manual, facts)?;
    Reply::json(201, &view(account))
}

/// What is wrong with the body of a new external account.
fn of_new_account(ctx: &Ctx<'_>) -> Result<FieldErrors, ApiError> {
    let account = &ctx.request.body;
    let mut errors = one_of(account, &["customer_id", "business_id"]);
    let member = |pointer: &str| account.pointer(pointer).and_then(Value::as_str).unwrap_or("");
    let is_of_us_bank = US_BANK_TYPES.contains(&text(account, "type"));
    let has_iban = !member("/account_identifiers/iban").is_empty() && !is_of_us_bank;
    if member("/account_identifiers/number").is_empty() && !has_iban {
        errors.merge(FieldErrors::missing("account_identifiers.number"));
    }
    let owners = account.get("account_owner_names").and_then(Value::as_array);
    if owners.is_none_or(Vec::is_empty) {
        errors.merge(FieldErrors::invalid("account_owner_names", "must have at least 1 items"));
    }
    errors.merge(of_routing(account));
    Ok(errors)
}

/// What is wrong with the routing numbers of a body.
fn of_routing(body: &Value) -> FieldErrors {
    let mut errors = FieldErrors::default();
    // The document's own example of a number for wires has no check digit that holds.
    for (field, is_right, reason) in [
        ("ach_routing_number", is_aba as fn(&str) -> bool, "is no ABA routing number"),
        ("wire_routing_number", |text| is_digits(text, 9), "must have nine digits"),
        (
            "eft_ca_routing_number",
            is_canadian,
            "must be 0, three digits of the institution and five of the branch; the 0 may be left out",
        ),
    ] {
        let path = format!("/routing_identifiers/{field}");
        let routing = body.pointer(&path).and_then(Value::as_str).unwrap_or("");
        if !routing.is_empty() && !is_right(routing) {
            errors.merge(FieldErrors::invalid(&format!("routing_identifiers.{field}"), reason));
        }
    }
    errors
}

fn is_digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text is a routing number of the Canadian network. The document's own example has no
/// leading zero.
fn is_canadian(text: &str) -> bool {
    is_digits(text, 8) || is_digits(text, 9) && text.starts_with('0')
}

/// A party has an account once.
fn refuse_duplicate(ctx: &Ctx<'_>, account: &types::NewExternalAccount) -> Result<(), ApiError> {
    let number = account.account_identifiers.number.as_ref();
    let routing = account.routing_identifiers.ach_routing_number.as_ref();
    let identity = Identity {
        number: number.map_or("", |number| number.expose()),
        ach_routing_number: routing.map(|number| number.expose().as_str()),
        customer_id: account.customer_id,
        business_id: account.business_id,
    };
    if identity.find(ctx)?.is_some() {
        let detail = "this external account is linked already";
        return Err(ApiError::rule(ErrorCode::DuplicateResource, detail));
    }
    Ok(())
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::json(200, &view(ctx.find_in_url("external_account_id")?))
}

/// A verified account can only be switched on and off, and be renamed.
fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut account = ctx.find_in_url::<ExternalAccount>("external_account_id")?;
    if account.status == ExternalAccountStatus::Deleted {
        return Err(ApiError::status("a deleted external account stays as it is", &[]));
    }
    let verification = account.verification.as_ref();
    let is_verified = verification.and_then(|verification| verification.status())
        == Some(&BaseAccountVerificationStatus::Verified);
    // What was read is no change, and its numbers are masked.
    let read = convert::<Value>(&view(account.clone()))?;
    let mut wanted = ctx.request.body.clone();
    remove_unchanged(&mut wanted, &read);
    let mut errors = FieldErrors::default();
    for (name, _) in wanted.as_object().into_iter().flatten() {
        let always = ["nickname", "status", "status_reason"].contains(&name.as_str());
        if name == "verification" || (is_verified && !always) {
            errors.merge(FieldErrors::immutable(name));
        }
    }
    errors.refused()?;
    let changes: ExternalAccountPatch = build(wanted)?;
    // Members of a part that are not named stay as they are.
    if let Some(identifiers) = changes.account_identifiers.value() {
        merge(&mut account.account_identifiers, identifiers)?;
    }
    if let Some(routing) = changes.routing_identifiers.value() {
        account.facts.has_international_wire_details |=
            routing.international_wire_details.is_some();
        merge(&mut account.routing_identifiers, routing)?;
    }
    let rest = ExternalAccountPatch {
        account_identifiers: Patch::Leave,
        routing_identifiers: Patch::Leave,
        ..changes
    };
    merge(&mut account.wire, &rest)?;
    account.last_updated_time = ctx.now;
    ctx.save(&account)?;
    Reply::json(200, &view(account))
}

/// Removes the members that are as they were read, at any depth.
fn remove_unchanged(wanted: &mut Value, read: &Value) {
    let Some(members) = wanted.as_object_mut() else {
        return;
    };
    members.retain(|name, value| match read.get(name) {
        Some(read) if value == read => false,
        Some(read) if value.is_object() && read.is_object() => {
            remove_unchanged(value, read);
            value.as_object().is_some_and(|left| !left.is_empty())
        }
        _ => true,
    });
}

fn delete(ctx: &Ctx<'_>) -> Outcome {
    let mut account = ctx.find_in_url::<ExternalAccount>("external_account_id")?;
    end(ctx, &mut account)?;
    let deleted = serde_json::json!({ "id": account.id, "resource": "EXTERNAL_ACCOUNT" });
    Reply::json(200, &build::<types::DeleteResponse>(deleted)?)
}
