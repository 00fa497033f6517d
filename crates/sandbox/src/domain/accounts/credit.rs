//! Accounts on which money is owed: lines of credit, charge accounts, revolving credit.

use serde_json::{Value, json};
use synctera_api::runtime::{AccountId, ErrorCode};
use synctera_api::v2::types::{
    self, AccountRelationshipType, AccountStatus, AccountType, AccountVendorInfo, MinimumPayment,
    TemplateVendorInfo, VendorType,
};

use crate::domain::accounts;
use crate::domain::accounts::holders;
use crate::domain::parties::PartyId;
use crate::domain::statements::Period;
use crate::ledger;
use crate::ledger::Account;
use crate::model::{ApiError, Ctx, Record, build};
use crate::spec::FieldErrors;

/// Days from the end of a period until what was billed for it is due.
const GRACE_PERIOD: i64 = 21;

const GRACE_PERIOD_MAX: i64 = 28;

/// Whether money is owed on an account, rather than kept.
pub(crate) fn is_credit(account: &types::Account) -> bool {
    ledger::owes(account.account_type.as_ref())
}

/// The account that secures another.
pub(crate) fn security(
    ctx: &Ctx<'_>,
    account: &Record<Account>,
) -> Result<Option<Record<Account>>, ApiError> {
    match &account.security {
        Some(security) => ctx.find(security.linked_account_id),
        None => Ok(None),
    }
}

/// What is owed and set aside on the open account that this one secures, if it may not be spent
/// twice.
pub(crate) fn secured_by(ctx: &Ctx<'_>, account: &Record<Account>) -> Result<i64, ApiError> {
    if account.is_security != Some(true) || !ctx.settings.security_covers_what_is_owed {
        return Ok(0);
    }
    let mut owed: i64 = 0;
    for secured in ctx.find_all::<Account>("security", account.own_id())? {
        owed = owed.saturating_sub(ledger::balances(ctx, secured.own_id())?.available);
    }
    Ok(owed.max(0))
}

/// The open account that this one secures.
pub(crate) fn secures(
    ctx: &Ctx<'_>,
    account: AccountId,
) -> Result<Option<Record<Account>>, ApiError> {
    let all = ctx.find_all::<Account>("security", account)?;
    Ok(all.into_iter().find(|secured| !ledger::has_ended(secured.status.as_ref())))
}

/// What was paid on a credit account in a period. Of what was paid before and came back in it, nothing
/// is shown.
pub(crate) fn payments_in(
    ctx: &Ctx<'_>,
    account: &Record<Account>,
    period: Period,
) -> Result<i64, ApiError> {
    Ok(ledger::payments(ctx, account.own_id(), (period.first, period.last))?.max(0))
}

/// What was paid on a credit account in the month so far.
pub(crate) fn payments_received(ctx: &Ctx<'_>, account: &Record<Account>) -> Result<i64, ApiError> {
    payments_in(ctx, account, Period::month(ctx.today()))
}

/// What is wrong with the terms of credit for a type of account, in the body of an account, a
/// template or changes to one. The body may hold anything.
pub(crate) fn errors_of_terms(account_type: &str, body: &Value) -> FieldErrors {
    let grace = body.get("grace_period").and_then(Value::as_i64);
    let payment = body.pointer("/minimum_payment/type").and_then(Value::as_str);
    terms(&account_type.into(), grace, payment)
}

fn terms(account_type: &AccountType, grace: Option<i64>, payment: Option<&str>) -> FieldErrors {
    let mut errors = FieldErrors::default();
    if grace.is_some_and(|days| !(GRACE_PERIOD..=GRACE_PERIOD_MAX).contains(&days)) {
        let reason = format!("must be from {GRACE_PERIOD} to {GRACE_PERIOD_MAX} days");
        errors.merge(FieldErrors::invalid("grace_period", reason));
    }
    let field = "minimum_payment.type";
    match (account_type, payment) {
        (AccountType::ChargeSecured | AccountType::ChargeUnsecured, Some(other))
            if other != "FULL" =>
        {
            errors.merge(FieldErrors::invalid(field, "must be FULL on a charge account"));
        }
        (AccountType::LineOfCredit, Some(other)) if other != "RATE_OR_AMOUNT" => {
            errors.merge(FieldErrors::invalid(field, "must be RATE_OR_AMOUNT on a line of credit"));
        }
        _ => {}
    }
    errors
}

/// The ids at the servicer of a revolving account: those of the template, and the account's own.
pub(crate) struct Servicer {
    pub(crate) template: Option<TemplateVendorInfo>,
    pub(crate) account: Option<AccountVendorInfo>,
}

/// Checks and completes what a new account has of credit.
pub(crate) fn prepare(
    ctx: &Ctx<'_>,
    account: &mut Record<Account>,
    servicer: &Servicer,
    holder: PartyId,
) -> Result<(), ApiError> {
    let account_type = account.account_type.clone().unwrap_or(AccountType::Checking);
    let mut errors = FieldErrors::default();
    if account_type == AccountType::GeneralLedger {
        errors.merge(FieldErrors::invalid("account_type", "is one of the bank's own"));
    }
    let has_servicer = servicer.template.is_some() || servicer.account.is_some();
    if !is_credit(account) {
        for (field, is_there) in [
            ("credit_limit", account.credit_limit.is_some()),
            ("security", account.security.is_some()),
            ("minimum_payment", account.minimum_payment.is_some()),
            ("vendor_info", has_servicer),
        ] {
            if is_there {
                let reason = format!("a {} account has none", account_type.as_str());
                errors.merge(FieldErrors::invalid(field, reason));
            }
        }
        return errors.refused();
    }
    let is_revolving = matches!(
        account_type,
        AccountType::RevolvingCreditSecured | AccountType::RevolvingCreditUnsecured
    );
    let is_secured =
        matches!(account_type, AccountType::ChargeSecured | AccountType::RevolvingCreditSecured);
    let grace = *account.grace_period.get_or_insert(GRACE_PERIOD);
    let payment = match &account.minimum_payment {
        Some(MinimumPayment::Full) => Some("FULL"),
        Some(MinimumPayment::RateOrAmount(_)) => Some("RATE_OR_AMOUNT"),
        _ => None,
    };
    errors.merge(terms(&account_type, Some(grace), payment));
    if account.auto_payment_period.is_some_and(|days| days > grace) {
        let reason = "must not be longer than the grace period";
        errors.merge(FieldErrors::invalid("auto_payment_period", reason));
    }
    if is_secured && account.security.is_none() {
        errors.merge(FieldErrors::missing("security"));
    }
    if account_type == AccountType::ChargeSecured && account.credit_limit.is_some() {
        errors.merge(FieldErrors::invalid("credit_limit", "the security account is the limit"));
    }
    if is_revolving {
        set_servicer(ctx, account, servicer, &mut errors)?;
    } else if has_servicer {
        errors
            .merge(FieldErrors::invalid("vendor_info", "only a revolving account has a servicer"));
    }
    errors.refused()?;
    if is_secured { secure(ctx, account, holder) } else { Ok(()) }
}

/// Sets the ids at the servicer: those of the template, with the account's own.
fn set_servicer(
    ctx: &Ctx<'_>,
    account: &mut Record<Account>,
    servicer: &Servicer,
    errors: &mut FieldErrors,
) -> Result<(), ApiError> {
    let template =
        servicer.template.as_ref().and_then(|vendor| vendor.vendor_data.loanpro.as_ref());
    let own = servicer.account.as_ref().and_then(|vendor| vendor.vendor_data.loanpro.as_ref());
    let tenant = own.and_then(|own| own.tenant_id.as_ref()).or(template.map(|it| &it.tenant_id));
    let product = own.and_then(|own| own.loc_product_id).or(template.map(|it| it.loc_product_id));
    let purchases =
        own.and_then(|own| own.purchases_bucket_id).or(template.map(|it| it.purchases_bucket_id));
    let advances = own
        .and_then(|own| own.cash_advance_bucket_id)
        .or(template.map(|it| it.cash_advance_bucket_id));
    for (field, is_there) in [
        ("tenant_id", tenant.is_some()),
        ("loc_product_id", product.is_some()),
        ("purchases_bucket_id", purchases.is_some()),
        ("cash_advance_bucket_id", advances.is_some()),
    ] {
        if !is_there {
            let field = format!("vendor_info.vendor_data.loanpro.{field}");
            errors.merge(FieldErrors::missing(&field));
        }
    }
    if errors.is_empty() {
        let loan = match own {
            Some(own) => own.loc_id,
            None => ctx.tx.next("loans")?,
        };
        let data = json!({
            "loc_id": loan, "tenant_id": tenant, "loc_product_id": product,
            "purchases_bucket_id": purchases, "cash_advance_bucket_id": advances,
        });
        let servicer =
            json!({ "vendor_type": VendorType::Loanpro, "vendor_data": { "loanpro": data } });
        account.vendor_info = Some(build(servicer)?);
    }
    Ok(())
}

/// Links an account to the one that secures it.
fn secure(ctx: &Ctx<'_>, account: &Record<Account>, holder: PartyId) -> Result<(), ApiError> {
    let field = "security.linked_account_id";
    let Some(link) = &account.security else {
        return Err(FieldErrors::missing(field).into());
    };
    let mut security = accounts::named(ctx, link.linked_account_id, field)?;
    let mut errors = FieldErrors::default();
    let mut ensure = |fine: bool, reason: &str| {
        if !fine {
            errors.merge(FieldErrors::invalid(field, reason));
        }
    };
    let is_deposit =
        matches!(security.account_type, Some(AccountType::Checking | AccountType::Saving));
    ensure(is_deposit, "must be a CHECKING or SAVING account");
    ensure(security.currency == account.currency, "is an account in another currency");
    let has_lines = security.balance_floor.is_some() || security.balance_ceiling.is_some();
    ensure(!has_lines, "must have neither a floor nor a ceiling");
    let has_rails = security.is_ach_enabled == Some(true) && security.is_p2p_enabled == Some(true);
    ensure(has_rails, "must have is_ach_enabled and is_p2p_enabled");
    ensure(security.is_security != Some(true), "secures another account already");
    let holders = holders::related(ctx, link.linked_account_id)?;
    let is_holders = holders.iter().any(|(role, party)| {
        matches!(
            role,
            AccountRelationshipType::PrimaryAccountHolder
                | AccountRelationshipType::JointAccountHolder
        ) && party.id() == holder
    });
    ensure(is_holders, "must be an account of the same holder");
    errors.refused()?;
    if security.status != Some(AccountStatus::ActiveOrDisbursed) {
        let detail = "the account that is to secure it is not ACTIVE_OR_DISBURSED";
        return Err(ApiError::rule(ErrorCode::ImproperAccountStatus, detail));
    }
    security.is_security = Some(true);
    ctx.save(&security)
}
