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

/// Somebody behind a business, and what they are to it.
#[derive(Clone, Debug)]
pub struct RelatedPerson {
    who: Who,
    percent: Option<f64>,
    manages: Option<ManagingPersonData>,
    certifies: bool,
}

#[derive(Clone, Debug)]
enum Who {
    New(Box<PersonDetails>),
    Known(PersonId),
}

impl RelatedPerson {
    /// Somebody whom the platform does not know yet: the journey creates and verifies them.
    pub fn new(person: PersonDetails) -> Self {
        Self { who: Who::New(Box::new(person)), percent: None, manages: None, certifies: false }
    }

    /// Somebody whom the platform knows already, verified or not; the journey leaves them as they
    /// are.
    pub fn existing(person: PersonId) -> Self {
        Self { who: Who::Known(person), percent: None, manages: None, certifies: false }
    }

    /// They own this much of it, in percent.
    #[must_use]
    pub fn ownership_percent(mut self, percent: impl IntoOption<f64>) -> Self {
        self.percent = percent.into_option();
        self
    }

    /// They run it, as an officer.
    #[must_use]
    pub fn managing(self) -> Self {
        self.managing_as(ManagingPersonDataTitle::Officer)
    }

    /// They run it, with this title.
    #[must_use]
    pub fn managing_as(mut self, title: impl IntoOption<ManagingPersonDataTitle>) -> Self {
        self.manages = title.into_option().map(ManagingPersonData::new);
        self
    }

    /// They run it, with a title that the platform has no name for.
    #[must_use]
    pub fn managing_as_other(mut self, title: impl IntoOption<String>) -> Self {
        self.manages = title.into_option().map(|title| ManagingPersonData {
            title_other: Some(title),
            ..ManagingPersonData::new(ManagingPersonDataTitle::Other)
        });
        self
    }

    /// They acknowledge the `OWNER_CERTIFICATION` on behalf of the business. It need not be said of
    /// the only person behind it.
    #[must_use]
    pub fn certifies_ownership(mut self) -> Self {
        self.certifies = true;
        self
    }

    /// Whether they were said to certify.
    pub(super) fn certifies(&self) -> bool {
        self.certifies
    }

    /// How much they own of it, in percent.
    pub(super) fn percent(&self) -> Option<f64> {
        self.percent
    }

    pub(super) fn normalize(&self, checks: &mut Checks, index: usize) -> Self {
        let field = |name: &str| format!("related_people[{index}].{name}");
        let who = match &self.who {
            Who::New(person) => Who::New(Box::new(person.normalize(checks, &field("")))),
            Who::Known(id) => Who::Known(*id),
        };
        checks.ensure(
            self.percent.is_some() || self.manages.is_some(),
            &field("percent_ownership"),
            "somebody behind a business owns it or manages it",
        );
        let fits = |percent: f64| percent > 0.0 && percent <= 100.0;
        checks.ensure(
            self.percent.is_none_or(fits),
            &field("percent_ownership"),
            "must be more than 0 and at most 100",
        );
        let mut manages = self.manages.clone();
        if let Some(data) = &mut manages {
            checks.ensure(
                data.title != ManagingPersonDataTitle::Other || data.title_other.is_some(),
                &field("title_other"),
                "must be given with the title OTHER: see managing_as_other",
            );
            data.title_other = checks.normalize_optional(
                data.title_other.as_deref(),
                &field("title_other"),
                normalize::text,
            );
        }
        Self { who, manages, ..self.clone() }
    }
}

/// Somebody behind a business that was brought in.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct OnboardedRelatedPerson {
    /// The person's id.
    pub id: PersonId,
    /// How their own verification came out; `None` for somebody known before.
    pub verification_status: Option<VerificationStatus>,
    /// What ties them to the business.
    pub relationships: Vec<Relationship>,
}

/// Creates, verifies and ties one person to the business.
pub(super) async fn bring_in(
    steps: &mut Steps<'_>,
    owner: &RelatedPerson,
    index: usize,
    business: BusinessId,
) -> Result<OnboardedRelatedPerson, Error> {
    let (id, verification_status) = match &owner.who {
        Who::Known(id) => (*id, None),
        Who::New(details) => {
            // Who owns a business is not its bank's customer for that.
            let part = index.to_string();
            let person = details.create(steps, &part, false, PersonStatus::Active).await?;
            let checked = verify_today(steps, Party::Person(person.id), None, None).await?;
            (person.id, Some(checked.verification_status))
        }
    };
    let mut relationships = Vec::new();
    if let Some(percent) = owner.percent {
        let owning = BeneficialOwnerInput::new(OwnershipData::new(percent), id, business);
        relationships.push(tie(steps, NewRelationship::BeneficialOwnerOf(owning), index).await?);
    }
    if let Some(data) = owner.manages.clone() {
        let managing = ManagingPersonInput::new(data, id, business);
        relationships.push(tie(steps, NewRelationship::ManagingPersonOf(managing), index).await?);
    }
    Ok(OnboardedRelatedPerson { id, verification_status, relationships })
}

/// Whether a tie between the wanted two is as it is wanted.
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

/// Ties one party to the business; `owner` tells those of the request apart.
pub(super) async fn tie(
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
