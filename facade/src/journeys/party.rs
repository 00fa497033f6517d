//! Persons and businesses in their common role as a party.

use synctera_api::runtime::{BusinessId, CustomerId, ErrorCode, PersonId};
use synctera_api::{Error, v2};

use crate::types::{ExtAccountCustomerType, VerificationStatus};

/// A person or a business. Its id converts to it, so that setters take a `PersonId` or a
/// `BusinessId`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Party {
    /// A person.
    Person(PersonId),
    /// A business.
    Business(BusinessId),
}

impl Party {
    /// The id of a person, as accounts and cards name it.
    pub(super) fn customer_id(self) -> Option<CustomerId> {
        match self {
            Self::Person(id) => Some(id.into()),
            Self::Business(_) => None,
        }
    }

    pub(super) fn business_id(self) -> Option<BusinessId> {
        match self {
            Self::Person(_) => None,
            Self::Business(id) => Some(id),
        }
    }

    pub(super) fn customer_type(self) -> ExtAccountCustomerType {
        match self {
            Self::Person(_) => ExtAccountCustomerType::Personal,
            Self::Business(_) => ExtAccountCustomerType::Business,
        }
    }

    /// The current verification status.
    pub(super) async fn verification_status(
        self,
        api: &v2::Client,
    ) -> Result<VerificationStatus, Error> {
        Ok(match self {
            Self::Person(id) => api.get_person(id).await?.into_inner().verification_status,
            Self::Business(id) => {
                let status = api.get_business(id).await?.into_inner().verification_status;
                status.unwrap_or(VerificationStatus::Unverified)
            }
        })
    }

    /// Refuses a party that is not verified, as the platform would, before anything is created.
    pub(super) async fn ensure_verified(
        self,
        api: &v2::Client,
        journey: &str,
    ) -> Result<(), Error> {
        let status = self.verification_status(api).await?;
        let code = match self {
            Self::Person(_) => ErrorCode::CustomerNotVerified,
            Self::Business(_) => ErrorCode::BusinessNotVerified,
        };
        if status == VerificationStatus::Accepted {
            return Ok(());
        }
        let message =
            format!("{self} has the verification status {}, not ACCEPTED", status.as_str());
        Err(self.named_in(Error::refused(journey, Some(code), message)))
    }

    /// The same error, which names this party if a verification is missing: it may be another one
    /// than the holder of the account.
    pub(super) fn named_in(self, error: Error) -> Error {
        match error.code() {
            Some(ErrorCode::CustomerNotVerified | ErrorCode::BusinessNotVerified) => {
                error.with_remedy(format!("verify {self}"))
            }
            _ => error,
        }
    }
}

impl From<PersonId> for Party {
    fn from(id: PersonId) -> Self {
        Self::Person(id)
    }
}

impl From<BusinessId> for Party {
    fn from(id: BusinessId) -> Self {
        Self::Business(id)
    }
}

impl From<Party> for CustomerId {
    fn from(party: Party) -> Self {
        match party {
            Party::Person(id) => id.into(),
            Party::Business(id) => id.into(),
        }
    }
}

impl std::fmt::Display for Party {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Person(id) => write!(f, "person {id}"),
            Self::Business(id) => write!(f, "business {id}"),
        }
    }
}

crate::into_option::also! {
    Party => CustomerId,
}
