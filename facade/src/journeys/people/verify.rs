//! Verifying a party that is on the platform: again, or with an identity document.

use synctera_api::runtime::ErrorCode;
use synctera_api::{Error, Sensitive};

use super::customer::verify_today;
use crate::checks::Checks;
use crate::journeys::journey::sealed::Sealed;
use crate::journeys::outcome::NotAccepted;
use crate::journeys::{Availability, Journey, Outcome, Party, Run, Steps};
use crate::types::{Verification, VerificationStatus};
use crate::{IntoOption, Synctera};

impl Synctera {
    /// Runs the checks of a party that is on the platform: again after its data changed, or with an
    /// identity document after a review of the identity.
    ///
    /// The latest result of each check counts. A document resolves an identity check, not a match
    /// on a watchlist.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use synctera::{Address, OnboardCustomer, PersonDetails, Synctera};
    /// # let sandbox = synctera_sandbox::Sandbox::start().await?;
    /// # let client = Synctera::builder(sandbox.api_key()).base_url(sandbox.base_url()).build()?;
    /// # let ada = PersonDetails::new("Ada", "Review", "1985-12-10".parse()?)
    /// #     .email("ada@example.com")
    /// #     .phone_number("+14155550123")
    /// #     .ssn("456-78-9012")
    /// #     .legal_address(Address::us("1 Market St", "San Francisco", "CA", "94105"));
    /// use synctera::{Outcome, StartDocumentVerification, Verify};
    ///
    /// let signup = OnboardCustomer::new(ada).consented();
    /// if let Outcome::Review(customer) = client.onboard_customer(&signup).await? {
    ///     let session = StartDocumentVerification::new(customer.person.id).send_message();
    ///     let session = client.start_document_verification(&session).await?;
    ///     // The person opens the link and scans a passport.
    ///     let request = Verify::new(customer.person.id).document(&session).consented();
    ///     assert!(client.verify(&request).await?.is_accepted());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) without consent, or with a document for a
    /// business; otherwise the platform's errors: `BAD_REQUEST_BODY` with the data that is missing.
    pub fn verify(&self, request: &Verify) -> Run<'static, Verify> {
        Run::new(self, request)
    }
}

/// A request to verify a party; see [`Synctera::verify`].
#[derive(Clone, Debug)]
pub struct Verify {
    party: Party,
    document: Option<Sensitive<String>>,
    ip_address: Option<String>,
    consented: bool,
}

impl Verify {
    /// Verifies this person or business. The platform requires consent to the checks: see
    /// [`consented`](Self::consented).
    pub fn new(party: impl Into<Party>) -> Self {
        Self { party: party.into(), document: None, ip_address: None, consented: false }
    }

    /// The identity document: the token of a [`DocumentSession`](crate::DocumentSession), or the id
    /// that the vendor's own library returned. For persons only.
    #[must_use]
    pub fn document(mut self, document: impl IntoOption<Sensitive<String>>) -> Self {
        self.document = document.into_option();
        self
    }

    /// The party consented to the checks. Required.
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

    fn check(&self) -> Result<(), Error> {
        let mut checks = Checks::of(Self::NAME);
        checks.ensure(self.consented, "customer_consent", "must consent to the identity check");
        checks.ensure(
            self.document.is_none() || matches!(self.party, Party::Person(_)),
            "document_id",
            "must not be given for a business",
        );
        checks.finish()
    }
}

/// The result of a verification.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Verified {
    /// The party that was verified.
    pub party: Party,
    /// The verification status that the checks resulted in.
    pub status: VerificationStatus,
    /// The checks and their results.
    pub verifications: Vec<Verification>,
}

impl Outcome<Verified> {
    /// The result, if the party was accepted.
    ///
    /// # Errors
    /// [`NotAccepted`] for any other outcome. `?` converts it to an error of the kind
    /// [`Refused`](crate::ErrorKind::Refused) with the code `CUSTOMER_NOT_VERIFIED` or
    /// `BUSINESS_NOT_VERIFIED`.
    pub fn accepted(self) -> Result<Verified, NotAccepted<Verified>> {
        let code = match self.get().party {
            Party::Person(_) => ErrorCode::CustomerNotVerified,
            Party::Business(_) => ErrorCode::BusinessNotVerified,
        };
        self.accepted_or_refused(Verify::NAME, code, |verified| verified.party)
    }
}

impl Sealed for Verify {}

impl Journey for Verify {
    type Outcome = Outcome<Verified>;

    const NAME: &'static str = "verify";

    const AVAILABILITY: Availability = Availability::Everywhere;

    async fn execute<'a>(&'a self, steps: &'a mut Steps<'_>) -> Result<Self::Outcome, Error> {
        self.check()?;
        let document = self.document.as_ref().map(|document| document.expose().as_str());
        let found = verify_today(steps, self.party, self.ip_address.as_deref(), document).await?;
        let status = found.verification_status;
        let verified = Verified {
            party: self.party,
            status: status.clone(),
            verifications: found.verifications,
        };
        Ok(Outcome::of(&status, verified))
    }
}
