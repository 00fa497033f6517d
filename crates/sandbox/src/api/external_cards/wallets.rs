//! Pulls from a card in a phone's wallet: the card is in the payment data, and is not kept.
//!
//! The payment data is encrypted for the platform; what is in it is made up here, from how it
//! names itself: Apple's `transaction_identifier` and Google's token steer a pull as a card's token
//! does ([`super`]), and are good once.

use serde_json::json;
use synctera_api::runtime::CustomerId;
use synctera_api::v2::types;
use synctera_api::v2::types::{ExternalCardDetails, ExternalCardTransferType};

use crate::api::external_cards::card::{digits_of, print_of, use_up};
use crate::api::external_cards::transfers::{Order, begin};
use crate::domain::external_cards::Steering;
use crate::domain::{accounts, parties};
use crate::model::{ApiError, Ctx, Outcome, Reply, build, convert};
use crate::spec::FieldErrors;

pub(super) fn apple(ctx: &Ctx<'_>) -> Outcome {
    let body: types::NewApplePayTransfer = ctx.body()?;
    let token = &body.apple_pay_payment.token.transaction_identifier;
    let card = card(ctx, body.customer_id, token, "apple_pay_payment")?;
    let account = body.originating_account_id.to_string();
    let account = accounts::named(ctx, account, "originating_account_id")?;
    let order = Order {
        merchant: body.merchant,
        ..pull(ExternalCardTransferType::ApplePayPull, body.amount, body.customer_id, token, card)
    };
    let transfer = begin(ctx, order, &account)?;
    Reply::json(201, &convert::<types::CreatedApplePayTransfer>(&transfer.wire)?)
}

pub(super) fn google(ctx: &Ctx<'_>) -> Outcome {
    let body: types::NewGooglePayTransfer = ctx.body()?;
    let data = &body.google_pay_payment_data.payment_method_data.tokenization_data;
    let token = data.token.expose();
    let card = card(ctx, body.customer_id, token, "google_pay_payment_data")?;
    let account = body.originating_account_id.to_string();
    let account = accounts::named(ctx, account, "originating_account_id")?;
    let order = Order {
        merchant: body.merchant,
        ..pull(ExternalCardTransferType::GooglePayPull, body.amount, body.customer_id, token, card)
    };
    let transfer = begin(ctx, order, &account)?;
    Reply::json(201, &convert::<types::CreatedGooglePayTransfer>(&transfer.wire)?)
}

/// A pull from the card of a wallet, for the merchant of the program.
fn pull(
    type_: ExternalCardTransferType,
    amount: i64,
    customer_id: CustomerId,
    token: &str,
    card: ExternalCardDetails,
) -> Order {
    Order {
        type_,
        amount,
        customer_id,
        originating_customer_id: None,
        external_card_id: None,
        three_ds_id: None,
        merchant: None,
        payment_account_reference: card.payment_account_reference.clone(),
        steering: Steering::of(token),
        card_details: Some(card),
    }
}

/// The card behind a token that was not used before.
fn card(
    ctx: &Ctx<'_>,
    customer: CustomerId,
    token: &str,
    field: &str,
) -> Result<ExternalCardDetails, ApiError> {
    parties::find(ctx, customer, "customer_id")?;
    if token.is_empty() || token.starts_with("expired") {
        return Err(FieldErrors::invalid(field, "is not valid any more").into());
    }
    let print = print_of(token);
    if !use_up(ctx, &print)? {
        return Err(FieldErrors::invalid(field, "was used before").into());
    }
    let digits = digits_of(&print);
    let (bin, last_four) = digits.split_at(6);
    build(json!({
        "bin": bin, "last_four": last_four, "issuer": "Sandbox Community Bank",
        "payment_account_reference": format!("V{:0>28}", ctx.tx.next("external cards")?),
        "address_verification_result": "NOT_VERIFIED", "cvv2_result": "NOT_SUPPORTED",
        "name_verification_result": "NOT_VERIFIED", "pull_enabled": true, "push_enabled": false,
    }))
}
