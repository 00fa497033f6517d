//! Disclosures that a customer saw or agreed to.

use chrono::{DateTime, Utc};
use synctera_api::runtime::PersonId;

use crate::Error;
use crate::IntoOption;
use crate::checks::Checks;
use crate::journeys::{Party, Steps, recovery};
use crate::types::{Disclosure, DisclosureEventType, DisclosureType, NewDisclosure};

/// A disclosure that was presented to a customer: its type, its version, what the customer did with
/// it, and when.
///
/// The time is when the customer saw it, not when it is sent. Store it with the sign-up, so that a
/// repeated run sends the same one.
#[derive(Clone, Debug)]
pub struct Disclosed {
    kind: DisclosureType,
    version: String,
    event: DisclosureEventType,
    at: DateTime<Utc>,
    by: Option<PersonId>,
}

impl Disclosed {
    /// The customer agreed to the disclosure.
    /// The moment must be the same in each run under one key: store it.
    pub fn acknowledged(
        kind: DisclosureType,
        version: impl Into<String>,
        at: DateTime<Utc>,
    ) -> Self {
        Self::new(kind, version, DisclosureEventType::Acknowledged, at)
    }

    /// The customer opened the disclosure.
    /// The moment must be the same in each run under one key: store it.
    pub fn viewed(kind: DisclosureType, version: impl Into<String>, at: DateTime<Utc>) -> Self {
        Self::new(kind, version, DisclosureEventType::Viewed, at)
    }

    /// The disclosure was displayed to the customer.
    /// The moment must be the same in each run under one key: store it.
    pub fn displayed(kind: DisclosureType, version: impl Into<String>, at: DateTime<Utc>) -> Self {
        Self::new(kind, version, DisclosureEventType::Displayed, at)
    }

    fn new(
        kind: DisclosureType,
        version: impl Into<String>,
        event: DisclosureEventType,
        at: DateTime<Utc>,
    ) -> Self {
        Self { kind, version: version.into(), event, at, by: None }
    }

    /// The person who acted on behalf of the business. An `OWNER_CERTIFICATION` needs one.
    #[must_use]
    pub fn by(mut self, person: impl IntoOption<PersonId>) -> Self {
        self.by = person.into_option();
        self
    }

    /// Whether a person must acknowledge it, and none is named.
    pub(super) fn needs_person(&self) -> bool {
        self.kind == DisclosureType::OwnerCertification && self.by.is_none()
    }

    pub(super) fn check(&self, checks: &mut Checks, index: usize) {
        checks.text(&self.version, &format!("disclosures[{index}].version"));
    }

    /// Records the disclosure.
    pub(super) async fn record(
        &self,
        steps: &mut Steps<'_>,
        of: Party,
    ) -> Result<Disclosure, Error> {
        let mut person_id = None;
        let mut business_id = None;
        match of {
            Party::Person(id) => person_id = Some(id),
            Party::Business(id) => business_id = Some(id),
        }
        let body = NewDisclosure {
            person_id,
            business_id,
            acknowledging_person_id: self.by,
            ..NewDisclosure::new(
                self.at,
                self.event.clone(),
                self.kind.clone(),
                self.version.clone(),
            )
        };
        let part = format!("{}/{}/{}", self.kind.as_str(), self.version, self.event.as_str());
        // The same act may be on record already: the moment on record is the first that was given.
        steps
            .record(
                &part,
                |api| recovery::disclosure(api, body.clone()),
                |_| true,
                |api| api.create_disclosure(&body),
                |disclosure| disclosure.id.map_or_else(String::new, |id| id.to_string()),
            )
            .await
    }
}
