//! Writes in production that move money or cannot be undone are confirmed first.

use std::io::{self, IsTerminal as _, Write as _};

use synctera_api::Operation;

use crate::exit::{Exit, Failure};

/// Families whose writes change what is recorded and nothing else. In all others, and so in those that a
/// new document brings, a write is confirmed.
const FREE: [&str; 24] = [
    "addresses",
    "applications",
    "businesses",
    "customers",
    "disclosures",
    "documents",
    "external_accounts",
    "fdx",
    "institutions",
    "licenses",
    "merchants",
    "monitoring",
    "notes",
    "persons",
    "reconciliations",
    "relationships",
    "risk",
    "spend_controls",
    "statements",
    "transactions",
    "verifications",
    "watchlists",
    "webhooks",
    "card_simulations",
];

/// Whether an operation moves money or cannot be undone, as far as its family and its method tell.
pub(crate) fn is_guarded(operation: &Operation) -> bool {
    operation.is_write() && (operation.method == "DELETE" || !FREE.contains(&operation.family))
}

/// Asks for the confirmation of a write in production, unless it was given.
///
/// # Errors
/// When it was refused, or nobody can be asked.
pub(crate) fn confirm(what: &str, base_url: &str, is_confirmed: bool) -> Result<(), Failure> {
    if is_confirmed {
        return Ok(());
    }
    let refused = |why: &str| {
        Failure::new(
            Exit::Unconfirmed,
            format!(
                "{what} moves money or cannot be undone, and {base_url} is production: {why}; next: \
                 nothing was sent; add --yes to do it"
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
        for id in ["send-ach", "issue-card", "create-account", "delete-webhook"] {
            if let Some(command) = table::named(id) {
                assert!(is_guarded(command.operation), "{id}");
            }
        }
        assert!(guarded("update-account") && guarded("wipe-workspace"));
        assert!(!guarded("create-person") && !guarded("list-accounts"));
        let known: Vec<&str> = families::names().collect();
        assert!(FREE.iter().all(|family| known.contains(family)));
    }
}
