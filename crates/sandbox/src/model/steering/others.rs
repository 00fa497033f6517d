//! What is for no family of its own.

use super::table::{SteeringRow, SteeringSection, row};

pub(super) const EVERYTHING_ELSE: SteeringSection =
    SteeringSection { title: "Everything else", about: "", rows: EVERYTHING_ELSE_ROWS };

const EVERYTHING_ELSE_ROWS: &[SteeringRow] = &[
    row("header `Sandbox-Fault`", "`status=503`", "`503`; see [above](#faults)"),
    row("header `Sandbox-Fault`", "`status=422; code=SUSPECTED_FRAUD`", "`SUSPECTED_FRAUD`"),
    row("header `Sandbox-Fault`", "`drop`", "`no answer`"),
    row("header `Sandbox-Fault`", "`truncate=20`", "`broken off`"),
    row(
        "`type` of `POST /sandbox/alerts`",
        "`WATCHLIST`, `BANKRUPTCY`, `NEGATIVE_NEWS`, `LICENSE_VALIDITY`",
        "as set; the alert",
    ),
    row("setting `webhook_copies`", "`2`", "`2` deliveries of each event"),
    row(
        "a file to reconcile (v0)",
        "lines with the same number of columns",
        "`IN_PROCESS`, then `COMPLETED` after 5 minutes; setting `reconciliation_minutes`",
    ),
    row(
        "a file to reconcile (v0)",
        "lines with different numbers of columns",
        "`IN_PROCESS`, then `FAILED` after 5 minutes",
    ),
];
