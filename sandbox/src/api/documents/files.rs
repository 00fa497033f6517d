//! The files behind documents, one for each version.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use synctera_api::v2::types;

use crate::domain::documents::{DOCUMENT, FILE, bytes_of, name_of, stored};
use crate::model::{ApiError, Ctx, Outcome, Part, Reply, text};
use crate::spec::FieldErrors;

/// Types that are always kept encrypted.
pub(super) const ENCRYPTED: [&str; 8] = [
    "ADDRESS_VERIFICATION",
    "CHECK_IMAGE",
    "COMPLIANCE_REPORT",
    "DATE_OF_BIRTH_VERIFICATION",
    "FINANCIAL_FILE",
    "IDENTITY_DOCUMENTATION",
    "INCOME_DOCUMENTATION",
    "TAX_FORM",
];

const BYTES_MAX: usize = 32 * 1024 * 1024;
/// How the pictures begin that a check may come as: JPEG, PNG, and TIFF in both byte orders.
const PICTURES: [&[u8]; 4] = [&[0xFF, 0xD8, 0xFF], b"\x89PNG\r\n\x1a\n", b"II*\0", b"MM\0*"];

/// The file of the request, if it is one that is taken.
pub(super) fn checked<'c>(ctx: &'c Ctx<'_>, document_type: &str) -> Result<&'c Part, ApiError> {
    let Some(part) = ctx.file("file") else {
        return Err(FieldErrors::invalid("file", "must be a file").into());
    };
    let reason = if part.bytes.is_empty() {
        "must not be empty"
    } else if part.bytes.len() > BYTES_MAX {
        "must have at most 32 MB"
    } else if document_type == "CHECK_IMAGE"
        && !PICTURES.iter().any(|beginning| part.bytes.starts_with(beginning))
    {
        "must be a JPEG, PNG or TIFF picture"
    } else {
        return Ok(part);
    };
    Err(FieldErrors::invalid("file", reason).into())
}

/// Keeps a file as the next version of a document.
pub(super) fn keep(ctx: &Ctx<'_>, document: &mut Value, part: &Part) -> Result<(), ApiError> {
    let mut versions = document["available_versions"].as_array().cloned().unwrap_or_default();
    let mut infos = document["available_versions_info"].as_array().cloned().unwrap_or_default();
    let version = versions.len() + 1;
    let file_name = part.file_name.as_deref().unwrap_or_default();
    versions.push(json!(version));
    infos.push(json!({
        "version": version, "file_name": file_name, "creation_time": ctx.now_text(),
        "last_updated_time": ctx.now_text(),
    }));
    document["version"] = json!(version);
    document["file_name"] = json!(file_name);
    document["available_versions"] = json!(versions);
    document["available_versions_info"] = json!(infos);
    document["last_updated_time"] = json!(ctx.now_text());
    ctx.update(&DOCUMENT, document)?;
    let media_type = part.content_type.as_deref().unwrap_or("application/octet-stream");
    let file = json!({
        "file": name_of(document, &version.to_string()), "document": document,
        "media_type": media_type, "bytes": STANDARD.encode(&part.bytes),
    });
    ctx.insert(&FILE, &file)
}

/// Forgets all files of a document.
pub(super) fn forget(ctx: &Ctx<'_>, document: &Value) -> Result<(), ApiError> {
    for version in document["available_versions"].as_array().into_iter().flatten() {
        ctx.forget(&FILE, &name_of(document, &version.to_string()))?;
    }
    Ok(())
}

pub(super) fn add_version(ctx: &Ctx<'_>) -> Outcome {
    let mut document = ctx.url_resource(&DOCUMENT, "document_id")?;
    let wanted = text(&ctx.request.body, "type");
    check_type(&document, wanted)?;
    let encryption = text(&ctx.request.body, "encryption");
    if !encryption.is_empty() && document["encryption"] != encryption {
        let reason = "must be that of the first version";
        return Err(FieldErrors::invalid("encryption", reason).into());
    }
    let document_type = if wanted.is_empty() { text(&document, "type") } else { wanted }.to_owned();
    let part = checked(ctx, &document_type)?;
    for field in ["name", "description", "type"] {
        if let Some(value) = ctx.request.body.get(field) {
            document[field] = value.clone();
        }
    }
    keep(ctx, &mut document, part)?;
    Reply::created::<types::Document>(document)
}

pub(super) fn latest(ctx: &Ctx<'_>) -> Outcome {
    let document = ctx.url_resource(&DOCUMENT, "document_id")?;
    send(&stored(ctx, &document["version"].to_string())?)
}

pub(super) fn of_version(ctx: &Ctx<'_>) -> Outcome {
    send(&stored(ctx, ctx.parameter("document_version"))?)
}

fn send(file: &Value) -> Outcome {
    Reply::file(text(file, "media_type"), bytes_of(file)?)
}

/// What is kept in the clear cannot become what must not be.
pub(crate) fn check_type(document: &Value, wanted: &str) -> Result<(), ApiError> {
    if ENCRYPTED.contains(&wanted) && document["encryption"] != "REQUIRED" {
        let reason = "a document that is not encrypted cannot become one of this type";
        return Err(FieldErrors::invalid("type", reason).into());
    }
    Ok(())
}
