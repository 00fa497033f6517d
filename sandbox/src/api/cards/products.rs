//! Card products. The platform sets them up; a fresh workspace here has one of each type
//! and form.

use serde_json::{Value, json};
use synctera_api::v2::types;

use crate::domain::cards::PRODUCT;
use crate::domain::listing::{By, List, as_stored};
use crate::model::{ApiError, Ctx, Outcome};

/// When the products begin and end; far enough for any clock that a test holds.
const FROM: &str = "2020-01-01T00:00:00.000Z";

const TO: &str = "2100-01-01T00:00:00.000Z";

pub(crate) fn seed(ctx: &Ctx<'_>) -> Result<(), ApiError> {
    for (name, kind, form) in [
        ("Virtual debit", "DEBIT", "VIRTUAL"),
        ("Physical debit", "DEBIT", "PHYSICAL"),
        ("Virtual credit", "CREDIT", "VIRTUAL"),
        ("Physical credit", "CREDIT", "PHYSICAL"),
        ("Virtual prepaid", "PREPAID", "VIRTUAL"),
        ("Physical prepaid", "PREPAID", "PHYSICAL"),
    ] {
        let mut product = json!({
            "id": ctx.new_id()?, "tenant": ctx.tenant, "name": name, "form": form, "active": true,
            "card_brand": "VISA", "card_type": kind, "card_category": "CONSUMER",
            "card_program_id": ctx.new_id()?, "account_range_id": ctx.new_id()?,
            "bin_id": ctx.new_id()?, "issuer_processor": "MARQETA", "three_ds_policy": "EXEMPT",
            "pin_issuance_policy": "NOT_REQUIRED", "issue_without_kyc": false,
            "bulk_shipping_enabled": form == "PHYSICAL", "unsecured_credit_enabled": false,
            "digital_wallet_tokenization": {}, "start_date": FROM, "end_date": TO,
            "creation_time": ctx.now_text(), "last_updated_time": ctx.now_text(),
        });
        if form == "PHYSICAL" {
            product["physical_card_format"] = json!("CHIP");
        }
        ctx.insert(&PRODUCT, &product)?;
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
pub(super) fn is_open(product: &Value, now: &str) -> bool {
    let within = |key: &str| product[key].as_str().unwrap_or_default().to_owned();
    product["active"] == true
        && within("start_date").as_str() <= now
        && now < within("end_date").as_str()
}
