//! Onboarding a business and the people behind it.

mod request;

use chrono::NaiveDate;
use synctera_api::runtime::{BusinessId, ErrorCode};
use synctera_api::{Error, Sensitive};

use super::customer::{subscribe, verify};
use super::related_person::{OnboardedRelatedPerson, RelatedPerson, onboard, relate};
use crate::journeys::journey::sealed::Sealed;
use crate::journeys::outcome::NotAccepted;
use crate::journeys::steps::Created;
use crate::journeys::{Availability, Disclosed, Journey, Outcome, Party, Run, Steps, recovery};
use crate::types::{
    Business, BusinessOwnerInput, BusinessPatch, BusinessStatus, BusinessStructure, Disclosure,
    MonitoringSubscription, NewRelationship, OwnershipData, Relationship, Verification,
    VerificationStatus,
};
use crate::{Address, IntoOption, Synctera};

impl Synctera {
    /// Onboards a business as a customer: creates it as a prospect, creates and verifies the people
    /// behind it, relates them to it, records the disclosures, sets the business to active, runs
    /// the business checks, and subscribes it to monitoring if requested.
    ///
    /// The platform verifies a business only if it has an owner or a managing person, and requires
    /// an `OWNER_CERTIFICATION` disclosure once all owners are stored.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use synctera::{Address, PersonDetails, Synctera};
    /// # let sandbox = synctera_sandbox::Sandbox::start().await?;
    /// # let client = Synctera::builder(sandbox.api_key()).base_url(sandbox.base_url()).build()?;
    /// # let office = Address::us("1 Market St", "San Francisco", "CA", "94105");
    /// # let grace = PersonDetails::new("Grace", "Murray", "1976-12-09".parse()?)
    /// #     .email("grace@example.com")
    /// #     .phone_number("+14155550124")
    /// #     .ssn("456-78-9013")
    /// #     .legal_address(office.clone());
    /// use synctera::types::BusinessStructure;
    /// use synctera::{OnboardBusiness, RelatedPerson};
    ///
    /// let request = OnboardBusiness::new("Flow Matic LLC", BusinessStructure::Llc, office)
    ///     .ein("12-3456789")
    ///     .related_person(RelatedPerson::new(grace).ownership_percent(60.0).managing())
    ///     .consented();
    /// let business = client.onboard_business(&request).await?.accepted()?;
    /// assert_eq!(business.related_people.len(), 1);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Synctera::onboard_customer`].
    pub fn onboard_business(&self, request: &OnboardBusiness) -> Run<'static, OnboardBusiness> {
        Run::new(self, request)
    }
}

/// A request to onboard a business as a customer; see [`Synctera::onboard_business`].
#[derive(Clone, Debug)]
pub struct OnboardBusiness {
    entity_name: String,
    structure: BusinessStructure,
    legal_address: Address,
    ein: Option<Sensitive<String>>,
    email: Option<String>,
    phone_number: Option<String>,
    formation_date: Option<NaiveDate>,
    formation_state: Option<String>,
    trade_names: Vec<String>,
    website: Option<String>,
    related_people: Vec<RelatedPerson>,
    owning_businesses: Vec<(BusinessId, f64)>,
    disclosures: Vec<Disclosed>,
    consented: bool,
    monitoring: bool,
}

impl OnboardBusiness {
    /// A business by its legal name, its legal structure and its registered address.
    pub fn new(
        entity_name: impl Into<String>,
        structure: BusinessStructure,
        legal_address: Address,
    ) -> Self {
        Self {
            entity_name: entity_name.into(),
            structure,
            legal_address,
            ein: None,
            email: None,
            phone_number: None,
            formation_date: None,
            formation_state: None,
            trade_names: Vec::new(),
            website: None,
            related_people: Vec::new(),
            owning_businesses: Vec::new(),
            disclosures: Vec::new(),
            consented: false,
            monitoring: false,
        }
    }

    /// The employer identification number: nine digits.
    #[must_use]
    pub fn ein(mut self, ein: impl IntoOption<String>) -> Self {
        self.ein = ein.into_option().map(Sensitive::new);
        self
    }

    /// The e-mail address.
    #[must_use]
    pub fn email(mut self, email: impl IntoOption<String>) -> Self {
        self.email = email.into_option();
        self
    }

    /// The phone number: `+14155550123`, or in the national format of the legal address's country.
    #[must_use]
    pub fn phone_number(mut self, number: impl IntoOption<String>) -> Self {
        self.phone_number = number.into_option();
        self
    }

    /// The date and the state of formation.
    #[must_use]
    pub fn formed(mut self, date: NaiveDate, state: impl Into<String>) -> Self {
        self.formation_date = Some(date);
        self.formation_state = Some(state.into());
        self
    }

    /// Adds a name that the business trades under. May be repeated.
    #[must_use]
    pub fn trade_name(mut self, name: impl Into<String>) -> Self {
        self.trade_names.push(name.into());
        self
    }

    /// The address of its website.
    #[must_use]
    pub fn website(mut self, website: impl IntoOption<String>) -> Self {
        self.website = website.into_option();
        self
    }

    /// Adds a person who owns or manages the business. May be repeated; at least one is required.
    #[must_use]
    pub fn related_person(mut self, person: RelatedPerson) -> Self {
        self.related_people.push(person);
        self
    }

    /// Adds a business that owns a share of this one, in percent: more than 0, at most 100. The
    /// owner must be onboarded and verified already. May be repeated.
    #[must_use]
    pub fn owned_by(mut self, business: BusinessId, percent: f64) -> Self {
        self.owning_businesses.push((business, percent));
        self
    }

    /// Adds a disclosure that was presented to the business. May be repeated.
    ///
    /// A person acknowledges an `OWNER_CERTIFICATION`: the person whom [`Disclosed::by`] names, the
    /// one who [certifies ownership](RelatedPerson::certifies_ownership), or the only one behind
    /// the business.
    #[must_use]
    pub fn disclosed(mut self, disclosed: Disclosed) -> Self {
        self.disclosures.push(disclosed);
        self
    }

    /// The business and the people behind it consented to the checks. Required.
    #[must_use]
    pub fn consented(mut self) -> Self {
        self.consented = true;
        self
    }

    /// Subscribes the business to continuous watchlist monitoring, once accepted.
    #[must_use]
    pub fn monitoring(mut self) -> Self {
        self.monitoring = true;
        self
    }
}

/// An onboarded business.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct OnboardedBusiness {
    /// The id of the business.
    pub id: BusinessId,
    /// The business, with the verification status that the checks resulted in.
    pub business: Business,
    /// The people behind the business, in the order of the request.
    pub related_people: Vec<OnboardedRelatedPerson>,
    /// The relationships with the owning businesses, in the order of the request.
    pub owning_businesses: Vec<Relationship>,
    /// The disclosures as the platform recorded them, in the order of the request.
    pub disclosures: Vec<Disclosure>,
    /// The checks of the business and their results.
    pub verifications: Vec<Verification>,
    /// The monitoring subscription, if it was requested and the business was accepted.
    pub monitoring: Option<MonitoringSubscription>,
}

impl Outcome<OnboardedBusiness> {
    /// The business, if the verification accepted it.
    ///
    /// # Errors
    /// [`NotAccepted`] for any other outcome. `?` converts it to an error of the kind
    /// [`Refused`](crate::ErrorKind::Refused) with the code `BUSINESS_NOT_VERIFIED`.
    pub fn accepted(self) -> Result<OnboardedBusiness, NotAccepted<OnboardedBusiness>> {
        self.accepted_or_refused(
            OnboardBusiness::NAME,
            ErrorCode::BusinessNotVerified,
            |business| Party::Business(business.id),
        )
    }
}

impl Sealed for OnboardBusiness {}

impl Journey for OnboardBusiness {
    type Outcome = Outcome<OnboardedBusiness>;

    const NAME: &'static str = "onboard_business";

    const AVAILABILITY: Availability = Availability::Everywhere;

    async fn execute<'a>(&'a self, steps: &'a mut Steps<'_>) -> Result<Self::Outcome, Error> {
        let request = steps.normalized(self.normalize()?);
        let created = steps
            .find_or_create(
                "",
                recovery::business,
                |api, marker| {
                    let mut body = request.to_new();
                    marker.put(&mut body.metadata);
                    api.create_business(&body)
                },
                |business: &Business| business.id.map_or_else(String::new, |id| id.to_string()),
            )
            .await?;
        let created = match created {
            Created::AsAsked(business) => business,
            Created::Earlier(business) => request.correct(steps, business).await?,
        };
        let id = created.id.ok_or_else(|| Error::incomplete_answer("create_business", "id"))?;

        let mut related_people = Vec::new();
        for (index, owner) in request.related_people.iter().enumerate() {
            related_people.push(onboard(steps, owner, index, id).await?);
        }
        let mut owning_businesses = Vec::new();
        for (index, (owner, percent)) in self.owning_businesses.iter().enumerate() {
            let owning = BusinessOwnerInput::new(OwnershipData::new(*percent), *owner, id);
            owning_businesses.push(relate(steps, NewRelationship::OwnerOf(owning), index).await?);
        }
        let mut disclosures = Vec::new();
        for disclosed in &self.disclosures {
            let mut disclosed = disclosed.clone();
            let certifier = self.certifier().and_then(|index| related_people.get(index));
            if let Some(person) = certifier.filter(|_| disclosed.needs_person()) {
                disclosed = disclosed.by(person.id);
            }
            disclosures.push(disclosed.record(steps, Party::Business(id)).await?);
        }
        let business = activate(steps, id, created).await?;
        let checked = verify(steps, Party::Business(id), None, None).await?;
        let mut business = steps.current(business, |api| api.get_business(id)).await?;
        let checked = match (steps.is_named(), business.verification_status.clone()) {
            (true, Some(status)) => checked.of_today(steps, Party::Business(id), status).await?,
            _ => checked,
        };
        let status = checked.verification_status;
        business.verification_status = Some(status.clone());
        let monitoring = match &status {
            VerificationStatus::Accepted if self.monitoring => {
                Some(subscribe(steps, Party::Business(id)).await?)
            }
            _ => None,
        };
        let verifications = checked.verifications;
        let onboarded = OnboardedBusiness {
            id,
            business,
            related_people,
            owning_businesses,
            disclosures,
            verifications,
            monitoring,
        };
        Ok(Outcome::of(&status, onboarded))
    }
}

/// Sets a prospect to active. Any other status, set since an earlier run, stays.
async fn activate(
    steps: &mut Steps<'_>,
    id: BusinessId,
    business: Business,
) -> Result<Business, Error> {
    if steps.is_old() && business.status != BusinessStatus::Prospect {
        return Ok(business);
    }
    let body = BusinessPatch { status: BusinessStatus::Active.into(), ..BusinessPatch::default() };
    steps.write("", |api| api.update_business(id, &body), |_| id.to_string()).await
}
