//! The texts of operators, their roles, and the audit log.

use maud::{Markup, html};

// The list.
pub(crate) const HEADINGS: &[&str] = &["Name", "Role", "Password", "Remove"];
pub(crate) const ALL: &str = "All operators";
pub(crate) const NO_OTHERS: &str = "There are no operators yet. Make a link for one below.";
pub(crate) const ALL_SIGN_IN: &str = "Every request needs a sign-in.";
pub(crate) const PASSWORD_CHOSEN: &str = "chosen";
pub(crate) const PASSWORD_NOT_CHOSEN: &str = "not chosen yet";

pub(crate) fn without_sign_in(local: &str) -> Markup {
    html! {
        "Without a sign-in, requests from this machine act as the administrator " code { (local) } "."
    }
}

// The link at which a password is chosen.
pub(crate) const INVITE_TITLE: &str = "Add an operator, or change a role";
pub(crate) const INVITE_ABOUT: &str = "The operator chooses a password at the link. It can be used once, within an hour. \
     A name has lowercase letters, digits, dots, dashes and underscores.";
pub(crate) const INVITE: &str = "Make a link";
pub(crate) const LINK: &str = "A link";

pub(crate) fn link_for(name: &str) -> String {
    format!("A link for {name}")
}

pub(crate) fn link_notice(name: &str) -> String {
    format!(
        "Only this page shows the link. Give it to {name}: the first person who opens it, within an hour, chooses the password."
    )
}

// What is refused.
pub(crate) const NO_ROLE: &str = "the role must be view, act or administer";
pub(crate) const OWN_ROLE: &str = "you cannot change your own role: ask another administrator";
pub(crate) const OWN_REMOVAL: &str = "you cannot remove yourself: ask another administrator";

pub(crate) fn wrong_name(most: usize) -> String {
    format!("a name has 1 to {most} lowercase letters, digits, dots, dashes and underscores")
}

pub(crate) fn name_of_machine(local: &str) -> String {
    format!("requests without a sign-in act as {local}; take another name")
}

pub(crate) fn too_many(most: usize) -> String {
    format!("there are {most} operators; remove one")
}

pub(crate) fn no_operator(name: &str) -> String {
    format!("there is no operator {name}")
}

pub(crate) fn not_written(error: &std::io::Error) -> String {
    format!("the file of operators cannot be written: {error}")
}

// What each role may do.
pub(crate) const ROLES: &str = "Roles";
pub(crate) const MAY: &str = "May";
pub(crate) const MAY_SEE: &str = "See pages, with masked values";
pub(crate) const MAY_REVEAL: &str = "Reveal a masked value";
pub(crate) const MAY_ACT: &str = "Act on customers, accounts, cards and cases";
pub(crate) const MAY_SEND_AGAIN: &str = "Send a request or an event again";
pub(crate) const MAY_ADMINISTER: &str = "Change clock, faults, settings, keys and snapshots";
pub(crate) const MAY_MANAGE_OPERATORS: &str = "Manage operators and read the audit log";

// The audit log.
pub(crate) const AUDIT_HEADINGS: &[&str] = &["Time", "Operator", "Action", "Status", "Target"];
/// Before the moment by the clock of the bank.
pub(crate) const BANK_TIME: &str = "Bank:";
pub(crate) const REMOVED: &str = "The operator is removed.";
pub(crate) const REMOVE_ACTION: &str = "Remove an operator";
pub(crate) const WRONG_TOKEN_ACTION: &str = "Send a form with a wrong token";
pub(crate) const DEAD_LINK_ACTION: &str = "Open a link that was used or is too old";

/// The action of the entry that stands for refusals without an entry of their own.
pub(crate) fn refusals_action(count: u64) -> String {
    if count == 1 {
        "1 more refusal, without an entry of its own".to_owned()
    } else {
        format!("{count} more refusals, without entries of their own")
    }
}

pub(crate) fn invite_action(role: &str) -> String {
    format!("Invite with role {role}")
}

pub(crate) fn audit_about(log: &str) -> Markup {
    html! {
        "What operators did or tried in the console. The calls of programs are in the "
        a href=(log) { "request log" } ". Of the refusals of a minute the first 60 have entries; the \
        others are counted. With a data file, entries that this page no longer has are in the files \
        beside it."
    }
}
