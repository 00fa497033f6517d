//! The two sides of a reconciliation, and what comparing them finds.

use std::fmt;

use synctera_api::runtime::{PlatformAccountId, TransactionId};

use crate::Money;

/// An entry of the integrator's own ledger.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct LedgerEntry {
    /// What the platform knows the movement by; see [`MatchBy`](super::MatchBy).
    pub key: String,
    /// The account on the platform.
    pub account: PlatformAccountId,
    /// What moved, in minor units: into the account above zero, out of it below.
    pub amount: Money,
}

impl LedgerEntry {
    /// An entry: money that went into the account is above zero, money that left it below.
    pub fn new(
        key: impl Into<String>,
        account: impl Into<PlatformAccountId>,
        amount: Money,
    ) -> Self {
        Self { key: key.into(), account: account.into(), amount }
    }
}

/// A line of a posted transaction: what it did to one account.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct PostedLine {
    /// What it is matched by; `None` when the transaction has none.
    pub key: Option<String>,
    /// The account.
    pub account: PlatformAccountId,
    /// What moved, in minor units: into the account above zero, out of it below.
    pub amount: Money,
    /// The transaction.
    pub transaction: TransactionId,
}

impl PostedLine {
    /// A line from elsewhere than the API, such as a file of the bank.
    pub fn new(
        key: Option<String>,
        account: impl Into<PlatformAccountId>,
        amount: Money,
        transaction: TransactionId,
    ) -> Self {
        Self { key, account: account.into(), amount, transaction }
    }
}

/// What was found about one entry, or one line.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Finding {
    /// Both sides have it, with the same amount.
    Matched {
        /// Ours.
        entry: LedgerEntry,
        /// The platform's transaction.
        transaction: TransactionId,
    },
    /// Both sides have it, with different amounts.
    Differs {
        /// Ours.
        entry: LedgerEntry,
        /// The platform's.
        posted: PostedLine,
    },
    /// The platform has not posted it.
    Missing(LedgerEntry),
    /// Our ledger does not have it.
    Extra(PostedLine),
}

impl Finding {
    /// Whether both sides agree.
    pub fn is_matched(&self) -> bool {
        matches!(self, Self::Matched { .. })
    }
}

/// How many entries and lines came out which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// Both sides have them, with the same amount.
    pub matched: u64,
    /// Both sides have them, with different amounts.
    pub differing: u64,
    /// The platform does not have them.
    pub missing: u64,
    /// Our ledger does not have them.
    pub extra: u64,
}

impl Summary {
    /// Whether the two sides agree in all.
    pub fn is_clean(&self) -> bool {
        self.differing == 0 && self.missing == 0 && self.extra == 0
    }

    pub(super) fn count(&mut self, finding: &Finding) {
        let count = match finding {
            Finding::Matched { .. } => &mut self.matched,
            Finding::Differs { .. } => &mut self.differing,
            Finding::Missing(_) => &mut self.missing,
            Finding::Extra(_) => &mut self.extra,
        };
        *count += 1;
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { matched, differing, missing, extra } = self;
        write!(f, "{matched} matched, {differing} differing, {missing} missing, {extra} extra")
    }
}
