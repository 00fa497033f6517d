//! Cards in the wallets of phones and watches: provisioning, and the tokens that come of it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::Duration;
use serde_json::{Value, json};
use synctera_api::v2::types;

use crate::domain::cards::{CARD, next as next_of_card};
use crate::domain::digital_wallets::{TOKEN, set_state};
use crate::domain::listing::{By, List, as_stored};
use crate::domain::parties;
use crate::model::{ApiError, Ctx, Kind, Outcome, Reply, Served, text};

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
    Reply::ok::<types::DigitalWalletToken>(ctx.url_resource(&TOKEN, "digital_wallet_token_id")?)
}

/// What an integrator can make of a token. The end is the end.
fn next(state: &str) -> &'static [&'static str] {
    match state {
        "ACTIVE" => &["SUSPENDED", "TERMINATED"],
        "SUSPENDED" => &["ACTIVE", "TERMINATED"],
        _ => &[],
    }
}

pub(crate) fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut token = ctx.url_resource(&TOKEN, "digital_wallet_token_id")?;
    let (wanted, current) = (text(&ctx.request.body, "status"), text(&token, "state"));
    if wanted != current && !next(current).contains(&wanted) {
        let detail = format!("a token cannot go from {current} to {wanted}");
        return Err(ApiError::status(detail, next(current)));
    }
    set_state(ctx, &mut token, wanted)?;
    Reply::ok::<types::DigitalWalletToken>(token)
}

pub(crate) fn apple(ctx: &Ctx<'_>) -> Outcome {
    let (card, now) = provision(ctx, "APPLE_WALLET")?;
    // For Apple's servers; the sandbox cannot read it.
    let sealed =
        |what: &str| Ok::<_, ApiError>(STANDARD.encode(format!("{what} {}", ctx.new_id()?)));
    Reply::created::<types::AppleDigitalWalletProvisionResponse>(json!({
        "card_id": card["id"], "creation_time": now, "last_updated_time": now,
        "activation_data": sealed("activation")?, "encrypted_pass_data": sealed("pass")?,
        "ephemeral_public_key": sealed("key")?,
    }))
}

pub(crate) fn google(ctx: &Ctx<'_>) -> Outcome {
    let (card, now) = provision(ctx, "ANDROID_PAY")?;
    let (_, holder) = parties::customer(ctx, text(&card, "customer_id"), "customer_id")?;
    let mut data = json!({
        "display_name": format!("Card ending {}", text(&card, "last_four")),
        "last_digits": card["last_four"], "network": card["card_brand"],
        "token_service_provider": format!("TOKEN_PROVIDER_{}", text(&card, "card_brand")),
        "opaque_payment_card": STANDARD.encode(format!("card {}", ctx.new_id()?)),
    });
    let address = &holder["legal_address"];
    let parts = ["address_line_1", "city", "country_code", "postal_code", "state"];
    if parts.iter().all(|part| address[*part].is_string()) {
        data["user_address"] = address.clone();
    }
    Reply::created::<types::GoogleDigitalWalletProvisionResponse>(json!({
        "card_id": card["id"], "creation_time": now, "last_updated_time": now,
        "push_tokenize_request_data": data,
    }))
}

/// Begins to put an active card into a wallet; the card, and the moment.
fn provision(ctx: &Ctx<'_>, wallet: &str) -> Result<(Value, String), ApiError> {
    let card = ctx.url_resource(&CARD, "card_id")?;
    let status = text(&card, "card_status");
    if status != "ACTIVE" {
        let detail = format!("a card that is {status} goes into no wallet");
        return Err(ApiError::status(detail, next_of_card(status)));
    }
    let now = ctx.now_text();
    if ctx.settings.wallet_tokens {
        let mut device = json!({ "type": ctx.request.body["device_type"] });
        if let Some(id) = ctx.request.body.get("device_id") {
            device["device_id"] = id.clone();
        }
        let token = json!({
            "id": ctx.new_id()?, "tenant": ctx.tenant, "card_id": card["id"], "type": wallet,
            "state": "REQUESTED", "device": device, "requested_time": now,
            "last_updated_time": now, "token_reference_id": ctx.new_id()?, "processor_data": {},
        });
        ctx.insert(&TOKEN, &token)?;
        let due = ctx.now + Duration::minutes(TAKES_UP_MINUTES);
        ctx.tx.schedule(ctx.tenant, due.timestamp_millis(), TAKE_UP, text(&token, "id"))?;
    }
    Ok((card, now))
}

/// The wallet took the card up, or declines because the card is not good any more.
pub(crate) fn take_up(ctx: &Ctx<'_>, id: &str) -> Result<(), ApiError> {
    let Some(mut token) = ctx.get(&TOKEN, id)? else {
        return Ok(());
    };
    if token["state"] != "REQUESTED" {
        return Ok(());
    }
    let card = ctx.get(&CARD, text(&token, "card_id"))?;
    if card.is_some_and(|card| card["card_status"] == "ACTIVE") {
        token["approved_time"] = json!(ctx.now_text());
        set_state(ctx, &mut token, "ACTIVE")
    } else {
        set_state(ctx, &mut token, "REQUEST_DECLINED")
    }
}
