//! Cards in the wallets of phones and watches: provisioning, and the tokens that come of it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::Duration;
use serde_json::json;
use synctera_api::v2::types::{
    self, AppleDigitalWalletProvisionRequest, AppleDigitalWalletProvisionResponse, CardStatus,
    Device, DigitalWalletTokenPatch, DigitalWalletTokenState as State,
    GoogleDigitalWalletProvisionRequest, GoogleDigitalWalletProvisionResponse, PostalAddress,
};

use crate::domain::cards::{CARD, Card, next as next_of_card};
use crate::domain::digital_wallets::{DigitalWalletToken, TOKEN, set_state};
use crate::domain::listing::{By, List, as_stored};
use crate::domain::parties;
use crate::domain::parties::PartyRecord;
use crate::model::{
    ApiError, Ctx, Kind, Outcome, Record, Reply, Served, build, convert, transitions,
};

const ON_CARD: &[(&str, &Kind)] = &[("card_id", &CARD)];
const ON_TOKEN: &[(&str, &Kind)] = &[("digital_wallet_token_id", &TOKEN)];
pub(crate) const SERVED: &[Served] = &[
    Served::on("create_digital_wallet_apple", ON_CARD, apple),
    Served::on("create_digital_wallet_google", ON_CARD, google),
    Served::new("list_digital_wallet_tokens", list),
    Served::on("get_digital_wallet_token", ON_TOKEN, get),
    Served::on("update_digital_wallet_token_status", ON_TOKEN, update),
];

/// The job in which the wallet takes the card up.
pub(crate) const TAKE_UP: &str = "digital_wallet_token.take_up";

/// How long the wallet and the network take for that.
const TAKES_UP_MINUTES: i64 = 1;

pub(crate) fn list(ctx: &Ctx<'_>) -> Outcome {
    List {
        kind: &TOKEN,
        items: "digital_wallet_tokens",
        filters: &[("card_id", By::Key("card")), ("token_state", By::Key("state"))],
        always: Vec::new(),
        view: &as_stored,
    }
    .reply::<types::DigitalWalletTokenList>(ctx)
}

pub(crate) fn get(ctx: &Ctx<'_>) -> Outcome {
    let token = ctx.find_in_url::<DigitalWalletToken>("digital_wallet_token_id")?;
    Reply::json(200, &token.wire)
}

transitions! {
    /// What an integrator can make of a token. The end is the end.
    fn next(State) {
        Requested => [],
        RequestDeclined => [],
        Active => [Suspended, Terminated],
        Suspended => [Active, Terminated],
        Terminated => [],
    }
}

pub(crate) fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut token = ctx.find_in_url::<DigitalWalletToken>("digital_wallet_token_id")?;
    let wanted = State::from(ctx.body::<DigitalWalletTokenPatch>()?.status.as_str());
    let next = token.state.as_ref().map_or(&[][..], next);
    if token.state.as_ref() != Some(&wanted) && !next.contains(&wanted) {
        let current = token.state.as_ref().map_or("", State::as_str);
        let detail = format!("a token cannot go from {current} to {wanted}");
        return Err(ApiError::no_transition(detail, next));
    }
    set_state(ctx, &mut token, wanted)?;
    Reply::json(200, &token.wire)
}

pub(crate) fn apple(ctx: &Ctx<'_>) -> Outcome {
    let asked: AppleDigitalWalletProvisionRequest = ctx.body()?;
    let device = build(json!({ "type": asked.device_type }))?;
    let card = provision(ctx, "APPLE_WALLET", &device)?;
    // For Apple's servers; the sandbox cannot read it.
    let sealed =
        |what: &str| Ok::<_, ApiError>(STANDARD.encode(format!("{what} {}", ctx.new_id()?)));
    let provisioned: AppleDigitalWalletProvisionResponse = build(json!({
        "card_id": card.id, "creation_time": ctx.now, "last_updated_time": ctx.now,
        "activation_data": sealed("activation")?, "encrypted_pass_data": sealed("pass")?,
        "ephemeral_public_key": sealed("key")?,
    }))?;
    Reply::json(201, &provisioned)
}

pub(crate) fn google(ctx: &Ctx<'_>) -> Outcome {
    let asked: GoogleDigitalWalletProvisionRequest = ctx.body()?;
    let device = build(json!({ "type": asked.device_type, "device_id": asked.device_id }))?;
    let card = provision(ctx, "ANDROID_PAY", &device)?;
    let holder = card.customer_id.map(|id| id.to_string()).unwrap_or_default();
    let holder = parties::find(ctx, holder, "customer_id")?;
    let brand = card.card_brand.as_ref().map_or("", |brand| brand.as_str());
    let provisioned: GoogleDigitalWalletProvisionResponse = build(json!({
        "card_id": card.id, "creation_time": ctx.now, "last_updated_time": ctx.now,
        "push_tokenize_request_data": {
            "display_name": format!("Card ending {}", card.last_four),
            "last_digits": card.last_four, "network": card.card_brand,
            "token_service_provider": format!("TOKEN_PROVIDER_{brand}"),
            "opaque_payment_card": STANDARD.encode(format!("card {}", ctx.new_id()?)),
            "user_address": address_of(&holder),
        },
    }))?;
    Reply::json(201, &provisioned)
}

/// The legal address of a person or a business, if it is complete.
fn address_of(party: &PartyRecord) -> Option<PostalAddress> {
    convert(party.legal_address()?).ok()
}

/// Begins to put an active card into a wallet.
fn provision(ctx: &Ctx<'_>, wallet: &str, device: &Device) -> Result<Record<Card>, ApiError> {
    let card = ctx.find_in_url::<Card>("card_id")?;
    if card.card_status != CardStatus::Active {
        let detail = format!("a card that is {} goes into no wallet", card.card_status);
        return Err(ApiError::no_transition(detail, next_of_card(&card.card_status)));
    }
    if ctx.settings.wallet_tokens {
        let id = ctx.new_id()?;
        let token = Record::<DigitalWalletToken>::new(
            build(json!({
                "id": id, "tenant": ctx.tenant, "card_id": card.id, "type": wallet,
                "state": State::Requested, "device": device, "requested_time": ctx.now,
                "last_updated_time": ctx.now, "token_reference_id": ctx.new_id()?,
            }))?,
            (),
        );
        ctx.add(&token)?;
        let due = ctx.now + Duration::minutes(TAKES_UP_MINUTES);
        ctx.tx.schedule(ctx.tenant, due.timestamp_millis(), TAKE_UP, &id.to_string())?;
    }
    Ok(card)
}

/// The wallet took the card up, or declines because the card is not good any more.
pub(crate) fn take_up(ctx: &Ctx<'_>, id: &str) -> Result<(), ApiError> {
    let Some(mut token) = ctx.find::<DigitalWalletToken>(id)? else {
        return Ok(());
    };
    if token.state != Some(State::Requested) {
        return Ok(());
    }
    let card = token.card_id.map(|id| ctx.find::<Card>(id)).transpose()?.flatten();
    if card.is_some_and(|card| card.card_status == CardStatus::Active) {
        token.approved_time = Some(ctx.now);
        set_state(ctx, &mut token, State::Active)
    } else {
        set_state(ctx, &mut token, State::RequestDeclined)
    }
}
