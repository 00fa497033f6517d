//! Adding cards of other banks.

use synctera_api::runtime::{BusinessId, CustomerId, ErrorCode, ExternalCardId, NextAction};
use synctera_api::{Error, Sensitive};

use crate::checks::Checks;
use crate::journeys::journey::sealed::Sealed;
use crate::journeys::{Availability, Journey, Run, Steps};
use crate::types::{ExternalCard, ExternalCardVerificationsState, NewExternalCardFromToken};
use crate::{IntoOption, Synctera};

impl Synctera {
    /// Adds a customer's card of another bank, to pull money from it and push money to it. With the
    /// feature `external_cards`.
    ///
    /// The vendor's page in the customer's browser converts the card number to a token, so that
    /// your program does not handle the number. A token is valid for five minutes and can be used
    /// once.
    ///
    /// ```
    #[doc = include_str!("../example.txt")]
    /// use synctera::AddExternalCard;
    ///
    /// let card = AddExternalCard::new(customer, "Ada Byron", "token-from-the-browser");
    /// let card = client.add_external_card(&card).key("card-9").await?.verified()?;
    /// println!("{} ends in {}", card.id, card.card.last_four);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) before anything is sent; otherwise the
    /// platform's errors. A card whose verification failed is added nevertheless: see
    /// [`AddedExternalCard::verified`].
    pub fn add_external_card(&self, request: &AddExternalCard) -> Run<'static, AddExternalCard> {
        Run::new(self, request)
    }
}

/// A request to add a card of another bank; see [`Synctera::add_external_card`].
#[derive(Clone, Debug)]
pub struct AddExternalCard {
    customer: CustomerId,
    business: Option<BusinessId>,
    name: String,
    token: Sensitive<String>,
}

/// An added card of another bank.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AddedExternalCard {
    /// The id of the card.
    pub id: ExternalCardId,
    /// The card, with the result of its verification.
    pub card: ExternalCard,
}

impl AddedExternalCard {
    /// The card, if its verification succeeded.
    ///
    /// # Errors
    /// [`Refused`](crate::ErrorKind::Refused), with the results for name, address and security
    /// code.
    pub fn verified(self) -> Result<Self, Error> {
        let found = self.card.verifications.as_ref();
        if found.is_some_and(|found| found.state == ExternalCardVerificationsState::Succeeded) {
            return Ok(self);
        }
        let found = found.map_or_else(String::new, |found| {
            format!(
                " (name {}, address {}, code {})",
                found.name_verification_result.as_str(),
                found.address_verification_result.as_str(),
                found.cvv2_result.as_str(),
            )
        });
        let message = format!("the verification of external card {} failed{found}", self.id);
        let code = Some(ErrorCode::UnableToTransact);
        let error = Error::refused(AddExternalCard::NAME, code, message);
        Err(error.with_next_action(NextAction::CorrectAndContinue))
    }

    /// Whether money can be pulled from the card.
    pub fn can_pull(&self) -> bool {
        self.card.verifications.as_ref().is_some_and(|found| found.pull_enabled)
    }

    /// Whether money can be pushed to the card.
    pub fn can_push(&self) -> bool {
        self.card.verifications.as_ref().is_some_and(|found| found.push_enabled)
    }
}

impl AddExternalCard {
    /// A card of a customer: the name on the card, and the token from the vendor's page.
    pub fn new(
        customer: impl Into<CustomerId>,
        name: impl Into<String>,
        token: impl Into<String>,
    ) -> Self {
        Self {
            customer: customer.into(),
            business: None,
            name: name.into(),
            token: Sensitive::new(token.into()),
        }
    }

    /// The business of the customer whose legal address is the address of the card.
    #[must_use]
    pub fn business(mut self, business: impl IntoOption<BusinessId>) -> Self {
        self.business = business.into_option();
        self
    }

    fn check(&self) -> Result<(), Error> {
        let mut checks = Checks::of(Self::NAME);
        checks.text(&self.name, "name");
        checks.text(self.token.expose(), "token");
        checks.finish()
    }
}

impl Sealed for AddExternalCard {}

impl Journey for AddExternalCard {
    type Outcome = AddedExternalCard;

    const NAME: &'static str = "add_external_card";

    const AVAILABILITY: Availability = Availability::Everywhere;

    async fn execute<'a>(&'a self, steps: &'a mut Steps<'_>) -> Result<AddedExternalCard, Error> {
        self.check()?;
        let body = NewExternalCardFromToken {
            business_id: self.business,
            ..NewExternalCardFromToken::new(self.customer, self.name.clone(), self.token.clone())
        };
        let operation = "create_external_card_from_token";
        let card = steps
            .write("", |api| api.create_external_card_from_token(&body), |card| card.id.clone())
            .await?;
        let id = card.id.parse().map_err(|_| Error::incomplete_answer(operation, "id"))?;
        Ok(AddedExternalCard { id, card })
    }
}
