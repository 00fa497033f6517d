//! What MX knows of merchants. It is a vendor's list, which is simulated: a merchant is found by its
//! id or not at all.

use serde_json::json;
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types::MerchantResponse;

use crate::model::{ApiError, Ctx, Outcome, Reply, Served, build};

pub(crate) const SERVED: &[Served] = &[Served::new("get_merchant", get)];

/// A merchant that the simulated vendor knows.
struct Merchant {
    guid: &'static str,
    name: &'static str,
    /// The host of its pages.
    host: &'static str,
}

/// All that the simulated vendor knows.
const MERCHANTS: &[Merchant] = &[
    Merchant {
        guid: "MCH-7ed79542-884d-2b1b-dd74-501c5cc9d25b",
        name: "Analytical Engines",
        host: "engines.example.com",
    },
    Merchant {
        guid: "MCH-1b0a7c52-36e4-4f0e-9d43-6f5f0a3b8e21",
        name: "Corner Coffee",
        host: "coffee.example.com",
    },
];

/// Since when the vendor has known them.
const SINCE: &str = "2020-01-01T00:00:00.000Z";

fn get(ctx: &Ctx<'_>) -> Outcome {
    let guid = ctx.parameter("merchant_guid");
    let Some(found) = MERCHANTS.iter().find(|merchant| merchant.guid == guid) else {
        return Err(ApiError::rule(ErrorCode::ResourceNotFound, "there is no merchant of this id"));
    };
    let Merchant { guid, name, host } = found;
    let merchant: MerchantResponse = build(json!({
        "guid": guid, "name": name, "website_url": format!("https://{host}"),
        "logo_url": format!("https://{host}/logo.png"), "created_at": SINCE, "updated_at": SINCE,
    }))?;
    Reply::json(200, &merchant)
}
