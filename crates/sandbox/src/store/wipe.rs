//! Emptying what a workspace holds, or everything.

use rusqlite::types::Value;
use rusqlite::{params, params_from_iter};

use super::{Result, Tx};

/// The tables, those that refer to others first; not the names of what is in them.
const TABLES: [&str; 9] = [
    "resource_keys",
    "resources",
    "entries",
    "holds",
    "answers",
    "jobs",
    "deliveries",
    "counters",
    "secrets",
];

impl Tx<'_> {
    /// Empties a workspace, but for resources of these kinds and jobs of those.
    pub(crate) fn wipe(&self, tenant: &str, kinds: &[&str], jobs: &[&str]) -> Result<()> {
        self.next_due.forget();
        self.documents.clear();
        let all_but = |names: &[&str]| {
            let marks = vec!["?"; names.len()].join(", ");
            let names = names.iter().map(|name| Value::from((*name).to_owned()));
            let values: Vec<Value> =
                std::iter::once(Value::from(tenant.to_owned())).chain(names).collect();
            (format!("tenant = ? AND kind NOT IN ({marks})"), values)
        };
        let (condition, values) = all_but(kinds);
        for table in ["resource_keys", "resources"] {
            let sql = format!(
                "DELETE FROM {table} WHERE space IN (SELECT number FROM spaces WHERE {condition})"
            );
            self.connection.execute(&sql, params_from_iter(&values))?;
        }
        let (condition, values) = all_but(jobs);
        let sql = format!("DELETE FROM jobs WHERE {condition}");
        self.connection.execute(&sql, params_from_iter(values))?;
        for table in ["entries", "holds"] {
            self.connection
                .execute(&format!("DELETE FROM {table} WHERE tenant = ?1"), params![tenant])?;
        }
        Ok(())
    }

    /// Forgets the answers to a workspace's idempotency keys.
    pub(crate) fn forget_responses(&self, tenant: &str) -> Result<()> {
        self.connection.execute("DELETE FROM answers WHERE tenant = ?1", params![tenant])?;
        Ok(())
    }

    /// Empties everything, places in orders included.
    pub(crate) fn empty(&self) -> Result<()> {
        for table in TABLES {
            self.connection.execute(&format!("DELETE FROM {table}"), [])?;
        }
        self.counters.reset();
        self.next_due.forget();
        self.documents.clear();
        self.connection.execute("DELETE FROM sqlite_sequence", [])?;
        Ok(())
    }
}
