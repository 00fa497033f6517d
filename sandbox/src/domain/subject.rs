//! A person or a business, as it is checked, rated and watched.

use serde::Deserialize;
use serde_json::Value;
use synctera_api::v2::types::{self, MailingAddress, VerificationStatus};
use uuid::Uuid;

use crate::domain::parties::Party;
use crate::model::{ApiError, text};

/// A party as it is stored.
pub(crate) enum Subject {
    Person(Box<types::Person>),
    Business(Uuid, Box<types::Business>),
}

impl Subject {
    // border: parties are not typed records yet.
    pub(crate) fn of(party: Party, stored: &Value) -> Result<Self, ApiError> {
        let broken = |why: &dyn std::fmt::Display| {
            let why = synctera_api::runtime::error_path::without_values(&why.to_string());
            ApiError::Internal(format!("a stored {} cannot be read: {why}", party.kind().name))
        };
        Ok(match party {
            Party::Person => {
                Self::Person(Box::new(types::Person::deserialize(stored).map_err(|e| broken(&e))?))
            }
            Party::Business => Self::Business(
                text(stored, "id").parse().map_err(|e: uuid::Error| broken(&e))?,
                Box::new(types::Business::deserialize(stored).map_err(|e| broken(&e))?),
            ),
        })
    }

    pub(crate) fn party(&self) -> Party {
        match self {
            Self::Person(_) => Party::Person,
            Self::Business(..) => Party::Business,
        }
    }

    pub(crate) fn id(&self) -> Uuid {
        match self {
            Self::Person(person) => person.id.as_uuid(),
            Self::Business(id, _) => *id,
        }
    }

    /// The last name of a person, the name of a business.
    pub(crate) fn last_name(&self) -> &str {
        match self {
            Self::Person(person) => person.last_name.as_deref(),
            Self::Business(_, business) => business.entity_name.as_deref(),
        }
        .unwrap_or_default()
    }

    /// The first name of a person, the name of a business.
    pub(crate) fn first_name(&self) -> &str {
        match self {
            Self::Person(person) => person.first_name.as_deref(),
            Self::Business(_, business) => business.entity_name.as_deref(),
        }
        .unwrap_or_default()
    }

    pub(crate) fn email(&self) -> Option<&str> {
        match self {
            Self::Person(person) => person.email.as_deref(),
            Self::Business(_, business) => business.email.as_deref(),
        }
    }

    pub(crate) fn phone_number(&self) -> Option<&str> {
        match self {
            Self::Person(person) => person.phone_number.as_deref(),
            Self::Business(_, business) => business.phone_number.as_deref(),
        }
    }

    pub(crate) fn legal_address(&self) -> Option<&MailingAddress> {
        match self {
            Self::Person(person) => person.legal_address.as_ref(),
            Self::Business(_, business) => business.legal_address.as_ref(),
        }
    }

    pub(crate) fn is_customer(&self) -> bool {
        match self {
            Self::Person(person) => person.is_customer,
            Self::Business(_, business) => business.is_customer,
        }
    }

    /// Whether it was accepted as a customer before.
    pub(crate) fn was_accepted(&self) -> bool {
        match self {
            Self::Person(person) => person.customer_active.is_some(),
            Self::Business(_, business) => business.customer_active.is_some(),
        }
    }

    pub(crate) fn verification_status(&self) -> VerificationStatus {
        match self {
            Self::Person(person) => person.verification_status.clone(),
            Self::Business(_, business) => {
                business.verification_status.clone().unwrap_or(VerificationStatus::Unverified)
            }
        }
    }
}
