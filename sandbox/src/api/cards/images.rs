//! Custom card images: announced, uploaded as JPEG, reviewed, and printed by a daily job.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::Duration;
use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types;

use crate::api::cards::pending;
use crate::domain::cards::{CARD, PRODUCT};
use crate::domain::listing::{By, List, as_stored};
use crate::domain::parties;
use crate::model::calendar::bank_time;
use crate::model::{ApiError, Ctx, Kind, Outcome, Reply, text};
use crate::spec::FieldErrors;

pub(crate) const IMAGE: Kind =
    Kind { name: "card image", id: "id", keys: &[("customer", "/customer_id")] };

/// The bytes of an image, beside it.
const DATA: Kind = Kind { name: "card image data", id: "id", keys: &[] };

/// The job that takes reviewed images to the printer.
pub(crate) const PRINT: &str = "card_image.print";

pub(super) fn list(ctx: &Ctx<'_>) -> Outcome {
    List {
        kind: &IMAGE,
        items: "images",
        filters: &[("customer_id", By::Key("customer"))],
        always: Vec::new(),
        view: &as_stored,
    }
    .reply::<types::CardImageList>(ctx)
}

pub(super) fn create(ctx: &Ctx<'_>) -> Outcome {
    let mut image = ctx.request.body.clone();
    parties::customer(ctx, text(&image, "customer_id"), "customer_id")?;
    let (code, field) = (ErrorCode::BadRequestBody, "card_product_id");
    let product = ctx.referred(&PRODUCT, text(&image, field), code, field)?;
    if product["form"] != "PHYSICAL" {
        return Err(FieldErrors::invalid(field, "has no plastic to print an image on").into());
    }
    image["id"] = json!(ctx.new_id()?);
    image["status"] = json!("NOT_UPLOADED");
    ctx.insert(&IMAGE, &image)?;
    Reply::created::<types::CardImage>(image)
}

pub(super) fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::ok::<types::CardImage>(ctx.url_resource(&IMAGE, "card_image_id")?)
}

/// Takes the picture; there is no second try.
pub(super) fn upload(ctx: &Ctx<'_>) -> Outcome {
    let mut image = ctx.url_resource(&IMAGE, "card_image_id")?;
    let status = text(&image, "status");
    if status != "NOT_UPLOADED" {
        let detail = format!("an image that is {status} cannot be uploaded again");
        return Err(ApiError::status(detail, &[]));
    }
    let is_jpeg = ctx.request.upload.starts_with(&[0xff, 0xd8, 0xff]);
    if !is_jpeg || !ctx.request.content_type.starts_with("image/jpeg") {
        return Err(ApiError::rule(ErrorCode::BadRequestBody, "the body must be a JPEG image"));
    }
    let data = json!({ "id": image["id"], "data": STANDARD.encode(&ctx.request.upload) });
    ctx.insert(&DATA, &data)?;
    image["status"] = json!("UNREVIEWED");
    ctx.update(&IMAGE, &image)?;
    Reply::ok::<types::CardImage>(image)
}

pub(super) fn data(ctx: &Ctx<'_>) -> Outcome {
    let id = ctx.parameter("card_image_id");
    let stored = ctx.get(&DATA, id)?.ok_or_else(|| {
        ApiError::rule(ErrorCode::ResourceNotFound, format!("nothing was uploaded for {id}"))
    })?;
    let bytes = STANDARD
        .decode(text(&stored, "data"))
        .map_err(|e| ApiError::Internal(format!("a stored image cannot be read: {e}")))?;
    Reply::file("image/jpeg", bytes)
}

/// What a review can make of an image.
fn next(status: &str) -> &'static [&'static str] {
    match status {
        "UNREVIEWED" => &["APPROVED", "REJECTED"],
        "APPROVED" => &["REJECTED"],
        _ => &[],
    }
}

/// Reviews an image.
pub(super) fn review(ctx: &Ctx<'_>) -> Outcome {
    let mut image = ctx.url_resource(&IMAGE, "card_image_id")?;
    let (wanted, current) = (text(&ctx.request.body, "status"), text(&image, "status"));
    if !next(current).contains(&wanted) {
        let detail = format!("an image cannot go from {current} to {wanted}");
        return Err(ApiError::status(detail, next(current)));
    }
    let reason = &ctx.request.body["rejection_reason"];
    match (wanted == "REJECTED", reason.is_null()) {
        (true, true) => return Err(FieldErrors::missing("rejection_reason").into()),
        (false, false) => {
            let why = "goes with REJECTED alone";
            return Err(FieldErrors::invalid("rejection_reason", why).into());
        }
        _ => {}
    }
    image["status"] = json!(wanted);
    for property in ["rejection_reason", "rejection_memo"] {
        if let Some(value) = ctx.request.body.get(property).filter(|value| !value.is_null()) {
            image[property] = value.clone();
        }
    }
    ctx.update(&IMAGE, &image)?;
    let tonight = bank_time(ctx.today() + Duration::days(1), 0, 0);
    ctx.tx.schedule(ctx.tenant, tonight.timestamp_millis(), PRINT, text(&image, "id"))?;
    Reply::ok::<types::CardImage>(image)
}

/// The image that a card asks for, as far as it must be there when the card is issued; whether the
/// card has to wait for it.
pub(super) fn check(ctx: &Ctx<'_>, details: &Value, product: &Value) -> Result<bool, ApiError> {
    let field = "card_details.card_image_id";
    let must_be_approved = product["image_mode"] == "REQUIRED_APPROVED_FIRST";
    let Some(id) = details["card_image_id"].as_str() else {
        return match must_be_approved {
            true => Err(FieldErrors::missing(field).into()),
            false => Ok(false),
        };
    };
    let image = ctx.referred(&IMAGE, id, ErrorCode::BadRequestBody, field)?;
    let fits = image["card_product_id"] == details["card_product_id"]
        && image["customer_id"] == details["customer_id"];
    if !fits {
        let reason = "must be an image of this customer for this product";
        return Err(FieldErrors::invalid(field, reason).into());
    }
    let status = text(&image, "status");
    if status == "REJECTED" || must_be_approved && status != "APPROVED" {
        let reason = format!("is {status}, not APPROVED");
        return Err(FieldErrors::invalid(field, reason).into());
    }
    Ok(true)
}

/// Prints, or gives up, the cards that wait for a reviewed image.
pub(crate) fn print(ctx: &Ctx<'_>, id: &str) -> Result<(), ApiError> {
    let Some(image) = ctx.get(&IMAGE, id)? else {
        return Ok(());
    };
    for mut card in ctx.all_with(&CARD, "image", id)? {
        if card["card_status"] != "PENDING" {
            continue;
        }
        if image["status"] == "REJECTED" {
            card["card_status"] = json!("REJECTED");
            card["card_fulfillment_status"] = json!("REJECTED");
        } else {
            pending::is_over(&mut card, "is_waiting_for_image");
        }
        card["last_updated_time"] = json!(ctx.now_text());
        ctx.update(&CARD, &card)?;
    }
    Ok(())
}
