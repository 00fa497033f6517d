//! Requests about digital wallets.

use serde::Deserialize;
use synctera_api::Sensitive;
use synctera_api::runtime::{CardId, DigitalWalletTokenId};

use super::{MemberError, Members, read_by_members};
use crate::types::DeviceType;
use crate::{AddToApplePay, AddToGooglePay, ChangeWalletToken};

read_by_members! {
    AddToApplePayMembers => AddToApplePay,
    AddToGooglePayMembers => AddToGooglePay,
    ChangeWalletTokenMembers => ChangeWalletToken,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct AddToApplePayMembers {
    card_id: CardId,
    device_type: DeviceType,
    provisioning_app_version: String,
    certificates: Vec<String>,
    nonce: Sensitive<String>,
    nonce_signature: Sensitive<String>,
}

impl Members for AddToApplePayMembers {
    type Request = AddToApplePay;

    fn into_request(self) -> Result<AddToApplePay, MemberError> {
        let (device, version) = (self.device_type, self.provisioning_app_version);
        Ok(AddToApplePay::new(self.card_id, device, version)
            .certificates(self.certificates)
            .nonce(self.nonce.expose(), self.nonce_signature.expose()))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct AddToGooglePayMembers {
    card_id: CardId,
    device_type: DeviceType,
    provisioning_app_version: String,
    device_id: String,
    wallet_account_id: String,
}

impl Members for AddToGooglePayMembers {
    type Request = AddToGooglePay;

    fn into_request(self) -> Result<AddToGooglePay, MemberError> {
        Ok(AddToGooglePay::new(
            self.card_id,
            self.device_type,
            self.provisioning_app_version,
            self.device_id,
            self.wallet_account_id,
        ))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct ChangeWalletTokenMembers {
    digital_wallet_token_id: DigitalWalletTokenId,
    status: TokenStatus,
}

#[derive(Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum TokenStatus {
    Active,
    Suspended,
    Terminated,
}

impl Members for ChangeWalletTokenMembers {
    type Request = ChangeWalletToken;

    fn into_request(self) -> Result<ChangeWalletToken, MemberError> {
        let token = self.digital_wallet_token_id;
        Ok(match self.status {
            TokenStatus::Active => ChangeWalletToken::resume(token),
            TokenStatus::Suspended => ChangeWalletToken::suspend(token),
            TokenStatus::Terminated => ChangeWalletToken::terminate(token),
        })
    }
}
