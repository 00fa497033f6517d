//! Recording a verification that was made outside of the platform.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use synctera_api::Error;

use crate::journeys::journey::sealed::Sealed;
use crate::journeys::{Availability, Journey, Party, Run, Steps};
use crate::types::{
    NewVerification, Verification, VerificationDetailInput, VerificationResult, VerificationType,
    VerificationVendorInfo,
};
use crate::{IntoOption, Synctera};

impl Synctera {
    /// Records the result of a verification that was made outside of the platform; the verification
    /// status of the party follows from it. Needs an agreement with the platform, for programs that
    /// verify their customers themselves.
    ///
    /// The platform requires the data of the party: for a person the names, the date of birth, both
    /// addresses, an e-mail address or a phone number, and a social security number or another
    /// personal id; for a business the name, the address, an e-mail address or a phone number, and
    /// the EIN.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use synctera::{Address, OnboardCustomer, PersonDetails, Synctera};
    /// # let sandbox = synctera_sandbox::Sandbox::builder()
    /// #     .clock_held_at("2026-11-24T14:00:00Z".parse()?)
    /// #     .start()
    /// #     .await?;
    /// # let client = Synctera::builder(sandbox.api_key()).base_url(sandbox.base_url()).build()?;
    /// # let ada = PersonDetails::new("Ada", "Review", "1985-12-10".parse()?)
    /// #     .email("ada@example.com")
    /// #     .phone_number("+14155550123")
    /// #     .ssn("456-78-9012")
    /// #     .legal_address(Address::us("1 Market St", "San Francisco", "CA", "94105"));
    /// # let signup = OnboardCustomer::new(ada).consented();
    /// # let person = client.onboard_customer(&signup).await?.into_inner().person.id;
    /// use synctera::RecordVerification;
    /// use synctera::types::{VerificationResult, VerificationType};
    ///
    /// let decided_at = "2026-11-24T14:00:00Z".parse()?; // Stored with the decision.
    /// let decided = RecordVerification::new(
    ///     person,
    ///     VerificationType::ManualReview,
    ///     VerificationResult::Accepted,
    ///     decided_at,
    /// );
    /// client.record_verification(&decided).key("case-17").await?;
    /// assert!(client.await_verification(person).await?.is_accepted());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The platform's errors: `BAD_REQUEST_BODY` with the data that is missing.
    pub fn record_verification(
        &self,
        request: &RecordVerification,
    ) -> Run<'static, RecordVerification> {
        Run::new(self, request)
    }
}

/// A request to record a verification; see [`Synctera::record_verification`].
#[derive(Clone, Debug)]
pub struct RecordVerification {
    party: Party,
    kind: VerificationType,
    result: VerificationResult,
    at: DateTime<Utc>,
    details: Vec<VerificationDetailInput>,
    vendor: Option<VerificationVendorInfo>,
    metadata: Map<String, Value>,
}

impl RecordVerification {
    /// The party, the type of verification, its result and its time. A `MANUAL_REVIEW` overrides
    /// all other verifications.
    /// The moment must be the same in each run under one key: store it.
    pub fn new(
        party: impl Into<Party>,
        kind: VerificationType,
        result: VerificationResult,
        at: DateTime<Utc>,
    ) -> Self {
        Self {
            party: party.into(),
            kind,
            result,
            at,
            details: Vec::new(),
            vendor: None,
            metadata: Map::new(),
        }
    }

    /// Adds a detail that was checked. May be repeated.
    #[must_use]
    pub fn detail(mut self, detail: VerificationDetailInput) -> Self {
        self.details.push(detail);
        self
    }

    /// The vendor's own report.
    #[must_use]
    pub fn vendor(mut self, vendor: impl IntoOption<VerificationVendorInfo>) -> Self {
        self.vendor = vendor.into_option();
        self
    }

    /// Adds a value of your own, which the platform stores with the verification.
    #[must_use]
    pub fn metadata(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.metadata.insert(name.into(), value.into());
        self
    }
}

impl Sealed for RecordVerification {}

impl Journey for RecordVerification {
    type Outcome = Verification;

    const NAME: &'static str = "record_verification";

    const AVAILABILITY: Availability = Availability::Everywhere;

    async fn execute<'a>(&'a self, steps: &'a mut Steps<'_>) -> Result<Verification, Error> {
        let mut body = NewVerification {
            details: self.details.clone(),
            vendor_info: self.vendor.clone(),
            metadata: self.metadata.clone(),
            ..NewVerification::new(self.result.clone(), self.at, self.kind.clone())
        };
        match self.party {
            Party::Person(id) => body.person_id = Some(id),
            Party::Business(id) => body.business_id = Some(id),
        }
        steps
            .write(
                "",
                |api| api.create_verification(&body),
                |verification: &Verification| {
                    verification.id.map_or_else(String::new, |id| id.to_string())
                },
            )
            .await
    }
}
