//! All texts that people read. Here are those that more than one page has, and the names of pages; each other
//! file has those of one view. Texts of resources are in `resources/`.

pub(crate) mod administrator;
pub(crate) mod call;
pub(crate) mod clock;
pub(crate) mod failures;
pub(crate) mod log;
pub(crate) mod operators;
pub(crate) mod platform;
pub(crate) mod reasons;
pub(crate) mod sections;
pub(crate) mod sign_in;
pub(crate) mod webhooks;

// The frame of each page.
pub(crate) const CONSOLE: &str = "Sandbox bank";
pub(crate) const SKIP: &str = "Skip to the content";
pub(crate) const SIGN_IN: &str = "Sign in";
pub(crate) const SIGN_OUT: &str = "Sign out";
pub(crate) const CHOOSE_PASSWORD: &str = "Choose a password";
pub(crate) const SEARCH: &str = "Search";
pub(crate) const SEARCH_HINT: &str = "Name, id, last digits or amount";
pub(crate) const WORKSPACE: &str = "Workspace";
pub(crate) const NAVIGATION: &str = "Pages";
pub(crate) const PLATFORM: &str = "Platform";
pub(crate) const ADMINISTRATOR: &str = "Administrator";

// What came of it.
pub(crate) const NOT_FOUND: &str = "Not found";
pub(crate) const FORBIDDEN: &str = "Not allowed";
pub(crate) const REFUSED: &str = "Refused";
pub(crate) const FAILED: &str = "Something failed";
pub(crate) const MUST_BE_GIVEN: &str = "must be given";
pub(crate) const CANNOT_BE_CHANGED: &str = "cannot be changed";

// Parts of pages.
pub(crate) const ALL_MEMBERS: &str = "All members";
pub(crate) const THE_CALL: &str = "The call";
pub(crate) const ACTIONS: &str = "Actions";
pub(crate) const NEXT: &str = "Next page";
pub(crate) const FILTER: &str = "Filter";
pub(crate) const REVEAL: &str = "Reveal";
pub(crate) const MASKED: &str = "Masked";
pub(crate) const COPY: &str = "Copy";
pub(crate) const COPIED: &str = "Copied";
pub(crate) const FINAL: &str = "This cannot be undone.";
pub(crate) const WORKING: &str = "Working";
pub(crate) const ANY: &str = "Any";
pub(crate) const CHOOSE: &str = "Choose\u{2026}";
pub(crate) const SURE: &str = "This cannot be undone. I am sure";
pub(crate) const YES: &str = "yes";
pub(crate) const NO: &str = "no";
pub(crate) const NOTHING_YET: &str = "There is nothing here yet.";
pub(crate) const NOTHING_FITS: &str = "Nothing matches the filter.";
pub(crate) const NOT_READ: &str = "Parts of this page are missing, since these calls failed:";
pub(crate) const ALL: &str = "Show all";

/// What is said where a list is of one resource.
pub(crate) fn choose_one(of: &str) -> String {
    format!("{of}: choose one.")
}

/// What the button does that copies a text.
pub(crate) fn copy(text: &str) -> String {
    format!("{COPY} {text}")
}

/// What a card is called.
pub(crate) fn card_ending(digits: &str) -> String {
    format!("Card ending {digits}")
}

// Labels of fields, columns and headings.
pub(crate) const ACCOUNT: &str = "Account";
pub(crate) const AMOUNT: &str = "Amount";
pub(crate) const ANSWER: &str = "Response";
pub(crate) const ASKED: &str = "Requested";
pub(crate) const CODE: &str = "Code";
pub(crate) const EVENTS: &str = "Events";
pub(crate) const HELD: &str = "Held";
pub(crate) const ID: &str = "Id";
pub(crate) const LEDGER_ENTRIES: &str = "Ledger entries";
pub(crate) const MEMO: &str = "Memo";
pub(crate) const NAME: &str = "Name";
pub(crate) const OPERATION: &str = "Operation";
pub(crate) const PARTY: &str = "Person or business";
pub(crate) const PASSWORD: &str = "Password";
pub(crate) const POSTED: &str = "Posted";
pub(crate) const POSTED_AFTER: &str = "Balance after";
pub(crate) const REASON: &str = "Reason";
pub(crate) const REMOVE: &str = "Remove";
pub(crate) const REQUESTS: &str = "Requests";
pub(crate) const ROLE: &str = "Role";
pub(crate) const STATUS: &str = "Status";
pub(crate) const SUBTYPE: &str = "Subtype";
pub(crate) const TIME: &str = "Time";
pub(crate) const TYPE: &str = "Type";

// Names of pages that are in other places, too.
pub(crate) const OVERVIEW: &str = "Overview";
pub(crate) const PERSONS: &str = "Persons";
pub(crate) const ACCOUNTS: &str = "Accounts";
pub(crate) const TRANSACTIONS: &str = "Transactions";
pub(crate) const CARDS: &str = "Cards";
pub(crate) const SPEND_CONTROLS: &str = "Spend controls";
pub(crate) const INTERNAL_ACCOUNTS: &str = "Internal accounts";
pub(crate) const CASES: &str = "Cases";
pub(crate) const ALERTS: &str = "Alerts";
pub(crate) const DISPUTES: &str = "Disputes";
pub(crate) const APPLICATIONS: &str = "Applications";
pub(crate) const REQUEST_LOG: &str = "Request log";
pub(crate) const ERRORS: &str = "Errors";
pub(crate) const PERFORMANCE: &str = "Performance";
pub(crate) const WEBHOOKS: &str = "Webhooks";
pub(crate) const CLOCK: &str = "Clock";
pub(crate) const FAULTS: &str = "Faults";
pub(crate) const SETTINGS: &str = "Settings";
pub(crate) const API_KEYS: &str = "API keys";
pub(crate) const LEDGER_CHECK: &str = "Ledger check";
pub(crate) const SNAPSHOTS: &str = "Snapshots";
pub(crate) const FIXTURES: &str = "Fixtures";
pub(crate) const WORKSPACES: &str = "Workspaces";
pub(crate) const OPERATORS: &str = "Operators";
pub(crate) const AUDIT_LOG: &str = "Audit log";

/// The pages of the platform view: path and label.
pub(crate) const PLATFORM_PAGES: &[(&str, &str)] = &[
    ("overview", OVERVIEW),
    ("persons", PERSONS),
    ("businesses", "Businesses"),
    ("accounts", ACCOUNTS),
    ("transactions", TRANSACTIONS),
    ("pending", "Pending"),
    ("cards", CARDS),
    ("spend_controls", SPEND_CONTROLS),
    ("ach", "Outgoing ACH"),
    ("wires", "Wires"),
    ("transfers", "Card transfers"),
    ("deposits", "Check deposits"),
    ("schedules", "Schedules"),
    ("external_accounts", "External accounts"),
    ("internal_accounts", INTERNAL_ACCOUNTS),
    ("cases", CASES),
    ("verifications", "Verifications"),
    ("alerts", ALERTS),
    ("disputes", DISPUTES),
    ("applications", APPLICATIONS),
    ("statements", "Statements"),
    ("documents", "Documents"),
];

/// The pages of the administrator's view, likewise.
pub(crate) const ADMINISTRATOR_PAGES: &[(&str, &str)] = &[
    ("log", REQUEST_LOG),
    ("errors", ERRORS),
    ("performance", PERFORMANCE),
    ("webhooks", WEBHOOKS),
    ("clock", CLOCK),
    ("faults", FAULTS),
    ("settings", SETTINGS),
    ("keys", API_KEYS),
    ("ledger", LEDGER_CHECK),
    ("snapshots", SNAPSHOTS),
    ("fixtures", FIXTURES),
    ("workspaces", WORKSPACES),
    ("operators", OPERATORS),
    ("audit", AUDIT_LOG),
];

/// Those that only who manages operators sees.
pub(crate) const OF_OPERATORS: &[&str] = &["operators", "audit"];

/// What a page of the administrator's view is called.
pub(crate) fn administrator_title(page: &str) -> &'static str {
    let known = ADMINISTRATOR_PAGES.iter().find(|(path, _)| *path == page);
    known.map_or("", |(_, title)| title)
}
