//! Onboarding a person as a customer.

use synctera_api::Error;
use synctera_api::runtime::ErrorCode;

use crate::checks::Checks;
use crate::journeys::journey::sealed::Sealed;
use crate::journeys::outcome::NotAccepted;
use crate::journeys::{
    Availability, Disclosed, Journey, Outcome, Party, PersonDetails, Run, Steps, recovery,
};
use crate::normalize::Normalization;
use crate::types::{
    Disclosure, MonitoringSubscription, NewMonitoringSubscription, Person, PersonPatch,
    PersonStatus, Verification, VerificationStatus, VerifyRequest, VerifyResponse,
};
use crate::{IntoOption, Synctera};

impl Synctera {
    /// Onboards a person as a customer: creates the person as a prospect, records the disclosures,
    /// sets the person to active, runs the identity and watchlist checks, and subscribes an
    /// accepted customer to monitoring if requested.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use synctera::{Address, PersonDetails, Synctera};
    /// # let sandbox = synctera_sandbox::Sandbox::start().await?;
    /// # let client = Synctera::builder(sandbox.api_key()).base_url(sandbox.base_url()).build()?;
    /// # let ada = PersonDetails::new("Ada", "Byron", "1985-12-10".parse()?)
    /// #     .email("ada@example.com")
    /// #     .phone_number("+14155550123")
    /// #     .ssn("456-78-9012")
    /// #     .legal_address(Address::us("1 Market St", "San Francisco", "CA", "94105"));
    /// use synctera::{OnboardCustomer, Outcome};
    ///
    /// let request = OnboardCustomer::new(ada).consented();
    /// match client.onboard_customer(&request).key("signup-8841").await? {
    ///     Outcome::Accepted(customer) => println!("welcome, {}", customer.person.id),
    ///     Outcome::Review(customer) => println!("{} is under review", customer.person.id),
    ///     Outcome::Rejected(_) => println!("we cannot serve you"),
    ///     Outcome::Pending(customer) => println!("verify {} again later", customer.person.id),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) with all fields that are missing or wrong,
    /// before anything is sent; otherwise the error of the step that failed, with the run's
    /// progress.
    pub fn onboard_customer(&self, request: &OnboardCustomer) -> Run<'static, OnboardCustomer> {
        Run::new(self, request)
    }
}

/// A request to onboard a person as a customer; see [`Synctera::onboard_customer`].
#[derive(Clone, Debug)]
pub struct OnboardCustomer {
    person: PersonDetails,
    disclosures: Vec<Disclosed>,
    consented: bool,
    ip_address: Option<String>,
    monitoring: bool,
}

impl OnboardCustomer {
    /// Onboards this person. The platform requires consent to the checks: see
    /// [`consented`](Self::consented).
    pub fn new(person: PersonDetails) -> Self {
        Self {
            person,
            disclosures: Vec::new(),
            consented: false,
            ip_address: None,
            monitoring: false,
        }
    }

    /// Adds a disclosure that was presented to the person. May be repeated.
    #[must_use]
    pub fn disclosed(mut self, disclosed: Disclosed) -> Self {
        self.disclosures.push(disclosed);
        self
    }

    /// The person consented to the identity and watchlist checks. Required.
    #[must_use]
    pub fn consented(mut self) -> Self {
        self.consented = true;
        self
    }

    /// The IP address that the person uses, for the fraud checks.
    #[must_use]
    pub fn ip_address(mut self, address: impl IntoOption<std::net::IpAddr>) -> Self {
        self.ip_address = address.into_option().map(|address| address.to_string());
        self
    }

    /// Subscribes the person to continuous watchlist monitoring, once accepted.
    #[must_use]
    pub fn monitoring(mut self) -> Self {
        self.monitoring = true;
        self
    }
}

/// An onboarded person.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct OnboardedCustomer {
    /// The person, with the verification status that the checks resulted in.
    pub person: Person,
    /// The disclosures as the platform recorded them, in the order of the request.
    pub disclosures: Vec<Disclosure>,
    /// The checks and their results.
    pub verifications: Vec<Verification>,
    /// The monitoring subscription, if it was requested and the person was accepted.
    pub monitoring: Option<MonitoringSubscription>,
}

impl Outcome<OnboardedCustomer> {
    /// The customer, if the verification accepted the person.
    ///
    /// # Errors
    /// [`NotAccepted`] for any other outcome. `?` converts it to an error of the kind
    /// [`Refused`](crate::ErrorKind::Refused) with the code `CUSTOMER_NOT_VERIFIED`.
    pub fn accepted(self) -> Result<OnboardedCustomer, NotAccepted<OnboardedCustomer>> {
        self.accepted_or_refused(
            OnboardCustomer::NAME,
            ErrorCode::CustomerNotVerified,
            |customer| Party::Person(customer.person.id),
        )
    }
}

impl Sealed for OnboardCustomer {}

impl Journey for OnboardCustomer {
    type Outcome = Outcome<OnboardedCustomer>;

    const NAME: &'static str = "onboard_customer";

    const AVAILABILITY: Availability = Availability::Everywhere;

    async fn execute<'a>(&'a self, steps: &'a mut Steps<'_>) -> Result<Self::Outcome, Error> {
        let request = steps.normalized(self.normalize()?);
        let created = request.person.create(steps, "", true, PersonStatus::Prospect).await?;
        let mut disclosures = Vec::new();
        for disclosed in &self.disclosures {
            disclosures.push(disclosed.record(steps, Party::Person(created.id)).await?);
        }
        let person = activate(steps, created).await?;
        let id = person.id;
        let party = Party::Person(id);
        let checked = verify(steps, party, self.ip_address.as_deref(), None).await?;
        let mut person = steps.current(person, |api| api.get_person(id)).await?;
        let checked = match steps.is_named() {
            true => checked.of_today(steps, party, person.verification_status.clone()).await?,
            false => checked,
        };
        let status = checked.verification_status;
        person.verification_status = status.clone();
        let monitoring = match &status {
            VerificationStatus::Accepted if self.monitoring => Some(subscribe(steps, party).await?),
            _ => None,
        };
        let verifications = checked.verifications;
        let onboarded = OnboardedCustomer { person, disclosures, verifications, monitoring };
        Ok(Outcome::of(&status, onboarded))
    }
}

impl OnboardCustomer {
    /// Checks the request without sending anything, and returns the values that would be sent in
    /// another form than they were given. The journey makes the same check, and reports the changes
    /// to [`Run::on_normalized`].
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) with all fields that are missing or wrong.
    pub fn check(&self) -> Result<Vec<Normalization>, Error> {
        self.normalize().map(|(_, changes)| changes)
    }

    fn normalize(&self) -> Result<(Self, Vec<Normalization>), Error> {
        let mut checks = Checks::of(Self::NAME);
        let person = self.person.normalize(&mut checks, "");
        for (index, disclosed) in self.disclosures.iter().enumerate() {
            disclosed.check(&mut checks, index);
        }
        checks.ensure(self.consented, "customer_consent", "must consent to the identity check");
        let changes = checks.changes()?;
        Ok((Self { person, ..self.clone() }, changes))
    }
}

/// Sets a prospect to active. Any other status, set since an earlier run, stays.
async fn activate(steps: &mut Steps<'_>, person: Person) -> Result<Person, Error> {
    if steps.is_old() && person.status != PersonStatus::Prospect {
        return Ok(person);
    }
    let body = PersonPatch { status: PersonStatus::Active.into(), ..PersonPatch::default() };
    steps.write("", |api| api.update_person(person.id, &body), |person| person.id.to_string()).await
}

/// The results of the checks of a party.
pub(super) struct Checked {
    pub(super) verification_status: VerificationStatus,
    pub(super) verifications: Vec<Verification>,
}

impl Checked {
    /// The results as they are now, where `status` is the party's current status. A repeated run
    /// gets the answer of the first run, and a review may have ended since.
    pub(super) async fn of_today(
        self,
        steps: &mut Steps<'_>,
        party: Party,
        status: VerificationStatus,
    ) -> Result<Self, Error> {
        if status == self.verification_status {
            return Ok(self);
        }
        let verifications = recovery::verifications(steps.api().clone(), party).await?;
        Ok(Self { verification_status: status, verifications })
    }
}

/// Runs the checks of a party, and reads their current results.
pub(super) async fn verify_today(
    steps: &mut Steps<'_>,
    party: Party,
    ip_address: Option<&str>,
    document: Option<&str>,
) -> Result<Checked, Error> {
    let checked = verify(steps, party, ip_address, document).await?;
    if !steps.is_named() {
        return Ok(checked);
    }
    let status = party.verification_status(steps.api()).await?;
    checked.of_today(steps, party, status).await
}

/// Runs the checks of a party, with the identity document if there is one, or reads the results of
/// an earlier run.
pub(super) async fn verify(
    steps: &mut Steps<'_>,
    party: Party,
    ip_address: Option<&str>,
    document: Option<&str>,
) -> Result<Checked, Error> {
    // A document is always verified again.
    if steps.is_old() && document.is_none() {
        let verification_status = party.verification_status(steps.api()).await?;
        if verification_status != VerificationStatus::Unverified {
            let verifications = recovery::verifications(steps.api().clone(), party).await?;
            return Ok(Checked { verification_status, verifications });
        }
    }
    let mut body = VerifyRequest {
        customer_ip_address: ip_address.map(str::to_owned),
        document_id: document.map(str::to_owned),
        ..VerifyRequest::new(true)
    };
    match party {
        Party::Person(id) => body.person_id = Some(id),
        Party::Business(id) => body.business_id = Some(id),
    }
    let resource = party.to_string();
    // The party's status shows that no earlier run made this step.
    let nothing = |_, _| async { Ok(None) };
    let checked: VerifyResponse = steps
        .create(
            &resource,
            nothing,
            |api, _| api.verify(&body),
            |checked: &VerifyResponse| checked.verification_status.as_str().to_owned(),
        )
        .await?;
    let VerifyResponse { verification_status, verifications, .. } = checked;
    Ok(Checked { verification_status, verifications })
}

/// Subscribes a party to monitoring.
pub(super) async fn subscribe(
    steps: &mut Steps<'_>,
    party: Party,
) -> Result<MonitoringSubscription, Error> {
    let mut body = NewMonitoringSubscription::default();
    match party {
        Party::Person(id) => body.person_id = Some(id),
        Party::Business(id) => body.business_id = Some(id),
    }
    steps
        .record(
            "",
            |api| recovery::subscription(api, party),
            |_| true,
            |api| api.create_monitoring_subscription(&body),
            |subscription: &MonitoringSubscription| {
                subscription.id.map_or_else(String::new, |id| id.to_string())
            },
        )
        .await
}
