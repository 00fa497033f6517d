//! Accounts at other banks.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use synctera_api::v2::types::{ExternalAccount as Wire, ExternalAccountType};

use crate::model::{ApiError, Kind, Resource};
use crate::spec::FieldErrors;

pub(crate) const EXTERNAL_ACCOUNT: Kind = Kind {
    name: "external account",
    id: "id",
    keys: &[
        ("customer", "/customer_id"),
        ("business", "/business_id"),
        ("number", "/account_identifiers/number"),
        ("link", "/_facts/vendor_link"),
    ],
};

/// An account at another bank, its numbers in full.
pub(crate) enum ExternalAccount {}

impl Resource for ExternalAccount {
    const KIND: &'static Kind = &EXTERNAL_ACCOUNT;
    type Wire = Wire;
    type Facts = ExternalAccountFacts;
}

/// What is kept of an external account and not shown.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct ExternalAccountFacts {
    /// The link to a vendor that found it, which a later synchronization compares with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) vendor_link: Option<String>,
    /// The first day that no refresh has looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) refreshed_until: Option<NaiveDate>,
    /// Wires reach it without a routing number of their own.
    pub(crate) has_international_wire_details: bool,
}

/// Refuses a wallet where a bank account is needed: no bank transfer reaches one.
pub(crate) fn check_is_of_bank(account: &Wire, field: &str) -> Result<(), ApiError> {
    if matches!(account.type_, ExternalAccountType::Wallet | ExternalAccountType::CryptoWallet) {
        return Err(FieldErrors::invalid(field, "is a wallet, not a bank account").into());
    }
    Ok(())
}

/// Nine digits whose weighted sum is a multiple of ten.
pub(crate) fn is_aba(text: &str) -> bool {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    let sum: u32 =
        digits.iter().zip([3, 7, 1].iter().cycle()).map(|(digit, weight)| digit * weight).sum();
    text.len() == 9 && digits.len() == 9 && sum.is_multiple_of(10)
}

/// The bank behind every linked account.
pub(crate) const BANK_NAME: &str = "Sandbox Community Bank";

pub(crate) const LINKED_ROUTING: &str = "021000021";

#[cfg(test)]
mod tests {
    use super::is_aba;

    #[test]
    fn routing_numbers_have_a_check_digit() {
        assert!(is_aba("112233448"));
        assert!(is_aba("021000021"));
        assert!(!is_aba("112233445"));
        assert!(!is_aba("11223344"));
        assert!(!is_aba("11223344x"));
    }
}
