//! PINs, and the widgets in which cardholders handle card data themselves.

use synctera_api::runtime::{AccountId, CardId, CustomerId};
use synctera_api::{Error, Sensitive};

use crate::checks::Checks;
use crate::journeys::journey::sealed::Sealed;
use crate::journeys::{Availability, Journey, Run, Steps};
use crate::types::{
    CardWidgetType, GetCardWidgetTokenQuery, GetCardWidgetUrlQuery, SetPinRequest, WidgetType,
};
use crate::{IntoOption, Synctera};

impl Synctera {
    /// Sets the PIN of a card: four digits. Only programs that are certified for card data may do
    /// this; others use a widget: see [`card_widget_url`](Synctera::card_widget_url).
    ///
    /// ```
    #[doc = include_str!("../example.txt")]
    /// # let card = client.issue_card(&synctera::IssueCard::physical_debit(checking, customer)).await?.id;
    /// use synctera::SetCardPin;
    ///
    /// client.set_card_pin(&SetCardPin::new(card, "2718")).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for anything but four digits; otherwise the
    /// platform's errors: `INVALID_STATUS` for a terminated card.
    pub fn set_card_pin(&self, request: &SetCardPin) -> Run<'static, SetCardPin> {
        Run::new(self, request)
    }

    /// The URL of a page on which a customer activates a card (pass `None` as the card) or sets the
    /// PIN of a card. It is valid for a few minutes.
    ///
    /// ```
    #[doc = include_str!("../example.txt")]
    /// # let account = checking;
    /// # let ada = customer;
    /// # let card = client.issue_card(&synctera::IssueCard::physical_debit(checking, customer)).await?.id;
    /// use synctera::types::WidgetType;
    ///
    /// let page = client.card_widget_url(WidgetType::SetPin, account, ada, Some(card)).await?;
    /// println!("show the page at {}", page.expose());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The platform's errors: `BAD_QUERY_PARAMETER` when customer, account and card do not belong
    /// together.
    pub async fn card_widget_url(
        &self,
        widget: WidgetType,
        account: AccountId,
        customer: impl Into<CustomerId>,
        card: impl IntoOption<CardId>,
    ) -> Result<Sensitive<String>, Error> {
        let query = GetCardWidgetUrlQuery {
            card_id: card.into_option(),
            ..GetCardWidgetUrlQuery::new(account, customer.into(), widget)
        };
        let answer = self.api().get_card_widget_url(&query).await?.into_inner();
        let missing = || Error::incomplete_answer("get_card_widget_url", "url");
        answer.url.map(Sensitive::new).ok_or_else(missing)
    }

    /// A token for one of the newer widgets, for one card. It is valid for five minutes.
    ///
    /// # Errors
    /// The platform's errors: `INVALID_STATUS` when the status of the card does not allow what the
    /// widget does.
    pub async fn card_widget_token(
        &self,
        widget: CardWidgetType,
        card: CardId,
    ) -> Result<Sensitive<String>, Error> {
        let query = GetCardWidgetTokenQuery::new(widget);
        let answer = self.api().get_card_widget_token(card, &query).await?.into_inner();
        Ok(answer.widget_token)
    }
}

/// A request to set the PIN of a card; see [`Synctera::set_card_pin`].
#[derive(Clone, Debug)]
pub struct SetCardPin {
    card: CardId,
    pin: Sensitive<String>,
}

impl SetCardPin {
    /// Sets this PIN of four digits for this card.
    pub fn new(card: CardId, pin: impl Into<String>) -> Self {
        Self { card, pin: Sensitive::new(pin.into()) }
    }
}

impl Sealed for SetCardPin {}

impl Journey for SetCardPin {
    type Outcome = ();

    const NAME: &'static str = "set_card_pin";

    const AVAILABILITY: Availability = Availability::Everywhere;

    async fn execute<'a>(&'a self, steps: &'a mut Steps<'_>) -> Result<(), Error> {
        let mut checks = Checks::of(Self::NAME);
        let pin = self.pin.expose();
        let fits = pin.len() == 4 && pin.bytes().all(|byte| byte.is_ascii_digit());
        checks.ensure(fits, "pin", "must have four digits");
        checks.finish()?;
        let (card, body) = (self.card, SetPinRequest::new(self.pin.clone()));
        steps.write("", |api| api.set_card_pin(card, &body), |()| card.to_string()).await
    }
}
