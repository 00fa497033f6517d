//! The texts of the platform view.

use maud::{Markup, html};

// The overview.
pub(crate) const RUNS: &str = "Runs";
pub(crate) const PURPOSE: &str = "Purpose";
pub(crate) const BALANCE: &str = "Balance";

// Cases.
pub(crate) const PERSONS_IN_REVIEW: &str = "Persons in review";
pub(crate) const PERSONS_PROVISIONAL: &str = "Persons verified provisionally";
pub(crate) const BUSINESSES_IN_REVIEW: &str = "Businesses in review";
pub(crate) const ACCOUNTS_IN_CLOSING: &str = "Accounts in closing";
pub(crate) const NOTHING_WAITS: &str = "Nothing waits for a decision.";

// Search.
pub(crate) const SEARCH_ABOUT: &str = "A name, an id, the last digits of a card or an account number, or \
                                       an amount such as 25.00.";

pub(crate) fn found(count: usize, query: &str) -> Markup {
    html! { (count) " found for " strong { (query) } }
}

/// What the commands for empty lists use.
pub(crate) const VARIABLES: &str = "SANDBOX is the address of this server, such as http://127.0.0.1:8080, and KEY an API key of the workspace.";
