//! Resources: JSON documents with the keys they are found by.

use std::collections::BTreeMap;
use std::sync::Arc;

use rusqlite::{OptionalExtension, params, params_from_iter};
use serde_json::Value;

use super::documents::Document;
use super::key_ids::PRIMARY_KEY;
use super::{Result, SEQUENCE, Tx};

/// A stored resource and its place in the order of creation.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    pub(crate) seq: i64,
    pub(crate) body: Value,
}

/// A condition on a key: one of these values.
#[derive(Clone, Debug)]
pub(crate) struct Filter {
    pub(crate) name: String,
    pub(crate) values: Vec<String>,
}

/// What a resource is found by, beside its id: names and values.
pub(crate) type Keys = Vec<(&'static str, String)>;

/// The name by which a filter asks for ids.
pub(crate) const ID: &str = "id";

impl Tx<'_> {
    /// Stores a new resource under its keys.
    pub(crate) fn insert(
        &self,
        tenant: &str,
        kind: &str,
        id: &str,
        body: &Value,
        keys: &[(&str, String)],
    ) -> Result<i64> {
        let space = self.key_id_or_new(tenant, kind, PRIMARY_KEY)?;
        let seq = self.next(SEQUENCE)?;
        self.documents.write(space, id);
        self.connection
            .prepare_cached("INSERT INTO resources (seq, space, id, body) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![seq, space, id, serde_json::to_string(body)?])?;
        self.write_keys(tenant, kind, seq, keys)?;
        Ok(seq)
    }

    /// Replaces a resource's document, and its keys where they have changed; its place stays.
    pub(crate) fn update(
        &self,
        tenant: &str,
        kind: &str,
        id: &str,
        body: &Value,
        keys_of: impl Fn(&Value) -> Keys,
    ) -> Result<()> {
        let old = self.placed(tenant, kind, id)?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
        let seq = old.seq;
        self.documents.write(old.space, id);
        self.connection
            .prepare_cached("UPDATE resources SET body = ?2 WHERE seq = ?1")?
            .execute(params![seq, serde_json::to_string(body)?])?;
        let (old, new) = (keys_of(&old.body), keys_of(body));
        let gone: Keys = old.iter().filter(|key| !new.contains(key)).cloned().collect();
        let come: Keys = new.into_iter().filter(|key| !old.contains(key)).collect();
        self.remove_keys(tenant, kind, seq, &gone)?;
        self.write_keys(tenant, kind, seq, &come)
    }

    fn write_keys(
        &self,
        tenant: &str,
        kind: &str,
        seq: i64,
        keys: &[(&str, String)],
    ) -> Result<()> {
        let mut statement = self.connection.prepare_cached(
            "INSERT OR IGNORE INTO resource_keys (space, value, seq) VALUES (?1, ?2, ?3)",
        )?;
        for (name, value) in keys {
            statement.execute(params![self.key_id_or_new(tenant, kind, name)?, value, seq])?;
        }
        Ok(())
    }

    fn remove_keys(
        &self,
        tenant: &str,
        kind: &str,
        seq: i64,
        keys: &[(&str, String)],
    ) -> Result<()> {
        let mut statement = self.connection.prepare_cached(
            "DELETE FROM resource_keys WHERE space = ?1 AND value = ?2 AND seq = ?3",
        )?;
        for (name, value) in keys {
            statement.execute(params![self.key_id(tenant, kind, name)?, value, seq])?;
        }
        Ok(())
    }

    /// A resource and its place.
    fn placed(&self, tenant: &str, kind: &str, id: &str) -> Result<Option<Arc<Document>>> {
        let Some(space) = self.key_id(tenant, kind, PRIMARY_KEY)? else {
            return Ok(None);
        };
        if let Some(known) = self.documents.find(space, id) {
            return Ok(Some(known));
        }
        let mut statement = self
            .connection
            .prepare_cached("SELECT seq, body FROM resources WHERE space = ?1 AND id = ?2")?;
        let mut rows = statement.query(params![space, id])?;
        let Some(row) = rows.next()? else {
            return Ok(None);
        };
        let text = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
        let body = serde_json::from_str(text)?;
        let document = Arc::new(Document { space, seq: row.get(0)?, body });
        self.documents.keep(id, &document, text.len());
        Ok(Some(document))
    }

    /// One resource.
    pub(crate) fn get(&self, tenant: &str, kind: &str, id: &str) -> Result<Option<Value>> {
        let found = self.placed(tenant, kind, id)?;
        // The one that was just read and is not kept need not be copied.
        Ok(found.map(|found| {
            Arc::try_unwrap(found).map_or_else(|kept| kept.body.clone(), |own| own.body)
        }))
    }

    /// The resource that was made last.
    pub(crate) fn newest(&self, tenant: &str, kind: &str) -> Result<Option<Value>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT body FROM resources WHERE space = ?1 ORDER BY seq DESC LIMIT 1",
        )?;
        let space = self.key_id(tenant, kind, PRIMARY_KEY)?;
        let text: Option<String> =
            statement.query_row(params![space], |row| row.get(0)).optional()?;
        Ok(text.map(|text| serde_json::from_str(&text)).transpose()?)
    }

    /// Removes a resource and its keys; whether it was there.
    pub(crate) fn delete(
        &self,
        tenant: &str,
        kind: &str,
        id: &str,
        keys_of: impl Fn(&Value) -> Keys,
    ) -> Result<bool> {
        let Some(old) = self.placed(tenant, kind, id)? else {
            return Ok(false);
        };
        self.documents.write(old.space, id);
        self.remove_keys(tenant, kind, old.seq, &keys_of(&old.body))?;
        self.connection
            .prepare_cached("DELETE FROM resources WHERE seq = ?1")?
            .execute(params![old.seq])?;
        Ok(true)
    }

    /// How many there are of each kind.
    pub(crate) fn counts(&self) -> Result<BTreeMap<String, u64>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT s.kind, COUNT(*) FROM resources r JOIN spaces s ON s.number = r.space
             GROUP BY s.kind",
        )?;
        let rows = statement.query_map([], |row| {
            Ok((row.get(0)?, u64::try_from(row.get::<_, i64>(1)?).unwrap_or_default()))
        })?;
        Ok(rows.collect::<std::result::Result<_, _>>()?)
    }

    /// Up to `limit` resources after a place, in the order of creation, that meet all filters.
    pub(crate) fn scan(
        &self,
        tenant: &str,
        kind: &str,
        filters: &[Filter],
        after: i64,
        limit: i64,
    ) -> Result<Vec<Stored>> {
        let mut found = Vec::new();
        self.scan_texts(tenant, kind, filters, after, limit, |seq, text| {
            found.push(Stored { seq, body: serde_json::from_str(text)? });
            Ok::<(), super::Error>(())
        })?;
        Ok(found)
    }

    /// The same, as they are stored: place and text.
    pub(crate) fn scan_texts<E: From<super::Error>>(
        &self,
        tenant: &str,
        kind: &str,
        filters: &[Filter],
        after: i64,
        limit: i64,
        mut each: impl FnMut(i64, &str) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        let Some((sql, values)) = self.selection(tenant, kind, filters, after, limit)? else {
            return Ok(());
        };
        let found = |e: rusqlite::Error| E::from(e.into());
        let mut statement = self.connection.prepare_cached(&sql).map_err(found)?;
        let mut rows = statement.query(params_from_iter(values)).map_err(found)?;
        while let Some(row) = rows.next().map_err(found)? {
            let seq = row.get(0).map_err(found)?;
            let text = row.get_ref(1).map_err(found)?.as_str();
            each(seq, text.map_err(|e| found(e.into()))?)?;
        }
        Ok(())
    }

    /// The statement that finds resources, and its values; none where there is nothing to find.
    fn selection(
        &self,
        tenant: &str,
        kind: &str,
        filters: &[Filter],
        after: i64,
        limit: i64,
    ) -> Result<Option<(String, Vec<rusqlite::types::Value>)>> {
        let Some(space) = self.key_id(tenant, kind, PRIMARY_KEY)? else {
            return Ok(None);
        };
        let mut values: Vec<rusqlite::types::Value> = Vec::new();
        // A key with one value has its resources in their order: from the place on, only those are
        // looked at that are wanted, however many others there are.
        let leading =
            filters.iter().position(|filter| filter.values.len() == 1 && filter.name != ID);
        let mut sql = match leading.map(|place| &filters[place]) {
            Some(Filter { name, values: wanted }) => {
                let Some(key) = self.key_id(tenant, kind, name)? else {
                    return Ok(None);
                };
                values.extend([key.into(), wanted.concat().into()]);
                String::from(
                    "SELECT r.seq, r.body FROM resource_keys l CROSS JOIN resources r \
                     ON r.seq = l.seq WHERE l.space = ? AND l.value = ? AND l.seq > ?",
                )
            }
            None => {
                values.push(space.into());
                String::from(
                    "SELECT r.seq, r.body FROM resources r WHERE r.space = ? AND r.seq > ?",
                )
            }
        };
        values.push(after.into());
        for (place, filter) in filters.iter().enumerate() {
            if Some(place) == leading {
                continue;
            }
            let marks = vec!["?"; filter.values.len()].join(", ");
            if filter.name == ID {
                sql.push_str(&format!(" AND r.id IN ({marks})"));
            } else {
                let Some(key) = self.key_id(tenant, kind, &filter.name)? else {
                    return Ok(None);
                };
                sql.push_str(&format!(
                    " AND EXISTS (SELECT 1 FROM resource_keys k \
                     WHERE k.space = ? AND k.value IN ({marks}) AND k.seq = r.seq)",
                ));
                values.push(key.into());
            }
            values.extend(filter.values.iter().map(|value| value.clone().into()));
        }
        let order = if leading.is_some() { "l.seq" } else { "r.seq" };
        sql.push_str(&format!(" ORDER BY {order} LIMIT ?"));
        values.push(limit.into());
        Ok(Some((sql, values)))
    }
}
