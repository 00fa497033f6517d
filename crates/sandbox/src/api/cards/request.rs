//! A request for a card. The document describes it by type and form; here it is flat.

use std::collections::BTreeMap;

use serde::Deserialize;
use synctera_api::runtime::{
    AccountId, BulkOrderConfigId, BusinessId, CardId, CardImageId, CardProductId, CustomerId,
};
use synctera_api::v2::types::{CardType, EmbossName, Form, ReissueReason, Shipping};

/// A request for a card of any type and form.
#[derive(Deserialize)]
pub(super) struct IssueRequest {
    #[serde(rename = "type")]
    pub(super) card_type: CardType,
    pub(super) card_details: NewCardDetails,
}

/// The details of the card; those of another form are absent.
#[derive(Deserialize)]
pub(super) struct NewCardDetails {
    pub(super) form: Form,
    pub(super) account_id: AccountId,
    pub(super) customer_id: Option<CustomerId>,
    pub(super) business_id: Option<BusinessId>,
    pub(super) card_product_id: CardProductId,
    pub(super) emboss_name: Option<EmbossName>,
    #[serde(default)]
    pub(super) metadata: BTreeMap<String, String>,
    pub(super) reissue_reason: Option<ReissueReason>,
    pub(super) reissued_from_id: Option<CardId>,
    pub(super) shipping: Option<Shipping>,
    pub(super) bulk_order_config_id: Option<BulkOrderConfigId>,
    pub(super) card_image_id: Option<CardImageId>,
}
