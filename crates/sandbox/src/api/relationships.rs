//! Relationships between parties: who owns, manages and pays whom.

use serde::Deserialize;
use serde_json::{Map, Value};
use synctera_api::runtime::{BusinessId, ErrorCode, PersonId};
use synctera_api::v2::types;
use synctera_api::v2::types::{ManagingPersonDataTitle, RelationshipType};

use crate::domain::listing::{By, List, as_stored};
use crate::domain::parties::{Business, Person};
use crate::domain::relationships::{
    AdditionalData, Ends, RELATIONSHIP, Relationship, RelationshipRecord,
};
use crate::model::{ApiError, Ctx, Kind, Outcome, Record, Reply, Served, convert, text};
use crate::spec::FieldErrors;

const ON_ONE: &[(&str, &Kind)] = &[("relationship_id", &RELATIONSHIP)];
pub(crate) const SERVED: &[Served] = &[
    Served::new("list_relationships", list),
    Served::new("create_relationship", create).ruled(|ctx| Ok(errors_of(&ctx.request.body))),
    Served::on("get_relationship", ON_ONE, get),
    Served::on("update_relationship", ON_ONE, update),
    Served::on("delete_relationship", ON_ONE, delete),
];

/// The body of a new relationship of any type.
#[derive(Deserialize)]
struct NewRelationship {
    relationship_type: RelationshipType,
    #[serde(flatten)]
    ends: Ends,
    #[serde(default)]
    additional_data: AdditionalData,
    #[serde(default)]
    metadata: Map<String, Value>,
}

/// Changes to a relationship of any type.
#[derive(Deserialize)]
struct Changes {
    relationship_type: Option<RelationshipType>,
    #[serde(flatten)]
    ends: Ends,
    additional_data: Option<AdditionalData>,
    metadata: Option<Map<String, Value>>,
    tenant: Option<String>,
}

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
    let new: NewRelationship = ctx.body()?;
    check_ends(ctx, &new.ends)?;
    let (from_person, from_business) = (new.ends.from_person_id, new.ends.from_business_id);
    let others = match (from_person, from_business) {
        (Some(person), _) => ctx.find_all::<Relationship>("from_person", person)?,
        (None, Some(business)) => ctx.find_all::<Relationship>("from_business", business)?,
        (None, None) => Vec::new(),
    };
    let is_same = |other: &RelationshipRecord| {
        other.relationship_type == new.relationship_type && other.ends == new.ends
    };
    if others.iter().any(|other| is_same(other)) {
        let detail = "these parties have such a relationship already";
        return Err(ApiError::rule(ErrorCode::DuplicateResource, detail));
    }
    let relationship = Record::<Relationship>::new(
        RelationshipRecord {
            id: ctx.new_id()?.into(),
            tenant: ctx.tenant.to_owned(),
            creation_time: ctx.now,
            last_updated_time: ctx.now,
            relationship_type: new.relationship_type,
            ends: new.ends,
            additional_data: new.additional_data,
            metadata: new.metadata,
        },
        (),
    );
    ctx.add(&relationship)?;
    Reply::json(201, &convert::<types::Relationship>(&relationship.wire)?)
}

/// The parties at both ends are there.
fn check_ends(ctx: &Ctx<'_>, ends: &Ends) -> Result<(), ApiError> {
    let person = |id: Option<PersonId>, field| match id {
        Some(id) => ctx.find_named::<Person>(id, ErrorCode::CustomerNotFound, field).map(drop),
        None => Ok(()),
    };
    let business = |id: Option<BusinessId>, field| match id {
        Some(id) => ctx.find_named::<Business>(id, ErrorCode::BusinessNotFound, field).map(drop),
        None => Ok(()),
    };
    person(ends.from_person_id, "from_person_id")?;
    business(ends.from_business_id, "from_business_id")?;
    person(ends.to_person_id, "to_person_id")?;
    business(ends.to_business_id, "to_business_id")
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    let relationship = ctx.find_in_url::<Relationship>("relationship_id")?;
    Reply::json(200, &convert::<types::Relationship>(&relationship.wire)?)
}

fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut relationship = ctx.find_in_url::<Relationship>("relationship_id")?;
    let changes: Changes = ctx.body()?;
    let (wanted, ends) = (&changes.ends, &relationship.ends);
    let mut errors = FieldErrors::default();
    for (field, is_kept) in [
        (
            "relationship_type",
            is_kept(&changes.relationship_type, &Some(relationship.relationship_type.clone())),
        ),
        ("from_person_id", is_kept(&wanted.from_person_id, &ends.from_person_id)),
        ("from_business_id", is_kept(&wanted.from_business_id, &ends.from_business_id)),
        ("to_person_id", is_kept(&wanted.to_person_id, &ends.to_person_id)),
        ("to_business_id", is_kept(&wanted.to_business_id, &ends.to_business_id)),
    ] {
        if !is_kept {
            errors.merge(FieldErrors::immutable(field));
        }
    }
    errors.refused()?;
    let Changes { additional_data, metadata, tenant, .. } = changes;
    let kept = &mut relationship.wire;
    kept.additional_data = additional_data.unwrap_or_else(|| kept.additional_data.clone());
    kept.metadata = metadata.unwrap_or_else(|| kept.metadata.clone());
    kept.tenant = tenant.unwrap_or_else(|| kept.tenant.clone());
    let data = &kept.additional_data;
    let title = data.title.as_ref().map_or("", ManagingPersonDataTitle::as_str);
    let other = data.title_other.as_deref().unwrap_or_default();
    errors_in(data.percent_ownership, title, other).refused()?;
    kept.last_updated_time = ctx.now;
    ctx.save(&relationship)?;
    Reply::json(200, &convert::<types::PatchedRelationship>(&relationship.wire)?)
}

/// Whether a change leaves a member as it is.
fn is_kept<T: PartialEq>(wanted: &Option<T>, known: &Option<T>) -> bool {
    wanted.is_none() || wanted == known
}

fn delete(ctx: &Ctx<'_>) -> Outcome {
    let id = ctx.parameter("relationship_id");
    Reply::json(200, &ctx.delete(&RELATIONSHIP, id, "RELATIONSHIP")?)
}

/// What is wrong with what a body says of a relationship.
fn errors_of(body: &Value) -> FieldErrors {
    let Some(data) = body.get("additional_data") else {
        return FieldErrors::default();
    };
    let percent = data.get("percent_ownership").and_then(Value::as_f64);
    errors_in(percent, text(data, "title"), text(data, "title_other"))
}

fn errors_in(percent: Option<f64>, title: &str, title_other: &str) -> FieldErrors {
    let mut errors = FieldErrors::default();
    if percent.is_some_and(|percent| percent > 100.0) {
        let field = "additional_data.percent_ownership";
        errors.merge(FieldErrors::invalid(field, "must be at most 100"));
    }
    if title == ManagingPersonDataTitle::Other.as_str() && title_other.is_empty() {
        errors.merge(FieldErrors::missing("additional_data.title_other"));
    }
    errors
}
