//! Evidence.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::json;
use synctera_api::runtime::DisputeId;
use synctera_api::v2::types::DisputeDocument;

use crate::domain::disputes::Dispute;
use crate::model::{ApiError, Ctx, Kind, Outcome, Record, Reply, Resource, build};
use crate::spec::FieldErrors;

pub(super) const DOCUMENT: Kind =
    Kind { name: "dispute document", id: "id", keys: &[("dispute", "/dispute_id")] };

/// A document that supports a side of a dispute.
pub(super) enum Evidence {}

impl Resource for Evidence {
    const KIND: &'static Kind = &DOCUMENT;
    type Wire = DisputeDocument;
    type Facts = EvidenceFacts;
}

/// The file, which has an operation of its own.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct EvidenceFacts {
    media_type: String,
    /// The contents in base64.
    data: String,
}

const BYTES_MAX: usize = 14 * 1024 * 1024;

pub(super) fn add(ctx: &Ctx<'_>) -> Outcome {
    let dispute = ctx.find_in_url::<Dispute>("dispute_id")?;
    if !dispute.is_open() {
        return Err(ApiError::status("the dispute is closed", &[]));
    }
    let Some(file) = ctx.request.form.iter().find(|part| part.name == "file") else {
        return Err(FieldErrors::missing("file").into());
    };
    if file.bytes.is_empty() || file.bytes.len() > BYTES_MAX {
        return Err(FieldErrors::invalid("file", "must have 1 byte to 14 MB").into());
    }
    let media_type = file.content_type.as_deref().unwrap_or("application/octet-stream");
    let document = build(json!({
        "id": ctx.new_id()?, "tenant": ctx.tenant, "dispute_id": dispute.id,
        "file_name": file.file_name.as_deref().unwrap_or("file"), "creation_time": ctx.now,
    }))?;
    let facts =
        EvidenceFacts { media_type: media_type.to_owned(), data: STANDARD.encode(&file.bytes) };
    let document = Record::<Evidence>::new(document, facts);
    ctx.add(&document)?;
    Reply::json(201, &document.wire)
}

pub(super) fn contents(ctx: &Ctx<'_>) -> Outcome {
    let document = ctx.find_in_url::<Evidence>("document_id")?;
    let bytes = STANDARD
        .decode(&document.facts.data)
        .map_err(|e| ApiError::Internal(format!("stored evidence cannot be read: {e}")))?;
    Reply::file(&document.facts.media_type, bytes)
}

/// The evidence in a dispute.
pub(super) fn of(ctx: &Ctx<'_>, dispute: DisputeId) -> Result<Vec<DisputeDocument>, ApiError> {
    let documents = ctx.find_all::<Evidence>("dispute", dispute)?;
    Ok(documents.into_iter().map(|document| document.wire).collect())
}
