//! What a card network would send, played: authorizations and all that follows them.
//!
//! Each is judged as the platform judges the real thing ([`decide`]), and moves real money of the
//! sandbox's ledger. A decline is an answer, not an error: the network was served. The answer's
//! `transaction.token` is how a later message names this one; it is not the ledger's id, which is
//! found by the card.

mod attempt;
mod authorization;
mod clearing;
mod decide;
mod direct;
mod fulfillment;
mod gateway;
mod record;
mod response;

use crate::domain::cards::CARD;
use crate::model::{Kind, Served};

pub(crate) use authorization::{EXPIRE, expire};

const ON_CARD: &[(&str, &Kind)] = &[("card_id", &CARD)];
pub(crate) const SERVED: &[Served] = &[
    Served::on("simulate_card_fulfillment", ON_CARD, fulfillment::simulate),
    Served::new("simulate_authorization", authorization::authorize)
        .ruled(|ctx| Ok(authorization::errors_of(&ctx.request.body))),
    Served::new("simulate_authorization_advice", authorization::advise),
    Served::new("simulate_clearing", clearing::clear),
    Served::new("simulate_level2_and3_data", clearing::enhance),
    Served::new("simulate_financial", direct::pay)
        .ruled(|ctx| Ok(record::errors_of_amount(&ctx.request.body))),
    Served::new("simulate_financial_advice", direct::advise),
    Served::new("simulate_balance_inquiry", direct::inquire),
    Served::new("simulate_withdrawal", direct::withdraw)
        .ruled(|ctx| Ok(record::errors_of_amount(&ctx.request.body))),
    Served::new("simulate_original_credit", direct::credit)
        .ruled(|ctx| Ok(record::errors_of_amount(&ctx.request.body))),
    Served::new("simulate_reversal", clearing::reverse),
];
