//! The property of a posted transaction that identifies it in your ledger.

use std::fmt;

use serde_json::{Map, Value};

use crate::types::PostedTransaction;

/// The property of a posted transaction that is the key of a [`LedgerEntry`](super::LedgerEntry).
///
/// Which properties a transaction has depends on the rail:
///
/// | rail | `Reference` | `IdempotencyKey` | `Payment` | `ExternalData` | `Metadata` |
/// |---|---|---|---|---|---|
/// | internal transfer | yes | yes | yes | no | yes |
/// | internal transfer, held and captured | yes | no | yes | no | yes |
/// | ACH push | no | yes | yes | yes | no |
/// | ACH pull | no | yes | yes | yes | no |
/// | wire | no | yes | yes | no | yes |
/// | external card push | no | yes | yes | no | no |
/// | external card pull | no | yes | yes | no | no |
/// | check deposit | no | yes | yes | no | no |
/// | SyncteraPay | yes | no | yes | no | no |
/// | card payment | no | no | yes | no | no |
/// | incoming ACH and wire | no | no | no | no | no |
///
/// [`Transaction`](Self::Transaction) works for all of them. A payment that is posted by a separate
/// call (a capture, `post_synctera_pay`) has the idempotency key of that call. The platform's
/// documents do not say with which key it posts a payment that leaves later, by ACH or wire; there
/// the table says what the sandbox does, and `Payment` does not depend on it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MatchBy {
    /// The `reference_id` of the payment, such as
    /// [`Transfer::reference_id`](crate::Transfer::reference_id).
    #[default]
    Reference,
    /// The idempotency key of the call that moved the money. For a journey that is the key of a
    /// step: [`step_key`](crate::step_key) derives it from the key of the run.
    IdempotencyKey,
    /// The id of the transaction in the response to the payment: `external_id` of an ACH
    /// transfer, `transaction_id` of a wire, of a transfer by card and of a check deposit, `id` of
    /// the others. A payment that was held is posted as a transaction with another id, which refers
    /// to the hold; this variant follows the reference. Of a card payment it is the id of the
    /// authorization.
    Payment,
    /// The id of the posted transaction itself, as in lists and events. An incoming ACH entry
    /// has it as `external_id`, an incoming wire as `transaction_id`.
    Transaction,
    /// This member of the `external_data` of the payment, if it is a text or a number.
    ExternalData(String),
    /// This member of the `metadata` of the payment, if it is a text or a number.
    Metadata(String),
}

impl MatchBy {
    /// The key of a transaction, if it has one.
    pub(super) fn key_of(&self, transaction: &PostedTransaction) -> Option<String> {
        match self {
            Self::Reference => transaction.reference_id.clone(),
            Self::IdempotencyKey => Some(transaction.idemkey.clone()),
            Self::Payment => Some(transaction.data.hold_id.unwrap_or(transaction.uuid).to_string()),
            Self::Transaction => Some(transaction.uuid.to_string()),
            Self::ExternalData(name) => member(&transaction.data.external_data, name),
            Self::Metadata(name) => member(transaction.data.metadata.as_ref()?, name),
        }
    }
}

fn member(object: &Map<String, Value>, name: &str) -> Option<String> {
    match object.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

impl fmt::Display for MatchBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reference => f.write_str("reference_id"),
            Self::IdempotencyKey => f.write_str("idempotency_key"),
            Self::Payment => f.write_str("payment"),
            Self::Transaction => f.write_str("uuid"),
            Self::ExternalData(name) => write!(f, "external_data.{name}"),
            Self::Metadata(name) => write!(f, "metadata.{name}"),
        }
    }
}
