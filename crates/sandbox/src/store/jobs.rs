//! What happens later, by the clock.

use rusqlite::{OptionalExtension, params};

use super::{Result, Store, Tx};

/// Something that is due at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Job {
    pub(crate) seq: i64,
    pub(crate) tenant: String,
    /// Milliseconds since the epoch.
    pub(crate) due_at: i64,
    pub(crate) kind: String,
    /// The resource it is about.
    pub(crate) subject: String,
}

impl Store {
    /// When the next job is due, in milliseconds since the epoch; the end of time if there is none.
    pub(crate) fn next_due(&self) -> Result<i64> {
        self.next_due.get(&self.connection)
    }

    /// Whether anything is due. Asked before every request, and so remembered between them.
    pub(crate) fn is_due(&self, now: i64) -> Result<bool> {
        Ok(self.next_due.get(&self.connection)? <= now)
    }
}

impl Tx<'_> {
    pub(crate) fn schedule(
        &self,
        tenant: &str,
        due_at: i64,
        kind: &str,
        subject: &str,
    ) -> Result<()> {
        self.next_due.forget();
        self.connection
            .prepare_cached(
                "INSERT INTO jobs (tenant, due_at, kind, subject) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![tenant, due_at, kind, subject])?;
        Ok(())
    }

    /// The first job that is due, in the order of time and then of scheduling.
    pub(crate) fn due(&self, now: i64) -> Result<Option<Job>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT seq, tenant, due_at, kind, subject FROM jobs WHERE due_at <= ?1
             ORDER BY due_at, seq LIMIT 1",
        )?;
        Ok(statement
            .query_row(params![now], |row| {
                Ok(Job {
                    seq: row.get(0)?,
                    tenant: row.get(1)?,
                    due_at: row.get(2)?,
                    kind: row.get(3)?,
                    subject: row.get(4)?,
                })
            })
            .optional()?)
    }

    /// When the first job of a kind is due, in milliseconds since the epoch.
    pub(crate) fn first_due(&self, kind: &str) -> Result<Option<i64>> {
        let mut statement =
            self.connection.prepare_cached("SELECT MIN(due_at) FROM jobs WHERE kind = ?1")?;
        Ok(statement.query_row(params![kind], |row| row.get(0))?)
    }

    pub(crate) fn finish(&self, job: &Job) -> Result<()> {
        self.next_due.forget();
        self.connection
            .prepare_cached("DELETE FROM jobs WHERE seq = ?1")?
            .execute(params![job.seq])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_due_is_known_whatever_becomes_of_jobs() {
        let mut store = Store::temporary().unwrap();
        assert!(!store.is_due(i64::MAX - 1).unwrap());
        let tx = store.begin().unwrap();
        tx.schedule("1_1", 5, "late", "x").unwrap();
        drop(tx);
        assert!(!store.is_due(5).unwrap(), "it was taken back");
        let tx = store.begin().unwrap();
        tx.schedule("1_1", 5, "late", "x").unwrap();
        tx.schedule("1_1", 3, "soon", "x").unwrap();
        tx.commit().unwrap();
        assert!(!store.is_due(2).unwrap());
        assert!(store.is_due(3).unwrap());
        let tx = store.begin().unwrap();
        let soon = tx.due(3).unwrap().unwrap();
        assert_eq!(soon.kind, "soon");
        tx.finish(&soon).unwrap();
        tx.commit().unwrap();
        assert!(!store.is_due(4).unwrap());
        assert!(store.is_due(5).unwrap());
        let tx = store.begin().unwrap();
        tx.wipe("1_1", &[], &["late"]).unwrap();
        tx.commit().unwrap();
        assert!(store.is_due(5).unwrap(), "it was to stay");
        let tx = store.begin().unwrap();
        tx.empty().unwrap();
        tx.commit().unwrap();
        assert!(!store.is_due(5).unwrap());
    }
}
