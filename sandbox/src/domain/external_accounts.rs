//! Accounts at other banks.

use crate::model::Kind;

pub(crate) const EXTERNAL_ACCOUNT: Kind = Kind {
    name: "external account",
    id: "id",
    keys: &[
        ("customer", "/customer_id"),
        ("business", "/business_id"),
        ("number", "/account_identifiers/number"),
        ("link", "/vendor_link"),
    ],
};

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
