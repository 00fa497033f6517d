//! What a recomputation of the whole ledger finds.

use std::fmt;

/// The result of [`Sandbox::audit`](crate::Sandbox::audit), and of `GET /sandbox/check`: the whole
/// ledger, recomputed from its postings.
///
/// A posting is one line of a posted transaction: a transfer between two accounts has two. Amounts
/// are in minor units (cents); a credit is positive, a debit negative.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LedgerAudit {
    /// The number of postings, in all workspaces.
    pub postings: u64,
    /// The sum of all postings, in minor units: 0 when the books are right.
    pub sum: i64,
    /// The number of transactions whose postings do not add up to 0.
    pub unbalanced_transactions: u64,
    /// The number of postings whose running balance is not the sum of the postings up to it.
    pub wrong_balances: u64,
    /// The number of open holds.
    pub open_holds: u64,
    /// The number of holds that differ from the pending transaction that shows them: open in one
    /// place only, or with another amount.
    pub wrong_holds: u64,
    /// The number of closed accounts whose balance is not 0.
    pub closed_with_balance: u64,
    /// The same by workspace, in the order of their names. One without a posting is not listed.
    pub workspaces: Vec<WorkspaceAudit>,
}

/// The postings of one workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WorkspaceAudit {
    /// The workspace, such as `1_1`.
    pub workspace: String,
    /// The number of its postings.
    pub postings: u64,
    /// Their sum, in minor units: 0 when the books are right.
    pub sum: i64,
}

impl LedgerAudit {
    /// Whether the books are right: every sum and every count of errors is 0.
    pub fn adds_up(&self) -> bool {
        self.sum == 0
            && [
                self.unbalanced_transactions,
                self.wrong_balances,
                self.wrong_holds,
                self.closed_with_balance,
            ] == [0; 4]
            && self.workspaces.iter().all(|workspace| workspace.sum == 0)
    }
}

impl fmt::Display for LedgerAudit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} postings with the sum {}, {} unbalanced transactions, {} wrong balances, \
             {} wrong holds, {} closed accounts with a balance",
            self.postings,
            self.sum,
            self.unbalanced_transactions,
            self.wrong_balances,
            self.wrong_holds,
            self.closed_with_balance
        )?;
        for WorkspaceAudit { workspace, sum, .. } in &self.workspaces {
            if *sum != 0 {
                write!(f, ", the sum {sum} in workspace {workspace}")?;
            }
        }
        Ok(())
    }
}
