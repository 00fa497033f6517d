//! Card products. The platform sets them up; a fresh workspace here has one of each type
//! and form.

use chrono::{DateTime, Utc};
use serde_json::json;
use synctera_api::v2::types::{
    self, CardBrand, CardCategory, CardType, DigitalWalletTokenization, Form, IssuerProcessor,
    PhysicalCardFormat, PinIssuancePolicy, ThreeDsPolicy,
};

use crate::domain::cards::{CardProduct, PRODUCT};
use crate::domain::listing::{By, List, as_stored};
use crate::model::{ApiError, Ctx, Outcome, Record, build};

/// When the products begin and end; far enough for any clock that a test holds.
const FROM: &str = "2020-01-01T00:00:00Z";

const TO: &str = "2100-01-01T00:00:00Z";

pub(crate) fn seed(ctx: &Ctx<'_>) -> Result<(), ApiError> {
    for (name, card_type, form) in [
        ("Virtual debit", CardType::Debit, Form::Virtual),
        ("Physical debit", CardType::Debit, Form::Physical),
        ("Virtual credit", CardType::Credit, Form::Virtual),
        ("Physical credit", CardType::Credit, Form::Physical),
        ("Virtual prepaid", CardType::Prepaid, Form::Virtual),
        ("Physical prepaid", CardType::Prepaid, Form::Physical),
    ] {
        let is_physical = form == Form::Physical;
        let product: types::CardProduct = build(json!({
            "id": ctx.new_id()?, "tenant": ctx.tenant, "name": name, "form": form, "active": true,
            "card_brand": CardBrand::Visa, "card_type": card_type,
            "card_category": CardCategory::Consumer, "card_program_id": ctx.new_id()?,
            "account_range_id": ctx.new_id()?, "bin_id": ctx.new_id()?,
            "issuer_processor": IssuerProcessor::Marqeta, "three_ds_policy": ThreeDsPolicy::Exempt,
            "pin_issuance_policy": PinIssuancePolicy::NotRequired, "issue_without_kyc": false,
            "bulk_shipping_enabled": is_physical, "unsecured_credit_enabled": false,
            "digital_wallet_tokenization": DigitalWalletTokenization::default(),
            "physical_card_format": is_physical.then_some(PhysicalCardFormat::Chip),
            "start_date": FROM, "end_date": TO, "creation_time": ctx.now,
            "last_updated_time": ctx.now,
        }))?;
        ctx.add(&Record::<CardProduct>::new(product, ()))?;
    }
    Ok(())
}

pub(super) fn list(ctx: &Ctx<'_>) -> Outcome {
    List {
        kind: &PRODUCT,
        items: "card_products",
        filters: &[("form", By::Key("form")), ("card_brand", By::Key("brand"))],
        always: Vec::new(),
        view: &as_stored,
    }
    .reply::<types::CardProductList>(ctx)
}

/// Whether cards can be issued of a product now.
pub(super) fn is_open(product: &types::CardProduct, now: DateTime<Utc>) -> bool {
    product.active && product.start_date <= now && now < product.end_date
}
