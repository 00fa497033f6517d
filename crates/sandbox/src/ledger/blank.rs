//! Records of the ledger with nothing in them, to be filled in. The generated types can be decoded and
//! not made; decoding for each posting costs a quarter of the time that it takes.

use std::sync::LazyLock;

use serde_json::json;
use synctera_api::v2::types::{PostedTransaction, TransactionLine};

use crate::model::{ApiError, build};

const ID: &str = "00000000-0000-0000-0000-000000000000";
const MOMENT: &str = "1970-01-01T00:00:00Z";

static TRANSACTION: LazyLock<Option<PostedTransaction>> = LazyLock::new(|| {
    let blank = json!({
        "uuid": ID, "id": 0, "tenant": "", "type": "", "subtype": "", "status": "POSTED",
        "idemkey": "", "info_only": false, "lead_mode": false, "created": MOMENT,
        "updated": MOMENT, "transaction_time": MOMENT, "effective_date": MOMENT,
        "posted_date": MOMENT, "data": { "memo": "", "force_post": false, "lines": [] },
    });
    build(blank).ok()
});

static LINE: LazyLock<Option<TransactionLine>> = LazyLock::new(|| {
    let blank = json!({
        "uuid": ID, "tenant": "", "account_id": ID, "account_no": "", "amount": 0,
        "currency": "USD", "dc_sign": "credit", "balance": 0, "available_balance": 0,
        "avail_balance": 0, "seq": 0, "related_line": 0, "is_primary": false, "is_offset": false,
        "is_gl_acc": false, "is_fee": false, "network": "", "created": MOMENT, "updated": MOMENT,
    });
    build(blank).ok()
});

/// A posted transaction without lines.
pub(super) fn transaction() -> Result<PostedTransaction, ApiError> {
    TRANSACTION.clone().ok_or_else(|| broken("a transaction"))
}

/// A line of no money.
pub(super) fn line() -> Result<TransactionLine, ApiError> {
    LINE.clone().ok_or_else(|| broken("a line"))
}

fn broken(what: &str) -> ApiError {
    ApiError::Internal(format!("{what} of the ledger cannot be decoded"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn there_is_one_of_each() {
        super::transaction().unwrap();
        super::line().unwrap();
    }
}
