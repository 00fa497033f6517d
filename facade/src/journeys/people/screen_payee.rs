//! Screening a payee who is not a customer.

use synctera_api::Error;
use synctera_api::runtime::CustomerId;
use uuid::Uuid;

use crate::Synctera;
use crate::journeys::journey::sealed::Sealed;
use crate::journeys::{Availability, Journey, Party, Run, Steps};
use crate::types::{
    AdhocVerificationRequest, AdhocVerificationResponse,
    AdhocVerificationResponseMatchingWatchlists, VerificationResult,
};

impl Synctera {
    /// Screens a payee against the watchlists: a person or a business that is on the platform and
    /// is not a customer.
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
    /// The platform's errors: `CUSTOMER_NOT_FOUND` for an unknown payer or payee.
    pub fn screen_payee(&self, request: &ScreenPayee) -> Run<'static, ScreenPayee> {
        Run::new(self, request)
    }
}

/// A request to screen a payee; see [`Synctera::screen_payee`].
#[derive(Clone, Debug)]
pub struct ScreenPayee {
    payer: Party,
    payee: Party,
}

impl ScreenPayee {
    /// The customer who pays, and the payee.
    pub fn new(payer: impl Into<Party>, payee: impl Into<Party>) -> Self {
        Self { payer: payer.into(), payee: payee.into() }
    }
}

/// The result of screening a payee.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ScreenedPayee {
    /// The id of the screening.
    pub id: Uuid,
    /// The result of the screening.
    pub result: VerificationResult,
    /// The watchlists with a match.
    pub matching_watchlists: Vec<AdhocVerificationResponseMatchingWatchlists>,
}

impl ScreenedPayee {
    /// Whether the payee was accepted, without a match on any watchlist.
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
