//! EFT Canada, cash and batches.

use super::table::{SteeringRow, SteeringSection, row};

pub(super) const EFT_CANADA: SteeringSection = SteeringSection {
    title: "EFT Canada",
    about: "`POST /v2/eft_ca`, on a banking day at 9:00 Eastern. Windows close at 7:30, 15:15 and 20:00 Eastern. The
name is that of the account at the other bank; only its first word counts.",
    rows: EFT_CANADA_ROWS,
};

const EFT_CANADA_ROWS: &[SteeringRow] = &[
    row(
        "`is_same_day`",
        "`true`",
        "`INITIATED`, then `PENDING` at 15:15 Eastern 0 banking days later, then `POSTED` after 60 minutes; setting `eft_ca_same_day_minutes`",
    ),
    row(
        "`is_same_day`",
        "`false`",
        "`INITIATED`, then `PENDING` at 15:15 Eastern 0 banking days later, then `POSTED` at 09:00 Eastern 1 banking day later",
    ),
    row(
        "`destination_account_owner_name`",
        "`Rejected Byron`",
        "`INITIATED`, then `PENDING` at 15:15 Eastern 0 banking days later, then `CANCELLED` at 09:00 Eastern 1 banking day later",
    ),
    row(
        "`destination_account_owner_name`",
        "`Unanswered Byron`",
        "`INITIATED`, then `PENDING` at 15:15 Eastern 0 banking days later, then `EXPIRED` at 09:00 Eastern 6 days later; setting `eft_ca_expiry_days`",
    ),
    row(
        "`destination_account_owner_name`, for the `network_status`",
        "`Returned Byron`",
        "`PENDING`, then `POSTED` at 09:00 Eastern 1 banking day later, then `RETURNED` at 12:00 Eastern 1 banking day later",
    ),
    row(
        "`currency` of the account",
        "`USD`",
        "`BAD_REQUEST_BODY`; setting `eft_ca_needs_canadian_dollars`",
    ),
    row(
        "setting `eft_ca_debits_need_a_verified_account`",
        "`true`",
        "`EXTERNAL_ACCOUNT_NOT_VERIFIED`; a debit from an account that was entered by hand",
    ),
];

pub(super) const CASH: SteeringSection = SteeringSection {
    title: "Cash",
    about: "Deposits are `POST /v2/cash/transaction_simulations/barcodes/deposits`, at a store of `.../stores`; orders
are `POST /v2/cash/authorization`, made at 9:00 Eastern for the next banking day. Of the client's name
only the first word counts; `PATCH /v2/cash/authorization/{id}` sets it.",
    rows: CASH_ROWS,
};

const CASH_ROWS: &[SteeringRow] = &[
    row(
        "`amount` of a deposit",
        "`1`, `999`",
        "`POSTED`; setting `cash_deposit_min_dollars` and setting `cash_deposit_max_dollars`",
    ),
    row("`type` of a deposit", "`TEST`", "`0`; the transfers that come of it"),
    row("`store_id` of a deposit", "of a store 20 miles away", "`UNABLE_TO_TRANSACT`"),
    row(
        "an account with `status`",
        "`SUSPENDED`",
        "`true`; the member `suspended` of the transfer",
    ),
    row(
        "`client_name` of an order",
        "`Corner Shop`",
        "`PENDING`, then `COMPLETE` at 17:00 Eastern 1 banking day later; like any other",
    ),
    row(
        "`client_name` of an order",
        "`Rejected Shop`",
        "`PENDING`, then `CANCELLED` at 09:00 Eastern 1 banking day later",
    ),
    row(
        "`client_name` of an order",
        "`Unfilled Shop`",
        "`PENDING`, then `EXPIRED` at 09:00 Eastern 6 days later; setting `cash_order_expiry_days`",
    ),
    row(
        "`client_name` of an order, for the `network_status` of its transfer",
        "`Returned Shop`",
        "`PENDING`, then `POSTED` at 17:00 Eastern 0 banking days later, then `REVERSED` at 12:00 Eastern 1 banking day later; read from when the order is shipped",
    ),
];

pub(super) const BATCH_PAYMENTS: SteeringSection = SteeringSection {
    title: "Batch payments",
    about: "`POST /v2/batches`, of a template that holds its batches for 10 minutes and pays over ACH.",
    rows: BATCH_PAYMENTS_ROWS,
};

const BATCH_PAYMENTS_ROWS: &[SteeringRow] = &[
    row(
        "`description` of the template",
        "`SANDBOX DECLINE`",
        "`INITIATED`, then `PENDING_APPROVAL` after 10 minutes, then `DECLINED` after 30 minutes; setting `batch_approval_minutes`",
    ),
    row(
        "`description` of the template",
        "`Abroad`",
        "`INITIATED`, then `PENDING_APPROVAL` after 10 minutes, then `PENDING_PAYMENT` after 30 minutes, then `COMPLETED` with the next ACH file",
    ),
    row(
        "`rules.disable_four_eyes_review`",
        "`true`",
        "`INITIATED`, then `PENDING_PAYMENT` after 10 minutes",
    ),
];
