//! Emptying a workspace: what was made in it goes, what it was set up with stays.

use crate::model::{Ctx, Kind, Outcome, Reply};

/// What belongs to a workspace's setup.
pub(crate) struct Setup {
    /// The kinds of its resources.
    pub(crate) kinds: &'static [&'static Kind],
    /// The jobs that concern them.
    pub(crate) jobs: &'static [&'static str],
}

/// Empties the workspace, but for its setup.
pub(crate) fn wipe(ctx: &Ctx<'_>, setup: &Setup) -> Outcome {
    let kinds: Vec<&str> = setup.kinds.iter().map(|kind| kind.name).collect();
    ctx.tx.wipe(ctx.tenant, &kinds, setup.jobs)?;
    if ctx.settings.wipe_forgets_idempotency_keys {
        ctx.tx.forget_responses(ctx.tenant)?;
    }
    Reply::empty(204)
}
