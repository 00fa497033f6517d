//! The texts of the administrator's view, but for the request log, webhooks and operators.

use maud::{Markup, html};

// Faults.
pub(crate) const FAULTS_ABOUT: &str = "A request that matches a fault fails as the fault says. If several match, the first one counts.";
pub(crate) const FAULTS_HEADINGS: &[&str] = &["Number", "What", "Remove"];
pub(crate) const FAULT_ADD: &str = "Add";
pub(crate) const FAULT_ADD_TITLE: &str = "Add a fault";
pub(crate) const FAULT_OPERATION: &str = "Operation, such as create_person; empty for all";
pub(crate) const FAULT_STATUS: &str = "Status, 400 to 599";
pub(crate) const FAULT_DELAY: &str = "Delay in milliseconds";
pub(crate) const FAULT_RETRY_AFTER: &str = "Retry-After in seconds";
pub(crate) const FAULT_DROP: &str = "Close the connection instead";
pub(crate) const FAULT_TRUNCATE: &str = "Break off after so many bytes";
pub(crate) const FAULT_AFTER: &str = "Do what is asked for before it fails";
pub(crate) const FAULT_METHOD: &str = "Method; empty for all";
pub(crate) const FAULT_PATH: &str = "Path; a * at its end matches anything; empty for all";
pub(crate) const FAULT_TIMES: &str = "Times; empty for all";
pub(crate) const FAULT_ADDED: &str = "The fault is active.";
pub(crate) const FAULT_REMOVED: &str = "The fault is removed.";
pub(crate) const FAULT_NUMBER: &str = "Number";

// Fixtures.
pub(crate) const FIXTURES_COMMAND: &str = "cargo run -p synctera-sandbox -- --fixtures FOLDER";
pub(crate) const FIXTURES_HEADINGS: &[&str] = &["Name", "Journey", "Created"];
pub(crate) const FIXTURE_FIND: &str = "Find";

// API keys.
pub(crate) const KEYS_ABOUT: &str = "A key opens one workspace. It is shown only when it is made; \
                                     later, this page shows its id.";
pub(crate) const KEYS_HEADINGS: &[&str] = &["Id", "Workspace", "Given at the start", "Remove"];
pub(crate) const KEYS_ALL: &str = "All keys";
pub(crate) const KEY: &str = "Key";
pub(crate) const KEY_ADD: &str = "Make a key";
pub(crate) const KEY_ADD_TITLE: &str = "Add a key";
pub(crate) const KEY_WORKSPACE: &str = "Workspace; empty for a new one";
pub(crate) const KEY_ADDED: &str = "A new API key";
pub(crate) const KEY_REMOVED: &str = "The key is removed. It opens nothing any more.";
pub(crate) const KEY_ADDED_NOTICE: &str = "Only this page shows the key. Copy it now.";

// The check of the ledger.
pub(crate) const LEDGER_ADDS_UP: &str = "The books add up.";
pub(crate) const LEDGER_DOES_NOT_ADD_UP: &str = "The books do not add up.";
pub(crate) const LEDGER_ABOUT: &str =
    "The check computes every balance and hold again from the postings.";
pub(crate) const LEDGER_RUN: &str = "Check the books";
pub(crate) const LEDGER_POSTINGS: &str = "Postings";
pub(crate) const LEDGER_SUM: &str = "Sum of all postings";
pub(crate) const LEDGER_UNBALANCED: &str = "Transactions that do not balance";
pub(crate) const LEDGER_WRONG_BALANCES: &str = "Balances that differ from their postings";
pub(crate) const LEDGER_OPEN_HOLDS: &str = "Open holds";
pub(crate) const LEDGER_WRONG_HOLDS: &str = "Holds that differ";
pub(crate) const LEDGER_CLOSED_WITH_BALANCE: &str = "Closed accounts with a balance";

// Performance.
pub(crate) const PERFORMANCE_OPERATIONS: &str = "Operations";
pub(crate) const PERFORMANCE_FIGURES: &[&str] = &["Requests", "Errors", "p50", "p99"];

pub(crate) fn performance_about(requests: u64, errors: u64) -> Markup {
    html! {
        "Requests of the last hour by the sandbox's clock: " strong { (requests) } ", of which "
        strong { (errors) } " were refused or failed."
    }
}

pub(crate) fn performance_chart(most: u64) -> String {
    format!("Requests by minute, at most {most}")
}

/// The charts of an operation: what they show, the member, and whether it is a time.
pub(crate) const PERFORMANCE_CHARTS: &[(&str, &str, bool)] = &[
    ("Requests a minute", "count", false),
    ("p50", "p50_micros", true),
    ("p99", "p99_micros", true),
];

pub(crate) fn performance_most(label: &str, most: &str) -> String {
    format!("{label} by minute, at most {most}")
}

pub(crate) fn performance_rate(requests: u64) -> String {
    format!("{requests} a minute")
}

// Errors.
pub(crate) const ERRORS_ABOUT: &str = "Requests of the last hour by the sandbox's clock that were \
                                       refused or failed, by operation and code.";
pub(crate) const ERRORS_NONE: &str = "Nothing was refused.";

// Settings.
pub(crate) const SETTINGS_ABOUT: &str =
    "What the sandbox does where the platform's documents are silent or disagree.";
pub(crate) const SETTING_CHANGE: &str = "Change";
pub(crate) const SETTING_SET: &str = "The setting is changed.";
pub(crate) const SETTING_CHANGED: &str = "changed";
pub(crate) const SETTING_VALUE: &str = "Value";

pub(crate) fn setting_takes(what: &str) -> String {
    format!("Takes {what}")
}

/// The change of a setting in the audit log.
pub(crate) fn setting_action(name: &str) -> String {
    format!("Settings: {name}")
}

// Snapshots.
pub(crate) const SNAPSHOTS_HEADINGS: &[&str] = &["Name", "Taken", "Restore", "Remove"];
pub(crate) const SNAPSHOT_TAKE: &str = "Take";
pub(crate) const SNAPSHOT_TAKE_TITLE: &str = "Take a snapshot";
pub(crate) const SNAPSHOT_TAKEN: &str = "The snapshot is taken.";
pub(crate) const SNAPSHOT_RESTORED: &str = "The bank is as it was in the snapshot.";
pub(crate) const SNAPSHOT_REMOVED: &str = "The snapshot is removed.";
pub(crate) const SNAPSHOT_NAME: &str = "Name; empty for a number";
pub(crate) const SNAPSHOT_RESTORE: &str = "Restore";
pub(crate) const RESET: &str = "Reset the sandbox";
pub(crate) const RESET_DONE: &str = "The sandbox is reset.";
pub(crate) const RESET_TITLE: &str = "Back to the start";
pub(crate) const RESET_ABOUT: &str =
    "Deletes everything. What the sandbox started with is there again.";

// Workspaces.
pub(crate) const WORKSPACES_ABOUT: &str = "Programs of one workspace see nothing of another. A key \
                                           that is made without a workspace gets a new one.";
pub(crate) const WORKSPACES_SHOWN: &str = "Shown here";
