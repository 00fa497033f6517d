//! What persons and businesses have in common: one record that can be a customer.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Serialize, Serializer};
use synctera_api::runtime::{BusinessId, CustomerId, ErrorCode, PersonId};
use synctera_api::v2::types;
use synctera_api::v2::types::{BanStatus, MailingAddress, VerificationStatus};
use uuid::Uuid;

use crate::ledger::ACCOUNT;
use crate::model::{ApiError, Ctx, Kind, Record, Resource};

pub(crate) const BUSINESS: Kind = Kind {
    name: "business",
    id: "id",
    keys: &[
        ("status", "/status"),
        ("is_customer", "/is_customer"),
        ("verification_status", "/verification_status"),
    ],
};

pub(crate) const PERSON: Kind = Kind {
    name: "person",
    id: "id",
    keys: &[
        ("status", "/status"),
        ("verification_status", "/verification_status"),
        ("dob", "/dob"),
    ],
};

/// A business.
pub(crate) enum Business {}

impl Resource for Business {
    const KIND: &'static Kind = &BUSINESS;
    type Wire = types::Business;
    type Facts = ();
}

/// A person. Its social security number is stored whole, and its personal ids are resources of
/// their own.
pub(crate) enum Person {}

impl Resource for Person {
    const KIND: &'static Kind = &PERSON;
    type Wire = types::Person;
    type Facts = ();
}

/// A person or a business.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Party {
    Person,
    Business,
}

impl Party {
    pub(crate) fn kind(self) -> &'static Kind {
        match self {
            Self::Person => &PERSON,
            Self::Business => &BUSINESS,
        }
    }

    /// The property that names such a party.
    pub(crate) fn property(self) -> &'static str {
        match self {
            Self::Person => "person_id",
            Self::Business => "business_id",
        }
    }

    pub(crate) fn not_found(self) -> ErrorCode {
        match self {
            Self::Person => ErrorCode::CustomerNotFound,
            Self::Business => ErrorCode::BusinessNotFound,
        }
    }

    pub(crate) fn not_verified(self) -> ErrorCode {
        match self {
            Self::Person => ErrorCode::CustomerNotVerified,
            Self::Business => ErrorCode::BusinessNotVerified,
        }
    }
}

/// The id of a party.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PartyId {
    Person(PersonId),
    Business(BusinessId),
}

impl PartyId {
    pub(crate) fn party(self) -> Party {
        match self {
            Self::Person(_) => Party::Person,
            Self::Business(_) => Party::Business,
        }
    }

    pub(crate) fn as_uuid(self) -> Uuid {
        match self {
            Self::Person(id) => id.as_uuid(),
            Self::Business(id) => id.as_uuid(),
        }
    }
}

impl Serialize for PartyId {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.as_uuid().serialize(to)
    }
}

impl From<PartyId> for CustomerId {
    fn from(id: PartyId) -> Self {
        Self::from(id.as_uuid())
    }
}

impl fmt::Display for PartyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_uuid().fmt(f)
    }
}

/// A stored party.
#[derive(Clone)]
#[expect(clippy::large_enum_variant, reason = "both are large, and few are held at a time")]
pub(crate) enum PartyRecord {
    Person(Record<Person>),
    Business(Record<Business>),
}

impl PartyRecord {
    pub(crate) fn party(&self) -> Party {
        self.id().party()
    }

    pub(crate) fn id(&self) -> PartyId {
        match self {
            Self::Person(person) => PartyId::Person(person.id),
            Self::Business(business) => PartyId::Business(id_of(business)),
        }
    }

    /// The status of a person or a business; both are `ACTIVE` where they may do business.
    pub(crate) fn status(&self) -> &str {
        match self {
            Self::Person(person) => person.status.as_str(),
            Self::Business(business) => business.status.as_str(),
        }
    }

    pub(crate) fn verification_status(&self) -> &VerificationStatus {
        let status = match self {
            Self::Person(person) => Some(&person.verification_status),
            Self::Business(business) => business.verification_status.as_ref(),
        };
        status.unwrap_or(&VerificationStatus::Unverified)
    }

    /// Whether a person is banned; businesses are not.
    pub(crate) fn ban_status(&self) -> Option<&BanStatus> {
        match self {
            Self::Person(person) => Some(&person.ban_status),
            Self::Business(_) => None,
        }
    }

    pub(crate) fn legal_address(&self) -> Option<&MailingAddress> {
        match self {
            Self::Person(person) => person.legal_address.as_ref(),
            Self::Business(business) => business.legal_address.as_ref(),
        }
    }

    /// The last name of a person, the name of a business.
    pub(crate) fn last_name(&self) -> &str {
        match self {
            Self::Person(person) => person.last_name.as_deref(),
            Self::Business(business) => business.entity_name.as_deref(),
        }
        .unwrap_or_default()
    }

    /// The first name of a person, the name of a business.
    pub(crate) fn first_name(&self) -> &str {
        match self {
            Self::Person(person) => person.first_name.as_deref(),
            Self::Business(business) => business.entity_name.as_deref(),
        }
        .unwrap_or_default()
    }

    /// The name: of a person, the first and the last.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Person(_) => format!("{} {}", self.first_name(), self.last_name()),
            Self::Business(_) => self.last_name().to_owned(),
        }
        .trim()
        .to_owned()
    }

    pub(crate) fn email(&self) -> Option<&str> {
        match self {
            Self::Person(person) => person.email.as_deref(),
            Self::Business(business) => business.email.as_deref(),
        }
    }

    pub(crate) fn phone_number(&self) -> Option<&str> {
        match self {
            Self::Person(person) => person.phone_number.as_deref(),
            Self::Business(business) => business.phone_number.as_deref(),
        }
    }

    pub(crate) fn is_customer(&self) -> bool {
        match self {
            Self::Person(person) => person.is_customer,
            Self::Business(business) => business.is_customer,
        }
    }

    /// Notes what its verification found. A customer is active since it was accepted first.
    pub(crate) fn set_verification(&mut self, status: VerificationStatus, now: DateTime<Utc>) {
        let is_active = status == VerificationStatus::Accepted && self.is_customer();
        let active_since = match self {
            Self::Person(person) => {
                person.verification_status = status;
                person.verification_last_run = Some(now);
                &mut person.customer_active
            }
            Self::Business(business) => {
                business.verification_status = Some(status);
                business.verification_last_run = Some(now);
                &mut business.customer_active
            }
        };
        if is_active {
            active_since.get_or_insert(now);
        }
    }

    /// Stores a changed party, as changed now.
    pub(crate) fn save(&mut self, ctx: &Ctx<'_>) -> Result<(), ApiError> {
        match self {
            Self::Person(person) => {
                person.last_updated_time = ctx.now;
                ctx.save(person)
            }
            Self::Business(business) => {
                business.last_updated_time = Some(ctx.now);
                ctx.save(business)
            }
        }
    }
}

/// The id of a business; every one that is stored has an id.
pub(crate) fn id_of(business: &types::Business) -> BusinessId {
    business.id.unwrap_or_else(|| Uuid::nil().into())
}

/// The ids by which a body names a party.
#[derive(Clone, Copy, Default)]
pub(crate) struct PartyIds {
    pub(crate) person_id: Option<PersonId>,
    /// A person, under the older name.
    pub(crate) customer_id: Option<CustomerId>,
    pub(crate) business_id: Option<BusinessId>,
}

impl PartyIds {
    /// The party that is named, if one is. `place` is where the ids stand in the body:
    /// `applicants[0].`.
    pub(crate) fn find(self, ctx: &Ctx<'_>, place: &str) -> Result<Option<PartyRecord>, ApiError> {
        let person = |id: Uuid, field: &str| {
            let field = format!("{place}{field}");
            ctx.find_named(id, Party::Person.not_found(), &field).map(PartyRecord::Person)
        };
        if let Some(id) = self.person_id {
            person(id.into(), "person_id").map(Some)
        } else if let Some(id) = self.customer_id {
            person(id.into(), "customer_id").map(Some)
        } else if let Some(id) = self.business_id {
            let field = format!("{place}business_id");
            let business = ctx.find_named(id, Party::Business.not_found(), &field)?;
            Ok(Some(PartyRecord::Business(business)))
        } else {
            Ok(None)
        }
    }

    /// The party that a body names by rule.
    pub(crate) fn find_one(self, ctx: &Ctx<'_>, place: &str) -> Result<PartyRecord, ApiError> {
        self.find(ctx, place)?
            .ok_or_else(|| ApiError::Internal("a validated body names no party".to_owned()))
    }
}

/// The party with an id, person or business: `customer_id` may name either where money moves.
pub(crate) fn find(ctx: &Ctx<'_>, id: impl ToString, field: &str) -> Result<PartyRecord, ApiError> {
    let id = id.to_string();
    if let Some(business) = ctx.find(&id)? {
        return Ok(PartyRecord::Business(business));
    }
    ctx.find_named(&id, ErrorCode::CustomerNotFound, field).map(PartyRecord::Person)
}

/// Whether a party holds or uses an account.
pub(crate) fn has_accounts(ctx: &Ctx<'_>, id: impl ToString) -> Result<bool, ApiError> {
    let filter = crate::store::Filter { name: "party".to_owned(), values: vec![id.to_string()] };
    Ok(!ctx.tx.scan(ctx.tenant, ACCOUNT.name, &[filter], 0, 1)?.is_empty())
}
