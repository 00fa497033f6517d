//! Which resources of a kind are read: those with certain keys, from a place on, in either direction.

#[cfg(feature = "console")]
use rusqlite::params;
use rusqlite::types::Value;
use rusqlite::{Row, params_from_iter};

use super::key_ids::PRIMARY_KEY;
use super::{Result, Tx};

/// The name by which a filter asks for ids.
pub(crate) const ID: &str = "id";

/// A condition on a key: one of these values.
#[derive(Clone, Debug)]
pub(crate) struct Filter {
    pub(crate) name: String,
    pub(crate) values: Vec<String>,
}

/// Where a list begins, and in which direction it goes on.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Start {
    /// After this place, in the order of creation.
    After(i64),
    /// Before this place, the newest first.
    Before(i64),
}

impl Start {
    /// The same direction from another place.
    pub(crate) fn at(self, place: i64) -> Self {
        match self {
            Self::After(_) => Self::After(place),
            Self::Before(_) => Self::Before(place),
        }
    }

    pub(crate) fn place(self) -> i64 {
        match self {
            Self::After(place) | Self::Before(place) => place,
        }
    }

    /// The comparison and the order in SQL.
    fn sql(self) -> (&'static str, &'static str) {
        match self {
            Self::After(_) => (">", "ASC"),
            Self::Before(_) => ("<", "DESC"),
        }
    }
}

/// Resources after this place, in the order of creation.
impl From<i64> for Start {
    fn from(place: i64) -> Self {
        Self::After(place)
    }
}

/// Which resources are selected: up to `limit` from a place on that meet all filters.
pub(super) struct Selected<'a> {
    pub(super) tenant: &'a str,
    pub(super) kind: &'a str,
    pub(super) filters: &'a [Filter],
    pub(super) start: Start,
    pub(super) limit: i64,
}

impl Tx<'_> {
    /// How many resources of a kind there are.
    #[cfg(feature = "console")]
    pub(crate) fn count_of(&self, tenant: &str, kind: &str) -> Result<u64> {
        let Some(space) = self.key_id(tenant, kind, PRIMARY_KEY)? else {
            return Ok(0);
        };
        let mut statement =
            self.connection.prepare_cached("SELECT COUNT(*) FROM resources WHERE space = ?1")?;
        let count: i64 = statement.query_row(params![space], |row| row.get(0))?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// The ids that begin with a text of resources of any kind, at most so many.
    #[cfg(feature = "console")]
    pub(crate) fn ids(&self, tenant: &str, beginning: &str, limit: usize) -> Result<Vec<String>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT r.id FROM spaces s CROSS JOIN resources r
             ON r.space = s.number AND r.id >= ?3 AND r.id < ?3 || char(1114111)
             WHERE s.tenant = ?1 AND s.key = ?2 LIMIT ?4",
        )?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let found = statement
            .query_map(params![tenant, PRIMARY_KEY, beginning, limit], |row| row.get(0))?;
        Ok(found.collect::<std::result::Result<_, _>>()?)
    }

    /// The rows of such resources, with these columns.
    pub(super) fn select<E: From<super::Error>>(
        &self,
        columns: &str,
        what: &Selected<'_>,
        mut each: impl FnMut(&Row<'_>) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        let Some((sql, values)) = self.selection(columns, what)? else {
            return Ok(());
        };
        let failed = |e: rusqlite::Error| E::from(e.into());
        let mut statement = self.connection.prepare_cached(&sql).map_err(failed)?;
        let mut rows = statement.query(params_from_iter(values)).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            each(row)?;
        }
        Ok(())
    }

    /// The statement that finds resources, and its values; none where there is nothing to find.
    fn selection(
        &self,
        columns: &str,
        &Selected { tenant, kind, filters, start, limit }: &Selected<'_>,
    ) -> Result<Option<(String, Vec<Value>)>> {
        let Some(space) = self.key_id(tenant, kind, PRIMARY_KEY)? else {
            return Ok(None);
        };
        let mut values: Vec<Value> = Vec::new();
        // A key with one value has its resources in their order: from the place on, only those are
        // looked at that are wanted, however many others there are.
        let leading =
            filters.iter().position(|filter| filter.values.len() == 1 && filter.name != ID);
        let (compare, direction) = start.sql();
        let mut sql = match leading.map(|place| &filters[place]) {
            Some(Filter { name, values: wanted }) => {
                let Some(key) = self.key_id(tenant, kind, name)? else {
                    return Ok(None);
                };
                values.extend([key.into(), wanted.concat().into()]);
                format!(
                    "SELECT {columns} FROM resource_keys l CROSS JOIN resources r \
                     ON r.seq = l.seq WHERE l.space = ? AND l.value = ? AND l.seq {compare} ?",
                )
            }
            None => {
                values.push(space.into());
                format!("SELECT {columns} FROM resources r WHERE r.space = ? AND r.seq {compare} ?")
            }
        };
        values.push(start.place().into());
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
        sql.push_str(&format!(" ORDER BY {order} {direction} LIMIT ?"));
        values.push(limit.into());
        Ok(Some((sql, values)))
    }
}
