//! The texts that more than one page has; those of a resource stand with it.

pub(crate) const NAME: &str = "Sandbox bank";
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
pub(crate) const NOT_FOUND: &str = "Not found";
pub(crate) const FORBIDDEN: &str = "Not allowed";
pub(crate) const REFUSED: &str = "Refused";
pub(crate) const FAILED: &str = "Something failed";
pub(crate) const MUST_BE_GIVEN: &str = "must be given";
pub(crate) const CANNOT_BE_CHANGED: &str = "cannot be changed";
pub(crate) const ALL_MEMBERS: &str = "All members";
pub(crate) const DONE: &str = "Done.";
pub(crate) const THE_CALL: &str = "The call";
pub(crate) const ACTIONS: &str = "Actions";
pub(crate) const NEXT: &str = "Next page";
pub(crate) const FILTER: &str = "Filter";
pub(crate) const REVEAL: &str = "Reveal";
pub(crate) const ANY: &str = "Any";
pub(crate) const NOTHING_YET: &str = "There is nothing here yet.";
pub(crate) const NOTHING_FITS: &str = "Nothing fits the filter.";

/// The pages of the platform view: path and label.
pub(crate) const PLATFORM_PAGES: &[(&str, &str)] = &[
    ("overview", "Overview"),
    ("persons", "Persons"),
    ("businesses", "Businesses"),
    ("accounts", "Accounts"),
    ("transactions", "Transactions"),
    ("pending", "Pending"),
    ("cards", "Cards"),
    ("spend_controls", "Spend controls"),
    ("ach", "ACH"),
    ("wires", "Wires"),
    ("transfers", "Card transfers"),
    ("deposits", "Check deposits"),
    ("schedules", "Schedules"),
    ("external_accounts", "External accounts"),
    ("internal_accounts", "Internal accounts"),
    ("cases", "Cases"),
    ("verifications", "Verifications"),
    ("alerts", "Alerts"),
    ("disputes", "Disputes"),
    ("applications", "Applications"),
    ("statements", "Statements"),
    ("documents", "Documents"),
];

/// The pages of the administrator's view, likewise.
pub(crate) const ADMINISTRATOR_PAGES: &[(&str, &str)] = &[
    ("log", "Request log"),
    ("errors", "Errors"),
    ("performance", "Performance"),
    ("webhooks", "Webhooks"),
    ("clock", "Clock"),
    ("faults", "Faults"),
    ("settings", "Settings"),
    ("keys", "API keys"),
    ("ledger", "Ledger check"),
    ("snapshots", "Snapshots"),
    ("fixtures", "Fixtures"),
    ("workspaces", "Workspaces"),
    ("operators", "Operators"),
    ("audit", "Audit log"),
];

/// Those that only who manages operators sees.
pub(crate) const OF_OPERATORS: &[&str] = &["operators", "audit"];

/// What a page of the administrator's view is called.
pub(crate) fn administrator_title(page: &str) -> &'static str {
    let known = ADMINISTRATOR_PAGES.iter().find(|(path, _)| *path == page);
    known.map_or("", |(_, title)| title)
}
