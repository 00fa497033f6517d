//! Relationships between parties.

use crate::model::Kind;

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
