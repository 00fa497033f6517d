//! Documents and the contents of their files.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types;

use crate::model::{ApiError, Ctx, Kind, Outcome, Reply, text};

/// A file, called by its document and version.
pub(crate) const FILE: Kind = Kind { name: "document version", id: "file", keys: &[] };

pub(crate) fn name_of(document: &Value, version: &str) -> String {
    format!("{}/{version}", text(document, "id"))
}

/// The version that the URL names.
pub(crate) fn stored(ctx: &Ctx<'_>, version: &str) -> Result<Value, ApiError> {
    let document = ctx.url_resource(&DOCUMENT, "document_id")?;
    ctx.get(&FILE, &name_of(&document, version))?.ok_or_else(|| {
        let detail = format!("the document has no version {version}");
        ApiError::rule(ErrorCode::ResourceNotFound, detail)
    })
}

/// A document as it was in a version, with the versions that there are by now.
pub(crate) fn version(ctx: &Ctx<'_>) -> Outcome {
    let file = stored(ctx, ctx.parameter("document_version"))?;
    let now = ctx.url_resource(&DOCUMENT, "document_id")?;
    let mut document = file["document"].clone();
    for field in ["available_versions", "available_versions_info"] {
        document[field] = now[field].clone();
    }
    Reply::ok::<types::Document>(document)
}

pub(crate) fn bytes_of(file: &Value) -> Result<Vec<u8>, ApiError> {
    STANDARD.decode(text(file, "bytes")).map_err(|e| ApiError::Internal(e.to_string()))
}

/// What the newest file of a document holds.
pub(crate) fn contents(ctx: &Ctx<'_>, document: &Value) -> Result<Vec<u8>, ApiError> {
    match ctx.get(&FILE, &name_of(document, &document["version"].to_string()))? {
        Some(file) => bytes_of(&file),
        None => Err(ApiError::Internal("a document without its file".to_owned())),
    }
}

pub(crate) const DOCUMENT: Kind = Kind {
    name: "document",
    id: "id",
    keys: &[
        ("batch", "/batch_id"),
        ("encryption", "/encryption"),
        ("related", "/related_resource_id"),
        ("related_type", "/related_resource_type"),
        ("type", "/type"),
    ],
};
