//! Notes that the platform writes.

use serde_json::{Value, json};

use crate::model::{ApiError, Ctx, Kind};

pub(crate) const NOTE: Kind = Kind {
    name: "note",
    id: "id",
    keys: &[("resource", "/related_resource_id"), ("resource_type", "/related_resource_type")],
};

/// Who writes what the platform notes by itself.
pub(crate) const BY_SYSTEM: &str = "SYSTEM";

/// Writes down what the platform notes by itself.
pub(crate) fn write(
    ctx: &Ctx<'_>,
    resource_type: &str,
    resource_id: &str,
    note_type: &str,
    content: &str,
) -> Result<(), ApiError> {
    let note = json!({
        "related_resource_type": resource_type, "related_resource_id": resource_id,
        "type": note_type, "content": content,
    });
    store(ctx, note, BY_SYSTEM).map(drop)
}

pub(crate) fn store(ctx: &Ctx<'_>, mut note: Value, author: &str) -> Result<Value, ApiError> {
    note["id"] = json!(ctx.new_id()?);
    note["author"] = json!(author);
    note["tenant"] = json!(ctx.tenant);
    note["creation_time"] = json!(ctx.now_text());
    note["last_updated_time"] = json!(ctx.now_text());
    if note.get("type").is_none() {
        note["type"] = json!("NOTE");
    }
    ctx.insert(&NOTE, &note)?;
    Ok(note)
}
