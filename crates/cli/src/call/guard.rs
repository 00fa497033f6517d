//! In production, what moves money or cannot be undone is confirmed first.

use std::io::{self, IsTerminal as _, Write as _};

use synctera_api::Operation;

use crate::exit::{Exit, Failure};
use crate::text;

/// Families whose writes change what is recorded and nothing else. In all others, and so in those that a
/// new document brings, a write is confirmed.
const FREE: [&str; 17] = [
    "addresses",
    "businesses",
    "card_simulations",
    "customers",
    "disclosures",
    "documents",
    "external_accounts",
    "licenses",
    "monitoring",
    "notes",
    "persons",
    "reconciliations",
    "relationships",
    "risk",
    "spend_controls",
    "watchlists",
    "webhooks",
];

/// Writes of these families that are confirmed, too: they cannot be undone, query a vendor that charges for
/// it, send customers' events to another URL, change what cards may spend, or end the validity of a secret.
const CONFIRMED: [&str; 13] = [
    "add_vendor_external_accounts",
    "create_customer_verification",
    "create_external_account_access_token",
    "create_external_account_link_token",
    "create_webhook",
    "prefill_customer",
    "prefill_person",
    "refresh_external_account_transactions",
    "replace_webhook",
    "replace_webhook_secret",
    "sync_vendor_external_accounts",
    "update_spend_control",
    "verify_customer",
];

/// Reads with an effect: they create an access token, or query a vendor that charges for it.
const READS: [&str; 4] = [
    "get_card_widget_token",
    "get_card_widget_url",
    "get_external_account_balance",
    "get_external_card_widget_token",
];

/// Whether an operation only reads, as far as its method tells.
pub(crate) fn is_read(operation: &Operation) -> bool {
    matches!(operation.method, "GET" | "HEAD")
}

/// Whether an operation is confirmed in production.
pub(crate) fn is_guarded(operation: &Operation) -> bool {
    if is_read(operation) {
        return READS.contains(&operation.id);
    }
    operation.method == "DELETE"
        || !FREE.contains(&operation.family)
        || CONFIRMED.contains(&operation.id)
}

/// Asks for the confirmation of a call in production, unless it was given.
///
/// # Errors
/// If it was refused, or there is no terminal on which to ask.
pub(crate) fn confirm(what: &str, base_url: &str, is_confirmed: bool) -> Result<(), Failure> {
    if is_confirmed {
        return Ok(());
    }
    let base_url = text::url(base_url);
    let refused = |why: &str| {
        Failure::new(
            Exit::Unconfirmed,
            format!(
                "{what} has an effect in production ({base_url}) that may not be undone: {why}; nothing was \
                 sent; next: add --yes to confirm it"
            ),
        )
    };
    let (stdin, stderr) = (io::stdin(), io::stderr());
    if !(stdin.is_terminal() && stderr.is_terminal()) {
        return Err(refused("there is no terminal on which to ask"));
    }
    let mut stderr = stderr.lock();
    write!(stderr, "{what} in production ({base_url}): continue? [y/N] ")?;
    stderr.flush()?;
    let mut typed = String::new();
    stdin.read_line(&mut typed)?;
    match typed.trim().to_ascii_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(refused("it was not confirmed")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{families, table};

    #[test]
    fn what_moves_money_is_guarded() {
        let guarded = |id: &str| is_guarded(table::named(id).unwrap().operation);
        for id in [
            "create-outgoing-ach",
            "issue-card",
            "create-account",
            "update-account",
            "delete-webhook",
            "wipe-workspace",
            "grant-fdx-auth-request",
            "verify",
            "create-external-account-access-token",
            "create-external-account-link-token",
            "add-vendor-external-accounts",
            "get-card-widget-token",
        ] {
            assert!(guarded(id), "{id}");
        }
        for id in ["create-person", "list-accounts", "get-card", "reveal-card-details"] {
            assert!(!guarded(id), "{id}");
        }
    }

    #[test]
    fn the_lists_name_what_there_is() {
        let known: Vec<&str> = families::names().collect();
        for family in FREE {
            assert!(known.contains(&family), "{family}");
        }
        for (ids, is_read_list) in [(&CONFIRMED[..], false), (&READS, true)] {
            for id in ids {
                let operation = table::named(id).unwrap_or_else(|| panic!("{id}")).operation;
                assert_eq!(is_read(operation), is_read_list, "{id}");
                assert!(is_read_list || FREE.contains(&operation.family), "{id}");
            }
        }
    }
}
