//! What other banks send here: credits and debits for accounts of this one.
//!
//! An entry is posted at once, or on its settlement date when that is still to come. One that
//! cannot be posted goes back with the network's code, or to a suspense account when the settings
//! say so. An entry of no money asks whether the account exists, and moves nothing.

use serde_json::{Value, json};
use synctera_api::runtime::{ErrorCode, Sensitive, TransactionId};
use synctera_api::v2::types::{
    self, DcSign, IncomingAchStatus, InternalAccountType, TransactionSubtype, TransactionType,
};

use crate::api::ach::rail::RAIL;
use crate::domain::ach::{INCOMING, IncomingAch, stops};
use crate::domain::listing::{By, List, as_stored};
use crate::domain::side::Side;
use crate::domain::{internal_accounts, rules};
use crate::ledger;
use crate::ledger::{Account, LedgerAccount, Movement};
use crate::model::calendar::{BEYOND_CALENDAR, bank_time, banking_day_from, is_beyond_calendar};
use crate::model::{ApiError, Ctx, Outcome, Problem, Record, Reply, build, text};
use crate::spec::FieldErrors;

/// The job that posts an entry on its settlement date.
pub(crate) const POST: &str = "ach.incoming.post";

/// When that is, Eastern.
const POSTING_TIME: (u32, u32) = (12, 0);

/// The bank at the other end; a real routing number, whose check digit holds.
pub(super) const OTHER_BANK: &str = "021000021";

const NOWHERE: (&str, &str) = ("R03", "there is no account with this number");

pub(super) fn list(ctx: &Ctx<'_>) -> Outcome {
    List {
        kind: &INCOMING,
        items: "transactions",
        filters: &[
            ("account_id", By::Key("account")),
            ("status", By::Key("status")),
            ("settlement_date_from", By::From("/settlement_date")),
            ("settlement_date_to", By::To("/settlement_date")),
        ],
        always: Vec::new(),
        view: &as_stored,
    }
    .reply::<types::IncomingAchList>(ctx)
}

pub(super) fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::json(200, &ctx.find_in_url::<IncomingAch>("id")?.wire)
}

/// What is wrong with an entry from another bank.
pub(super) fn errors_of(entry: &Value) -> FieldErrors {
    if text(entry, "effective_date").parse().is_ok_and(is_beyond_calendar) {
        return FieldErrors::invalid("effective_date", BEYOND_CALENDAR);
    }
    FieldErrors::default()
}

/// Lets an entry arrive from another bank.
pub(super) fn simulate(ctx: &Ctx<'_>) -> Outcome {
    let asked: types::IncomingAchSimulation = ctx.body()?;
    let effective = asked.effective_date;
    let settles = banking_day_from(effective.max(ctx.today()));
    let mut entry = arrived(ctx, &asked.account_number, asked.amount, &asked.dc_sign)?;
    entry.effective_date = effective;
    entry.settlement_date = settles;
    entry.is_future_dated = effective > ctx.today();
    if entry.is_future_dated {
        if let Some(account) = addressee(ctx, &entry)? {
            entry.account_id = account.id;
        }
        ctx.add(&entry)?;
        let (hour, minute) = POSTING_TIME;
        let due = bank_time(settles, hour, minute).timestamp_millis();
        ctx.tx.schedule(ctx.tenant, due, POST, &entry.id.to_string())?;
    } else {
        settle(ctx, &mut entry)?;
        ctx.add(&entry)?;
    }
    simulated(&entry)
}

/// The document gives the answers of these simulations no shape; they name what came in.
pub(super) fn simulated(entry: &types::IncomingAch) -> Outcome {
    Reply::json(201, &json!({ "id": entry.id }))
}

/// An entry as it arrives, which settles today.
pub(super) fn arrived(
    ctx: &Ctx<'_>,
    account_no: &Sensitive<String>,
    amount: i64,
    dc_sign: &DcSign,
) -> Result<Record<IncomingAch>, ApiError> {
    let trace = ctx.tx.next("incoming ach traces")?;
    let today = ctx.today();
    let entry = build(json!({
        "id": ctx.new_id()?, "tenant": ctx.tenant, "status": IncomingAchStatus::Init,
        "account_no": account_no, "amount": amount, "dc_sign": dc_sign, "sec_code": "PPD",
        "company_name": "SANDBOX BANK", "company_entry_description": "SIMULATED",
        "identification_number": format!("{trace:015}"), "reference_info": [],
        "originating_routing_number": OTHER_BANK,
        "trace_no": format!("{}{trace:07}", &OTHER_BANK[..8]),
        "effective_date": today, "settlement_date": today, "is_future_dated": false,
    }))?;
    Ok(Record::new(entry, ()))
}

/// Posts what was stored until its day.
pub(crate) fn post_due(ctx: &Ctx<'_>, id: &str) -> Result<(), ApiError> {
    let entry = ctx.find::<IncomingAch>(id)?;
    let Some(mut entry) = entry.filter(|entry| entry.status == IncomingAchStatus::Init) else {
        return Ok(());
    };
    settle(ctx, &mut entry)?;
    ctx.save(&entry)
}

/// The account with the number of an entry, to the letter.
fn addressee(
    ctx: &Ctx<'_>,
    entry: &types::IncomingAch,
) -> Result<Option<Record<Account>>, ApiError> {
    Ok(ctx.find_all("number", entry.account_no.expose())?.into_iter().next())
}

/// Posts an entry, or sends it back.
fn settle(ctx: &Ctx<'_>, entry: &mut types::IncomingAch) -> Result<(), ApiError> {
    let Some(account) = addressee(ctx, entry)? else {
        return reject(ctx, entry, "USD", NOWHERE);
    };
    entry.account_id = account.id;
    if let Some(fault) = fault_of(ctx, &account, entry)? {
        return reject(ctx, entry, account.currency_code(), fault);
    }
    if entry.amount != 0 {
        post(ctx, entry, &LedgerAccount::of(&account)?, None)?;
    }
    entry.status = IncomingAchStatus::Posted;
    Ok(())
}

/// The network's code for why an account cannot take an entry, if it cannot.
fn fault_of(
    ctx: &Ctx<'_>,
    account: &Record<Account>,
    entry: &types::IncomingAch,
) -> Result<Option<(&'static str, &'static str)>, ApiError> {
    let is_debit = entry.dc_sign == DcSign::Debit;
    let side = if is_debit { Side::Debited } else { Side::Credited };
    if is_debit && stops::is_stopped(ctx, &account.own_id().to_string(), &entry.company_name)? {
        return Ok(Some(("R08", "the holder stopped payments to the originator")));
    }
    let checked = rules::check_account(ctx, account, side)
        .and_then(|()| rules::check_rail(account, RAIL))
        .and_then(|()| match is_debit {
            true => rules::check_funds(ctx, account, entry.amount),
            // An entry of no money asks whether the account is there.
            false if entry.amount == 0 => Ok(()),
            false => rules::check_room(ctx, account, entry.amount),
        });
    match checked {
        Ok(()) => Ok(None),
        Err(ApiError::Problem(problem)) => Ok(Some(return_code(&problem, is_debit))),
        Err(broken) => Err(broken),
    }
}

fn return_code(problem: &Problem, is_debit: bool) -> (&'static str, &'static str) {
    match problem.code {
        ErrorCode::BalanceViolation if !is_debit => {
            ("R23", "the account takes nothing above its ceiling")
        }
        ErrorCode::AccountClosed => ("R02", "the account is closed"),
        ErrorCode::PaymentRailNotEnabled => ("R20", "the account takes no ACH"),
        ErrorCode::InsufficientFunds
        | ErrorCode::BalanceViolation
        | ErrorCode::SpendControlViolation => ("R01", "the account lacks the money"),
        _ => ("R16", "the account or its holder is blocked"),
    }
}

/// Sends an entry back, or keeps it on the suspense account for a decision.
fn reject(
    ctx: &Ctx<'_>,
    entry: &mut types::IncomingAch,
    currency: &str,
    (code, reason): (&str, &str),
) -> Result<(), ApiError> {
    entry.decline_reason = Some(format!("{code}: {reason}"));
    if ctx.settings.incoming_ach_failures_to_suspense && entry.amount != 0 {
        return suspend(ctx, entry, currency, None);
    }
    entry.status = IncomingAchStatus::Returned;
    Ok(())
}

/// Parks the money of an entry on the bank's suspense account. The alias `ach_suspense` of
/// internal transfers moves it on.
pub(super) fn suspend(
    ctx: &Ctx<'_>,
    entry: &mut types::IncomingAch,
    currency: &str,
    original: Option<TransactionId>,
) -> Result<(), ApiError> {
    let suspense = internal_accounts::of_bank(ctx, "ACH_SUSPENSE", currency)?;
    post(ctx, entry, &suspense, original)?;
    entry.status = IncomingAchStatus::InSuspense;
    Ok(())
}

/// Moves the money of an entry between an account and the network; `original` is the transaction
/// that it takes back.
pub(super) fn post(
    ctx: &Ctx<'_>,
    entry: &mut types::IncomingAch,
    account: &LedgerAccount,
    original: Option<TransactionId>,
) -> Result<(), ApiError> {
    let kind = InternalAccountType::AchSettlement;
    let settlement = internal_accounts::of_bank(ctx, kind, account.currency.as_str())?;
    let is_credit = entry.dc_sign == DcSign::Credit;
    let (from, to) = if is_credit { (&settlement, account) } else { (account, &settlement) };
    let subtype = match (is_credit, original) {
        (true, None) => TransactionSubtype::IncomingCredit,
        (false, None) => TransactionSubtype::IncomingDebit,
        (true, Some(_)) => "outgoing_credit_return".into(),
        (false, Some(_)) => "outgoing_debit_return".into(),
    };
    let movement = Movement {
        kind: TransactionType::Ach,
        subtype,
        from,
        to,
        amount: entry.amount,
        memo: &entry.company_entry_description,
        reference_id: None,
        metadata: json!({}),
        external_data: json!({}),
        hold_id: None,
        id: None,
    };
    let posted = match original {
        Some(original) => ledger::post_reversal(ctx, &movement, original)?,
        None => ledger::post(ctx, &movement)?,
    };
    entry.external_id = Some(posted.uuid.as_uuid());
    Ok(())
}
