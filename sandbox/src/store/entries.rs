//! The ledger's rows: entries that are never changed, and holds that end once.

use chrono::NaiveDate;
use rusqlite::{OptionalExtension, params};

use super::{Error, Result, SEQUENCE, Tx};

/// The days of a posting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Days {
    /// The bank's day that it counts for.
    pub(crate) posted: NaiveDate,
    /// The day that it bears interest from; not after the other.
    pub(crate) effective: NaiveDate,
}

impl Tx<'_> {
    /// Appends one side of a transaction; the balance after it.
    pub(crate) fn append(
        &self,
        tenant: &str,
        transaction: &str,
        account: &str,
        amount: i64,
        days: Days,
    ) -> Result<i64> {
        let balance =
            self.posted_balance(tenant, account)?.checked_add(amount).ok_or_else(|| {
                Error::Broken("a balance leaves the range of whole numbers".to_owned())
            })?;
        self.connection
            .prepare_cached(
                "INSERT INTO entries (tenant, account_id, seq, transaction_id, amount, balance,
                                      posted_day, effective_day)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                tenant,
                account,
                self.next(SEQUENCE)?,
                transaction,
                amount,
                balance,
                days.posted.to_string(),
                days.effective.to_string(),
            ])?;
        Ok(balance)
    }

    /// The sum of an account's entries, read off the last of them.
    pub(crate) fn posted_balance(&self, tenant: &str, account: &str) -> Result<i64> {
        let mut statement = self.connection.prepare_cached(
            "SELECT balance FROM entries WHERE tenant = ?1 AND account_id = ?2
             ORDER BY seq DESC LIMIT 1",
        )?;
        Ok(statement.query_row(params![tenant, account], |row| row.get(0)).optional()?.unwrap_or(0))
    }

    /// The sum of the entries that count for a day or one before it. Told from the end, since what
    /// is asked for is mostly recent.
    pub(crate) fn balance_after(&self, tenant: &str, account: &str, day: NaiveDate) -> Result<i64> {
        let mut statement = self.connection.prepare_cached(
            "SELECT COALESCE(SUM(amount), 0) FROM entries
             WHERE tenant = ?1 AND account_id = ?2 AND posted_day > ?3",
        )?;
        let since: i64 =
            statement.query_row(params![tenant, account, day.to_string()], |row| row.get(0))?;
        Ok(self.posted_balance(tenant, account)?.saturating_sub(since))
    }

    /// How many entries count for the days of a period, first and last included.
    pub(crate) fn count_between(
        &self,
        tenant: &str,
        account: &str,
        (first, last): (NaiveDate, NaiveDate),
    ) -> Result<i64> {
        let mut statement = self.connection.prepare_cached(
            "SELECT COUNT(*) FROM entries
             WHERE tenant = ?1 AND account_id = ?2 AND posted_day BETWEEN ?3 AND ?4",
        )?;
        let (first, last) = (first.to_string(), last.to_string());
        Ok(statement.query_row(params![tenant, account, first, last], |row| row.get(0))?)
    }

    /// Up to `limit` entries after a place that count for the days of a period: place and
    /// transaction.
    pub(crate) fn entries_between(
        &self,
        tenant: &str,
        account: &str,
        (first, last): (NaiveDate, NaiveDate),
        after: i64,
        limit: i64,
    ) -> Result<Vec<(i64, String)>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT seq, transaction_id FROM entries INDEXED BY entries_by_posted_day
             WHERE tenant = ?1 AND account_id = ?2 AND posted_day BETWEEN ?3 AND ?4 AND seq > ?5
             ORDER BY seq LIMIT ?6",
        )?;
        let (first, last) = (first.to_string(), last.to_string());
        let rows = statement
            .query_map(params![tenant, account, first, last, after, limit], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        Ok(rows.collect::<std::result::Result<_, _>>()?)
    }

    /// What came into an account on the days of a period, first and last included.
    pub(crate) fn credits_between(
        &self,
        tenant: &str,
        account: &str,
        (first, last): (NaiveDate, NaiveDate),
    ) -> Result<i64> {
        let mut statement = self.connection.prepare_cached(
            "SELECT COALESCE(SUM(amount), 0) FROM entries
             WHERE tenant = ?1 AND account_id = ?2 AND posted_day BETWEEN ?3 AND ?4 AND amount > 0",
        )?;
        let (first, last) = (first.to_string(), last.to_string());
        Ok(statement.query_row(params![tenant, account, first, last], |row| row.get(0))?)
    }

    /// How an account changed on each day since a day, by the day that interest counts from, which
    /// is never after the one that is posted.
    pub(crate) fn changes_since(
        &self,
        tenant: &str,
        account: &str,
        first: NaiveDate,
    ) -> Result<Vec<(NaiveDate, i64)>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT effective_day, SUM(amount) FROM entries
             WHERE tenant = ?1 AND account_id = ?2 AND posted_day >= ?3 AND effective_day >= ?3
             GROUP BY effective_day ORDER BY effective_day",
        )?;
        let rows = statement.query_map(params![tenant, account, first.to_string()], |row| {
            Ok((row.get::<_, String>(0)?, row.get(1)?))
        })?;
        rows.map(|row| {
            let (day, amount) = row?;
            let day = day.parse().map_err(|_| Error::Broken(format!("{day} is no day")))?;
            Ok((day, amount))
        })
        .collect()
    }

    /// Sets money of an account aside.
    pub(crate) fn open_hold(
        &self,
        tenant: &str,
        id: &str,
        account: &str,
        amount: i64,
    ) -> Result<()> {
        self.connection
            .prepare_cached(
                "INSERT INTO holds (id, tenant, account_id, amount, is_open) VALUES (?1, ?2, ?3, ?4, 1)",
            )?
            .execute(params![id, tenant, account, amount])?;
        Ok(())
    }

    /// Changes what an open hold sets aside; `false` when it has ended.
    pub(crate) fn resize_hold(&self, tenant: &str, id: &str, amount: i64) -> Result<bool> {
        let mut statement = self.connection.prepare_cached(
            "UPDATE holds SET amount = ?3 WHERE id = ?1 AND tenant = ?2 AND is_open = 1",
        )?;
        Ok(statement.execute(params![id, tenant, amount])? == 1)
    }

    /// Ends a hold; `false` when it had ended before.
    pub(crate) fn close_hold(&self, tenant: &str, id: &str) -> Result<bool> {
        let mut statement = self.connection.prepare_cached(
            "UPDATE holds SET is_open = 0 WHERE id = ?1 AND tenant = ?2 AND is_open = 1",
        )?;
        Ok(statement.execute(params![id, tenant])? == 1)
    }

    /// The sum of an account's open holds.
    pub(crate) fn held(&self, tenant: &str, account: &str) -> Result<i64> {
        let mut statement = self.connection.prepare_cached(
            "SELECT COALESCE(SUM(amount), 0) FROM holds
             WHERE tenant = ?1 AND account_id = ?2 AND is_open = 1",
        )?;
        Ok(statement.query_row(params![tenant, account], |row| row.get(0))?)
    }
}
