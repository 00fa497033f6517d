//! Replacing cards.

use std::collections::BTreeMap;

use synctera_api::Error;
use synctera_api::runtime::{CardId, CardImageId, NextAction};

use super::details::{CardRequest, Details};
use super::issue::{IssuedCard, issued};
use crate::checks::Checks;
use crate::journeys::journey::sealed::Sealed;
use crate::journeys::{Availability, Journey, Run, Steps};
use crate::normalize::{self, Normalization};
use crate::types::{
    Card, NewCard, RecipientName, ReissueReason as Reason, Shipping, ShippingMethod,
};
use crate::{Address, IntoOption, Synctera};

impl Synctera {
    /// Replaces a card with a new one of the same form and product for the same holder.
    ///
    /// A lost or stolen card is terminated immediately, and the new card has another number. For
    /// any other reason the number stays, and the old card works until the new one is activated.
    /// The PIN and the tokens in digital wallets move to the new card.
    ///
    /// ```
    #[doc = include_str!("../example.txt")]
    /// # let card = client.issue_card(&synctera::IssueCard::virtual_debit(checking, customer)).await?.id;
    /// use synctera::ReplaceCard;
    ///
    /// let new = client.replace_card(&ReplaceCard::stolen(card)).key("stolen-17").await?;
    /// println!("{} replaces {card}", new.id);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) before anything is sent;
    /// [`Refused`](crate::ErrorKind::Refused) for a card of a type that this version does not know;
    /// otherwise the platform's errors, such as `BAD_REQUEST_BODY` for a card that was replaced
    /// before.
    pub fn replace_card(&self, request: &ReplaceCard) -> Run<'static, ReplaceCard> {
        Run::new(self, request)
    }
}

/// A request to replace a card; see [`Synctera::replace_card`].
#[derive(Clone, Debug)]
pub struct ReplaceCard {
    card: CardId,
    reason: Reason,
    image: Option<CardImageId>,
    method: Option<ShippingMethod>,
    destination: Option<(String, String, Address)>,
}

impl ReplaceCard {
    /// The card is lost: it is terminated immediately.
    pub fn lost(card: CardId) -> Self {
        Self::new(card, Reason::Lost)
    }

    /// The card is stolen: it is terminated immediately.
    pub fn stolen(card: CardId) -> Self {
        Self::new(card, Reason::Stolen)
    }

    /// The card is damaged: it works until the new one is activated.
    pub fn damaged(card: CardId) -> Self {
        Self::new(card, Reason::Damaged)
    }

    /// The card is about to expire: it works until the new one is activated.
    pub fn expiring(card: CardId) -> Self {
        Self::new(card, Reason::Expiration)
    }

    /// Replaces a card for any of the platform's reasons.
    pub fn new(card: CardId, reason: Reason) -> Self {
        Self { card, reason, image: None, method: None, destination: None }
    }

    /// The image on the new card: that of the old card by default. Has no effect on a virtual card.
    #[must_use]
    pub fn image(mut self, image: impl IntoOption<CardImageId>) -> Self {
        self.image = image.into_option();
        self
    }

    /// The shipping method: local mail by default. Has no effect on a virtual card.
    #[must_use]
    pub fn shipping_method(mut self, method: impl IntoOption<ShippingMethod>) -> Self {
        self.method = method.into_option();
        self
    }

    /// The recipient and the address to which the card is mailed. Has no effect on a virtual card.
    #[must_use]
    pub fn ship_to(
        mut self,
        first_name: impl Into<String>,
        last_name: impl Into<String>,
        address: Address,
    ) -> Self {
        self.destination = Some((first_name.into(), last_name.into(), address));
        self
    }

    fn normalize(&self) -> Result<(Self, Vec<Normalization>), Error> {
        let mut checks = Checks::of(Self::NAME);
        let mut normalized = self.clone();
        if let Some((first_name, last_name, address)) = &mut normalized.destination {
            for (name, field) in [(first_name, "first_name"), (last_name, "last_name")] {
                let field = format!("shipping.recipient_name.{field}");
                *name = checks.normalize(name, &field, normalize::text);
            }
            *address = address.normalize(&mut checks, "shipping.address");
        }
        Ok((normalized, checks.changes()?))
    }

    fn shipping(&self) -> Option<Shipping> {
        if self.method.is_none() && self.destination.is_none() {
            return None;
        }
        let (recipient_name, address) = match &self.destination {
            Some((first, last, address)) => {
                (Some(RecipientName::new(first.clone(), last.clone())), Some(address.to_postal()))
            }
            None => (None, None),
        };
        Some(Shipping {
            method: self.method.clone(),
            recipient_name,
            address,
            ..Shipping::default()
        })
    }

    /// The request for the new card, made of the old card and this request.
    fn to_new(&self, old: &Card) -> Option<NewCard> {
        let old = Details::of(old)?;
        let request = CardRequest {
            kind: old.kind,
            form: old.form,
            account: old.account,
            product: old.product,
            customer: old.customer,
            business: old.business,
            emboss_name: Some(old.emboss_name.clone()),
            metadata: BTreeMap::new(),
            image: self.image.or(old.image),
            shipping: self.shipping(),
            replaces: Some((self.card, self.reason.clone())),
        };
        Some(request.into())
    }
}

impl Sealed for ReplaceCard {}

impl Journey for ReplaceCard {
    type Outcome = IssuedCard;

    const NAME: &'static str = "replace_card";

    const AVAILABILITY: Availability = Availability::Everywhere;

    async fn execute<'a>(&'a self, steps: &'a mut Steps<'_>) -> Result<IssuedCard, Error> {
        let request = steps.normalized(self.normalize()?);
        let old = steps.api().get_card(self.card).await?.into_inner();
        let Some(body) = request.to_new(&old) else {
            let why = format!("{} is a card of a type that this version does not know", self.card);
            let error = Error::refused(Self::NAME, None, why);
            return Err(error.with_next_action(NextAction::DoNotRepeat));
        };
        let card = steps.write("", |api| api.issue_card(&body), super::issue::id_text).await?;
        issued("issue_card", card)
    }
}
