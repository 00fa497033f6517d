//! Transfers between accounts on the platform: at once, or held until they are captured.

use chrono::{DateTime, Duration, SubsecRound, Utc};
use serde_json::{Value, json};
use synctera_api::runtime::{CustomerId, ErrorCode, Patch, PlatformAccountId, TransactionId};
use synctera_api::v2::types::{
    self, InternalTransferCaptureMode, InternalTransferPatchStatus, InternalTransferResponseStatus,
    NewInternalTransfer, TransactionType,
};

use crate::domain::rules::Rail;
use crate::domain::side::Side;
use crate::domain::spend_controls::Spend;
use crate::domain::{internal_accounts, rules};
use crate::ledger;
use crate::ledger::{Account, Ended, InternalAccount, LedgerAccount, Movement, NewHold, Sign};
use crate::model::{
    ApiError, Ctx, DOES_NOT_EXIST, Kind, Outcome, Problem, Record, Reply, Resource, Served,
    complete, text,
};
use crate::spec::FieldErrors;

pub(crate) const TRANSFER: Kind = Kind { name: "internal transfer", id: "id", keys: &[] };

/// A transfer between two accounts on the platform.
enum InternalTransfer {}

impl Resource for InternalTransfer {
    const KIND: &'static Kind = &TRANSFER;
    type Wire = types::InternalTransfer;
    type Facts = ();
}

/// The job that releases a transfer that was not captured.
pub(crate) const EXPIRE: &str = "internal_transfer.expire";

const ON_ONE: &[(&str, &Kind)] = &[("id", &TRANSFER)];
/// Why a body is refused.
const SAME_ACCOUNT: &str = "must not be the originating account";
const IN_THE_PAST: &str = "must be in the future";
/// The rail of transfers between accounts of the platform.
const RAIL: Rail = Rail::P2p;

pub(crate) const SERVED: &[Served] = &[
    Served::new("create_internal_transfer", create).ruled(|ctx| Ok(errors_of(ctx))),
    Served::on("get_internal_transfer", ON_ONE, get),
    Served::on("update_internal_transfer", ON_ONE, update),
];

/// One end of a transfer, as a request names it.
struct Named<'a> {
    /// `originating` or `receiving`.
    name: &'static str,
    id: Option<PlatformAccountId>,
    alias: Option<&'a str>,
    customer: Option<CustomerId>,
}

/// One end of a transfer.
struct End {
    ledger: LedgerAccount,
    /// The customer's account, when it is one.
    account: Option<Record<Account>>,
}

/// What is wrong with the body of a new transfer, whatever accounts there are.
fn errors_of(ctx: &Ctx<'_>) -> FieldErrors {
    let body = &ctx.request.body;
    let mut errors = FieldErrors::default();
    let given = |name: &str| body.get(name).filter(|value| !value.is_null());
    for end in ["originating", "receiving"] {
        let (by_id, by_alias) = (format!("{end}_account_id"), format!("{end}_account_alias"));
        match (given(&by_id), given(&by_alias).filter(|alias| **alias != "")) {
            (None, None) => errors.merge(FieldErrors::missing(&by_id)),
            (Some(_), Some(_)) => {
                let reason = format!("must not be given beside {by_id}");
                errors.merge(FieldErrors::invalid(&by_alias, reason));
            }
            _ => {}
        }
    }
    let receiving = given("receiving_account_id");
    if receiving.is_some() && receiving == given("originating_account_id") {
        errors.merge(FieldErrors::invalid("receiving_account_id", SAME_ACCOUNT));
    }
    let expires_at = text(body, "expires_at").parse().ok();
    if text(body, "capture_mode") == InternalTransferCaptureMode::Manual.as_str()
        && expires_at.is_some_and(|moment: DateTime<Utc>| moment <= ctx.now)
    {
        errors.merge(FieldErrors::invalid("expires_at", IN_THE_PAST));
    }
    errors
}

pub(crate) fn create(ctx: &Ctx<'_>) -> Outcome {
    let asked: NewInternalTransfer = ctx.body()?;
    let currency = asked.currency.as_str();
    let originating = Named {
        name: "originating",
        id: asked.originating_account_id,
        alias: asked.originating_account_alias.as_deref(),
        customer: asked.originating_account_customer_id,
    };
    let receiving = Named {
        name: "receiving",
        id: asked.receiving_account_id,
        alias: asked.receiving_account_alias.as_deref(),
        customer: asked.receiving_account_customer_id,
    };
    let from = originating.end(ctx, currency)?;
    let to = receiving.end(ctx, currency)?;
    if from.ledger.id == to.ledger.id {
        return Err(FieldErrors::invalid("receiving_account_id", SAME_ACCOUNT).into());
    }
    for (name, end) in [("originating", &from), ("receiving", &to)] {
        if end.ledger.currency != asked.currency {
            let reason = format!("the {name} account is in {}", end.ledger.currency);
            return Err(FieldErrors::invalid("currency", reason).into());
        }
    }
    originating.check(ctx, &from, Side::Debited)?;
    receiving.check(ctx, &to, Side::Credited)?;
    check_money(ctx, &asked, &from, &to)?;

    let id = ctx.new_id()?;
    let is_manual = asked.capture_mode == Some(InternalTransferCaptureMode::Manual);
    let (mode, status) = match is_manual {
        true => (InternalTransferCaptureMode::Manual, InternalTransferResponseStatus::Pending),
        false => (InternalTransferCaptureMode::Immediate, InternalTransferResponseStatus::Complete),
    };
    let rest = json!({
        "id": id, "tenant": ctx.tenant, "originating_account_id": from.ledger.id,
        "receiving_account_id": to.ledger.id, "capture_mode": mode, "status": status,
    });
    let mut transfer = Record::<InternalTransfer>::new(complete(&asked, rest)?, ());
    if is_manual {
        let expires_at = expiry(ctx, asked.expires_at)?;
        transfer.expires_at = Some(expires_at);
        hold(ctx, &transfer, &from.ledger, &to.ledger, expires_at)?;
        let due = expires_at.timestamp_millis();
        ctx.tx.schedule(ctx.tenant, due, EXPIRE, &id.to_string())?;
    } else {
        post(ctx, &transfer, &from.ledger, &to.ledger, None)?;
    }
    ctx.add(&transfer)?;
    Reply::json(200, &transfer.wire)
}

/// The rules of both accounts let the money move.
fn check_money(
    ctx: &Ctx<'_>,
    asked: &NewInternalTransfer,
    from: &End,
    to: &End,
) -> Result<(), ApiError> {
    let amount = asked.amount;
    for account in [from, to].into_iter().filter_map(|end| end.account.as_ref()) {
        rules::check_rail(account, RAIL)?;
    }
    let sub_type = asked.type_.as_str();
    for (end, side) in [(from, Side::Debited), (to, Side::Credited)] {
        if let Some(account) = &end.account {
            let kind = "INTERNAL_TRANSFER";
            let spend = Spend { kind, sub_type, amount, side, mcc: None, country: None };
            rules::check_spend_controls(ctx, account, &spend)?;
        }
    }
    if let Some(account) = &from.account {
        // A security pays what it secures from the money that is kept for just that.
        let pays_what_it_secures = to.security() == Some(from.ledger.id);
        if !pays_what_it_secures || ledger::balances(ctx, from.ledger.id)?.available < amount {
            rules::check_funds(ctx, account, amount)?;
        }
    }
    if let Some(account) = &to.account {
        rules::check_room(ctx, account, amount)?;
    }
    Ok(())
}

impl End {
    /// The account that secures this one, if one does.
    fn security(&self) -> Option<PlatformAccountId> {
        let security = self.account.as_ref()?.security.as_ref()?;
        Some(security.linked_account_id.into())
    }
}

impl Named<'_> {
    /// The account, named by its id or by the alias of one of the bank's own.
    fn end(&self, ctx: &Ctx<'_>, currency: &str) -> Result<End, ApiError> {
        let by_id = format!("{}_account_id", self.name);
        match (self.id, self.alias.filter(|alias| !alias.is_empty())) {
            (None, None) => Err(FieldErrors::missing(&by_id).into()),
            (Some(_), Some(_)) => {
                let reason = format!("must not be given beside {by_id}");
                let by_alias = format!("{}_account_alias", self.name);
                Err(FieldErrors::invalid(&by_alias, reason).into())
            }
            (None, Some(alias)) => match internal_accounts::by_alias(ctx, alias, currency)? {
                Some(ledger) => Ok(End { ledger, account: None }),
                None => Err(no_account(&format!("{}_account_alias", self.name))),
            },
            (Some(id), None) => by_its_id(ctx, id, &by_id),
        }
    }

    /// The customer that the request names may use the account, and the account may take part.
    fn check(&self, ctx: &Ctx<'_>, end: &End, side: Side) -> Result<(), ApiError> {
        let Some(account) = &end.account else {
            return Ok(());
        };
        if let Some(customer) = self.customer {
            let field = format!("{}_account_customer_id", self.name);
            rules::check_customer(ctx, account, &customer.to_string(), &field)?;
        }
        match side {
            Side::Debited => rules::check_sender(ctx, account),
            Side::Credited => rules::check_account(ctx, account, side),
        }
    }
}

fn by_its_id(ctx: &Ctx<'_>, id: PlatformAccountId, field: &str) -> Result<End, ApiError> {
    if let Some(account) = ctx.find::<Account>(id)? {
        let ledger = LedgerAccount::of(&account)?;
        return Ok(End { ledger, account: Some(account) });
    }
    let Some(account) = ctx.find::<InternalAccount>(id)? else {
        return Err(no_account(field));
    };
    if account.is_system_acc == Some(true) {
        let detail = "system accounts take no part in internal transfers";
        return Err(ApiError::rule(ErrorCode::UnableToTransact, detail));
    }
    Ok(End { ledger: LedgerAccount::of_internal(&account)?, account: None })
}

fn no_account(field: &str) -> ApiError {
    let mut problem = Problem::new(ErrorCode::AccountNotFound, format!("{field} names no account"));
    problem.errors = FieldErrors::invalid(field, DOES_NOT_EXIST);
    problem.into()
}

fn expiry(ctx: &Ctx<'_>, wanted: Option<DateTime<Utc>>) -> Result<DateTime<Utc>, ApiError> {
    match wanted {
        None => {
            let days = i64::from(ctx.settings.manual_transfer_expiry_days);
            Ok(ctx.now + Duration::days(days))
        }
        // As it is shown.
        Some(moment) if moment > ctx.now => Ok(moment.trunc_subsecs(3)),
        Some(_) => Err(FieldErrors::invalid("expires_at", IN_THE_PAST).into()),
    }
}

/// The id of the transfer's hold and posting.
fn own_id(transfer: &types::InternalTransfer) -> TransactionId {
    transfer.id.as_uuid().into()
}

fn hold(
    ctx: &Ctx<'_>,
    transfer: &types::InternalTransfer,
    from: &LedgerAccount,
    to: &LedgerAccount,
    expires_at: DateTime<Utc>,
) -> Result<(), ApiError> {
    NewHold {
        kind: TransactionType::InternalTransfer,
        subtype: transfer.type_.as_str().to_lowercase().as_str().into(),
        account: from,
        offset: to,
        sign: Sign::Debit,
        amount: transfer.amount,
        memo: transfer.memo.as_deref().unwrap_or_default(),
        reference_id: transfer.reference_id.as_deref(),
        external_data: json!({}),
        expires_at,
        transaction_id: None,
        id: Some(own_id(transfer)),
    }
    .open(ctx)
    .map(drop)
}

fn post(
    ctx: &Ctx<'_>,
    transfer: &types::InternalTransfer,
    from: &LedgerAccount,
    to: &LedgerAccount,
    hold_id: Option<TransactionId>,
) -> Result<(), ApiError> {
    let movement = Movement {
        kind: TransactionType::InternalTransfer,
        subtype: transfer.type_.as_str().to_lowercase().as_str().into(),
        from,
        to,
        amount: transfer.amount,
        memo: transfer.memo.as_deref().unwrap_or_default(),
        reference_id: transfer.reference_id.as_deref(),
        metadata: match transfer.metadata.is_empty() {
            true => Value::Null,
            false => Value::Object(transfer.metadata.clone()),
        },
        external_data: json!({}),
        hold_id,
        id: Some(own_id(transfer)),
    };
    ledger::post(ctx, &movement).map(drop)
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::json(200, &ctx.find_in_url::<InternalTransfer>("id")?.wire)
}

/// Captures or gives up a transfer that is held.
fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut transfer = ctx.find_in_url::<InternalTransfer>("id")?;
    let Patch::Set(wanted) = ctx.body::<types::InternalTransferPatch>()?.status else {
        return Reply::json(200, &transfer.wire);
    };
    if transfer.status != InternalTransferResponseStatus::Pending {
        let detail =
            format!("the transfer is {}: its status cannot change", transfer.status.as_str());
        return Err(ApiError::status(detail, &[]));
    }
    let id = own_id(&transfer);
    transfer.status = match wanted {
        InternalTransferPatchStatus::Complete => {
            let from = ledger_account(ctx, transfer.originating_account_id)?;
            let to = ledger_account(ctx, transfer.receiving_account_id)?;
            check_bans(ctx, from.id, transfer.originating_account_customer_id)?;
            check_bans(ctx, to.id, transfer.receiving_account_customer_id)?;
            Ended::Cleared.end(ctx, id)?;
            post(ctx, &transfer, &from, &to, Some(id))?;
            InternalTransferResponseStatus::Complete
        }
        _ => {
            Ended::Released.end(ctx, id)?;
            InternalTransferResponseStatus::Canceled
        }
    };
    ctx.save(&transfer)?;
    Reply::json(200, &transfer.wire)
}

/// Refuses a transfer when the holder of an account, or its customer, was banned after the money was
/// set aside.
fn check_bans(
    ctx: &Ctx<'_>,
    account: PlatformAccountId,
    customer: Option<CustomerId>,
) -> Result<(), ApiError> {
    match ctx.find::<Account>(account)? {
        Some(account) => rules::check_bans(ctx, &account, customer.map(Into::into)),
        None => Ok(()),
    }
}

fn ledger_account(ctx: &Ctx<'_>, id: Option<PlatformAccountId>) -> Result<LedgerAccount, ApiError> {
    let id = id.map(|id| id.to_string()).unwrap_or_default();
    ledger::ledger_account(ctx, &id)?
        .ok_or_else(|| ApiError::Internal(format!("a transfer with an account {id} that is gone")))
}

/// Gives up a transfer whose time has run out.
pub(crate) fn expire(ctx: &Ctx<'_>, id: &str) -> Result<(), ApiError> {
    let Some(mut transfer) = ctx.find::<InternalTransfer>(id)? else {
        return Ok(());
    };
    if transfer.status == InternalTransferResponseStatus::Pending {
        Ended::Expired.end(ctx, id)?;
        transfer.status = InternalTransferResponseStatus::Expired;
        ctx.save(&transfer)?;
    }
    Ok(())
}
