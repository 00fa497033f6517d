//! The files behind documents, one for each version.

use serde::Deserialize;
use serde_json::json;
use synctera_api::v2::types::{self, DocumentEncryption, DocumentType};

use crate::domain::documents;
use crate::domain::documents::{DOCUMENT, Document, FILE, File, FileRecord, name_of, stored};
use crate::model::{ApiError, Ctx, Outcome, Part, Record, Reply, build};
use crate::spec::FieldErrors;

/// Whether documents of a type are always kept encrypted.
pub(super) fn is_encrypted(document_type: &DocumentType) -> bool {
    matches!(
        document_type,
        DocumentType::AddressVerification
            | DocumentType::CheckImage
            | DocumentType::ComplianceReport
            | DocumentType::DateOfBirthVerification
            | DocumentType::FinancialFile
            | DocumentType::IdentityDocumentation
            | DocumentType::IncomeDocumentation
            | DocumentType::TaxForm
    )
}

const BYTES_MAX: usize = 32 * 1024 * 1024;
/// How the pictures begin that a check may come as: JPEG, PNG, and TIFF in both byte orders.
const PICTURES: [&[u8]; 4] = [&[0xFF, 0xD8, 0xFF], b"\x89PNG\r\n\x1a\n", b"II*\0", b"MM\0*"];

/// The file of the request, if it is one that is taken.
pub(super) fn checked<'c>(
    ctx: &'c Ctx<'_>,
    document_type: Option<&DocumentType>,
) -> Result<&'c Part, ApiError> {
    let Some(part) = ctx.file("file") else {
        return Err(FieldErrors::invalid("file", "must be a file").into());
    };
    let reason = if part.bytes.is_empty() {
        "must not be empty"
    } else if part.bytes.len() > BYTES_MAX {
        "must have at most 32 MB"
    } else if document_type == Some(&DocumentType::CheckImage)
        && !PICTURES.iter().any(|beginning| part.bytes.starts_with(beginning))
    {
        "must be a JPEG, PNG or TIFF picture"
    } else {
        return Ok(part);
    };
    Err(FieldErrors::invalid("file", reason).into())
}

/// Keeps a file as the next version of a document.
pub(super) fn keep(
    ctx: &Ctx<'_>,
    document: &mut Record<Document>,
    part: &Part,
) -> Result<(), ApiError> {
    let version = document.available_versions.len() as i64 + 1;
    let file_name = part.file_name.as_deref().unwrap_or_default();
    document.available_versions.push(version);
    document.available_versions_info.push(build(json!({
        "version": version, "file_name": file_name, "creation_time": ctx.now,
        "last_updated_time": ctx.now,
    }))?);
    document.version = Some(version);
    document.file_name = Some(file_name.to_owned());
    document.last_updated_time = Some(ctx.now);
    ctx.save(document)?;
    let media_type = part.content_type.as_deref().unwrap_or("application/octet-stream");
    let file = FileRecord::new(document.wire.clone(), media_type, &part.bytes);
    ctx.add(&Record::<File>::new(file, ()))
}

/// Forgets all files of a document.
pub(super) fn forget(ctx: &Ctx<'_>, document: &types::Document) -> Result<(), ApiError> {
    for version in &document.available_versions {
        ctx.forget(&FILE, &name_of(document, version))?;
    }
    Ok(())
}

/// The texts of the form of a new version.
#[derive(Deserialize)]
struct VersionForm {
    description: Option<String>,
    encryption: Option<DocumentEncryption>,
    name: Option<String>,
    #[serde(rename = "type")]
    type_: Option<DocumentType>,
}

pub(super) fn add_version(ctx: &Ctx<'_>) -> Outcome {
    let mut document = ctx.find_in_url::<Document>("document_id")?;
    let form: VersionForm = ctx.body()?;
    check_type(&document, form.type_.as_ref())?;
    if form.encryption.is_some() && form.encryption != document.encryption {
        let reason = "must be that of the first version";
        return Err(FieldErrors::invalid("encryption", reason).into());
    }
    document.type_ = form.type_.or(document.wire.type_.take());
    let part = checked(ctx, document.type_.as_ref())?;
    document.name = form.name.or(document.wire.name.take());
    document.description = form.description.or(document.wire.description.take());
    keep(ctx, &mut document, part)?;
    Reply::json(201, &document.wire)
}

pub(super) fn latest(ctx: &Ctx<'_>) -> Outcome {
    let document = ctx.find_in_url::<Document>("document_id")?;
    send(ctx, &stored(ctx, document.version.unwrap_or_default())?.wire)
}

pub(super) fn of_version(ctx: &Ctx<'_>) -> Outcome {
    send(ctx, &stored(ctx, ctx.parameter("document_version"))?.wire)
}

fn send(ctx: &Ctx<'_>, file: &FileRecord) -> Outcome {
    ctx.raise(documents::RETRIEVED, &DOCUMENT, ctx.parameter("document_id"));
    Reply::file(&file.media_type, file.bytes()?)
}

/// What is kept in the clear cannot become what must not be.
pub(super) fn check_type(
    document: &types::Document,
    wanted: Option<&DocumentType>,
) -> Result<(), ApiError> {
    let is_in_the_clear = document.encryption != Some(DocumentEncryption::Required);
    if is_in_the_clear && wanted.is_some_and(is_encrypted) {
        let reason = "a document that is not encrypted cannot become one of this type";
        return Err(FieldErrors::invalid("type", reason).into());
    }
    Ok(())
}
