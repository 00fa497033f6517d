//! Activating physical cards.

use synctera_api::runtime::CustomerId;
use synctera_api::{Error, Sensitive};

use super::issue::{IssuedCard, issued};
use crate::Synctera;
use crate::checks::Checks;
use crate::journeys::journey::sealed::Sealed;
use crate::journeys::{Availability, Journey, Run, Steps};
use crate::types::CardActivationRequest;

impl Synctera {
    /// Activates a physical card by the code on its carrier. The card that it replaces is
    /// terminated.
    ///
    /// If your program must not see the code, let the cardholder enter it in a widget: see
    /// [`card_widget_url`](Synctera::card_widget_url).
    ///
    /// ```
    #[doc = include_str!("../example.txt")]
    /// # let account = checking;
    /// # let ada = customer;
    /// use synctera::{ActivateCard, IssueCard};
    ///
    /// let plastic = client.issue_card(&IssueCard::physical_debit(account, ada)).await?;
    /// // In the sandbox only; in production the cardholder reads the code on the carrier.
    /// let code = client.api().get_card_barcodes(plastic.id).await?.into_inner().barcode;
    /// let card = client.activate_card(&ActivateCard::new(ada, code.unwrap_or_default())).await?;
    /// println!("{} is {}", card.id, card.status.as_str());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for an empty code; otherwise the platform's
    /// errors: `BAD_REQUEST_BODY` when no card of the customer has the code, `INVALID_STATUS` when
    /// the card is not `UNACTIVATED`.
    pub fn activate_card(&self, request: &ActivateCard) -> Run<'static, ActivateCard> {
        Run::new(self, request)
    }
}

/// A request to activate a card; see [`Synctera::activate_card`].
#[derive(Clone, Debug)]
pub struct ActivateCard {
    customer: CustomerId,
    code: Sensitive<String>,
}

impl ActivateCard {
    /// Activates the card of this customer that has this code on its carrier.
    pub fn new(customer: impl Into<CustomerId>, code: impl Into<String>) -> Self {
        Self { customer: customer.into(), code: Sensitive::new(code.into()) }
    }
}

impl Sealed for ActivateCard {}

impl Journey for ActivateCard {
    type Outcome = IssuedCard;

    const NAME: &'static str = "activate_card";

    const AVAILABILITY: Availability = Availability::Everywhere;

    async fn execute<'a>(&'a self, steps: &'a mut Steps<'_>) -> Result<IssuedCard, Error> {
        let mut checks = Checks::of(Self::NAME);
        checks.text(self.code.expose(), "activation_code");
        checks.finish()?;
        let body = CardActivationRequest::new(self.code.clone(), self.customer);
        let card = steps.write("", |api| api.activate_card(&body), super::issue::id_text).await?;
        issued("activate_card", card)
    }
}
