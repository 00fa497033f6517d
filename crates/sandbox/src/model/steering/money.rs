//! Money from and to other banks.

use super::table::{SteeringRow, SteeringSection, row};

pub(super) const ACCOUNTS_AT_OTHER_BANKS: SteeringSection = SteeringSection {
    title: "Accounts at other banks",
    about: "Through Plaid (`POST /v2/external_accounts/access_tokens`, then `add_vendor_accounts`) or Finicity,
which needs no token. An id that contains `saving` is that of a savings account.",
    rows: ACCOUNTS_AT_OTHER_BANKS_ROWS,
};

const ACCOUNTS_AT_OTHER_BANKS_ROWS: &[SteeringRow] = &[
    row("`vendor_public_token`", "`public-sandbox-1`", "`201`; like any that begins so"),
    row("`vendor_public_token`", "`good-1`", "`BAD_REQUEST_BODY`; like any other"),
    row(
        "`vendor_account_ids`",
        "`missing-1`",
        "`ACCOUNT_NOT_FOUND`; what comes after the hyphen is free",
    ),
    row("`vendor_account_ids`", "`loan-1`", "`UNSUPPORTED_ACCOUNT_TYPE`"),
    row("`vendor_account_ids`", "`failing-1`", "`FAILED_VERIFICATION`"),
    row("`vendor_account_ids`", "`my-savings`", "`SAVINGS`"),
    row("`vendor_account_ids`", "`one`", "`CHECKING`; like any other"),
];

pub(super) const ACH: SteeringSection = SteeringSection {
    title: "ACH",
    about: "A transfer leaves with a file; another bank returns it on
`POST /v2/ach/transaction_simulations/receiving_return`. What comes in is
`.../receiving_transaction`: its result is the entry's status, or the return code of its
`decline_reason`.",
    rows: ACH_ROWS,
};

const ACH_ROWS: &[SteeringRow] = &[
    row("`is_same_day`", "`false`, `true`", "`PENDING`, then `COMPLETE` with the next ACH file"),
    row("setting `ach_return_code`", "`R02`, `R29`", "as set; the code of a simulated return"),
    row(
        "setting `ach_returns_to_suspense`",
        "`true`",
        "`IN_SUSPENSE`; the money of a simulated return",
    ),
    row("`account_number`", "`0000000000`", "`R03`; no such account"),
    row("`account_number`", "of a closed account", "`R02`"),
    row("`dc_sign` `debit`, `amount`", "more than is available", "`R01`"),
    row("`dc_sign` `debit`, on an account with `access_status`", "`FROZEN`", "`R16`"),
    row("an account with `status`", "`SUSPENDED`", "`R16`"),
    row("an account with `is_ach_enabled`", "`false`", "`R20`"),
    row(
        "an account with a balance of 500.00 USD and a `balance_ceiling`",
        "`51000`",
        "`R23`; of 20.00 USD",
    ),
    row(
        "`dc_sign` `debit`, after `POST /sandbox/stop_payments` for",
        "`Sandbox Bank`",
        "`R08`; the originator of all simulated entries",
    ),
    row("`amount`", "`0`", "`POSTED`; nothing moves"),
    row(
        "`effective_date`",
        "tomorrow",
        "`INIT`, then `POSTED` at 12:00 Eastern 1 banking day later",
    ),
    row(
        "setting `incoming_ach_failures_to_suspense`",
        "`true`",
        "`IN_SUSPENSE`; an entry that would be returned",
    ),
];

pub(super) const WIRES: SteeringSection = SteeringSection {
    title: "Wires",
    about: "Incoming wires are `POST /v2/wires/transaction_simulations/receiving_transaction`, returns of sent ones
`.../receiving_return`.",
    rows: WIRES_ROWS,
};

const WIRES_ROWS: &[SteeringRow] = &[
    row(
        "`bank_message`",
        "`SANDBOX DECLINE`",
        "`PENDING`, then `DECLINED` after 30 minutes; setting `wire_minutes`, from 9:00 to 17:00 Eastern",
    ),
    row(
        "`bank_message`",
        "`Hello`",
        "`PENDING`, then `COMPLETED` after 30 minutes; like any other",
    ),
    row("`account_number`", "`0000000000`", "`RETURNED`"),
    row("`account_number`", "of a closed account", "`RETURNED`"),
    row("an account with `status`", "`SUSPENDED`", "`BLOCKED`"),
    row("an account with `is_wire_enabled`", "`false`", "`BLOCKED`"),
    row(
        "an account with a balance of 500.00 USD and a `balance_ceiling`",
        "`50500`",
        "`RETURNED`; of 7.00 USD",
    ),
    row("`wire_id` of a return", "of a wire that was sent", "`POSTED`; the money is back"),
];

pub(super) const CHECK_DEPOSITS: SteeringSection = SteeringSection {
    title: "Check deposits",
    about: "`POST /v2/rdc/deposits`; the file name of the front image begins with the value.",
    rows: CHECK_DEPOSITS_ROWS,
};

const CHECK_DEPOSITS_ROWS: &[SteeringRow] = &[
    row("file name", "`unreadable`", "`FAILED`"),
    row(
        "file name",
        "`doubtful`",
        "`PENDING`, then `SUBMITTED` after 24 hours; setting `check_review_hours`",
    ),
    row("file name", "`rejected`", "`PENDING`, then `REJECTED` after 24 hours"),
    row(
        "file name",
        "`bounced`",
        "`SUBMITTED`, then `RETURNED` at 12:00 Eastern 2 banking days later",
    ),
    row("file name", "`front`", "`SUBMITTED`; like any other"),
    row("front image", "of an earlier deposit", "`PENDING`, then `REJECTED` after 24 hours"),
];
