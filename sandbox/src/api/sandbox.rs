//! Emptying a workspace: what was made in it goes, what it was set up with stays.

use crate::domain::{cards, webhooks};
use crate::model::{Ctx, Outcome, Reply, Served};

pub(crate) const SERVED: &[Served] = &[Served::new("wipe_workspace", wipe)];
/// Kinds of resources that belong to a workspace's setup.
const STAYS: &[&str] = &[
    "account template",
    "account product",
    "card product",
    "spend control",
    "card gateway",
    "3-D Secure decision gateway",
    "ACH gateway",
    "bulk order configuration",
    "SyncteraPay vendor",
    "webhook",
    "webhook secret",
    "webhook event",
];

/// What still happens by the clock to what stays.
const STILL_HAPPENS: &[&str] = &[cards::LEAVE, webhooks::PURGE];

fn wipe(ctx: &Ctx<'_>) -> Outcome {
    ctx.tx.wipe(ctx.tenant, STAYS, STILL_HAPPENS)?;
    if ctx.settings.wipe_forgets_idempotency_keys {
        ctx.tx.forget_answers(ctx.tenant)?;
    }
    Reply::empty(204)
}

#[cfg(test)]
mod tests {
    use super::STAYS;

    #[test]
    fn what_stays_is_something_that_there_is() {
        for name in STAYS {
            let declared = format!("name: \"{name}\"");
            let families = concat!(
                include_str!("accounts/templates.rs"),
                include_str!("accounts/products.rs"),
                include_str!("cards/products.rs"),
                include_str!("cards/gateways.rs"),
                include_str!("cards/bulk.rs"),
                include_str!("ach/gateways.rs"),
                include_str!("spend_controls/mod.rs"),
                include_str!("synctera_pay/outgoing.rs"),
                include_str!("webhooks/mod.rs"),
                include_str!("webhooks/secrets.rs"),
            );
            assert!(families.contains(&declared), "{name}");
        }
    }
}
