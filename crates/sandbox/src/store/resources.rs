//! Resources: JSON documents with the keys they are found by.

use std::collections::BTreeMap;
use std::sync::Arc;

use rusqlite::{Row, params};
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::documents::{Document, Found};
use super::key_ids::PRIMARY_KEY;
use super::selection::{Filter, Selected, Start};
use super::{Result, SEQUENCE, Tx};

/// A stored resource and its place in the order of creation.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    pub(crate) seq: i64,
    pub(crate) body: Value,
}

/// The resources under one key that are kept when they are read.
const KEPT_OF_A_KEY: usize = 16;

/// The columns of a row: place, text and facts; and with its id.
const ROWS: &str = "r.seq, r.body, r.facts";
const NAMED_ROWS: &str = "r.seq, r.body, r.facts, r.id";

/// What a resource is found by, beside its id: names and values.
pub(crate) type Keys = Vec<(&'static str, String)>;

/// The member of a document that holds what only the sandbox keeps. It is stored beside the others, so
/// that these can be sent as they are stored. No property of the published document has its name.
pub(crate) const FACTS: &str = "_facts";

/// A document without its facts.
struct Shown<'a>(&'a Value);

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        match self.0 {
            Value::Object(members) => {
                to.collect_map(members.iter().filter(|(name, _)| *name != FACTS))
            }
            other => other.serialize(to),
        }
    }
}

fn text_of(document: &Value) -> Result<String> {
    Ok(serde_json::to_string(&Shown(document))?)
}

fn facts_of(document: &Value) -> Result<Option<String>> {
    Ok(document.get(FACTS).map(serde_json::to_string).transpose()?)
}

fn text_in<'a>(row: &'a Row<'_>) -> Result<&'a str> {
    Ok(row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?)
}

fn facts_in<'a>(row: &'a Row<'_>) -> Result<Option<&'a str>> {
    Ok(row.get_ref(2)?.as_str_or_null().map_err(rusqlite::Error::from)?)
}

fn document_of(text: &str, facts: Option<&str>) -> Result<Value> {
    let mut document: Value = serde_json::from_str(text)?;
    if let (Some(facts), Some(members)) = (facts, document.as_object_mut()) {
        members.insert(FACTS.to_owned(), serde_json::from_str(facts)?);
    }
    Ok(document)
}

fn document_in(space: i64, row: &Row<'_>) -> Result<Document> {
    let body = document_of(text_in(row)?, facts_in(row)?)?;
    Ok(Document::new(space, row.get(0)?, body))
}

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
            .prepare_cached(
                "INSERT INTO resources (seq, space, id, body, facts) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![seq, space, id, text_of(body)?, facts_of(body)?])?;
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
            .prepare_cached("UPDATE resources SET body = ?2, facts = ?3 WHERE seq = ?1")?
            .execute(params![seq, text_of(body)?, facts_of(body)?])?;
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
        let mut statement = self.connection.prepare_cached(
            "SELECT seq, body, facts FROM resources WHERE space = ?1 AND id = ?2",
        )?;
        let mut rows = statement.query(params![space, id])?;
        rows.next()?.map(|row| self.read_kept(space, id, row)).transpose()
    }

    /// The document in a row, which is kept.
    fn read_kept(&self, space: i64, id: &str, row: &Row<'_>) -> Result<Arc<Document>> {
        let document = Arc::new(document_in(space, row)?);
        self.documents.keep(id, &document, text_in(row)?.len());
        Ok(document)
    }

    /// The same, unless it was read before; the row has its id.
    fn kept_or_read(&self, space: i64, row: &Row<'_>) -> Result<Arc<Document>> {
        let id = row.get_ref(3)?.as_str().map_err(rusqlite::Error::from)?;
        self.documents.find(space, id).map_or_else(|| self.read_kept(space, id, row), Ok)
    }

    /// One resource.
    pub(crate) fn get(&self, tenant: &str, kind: &str, id: &str) -> Result<Option<Value>> {
        Ok(self.find(tenant, kind, id)?.map(Found::into_body))
    }

    /// One resource, without a copy of its document.
    pub(crate) fn find(&self, tenant: &str, kind: &str, id: &str) -> Result<Option<Found>> {
        Ok(self.placed(tenant, kind, id)?.map(Found))
    }

    /// All resources under a key, in the order of creation, without copies of their documents. The
    /// first ones are kept: mostly there are few, and they are read over and over.
    pub(crate) fn find_all<E: From<super::Error>>(
        &self,
        tenant: &str,
        kind: &str,
        filter: Filter,
        mut each: impl FnMut(Found) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        let Some(space) = self.key_id(tenant, kind, PRIMARY_KEY)? else {
            return Ok(());
        };
        let mut count = 0;
        let what =
            Selected { tenant, kind, filters: &[filter], start: Start::After(0), limit: i64::MAX };
        self.select(NAMED_ROWS, &what, |row| {
            count += 1;
            let document = match count <= KEPT_OF_A_KEY {
                true => self.kept_or_read(space, row)?,
                false => Arc::new(document_in(space, row)?),
            };
            each(Found(document))
        })
    }

    /// The resource that was made last.
    pub(crate) fn newest(&self, tenant: &str, kind: &str) -> Result<Option<Value>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT seq, body, facts FROM resources WHERE space = ?1 ORDER BY seq DESC LIMIT 1",
        )?;
        let space = self.key_id(tenant, kind, PRIMARY_KEY)?;
        let mut rows = statement.query(params![space])?;
        rows.next()?.map(|row| document_of(text_in(row)?, facts_in(row)?)).transpose()
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
            // Each space is a range of an index: nothing is looked up for a row.
            "SELECT kind, SUM(count) AS total FROM (
                 SELECT kind, (SELECT COUNT(*) FROM resources WHERE space = number) AS count
                 FROM spaces WHERE key = ''
             ) GROUP BY kind HAVING total > 0",
        )?;
        let rows = statement.query_map([], |row| {
            Ok((row.get(0)?, u64::try_from(row.get::<_, i64>(1)?).unwrap_or_default()))
        })?;
        Ok(rows.collect::<std::result::Result<_, _>>()?)
    }

    /// Up to `limit` resources from a place on that meet all filters.
    pub(crate) fn scan(
        &self,
        tenant: &str,
        kind: &str,
        filters: &[Filter],
        start: impl Into<Start>,
        limit: i64,
    ) -> Result<Vec<Stored>> {
        let mut found = Vec::new();
        let what = Selected { tenant, kind, filters, start: start.into(), limit };
        self.select(ROWS, &what, |row| {
            let body = document_of(text_in(row)?, facts_in(row)?)?;
            found.push(Stored { seq: row.get(0)?, body });
            Ok::<(), super::Error>(())
        })?;
        Ok(found)
    }

    /// The same as clients read them: place and text.
    pub(crate) fn scan_texts<E: From<super::Error>>(
        &self,
        tenant: &str,
        kind: &str,
        filters: &[Filter],
        start: impl Into<Start>,
        limit: i64,
        mut each: impl FnMut(i64, &str) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        let what = Selected { tenant, kind, filters, start: start.into(), limit };
        self.select(ROWS, &what, |row| {
            let seq = row.get(0).map_err(super::Error::from)?;
            each(seq, text_in(row)?)
        })
    }
}
