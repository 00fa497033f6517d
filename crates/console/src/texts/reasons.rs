//! What the platform's codes mean.

/// Words that are written in capitals.
pub(crate) const ABBREVIATIONS: &[&str] = &[
    "ACH", "API", "ATM", "DD", "EFT", "EIN", "ID", "KYB", "KYC", "LLC", "LLP", "MCC", "P2P", "PIN",
    "POS", "SSN", "US", "ZIP",
];

/// Why something was declined.
pub(crate) const DECLINES: &[(&str, &str)] = &[
    ("ADDRESS_VERIFICATION_FAILED", "The ZIP code is not that of the cardholder"),
    ("BALANCE_VIOLATION", "The balance would go beyond a limit of the account"),
    ("CLOSED_ACCOUNT", "The account is closed or in closing"),
    ("DISABLED_PAYMENT_TYPE", "The account does not take card payments"),
    ("GATEWAY_DECLINED", "Your authorization gateway declined it"),
    ("GATEWAY_ERROR", "Your authorization gateway did not respond in time"),
    ("INSUFFICIENT_FUNDS", "Insufficient funds"),
    ("NETWORK_DECLINED", "The card network declined it:"),
    ("SPEND_CONTROL_VIOLATED", "A spend control does not allow it"),
    ("SUSPECTED_FRAUD", "Suspected fraud"),
    (
        "TRANSACTION_NOT_PERMITTED",
        "The card, the account or the customer is not active, or does not allow it",
    ),
];

/// Why a card has its status.
pub(crate) const CARD_STATUS: &[(&str, &str)] = &[
    ("ACT", "Activated"),
    ("CLO", "Cloned"),
    ("COM", "Compromised"),
    ("EXP", "Expired"),
    ("FRD", "Fraud"),
    ("INA", "Dormant"),
    ("KYC", "Failed verification"),
    ("LOS", "Lost"),
    ("MAT", "Sanctions match"),
    ("NEG", "Negative balance"),
    ("OTH", "Other"),
    ("REQ", "Requested"),
    ("REV", "Under review"),
    ("STO", "Stolen"),
    ("SUS", "Suspicious activity"),
];
