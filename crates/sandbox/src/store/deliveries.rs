//! Events on their way to their subscribers.

use std::collections::BTreeSet;

use rusqlite::{OptionalExtension, Row, params};

use super::effects::AddedEvent;
use super::{Result, Tx};

/// An event on its way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Delivery {
    /// Its place; given by the store.
    pub(crate) seq: i64,
    pub(crate) tenant: String,
    pub(crate) webhook_id: String,
    pub(crate) event_id: String,
    /// The resource that the event is about.
    pub(crate) subject: String,
    /// Milliseconds since the epoch.
    pub(crate) due_at: i64,
    /// When it was first to be sent, likewise.
    pub(crate) begun_at: i64,
    pub(crate) attempts: i64,
    /// How often it is still to arrive.
    pub(crate) copies: i64,
}

/// Which of several events that are due goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// The first one of each resource; the next when that has arrived.
    PerResource,
    /// All of them.
    Any,
    /// The last one of each webhook; the one before when that has arrived.
    NewestFirst,
}

impl Order {
    fn condition(self) -> &'static str {
        match self {
            Self::PerResource => {
                "AND NOT EXISTS (SELECT 1 FROM deliveries e WHERE e.tenant = d.tenant
                 AND e.webhook_id = d.webhook_id AND e.subject = d.subject AND e.seq < d.seq)"
            }
            Self::Any => "",
            Self::NewestFirst => {
                "AND NOT EXISTS (SELECT 1 FROM deliveries e WHERE e.tenant = d.tenant
                 AND e.webhook_id = d.webhook_id AND e.due_at <= ?1 AND e.seq > d.seq)"
            }
        }
    }
}

const COLUMNS: &str =
    "seq, tenant, webhook_id, event_id, subject, due_at, begun_at, attempts, copies";

fn read(row: &Row<'_>) -> rusqlite::Result<Delivery> {
    Ok(Delivery {
        seq: row.get(0)?,
        tenant: row.get(1)?,
        webhook_id: row.get(2)?,
        event_id: row.get(3)?,
        subject: row.get(4)?,
        due_at: row.get(5)?,
        begun_at: row.get(6)?,
        attempts: row.get(7)?,
        copies: row.get(8)?,
    })
}

impl Tx<'_> {
    pub(crate) fn add_delivery(&self, delivery: &Delivery) -> Result<()> {
        self.connection
            .prepare_cached(
                "INSERT INTO deliveries
                 (tenant, webhook_id, event_id, subject, due_at, begun_at, attempts, copies)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                delivery.tenant,
                delivery.webhook_id,
                delivery.event_id,
                delivery.subject,
                delivery.due_at,
                delivery.begun_at,
                delivery.attempts,
                delivery.copies
            ])?;
        self.effects.event(AddedEvent {
            webhook_id: delivery.webhook_id.clone(),
            event_id: delivery.event_id.clone(),
        });
        Ok(())
    }

    /// Up to `limit` deliveries that are due and not behind others, but for those to some webhooks.
    pub(crate) fn due_deliveries(
        &self,
        now: i64,
        order: Order,
        but_to: &BTreeSet<String>,
        limit: usize,
    ) -> Result<Vec<Delivery>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM deliveries d WHERE d.due_at <= ?1 {}
             AND d.webhook_id NOT IN (SELECT value FROM json_each(?3))
             ORDER BY d.due_at, d.seq LIMIT ?2",
            order.condition()
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let but_to = serde_json::to_string(but_to)?;
        let rows = statement.query_map(params![now, limit, but_to], read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Up to `limit` deliveries that are not behind others, those that are sent next first.
    pub(crate) fn next_deliveries(
        &self,
        now: i64,
        order: Order,
        limit: i64,
    ) -> Result<Vec<Delivery>> {
        // `?1` is part of the condition of one order only.
        let sql = format!(
            "SELECT {COLUMNS} FROM deliveries d WHERE ?1 IS NOT NULL {}
             ORDER BY d.due_at, d.seq LIMIT ?2",
            order.condition()
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let rows = statement.query_map(params![now, limit], read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// How many deliveries there are, and how many of them are due and not behind others.
    pub(crate) fn count_deliveries(&self, now: i64, order: Order) -> Result<(u64, u64)> {
        let sql = format!(
            "SELECT (SELECT COUNT(*) FROM deliveries), COUNT(*) FROM deliveries d
             WHERE d.due_at <= ?1 {}",
            order.condition()
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let count = |row: &Row<'_>, place| -> rusqlite::Result<u64> {
            Ok(u64::try_from(row.get::<_, i64>(place)?).unwrap_or_default())
        };
        Ok(statement.query_row(params![now], |row| Ok((count(row, 0)?, count(row, 1)?)))?)
    }

    /// When the next delivery or job is due, in milliseconds since the epoch.
    pub(crate) fn next_due(&self) -> Result<Option<i64>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT min(due_at) FROM
             (SELECT min(due_at) AS due_at FROM deliveries UNION ALL SELECT min(due_at) FROM jobs)",
        )?;
        Ok(statement.query_row([], |row| row.get(0))?)
    }

    /// A delivery as it is now, unless it is over.
    pub(crate) fn delivery(&self, seq: i64) -> Result<Option<Delivery>> {
        let sql = format!("SELECT {COLUMNS} FROM deliveries WHERE seq = ?1");
        Ok(self.connection.prepare_cached(&sql)?.query_row(params![seq], read).optional()?)
    }

    /// Puts a delivery off, as it was changed.
    pub(crate) fn put_off_delivery(&self, delivery: &Delivery) -> Result<()> {
        self.connection
            .prepare_cached(
                "UPDATE deliveries SET due_at = ?2, attempts = ?3, copies = ?4 WHERE seq = ?1",
            )?
            .execute(params![delivery.seq, delivery.due_at, delivery.attempts, delivery.copies])?;
        Ok(())
    }

    /// Has what is on its way of an event sent at another time; whether anything is.
    pub(crate) fn reschedule_delivery(
        &self,
        tenant: &str,
        event_id: &str,
        due_at: i64,
    ) -> Result<bool> {
        let rescheduled = self
            .connection
            .prepare_cached(
                "UPDATE deliveries SET due_at = ?3, begun_at = ?3
                 WHERE tenant = ?1 AND event_id = ?2",
            )?
            .execute(params![tenant, event_id, due_at])?;
        Ok(rescheduled > 0)
    }

    pub(crate) fn end_delivery(&self, seq: i64) -> Result<()> {
        self.connection
            .prepare_cached("DELETE FROM deliveries WHERE seq = ?1")?
            .execute(params![seq])?;
        Ok(())
    }

    /// Forgets what is on its way to a webhook.
    pub(crate) fn end_deliveries_to(&self, tenant: &str, webhook_id: &str) -> Result<()> {
        self.connection
            .prepare_cached("DELETE FROM deliveries WHERE tenant = ?1 AND webhook_id = ?2")?
            .execute(params![tenant, webhook_id])?;
        Ok(())
    }
}
