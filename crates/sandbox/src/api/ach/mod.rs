//! ACH: transfers that start here and those that come in, returns, and gateways.
//!
//! A pull brings money in, a push sends it out.
//! A transfer waits for the next file to the network. A push sets its money aside at once and is
//! posted with the file; a pull is posted with the file, or at once by the setting
//! `ach_pulls_post_when_originated`, and its money is held back for some banking days after that.

pub(crate) mod gateways;
mod incoming;
mod rail;
mod returns;
mod sending;

use chrono::NaiveDate;
use serde_json::Value;
use synctera_api::runtime::{ErrorCode, NullablePatch};
use synctera_api::v2::types::{
    self, BaseAccountVerificationStatus, CancellationStatus, DcSign, ExternalAccountStatus,
    OutgoingAchStatus,
};

use crate::api::ach::rail::RAIL;
use crate::domain::accounts::closing;
use crate::domain::ach::{ACH, AMOUNT_MAX, NewTransfer, OutgoingAch, OutgoingAchFacts, pulls};
use crate::domain::batches::Paid;
use crate::domain::external_accounts::ExternalAccount;
use crate::domain::listing::{By, List, view_of};
use crate::domain::side::Side;
use crate::domain::spend_controls::Spend;
use crate::domain::{accounts, ach, batches, external_accounts, rules};
use crate::ledger::{Ended, LedgerAccount};
use crate::model::calendar::{BEYOND_CALENDAR, is_beyond_calendar};
use crate::model::{ApiError, Ctx, Kind, Outcome, Record, Reply, Served, last_four, text};
use crate::spec::FieldErrors;

pub(crate) use incoming::{POST, post_due};

pub(crate) use sending::{release, send};

const ON_ONE: &[(&str, &Kind)] = &[("transaction_id", &ACH)];
const ON_INCOMING: &[(&str, &Kind)] = &[("id", &ach::INCOMING)];
const ON_GATEWAY: &[(&str, &Kind)] = &[("id", &gateways::GATEWAY)];

pub(crate) const SERVED: &[Served] = &[
    Served::new("list_outgoing_ach", list),
    Served::new("create_outgoing_ach", create).ruled(|ctx| Ok(check_body(ctx, &ctx.request.body))),
    Served::on("get_outgoing_ach", ON_ONE, get),
    Served::on("update_outgoing_ach", ON_ONE, update),
    Served::new("list_incoming_ach", incoming::list),
    Served::on("get_incoming_ach", ON_INCOMING, incoming::get),
    Served::new("simulate_incoming_ach", incoming::simulate)
        .ruled(|ctx| Ok(incoming::errors_of(&ctx.request.body))),
    Served::new("simulate_ach_return", returns::simulate),
    Served::new("list_ach_gateways", gateways::list),
    Served::new("create_ach_gateway", gateways::create)
        .ruled(|ctx| Ok(gateways::errors_of(&ctx.request.body))),
    Served::on("get_ach_gateway", ON_GATEWAY, gateways::get),
    Served::on("update_ach_gateway", ON_GATEWAY, gateways::update)
        .ruled(|ctx| Ok(gateways::errors_of(&ctx.request.body))),
    Served::on("delete_ach_gateway", ON_GATEWAY, gateways::delete),
];

fn list(ctx: &Ctx<'_>) -> Outcome {
    List {
        kind: &ACH,
        items: "transactions",
        filters: &[
            ("effective_date", By::Equals("/effective_date")),
            ("start_effective_date", By::From("/effective_date")),
            ("end_effective_date", By::To("/effective_date")),
            ("incoming_ach_id", By::Key("incoming")),
        ],
        always: Vec::new(),
        view: &view_of::<OutgoingAch, _>(|_, transfer| Ok(Some(shown(transfer)))),
    }
    .reply::<types::OutgoingAchList>(ctx)
}

pub(crate) fn create(ctx: &Ctx<'_>) -> Outcome {
    let asked: types::NewOutgoingAch = ctx.body()?;
    let account = accounts::named(ctx, asked.originating_account_id, "originating_account_id")?;
    let code = ErrorCode::BadRequestBody;
    let external = asked.receiving_account_id;
    let external = ctx.find_named::<ExternalAccount>(external, code, "receiving_account_id")?;
    external_accounts::check_is_of_bank(&external, "receiving_account_id")?;
    let is_pull = asked.dc_sign == DcSign::Debit;
    rules::check_customer(ctx, &account, &asked.customer_id.to_string(), "customer_id")?;
    match is_pull {
        true => rules::check_account(ctx, &account, Side::Credited)?,
        false => rules::check_sender(ctx, &account)?,
    }
    check_external(&external, is_pull)?;
    rules::check_rail(&account, RAIL)?;
    let ledger_account = LedgerAccount::of(&account)?;
    if ledger_account.currency != asked.currency {
        let reason = format!("the account is in {}", ledger_account.currency);
        return Err(FieldErrors::invalid("currency", reason).into());
    }
    let amount = asked.amount;
    let (sub_type, side) = match is_pull {
        true => ("OUTGOING_DEBIT", Side::Credited),
        false => ("OUTGOING_CREDIT", Side::Debited),
    };
    let spend = Spend { kind: "ACH", sub_type, amount, side, mcc: None, country: None };
    rules::check_spend_controls(ctx, &account, &spend)?;
    match is_pull {
        true => rules::check_room(ctx, &account, amount)?,
        false => rules::check_funds(ctx, &account, amount)?,
    }

    let facts = OutgoingAchFacts {
        is_pull,
        asked_hold: asked.hold.clone(),
        external_data: asked.external_data.clone(),
        idempotency_key: ctx.request.idempotency_key.clone(),
        ..OutgoingAchFacts::default()
    };
    let transfer = NewTransfer {
        asked: &asked,
        account: &account,
        from: &ledger_account,
        external: &external,
        facts,
    };
    let transfer = transfer.originate(ctx)?;
    Reply::json(201, &shown(transfer))
}

/// Rules of fields that the document does not state.
fn check_body(ctx: &Ctx<'_>, body: &Value) -> FieldErrors {
    let mut errors = FieldErrors::default();
    if body.get("amount").and_then(Value::as_i64).is_some_and(|amount| amount > AMOUNT_MAX) {
        errors.merge(FieldErrors::invalid("amount", format!("must be at most {AMOUNT_MAX}")));
    }
    let date = text(body, "effective_date");
    if !date.is_empty() && body.get("is_same_day").and_then(Value::as_bool) == Some(true) {
        errors.merge(FieldErrors::invalid("effective_date", "must not be given with is_same_day"));
    }
    if date.parse::<NaiveDate>().is_ok_and(|date| date <= ctx.today()) {
        errors.merge(FieldErrors::invalid("effective_date", "must be after today"));
    }
    if date.parse().is_ok_and(is_beyond_calendar) {
        errors.merge(FieldErrors::invalid("effective_date", BEYOND_CALENDAR));
    }
    for (field, length) in [("company_entry_description", 10), ("company_name", 16)] {
        if text(body, field).chars().count() > length {
            errors.merge(FieldErrors::invalid(
                field,
                format!("must have at most {length} characters"),
            ));
        }
    }
    errors
}

/// Money may be pushed to any account that is active, and pulled from one that is proven.
fn check_external(external: &types::ExternalAccount, is_pull: bool) -> Result<(), ApiError> {
    if external.status != ExternalAccountStatus::Active {
        let status = external.status.as_str();
        let detail = format!("the external account has status {status}, not ACTIVE");
        return Err(ApiError::rule(ErrorCode::ExternalAccountNotActive, detail));
    }
    let verified = external.verification.as_ref().and_then(|verification| verification.status());
    if is_pull && verified != Some(&BaseAccountVerificationStatus::Verified) {
        let detail = "money is pulled only from a verified external account";
        return Err(ApiError::rule(ErrorCode::ExternalAccountNotVerified, detail));
    }
    Ok(())
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::json(200, &shown(ctx.find_in_url("transaction_id")?))
}

/// Cancels a transfer that has not left, or moves the moment at which its money is free.
fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut transfer = ctx.find_in_url::<OutgoingAch>("transaction_id")?;
    let changes: types::OutgoingAchPatch = ctx.body()?;
    if changes.status == NullablePatch::Set(CancellationStatus::Canceled) {
        if transfer.status != OutgoingAchStatus::Pending {
            let status = transfer.status.as_str();
            let detail = format!("a transfer that is {status} cannot be canceled");
            return Err(ApiError::status(detail, &[]));
        }
        match transfer.facts.is_pull {
            true => pulls::take_back(ctx, &transfer, &sending::account_of(ctx, &transfer)?)?,
            false => {
                Ended::Released.end(ctx, transfer.id)?;
            }
        }
        transfer.status = OutgoingAchStatus::Canceled;
        if transfer.facts.is_closing_payout {
            closing::payout_failed(ctx, &mut sending::account_of(ctx, &transfer)?)?;
        }
        batches::follow(ctx, transfer.id.as_uuid(), Paid::Canceled)?;
    }
    if let NullablePatch::Set(wanted) = changes.funds_availability_time {
        sending::move_availability(ctx, &mut transfer, wanted)?;
    }
    ctx.save(&transfer)?;
    Reply::json(200, &shown(transfer))
}

/// How a transfer is shown: the other bank's account number masked.
fn shown(transfer: Record<OutgoingAch>) -> types::OutgoingAch {
    let mut transfer = transfer.wire;
    transfer.account_no = last_four(transfer.account_no.expose()).into();
    transfer
}
