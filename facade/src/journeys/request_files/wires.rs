//! Requests about wires.

use serde::Deserialize;
use synctera_api::runtime::{AccountId, CustomerId, ExternalAccountId, WireId};

use super::{MemberError, Members, read_by_members};
use crate::{CancelWire, Money, SendWire};

read_by_members! {
    SendWireMembers => SendWire,
    CancelWireMembers => CancelWire,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct SendWireMembers {
    originating_account_id: AccountId,
    receiving_account_id: ExternalAccountId,
    amount: Money,
    customer_id: CustomerId,
    recipient_message: String,
    bank_message: Option<String>,
}

impl Members for SendWireMembers {
    type Request = SendWire;

    fn into_request(self) -> Result<SendWire, MemberError> {
        let (from, to) = (self.originating_account_id, self.receiving_account_id);
        let (customer, message) = (self.customer_id, self.recipient_message);
        let request = SendWire::new(from, to, self.amount, customer, message);
        Ok(request.bank_message(self.bank_message))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct CancelWireMembers {
    wire_id: WireId,
}

impl Members for CancelWireMembers {
    type Request = CancelWire;

    fn into_request(self) -> Result<CancelWire, MemberError> {
        Ok(CancelWire::new(self.wire_id))
    }
}
