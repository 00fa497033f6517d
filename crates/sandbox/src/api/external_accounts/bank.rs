//! What the bank behind a linked account knows: its balance and its transactions.
//!
//! On the day on which it is linked an account has between 1,000 and 10,000 dollars, by its number.
//! Its owner is paid on the 1st and the 15th and shops on Mondays, Wednesdays and Saturdays; what
//! moved by ACH between it and the platform is there, too. As Plaid has it, an amount that leaves
//! the account is positive.

use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types;
use synctera_api::v2::types::{
    ExternalAccountStatus, ExternalAccountTransaction, ExternalAccountTransactionPaymentChannel,
};

use crate::domain::ach;
use crate::domain::ach::OutgoingAch;
use crate::domain::external_accounts::ExternalAccount;
use crate::model::calendar::bank_date;
use crate::model::{ApiError, Ctx, Outcome, Record, Reply, build};
use crate::spec::FieldErrors;

/// As many as are told at once.
const TRANSACTIONS_MAX: usize = 500;

/// How far back there is anything.
const HISTORY_DAYS: u64 = 730;

/// What a first refresh looks at.
const FIRST_REFRESH_DAYS: u64 = 30;

/// What the bank calls money that moved by ACH.
const ACH_NAME: &str = "ACH transfer";

/// The account of the URL, if a bank can be asked about it.
fn asked(ctx: &Ctx<'_>) -> Result<Record<ExternalAccount>, ApiError> {
    let account = ctx.find_in_url::<ExternalAccount>("external_account_id")?;
    let vendor = account.verification.as_ref().and_then(|verification| verification.tag());
    let is_linked = matches!(vendor, Some("PLAID" | "FINICITY"));
    if account.status == ExternalAccountStatus::Deleted || !is_linked {
        let detail = "only a vendor that the account is linked through can be asked";
        return Err(ApiError::rule(ErrorCode::Forbidden, detail));
    }
    Ok(account)
}

pub(super) fn balance(ctx: &Ctx<'_>) -> Outcome {
    let account = asked(ctx)?;
    let since = transactions(ctx, &account, bank_date(account.creation_time), tomorrow(ctx))?;
    let spent: i64 = since.iter().filter_map(|entry| entry.amount).sum();
    let opening = 1_000_00 + drawn(&account, "opening", 9_000_00);
    let balance = opening - spent;
    let balance: types::ExternalAccountBalance = build(json!({
        "available": balance, "current": balance, "currency": account.currency,
        "creation_time": account.creation_time, "last_updated_time": ctx.now,
        "last_updated_time_vendor": ctx.now,
    }))?;
    Reply::json(200, &balance)
}

/// From the first date on, up to the last and not with it.
pub(super) fn list(ctx: &Ctx<'_>) -> Outcome {
    let account = asked(ctx)?;
    let day =
        |name: &str| ctx.request.query.get(name).and_then(Value::as_str)?.parse::<NaiveDate>().ok();
    let (Some(start), Some(end)) = (day("start_date"), day("end_date")) else {
        return Err(ApiError::Internal("dates that were checked are none".to_owned()));
    };
    if end < start {
        return Err(FieldErrors::invalid("end_date", "must not be before the start").into());
    }
    let oldest = ctx.today().checked_sub_days(Days::new(HISTORY_DAYS)).unwrap_or(start);
    let mut found = transactions(ctx, &account, start.max(oldest), end.min(tomorrow(ctx)))?;
    found.truncate(TRANSACTIONS_MAX);
    Reply::json(
        200,
        &build::<types::ExternalAccountTransactionList>(json!({ "transactions": found }))?,
    )
}

/// Asks the bank for what is new; how much that is.
pub(super) fn refresh(ctx: &Ctx<'_>) -> Outcome {
    let mut account = asked(ctx)?;
    let first = ctx.today().checked_sub_days(Days::new(FIRST_REFRESH_DAYS));
    let since = account.facts.refreshed_until.or(first).unwrap_or(ctx.today());
    let fresh = transactions(ctx, &account, since, tomorrow(ctx))?.len();
    account.facts.refreshed_until = Some(tomorrow(ctx));
    ctx.save(&account)?;
    let synced = json!({ "transactions_synced": fresh });
    Reply::json(200, &build::<types::ExternalAccountTransactionRefreshResponse>(synced)?)
}

fn tomorrow(ctx: &Ctx<'_>) -> NaiveDate {
    ctx.today().checked_add_days(Days::new(1)).unwrap_or(NaiveDate::MAX)
}

/// What happened from a day on, up to another and not on it; the newest first.
fn transactions(
    ctx: &Ctx<'_>,
    account: &Record<ExternalAccount>,
    start: NaiveDate,
    end: NaiveDate,
) -> Result<Vec<ExternalAccountTransaction>, ApiError> {
    let mut found = Vec::new();
    for day in start.iter_days().take_while(|day| *day < end) {
        found.extend(of_day(account, day)?);
    }
    for transfer in ctx.find_all::<OutgoingAch>("external", account.id)? {
        let Some((amount, day)) = ach::as_seen_there(&transfer) else {
            continue;
        };
        if (start..end).contains(&day) {
            found.push(entry(account, day, amount, ACH_NAME, &transfer.id.to_string())?);
        }
    }
    found.sort_by_key(|entry| std::cmp::Reverse(entry.date));
    Ok(found)
}

/// What the owner does on a day, whatever the platform does.
fn of_day(
    account: &Record<ExternalAccount>,
    day: NaiveDate,
) -> Result<Option<ExternalAccountTransaction>, ApiError> {
    let key = day.to_string();
    if matches!(day.day(), 1 | 15) {
        return entry(account, day, -2_150_00, "Payroll", &key).map(Some);
    }
    let shop = match day.weekday() {
        Weekday::Mon => "Corner Cafe",
        Weekday::Wed => "Green Grocer",
        Weekday::Sat => "Book Nook",
        _ => return Ok(None),
    };
    entry(account, day, 5_00 + drawn(account, &key, 95_00), shop, &key).map(Some)
}

fn entry(
    account: &Record<ExternalAccount>,
    day: NaiveDate,
    amount: i64,
    name: &str,
    key: &str,
) -> Result<ExternalAccountTransaction, ApiError> {
    let is_card = amount > 0 && name != ACH_NAME;
    let channel = match is_card {
        true => ExternalAccountTransactionPaymentChannel::InStore,
        false => ExternalAccountTransactionPaymentChannel::Other,
    };
    build(json!({
        "transaction_id": format!("{}-{}", hash(account, key).get(..16).unwrap_or_default(), day),
        "amount": amount, "currency": account.currency, "date": day, "authorized_date": day,
        "is_pending": false, "merchant_name": name, "payment_channel": channel,
        "category": [if is_card { "Shops" } else { "Transfer" }],
        "transaction_type": if is_card { "place" } else { "special" },
    }))
}

/// A number below a bound that looks random and is the same each time.
fn drawn(account: &Record<ExternalAccount>, key: &str, below: i64) -> i64 {
    let digits = hash(account, key);
    let number = i64::from_str_radix(digits.get(..12).unwrap_or_default(), 16).unwrap_or_default();
    number % below
}

fn hash(account: &Record<ExternalAccount>, key: &str) -> String {
    let number = account.account_identifiers.number.expose();
    hex::encode(Sha256::new_with_prefix(number).chain_update(key).finalize())
}
