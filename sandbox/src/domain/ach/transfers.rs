//! ACH transfers, as they are stored.

use chrono::NaiveDate;
use serde_json::Value;

use crate::model::{Kind, text};

pub(crate) const INCOMING: Kind = Kind {
    name: "incoming ACH transfer",
    id: "id",
    keys: &[("account", "/account_id"), ("status", "/status")],
};

pub(crate) const ACH: Kind = Kind {
    name: "ACH transfer",
    id: "id",
    keys: &[("incoming", "/incoming_ach_id"), ("external", "/account_id")],
};

/// How a transfer that was sent, and has not come back, moves the account at the other bank: what
/// leaves it, and on which day.
pub(crate) fn as_seen_there(transfer: &Value) -> Option<(i64, NaiveDate)> {
    if transfer["status"] != "COMPLETE" || !text(transfer, "incoming_ach_id").is_empty() {
        return None;
    }
    let amount = transfer["amount"].as_i64()?;
    let day = text(transfer, "effective_date").parse().ok()?;
    Some((if transfer["dc_sign"] == "debit" { amount } else { -amount }, day))
}

/// The job that gives free what a pull brought in.
pub(crate) const RELEASE: &str = "ach.release";
