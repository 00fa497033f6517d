//! Notes that the platform writes.

use serde_json::json;
use synctera_api::v2::types::{NewNote, Note as Wire, NoteRelatedResourceType, NoteType};

use crate::model::{ApiError, Ctx, Kind, Record, Resource, complete};

pub(crate) const NOTE: Kind = Kind {
    name: "note",
    id: "id",
    keys: &[("resource", "/related_resource_id"), ("resource_type", "/related_resource_type")],
};

/// A note about a resource.
pub(crate) enum Note {}

impl Resource for Note {
    const KIND: &'static Kind = &NOTE;
    type Wire = Wire;
    type Facts = ();
}

/// Who writes what the platform notes by itself.
const BY_SYSTEM: &str = "SYSTEM";

/// Writes down what the platform notes by itself.
pub(crate) fn write(
    ctx: &Ctx<'_>,
    about: (NoteRelatedResourceType, &str),
    note_type: NoteType,
    content: &str,
) -> Result<(), ApiError> {
    let (resource_type, id) = about;
    let note = NewNote { type_: Some(note_type), ..NewNote::new(content, id, resource_type) };
    store(ctx, &note, BY_SYSTEM).map(drop)
}

/// Stores a new note of an author.
pub(crate) fn store(ctx: &Ctx<'_>, note: &NewNote, author: &str) -> Result<Record<Note>, ApiError> {
    let rest = json!({
        "id": ctx.new_id()?, "author": author, "tenant": ctx.tenant, "creation_time": ctx.now,
        "last_updated_time": ctx.now, "type": note.type_.as_ref().unwrap_or(&NoteType::Note),
    });
    let note = Record::new(complete(note, rest)?, ());
    ctx.add(&note)?;
    Ok(note)
}
