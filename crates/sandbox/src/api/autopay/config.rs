//! What a configuration may say: how much is paid when, and from where.

use serde_json::Value;
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types::{
    AccountRelationshipType as Role, AutopayConfigData, AutopayPaymentMethod, ExternalAccountStatus,
};

use crate::domain::accounts;
use crate::domain::accounts::{credit, holders};
use crate::domain::autopay::errors_of_description;
use crate::domain::external_accounts::ExternalAccount;
use crate::domain::parties::PartyId;
use crate::ledger;
use crate::ledger::{Account, check_amount};
use crate::model::{ApiError, Ctx, Record, text};
use crate::spec::FieldErrors;

/// The length of the subtype of a transfer.
const SUBTYPE_CHARS_MAX: usize = 64;

/// What is wrong with the configuration in a body, which may hold anything.
pub(super) fn errors_of(body: &Value) -> FieldErrors {
    let Some(config) = body.get("config") else {
        return FieldErrors::default();
    };
    let mut errors = errors_of_description(text(config, "description_template"));
    for (rule, value, needed) in [
        ("payment_method", "ACH", "/payment_configs/ach"),
        ("payment_method", "INTERNAL_TRANSFER", "/payment_configs/internal_transfer"),
        ("amount_rule", "FIXED_AMOUNT", "/rule_configs/fixed_amount"),
        ("timing_rule", "DAYS_BEFORE_DUE", "/rule_configs/days_before_due"),
    ] {
        if text(config, rule) == value && config.pointer(needed).is_none() {
            errors.merge(FieldErrors::missing(&crate::spec::dotted(needed)));
        }
    }
    let fixed = config.pointer("/rule_configs/fixed_amount/amount").and_then(Value::as_i64);
    if let Some(Err(ApiError::Problem(problem))) = fixed.map(check_amount) {
        errors.merge(problem.errors.under("rule_configs.fixed_amount"));
    }
    let subtype = config.pointer("/payment_configs/internal_transfer/subtype");
    if let Some(subtype) = subtype.and_then(Value::as_str) {
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if subtype.is_empty() || subtype.len() > SUBTYPE_CHARS_MAX || !subtype.chars().all(is_word)
        {
            let reason = format!("must be 1 to {SUBTYPE_CHARS_MAX} letters, digits or underscores");
            let field = "payment_configs.internal_transfer.subtype";
            errors.merge(FieldErrors::invalid(field, reason));
        }
    }
    errors.under("config")
}

/// The account is one on which money is owed, that has not ended, and the customer's own.
pub(super) fn check_lending(
    ctx: &Ctx<'_>,
    account: &Record<Account>,
    owner: PartyId,
) -> Result<(), ApiError> {
    if !credit::is_credit(account) {
        let reason = "must be a credit account";
        return Err(FieldErrors::invalid("lending_account_id", reason).into());
    }
    check_open(account)?;
    check_owner(ctx, account, owner, "lending_account_id")
}

/// There is something to pay on the lending account now and later.
fn check_open(account: &Record<Account>) -> Result<(), ApiError> {
    if ledger::has_ended(account.status.as_ref()) {
        let detail = "the account of lending_account_id is closed";
        return Err(ApiError::rule(ErrorCode::AccountClosed, detail));
    }
    Ok(())
}

/// The customer owns an account, rather than only using it.
fn check_owner(
    ctx: &Ctx<'_>,
    account: &Record<Account>,
    owner: PartyId,
    field: &str,
) -> Result<(), ApiError> {
    let owns = |role: &Role| holders::is_primary(role) || *role == Role::JointAccountHolder;
    let related = holders::related(ctx, account.own_id())?;
    if related.iter().any(|(role, party)| party.id() == owner && owns(role)) {
        return Ok(());
    }
    let detail = format!("the customer does not own the account of {field}");
    Err(ApiError::rule(ErrorCode::ImproperAccountCustomerRelationship, detail))
}

/// What a configuration pays from is the customer's, and in use.
pub(super) fn check(
    ctx: &Ctx<'_>,
    config: &AutopayConfigData,
    lending: &Record<Account>,
    owner: PartyId,
) -> Result<(), ApiError> {
    let payment = config.payment_configs.as_ref();
    let (ach, transfer) = (
        payment.and_then(|payment| payment.ach.as_ref()),
        payment.and_then(|payment| payment.internal_transfer.as_ref()),
    );
    match (&config.payment_method, ach, transfer) {
        (AutopayPaymentMethod::Ach, Some(ach), _) => {
            let field = "config.payment_configs.ach.external_account_id";
            let code = ErrorCode::BadRequestBody;
            let other = ctx.find_named::<ExternalAccount>(ach.external_account_id, code, field)?;
            let owners = [other.customer_id.map(Into::into), other.business_id.map(Into::into)];
            if !owners.contains(&Some(owner.as_uuid())) {
                let reason = "is an external account of another party";
                return Err(FieldErrors::invalid(field, reason).into());
            }
            if other.status != ExternalAccountStatus::Active {
                let detail = "the external account is not ACTIVE";
                return Err(ApiError::rule(ErrorCode::ExternalAccountNotActive, detail));
            }
            Ok(())
        }
        (AutopayPaymentMethod::InternalTransfer, _, Some(transfer)) => {
            let field = "config.payment_configs.internal_transfer.source_account_id";
            let source = accounts::named(ctx, transfer.source_account_id, field)?;
            if credit::is_credit(&source) {
                let reason = "must not be a credit account";
                return Err(FieldErrors::invalid(field, reason).into());
            }
            if ledger::has_ended(source.status.as_ref()) {
                let detail = "the account that it is paid from is closed";
                return Err(ApiError::rule(ErrorCode::AccountClosed, detail));
            }
            if source.currency != lending.currency {
                let reason = "is an account in another currency";
                return Err(FieldErrors::invalid(field, reason).into());
            }
            check_owner(ctx, &source, owner, field)
        }
        _ => Err(ApiError::Internal("the configuration has no payment_configs".to_owned())),
    }
}
