//! Cards, as they are stored, and which status may follow which.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use synctera_api::runtime::{
    AccountId, BulkOrderConfigId, BusinessId, CardId, CardImageId, CardProductId, CustomerId,
    Sensitive,
};
use synctera_api::v2::types::{
    CardBrand, CardFulfillmentStatus, CardStatus, CardStatusPendingReasons, CardStatusReasonCode,
    CardType, EmbossName, Form, FulfillmentDetails, PhysicalCardFormat, ReissueReason, Shipping,
};

use crate::model::{Kind, Resource, transitions};

/// The job in which an automatic order leaves.
pub(crate) const LEAVE: &str = "card_bulk_order.leave";

pub(crate) const CARD: Kind = Kind {
    name: "card",
    id: "id",
    keys: &[
        ("account", "/account_id"),
        ("customer", "/customer_id"),
        ("product", "/card_product_id"),
        ("status", "/card_status"),
        ("form", "/form"),
        ("brand", "/card_brand"),
        ("last_four", "/last_four"),
        ("barcode", "/_facts/activation_code"),
        ("code", "/_facts/activation_code"),
        ("image", "/card_image_id"),
        ("bulk_order_config", "/bulk_order_config_id"),
        ("bulk_order", "/fulfillment_details/bulk_order_id"),
        ("expiration", "/expiration_date"),
    ],
};

/// A card.
pub(crate) enum Card {}

impl Resource for Card {
    const KIND: &'static Kind = &CARD;
    type Wire = CardRecord;
    type Facts = CardFacts;
}

/// A card of any type and form, flat: clients see the type and the tenant beside the details.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct CardRecord {
    pub(crate) id: CardId,
    pub(crate) card_type: CardType,
    pub(crate) form: Form,
    pub(crate) tenant: String,
    pub(crate) account_id: AccountId,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) customer_id: Option<CustomerId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) business_id: Option<BusinessId>,
    pub(crate) card_product_id: CardProductId,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) card_brand: Option<CardBrand>,
    pub(crate) bin: String,
    pub(crate) last_four: String,
    /// Two digits.
    pub(crate) expiration_month: String,
    /// Four digits.
    pub(crate) expiration_year: String,
    pub(crate) expiration_time: DateTime<Utc>,
    /// The day of `expiration_time`, which lists filter and sort by.
    pub(crate) expiration_date: NaiveDate,
    pub(crate) emboss_name: EmbossName,
    pub(crate) card_status: CardStatus,
    pub(crate) status_reason: CardStatusReasonCode,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) memo: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) is_pin_set: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) timestamp_pin_set: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reissue_reason: Option<ReissueReason>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reissued_from_id: Option<CardId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reissued_to_id: Option<CardId>,
    /// What the card waits for while it is `PENDING`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pending_reasons: Option<CardStatusPendingReasons>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) bulk_order_config_id: Option<BulkOrderConfigId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) card_image_id: Option<CardImageId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) card_fulfillment_status: Option<CardFulfillmentStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) physical_card_format: Option<PhysicalCardFormat>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) shipping: Option<Shipping>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fulfillment_details: Option<FulfillmentDetails>,
    pub(crate) creation_time: DateTime<Utc>,
    pub(crate) last_updated_time: DateTime<Utc>,
}

impl CardRecord {
    /// Whether it can never be used again.
    pub(crate) fn has_ended(&self) -> bool {
        matches!(self.card_status, CardStatus::Terminated | CardStatus::Rejected)
    }
}

/// What only the sandbox keeps of a card.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct CardFacts {
    /// What its number is made from: the first card that had the number.
    pub(crate) number_key: String,
    /// What is printed on the carrier of a physical card, also as its barcode.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) activation_code: Option<Sensitive<String>>,
    /// Whether it was usable at some time: a virtual card always, a physical one once activated.
    pub(crate) is_activated: bool,
    /// The PIN, where an integrator or a cardholder chose it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pin: Option<Pin>,
    /// Wrong PINs since the last right one.
    pub(crate) pin_failures: u32,
}

/// A PIN that can be tried, but not read.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Pin {
    /// The card that the PIN was chosen for.
    pub(super) salt: CardId,
    pub(super) digest: String,
}

transitions! {
    /// What an integrator can make of a status. The end is the end.
    pub(crate) fn next(CardStatus) {
        Unactivated => [Suspended, Terminated],
        Pending => [Suspended, Terminated],
        Active => [Suspended, Terminated],
        Suspended => [Active, Terminated],
        Terminated => [],
        Rejected => [],
    }
}
