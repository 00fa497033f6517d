//! The common members of cards; the platform has a schema for each type and form.

use std::collections::BTreeMap;

use synctera_api::runtime::{
    AccountId, BusinessId, CardId, CardImageId, CardProductId, CustomerId,
};

use crate::types::{
    Card, CardStatus, CardType, CreditCardDetails, DebitCardDetails, EmbossName, Form, NewCard,
    NewCreditCard, NewCreditCardDetails, NewDebitCard, NewDebitCardDetails, NewPhysicalCreditCard,
    NewPhysicalDebitCard, NewVirtualCreditCard, NewVirtualDebitCard, ReissueReason, Shipping,
};

/// The members that cards of all types and forms have.
pub(in crate::journeys) struct Details<'a> {
    pub(in crate::journeys) metadata: &'a BTreeMap<String, String>,
    pub(super) kind: CardType,
    pub(super) form: Form,
    pub(super) id: CardId,
    pub(super) status: &'a CardStatus,
    pub(super) last_four: Option<&'a str>,
    pub(super) account: AccountId,
    pub(super) product: CardProductId,
    pub(super) customer: Option<CustomerId>,
    pub(super) business: Option<BusinessId>,
    pub(super) emboss_name: &'a EmbossName,
    pub(super) image: Option<CardImageId>,
}

macro_rules! details {
    ($card:ident, $kind:expr, $form:ident, $last_four:expr, $image:expr) => {
        Some(Details {
            metadata: &$card.metadata,
            kind: $kind,
            form: Form::$form,
            id: $card.id,
            status: &$card.card_status,
            last_four: $last_four,
            account: $card.account_id,
            product: $card.card_product_id,
            customer: $card.customer_id,
            business: $card.business_id,
            emboss_name: &$card.emboss_name,
            image: $image,
        })
    };
}

macro_rules! of_form {
    ($forms:ident, $details:expr, $kind:expr) => {
        match $details {
            $forms::Virtual(card) => {
                details!(card, $kind, Virtual, Some(card.last_four.as_str()), None)
            }
            $forms::Physical(card) => {
                details!(card, $kind, Physical, card.last_four.as_deref(), card.card_image_id)
            }
            _ => None,
        }
    };
}

impl<'a> Details<'a> {
    /// `None` for a card of a type or form that this version does not know.
    pub(in crate::journeys) fn of(card: &'a Card) -> Option<Self> {
        match card {
            Card::Debit(card) => {
                of_form!(DebitCardDetails, &card.card_details, card.type_.clone())
            }
            Card::Credit(card) => {
                of_form!(CreditCardDetails, &card.card_details, CardType::Credit)
            }
            _ => None,
        }
    }
}

/// A card to be issued.
pub(super) struct CardRequest {
    pub(super) kind: CardType,
    pub(super) form: Form,
    pub(super) account: AccountId,
    pub(super) product: CardProductId,
    pub(super) customer: Option<CustomerId>,
    pub(super) business: Option<BusinessId>,
    pub(super) emboss_name: Option<EmbossName>,
    pub(super) metadata: BTreeMap<String, String>,
    /// For physical cards only, as is `shipping`.
    pub(super) image: Option<CardImageId>,
    pub(super) shipping: Option<Shipping>,
    /// The card that it replaces, and the reason.
    pub(super) replaces: Option<(CardId, ReissueReason)>,
}

macro_rules! request {
    ($request:ident, $forms:ident, $virtual_card:ident, $physical_card:ident) => {{
        let (reissued_from_id, reissue_reason) = $request.replaces.unzip();
        if $request.form == Form::Virtual {
            $forms::Virtual($virtual_card {
                customer_id: $request.customer,
                business_id: $request.business,
                emboss_name: $request.emboss_name,
                metadata: $request.metadata,
                reissued_from_id,
                reissue_reason,
                ..$virtual_card::new($request.account, $request.product)
            })
        } else {
            $forms::Physical($physical_card {
                customer_id: $request.customer,
                business_id: $request.business,
                emboss_name: $request.emboss_name,
                metadata: $request.metadata,
                card_image_id: $request.image,
                shipping: $request.shipping,
                reissued_from_id,
                reissue_reason,
                ..$physical_card::new($request.account, $request.product)
            })
        }
    }};
}

impl From<CardRequest> for NewCard {
    fn from(request: CardRequest) -> Self {
        let kind = request.kind.clone();
        if kind == CardType::Credit {
            NewCard::Credit(NewCreditCard::new(request!(
                request,
                NewCreditCardDetails,
                NewVirtualCreditCard,
                NewPhysicalCreditCard
            )))
        } else {
            let details =
                request!(request, NewDebitCardDetails, NewVirtualDebitCard, NewPhysicalDebitCard);
            NewCard::Debit(NewDebitCard::new(details, kind))
        }
    }
}
