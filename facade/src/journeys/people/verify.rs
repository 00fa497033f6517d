//! A further check of a party that is on file: again, or with a document that a person showed.

use synctera_api::runtime::ErrorCode;
use synctera_api::{Error, Sensitive};

use super::customer::verify_today;
use crate::checks::Checks;
use crate::journeys::outcome::NotAccepted;
use crate::journeys::run::sealed::Sealed;
use crate::journeys::{Availability, Journey, Outcome, Party, Run, Steps};
use crate::types::{Verification, VerificationStatus};
use crate::{IntoOption, Synctera};

impl Synctera {
    /// Runs the checks of a party that is on file: once more after its data changed, or with the
    /// document that a person showed because their identity was doubtful.
    ///
    /// The newest result of each check counts. A document settles a doubtful identity, not a
    /// watchlist that names the person.
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
    ///     // The person follows the link, and shows a passport.
    ///     let request = Verify::new(customer.person.id).document(&session).consented();
    ///     assert!(client.verify(&request).await?.is_accepted());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) without consent, or with a document for a
    /// business; else what the platform answers: `BAD_REQUEST_BODY` names the data that is missing.
    pub fn verify(&self, request: &Verify) -> Run<'static, Verify> {
        Run::new(self, request)
    }
}

/// Asks for a party to be checked; see [`Synctera::verify`].
#[derive(Clone, Debug)]
pub struct Verify {
    party: Party,
    document: Option<Sensitive<String>>,
    ip_address: Option<String>,
    consented: bool,
}

impl Verify {
    /// This person or business. The platform checks nobody who has not
    /// [`consented`](Self::consented).
    pub fn new(party: impl Into<Party>) -> Self {
        Self { party: party.into(), document: None, ip_address: None, consented: false }
    }

    /// With the document that the person showed: the token of a
    /// [`DocumentSession`](crate::DocumentSession), or the id that the vendor's own library gave.
    #[must_use]
    pub fn document(mut self, document: impl IntoOption<Sensitive<String>>) -> Self {
        self.document = document.into_option();
        self
    }

    /// The party agreed to be checked.
    #[must_use]
    pub fn consented(mut self) -> Self {
        self.consented = true;
        self
    }

    /// The address that the person came from, for the fraud checks.
    #[must_use]
    pub fn ip_address(mut self, address: impl IntoOption<std::net::IpAddr>) -> Self {
        self.ip_address = address.into_option().map(|address| address.to_string());
        self
    }

    fn check(&self) -> Result<(), Error> {
        let mut checks = Checks::of(Self::NAME);
        checks.ensure(
            self.consented,
            "customer_consent",
            "the party must have agreed to be checked; say so with consented()",
        );
        checks.ensure(
            self.document.is_none() || matches!(self.party, Party::Person(_)),
            "document_id",
            "only a person shows a document",
        );
        checks.finish()
    }
}

/// What a verification found.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Verified {
    /// Whom it was about.
    pub party: Party,
    /// The status that it led to.
    pub status: VerificationStatus,
    /// What was checked, and with what result.
    pub verifications: Vec<Verification>,
}

impl Outcome<Verified> {
    /// What was found, for callers who go on with accepted parties alone.
    ///
    /// # Errors
    /// [`NotAccepted`] with any other outcome; as an error it is
    /// [`Refused`](crate::ErrorKind::Refused), with the code that the
    /// platform would answer to an account for the party.
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
