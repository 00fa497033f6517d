//! The texts of the platform view.

use maud::{Markup, html};

// The overview.
pub(crate) const RUNS: &str = "Running in real time";
pub(crate) const PURPOSE: &str = "Purpose";
pub(crate) const BALANCE: &str = "Balance";

// Cases.
pub(crate) const PERSONS_IN_REVIEW: &str = "Persons in review";
pub(crate) const PERSONS_PROVISIONAL: &str = "Persons verified provisionally";
pub(crate) const BUSINESSES_IN_REVIEW: &str = "Businesses in review";
pub(crate) const ACCOUNTS_IN_CLOSING: &str = "Accounts in closing";
pub(crate) const CREDIT_APPLICATIONS: &str = "Credit applications";
pub(crate) const LINE_APPLICATIONS: &str = "Applications for lines of credit";
pub(crate) const RESTRICTED_APPLICATIONS: &str = "Applications for restricted accounts";
pub(crate) const NEWEST_LOOKED_AT: &str =
    "Only the newest 1,000 were looked at; others may wait, too.";
pub(crate) const NOTHING_WAITS: &str = "Nothing waits for a decision.";

// Search.
pub(crate) const SEARCH_ABOUT: &str = "A name, an email address, an id or the first 8 characters of one, the last \
                                       digits of a card or an account number, or the amount of a payment, such as \
                                       25.00. Amounts, account numbers and parts of names are looked for among the newest \
                                       1,000 of each kind. At most 20 of each kind are shown.";

pub(crate) fn found(count: usize, query: &str) -> Markup {
    html! { (count) " found for " strong { (query) } }
}

/// Under a list, which an API call would begin at its other end.
pub(crate) const ORDER: &str = "This page begins with the newest. The API begins with the oldest.";

// Commands for empty lists.
/// What a command needs, by the variable that it sets: the first one counts.
pub(crate) const NEEDS: &[(&str, &str)] = &[
    ("CARD=", "The command needs a customer with an account and a card."),
    ("ACCOUNT=", "The command needs a customer with an account."),
    ("PERSON=", "The command needs a customer."),
];
pub(crate) const JOURNEY_MAKES: &str = "The README's example customer_journey makes one.";
/// What the commands use.
pub(crate) const VARIABLES: &str = "SANDBOX is the address of this server, such as http://127.0.0.1:8080, and KEY an API key of the workspace.";
