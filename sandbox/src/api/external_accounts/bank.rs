//! What the bank behind a linked account knows: its balance and its transactions.
//!
//! On the day on which it is linked an account has between 1,000 and 10,000 dollars, by its number.
//! Its owner is paid on the 1st and the 15th and shops on Mondays, Wednesdays and Saturdays; what
//! moved by ACH between it and the platform is there, too. As Plaid has it, an amount that leaves
//! the account is positive.

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc, Weekday};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types;

use crate::domain::ach;
use crate::domain::ach::OutgoingAch;
use crate::domain::external_accounts::EXTERNAL_ACCOUNT;
use crate::model::{ApiError, Ctx, Outcome, Reply, text};
use crate::spec::FieldErrors;

/// As many as are told at once.
const TRANSACTIONS_MAX: usize = 500;

/// How far back there is anything.
const HISTORY_DAYS: u64 = 730;

/// What a first refresh looks at.
const FIRST_REFRESH_DAYS: u64 = 30;

/// The account of the URL, if a bank can be asked about it.
fn asked(ctx: &Ctx<'_>) -> Result<Value, ApiError> {
    let account = ctx.url_resource(&EXTERNAL_ACCOUNT, "external_account_id")?;
    let is_linked = matches!(text(&account["verification"], "vendor"), "PLAID" | "FINICITY");
    if account["status"] == "DELETED" || !is_linked {
        let detail = "only a vendor that the account is linked through can be asked";
        return Err(ApiError::rule(ErrorCode::Forbidden, detail));
    }
    Ok(account)
}

pub(super) fn balance(ctx: &Ctx<'_>) -> Outcome {
    let account = asked(ctx)?;
    let linked = day_of(&account, "creation_time", ctx);
    let since = transactions(ctx, &account, linked, tomorrow(ctx))?;
    let spent: i64 = since.iter().filter_map(|entry| entry["amount"].as_i64()).sum();
    let opening = 1_000_00 + drawn(&account, "opening", 9_000_00);
    let balance = opening - spent;
    Reply::ok::<types::ExternalAccountBalance>(json!({
        "available": balance, "current": balance, "limit": null, "currency": account["currency"],
        "creation_time": account["creation_time"], "last_updated_time": ctx.now_text(),
        "last_updated_time_vendor": ctx.now_text(),
    }))
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
    Reply::ok::<types::ExternalAccountTransactionList>(json!({ "transactions": found }))
}

/// Asks the bank for what is new; how much that is.
pub(super) fn refresh(ctx: &Ctx<'_>) -> Outcome {
    let mut account = asked(ctx)?;
    let first = ctx.today().checked_sub_days(Days::new(FIRST_REFRESH_DAYS));
    let since = text(&account, "refreshed_until").parse().ok().or(first).unwrap_or(ctx.today());
    let fresh = transactions(ctx, &account, since, tomorrow(ctx))?.len();
    // Not shown.
    account["refreshed_until"] = json!(tomorrow(ctx).to_string());
    ctx.update(&EXTERNAL_ACCOUNT, &account)?;
    Reply::ok::<types::ExternalAccountTransactionRefreshResponse>(
        json!({ "transactions_synced": fresh }),
    )
}

fn tomorrow(ctx: &Ctx<'_>) -> NaiveDate {
    ctx.today().checked_add_days(Days::new(1)).unwrap_or(NaiveDate::MAX)
}

fn day_of(body: &Value, name: &str, ctx: &Ctx<'_>) -> NaiveDate {
    let moment = text(body, name).parse::<DateTime<Utc>>().unwrap_or(ctx.now);
    crate::model::calendar::bank_date(moment)
}

/// What happened from a day on, up to another and not on it; the newest first.
fn transactions(
    ctx: &Ctx<'_>,
    account: &Value,
    start: NaiveDate,
    end: NaiveDate,
) -> Result<Vec<Value>, ApiError> {
    let mut found: Vec<Value> = Vec::new();
    for day in start.iter_days().take_while(|day| *day < end) {
        found.extend(of_day(account, day));
    }
    for transfer in ctx.find_all::<OutgoingAch>("external", text(account, "id"))? {
        let Some((amount, day)) = ach::as_seen_there(&transfer) else {
            continue;
        };
        if (start..end).contains(&day) {
            found.push(entry(account, day, amount, "ACH transfer", &transfer.id.to_string()));
        }
    }
    found.sort_by(|a, b| text(b, "date").cmp(text(a, "date")));
    Ok(found)
}

/// What the owner does on a day, whatever the platform does.
fn of_day(account: &Value, day: NaiveDate) -> Option<Value> {
    let key = day.to_string();
    if matches!(day.day(), 1 | 15) {
        return Some(entry(account, day, -2_150_00, "Payroll", &key));
    }
    let shop = match day.weekday() {
        Weekday::Mon => "Corner Cafe",
        Weekday::Wed => "Green Grocer",
        Weekday::Sat => "Book Nook",
        _ => return None,
    };
    Some(entry(account, day, 5_00 + drawn(account, &key, 95_00), shop, &key))
}

fn entry(account: &Value, day: NaiveDate, amount: i64, name: &str, key: &str) -> Value {
    let is_card = amount > 0 && name != "ACH transfer";
    json!({
        "transaction_id": format!("{}-{}", hash(account, key).get(..16).unwrap_or_default(), day),
        "amount": amount, "currency": account["currency"], "date": day.to_string(),
        "authorized_date": day.to_string(), "is_pending": false, "merchant_name": name,
        "category": [if is_card { "Shops" } else { "Transfer" }],
        "payment_channel": if is_card { "IN_STORE" } else { "OTHER" },
        "transaction_type": if is_card { "place" } else { "special" },
    })
}

/// A number below a bound that looks random and is the same each time.
fn drawn(account: &Value, key: &str, below: i64) -> i64 {
    let digits = hash(account, key);
    let number = i64::from_str_radix(digits.get(..12).unwrap_or_default(), 16).unwrap_or_default();
    number % below
}

fn hash(account: &Value, key: &str) -> String {
    let number = text(&account["account_identifiers"], "number");
    hex::encode(Sha256::new_with_prefix(number).chain_update(key).finalize())
}
