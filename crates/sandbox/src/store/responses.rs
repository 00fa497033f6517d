//! Answers kept for the idempotency keys under which they were given.

use rusqlite::{OptionalExtension, params};

use super::{Result, Tx};

/// A finished answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredResponse {
    /// Tells the request apart that was answered.
    pub(crate) fingerprint: String,
    pub(crate) status: u16,
    /// `None` for an answer without a body.
    pub(crate) body: Option<String>,
}

impl Tx<'_> {
    /// The answer stored under a key, unless its time is over.
    pub(crate) fn stored_response(
        &self,
        tenant: &str,
        key: &str,
        now: i64,
    ) -> Result<Option<StoredResponse>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT fingerprint, status, body FROM answers
             WHERE tenant = ?1 AND key = ?2 AND expires_at > ?3",
        )?;
        Ok(statement
            .query_row(params![tenant, key, now], |row| {
                Ok(StoredResponse {
                    fingerprint: row.get(0)?,
                    status: row.get(1)?,
                    body: row.get(2)?,
                })
            })
            .optional()?)
    }

    /// Stores an answer, and forgets those whose time is over.
    pub(crate) fn store_response(
        &self,
        tenant: &str,
        key: &str,
        answer: &StoredResponse,
        now: i64,
        expires_at: i64,
    ) -> Result<()> {
        self.connection
            .prepare_cached("DELETE FROM answers WHERE expires_at <= ?1")?
            .execute(params![now])?;
        self.connection
            .prepare_cached(
                "INSERT OR REPLACE INTO answers (tenant, key, fingerprint, status, body, expires_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                tenant,
                key,
                answer.fingerprint,
                answer.status,
                answer.body,
                expires_at
            ])?;
        Ok(())
    }
}
