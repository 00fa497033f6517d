//! Emptying what a workspace holds, or everything.

use rusqlite::types::Value;
use rusqlite::{params, params_from_iter};

use super::{Result, Tx};

/// The tables, those that refer to others first.
const TABLES: [&str; 8] =
    ["resource_keys", "resources", "entries", "holds", "answers", "jobs", "deliveries", "counters"];

impl Tx<'_> {
    /// Empties a workspace, but for resources of these kinds and jobs of those.
    pub(crate) fn wipe(&self, tenant: &str, kinds: &[&str], jobs: &[&str]) -> Result<()> {
        self.next_due.forget();
        let but = |table: &str, names: &[&str]| -> Result<()> {
            let marks = vec!["?"; names.len()].join(", ");
            let sql = format!("DELETE FROM {table} WHERE tenant = ? AND kind NOT IN ({marks})");
            let names = names.iter().map(|name| Value::from((*name).to_owned()));
            let values = std::iter::once(Value::from(tenant.to_owned())).chain(names);
            self.connection.execute(&sql, params_from_iter(values))?;
            Ok(())
        };
        but("resource_keys", kinds)?;
        but("resources", kinds)?;
        but("jobs", jobs)?;
        for table in ["entries", "holds"] {
            self.connection
                .execute(&format!("DELETE FROM {table} WHERE tenant = ?1"), params![tenant])?;
        }
        Ok(())
    }

    /// Forgets the answers to a workspace's idempotency keys.
    pub(crate) fn forget_answers(&self, tenant: &str) -> Result<()> {
        self.connection.execute("DELETE FROM answers WHERE tenant = ?1", params![tenant])?;
        Ok(())
    }

    /// Empties everything, places in orders included.
    pub(crate) fn empty(&self) -> Result<()> {
        for table in TABLES {
            self.connection.execute(&format!("DELETE FROM {table}"), [])?;
        }
        self.counters.forget();
        self.next_due.forget();
        self.connection.execute("DELETE FROM sqlite_sequence", [])?;
        Ok(())
    }
}
