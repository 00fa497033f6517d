//! The texts of what the pages of some resources have beside their fields.

use maud::{Markup, html};

// An account.
pub(crate) const PARTIES: &str = "Parties";
pub(crate) const SINCE: &str = "Since";
pub(crate) const CLOSURE: &str = "Closure";
pub(crate) const CHECK: &str = "Check";
pub(crate) const CHECK_PASSED: &str = "Passed";
pub(crate) const CHECK_MESSAGE: &str = "What it says";
pub(crate) const MADE_UP: &str = "What makes up the available balance";
pub(crate) const OTHER_PARTS: &str = "Credit, linked accounts and reserves";
pub(crate) const AVAILABLE: &str = "Available";
pub(crate) const ALL_TRANSACTIONS: &str = "All transactions of the account";
pub(crate) const LINKS: &str = "Floor and ceiling";
pub(crate) const LINKS_DRAWING: &str = "The account between its ceiling above and its floor below";
pub(crate) const CEILING: &str = "Ceiling";
pub(crate) const CEILING_IN_DRAWING: &str = "ceiling";
pub(crate) const CEILING_LEADS: &str = "above it goes to";
pub(crate) const FLOOR: &str = "Floor";
pub(crate) const FLOOR_IN_DRAWING: &str = "floor";
pub(crate) const FLOOR_LEADS: &str = "below it comes from";

pub(crate) fn held_by(holds: usize) -> String {
    let noun = if holds == 1 { "hold" } else { "holds" };
    format!("Held by {holds} open {noun}")
}

/// Where a floor or a ceiling leads, which `leads` says.
pub(crate) fn linked(limit: &Markup, leads: &str, account: &Markup) -> Markup {
    html! { (limit) ", what is " (leads) " " (account) }
}

// A card.
pub(crate) const AUTHORIZATIONS: &str = "Authorizations";
pub(crate) const CARD_NOT_USED: &str = "The card has not been used.";
pub(crate) const MERCHANT: &str = "Merchant";
pub(crate) const PAGE: &str = "Page";
pub(crate) const NO_SPEND_CONTROLS: &str = "The account has none.";

// A person or a business.
pub(crate) const RELATIONSHIPS: &str = "Relationships";
pub(crate) const OF_BUSINESS: &str = "Of business";
pub(crate) const TITLE: &str = "Title";
pub(crate) const PERCENT_OWNED: &str = "Percent owned";
pub(crate) const RISK_RATINGS: &str = "Risk ratings";
pub(crate) const RISK_LEVEL: &str = "Level";
pub(crate) const RISK_SCORE: &str = "Score";
pub(crate) const RISK_REVIEWED: &str = "Reviewed";
pub(crate) const RISK_NEXT_REVIEW: &str = "Next review";

// A statement.
pub(crate) const FIRST_LINES: &str = "These are the first 1,000 lines. The API has the others.";
pub(crate) const NO_TRANSACTIONS: &str = "There are none in this time.";

// The timeline of a customer.
pub(crate) const TIMELINE: &str = "Timeline";
pub(crate) const TIMELINE_CUT: &str = "Of each kind, the newest 20 are here.";
pub(crate) const TIMELINE_REQUESTS: &str = "Requests about this customer";
pub(crate) const CREATED: &str = "Created";
pub(crate) const CHANGED_LAST: &str = "Changed last";
pub(crate) const VERIFIED: &str = "Checked";
pub(crate) const ALERT_RAISED: &str = "Alert raised";
pub(crate) const DISCLOSURE: &str = "Disclosure";
pub(crate) const ACCOUNT_OPENED: &str = "Account opened";
pub(crate) const CARD_ISSUED: &str = "Card issued";
pub(crate) const NOTE_WRITTEN: &str = "Note written";
pub(crate) const DOCUMENT_ADDED: &str = "Document added";

// A verification.
pub(crate) const FINDINGS: &str = "What it found";
pub(crate) const CHECKED: &str = "Checked";
pub(crate) const FOUND: &str = "Result";
pub(crate) const WHAT: &str = "What";

// A transaction.
pub(crate) const SIDE: &str = "Side";
pub(crate) const AVAILABLE_AFTER: &str = "Available after it";
pub(crate) const OF_THE_BANK: &str = "Bank's own";
pub(crate) const STEP: &str = "Step";
pub(crate) const STEPS: &str = "Steps";
pub(crate) const REST_OF_PAYMENT: &str = "The rest of this payment";
