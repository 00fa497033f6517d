//! The people behind a business.

use synctera_api::Error;
use synctera_api::runtime::{BusinessId, PersonId};

use super::customer::verify_today;
use crate::IntoOption;
use crate::checks::Checks;
use crate::journeys::{Party, PersonDetails, Steps, recovery};
use crate::normalize;
use crate::types::{
    BeneficialOwnerInput, ManagingPersonData, ManagingPersonDataTitle, ManagingPersonInput,
    NewRelationship, OwnershipData, PersonStatus, Relationship, VerificationStatus,
};

/// A person behind a business: an owner, a managing person, or both.
#[derive(Clone, Debug)]
pub struct RelatedPerson {
    identity: Identity,
    percent: Option<f64>,
    manages: Option<ManagingPersonData>,
    certifies: bool,
}

#[derive(Clone, Debug)]
enum Identity {
    New(Box<PersonDetails>),
    Existing(PersonId),
}

impl RelatedPerson {
    /// A person who is not on the platform yet: the journey creates and verifies the person.
    pub fn new(person: PersonDetails) -> Self {
        Self {
            identity: Identity::New(Box::new(person)),
            percent: None,
            manages: None,
            certifies: false,
        }
    }

    /// A person who is on the platform already. The journey neither changes nor verifies the
    /// person.
    pub fn existing(person: PersonId) -> Self {
        Self {
            identity: Identity::Existing(person),
            percent: None,
            manages: None,
            certifies: false,
        }
    }

    /// The share of the business that the person owns, in percent: more than 0, at most 100.
    #[must_use]
    pub fn ownership_percent(mut self, percent: impl IntoOption<f64>) -> Self {
        self.percent = percent.into_option();
        self
    }

    /// The person manages the business, as an officer.
    #[must_use]
    pub fn managing(self) -> Self {
        self.managing_as(ManagingPersonDataTitle::Officer)
    }

    /// The person manages the business, with this title.
    #[must_use]
    pub fn managing_as(mut self, title: impl IntoOption<ManagingPersonDataTitle>) -> Self {
        self.manages = title.into_option().map(ManagingPersonData::new);
        self
    }

    /// The person manages the business, with a title that the platform does not list.
    #[must_use]
    pub fn managing_as_other(mut self, title: impl IntoOption<String>) -> Self {
        self.manages = title.into_option().map(|title| ManagingPersonData {
            title_other: Some(title),
            ..ManagingPersonData::new(ManagingPersonDataTitle::Other)
        });
        self
    }

    /// The person acknowledges the `OWNER_CERTIFICATION` on behalf of the business. Not needed for
    /// the only person behind a business.
    #[must_use]
    pub fn certifies_ownership(mut self) -> Self {
        self.certifies = true;
        self
    }

    /// Whether the person certifies the ownership.
    pub(super) fn certifies(&self) -> bool {
        self.certifies
    }

    /// The share that the person owns, in percent.
    pub(super) fn percent(&self) -> Option<f64> {
        self.percent
    }

    pub(super) fn normalize(&self, checks: &mut Checks, index: usize) -> Self {
        let field = |name: &str| format!("related_people[{index}].{name}");
        let identity = match &self.identity {
            Identity::New(person) => Identity::New(Box::new(person.normalize(checks, &field("")))),
            Identity::Existing(id) => Identity::Existing(*id),
        };
        checks.ensure(
            self.percent.is_some() || self.manages.is_some(),
            &field("percent_ownership"),
            "must be given, or title",
        );
        let fits = |percent: f64| percent > 0.0 && percent <= 100.0;
        checks.ensure(
            self.percent.is_none_or(fits),
            &field("percent_ownership"),
            "must be greater than 0 and at most 100",
        );
        let mut manages = self.manages.clone();
        if let Some(data) = &mut manages {
            checks.ensure(
                data.title != ManagingPersonDataTitle::Other || data.title_other.is_some(),
                &field("title_other"),
                "must be given with the title OTHER",
            );
            data.title_other = checks.normalize_optional(
                data.title_other.as_deref(),
                &field("title_other"),
                normalize::text,
            );
        }
        Self { identity, manages, ..self.clone() }
    }
}

/// A person behind an onboarded business.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct OnboardedRelatedPerson {
    /// The person's id.
    pub id: PersonId,
    /// The person's own verification status; `None` for an existing person.
    pub verification_status: Option<VerificationStatus>,
    /// The relationships between the person and the business.
    pub relationships: Vec<Relationship>,
}

/// Creates and verifies a person, and relates the person to the business.
pub(super) async fn onboard(
    steps: &mut Steps<'_>,
    owner: &RelatedPerson,
    index: usize,
    business: BusinessId,
) -> Result<OnboardedRelatedPerson, Error> {
    let (id, verification_status) = match &owner.identity {
        Identity::Existing(id) => (*id, None),
        Identity::New(details) => {
            // The owner of a customer is not a customer.
            let part = index.to_string();
            let person = details.create(steps, &part, false, PersonStatus::Active).await?;
            let checked = verify_today(steps, Party::Person(person.id), None, None).await?;
            (person.id, Some(checked.verification_status))
        }
    };
    let mut relationships = Vec::new();
    if let Some(percent) = owner.percent {
        let owning = BeneficialOwnerInput::new(OwnershipData::new(percent), id, business);
        relationships.push(relate(steps, NewRelationship::BeneficialOwnerOf(owning), index).await?);
    }
    if let Some(data) = owner.manages.clone() {
        let managing = ManagingPersonInput::new(data, id, business);
        relationships
            .push(relate(steps, NewRelationship::ManagingPersonOf(managing), index).await?);
    }
    Ok(OnboardedRelatedPerson { id, verification_status, relationships })
}

/// Whether a relationship of the same two parties has the same contents.
fn is_as_asked(found: &Relationship, wanted: &NewRelationship) -> bool {
    match (found, wanted) {
        (Relationship::BeneficialOwnerOf(found), NewRelationship::BeneficialOwnerOf(wanted)) => {
            is_same_share(&found.additional_data, &wanted.additional_data)
        }
        (Relationship::OwnerOf(found), NewRelationship::OwnerOf(wanted)) => {
            is_same_share(&found.additional_data, &wanted.additional_data)
        }
        (Relationship::ManagingPersonOf(found), NewRelationship::ManagingPersonOf(wanted)) => {
            let (found, wanted) = (&found.additional_data, &wanted.additional_data);
            found.title == wanted.title && found.title_other == wanted.title_other
        }
        _ => false,
    }
}

fn is_same_share(found: &OwnershipData, wanted: &OwnershipData) -> bool {
    (found.percent_ownership - wanted.percent_ownership).abs() < 1e-6
}

/// Relates a party to the business; `owner` is the index of the party in the request.
pub(super) async fn relate(
    steps: &mut Steps<'_>,
    body: NewRelationship,
    owner: usize,
) -> Result<Relationship, Error> {
    let part = match &body {
        NewRelationship::BeneficialOwnerOf(_) => format!("owns/{owner}"),
        NewRelationship::OwnerOf(_) => format!("business owns/{owner}"),
        _ => format!("manages/{owner}"),
    };
    steps
        .record(
            &part,
            |api| recovery::relationship(api, body.clone()),
            |found| is_as_asked(found, &body),
            |api| api.create_relationship(&body),
            |relationship| {
                let id = match relationship {
                    Relationship::BeneficialOwnerOf(owner) => owner.id,
                    Relationship::ManagingPersonOf(manager) => manager.id,
                    Relationship::OwnerOf(owner) => owner.id,
                    _ => None,
                };
                id.map_or_else(String::new, |id| id.to_string())
            },
        )
        .await
}
