//! Stop payments, as the older interface lists them.

use synctera_api::v0::types;

use crate::domain::ach::stops::STOP_PAYMENT;
use crate::domain::listing::{By, List, as_stored};
use crate::model::{Ctx, Outcome, Served};

pub(crate) const SERVED: &[Served] = &[Served::new("list_stop_payments", list)];

fn list(ctx: &Ctx<'_>) -> Outcome {
    List {
        kind: &STOP_PAYMENT,
        items: "stop_payments",
        filters: &[
            ("account_id", By::Key("account")),
            ("originator_name", By::Key("originator")),
            ("stop_payment_id", By::Key("id")),
            ("transaction_id", By::Key("transaction")),
        ],
        always: Vec::new(),
        view: &as_stored,
    }
    .reply::<types::StopPaymentList>(ctx)
}
