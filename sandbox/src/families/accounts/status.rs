//! The life of an account: which status may follow which, and who may not move it.

use chrono::Duration;
use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;

use super::ACCOUNT;
use crate::engine::clock::{bank_time, banking_day_from};
use crate::engine::{Ctx, Refusal, text};
use crate::ledger;
use crate::spec::Faults;

/// The job that closes an account whose closing has begun.
pub(in crate::families) const CLOSE: &str = "account.close";

const ACTIVE: &str = "ACTIVE_OR_DISBURSED";
const IN_CLOSING: &str = "IN_CLOSING";
const SUSPENDED: &str = "SUSPENDED";

/// What an integrator can make of a status.
fn next(status: &str) -> &'static [&'static str] {
    match status {
        ACTIVE => &[IN_CLOSING, SUSPENDED],
        SUSPENDED => &[ACTIVE],
        // Closing ends by itself, and the end is the end.
        _ => &[],
    }
}

/// Whether the changes may be made to an account as it is.
pub(super) fn check(ctx: &Ctx<'_>, account: &Value, changes: &Value) -> Result<(), Refusal> {
    let names: Vec<&String> =
        changes.as_object().into_iter().flatten().map(|(name, _)| name).collect();
    let touches_access = changes.get("access_status").is_some();
    if touches_access && names.len() > 1 {
        return Err(Faults::invalid("access_status", "must be changed alone").into());
    }
    if account["access_status"] == "FROZEN" && !touches_access {
        let detail = "a frozen account can only be unfrozen";
        return Err(Refusal::rule(ErrorCode::ImproperAccountAccessStatus, detail));
    }
    let (current, Some(wanted)) = (text(account, "status"), changes.get("status")) else {
        return Ok(());
    };
    let wanted = wanted.as_str().unwrap_or_default();
    if wanted == current {
        return Ok(());
    }
    if !next(current).contains(&wanted) {
        let detail = format!("an account cannot go from {current} to {wanted}");
        return Err(Refusal::status(detail, next(current)));
    }
    if [current, wanted].contains(&SUSPENDED) && text(changes, "note").is_empty() {
        return Err(Faults::missing("note").into());
    }
    if wanted == IN_CLOSING {
        let balances = ledger::balances(ctx, text(account, "id"))?;
        if balances.account != 0 || balances.available != 0 {
            let detail = "an account is closed at a balance of zero";
            return Err(Refusal::rule(ErrorCode::BalanceViolation, detail));
        }
    }
    Ok(())
}

/// What goes with a change of status.
pub(super) fn apply(ctx: &Ctx<'_>, account: &mut Value, changes: &Value) -> Result<(), Refusal> {
    if changes.get("access_status").is_some() {
        account["access_status_last_updated_time"] = json!(ctx.now_text());
    }
    if changes["status"] == IN_CLOSING && account["status"] != IN_CLOSING {
        account["in_closing_date"] = json!(ctx.today().to_string());
        // With nothing outstanding, the next business day.
        let day = banking_day_from(ctx.today() + Duration::days(1));
        let due = bank_time(day, 9, 0).timestamp_millis();
        ctx.tx.schedule(ctx.tenant, due, CLOSE, text(account, "id"))?;
    }
    Ok(())
}

/// Closes an account; one that got money meanwhile stays in closing.
pub(in crate::families) fn close(ctx: &Ctx<'_>, id: &str) -> Result<(), Refusal> {
    let Some(mut account) = ctx.get(&ACCOUNT, id)? else {
        return Ok(());
    };
    let balances = ledger::balances(ctx, id)?;
    if account["status"] != IN_CLOSING || balances.account != 0 || balances.available != 0 {
        return Ok(());
    }
    account["status"] = json!("CLOSED");
    account["close_date"] = json!(ctx.today().to_string());
    account["last_updated_time"] = json!(ctx.now_text());
    ctx.update(&ACCOUNT, &account)
}
