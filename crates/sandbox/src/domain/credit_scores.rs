//! Credit scores, as they are stored.

use synctera_api::v2::types;

use crate::model::{Kind, Resource};

pub(crate) const CREDIT_SCORE: Kind =
    Kind { name: "credit score", id: "id", keys: &[("customer", "/customer_id")] };

/// What a credit bureau says of a customer.
pub(crate) enum CreditScore {}

impl Resource for CreditScore {
    const KIND: &'static Kind = &CREDIT_SCORE;
    type Wire = types::CreditScore;
    type Facts = ();
}
