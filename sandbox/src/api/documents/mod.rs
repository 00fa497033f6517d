//! Documents: files with what is said about them, in versions.
//!
//! Some types are always kept encrypted; a document that began in the clear cannot become one of
//! them, and every version is kept like the first. A document is deleted once it has a
//! `deletion_reason`. This sandbox keeps all files the same way, and tells only what was asked.

mod files;

use serde_json::{Value, json};
use synctera_api::v2::types;

use crate::api::documents::files::check_type;
use crate::domain::documents;
use crate::domain::documents::DOCUMENT;
use crate::domain::listing::{By, List, as_stored};
use crate::model::{ApiError, Ctx, Kind, Outcome, Reply, Served, patch, text};
use crate::spec::FieldErrors;

const ON_ONE: &[(&str, &Kind)] = &[("document_id", &DOCUMENT)];
pub(crate) const SERVED: &[Served] = &[
    Served::new("list_documents", list),
    Served::new("create_document", create),
    Served::on("get_document", ON_ONE, get),
    Served::on("update_document", ON_ONE, update),
    Served::on("delete_document", ON_ONE, delete),
    Served::on("get_document_contents", ON_ONE, files::latest),
    Served::on("create_document_version", ON_ONE, files::add_version),
    Served::on("get_document_version", ON_ONE, documents::version),
    Served::on("get_document_version_contents", ON_ONE, files::of_version),
];

fn list(ctx: &Ctx<'_>) -> Outcome {
    List {
        kind: &DOCUMENT,
        items: "documents",
        filters: &[
            ("id", By::Key("id")),
            ("batch_id", By::Key("batch")),
            ("encryption", By::Key("encryption")),
            ("related_resource_id", By::Key("related")),
            ("related_resource_type", By::Key("related_type")),
            ("type", By::Key("type")),
        ],
        always: Vec::new(),
        view: &as_stored,
    }
    .reply::<types::DocumentList>(ctx)
}

fn create(ctx: &Ctx<'_>) -> Outcome {
    let mut document = ctx.request.body.clone();
    let file = files::checked(ctx, text(&document, "type"))?;
    let mut errors = FieldErrors::default();
    let related = ["related_resource_id", "related_resource_type"];
    if text(&document, related[0]).is_empty() != text(&document, related[1]).is_empty() {
        let missing = related.iter().find(|field| text(&document, field).is_empty());
        errors.merge(FieldErrors::missing(missing.unwrap_or(&related[0])));
    }
    match read_metadata(text(&document, "metadata")) {
        Some(metadata) => document["metadata"] = metadata,
        None => errors.merge(FieldErrors::invalid("metadata", "must hold a JSON object")),
    }
    let is_encrypted_type = files::ENCRYPTED.contains(&text(&document, "type"));
    if is_encrypted_type && document["encryption"] == "NOT_REQUIRED" {
        errors.merge(FieldErrors::invalid("encryption", "is required for this type"));
    }
    if !errors.is_empty() {
        return Err(errors.into());
    }
    if document.get("encryption").is_none() {
        let encryption = if is_encrypted_type { "REQUIRED" } else { "NOT_REQUIRED" };
        document["encryption"] = json!(encryption);
    }
    crate::model::without(&mut document, &["file"]);
    document["id"] = json!(ctx.new_id()?);
    document["tenant"] = json!(ctx.tenant);
    document["creation_time"] = json!(ctx.now_text());
    ctx.insert(&DOCUMENT, &document)?;
    files::keep(ctx, &mut document, file)?;
    Reply::created::<types::Document>(document)
}

/// A form has only texts: metadata comes as one that holds JSON.
fn read_metadata(text: &str) -> Option<Value> {
    if text.is_empty() {
        return Some(json!({}));
    }
    serde_json::from_str(text).ok().filter(Value::is_object)
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::ok::<types::Document>(ctx.url_resource(&DOCUMENT, "document_id")?)
}

fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut document = ctx.url_resource(&DOCUMENT, "document_id")?;
    check_type(&document, text(&ctx.request.body, "type"))?;
    patch(&mut document, &ctx.request.body);
    document["last_updated_time"] = json!(ctx.now_text());
    ctx.update(&DOCUMENT, &document)?;
    Reply::ok::<types::Document>(document)
}

fn delete(ctx: &Ctx<'_>) -> Outcome {
    let document = ctx.url_resource(&DOCUMENT, "document_id")?;
    if text(&document, "deletion_reason").is_empty() {
        let detail = "a document is deleted only after it was given its deletion_reason";
        return Err(ApiError::status(detail, &[]));
    }
    let id = text(&document, "id");
    files::forget(ctx, &document)?;
    Reply::ok::<types::DeleteResponse>(ctx.delete(&DOCUMENT, id, "DOCUMENT")?)
}
