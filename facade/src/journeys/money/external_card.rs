//! Cards that other banks issued.

use synctera_api::runtime::{BusinessId, CustomerId, ErrorCode, ExternalCardId, NextAction};
use synctera_api::{Error, Sensitive};

use crate::checks::Checks;
use crate::journeys::run::sealed::Sealed;
use crate::journeys::{Availability, Journey, Run, Steps};
use crate::types::{ExternalCard, ExternalCardVerificationsState, NewExternalCardFromToken};
use crate::{IntoOption, Synctera};

impl Synctera {
    /// Adds a customer's card that another bank issued, to pull money from it and push money to
    /// it. With the feature `external_cards`.
    ///
    /// The vendor's page in the customer's browser makes a token of the card's number, which the
    /// integrator never sees. A token lives for five minutes and is used once.
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
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) before anything is sent; else what the
    /// platform says. A card whose holder, address or code did not fit is added all the same: see
    /// [`AddedExternalCard::verified`].
    pub fn add_external_card(&self, request: &AddExternalCard) -> Run<'static, AddExternalCard> {
        Run::new(self, request)
    }
}

/// Asks for a card to be added; see [`Synctera::add_external_card`].
#[derive(Clone, Debug)]
pub struct AddExternalCard {
    customer: CustomerId,
    business: Option<BusinessId>,
    name: String,
    token: Sensitive<String>,
}

/// A card that was added.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AddedExternalCard {
    /// Its id.
    pub id: ExternalCardId,
    /// The card, with what its verification found.
    pub card: ExternalCard,
}

impl AddedExternalCard {
    /// The card, if its verification succeeded.
    ///
    /// # Errors
    /// [`Refused`](crate::ErrorKind::Refused), saying what did not fit.
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

    /// Whether money can be pulled from it.
    pub fn can_pull(&self) -> bool {
        self.card.verifications.as_ref().is_some_and(|found| found.pull_enabled)
    }

    /// Whether money can be pushed to it.
    pub fn can_push(&self) -> bool {
        self.card.verifications.as_ref().is_some_and(|found| found.push_enabled)
    }
}

impl AddExternalCard {
    /// A customer's card: the name on it, and the token that the vendor's page made.
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

    /// The card's address is that of this business of the customer.
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
