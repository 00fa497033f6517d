//! How an external account is found, stored and shown.

use serde_json::{Value, json};

use crate::domain::external_accounts::EXTERNAL_ACCOUNT;
use crate::model::{ApiError, Ctx, last_four, text};

pub(crate) fn find(ctx: &Ctx<'_>, account: &Value) -> Result<Option<Value>, ApiError> {
    let number = text(&account["account_identifiers"], "number");
    let same = ctx.all_with(&EXTERNAL_ACCOUNT, "number", number)?.into_iter().find(|other| {
        other["status"] != "DELETED"
            && other["routing_identifiers"]["ach_routing_number"]
                == account["routing_identifiers"]["ach_routing_number"]
            && text(other, "customer_id") == text(account, "customer_id")
            && text(other, "business_id") == text(account, "business_id")
    });
    Ok(same)
}

pub(crate) fn verification(vendor: &str, status: &str, now: &str) -> Value {
    json!({ "vendor": vendor, "status": status, "creation_time": now, "last_updated_time": now })
}

pub(crate) fn store(ctx: &Ctx<'_>, mut account: Value) -> Result<Value, ApiError> {
    account["id"] = json!(ctx.new_id()?);
    account["tenant"] = json!(ctx.tenant);
    account["status"] = json!("ACTIVE");
    account["creation_time"] = json!(ctx.now_text());
    account["last_updated_time"] = json!(ctx.now_text());
    ctx.insert(&EXTERNAL_ACCOUNT, &account)?;
    Ok(account)
}

/// An account that is deleted stays, as such.
pub(crate) fn end(ctx: &Ctx<'_>, account: &mut Value) -> Result<(), ApiError> {
    account["status"] = json!("DELETED");
    account["deletion_time"] = json!(ctx.now_text());
    account["last_updated_time"] = json!(ctx.now_text());
    ctx.update(&EXTERNAL_ACCOUNT, account)
}

/// How an external account is shown: its numbers masked.
pub(crate) fn view(mut account: Value) -> Value {
    for (part, fields) in [
        ("account_identifiers", &["number", "iban"][..]),
        (
            "routing_identifiers",
            &["ach_routing_number", "wire_routing_number", "eft_ca_routing_number", "swift_code"][..],
        ),
    ] {
        for field in fields {
            if let Some(value) = account[part].get(*field).and_then(Value::as_str) {
                account[part][*field] = json!(last_four(value));
            }
        }
    }
    if let Some(routing) = account["routing_identifiers"].as_object_mut() {
        routing.remove("international_wire_details");
    }
    account
}
