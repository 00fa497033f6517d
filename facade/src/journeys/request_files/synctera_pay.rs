//! Requests about SyncteraPay transfers.

use chrono::NaiveDate;
use serde::Deserialize;
use synctera_api::runtime::{
    AccountId, CustomerId, ExternalAccountId, SyncteraPayTransferId, SyncteraPayVendorId,
};

use super::{MemberError, Members, read_by_members};
use crate::types::SyncteraPaySubtype;
use crate::{EndSyncteraPay, Money, SendSyncteraPay};

read_by_members! {
    SendSyncteraPayMembers => SendSyncteraPay,
    EndSyncteraPayMembers => EndSyncteraPay,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct SendSyncteraPayMembers {
    account_id: AccountId,
    amount: Money,
    customer_id: CustomerId,
    subtype: SyncteraPaySubtype,
    synctera_pay_network: String,
    effective_date: NaiveDate,
    reference_id: Option<String>,
    synctera_pay_vendor_id: Option<SyncteraPayVendorId>,
    final_external_account_id: Option<ExternalAccountId>,
}

impl Members for SendSyncteraPayMembers {
    type Request = SendSyncteraPay;

    fn into_request(self) -> Result<SendSyncteraPay, MemberError> {
        Ok(SendSyncteraPay::new(
            self.account_id,
            self.amount,
            self.customer_id,
            self.subtype,
            self.synctera_pay_network,
            self.effective_date,
        )
        .reference_id(self.reference_id)
        .vendor(self.synctera_pay_vendor_id)
        .final_external_account(self.final_external_account_id))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct EndSyncteraPayMembers {
    transfer_id: SyncteraPayTransferId,
    action: End,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum End {
    Post,
    Cancel,
    Return,
}

impl Members for EndSyncteraPayMembers {
    type Request = EndSyncteraPay;

    fn into_request(self) -> Result<EndSyncteraPay, MemberError> {
        Ok(match self.action {
            End::Post => EndSyncteraPay::post(self.transfer_id),
            End::Cancel => EndSyncteraPay::cancel(self.transfer_id),
            End::Return => EndSyncteraPay::returned(self.transfer_id),
        })
    }
}
