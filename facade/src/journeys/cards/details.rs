//! What cards of all types and forms have in common; the platform has a schema for each.

use std::collections::BTreeMap;

use synctera_api::runtime::{
    AccountId, BusinessId, CardId, CardImageId, CardProductId, CustomerId,
};

use crate::types::{
    Card, CardStatus, CardType, CreditCardDetails, DebitCardDetails, EmbossName, Form, NewCard,
    NewCreditCard, NewCreditCardDetails, NewDebitCard, NewDebitCardDetails, NewPhysicalCreditCard,
    NewPhysicalDebitCard, NewVirtualCreditCard, NewVirtualDebitCard, ReissueReason, Shipping,
};

/// A card, whatever it is.
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
    /// `None` for a card of a type or form that is not known here.
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

/// A card that is asked for.
pub(super) struct Wanted {
    pub(super) kind: CardType,
    pub(super) form: Form,
    pub(super) account: AccountId,
    pub(super) product: CardProductId,
    pub(super) customer: Option<CustomerId>,
    pub(super) business: Option<BusinessId>,
    pub(super) emboss_name: Option<EmbossName>,
    pub(super) metadata: BTreeMap<String, String>,
    /// Of no matter to a virtual card, as is `shipping`.
    pub(super) image: Option<CardImageId>,
    pub(super) shipping: Option<Shipping>,
    /// The card whose place it takes, and why.
    pub(super) replaces: Option<(CardId, ReissueReason)>,
}

macro_rules! wanted {
    ($wanted:ident, $forms:ident, $virtual_card:ident, $physical_card:ident) => {{
        let (reissued_from_id, reissue_reason) = $wanted.replaces.unzip();
        if $wanted.form == Form::Virtual {
            $forms::Virtual($virtual_card {
                customer_id: $wanted.customer,
                business_id: $wanted.business,
                emboss_name: $wanted.emboss_name,
                metadata: $wanted.metadata,
                reissued_from_id,
                reissue_reason,
                ..$virtual_card::new($wanted.account, $wanted.product)
            })
        } else {
            $forms::Physical($physical_card {
                customer_id: $wanted.customer,
                business_id: $wanted.business,
                emboss_name: $wanted.emboss_name,
                metadata: $wanted.metadata,
                card_image_id: $wanted.image,
                shipping: $wanted.shipping,
                reissued_from_id,
                reissue_reason,
                ..$physical_card::new($wanted.account, $wanted.product)
            })
        }
    }};
}

impl From<Wanted> for NewCard {
    fn from(wanted: Wanted) -> Self {
        let kind = wanted.kind.clone();
        if kind == CardType::Credit {
            NewCard::Credit(NewCreditCard::new(wanted!(
                wanted,
                NewCreditCardDetails,
                NewVirtualCreditCard,
                NewPhysicalCreditCard
            )))
        } else {
            let details =
                wanted!(wanted, NewDebitCardDetails, NewVirtualDebitCard, NewPhysicalDebitCard);
            NewCard::Debit(NewDebitCard::new(details, kind))
        }
    }
}
