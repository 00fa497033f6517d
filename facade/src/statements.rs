//! The statements of an account, and their transactions.

use synctera_api::runtime::{AccountId, StatementId};

use crate::types::{ListStatementTransactionsQuery, ListStatementsQuery};
use crate::{Items, Synctera};

impl Synctera {
    /// The statements of an account in short form, oldest first.
    ///
    /// The platform makes one at the end of each calendar month, or of each billing period of a
    /// credit account; a checking account has none for a month without activity. `get_statement`
    /// reads one in full. With the feature `statements`.
    ///
    /// ```
    #[doc = include_str!("journeys/example.txt")]
    /// # let account = checking;
    /// let mut statements = client.statements(account);
    /// while let Some(statement) = statements.try_next().await? {
    ///     if let (Some(id), Some(end)) = (statement.id, statement.end_date) {
    ///         let mut rows = client.statement_transactions(id);
    ///         while let Some(row) = rows.try_next().await? {
    ///             println!("{end}: {} {}", row.amount, row.description.unwrap_or_default());
    ///         }
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Errors are those of [`Synctera::list`].
    pub fn statements(&self, account: AccountId) -> Items<ListStatementsQuery> {
        self.list(ListStatementsQuery::new(account))
    }

    /// The transactions of a statement, in the order of posting. With the feature `statements`.
    ///
    /// Errors are those of [`Synctera::list`].
    pub fn statement_transactions(
        &self,
        statement: StatementId,
    ) -> Items<(StatementId, ListStatementTransactionsQuery)> {
        self.list((statement, ListStatementTransactionsQuery::default()))
    }
}
