//! Requests about cards of other banks.

use serde::Deserialize;
use synctera_api::Sensitive;
use synctera_api::runtime::{
    AccountId, BusinessId, CustomerId, ExternalCardId, ExternalCardTransferId, ThreeDsId,
};

use super::values::Choice;
use super::{MemberError, Members, read_by_members};
use crate::{AddExternalCard, Money, MoveByCard, ReverseCardPull};

read_by_members! {
    AddExternalCardMembers => AddExternalCard,
    MoveByCardMembers => MoveByCard,
    ReverseCardPullMembers => ReverseCardPull,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct AddExternalCardMembers {
    customer_id: CustomerId,
    business_id: Option<BusinessId>,
    name: String,
    token: Sensitive<String>,
}

impl Members for AddExternalCardMembers {
    type Request = AddExternalCard;

    fn into_request(self) -> Result<AddExternalCard, MemberError> {
        let request = AddExternalCard::new(self.customer_id, self.name, self.token.expose());
        Ok(request.business(self.business_id))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct MoveByCardMembers {
    #[serde(rename = "type")]
    kind: Choice<CardTransfer>,
    originating_account_id: AccountId,
    external_card_id: ExternalCardId,
    amount: Money,
}

#[derive(Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
enum CardTransfer {
    Pull { three_ds_id: Option<ThreeDsId> },
    Push { originating_customer_id: Option<CustomerId> },
}

impl Members for MoveByCardMembers {
    type Request = MoveByCard;

    fn into_request(self) -> Result<MoveByCard, MemberError> {
        let (account, card) = (self.originating_account_id, self.external_card_id);
        Ok(match self.kind.0 {
            CardTransfer::Pull { three_ds_id } => {
                MoveByCard::pull(account, card, self.amount).three_ds(three_ds_id)
            }
            CardTransfer::Push { originating_customer_id } => {
                MoveByCard::push(account, card, self.amount).from_customer(originating_customer_id)
            }
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct ReverseCardPullMembers {
    transfer_id: ExternalCardTransferId,
    amount: Money,
}

impl Members for ReverseCardPullMembers {
    type Request = ReverseCardPull;

    fn into_request(self) -> Result<ReverseCardPull, MemberError> {
        Ok(ReverseCardPull::new(self.transfer_id, self.amount))
    }
}
