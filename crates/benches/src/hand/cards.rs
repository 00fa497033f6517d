//! Cards: two unions, one in the other.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use uuid::Uuid;

use super::texts::{
    CardBrand, CardFulfillmentStatus, CardStatus, CardStatusReasonCode, PhysicalCardFormat,
    ReissueReason, ShippingMethod,
};

#[derive(Deserialize)]
pub struct CardList {
    pub cards: Vec<Card>,
    pub next_page_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "UPPERCASE")]
pub enum Card {
    Debit(DebitCard),
    Prepaid(DebitCard),
}

#[derive(Deserialize)]
pub struct DebitCard {
    pub card_details: DebitCardDetails,
    pub tenant: String,
}

#[derive(Deserialize)]
#[serde(tag = "form", rename_all = "UPPERCASE")]
#[allow(clippy::large_enum_variant, reason = "as anybody would write it first, and as ours is")]
pub enum DebitCardDetails {
    Physical(PhysicalDebitCard),
    Virtual(VirtualDebitCard),
}

#[derive(Deserialize)]
pub struct PhysicalDebitCard {
    pub account_id: Uuid,
    pub bin: Option<String>,
    pub bulk_order_config_id: Option<Uuid>,
    pub business_id: Option<Uuid>,
    pub card_brand: CardBrand,
    pub card_fulfillment_status: CardFulfillmentStatus,
    pub card_image_id: Option<Uuid>,
    pub card_product_id: Uuid,
    pub card_status: CardStatus,
    pub creation_time: DateTime<Utc>,
    pub customer_id: Option<Uuid>,
    pub emboss_name: EmbossName,
    pub expiration_month: Option<String>,
    pub expiration_time: Option<DateTime<Utc>>,
    pub expiration_year: Option<String>,
    pub fulfillment_details: Option<FulfillmentDetails>,
    pub id: Uuid,
    pub is_pin_set: Option<bool>,
    pub last_four: Option<String>,
    pub last_updated_time: Option<DateTime<Utc>>,
    pub memo: Option<String>,
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
    pub pending_reasons: Option<CardStatusPendingReasons>,
    pub physical_card_format: PhysicalCardFormat,
    pub reissue_reason: Option<ReissueReason>,
    pub reissued_from_id: Option<Uuid>,
    pub reissued_to_id: Option<Uuid>,
    pub shipping: Shipping,
    pub status_reason: CardStatusReasonCode,
    pub timestamp_pin_set: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
pub struct VirtualDebitCard {
    pub account_id: Uuid,
    pub bin: Option<String>,
    pub business_id: Option<Uuid>,
    pub card_brand: CardBrand,
    pub card_product_id: Uuid,
    pub card_status: CardStatus,
    pub creation_time: DateTime<Utc>,
    pub customer_id: Option<Uuid>,
    pub emboss_name: EmbossName,
    pub expiration_month: String,
    pub expiration_time: Option<DateTime<Utc>>,
    pub expiration_year: String,
    pub id: Uuid,
    pub is_pin_set: Option<bool>,
    pub last_four: String,
    pub last_updated_time: Option<DateTime<Utc>>,
    pub memo: Option<String>,
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
    pub pending_reasons: Option<CardStatusPendingReasons>,
    pub reissue_reason: Option<ReissueReason>,
    pub reissued_from_id: Option<Uuid>,
    pub reissued_to_id: Option<Uuid>,
    pub status_reason: CardStatusReasonCode,
    pub timestamp_pin_set: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
pub struct EmbossName {
    pub line_1: String,
    pub line_2: Option<String>,
}

#[derive(Deserialize)]
pub struct Shipping {
    pub address: Option<PostalAddress>,
    pub care_of_line: Option<String>,
    pub is_expedited_fulfillment: Option<bool>,
    pub method: Option<ShippingMethod>,
    pub phone_number: Option<String>,
    pub recipient_name: Option<RecipientName>,
}

#[derive(Deserialize)]
pub struct PostalAddress {
    pub address_line_1: String,
    pub address_line_2: Option<String>,
    pub city: String,
    pub country_code: String,
    pub postal_code: String,
    pub state: String,
}

#[derive(Deserialize)]
pub struct RecipientName {
    pub first_name: String,
    pub last_name: String,
    pub middle_name: Option<String>,
}

#[derive(Deserialize)]
pub struct FulfillmentDetails {
    pub bulk_order_id: Option<Uuid>,
    pub ship_date: Option<NaiveDate>,
    pub shipping_method: Option<String>,
    pub tracking_number: Option<String>,
}

#[derive(Deserialize)]
pub struct CardStatusPendingReasons {
    pub is_waiting_for_bulk_shipment: Option<bool>,
    pub is_waiting_for_image: Option<bool>,
    pub is_waiting_for_pin: Option<bool>,
}
