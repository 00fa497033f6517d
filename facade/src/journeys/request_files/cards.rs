//! Requests about cards.

use serde::Deserialize;
use synctera_api::Sensitive;
use synctera_api::runtime::{
    AccountId, BusinessId, CardId, CardImageId, CardProductId, CustomerId, PersonId,
};

use super::values::{Base64, Choice};
use super::{MemberError, Members, read_by_members};
use crate::types::{CardImageRejectionReason, CardStatusReasonCode, ReissueReason, ShippingMethod};
use crate::{
    ActivateCard, Address, IssueCard, Party, ReplaceCard, ResumeCard, ReviewCardImage, SetCardPin,
    SuspendCard, TerminateCard, UploadCardImage,
};

read_by_members! {
    IssueCardMembers => IssueCard,
    ActivateCardMembers => ActivateCard,
    ReplaceCardMembers => ReplaceCard,
    SuspendCardMembers => SuspendCard,
    ResumeCardMembers => ResumeCard,
    TerminateCardMembers => TerminateCard,
    SetCardPinMembers => SetCardPin,
    UploadCardImageMembers => UploadCardImage,
    ReviewCardImageMembers => ReviewCardImage,
}

#[derive(Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum CardKind {
    Debit,
    Prepaid,
    Credit,
}

#[derive(Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
enum CardForm {
    Virtual,
    Physical { card_image_id: Option<CardImageId>, shipping: Option<Box<ShippingMembers>> },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct ShippingMembers {
    method: Option<ShippingMethod>,
    ship_to: Option<ShipToMembers>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct ShipToMembers {
    first_name: String,
    last_name: String,
    address: Address,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct EmbossNameMembers {
    line_1: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct IssueCardMembers {
    account_id: AccountId,
    customer_id: Option<PersonId>,
    business_id: Option<BusinessId>,
    #[serde(rename = "type")]
    kind: CardKind,
    form: Choice<CardForm>,
    card_product_id: Option<CardProductId>,
    emboss_name: Option<EmbossNameMembers>,
}

impl Members for IssueCardMembers {
    type Request = IssueCard;

    fn into_request(self) -> Result<IssueCard, MemberError> {
        let (holder, cardholder) = match (self.business_id, self.customer_id) {
            (Some(business), cardholder) => (Party::Business(business), cardholder),
            (None, Some(person)) => (Party::Person(person), None),
            (None, None) => {
                return Err(MemberError::new("customer_id", "must be given, or business_id"));
            }
        };
        let new = match (self.kind, &self.form.0) {
            (CardKind::Debit, CardForm::Virtual) => IssueCard::virtual_debit,
            (CardKind::Debit, CardForm::Physical { .. }) => IssueCard::physical_debit,
            (CardKind::Prepaid, CardForm::Virtual) => IssueCard::virtual_prepaid,
            (CardKind::Prepaid, CardForm::Physical { .. }) => IssueCard::physical_prepaid,
            (CardKind::Credit, CardForm::Virtual) => IssueCard::virtual_credit,
            (CardKind::Credit, CardForm::Physical { .. }) => IssueCard::physical_credit,
        };
        let request = new(self.account_id, holder)
            .cardholder(cardholder)
            .product(self.card_product_id)
            .emboss_name(self.emboss_name.map(|name| name.line_1));
        let CardForm::Physical { card_image_id, shipping } = self.form.0 else {
            return Ok(request);
        };
        let request = request.image(card_image_id);
        let Some(ShippingMembers { method, ship_to }) = shipping.map(|shipping| *shipping) else {
            return Ok(request);
        };
        let request = request.shipping_method(method);
        Ok(match ship_to {
            Some(to) => request.ship_to(to.first_name, to.last_name, to.address),
            None => request,
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct ActivateCardMembers {
    customer_id: CustomerId,
    activation_code: Sensitive<String>,
}

impl Members for ActivateCardMembers {
    type Request = ActivateCard;

    fn into_request(self) -> Result<ActivateCard, MemberError> {
        Ok(ActivateCard::new(self.customer_id, self.activation_code.expose()))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct ReplaceCardMembers {
    card_id: CardId,
    reissue_reason: ReissueReason,
    card_image_id: Option<CardImageId>,
    shipping: Option<ShippingMembers>,
}

impl Members for ReplaceCardMembers {
    type Request = ReplaceCard;

    fn into_request(self) -> Result<ReplaceCard, MemberError> {
        let request = ReplaceCard::new(self.card_id, self.reissue_reason).image(self.card_image_id);
        let Some(ShippingMembers { method, ship_to }) = self.shipping else {
            return Ok(request);
        };
        let request = request.shipping_method(method);
        Ok(match ship_to {
            Some(to) => request.ship_to(to.first_name, to.last_name, to.address),
            None => request,
        })
    }
}

/// The members of a change of a card's status.
macro_rules! status_members {
    ($($members:ident => $request:ident),* $(,)?) => {$(
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields, expecting = "an object")]
        struct $members {
            card_id: CardId,
            reason: Option<CardStatusReasonCode>,
            memo: Option<String>,
        }

        impl Members for $members {
            type Request = $request;

            fn into_request(self) -> Result<$request, MemberError> {
                Ok($request::new(self.card_id).reason(self.reason).memo(self.memo))
            }
        }
    )*};
}

status_members! {
    SuspendCardMembers => SuspendCard,
    ResumeCardMembers => ResumeCard,
    TerminateCardMembers => TerminateCard,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct SetCardPinMembers {
    card_id: CardId,
    pin: Sensitive<String>,
}

impl Members for SetCardPinMembers {
    type Request = SetCardPin;

    fn into_request(self) -> Result<SetCardPin, MemberError> {
        Ok(SetCardPin::new(self.card_id, self.pin.expose()))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct UploadCardImageMembers {
    customer_id: CustomerId,
    card_product_id: CardProductId,
    data: Base64,
}

impl Members for UploadCardImageMembers {
    type Request = UploadCardImage;

    fn into_request(self) -> Result<UploadCardImage, MemberError> {
        Ok(UploadCardImage::new(self.customer_id, self.card_product_id, self.data.0))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct ReviewCardImageMembers {
    card_image_id: CardImageId,
    status: Choice<Review>,
}

#[derive(Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
enum Review {
    Approved,
    Rejected { rejection_reason: CardImageRejectionReason, rejection_memo: Option<String> },
}

impl Members for ReviewCardImageMembers {
    type Request = ReviewCardImage;

    fn into_request(self) -> Result<ReviewCardImage, MemberError> {
        Ok(match self.status.0 {
            Review::Approved => ReviewCardImage::approve(self.card_image_id),
            Review::Rejected { rejection_reason, rejection_memo } => {
                ReviewCardImage::reject(self.card_image_id, rejection_reason).memo(rejection_memo)
            }
        })
    }
}
