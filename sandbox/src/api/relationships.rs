//! Relationships between parties: who owns, manages and pays whom.

use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types;

use crate::domain::listing::{By, List, as_stored};
use crate::domain::parties::{BUSINESS, PERSON};
use crate::domain::relationships::RELATIONSHIP;
use crate::model::{ApiError, Ctx, Kind, Outcome, Reply, Served, patch, text};
use crate::spec::FieldErrors;

const ON_ONE: &[(&str, &Kind)] = &[("relationship_id", &RELATIONSHIP)];
pub(crate) const SERVED: &[Served] = &[
    Served::new("list_relationships", list),
    Served::new("create_relationship", create).ruled(|ctx| Ok(errors_of(&ctx.request.body))),
    Served::on("get_relationship", ON_ONE, get),
    Served::on("update_relationship", ON_ONE, update),
    Served::on("delete_relationship", ON_ONE, delete),
];

/// Who stands at either end of a relationship, by property.
const ENDS: [(&str, &Kind, ErrorCode); 4] = [
    ("from_person_id", &PERSON, ErrorCode::CustomerNotFound),
    ("from_business_id", &BUSINESS, ErrorCode::BusinessNotFound),
    ("to_person_id", &PERSON, ErrorCode::CustomerNotFound),
    ("to_business_id", &BUSINESS, ErrorCode::BusinessNotFound),
];

fn list(ctx: &Ctx<'_>) -> Outcome {
    List {
        kind: &RELATIONSHIP,
        items: "relationships",
        filters: &[
            ("id", By::Key("id")),
            ("relationship_type", By::Key("type")),
            ("from_person_id", By::Key("from_person")),
            ("from_business_id", By::Key("from_business")),
            ("to_business_id", By::Key("to_business")),
        ],
        always: Vec::new(),
        view: &as_stored,
    }
    .reply::<types::RelationshipList>(ctx)
}

fn create(ctx: &Ctx<'_>) -> Outcome {
    let mut relationship = ctx.request.body.clone();
    let mut ends = Vec::new();
    for (field, kind, code) in ENDS {
        let id = text(&relationship, field).to_owned();
        if !id.is_empty() {
            ctx.referred(kind, &id, code, field)?;
            ends.push((field, id));
        }
    }
    if let Some((field, id)) = ends.first() {
        let key = if *field == "from_person_id" { "from_person" } else { "from_business" };
        for other in ctx.all_with(&RELATIONSHIP, key, id)? {
            let same = other["relationship_type"] == relationship["relationship_type"]
                && ENDS.iter().all(|(field, ..)| text(&other, field) == text(&relationship, field));
            if same {
                let detail = "these parties have such a relationship already";
                return Err(ApiError::rule(ErrorCode::DuplicateResource, detail));
            }
        }
    }
    relationship["id"] = json!(ctx.new_id()?);
    relationship["tenant"] = json!(ctx.tenant);
    relationship["creation_time"] = json!(ctx.now_text());
    relationship["last_updated_time"] = json!(ctx.now_text());
    ctx.insert(&RELATIONSHIP, &relationship)?;
    Reply::created::<types::Relationship>(relationship)
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::ok::<types::Relationship>(ctx.url_resource(&RELATIONSHIP, "relationship_id")?)
}

fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut relationship = ctx.url_resource(&RELATIONSHIP, "relationship_id")?;
    let mut errors = FieldErrors::default();
    let fixed = [
        "relationship_type",
        "from_person_id",
        "from_business_id",
        "to_person_id",
        "to_business_id",
    ];
    for field in fixed {
        if ctx.request.body.get(field).is_some_and(|wanted| relationship.get(field) != Some(wanted))
        {
            errors.merge(FieldErrors::immutable(field));
        }
    }
    if !errors.is_empty() {
        return Err(errors.into());
    }
    patch(&mut relationship, &ctx.request.body);
    errors_of(&relationship).refused()?;
    relationship["last_updated_time"] = json!(ctx.now_text());
    ctx.update(&RELATIONSHIP, &relationship)?;
    Reply::ok::<types::PatchedRelationship>(relationship)
}

fn delete(ctx: &Ctx<'_>) -> Outcome {
    let id = ctx.parameter("relationship_id");
    Reply::ok::<types::DeleteResponse>(ctx.delete(&RELATIONSHIP, id, "RELATIONSHIP")?)
}

/// What is wrong with what is known of a relationship.
fn errors_of(relationship: &Value) -> FieldErrors {
    let data = &relationship["additional_data"];
    let mut errors = FieldErrors::default();
    let percent = data.get("percent_ownership").and_then(Value::as_f64);
    if percent.is_some_and(|percent| percent > 100.0) {
        let field = "additional_data.percent_ownership";
        errors.merge(FieldErrors::invalid(field, "must be at most 100"));
    }
    if data["title"] == "OTHER" && text(data, "title_other").is_empty() {
        errors.merge(FieldErrors::missing("additional_data.title_other"));
    }
    errors
}
