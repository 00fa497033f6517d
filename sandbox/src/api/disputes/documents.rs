//! Evidence.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use synctera_api::v2::types;

use crate::domain::disputes::DISPUTE;
use crate::model::{ApiError, Ctx, Kind, Outcome, Reply, text};
use crate::spec::FieldErrors;

pub(super) const DOCUMENT: Kind =
    Kind { name: "dispute document", id: "id", keys: &[("dispute", "/dispute_id")] };

const BYTES_MAX: usize = 14 * 1024 * 1024;

pub(super) fn add(ctx: &Ctx<'_>) -> Outcome {
    let dispute = ctx.url_resource(&DISPUTE, "dispute_id")?;
    if dispute["status"] != "OPEN" {
        return Err(ApiError::status("the dispute is closed", &[]));
    }
    let Some(file) = ctx.request.form.iter().find(|part| part.name == "file") else {
        return Err(FieldErrors::missing("file").into());
    };
    if file.bytes.is_empty() || file.bytes.len() > BYTES_MAX {
        return Err(FieldErrors::invalid("file", "must have 1 byte to 14 MB").into());
    }
    let media_type = file.content_type.as_deref().unwrap_or("application/octet-stream");
    let document = json!({
        "id": ctx.new_id()?, "tenant": ctx.tenant, "dispute_id": dispute["id"],
        "file_name": file.file_name.as_deref().unwrap_or("file"),
        "creation_time": ctx.now_text(), "media_type": media_type,
        "data": STANDARD.encode(&file.bytes),
    });
    ctx.insert(&DOCUMENT, &document)?;
    Reply::created::<types::DisputeDocument>(document)
}

pub(super) fn contents(ctx: &Ctx<'_>) -> Outcome {
    let document = ctx.url_resource(&DOCUMENT, "document_id")?;
    let bytes = STANDARD
        .decode(text(&document, "data"))
        .map_err(|e| ApiError::Internal(format!("stored evidence cannot be read: {e}")))?;
    Reply::file(text(&document, "media_type"), bytes)
}

/// The evidence in a dispute.
pub(super) fn of(ctx: &Ctx<'_>, dispute: &str) -> Result<Vec<Value>, ApiError> {
    let mut documents = ctx.all_with(&DOCUMENT, "dispute", dispute)?;
    for document in &mut documents {
        crate::model::without(document, &["data", "media_type"]);
    }
    Ok(documents)
}
