//! Lists: filters, sorting and pages, the same way for every family.
//!
//! A filter of the document that a list does not know is refused with 501 rather than ignored: an
//! ignored filter returns rows that the caller did not ask for.

mod condition;
mod filter;
mod order;
mod page;
mod token;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::domain::listing::condition::Condition;
use crate::domain::listing::order::Cursor;
use crate::domain::listing::order::SortOrder;
use crate::domain::listing::page::Page;
use crate::model::{ApiError, Ctx, Kind, Outcome, Record, Reply, Resource, build};
use crate::store::{Filter, Start, Stored};

pub(crate) use condition::matches;
pub(crate) use filter::By;

/// The platform gives at most this many items a page, whatever is asked for.
const LIMIT_MAX: i64 = 100;

/// The most items of a list that the documents answer without the token of a next page.
const WHOLE_MAX: i64 = 100_000;

/// Rows read at once while looking for those that a filter accepts.
const BATCH: i64 = 200;

/// A list of one family.
pub(crate) struct List<'a> {
    pub(crate) kind: &'static Kind,
    /// The property of the answer that holds the items.
    pub(crate) items: &'static str,
    /// What each query parameter does.
    pub(crate) filters: &'a [(&'static str, By)],
    /// Further conditions that the family sets itself.
    pub(crate) always: Vec<Filter>,
    /// How a stored resource is shown; `None` leaves it out.
    pub(crate) view: &'a View<'a>,
}

/// How a stored resource is shown, if it is.
type View<'a> = dyn Fn(&Ctx<'_>, Value) -> Result<Option<Value>, ApiError> + 'a;

/// The view of a list of records: what clients see of each, if anything. A record that cannot be
/// read is left out, since no list is lost because of one row.
pub(crate) fn view_of<R: Resource, W: Serialize>(
    view: impl Fn(&Ctx<'_>, Record<R>) -> Result<Option<W>, ApiError>,
) -> impl Fn(&Ctx<'_>, Value) -> Result<Option<Value>, ApiError> {
    move |ctx, stored| {
        let record = match Record::of(&stored) {
            Ok(record) => record,
            Err(refusal) => {
                let id = stored.get(R::KIND.id).and_then(crate::model::key_text);
                page::left_out(&id.unwrap_or_default(), refusal)?;
                return Ok(None);
            }
        };
        let Some(seen) = view(ctx, record)? else {
            return Ok(None);
        };
        let seen = serde_json::to_value(seen).map_err(|e| ApiError::Internal(e.to_string()))?;
        Ok(Some(seen))
    }
}

/// Parameters that every list has.
const COMMON: [&str; 3] = ["limit", "page_token", "sort_by"];

impl List<'_> {
    /// The page that the query asks for, as a page of this type.
    pub(crate) fn reply<T: Serialize + DeserializeOwned>(&self, ctx: &Ctx<'_>) -> Outcome {
        Reply::json(200, &self.typed::<T>(ctx)?)
    }

    /// The same page, for those who answer with another status or have more to say.
    pub(crate) fn typed<T: DeserializeOwned>(&self, ctx: &Ctx<'_>) -> Result<T, ApiError> {
        let body = self.body(ctx)?;
        match build(body.clone()) {
            Err(ApiError::Internal(_)) => build(self.readable::<T>(body)?),
            page => page,
        }
    }

    /// The page that the query asks for, item by item through this type. It says whether there is
    /// a next page if `always`, else only where there is one.
    pub(crate) fn reply_one_by_one<T: Serialize + DeserializeOwned>(
        &self,
        ctx: &Ctx<'_>,
        always: bool,
    ) -> Outcome {
        let (items, next) = self.page(ctx)?;
        let mut page = Page::begin(self.items);
        for item in items {
            let id = self.id_of(&item);
            page.add(&id, |text| {
                let item = serde_json::to_string(&build::<T>(item)?);
                text.push_str(&item.map_err(|e| ApiError::Internal(e.to_string()))?);
                Ok(())
            })?;
        }
        Reply::text(200, page.end(next, always))
    }

    /// The same, where what the store finds is sent as it is stored unless the query says more than
    /// which keys it wants: then only is the view asked. For kinds whose wire type is what clients
    /// read.
    pub(crate) fn reply_of<T: Serialize + DeserializeOwned>(
        &self,
        ctx: &Ctx<'_>,
        always: bool,
    ) -> Outcome {
        if !self.is_plain(ctx) {
            return self.reply_one_by_one::<T>(ctx, always);
        }
        let limit = limit(ctx);
        let (keys, _) = self.conditions(ctx)?;
        let start = start(ctx)?;
        let (mut count, mut last, mut has_more) = (0, start.place(), false);
        let mut page = Page::begin(self.items);
        // One more than asked for tells that there is a next page.
        ctx.tx.scan_texts(ctx.tenant, self.kind.name, &keys, start, limit + 1, |seq, stored| {
            has_more = count == limit;
            if has_more {
                return Ok(());
            }
            if count == 0 {
                page.make_room(limit, stored.len());
            }
            (count, last) = (count + 1, seq);
            page.add(seq, |text| {
                text.push_str(stored);
                Ok(())
            })
        })?;
        let next = has_more.then(|| token_after(ctx, last)).transpose()?;
        Reply::text(200, page.end(next, always))
    }

    /// Whether the store finds all that is asked for, in its own order.
    fn is_plain(&self, ctx: &Ctx<'_>) -> bool {
        ctx.request.query.iter().all(|(parameter, value)| match parameter.as_str() {
            "sort_by" => *value == json!([]),
            "limit" | "page_token" => true,
            name => self.filters.iter().any(|(own, by)| *own == name && matches!(by, By::Key(_))),
        })
    }

    /// A page without the items that cannot be shown: no list is lost because of one row.
    fn readable<T: DeserializeOwned>(&self, mut body: Value) -> Result<Value, ApiError> {
        let items = body[self.items].as_array().cloned().unwrap_or_default();
        let mut readable = Vec::new();
        for item in items {
            let id = self.id_of(&item);
            let mut alone = body.clone();
            alone[self.items] = json!([item]);
            match build::<T>(alone) {
                Ok(_) => readable.push(item),
                Err(refusal) => page::left_out(&id, refusal)?,
            }
        }
        body[self.items] = json!(readable);
        Ok(body)
    }

    /// A row as it is shown, unless it is not or cannot be.
    fn viewed(&self, ctx: &Ctx<'_>, row: Value) -> Result<Option<Value>, ApiError> {
        let id = self.id_of(&row);
        (self.view)(ctx, row).or_else(|refusal| page::left_out(&id, refusal).map(|()| None))
    }

    fn id_of(&self, item: &Value) -> String {
        crate::model::key_text(&item[self.kind.id]).unwrap_or_default()
    }

    fn body(&self, ctx: &Ctx<'_>) -> Result<Value, ApiError> {
        let (items, next) = self.page(ctx)?;
        Ok(match next {
            Some(next) => json!({ self.items: items, "next_page_token": next }),
            None => json!({ self.items: items }),
        })
    }

    /// The items and the token of the next page, if there is one.
    pub(crate) fn page(&self, ctx: &Ctx<'_>) -> Result<(Vec<Value>, Option<String>), ApiError> {
        let limit = usize::try_from(limit(ctx)).unwrap_or(1);
        let (keys, rest) = self.conditions(ctx)?;
        if let Some(order) = ctx.request.query.get("sort_by").filter(|order| **order != json!([])) {
            return self.sorted_page(ctx, &keys, &rest, &SortOrder::read(order), limit);
        }
        let mut items = Vec::new();
        let mut start = start(ctx)?;
        let mut batches = 0;
        // Where nothing is left out, a page and one more are enough.
        let rows = if rest.is_empty() { limit as i64 + 1 } else { BATCH };
        loop {
            batches += 1;
            if batches > 1 {
                ctx.take_time()?;
            }
            let batch = ctx.tx.scan(ctx.tenant, self.kind.name, &keys, start, rows)?;
            let is_last = (batch.len() as i64) < rows;
            for Stored { seq, body } in batch {
                if !rest.iter().all(|condition| condition.accepts(&body)) {
                    start = start.at(seq);
                    continue;
                }
                let Some(rendered) = self.viewed(ctx, body)? else {
                    start = start.at(seq);
                    continue;
                };
                // One more than asked for tells that there is a next page.
                if items.len() == limit {
                    return Ok((items, Some(token_after(ctx, start.place())?)));
                }
                items.push(rendered);
                start = start.at(seq);
            }
            if is_last {
                return Ok((items, None));
            }
        }
    }

    fn sorted_page(
        &self,
        ctx: &Ctx<'_>,
        keys: &[Filter],
        rest: &[Condition],
        order: &SortOrder,
        limit: usize,
    ) -> Result<(Vec<Value>, Option<String>), ApiError> {
        ctx.take_time()?;
        let after = token::read(ctx)?;
        let all = ctx.tx.scan(ctx.tenant, self.kind.name, keys, 0, i64::MAX)?;
        let found = all.into_iter().filter(|row| rest.iter().all(|it| it.accepts(&row.body)));
        let mut rows: Vec<(Cursor, Value)> = found
            .map(|row| (order.cursor(&row), row.body))
            .filter(|(cursor, _)| {
                after.as_ref().is_none_or(|after| order.compare(cursor, after).is_gt())
            })
            .collect();
        rows.sort_by(|(a, _), (b, _)| order.compare(a, b));
        let (mut items, mut last) = (Vec::new(), Cursor::default());
        for (cursor, body) in rows {
            let Some(shown) = self.viewed(ctx, body)? else {
                continue;
            };
            // One more than asked for tells that there is a next page.
            if items.len() == limit {
                return Ok((items, Some(token::write(ctx, &last)?)));
            }
            items.push(shown);
            last = cursor;
        }
        Ok((items, None))
    }

    /// What the query asks for, split into what the store and what we filter by.
    fn conditions(&self, ctx: &Ctx<'_>) -> Result<(Vec<Filter>, Vec<Condition>), ApiError> {
        let mut keys = self.always.clone();
        let mut rest = Vec::new();
        for (parameter, value) in &ctx.request.query {
            if COMMON.contains(&parameter.as_str()) {
                continue;
            }
            let Some((_, by)) = self.filters.iter().find(|(name, _)| name == parameter) else {
                return Err(ApiError::not_served(&format!("the filter {parameter} of this list")));
            };
            match by {
                By::Key(name) => {
                    let values = match value {
                        Value::Array(items) => {
                            items.iter().filter_map(crate::model::key_text).collect()
                        }
                        single => crate::model::key_text(single).into_iter().collect(),
                    };
                    keys.push(Filter { name: (*name).to_owned(), values });
                }
                By::Elsewhere => {}
                by => rest.push(Condition { by: *by, value: value.clone() }),
            }
        }
        Ok((keys, rest))
    }
}

/// How many items the query asks for, at most a page where there are pages.
pub(crate) fn limit(ctx: &Ctx<'_>) -> i64 {
    let most = if ctx.request.is_whole { WHOLE_MAX } else { LIMIT_MAX };
    ctx.request.query.get("limit").and_then(Value::as_i64).unwrap_or(most).min(most)
}

/// The place after which the query asks for items.
pub(crate) fn after(ctx: &Ctx<'_>) -> Result<i64, ApiError> {
    Ok(token::read(ctx)?.map_or(0, |cursor| cursor.seq))
}

/// Where the query's page begins, in the direction that the request has.
fn start(ctx: &Ctx<'_>) -> Result<Start, ApiError> {
    let place = token::read(ctx)?.map(|cursor| cursor.seq);
    Ok(match ctx.request.is_newest_first {
        true => Start::Before(place.unwrap_or(i64::MAX)),
        false => Start::After(place.unwrap_or(0)),
    })
}

/// The token of the page that begins after a place.
pub(crate) fn token_after(ctx: &Ctx<'_>, place: i64) -> Result<String, ApiError> {
    token::write(ctx, &Cursor { seq: place, keys: Vec::new() })
}

/// Shows a resource as it is stored.
pub(crate) fn as_stored(_: &Ctx<'_>, body: Value) -> Result<Option<Value>, ApiError> {
    Ok(Some(body))
}
