//! Reads what ids stand for, before a page shows them.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use serde_json::Value;

use crate::context::Context;
use crate::field::Field;
use crate::format::plain;
use crate::names::{Named, name};
use crate::resources;

/// Reads what the ids in these fields of some rows stand for.
pub(crate) async fn names(context: &Context, fields: &[Field], rows: &[Value]) {
    let mut unknown = BTreeMap::new();
    for field in fields {
        let Some(kinds) = field.shown.named() else { continue };
        for row in rows {
            let ids = field.values(row).map(|(_, value)| plain(value));
            unknown.extend(ids.map(|id| (id, kinds)));
        }
    }
    unknown.retain(|id, _| context.names.get(id).is_none());
    let found = join_all(unknown.into_iter().map(async |(id, kinds)| {
        let named = named(context, &id, kinds).await?;
        Some((id, named))
    }));
    context.names.add(found.await.into_iter().flatten());
}

/// What one id stands for: the first resource that has it.
async fn named(context: &Context, id: &str, kinds: &[&'static str]) -> Option<Named> {
    for kind in kinds {
        let resource = resources::find(kind)?;
        if let Some(of) = context.find(&resource.target(id)).await {
            return Some(Named { resource: resource.name, name: name(&of) });
        }
    }
    None
}
