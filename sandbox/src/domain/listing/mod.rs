//! Lists: filters, sorting and pages, the same way for every family.
//!
//! A filter of the document that a list does not know is refused with 501 rather than ignored: an
//! ignored filter returns rows that the caller did not ask for.

mod condition;
mod filter;
mod page;

use std::cmp::Ordering;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;

use crate::domain::listing::condition::{Condition, compare};
use crate::domain::listing::page::Page;
use crate::model::{
    ApiError, Ctx, Kind, Outcome, Problem, Reply, render_as, render_text, write_rendered,
};
use crate::spec::FieldErrors;
use crate::store::{Filter, Stored};

pub(crate) use condition::matches;
pub(crate) use filter::By;

/// The platform gives at most this many items a page, whatever is asked for.
const LIMIT_MAX: i64 = 100;

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

/// Parameters that every list has.
const COMMON: [&str; 3] = ["limit", "page_token", "sort_by"];

impl List<'_> {
    /// The page that the query asks for, as a page of this type.
    pub(crate) fn reply<T: Serialize + DeserializeOwned + 'static>(
        &self,
        ctx: &Ctx<'_>,
    ) -> Outcome {
        let body = self.body(ctx)?;
        match Reply::ok::<T>(body.clone()) {
            Err(ApiError::Internal(_)) => Reply::ok::<T>(self.readable::<T>(body)?),
            reply => reply,
        }
    }

    /// The page that the query asks for, item by item through this type. It says whether there is
    /// a next page if `always`, else only where there is one.
    pub(crate) fn reply_one_by_one<T: Serialize + DeserializeOwned + 'static>(
        &self,
        ctx: &Ctx<'_>,
        always: bool,
    ) -> Outcome {
        let (items, next) = self.page(ctx)?;
        let mut page = Page::begin(self.items);
        for item in items {
            let id = self.id_of(&item);
            page.add(&id, |text| {
                text.push_str(&render_text::<T>(item)?);
                Ok(())
            })?;
        }
        Reply::text(200, page.end(next, always))
    }

    /// The same, where what the store finds is shown as it is stored unless the query says more than
    /// which keys it wants: then only is the view asked.
    pub(crate) fn reply_of<T: Serialize + DeserializeOwned + 'static>(
        &self,
        ctx: &Ctx<'_>,
        always: bool,
    ) -> Outcome {
        if !self.is_plain(ctx) {
            return self.reply_one_by_one::<T>(ctx, always);
        }
        let limit = limit(ctx);
        let (keys, _) = self.conditions(ctx)?;
        let (mut count, mut last, mut has_more) = (0, position(ctx)?, false);
        let mut page = Page::begin(self.items);
        // One more than asked for tells that there is a next page.
        ctx.tx.scan_texts(ctx.tenant, self.kind.name, &keys, last, limit + 1, |seq, stored| {
            has_more = count == limit;
            if has_more {
                return Ok(());
            }
            (count, last) = (count + 1, seq);
            page.add(&seq.to_string(), |text| write_rendered::<T>(seq, stored, text))
        })?;
        Reply::text(200, page.end(has_more.then(|| write_token(last)), always))
    }

    /// Whether the store finds all that is asked for, in its own order.
    fn is_plain(&self, ctx: &Ctx<'_>) -> bool {
        ctx.request.query.iter().all(|(parameter, value)| match parameter.as_str() {
            "sort_by" => *value == json!([]),
            "limit" | "page_token" => true,
            name => self.filters.iter().any(|(own, by)| *own == name && matches!(by, By::Key(_))),
        })
    }

    /// The page that the query asks for as clients see it, for those who have more to say.
    pub(crate) fn render<T: Serialize + DeserializeOwned>(
        &self,
        ctx: &Ctx<'_>,
    ) -> Result<Value, ApiError> {
        let body = self.body(ctx)?;
        match render_as::<T>(body.clone()) {
            Err(ApiError::Internal(_)) => render_as::<T>(self.readable::<T>(body)?),
            shown => shown,
        }
    }

    /// A page without the items that cannot be shown: no list is lost because of one row.
    fn readable<T: Serialize + DeserializeOwned>(
        &self,
        mut body: Value,
    ) -> Result<Value, ApiError> {
        let items = body[self.items].as_array().cloned().unwrap_or_default();
        let mut readable = Vec::new();
        for item in items {
            let id = self.id_of(&item);
            let mut alone = body.clone();
            alone[self.items] = json!([item]);
            match render_as::<T>(alone) {
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
        let mut body = json!({ self.items: items });
        if let Some(next) = next {
            body["next_page_token"] = json!(next);
        }
        Ok(body)
    }

    /// The items and the token of the next page, if there is one.
    pub(crate) fn page(&self, ctx: &Ctx<'_>) -> Result<(Vec<Value>, Option<String>), ApiError> {
        let limit = usize::try_from(limit(ctx)).unwrap_or(1);
        let (keys, rest) = self.conditions(ctx)?;
        let place = position(ctx)?;
        if let Some(order) = ctx.request.query.get("sort_by").filter(|order| **order != json!([])) {
            return self.sorted_page(ctx, &keys, &rest, order, place, limit);
        }
        let mut items = Vec::new();
        let mut after = place;
        let mut batches = 0;
        // Where nothing is left out, a page and one more are enough.
        let rows = if rest.is_empty() { limit as i64 + 1 } else { BATCH };
        loop {
            batches += 1;
            if batches > 1 {
                ctx.take_time()?;
            }
            let batch = ctx.tx.scan(ctx.tenant, self.kind.name, &keys, after, rows)?;
            let is_last = (batch.len() as i64) < rows;
            for Stored { seq, body } in batch {
                if !rest.iter().all(|condition| condition.accepts(&body)) {
                    after = seq;
                    continue;
                }
                let Some(rendered) = self.viewed(ctx, body)? else {
                    after = seq;
                    continue;
                };
                // One more than asked for tells that there is a next page.
                if items.len() == limit {
                    return Ok((items, Some(write_token(after))));
                }
                items.push(rendered);
                after = seq;
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
        order: &Value,
        skip: i64,
        limit: usize,
    ) -> Result<(Vec<Value>, Option<String>), ApiError> {
        ctx.take_time()?;
        let mut all = ctx.tx.scan(ctx.tenant, self.kind.name, keys, 0, i64::MAX)?;
        all.retain(|stored| rest.iter().all(|condition| condition.accepts(&stored.body)));
        let order: Vec<(String, bool)> = crate::model::texts(order)
            .into_iter()
            .map(|field| match field.rsplit_once(':') {
                Some((field, "desc")) => (field.to_owned(), true),
                Some((field, _)) => (field.to_owned(), false),
                None => (field.to_owned(), false),
            })
            .collect();
        all.sort_by(|a, b| {
            let by_field = order.iter().map(|(field, descending)| {
                let ordering = compare(a.body.get(field), b.body.get(field));
                if *descending { ordering.reverse() } else { ordering }
            });
            by_field.chain([a.seq.cmp(&b.seq)]).find(|o| o.is_ne()).unwrap_or(Ordering::Equal)
        });
        let mut rendered = Vec::new();
        for stored in all {
            rendered.extend(self.viewed(ctx, stored.body)?);
        }
        let skip = usize::try_from(skip).unwrap_or(0);
        let has_more = rendered.len() > skip.saturating_add(limit);
        let items: Vec<Value> = rendered.into_iter().skip(skip).take(limit).collect();
        let next = has_more.then(|| write_token((skip + limit) as i64));
        Ok((items, next))
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

/// How many items the query asks for, at most a page.
pub(crate) fn limit(ctx: &Ctx<'_>) -> i64 {
    ctx.request.query.get("limit").and_then(Value::as_i64).unwrap_or(LIMIT_MAX).min(LIMIT_MAX)
}

/// The place after which the query asks for items.
pub(crate) fn position(ctx: &Ctx<'_>) -> Result<i64, ApiError> {
    match ctx.request.query.get("page_token").and_then(Value::as_str) {
        Some(token) => read_token(token).ok_or_else(bad_token),
        None => Ok(0),
    }
}

pub(crate) fn write_token(place: i64) -> String {
    URL_SAFE_NO_PAD.encode(format!("p{place}"))
}

fn read_token(token: &str) -> Option<i64> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    String::from_utf8(bytes).ok()?.strip_prefix('p')?.parse().ok()
}

fn bad_token() -> ApiError {
    let mut problem =
        Problem::new(ErrorCode::BadQueryParameter, "the query breaks the rules of its parameters");
    problem.errors = FieldErrors::invalid("page_token", "was not issued by this sandbox");
    problem.into()
}

/// Shows a resource as it is stored.
pub(crate) fn as_stored(_: &Ctx<'_>, body: Value) -> Result<Option<Value>, ApiError> {
    Ok(Some(body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_read_back() {
        assert_eq!(read_token(&write_token(7)), Some(7));
        assert_eq!(read_token("nonsense"), None);
    }
}
