//! Pulls from a card in a phone's wallet: the card is in the payment data, and is not kept.
//!
//! The payment data is encrypted for the platform; what is in it is made up here, from how it
//! names itself: Apple's `transaction_identifier` and Google's token steer a pull as a card's token
//! does ([`super`]), and are good once.

use serde_json::{Value, json};
use synctera_api::v2::types;

use crate::api::external_cards::card::{TOKEN, digits_of, print_of};
use crate::api::external_cards::transfers;
use crate::api::external_cards::transfers::Direction;
use crate::domain::parties;
use crate::model::{ApiError, Ctx, Outcome, Reply, text};
use crate::spec::FieldErrors;

pub(super) fn apple(ctx: &Ctx<'_>) -> Outcome {
    let token = &ctx.request.body["apple_pay_payment"]["token"];
    let card = card(ctx, text(token, "transaction_identifier"), "apple_pay_payment")?;
    let transfer = transfers::begin(ctx, &card, Direction::Pull, "APPLE_PAY_PULL")?;
    Reply::created::<types::CreatedApplePayTransfer>(transfer)
}

pub(super) fn google(ctx: &Ctx<'_>) -> Outcome {
    let data =
        &ctx.request.body["google_pay_payment_data"]["payment_method_data"]["tokenization_data"];
    let card = card(ctx, text(data, "token"), "google_pay_payment_data")?;
    let transfer = transfers::begin(ctx, &card, Direction::Pull, "GOOGLE_PAY_PULL")?;
    Reply::created::<types::CreatedGooglePayTransfer>(transfer)
}

/// The card behind a token that was not used before.
fn card(ctx: &Ctx<'_>, token: &str, field: &str) -> Result<Value, ApiError> {
    let customer = text(&ctx.request.body, "customer_id");
    parties::customer(ctx, customer, "customer_id")?;
    if token.is_empty() || token.starts_with("expired") {
        return Err(FieldErrors::invalid(field, "is not valid any more").into());
    }
    let print = print_of(token);
    if ctx.get(&TOKEN, &print)?.is_some() {
        return Err(FieldErrors::invalid(field, "was used before").into());
    }
    ctx.insert(&TOKEN, &json!({ "print": print }))?;
    let digits = digits_of(&print);
    let (bin, last_four) = digits.split_at(6);
    let details = json!({
        "bin": bin, "last_four": last_four, "issuer": "Sandbox Community Bank",
        "payment_account_reference": format!("V{:0>28}", ctx.tx.next("external cards")?),
        "address_verification_result": "NOT_VERIFIED", "cvv2_result": "NOT_SUPPORTED",
        "name_verification_result": "NOT_VERIFIED", "pull_enabled": true, "push_enabled": false,
    });
    Ok(json!({
        "status": "ACTIVE", "customer_id": customer, "steering": token.split('-').next(),
        "payment_account_reference": details["payment_account_reference"],
        "verifications": { "state": "SUCCEEDED", "pull_enabled": true },
        "card_details": details,
    }))
}
