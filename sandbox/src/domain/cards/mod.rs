//! Cards: what several families know of them.

mod card;
mod ending;
mod gateways;
mod numbers;
mod pin;
mod products;

pub(crate) use card::{CARD, LEAVE, next};
pub(crate) use ending::{end, end_all};
pub(crate) use gateways::{GATEWAY, of_product};
pub(crate) use numbers::{is_card_number, plain, revealed};
pub(crate) use pin::{digest, try_pin};
pub(crate) use products::{PRODUCT, crosses_borders};
