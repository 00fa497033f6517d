//! May a customer pay somebody who is none?

use synctera_api::Error;
use synctera_api::runtime::CustomerId;
use uuid::Uuid;

use crate::Synctera;
use crate::journeys::run::sealed::Sealed;
use crate::journeys::{Availability, Journey, Party, Run, Steps};
use crate::types::{
    AdhocVerificationRequest, AdhocVerificationResponse,
    AdhocVerificationResponseMatchingWatchlists, VerificationResult,
};

impl Synctera {
    /// Looks on the watchlists for somebody whom a customer wants to pay: a person or a business
    /// that is on file without being a customer.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use synctera::types::{NewPerson, PersonStatus};
    /// # let sandbox = synctera_sandbox::Sandbox::start().await?;
    /// # let client = synctera::Synctera::builder(sandbox.api_key()).base_url(sandbox.base_url()).build()?;
    /// # let ada = client.api().create_person(&NewPerson::new(true, PersonStatus::Active)).await?.id;
    /// # let william = client.api().create_person(&NewPerson::new(false, PersonStatus::Active)).await?.id;
    /// use synctera::ScreenPayee;
    ///
    /// let screened = client.screen_payee(&ScreenPayee::new(ada, william)).await?;
    /// assert!(screened.may_be_paid());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// What the platform answers: `CUSTOMER_NOT_FOUND` for either.
    pub fn screen_payee(&self, request: &ScreenPayee) -> Run<'static, ScreenPayee> {
        Run::new(self, request)
    }
}

/// Asks whether somebody may be paid; see [`Synctera::screen_payee`].
#[derive(Clone, Debug)]
pub struct ScreenPayee {
    payer: Party,
    payee: Party,
}

impl ScreenPayee {
    /// The customer who wants to pay, and whom.
    pub fn new(payer: impl Into<Party>, payee: impl Into<Party>) -> Self {
        Self { payer: payer.into(), payee: payee.into() }
    }
}

/// What the watchlists say of a payee.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ScreenedPayee {
    /// The id of the check.
    pub id: Uuid,
    /// How it came out.
    pub result: VerificationResult,
    /// The lists that name somebody like the payee.
    pub matching_watchlists: Vec<AdhocVerificationResponseMatchingWatchlists>,
}

impl ScreenedPayee {
    /// Whether no list names them.
    pub fn may_be_paid(&self) -> bool {
        self.result == VerificationResult::Accepted && self.matching_watchlists.is_empty()
    }
}

impl Sealed for ScreenPayee {}

impl Journey for ScreenPayee {
    type Outcome = ScreenedPayee;

    const NAME: &'static str = "screen_payee";

    const AVAILABILITY: Availability = Availability::Everywhere;

    async fn execute<'a>(&'a self, steps: &'a mut Steps<'_>) -> Result<ScreenedPayee, Error> {
        let body = AdhocVerificationRequest::new(
            CustomerId::from(self.payee),
            CustomerId::from(self.payer),
        );
        let found: AdhocVerificationResponse = steps
            .write(
                "",
                |api| api.verify_ad_hoc(&body),
                |found: &AdhocVerificationResponse| found.id.to_string(),
            )
            .await?;
        Ok(ScreenedPayee {
            id: found.id,
            result: found.result,
            matching_watchlists: found.matching_watchlists,
        })
    }
}
