//! Documents and the contents of their files.

use std::fmt::Display;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types;

use crate::model::{ApiError, Ctx, Kind, Outcome, Record, Reply, Resource};

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

/// The event that is raised when the contents of a document are read.
pub(crate) const RETRIEVED: &str = "DOCUMENT.RETRIEVED";

/// What is said about a file, in its newest version.
pub(crate) enum Document {}

impl Resource for Document {
    const KIND: &'static Kind = &DOCUMENT;
    type Wire = types::Document;
    type Facts = ();
}

/// A file, called by its document and version.
pub(crate) const FILE: Kind = Kind { name: "document version", id: "file", keys: &[] };

/// One version of a document, with its file.
pub(crate) enum File {}

impl Resource for File {
    const KIND: &'static Kind = &FILE;
    type Wire = FileRecord;
    type Facts = ();
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct FileRecord {
    /// The name: see [`name_of`].
    file: String,
    /// The document as it was in this version.
    document: types::Document,
    pub(crate) media_type: String,
    /// The contents in base64.
    bytes: String,
}

impl FileRecord {
    pub(crate) fn new(document: types::Document, media_type: &str, bytes: &[u8]) -> Self {
        Self {
            file: name_of(&document, document.version.unwrap_or_default()),
            document,
            media_type: media_type.to_owned(),
            bytes: STANDARD.encode(bytes),
        }
    }

    pub(crate) fn bytes(&self) -> Result<Vec<u8>, ApiError> {
        STANDARD.decode(&self.bytes).map_err(|e| ApiError::Internal(e.to_string()))
    }
}

/// What the file of a version is called.
pub(crate) fn name_of(document: &types::Document, version: impl Display) -> String {
    format!("{}/{version}", document.id.map(|id| id.to_string()).unwrap_or_default())
}

/// The version that the URL names.
pub(crate) fn stored(ctx: &Ctx<'_>, version: impl Display) -> Result<Record<File>, ApiError> {
    let document = ctx.find_in_url::<Document>("document_id")?;
    ctx.find(name_of(&document, &version))?.ok_or_else(|| {
        let detail = format!("the document has no version {version}");
        ApiError::rule(ErrorCode::ResourceNotFound, detail)
    })
}

/// A document as it was in a version, with the versions that there are by now.
pub(crate) fn version(ctx: &Ctx<'_>) -> Outcome {
    let file = stored(ctx, ctx.parameter("document_version"))?;
    let now = ctx.find_in_url::<Document>("document_id")?.wire;
    let mut document = file.wire.document;
    document.available_versions = now.available_versions;
    document.available_versions_info = now.available_versions_info;
    Reply::json(200, &document)
}

/// What the newest file of a document holds.
pub(crate) fn contents(ctx: &Ctx<'_>, document: &types::Document) -> Result<Vec<u8>, ApiError> {
    match ctx.find::<File>(name_of(document, document.version.unwrap_or_default()))? {
        Some(file) => file.bytes(),
        None => Err(ApiError::Internal("a document without its file".to_owned())),
    }
}
