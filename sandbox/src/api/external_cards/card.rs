//! Cards of other banks, as they are stored.

use sha2::{Digest, Sha256};

use crate::model::Kind;

pub(crate) const CARD: Kind = Kind {
    name: "external card",
    id: "id",
    keys: &[
        ("customer", "/customer_id"),
        ("business", "/business_id"),
        ("last_four", "/last_four"),
        ("name", "/name"),
        ("reference", "/payment_account_reference"),
        ("status", "/status"),
        ("tenant", "/tenant"),
    ],
};

/// A token that was used.
pub(crate) const TOKEN: Kind = Kind { name: "external card token", id: "print", keys: &[] };

/// Ten digits that a token stands for.
pub(crate) fn digits_of(print: &str) -> String {
    print.bytes().map(|byte| char::from(b'0' + byte % 10)).take(10).collect()
}

pub(crate) fn print_of(token: &str) -> String {
    hex::encode(Sha256::digest(token))
}
