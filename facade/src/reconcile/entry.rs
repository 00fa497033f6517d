//! The entries of both sides of a reconciliation, and what their comparison finds.

use std::fmt;

use synctera_api::runtime::{PlatformAccountId, TransactionId};

use crate::Money;

/// An entry of your own ledger.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct LedgerEntry {
    /// The key of the payment on the platform; see [`MatchBy`](super::MatchBy).
    pub key: String,
    /// The account on the platform.
    pub account: PlatformAccountId,
    /// The amount: positive into the account, negative out of it.
    pub amount: Money,
}

impl LedgerEntry {
    /// An entry. The amount is positive for money into the account, negative for money out of it.
    pub fn new(
        key: impl Into<String>,
        account: impl Into<PlatformAccountId>,
        amount: Money,
    ) -> Self {
        Self { key: key.into(), account: account.into(), amount }
    }
}

/// A line of a posted transaction: its effect on one account.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PostedLine {
    /// The key to match; `None` if the transaction has none.
    pub key: Option<String>,
    /// The account.
    pub account: PlatformAccountId,
    /// The amount: positive into the account, negative out of it.
    pub amount: Money,
    /// The transaction.
    pub transaction: TransactionId,
}

impl PostedLine {
    /// A line from another source than the API, such as a file from the bank.
    pub fn new(
        key: Option<String>,
        account: impl Into<PlatformAccountId>,
        amount: Money,
        transaction: TransactionId,
    ) -> Self {
        Self { key, account: account.into(), amount, transaction }
    }
}

/// The result for one entry, or one line.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Finding {
    /// Both sides have it, with the same amount.
    Matched {
        /// The entry of your ledger.
        entry: LedgerEntry,
        /// The platform's transaction.
        transaction: TransactionId,
    },
    /// Both sides have it, with different amounts.
    Differs {
        /// The entry of your ledger.
        entry: LedgerEntry,
        /// The platform's line.
        posted: PostedLine,
    },
    /// Only your ledger has it: the platform has not posted it.
    Missing(LedgerEntry),
    /// Only the platform has it.
    Extra(PostedLine),
}

impl Finding {
    /// Whether both sides have it with the same amount.
    pub fn is_matched(&self) -> bool {
        matches!(self, Self::Matched { .. })
    }
}

/// The number of entries and lines by result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Summary {
    /// Both sides have them, with the same amount.
    pub matched: u64,
    /// Both sides have them, with different amounts.
    pub differing: u64,
    /// Only your ledger has them.
    pub missing: u64,
    /// Only the platform has them.
    pub extra: u64,
}

impl Summary {
    /// Whether all entries and lines matched.
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
