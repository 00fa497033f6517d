//! Custom card images: announced, uploaded as JPEG, reviewed, and printed by a daily job.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::Duration;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use synctera_api::runtime::{CardImageId, ErrorCode, Patch};
use synctera_api::v2::types::{
    self, CardFulfillmentStatus, CardImageMode, CardImageStatus, CardStatus, Form,
};

use crate::api::cards::pending::{PendingReason, is_over};
use crate::api::cards::request::NewCardDetails;
use crate::domain::cards::{Card, CardProduct};
use crate::domain::cases::CaseReason;
use crate::domain::listing::{By, List, as_stored};
use crate::domain::{cases, parties};
use crate::model::calendar::bank_time;
use crate::model::{
    ApiError, Ctx, Kind, Outcome, Record, Reply, Resource, complete, text, transitions,
};
use crate::spec::FieldErrors;

pub(crate) const IMAGE: Kind =
    Kind { name: "card image", id: "id", keys: &[("customer", "/customer_id")] };

/// An image for the plastic of cards.
pub(crate) enum CardImage {}

impl Resource for CardImage {
    const KIND: &'static Kind = &IMAGE;
    type Wire = types::CardImage;
    type Facts = ();
}

/// The bytes of an image, beside it.
enum ImageData {}

impl Resource for ImageData {
    const KIND: &'static Kind = &Kind { name: "card image data", id: "id", keys: &[] };
    type Wire = ImageDataRecord;
    type Facts = ();
}

#[derive(Clone, Serialize, Deserialize)]
struct ImageDataRecord {
    id: CardImageId,
    /// In Base64.
    data: String,
}

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
    let asked: types::NewCardImage = ctx.body()?;
    parties::find(ctx, asked.customer_id, "customer_id")?;
    let (code, field) = (ErrorCode::BadRequestBody, "card_product_id");
    let product = ctx.find_named::<CardProduct>(asked.card_product_id, code, field)?;
    if product.form != Form::Physical {
        return Err(FieldErrors::invalid(field, "has no plastic to print an image on").into());
    }
    let rest = json!({ "id": ctx.new_id()?, "status": CardImageStatus::NotUploaded });
    let image = Record::<CardImage>::new(complete(&asked, rest)?, ());
    ctx.add(&image)?;
    Reply::json(201, &image.wire)
}

pub(super) fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::json(200, &ctx.find_in_url::<CardImage>("card_image_id")?.wire)
}

/// Takes the picture; there is no second try.
pub(super) fn upload(ctx: &Ctx<'_>) -> Outcome {
    let mut image = ctx.find_in_url::<CardImage>("card_image_id")?;
    if image.status != CardImageStatus::NotUploaded {
        let detail = format!("an image that is {} cannot be uploaded again", image.status);
        return Err(ApiError::status(detail, &[]));
    }
    let is_jpeg = ctx.request.upload.starts_with(&[0xff, 0xd8, 0xff]);
    if !is_jpeg || !ctx.request.content_type.starts_with("image/jpeg") {
        return Err(ApiError::rule(ErrorCode::BadRequestBody, "the body must be a JPEG image"));
    }
    let data = ImageDataRecord { id: image.id, data: STANDARD.encode(&ctx.request.upload) };
    ctx.add(&Record::<ImageData>::new(data, ()))?;
    image.status = CardImageStatus::Unreviewed;
    ctx.save(&image)?;
    cases::open(ctx, CaseReason::CardImageReview, &IMAGE, image.id)?;
    Reply::json(200, &image.wire)
}

pub(super) fn data(ctx: &Ctx<'_>) -> Outcome {
    let id = ctx.parameter("card_image_id");
    let stored = ctx.find::<ImageData>(id)?.ok_or_else(|| {
        ApiError::rule(ErrorCode::ResourceNotFound, format!("nothing was uploaded for {id}"))
    })?;
    let bytes = STANDARD
        .decode(&stored.data)
        .map_err(|e| ApiError::Internal(format!("a stored image cannot be read: {e}")))?;
    Reply::file("image/jpeg", bytes)
}

transitions! {
    /// What a review can make of an image.
    fn next(CardImageStatus) {
        NotUploaded => [],
        Unreviewed => [Approved, Rejected],
        Approved => [Rejected],
        Rejected => [],
    }
}

/// What is wrong with the body of a review, whatever the image is.
pub(super) fn errors_of_review(body: &Value) -> FieldErrors {
    const FIELD: &str = "rejection_reason";
    let is_rejected = text(body, "status") == CardImageStatus::Rejected.as_str();
    match (is_rejected, body.get(FIELD).is_none()) {
        (true, true) => FieldErrors::missing(FIELD),
        (false, false) => FieldErrors::invalid(FIELD, "goes with REJECTED alone"),
        _ => FieldErrors::default(),
    }
}

/// Reviews an image.
pub(super) fn review(ctx: &Ctx<'_>) -> Outcome {
    let mut image = ctx.find_in_url::<CardImage>("card_image_id")?;
    let asked: types::CardImagePatch = ctx.body()?;
    let next = next(&image.status);
    if !next.contains(&asked.status) {
        let detail = format!("an image cannot go from {} to {}", image.status, asked.status);
        return Err(ApiError::no_transition(detail, next));
    }
    image.status = asked.status;
    if let Patch::Set(reason) = asked.rejection_reason {
        image.rejection_reason = Some(reason);
    }
    if let Patch::Set(memo) = asked.rejection_memo {
        image.rejection_memo = Some(memo);
    }
    ctx.save(&image)?;
    cases::resolve(ctx, CaseReason::CardImageReview, image.id)?;
    let tonight = bank_time(ctx.today() + Duration::days(1), 0, 0);
    ctx.tx.schedule(ctx.tenant, tonight.timestamp_millis(), PRINT, &image.id.to_string())?;
    Reply::json(200, &image.wire)
}

/// The image that a card asks for, as far as it must be there when the card is issued; whether the
/// card has to wait for it.
pub(super) fn check(
    ctx: &Ctx<'_>,
    asked: &NewCardDetails,
    product: &types::CardProduct,
) -> Result<bool, ApiError> {
    let field = "card_details.card_image_id";
    let must_be_approved = product.image_mode == Some(CardImageMode::RequiredApprovedFirst);
    let Some(id) = asked.card_image_id else {
        return match must_be_approved {
            true => Err(FieldErrors::missing(field).into()),
            false => Ok(false),
        };
    };
    let image = ctx.find_named::<CardImage>(id, ErrorCode::BadRequestBody, field)?;
    let fits = image.card_product_id == asked.card_product_id
        && Some(image.customer_id) == asked.customer_id;
    if !fits {
        let reason = "must be an image of this customer for this product";
        return Err(FieldErrors::invalid(field, reason).into());
    }
    if image.status == CardImageStatus::Rejected
        || must_be_approved && image.status != CardImageStatus::Approved
    {
        let reason = format!("is {}, not APPROVED", image.status);
        return Err(FieldErrors::invalid(field, reason).into());
    }
    Ok(true)
}

/// Prints, or gives up, the cards that wait for a reviewed image.
pub(crate) fn print(ctx: &Ctx<'_>, id: &str) -> Result<(), ApiError> {
    let Some(image) = ctx.find::<CardImage>(id)? else {
        return Ok(());
    };
    for mut card in ctx.find_all::<Card>("image", id)? {
        if card.card_status != CardStatus::Pending {
            continue;
        }
        if image.status == CardImageStatus::Rejected {
            card.card_status = CardStatus::Rejected;
            card.card_fulfillment_status = Some(CardFulfillmentStatus::Rejected);
        } else {
            is_over(&mut card, PendingReason::Image);
        }
        card.last_updated_time = ctx.now;
        ctx.save(&card)?;
    }
    Ok(())
}
