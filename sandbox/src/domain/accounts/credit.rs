//! Accounts on which money is owed: lines of credit, charge accounts, revolving credit.

use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;

use crate::domain::accounts;
use crate::domain::accounts::holders;
use crate::domain::statements::Period;
use crate::ledger;
use crate::ledger::ACCOUNT;
use crate::model::{ApiError, Ctx, patch, text};
use crate::spec::FieldErrors;

/// Days from the end of a period until what was billed for it is due.
pub(crate) const GRACE_PERIOD: i64 = 21;

pub(crate) const GRACE_PERIOD_MAX: i64 = 28;

/// Whether money is owed on an account, rather than kept.
pub(crate) fn is_credit(account: &Value) -> bool {
    ledger::owes(account)
}

/// How much may be owed at once.
pub(crate) fn limit(account: &Value) -> i64 {
    account["credit_limit"].as_i64().unwrap_or_default()
}

/// The account that secures another.
pub(crate) fn security(ctx: &Ctx<'_>, account: &Value) -> Result<Option<Value>, ApiError> {
    match text(&account["security"], "linked_account_id") {
        "" => Ok(None),
        id => ctx.get(&ACCOUNT, id),
    }
}

/// What is owed and set aside on the open account that this one secures, if it may not be spent
/// twice.
pub(crate) fn secured_by(ctx: &Ctx<'_>, account: &Value) -> Result<i64, ApiError> {
    if account["is_security"] != true || !ctx.settings.security_covers_what_is_owed {
        return Ok(0);
    }
    let mut owed: i64 = 0;
    for secured in ctx.all_with(&ACCOUNT, "security", text(account, "id"))? {
        owed = owed.saturating_sub(ledger::balances(ctx, text(&secured, "id"))?.available);
    }
    Ok(owed.max(0))
}

/// The open account that this one secures.
pub(crate) fn secures(ctx: &Ctx<'_>, account: &Value) -> Result<Option<Value>, ApiError> {
    let all = ctx.all_with(&ACCOUNT, "security", text(account, "id"))?;
    Ok(all.into_iter().find(|secured| secured["status"] != "CLOSED"))
}

/// What came in on a credit account in the month so far.
pub(crate) fn payments_received(ctx: &Ctx<'_>, account: &Value) -> Result<i64, ApiError> {
    let month = Period::month(ctx.today());
    Ok(ctx.tx.credits_between(ctx.tenant, text(account, "id"), (month.first, month.last))?)
}

/// What is wrong with the terms of credit for a type of account, in an account, a template or
/// changes to one.
pub(crate) fn terms(account_type: &str, fields: &Value) -> FieldErrors {
    let mut errors = FieldErrors::default();
    let grace = fields["grace_period"].as_i64();
    if grace.is_some_and(|days| !(GRACE_PERIOD..=GRACE_PERIOD_MAX).contains(&days)) {
        let reason = format!("must be from {GRACE_PERIOD} to {GRACE_PERIOD_MAX} days");
        errors.merge(FieldErrors::invalid("grace_period", reason));
    }
    let payment = fields["minimum_payment"]["type"].as_str();
    let field = "minimum_payment.type";
    match (account_type, payment) {
        ("CHARGE_SECURED" | "CHARGE_UNSECURED", Some(other)) if other != "FULL" => {
            errors.merge(FieldErrors::invalid(field, "must be FULL on a charge account"));
        }
        ("LINE_OF_CREDIT", Some(other)) if other != "RATE_OR_AMOUNT" => {
            errors.merge(FieldErrors::invalid(field, "must be RATE_OR_AMOUNT on a line of credit"));
        }
        _ => {}
    }
    errors
}

/// Checks and completes what a new account has of credit.
pub(crate) fn prepare(
    ctx: &Ctx<'_>,
    account: &mut Value,
    vendor: &Value,
    holder: &str,
) -> Result<(), ApiError> {
    let account_type = text(account, "account_type").to_owned();
    let is_revolving = account_type.starts_with("REVOLVING_");
    let is_secured = account_type.ends_with("_SECURED");
    let mut errors = FieldErrors::default();
    if account_type == "GENERAL_LEDGER" {
        errors.merge(FieldErrors::invalid("account_type", "is one of the bank's own"));
    }
    if !is_credit(account) {
        for field in ["credit_limit", "security", "minimum_payment", "vendor_info"] {
            if !account[field].is_null() {
                errors.merge(FieldErrors::invalid(
                    field,
                    format!("a {account_type} account has none"),
                ));
            }
        }
        return if errors.is_empty() { Ok(()) } else { Err(errors.into()) };
    }
    if account["grace_period"].is_null() {
        account["grace_period"] = json!(GRACE_PERIOD);
    }
    errors.merge(terms(&account_type, account));
    let grace = account["grace_period"].as_i64().unwrap_or_default();
    if account["auto_payment_period"].as_i64().is_some_and(|days| days > grace) {
        let reason = "must not be longer than the grace period";
        errors.merge(FieldErrors::invalid("auto_payment_period", reason));
    }
    if is_secured && account["security"].is_null() {
        errors.merge(FieldErrors::missing("security"));
    }
    if account_type == "CHARGE_SECURED" && !account["credit_limit"].is_null() {
        errors.merge(FieldErrors::invalid("credit_limit", "the security account is the limit"));
    }
    if is_revolving {
        vendor_info(ctx, account, vendor, &mut errors)?;
    } else if !account["vendor_info"].is_null() {
        errors
            .merge(FieldErrors::invalid("vendor_info", "only a revolving account has a servicer"));
    }
    if !errors.is_empty() {
        return Err(errors.into());
    }
    if is_secured { secure(ctx, account, holder) } else { Ok(()) }
}

/// The ids at the servicer: those of the template, with the account's own.
pub(crate) fn vendor_info(
    ctx: &Ctx<'_>,
    account: &mut Value,
    vendor: &Value,
    errors: &mut FieldErrors,
) -> Result<(), ApiError> {
    let mut data = vendor["vendor_data"]["loanpro"].clone();
    let own = account["vendor_info"]["vendor_data"]["loanpro"].clone();
    if !data.is_object() {
        data = json!({});
    }
    patch(&mut data, &own);
    if data["loc_id"].is_null() {
        data["loc_id"] = json!(ctx.tx.next("loans")?);
    }
    for field in ["tenant_id", "loc_product_id", "purchases_bucket_id", "cash_advance_bucket_id"] {
        if data[field].is_null() {
            errors.merge(FieldErrors::missing(&format!("vendor_info.vendor_data.loanpro.{field}")));
        }
    }
    account["vendor_info"] =
        json!({ "vendor_type": "LOANPRO", "vendor_data": { "loanpro": data } });
    Ok(())
}

/// Links an account to the one that secures it.
pub(crate) fn secure(ctx: &Ctx<'_>, account: &Value, holder: &str) -> Result<(), ApiError> {
    let field = "security.linked_account_id";
    let id = text(&account["security"], "linked_account_id");
    let mut security = accounts::referred(ctx, id, field)?;
    let mut errors = FieldErrors::default();
    let mut ensure = |fine: bool, reason: &str| {
        if !fine {
            errors.merge(FieldErrors::invalid(field, reason));
        }
    };
    let is_deposit = matches!(text(&security, "account_type"), "CHECKING" | "SAVING");
    ensure(is_deposit, "must be a CHECKING or SAVING account");
    ensure(security["currency"] == account["currency"], "is an account in another currency");
    let has_lines = ["balance_floor", "balance_ceiling"].iter().any(|l| security[*l].is_object());
    ensure(!has_lines, "must have neither a floor nor a ceiling");
    let has_rails = security["is_ach_enabled"] == true && security["is_p2p_enabled"] == true;
    ensure(has_rails, "must have is_ach_enabled and is_p2p_enabled");
    ensure(security["is_security"] != true, "secures another account already");
    let holders = holders::related(ctx, id)?;
    let is_holders = holders.iter().any(|(role, _, body)| {
        matches!(role.as_str(), "PRIMARY_ACCOUNT_HOLDER" | "JOINT_ACCOUNT_HOLDER")
            && text(body, "id") == holder
    });
    ensure(is_holders, "must be an account of the same holder");
    if !errors.is_empty() {
        return Err(errors.into());
    }
    if security["status"] != "ACTIVE_OR_DISBURSED" {
        let detail = "the account that is to secure it is not ACTIVE_OR_DISBURSED";
        return Err(ApiError::rule(ErrorCode::ImproperAccountStatus, detail));
    }
    security["is_security"] = json!(true);
    ctx.update(&ACCOUNT, &security)
}
