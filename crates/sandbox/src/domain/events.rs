//! How events follow from changes of resources.
//!
//! Handlers call nothing: they store with `Ctx::insert`, `Ctx::update` and `Ctx::delete`, which record
//! what a resource was before. At the end of a request, or of a job, each resource that was touched is
//! compared with how it was, and raises its events once. Which kinds raise which events is a table of
//! [`Source`]s in the registry.

use serde_json::{Map, Value};
use synctera_api::runtime::ErrorCode;
use uuid::Uuid;

use crate::domain::webhooks;
use crate::domain::webhooks::Webhook;
use crate::model::settings::Settings;
use crate::model::{ApiError, Change, Ctx, Kind, Raised, Record, key_text};
use crate::spec::FieldErrors;

/// A kind of resource whose changes raise events.
pub(crate) struct Source {
    pub(crate) kind: &'static Kind,
    /// Renders the resource as its own GET does; `None` when no API returns it.
    pub(crate) show: fn(&Ctx<'_>, Value) -> Result<Option<Value>, ApiError>,
    pub(crate) raises: &'static [(&'static str, When)],
}

/// Which change raises an event.
#[derive(Clone, Copy)]
pub(crate) enum When {
    Created,
    Updated,
    Deleted,
    /// This property has another value than before; a new resource has no before.
    Changes(&'static str),
    /// This property comes to this value, at once or later.
    Becomes(&'static str, &'static str),
    /// No change of the resource: a handler raises it, by `Ctx::raise`.
    ByName,
}

fn source<'a>(sources: &'a [Source], kind: &str) -> Option<&'a Source> {
    sources.iter().find(|source| source.kind.name == kind)
}

/// Raises the events that follow from changes.
pub(crate) fn raise(
    ctx: &Ctx<'_>,
    sources: &[Source],
    changes: Vec<Change>,
) -> Result<(), ApiError> {
    if changes.is_empty() {
        return Ok(());
    }
    let listening = webhooks::listening(ctx)?;
    for change in changes {
        if let Some(source) = source(sources, change.kind) {
            raise_for(ctx, source, change, &listening)?;
        }
    }
    Ok(())
}

/// Raises an event that does not follow from a change of its resource.
pub(crate) fn raise_by_name(
    ctx: &Ctx<'_>,
    sources: &[Source],
    raised: &Raised,
) -> Result<(), ApiError> {
    let Some(source) = source(sources, raised.kind.name) else {
        return Ok(());
    };
    let Some(resource) = ctx.get(raised.kind, &raised.id)? else {
        return Ok(());
    };
    let rendered = (source.show)(ctx, resource)?;
    for webhook in webhooks::listening(ctx)? {
        if webhooks::wants(&webhook, raised.event) {
            let event = webhooks::NewEvent {
                event: raised.event,
                resource_id: Some(uuid(&raised.id)?),
                resource: rendered.as_ref(),
                previous: None,
            };
            event.store_for(ctx, &webhook)?;
        }
    }
    Ok(())
}

fn raise_for(
    ctx: &Ctx<'_>,
    source: &Source,
    change: Change,
    listening: &[Record<Webhook>],
) -> Result<(), ApiError> {
    let Change { id, before, .. } = change;
    let after = ctx.get(source.kind, &id)?;
    if before == after {
        return Ok(());
    }
    let wanted: Vec<(&str, &Record<Webhook>)> = source
        .raises
        .iter()
        .filter(|(event, when)| {
            is_raised(event, ctx.settings) && when.holds(before.as_ref(), after.as_ref())
        })
        .flat_map(|(event, _)| {
            let webhooks = listening.iter().filter(|webhook| webhooks::wants(webhook, event));
            webhooks.map(move |webhook| (*event, webhook))
        })
        .collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let show = |body: Option<Value>| match body {
        Some(body) => (source.show)(ctx, body),
        None => Ok(None),
    };
    let is_update = before.is_some() && after.is_some();
    let (before, after) = (show(before)?, show(after)?);
    let previous = match (&before, &after) {
        (Some(before), Some(after)) if is_update => previous_values(before, after),
        _ => None,
    };
    let Some(resource) = after.or(before) else {
        return Ok(());
    };
    let resource_id = uuid(&id)?;
    for (event, webhook) in wanted {
        let event = webhooks::NewEvent {
            event,
            resource_id: Some(resource_id),
            resource: Some(&resource),
            previous: previous.as_ref(),
        };
        event.store_for(ctx, webhook)?;
    }
    Ok(())
}

/// The id of a resource that raises events.
fn uuid(id: &str) -> Result<Uuid, ApiError> {
    id.parse().map_err(|_| ApiError::Internal("the id of a resource is no UUID".to_owned()))
}

/// Raises an event of a type about one resource, which stays as it is. Returns the ids of the events, one for
/// each webhook that wants it.
pub(crate) fn raise_about(
    ctx: &Ctx<'_>,
    sources: &[Source],
    event: &str,
    id: &str,
) -> Result<Vec<Uuid>, ApiError> {
    let raises = |source: &&Source| source.raises.iter().any(|(raised, _)| *raised == event);
    let sources: Vec<&Source> = sources.iter().filter(raises).collect();
    if sources.is_empty() {
        return Err(FieldErrors::invalid("type", "is no type of events about a resource").into());
    }
    for source in sources {
        let Some(resource) = ctx.get(source.kind, id)? else { continue };
        let rendered = (source.show)(ctx, resource)?;
        let new = webhooks::NewEvent {
            event,
            resource_id: Some(uuid(id)?),
            resource: rendered.as_ref(),
            previous: None,
        };
        let listening = webhooks::listening(ctx)?;
        let wanting = listening.iter().filter(|webhook| webhooks::wants(webhook, event));
        return wanting.map(|webhook| new.store_for(ctx, webhook)).collect();
    }
    let detail = format!("there is no resource {id} that {event} is about");
    Err(ApiError::rule(ErrorCode::ResourceNotFound, detail))
}

/// A person is the older interface's customer, too.
fn is_raised(event: &str, settings: &Settings) -> bool {
    settings.persons_raise_customer_events || !event.starts_with("CUSTOMER.")
}

impl When {
    fn holds(self, before: Option<&Value>, after: Option<&Value>) -> bool {
        match (self, before, after) {
            (Self::Created, None, Some(_))
            | (Self::Updated, Some(_), Some(_))
            | (Self::Deleted, Some(_), None) => true,
            (Self::Changes(at), Some(before), Some(after)) => {
                before.pointer(at) != after.pointer(at)
            }
            (Self::Becomes(at, wanted), before, Some(after)) => {
                let is = |body: &Value| body.pointer(at).is_some_and(|value| value == wanted);
                is(after) && !before.is_some_and(is)
            }
            _ => false,
        }
    }
}

/// The members that differ, with the values that they had; `null` for what was not there.
fn previous_values(before: &Value, after: &Value) -> Option<Value> {
    let (before, after) = (before.as_object()?, after.as_object()?);
    let mut previous = Map::new();
    let gone = before.iter().filter(|(name, _)| !after.contains_key(*name));
    previous.extend(gone.map(|(name, value)| (name.clone(), value.clone())));
    for (name, value) in after {
        match before.get(name) {
            Some(earlier) if earlier == value => {}
            Some(earlier) => {
                let inner = previous_values(earlier, value).unwrap_or_else(|| earlier.clone());
                previous.insert(name.clone(), inner);
            }
            None => {
                previous.insert(name.clone(), Value::Null);
            }
        }
    }
    Some(Value::Object(previous))
}

/// The newest resource that an event of this type could be about, for a test event.
pub(crate) fn newest(
    ctx: &Ctx<'_>,
    sources: &[Source],
    event: &str,
) -> Result<Option<(Uuid, Value)>, ApiError> {
    let about = |source: &&Source| source.raises.iter().any(|(raised, _)| *raised == event);
    let Some(source) = sources.iter().find(about) else {
        return Ok(None);
    };
    let Some(newest) = ctx.tx.newest(ctx.tenant, source.kind.name)? else {
        return Ok(None);
    };
    let id = newest.get(source.kind.id).and_then(key_text).unwrap_or_default();
    let id = uuid(&id)?;
    Ok((source.show)(ctx, newest)?.map(|rendered| (id, rendered)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_differs_is_told_with_what_it_was() {
        let before = json!({"a": 1, "b": {"c": 2, "d": 3}, "e": [1], "gone": true});
        let after = json!({"a": 1, "b": {"c": 2, "d": 4}, "e": [1, 2], "new": true});
        assert_eq!(
            previous_values(&before, &after),
            Some(json!({"b": {"d": 3}, "e": [1], "gone": true, "new": null}))
        );
    }
}
