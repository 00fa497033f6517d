//! Cards issued elsewhere, and money to and from them.
//!
//! The vendor's page in a browser turns a card number into a token; here any token will do, once.
//! How it begins steers what the card behind it does: `expired` is refused; `mismatch` fails its
//! verification, as a name does that is not the customer's; `pull-only` and `push-only` take one
//! direction; transfers of `declined`, `fraud`, `pending`, `unknown` and `lost` cards do as
//! [`transfers`] says, and 3-D Secure of `challenge`, `unenrolled` and `failed` cards as
//! [`three_ds`] says. Numbers of cards are not kept.

mod card;
mod reversals;
mod three_ds;
pub(crate) mod transfers;
mod wallets;

use serde_json::{Value, json};
use synctera_api::runtime::{BusinessId, CustomerId, ErrorCode};
use synctera_api::v2::types;
use synctera_api::v2::types::{
    ExternalCardDetailsAddressVerificationResult as AddressResult,
    ExternalCardDetailsCvv2Result as Cvv2Result,
    ExternalCardDetailsNameVerificationResult as NameResult, ExternalCardStatus,
    ExternalCardVerificationsState,
};

use crate::api::external_cards::card::{
    ExternalCard, ExternalCardFacts, digits_of, print_of, use_up,
};
use crate::domain::cards::{CardFace, is_card_number};
use crate::domain::external_cards::Steering;
use crate::domain::listing::{By, List, view_of};
use crate::domain::parties::{Business, PartyRecord};
use crate::domain::{cards, external_cards, parties};
use crate::model::{ApiError, Ctx, Kind, Outcome, Record, Reply, Served, build, last_four, text};
use crate::spec::FieldErrors;

pub(crate) use card::CARD;
pub(crate) use transfers::{SETTLE, settle};

const ON_ONE: &[(&str, &Kind)] = &[("external_card_id", &CARD)];
const ON_TRANSFER: &[(&str, &Kind)] = &[("transfer_id", &external_cards::TRANSFER)];
pub(crate) const SERVED: &[Served] = &[
    Served::new("list_external_cards", list),
    Served::new("create_external_card", create).ruled(of_new_card),
    Served::new("create_external_card_from_token", create_from_token),
    Served::on("get_external_card", ON_ONE, get),
    Served::on("update_external_card", ON_ONE, update),
    Served::on("delete_external_card", ON_ONE, delete),
    Served::on("reveal_external_card_details", ON_ONE, reveal),
    Served::new("get_external_card_widget_token", widget_token),
    Served::new("list_external_card_transfers", transfers::list),
    Served::new("create_external_card_transfer", transfers::create),
    Served::new("create_apple_pay_external_card_transfer", wallets::apple),
    Served::new("create_google_pay_external_card_transfer", wallets::google),
    Served::on("get_external_card_transfer", ON_TRANSFER, transfers::get),
    Served::on("create_external_card_transfer_reversal", ON_TRANSFER, reversals::reverse),
    Served::new("initialize3_ds", three_ds::initialize),
    Served::new("lookup3_ds", three_ds::lookup),
    Served::new("authenticate3_ds", three_ds::authenticate),
];

fn list(ctx: &Ctx<'_>) -> Outcome {
    // Deleted cards are shown to who asks for them.
    let asks_deleted =
        ctx.request.query.get("status").is_some_and(|asked| asked.to_string().contains("DELETED"))
            || ctx.request.query.contains_key("id");
    List {
        kind: &CARD,
        items: "external_cards",
        filters: &[
            ("id", By::Key("id")),
            ("customer_id", By::Key("customer")),
            ("business_id", By::Key("business")),
            ("last_four", By::Key("last_four")),
            ("name", By::Key("name")),
            ("name_like", By::Elsewhere),
            ("payment_account_reference", By::Key("reference")),
            ("status", By::Key("status")),
            ("status_neq", By::Elsewhere),
            ("tenant", By::Key("tenant")),
            ("from_creation_time", By::From("/creation_time")),
            ("to_creation_time", By::To("/creation_time")),
            ("from_last_updated_time", By::From("/last_updated_time")),
            ("to_last_updated_time", By::To("/last_updated_time")),
            ("from_deletion_time", By::From("/deletion_time")),
            ("to_deletion_time", By::To("/deletion_time")),
        ],
        always: Vec::new(),
        view: &view_of::<ExternalCard, _>(|ctx, card| {
            let asked =
                |name: &str| ctx.request.query.get(name).and_then(Value::as_str).map(str::to_owned);
            let is_unwanted = asked("status_neq").is_some_and(|it| it == card.status.as_str());
            let is_hidden = card.status == ExternalCardStatus::Deleted && !asks_deleted;
            // The one such filter that minds its case.
            let is_other = !card.name.contains(&asked("name_like").unwrap_or_default());
            Ok((!is_unwanted && !is_hidden && !is_other).then_some(card.wire))
        }),
    }
    .reply::<types::ExternalCardList>(ctx)
}

fn create_from_token(ctx: &Ctx<'_>) -> Outcome {
    let body: types::NewExternalCardFromToken = ctx.body()?;
    let token = body.token.expose();
    if token.is_empty() || token.starts_with("expired") {
        return Err(FieldErrors::invalid("token", "is not valid any more").into());
    }
    let print = print_of(token);
    if !use_up(ctx, &print)? {
        return Err(FieldErrors::invalid("token", "was used before").into());
    }
    let numbers = digits_of(&print);
    let (bin, last) = numbers.split_at(6);
    let year = ctx.now.format("%y").to_string().parse::<u32>().unwrap_or_default() + 3;
    let card = NewCard {
        customer_id: body.customer_id,
        business_id: body.business_id,
        name: &body.name,
        bin,
        last_four: last,
        expiration_month: "12",
        expiration_year: &format!("{:02}", year % 100),
        only: token.split_once("-only").map(|(direction, _)| direction),
        steering: Steering::of(token),
    };
    card.store(ctx, Some(print.clone()))
}

/// What is wrong with the body of a new card.
fn of_new_card(ctx: &Ctx<'_>) -> Result<FieldErrors, ApiError> {
    let mut errors = FieldErrors::default();
    if !is_card_number(text(&ctx.request.body, "pan")) {
        errors.merge(FieldErrors::invalid("pan", "is no card number"));
    }
    let now = ctx.now.format("%y%m").to_string();
    let expires = format!(
        "{}{}",
        text(&ctx.request.body, "expiration_year"),
        text(&ctx.request.body, "expiration_month")
    );
    if expires < now {
        errors.merge(FieldErrors::invalid("expiration_year", "the card has expired"));
    }
    Ok(errors)
}

/// A card by its number, which is looked at and forgotten.
fn create(ctx: &Ctx<'_>) -> Outcome {
    let body: types::NewExternalCard = ctx.body()?;
    let pan = body.pan.expose();
    let card = NewCard {
        customer_id: body.customer_id,
        business_id: body.business_id,
        name: &body.name,
        bin: pan.get(..6).unwrap_or_default(),
        last_four: &last_four(pan),
        expiration_month: &body.expiration_month,
        expiration_year: &body.expiration_year,
        only: None,
        steering: None,
    };
    card.store(ctx, None)
}

/// A card that is to be registered.
struct NewCard<'a> {
    customer_id: CustomerId,
    business_id: Option<BusinessId>,
    name: &'a str,
    bin: &'a str,
    last_four: &'a str,
    expiration_month: &'a str,
    expiration_year: &'a str,
    /// The one direction that it takes, `push` or `pull`.
    only: Option<&'a str>,
    steering: Option<Steering>,
}

impl NewCard<'_> {
    /// Verifies a card against its customer, and keeps it.
    fn store(&self, ctx: &Ctx<'_>, number_key: Option<String>) -> Outcome {
        let customer = parties::find(ctx, self.customer_id, "customer_id")?;
        if let Some(business) = self.business_id {
            let code = ErrorCode::BusinessNotFound;
            ctx.find_named::<Business>(business, code, "business_id")?;
        }
        let facts = ExternalCardFacts {
            business_id: self.business_id,
            number_key,
            steering: self.steering,
        };
        let is_theirs = is_name_of(&customer, self.name);
        let card = Record::<ExternalCard>::new(build(self.members(ctx, is_theirs)?)?, facts);
        ctx.add(&card)?;
        Reply::json(201, &card.wire)
    }

    /// The members of the card, whose name is its customer's or is not.
    fn members(&self, ctx: &Ctx<'_>, is_theirs: bool) -> Result<Value, ApiError> {
        let is_verified = is_theirs && self.steering != Some(Steering::Mismatch);
        let state = match is_verified {
            true => ExternalCardVerificationsState::Succeeded,
            false => ExternalCardVerificationsState::Failed,
        };
        let is_address_theirs = is_verified || !is_theirs;
        let address = match is_address_theirs {
            true => AddressResult::Verified,
            false => AddressResult::AddressMismatch,
        };
        let name = if is_theirs { NameResult::Verified } else { NameResult::NameMismatch };
        Ok(json!({
            "id": ctx.new_id()?, "tenant": ctx.tenant, "status": ExternalCardStatus::Active,
            "currency": "USD", "customer_id": self.customer_id, "name": self.name,
            "issuer": "Sandbox Community Bank", "bin": self.bin, "last_four": self.last_four,
            "expiration_month": self.expiration_month, "expiration_year": self.expiration_year,
            "payment_account_reference": format!("V{:0>28}", ctx.tx.next("external cards")?),
            "creation_time": ctx.now, "last_updated_time": ctx.now,
            "verifications": {
                "state": state, "name_verification_result": name,
                "address_verification_result": address, "cvv2_result": Cvv2Result::Verified,
                "pull_enabled": is_verified && self.only != Some("push"),
                "push_enabled": is_verified && self.only != Some("pull"),
                "pull_details": {
                    "country": "US", "currency": "USD", "network": "Visa", "product_type": "DEBIT",
                    "regulated": true,
                },
                "push_details": {
                    "country": "US", "currency": "USD", "network": "Visa", "product_type": "DEBIT",
                    "regulated": true, "funds_availability": "NOW",
                },
            },
        }))
    }
}

/// Both names in any order and case; of a business, its name.
fn is_name_of(customer: &PartyRecord, name: &str) -> bool {
    let name = name.to_lowercase();
    let is_in = |part: &str| !part.is_empty() && name.contains(&part.to_lowercase());
    is_in(customer.first_name()) && is_in(customer.last_name())
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::json(200, &ctx.find_in_url::<ExternalCard>("external_card_id")?.wire)
}

fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut card = changeable(ctx)?;
    card.status = ctx.body::<types::ExternalCardPatch>()?.status.as_str().into();
    card.last_updated_time = Some(ctx.now);
    ctx.save(&card)?;
    Reply::json(200, &card.wire)
}

fn changeable(ctx: &Ctx<'_>) -> Result<Record<ExternalCard>, ApiError> {
    let card = ctx.find_in_url::<ExternalCard>("external_card_id")?;
    if card.status == ExternalCardStatus::Deleted {
        return Err(ApiError::status("a deleted card stays as it is", &[]));
    }
    Ok(card)
}

/// A deleted card can still be read.
fn delete(ctx: &Ctx<'_>) -> Outcome {
    let mut card = changeable(ctx)?;
    card.status = ExternalCardStatus::Deleted;
    card.deletion_time = Some(ctx.now);
    card.last_updated_time = Some(ctx.now);
    ctx.save(&card)?;
    let deleted = json!({ "id": card.id, "resource": "EXTERNAL_CARD" });
    Reply::json(200, &build::<types::DeleteResponse>(deleted)?)
}

/// The number of a card that a token stood for. One that came as a number was looked at and
/// forgotten.
fn reveal(ctx: &Ctx<'_>) -> Outcome {
    let card = changeable(ctx)?;
    let Some(key) = &card.facts.number_key else {
        let detail = "the number of this card was not kept";
        return Err(ApiError::rule(ErrorCode::UnableToTransact, detail));
    };
    let face = CardFace {
        bin: card.bin.as_deref().unwrap_or_default(),
        last_four: &card.last_four,
        expiration_month: &card.expiration_month,
        expiration_year: &card.expiration_year,
    };
    let ciphertext = cards::revealed(ctx, &cards::plain(&face, key))?;
    Reply::json(
        200,
        &build::<types::ExternalCardRevealResponse>(json!({ "ciphertext": ciphertext }))?,
    )
}

/// What a page needs to show the vendor's form, for a customer; or, for a known card, for its holder.
fn widget_token(ctx: &Ctx<'_>) -> Outcome {
    let is_reveal = ctx.request.query.get("widget_type") == Some(&json!("REVEAL"));
    let needed = if is_reveal { "external_card_id" } else { "customer_id" };
    if !ctx.request.query.contains_key(needed) {
        let mut problem = crate::model::Problem::new(
            ErrorCode::BadQueryParameter,
            "the query breaks the rules of its parameters",
        );
        problem.errors = FieldErrors::missing(needed);
        return Err(problem.into());
    }
    let token = format!("widget-sandbox-{}", ctx.new_id()?);
    let token = json!({ "tenant": ctx.tenant, "widget_token": token });
    Reply::json(200, &build::<types::WidgetToken>(token)?)
}
