//! Relationships between parties.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use synctera_api::runtime::{BusinessId, PersonId, RelationshipId};
use synctera_api::v2::types::{
    ManagingPersonDataTitle, PayerPayeeDataTransferType, RelationshipType,
};

use crate::model::{Kind, Resource};

pub(crate) const RELATIONSHIP: Kind = Kind {
    name: "relationship",
    id: "id",
    keys: &[
        ("type", "/relationship_type"),
        ("from_person", "/from_person_id"),
        ("from_business", "/from_business_id"),
        ("to_business", "/to_business_id"),
    ],
};

/// A relationship between two parties.
pub(crate) enum Relationship {}

impl Resource for Relationship {
    const KIND: &'static Kind = &RELATIONSHIP;
    type Wire = RelationshipRecord;
    type Facts = ();
}

/// What is stored of a relationship. The interface has a type for each type of relationship; their
/// members are the same but for those of `additional_data`.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct RelationshipRecord {
    pub(crate) id: RelationshipId,
    pub(crate) tenant: String,
    pub(crate) creation_time: DateTime<Utc>,
    pub(crate) last_updated_time: DateTime<Utc>,
    pub(crate) relationship_type: RelationshipType,
    #[serde(flatten)]
    pub(crate) ends: Ends,
    #[serde(default)]
    pub(crate) additional_data: AdditionalData,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(crate) metadata: Map<String, Value>,
}

/// The parties of a relationship: one that it comes from, and one that it goes to.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ends {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) from_person_id: Option<PersonId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) from_business_id: Option<BusinessId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) to_person_id: Option<PersonId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) to_business_id: Option<BusinessId>,
}

/// What a relationship says of its parties, by its type.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct AdditionalData {
    /// Of an owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) percent_ownership: Option<f64>,
    /// Of a managing person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) title: Option<ManagingPersonDataTitle>,
    /// The title that is none of the others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) title_other: Option<String>,
    /// Of a payer and its payee.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) transfer_type: Option<PayerPayeeDataTransferType>,
}
