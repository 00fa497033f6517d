//! Documents: files with what is said about them, in versions.
//!
//! Some types are always kept encrypted; a document that began in the clear cannot become one of
//! them, and every version is kept like the first. A document is deleted once it has a
//! `deletion_reason`. This sandbox keeps all files the same way, and only shows which encryption was asked for.

mod files;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use synctera_api::v2::types::{
    self, DocumentEncryption, DocumentRelatedResourceType, DocumentType,
};
use uuid::Uuid;

use crate::api::documents::files::check_type;
use crate::domain::documents;
use crate::domain::documents::{DOCUMENT, Document};
use crate::domain::listing::{By, List, as_stored};
use crate::model::{ApiError, Ctx, Kind, Outcome, Record, Reply, Served, complete, merge};
use crate::spec::{FieldErrors, parse_json};

const ON_ONE: &[(&str, &Kind)] = &[("document_id", &DOCUMENT)];
pub(crate) const SERVED: &[Served] = &[
    Served::new("list_documents", list),
    Served::new("create_document", create),
    Served::on("get_document", ON_ONE, get),
    Served::on("update_document", ON_ONE, update),
    Served::on("delete_document", ON_ONE, delete),
    Served::on("get_document_contents", ON_ONE, files::latest).writing(),
    Served::on("create_document_version", ON_ONE, files::add_version),
    Served::on("get_document_version", ON_ONE, documents::version),
    Served::on("get_document_version_contents", ON_ONE, files::of_version).writing(),
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

/// The texts of the form of a new document.
#[derive(Serialize, Deserialize)]
struct DocumentForm {
    #[serde(skip_serializing_if = "Option::is_none")]
    batch_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    encryption: Option<DocumentEncryption>,
    /// A form has only texts: metadata comes as one that holds JSON.
    #[serde(skip_serializing)]
    metadata: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    related_resource_id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    related_resource_type: Option<DocumentRelatedResourceType>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    type_: Option<DocumentType>,
}

fn create(ctx: &Ctx<'_>) -> Outcome {
    let mut form: DocumentForm = ctx.body()?;
    let file = files::checked(ctx, form.type_.as_ref())?;
    let mut errors = FieldErrors::default();
    match (&form.related_resource_id, &form.related_resource_type) {
        (None, Some(_)) => errors.merge(FieldErrors::missing("related_resource_id")),
        (Some(_), None) => errors.merge(FieldErrors::missing("related_resource_type")),
        _ => {}
    }
    let metadata = read_metadata(form.metadata.as_deref().unwrap_or_default());
    if metadata.is_none() {
        errors.merge(FieldErrors::invalid(
            "metadata",
            "must hold a JSON object, of at most 64 levels inside one another",
        ));
    }
    let is_encrypted_type = form.type_.as_ref().is_some_and(files::is_encrypted);
    if is_encrypted_type && form.encryption == Some(DocumentEncryption::NotRequired) {
        errors.merge(FieldErrors::invalid("encryption", "is required for this type"));
    }
    errors.refused()?;
    form.encryption.get_or_insert(if is_encrypted_type {
        DocumentEncryption::Required
    } else {
        DocumentEncryption::NotRequired
    });
    let rest = json!({
        "id": ctx.new_id()?, "tenant": ctx.tenant, "creation_time": ctx.now,
        "metadata": metadata.unwrap_or_default(),
    });
    let mut document = Record::<Document>::new(complete(&form, rest)?, ());
    ctx.add(&document)?;
    files::keep(ctx, &mut document, file)?;
    Reply::json(201, &document.wire)
}

fn read_metadata(text: &str) -> Option<Map<String, Value>> {
    if text.is_empty() {
        return Some(Map::new());
    }
    let (metadata, numbers) = parse_json(text.as_bytes()).ok()?;
    match metadata {
        Value::Object(members) if numbers.infinite().next().is_none() => Some(members),
        _ => None,
    }
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::json(200, &ctx.find_in_url::<Document>("document_id")?.wire)
}

fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut document = ctx.find_in_url::<Document>("document_id")?;
    let changes: types::DocumentPatch = ctx.body()?;
    check_type(&document, changes.type_.value())?;
    merge(&mut document.wire, &changes)?;
    document.last_updated_time = Some(ctx.now);
    ctx.save(&document)?;
    Reply::json(200, &document.wire)
}

fn delete(ctx: &Ctx<'_>) -> Outcome {
    let document = ctx.find_in_url::<Document>("document_id")?;
    if document.deletion_reason.as_deref().is_none_or(str::is_empty) {
        let detail = "a document is deleted only after it was given its deletion_reason";
        return Err(ApiError::status(detail, &[]));
    }
    files::forget(ctx, &document)?;
    let id = ctx.parameter("document_id");
    Reply::json(200, &ctx.delete(&DOCUMENT, id, "DOCUMENT")?)
}
