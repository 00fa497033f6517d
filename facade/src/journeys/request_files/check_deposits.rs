//! Requests about check deposits.

use serde::Deserialize;
use synctera_api::runtime::AccountId;

use super::values::{Choice, PartyMember, UploadMembers};
use super::{MemberError, Members, read_by_members};
use crate::{DepositCheck, Money};

read_by_members! { DepositCheckMembers => DepositCheck }

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct DepositCheckMembers {
    account_id: AccountId,
    party: Choice<PartyMember>,
    amount: Money,
    front: UploadMembers,
    back: UploadMembers,
}

impl Members for DepositCheckMembers {
    type Request = DepositCheck;

    fn into_request(self) -> Result<DepositCheck, MemberError> {
        let (front, back) = (self.front.into(), self.back.into());
        Ok(DepositCheck::new(self.account_id, self.party, self.amount, front, back))
    }
}
