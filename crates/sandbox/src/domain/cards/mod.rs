//! Cards: what several families know of them.

mod card;
mod ending;
mod gateways;
mod numbers;
mod pin;
mod products;
pub(crate) mod three_ds;

pub(crate) use card::{CARD, Card, CardFacts, CardRecord, LEAVE, Pin, next};
pub(crate) use ending::{end, end_all};
pub(crate) use gateways::{CardGateway, GATEWAY, of_product};
pub(crate) use numbers::{CardFace, is_card_number, plain, revealed};
pub(crate) use pin::try_pin;
pub(crate) use products::{CardProduct, PRODUCT, crosses_borders};
