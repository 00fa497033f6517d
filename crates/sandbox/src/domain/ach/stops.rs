//! Stop payments: a debit of this originator is not paid from this account any more.
//!
//! They come from a dispute, by its action `STOP_PAYMENT`, or from the bank's own people (here: the
//! control API). An incoming debit that one matches goes back with R08. On the account
//! of a business one ends after some months; a consumer's stays.

use chrono::Months;
use serde_json::json;
use synctera_api::runtime::{AccountId, DisputeId, TransactionId};
use synctera_api::v0::types::StopPayment as Wire;
use synctera_api::v2::types::CustomerType;

use crate::domain::accounts;
use crate::domain::ach::IncomingAch;
use crate::model::{ApiError, Ctx, Kind, Record, Resource, build, convert};

pub(crate) const STOP_PAYMENT: Kind = Kind {
    name: "stop payment",
    id: "stop_payment_id",
    keys: &[
        ("account", "/account_id"),
        ("originator", "/originator_name"),
        ("transaction", "/transaction_id"),
    ],
};

/// An order not to pay the debits of an originator.
pub(crate) enum StopPayment {}

impl Resource for StopPayment {
    const KIND: &'static Kind = &STOP_PAYMENT;
    type Wire = Wire;
    type Facts = ();
}

/// The dispute that a stop payment comes from, and the transaction that it disputes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cause {
    pub(crate) dispute_id: DisputeId,
    pub(crate) transaction_id: TransactionId,
}

/// Stops further debits of the originator whose debit is disputed. One that started here has none.
pub(crate) fn follow_dispute(
    ctx: &Ctx<'_>,
    account: AccountId,
    cause: Cause,
) -> Result<(), ApiError> {
    let disputed = Some(cause.transaction_id.as_uuid());
    let entries = ctx.find_all::<IncomingAch>("account", account)?;
    let Some(entry) = entries.iter().find(|entry| entry.external_id == disputed) else {
        return Ok(());
    };
    let account = account.to_string();
    if is_stopped(ctx, &account, &entry.company_name)? {
        return Ok(());
    }
    add(ctx, &account, &entry.company_name, Some(cause)).map(drop)
}

/// Stops the debits of an originator; `cause` says which dispute is behind it, if one is.
pub(crate) fn add(
    ctx: &Ctx<'_>,
    account: &str,
    originator: &str,
    cause: Option<Cause>,
) -> Result<Record<StopPayment>, ApiError> {
    let mut account = accounts::named(ctx, account, "account_id")?;
    let expires_on = match account.customer_type {
        Some(CustomerType::Business) => {
            let months = Months::new(ctx.settings.business_stop_payment_months);
            ctx.now.checked_add_months(months)
        }
        _ => None,
    };
    let stop: Wire = build(json!({
        "stop_payment_id": ctx.new_id()?, "account_id": account.id, "originator_name": originator,
        "dispute_id": cause.map(|cause| cause.dispute_id),
        "transaction_id": cause.map(|cause| cause.transaction_id),
        "expires_on": expires_on, "tenant": ctx.tenant, "creation_time": ctx.now,
        "last_updated_time": ctx.now,
    }))?;
    account.stop_payments.push(convert(&stop)?);
    let stop = Record::new(stop, ());
    ctx.add(&stop)?;
    ctx.save(&account)?;
    Ok(stop)
}

/// Whether the debits of an originator are stopped on an account.
pub(crate) fn is_stopped(ctx: &Ctx<'_>, account: &str, originator: &str) -> Result<bool, ApiError> {
    let stops = ctx.find_all::<StopPayment>("account", account)?;
    Ok(stops.iter().any(|stop| {
        stop.originator_name.eq_ignore_ascii_case(originator)
            && stop.expires_on.is_none_or(|end| ctx.now < end)
    }))
}
