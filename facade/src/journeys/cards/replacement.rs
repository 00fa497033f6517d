//! A card takes the place of another.

use synctera_api::Error;
use synctera_api::runtime::{CardId, CardImageId};

use super::issue::{IssuedCard, issued};
use crate::care::{self, Change};
use crate::checks::Checks;
use crate::journeys::run::sealed::Sealed;
use crate::journeys::{Journey, Run, Steps};
use crate::types::{
    Card, CardType, DebitCardDetails, NewCard, NewDebitCard, NewDebitCardDetails,
    NewPhysicalDebitCard, NewVirtualDebitCard, RecipientName, Shipping, ShippingMethod,
    VirtualDebitCardReissueReason as Reason,
};
use crate::{Address, Synctera};

impl Synctera {
    /// Issues a card in the place of another, of the same form and product, to the same customer.
    ///
    /// A card that is lost or stolen ends at once, and the new one has another number. For any
    /// other reason the number stays, and the old card works until the new one is activated. PIN
    /// and places in digital wallets move to the new card.
    ///
    /// ```
    /// # use synctera::{CardId, Error, Synctera};
    /// use synctera::ReplaceCard;
    ///
    /// # async fn replace(client: Synctera, card: CardId) -> Result<(), Error> {
    /// let new = client.replace_card(&ReplaceCard::stolen(card)).key("stolen-17").await?;
    /// println!("{} replaces {card}", new.id);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) before anything is sent;
    /// [`Refused`](crate::ErrorKind::Refused) for a card of another type than debit;
    /// `BAD_REQUEST_BODY` for one that was replaced before.
    pub fn replace_card<'a>(&'a self, request: &'a ReplaceCard) -> Run<'a, ReplaceCard> {
        Run::new(self, request)
    }
}

/// Asks for a card in the place of another; see [`Synctera::replace_card`].
#[derive(Clone, Debug)]
pub struct ReplaceCard {
    card: CardId,
    reason: Reason,
    image: Option<CardImageId>,
    method: Option<ShippingMethod>,
    destination: Option<(String, String, Address)>,
}

impl ReplaceCard {
    /// The card is lost: it ends now.
    pub fn lost(card: CardId) -> Self {
        Self::new(card, Reason::Lost)
    }

    /// The card is stolen: it ends now.
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

    /// For any reason that the platform knows.
    pub fn new(card: CardId, reason: Reason) -> Self {
        Self { card, reason, image: None, method: None, destination: None }
    }

    /// With this image on it; makes no difference to a virtual card.
    #[must_use]
    pub fn image(mut self, image: CardImageId) -> Self {
        self.image = Some(image);
        self
    }

    /// Sent in this way; makes no difference to a virtual card.
    #[must_use]
    pub fn shipping_method(mut self, method: ShippingMethod) -> Self {
        self.method = Some(method);
        self
    }

    /// Mailed elsewhere than to the customer; makes no difference to a virtual card.
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

    fn tidy(&self) -> Result<(Self, Vec<Change>), Error> {
        let mut checks = Checks::of(Self::NAME);
        let mut tidy = self.clone();
        if let Some((first_name, last_name, address)) = &mut tidy.destination {
            for (name, field) in [(first_name, "first_name"), (last_name, "last_name")] {
                let field = format!("shipping.recipient_name.{field}");
                *name = checks.tidy(name, &field, care::text);
            }
            *address = address.tidy(&mut checks, "shipping.address");
        }
        Ok((tidy, checks.changes()?))
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

    /// The new card's request: the old card's, with what was asked for.
    fn to_new(&self, old: &Card) -> Option<NewCard> {
        let Card::Debit(old) = old else {
            return None;
        };
        let (from, why) = (Some(self.card), Some(self.reason.clone()));
        let details = match &old.card_details {
            DebitCardDetails::Virtual(old) => NewDebitCardDetails::Virtual(NewVirtualDebitCard {
                customer_id: old.customer_id,
                business_id: old.business_id,
                emboss_name: Some(old.emboss_name.clone()),
                reissued_from_id: from,
                reissue_reason: why,
                ..NewVirtualDebitCard::new(old.account_id, old.card_product_id)
            }),
            DebitCardDetails::Physical(old) => {
                NewDebitCardDetails::Physical(NewPhysicalDebitCard {
                    customer_id: old.customer_id,
                    business_id: old.business_id,
                    emboss_name: Some(old.emboss_name.clone()),
                    card_image_id: self.image.or(old.card_image_id),
                    shipping: self.shipping(),
                    reissued_from_id: from,
                    reissue_reason: why,
                    ..NewPhysicalDebitCard::new(old.account_id, old.card_product_id)
                })
            }
            _ => return None,
        };
        Some(NewCard::Debit(NewDebitCard::new(details, CardType::Debit)))
    }
}

impl Sealed for ReplaceCard {}

impl Journey for ReplaceCard {
    type Outcome = IssuedCard;

    const NAME: &'static str = "replace_card";

    async fn walk<'a>(&'a self, steps: &'a mut Steps<'_>) -> Result<IssuedCard, Error> {
        let request = steps.tidied(self.tidy()?);
        let old = steps.api().get_card(self.card).await?.into_inner();
        let Some(body) = request.to_new(&old) else {
            let why = format!("{} is no debit card", self.card);
            return Err(Error::refused(Self::NAME, None, why));
        };
        let card = steps
            .write(
                "issue_card",
                "",
                |api| async move { api.issue_card(&body).await },
                super::issue::id_text,
            )
            .await?;
        issued("issue_card", card)
    }
}
