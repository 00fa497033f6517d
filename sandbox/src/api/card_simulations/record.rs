//! What is kept of a message, so that later ones can refer to it.

use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;

use crate::api::card_simulations::attempt::Attempt;
use crate::domain::internal_accounts;
use crate::ledger;
use crate::ledger::{ACCOUNT, LedgerAccount, Movement, Sign};
use crate::model::{ApiError, Ctx, Kind, text};
use crate::spec::FieldErrors;

/// What the network knows of a message, by its token; not a resource of the platform.
pub(crate) const MESSAGE: Kind = Kind {
    name: "card network message",
    id: "token",
    keys: &[("card", "/card_id"), ("original", "/original")],
};

/// The rail, as the ledger calls it.
pub(super) const RAIL: &str = "card";

/// Notes a message; `kind` is what it was, `original` the one that it follows.
pub(super) fn store(
    ctx: &Ctx<'_>,
    attempt: &Attempt,
    kind: &str,
    state: &str,
    amount: i64,
) -> Result<Value, ApiError> {
    let message = json!({
        "token": ctx.new_id()?, "kind": kind, "state": state, "time": ctx.now_text(),
        "card_id": attempt.card["id"], "account_id": attempt.account["id"],
        "currency": attempt.account["currency"], "sub_type": attempt.sub_type, "merchant": attempt.merchant,
        // What is authorized, what of it is posted, what of that was given back.
        "amount": amount, "posted": 0, "returned": 0,
    });
    ctx.insert(&MESSAGE, &message)?;
    Ok(message)
}

/// Notes a message that follows another.
pub(super) fn follow(
    ctx: &Ctx<'_>,
    original: &Value,
    kind: &str,
    amount: i64,
) -> Result<Value, ApiError> {
    let mut message = original.clone();
    message["token"] = json!(ctx.new_id()?);
    message["kind"] = json!(kind);
    message["time"] = json!(ctx.now_text());
    message["amount"] = json!(amount);
    message["original"] = original["token"].clone();
    ctx.insert(&MESSAGE, &message)?;
    Ok(message)
}

/// The first message of the story that the body's `original_transaction_id` belongs to.
pub(super) fn original(ctx: &Ctx<'_>) -> Result<Value, ApiError> {
    let field = "original_transaction_id";
    let id = text(&ctx.request.body, field);
    let named = ctx.referred(&MESSAGE, id, ErrorCode::BadRequestBody, field)?;
    match named["original"].as_str() {
        None => Ok(named),
        Some(first) => ctx.get(&MESSAGE, first)?.ok_or_else(|| {
            ApiError::Internal("a network message whose original is gone".to_owned())
        }),
    }
}

/// Refuses a message that cannot follow its original.
pub(super) fn cannot_follow(reason: &str) -> ApiError {
    FieldErrors::invalid("original_transaction_id", reason).into()
}

/// What is wrong with the amount of a message.
pub(super) fn errors_of_amount(body: &Value) -> FieldErrors {
    if body["amount"].as_i64().is_some_and(|amount| amount <= 0) {
        return FieldErrors::invalid("amount", "must be more than 0");
    }
    FieldErrors::default()
}

/// The amount of a message: more than nothing.
pub(super) fn amount(ctx: &Ctx<'_>) -> Result<i64, ApiError> {
    match ctx.request.body["amount"].as_i64() {
        Some(amount) if amount > 0 => Ok(amount),
        _ => Err(FieldErrors::invalid("amount", "must be more than 0").into()),
    }
}

/// The customer's account of a message, and the bank's on the other side.
pub(super) fn accounts(
    ctx: &Ctx<'_>,
    message: &Value,
    settlement: &str,
) -> Result<(LedgerAccount, LedgerAccount), ApiError> {
    let Some(account) = ctx.get(&ACCOUNT, text(message, "account_id"))? else {
        return Err(ApiError::Internal("a card whose account is gone".to_owned()));
    };
    let settlement = internal_accounts::of_bank(ctx, settlement, text(&account, "currency"))?;
    Ok((ledger::account_of(&account)?, settlement))
}

/// A posting that a message brings about.
pub(super) struct Posting<'a> {
    pub(super) settlement: &'a str,
    /// Which way the money moves, seen from the customer's account.
    pub(super) sign: Sign,
    pub(super) sub_type: &'a str,
    pub(super) amount: i64,
    pub(super) hold_id: Option<&'a str>,
    pub(super) is_forced: bool,
}

impl Posting<'_> {
    /// Moves the money; nothing can refuse it.
    pub(super) fn post(&self, ctx: &Ctx<'_>, message: &Value) -> Result<Value, ApiError> {
        let (account, settlement) = accounts(ctx, message, self.settlement)?;
        let (from, to) = match self.sign {
            Sign::Debit => (&account, &settlement),
            Sign::Credit => (&settlement, &account),
        };
        let movement = Movement {
            kind: RAIL.into(),
            subtype: self.sub_type.into(),
            from,
            to,
            amount: self.amount,
            memo: text(&message["merchant"], "name"),
            reference_id: None,
            metadata: json!({}),
            external_data: json!({}),
            hold_id: self.hold_id,
            id: None,
        };
        ledger::post_with(ctx, &movement, |posted| {
            annotate(posted, message);
            posted["data"]["force_post"] = json!(self.is_forced);
            posted["transaction_time"] = message["time"].clone();
        })
    }
}

/// What the rail adds to a transaction: the card, and where it was used.
pub(super) fn annotate(transaction: &mut Value, message: &Value) {
    transaction["card_id"] = message["card_id"].clone();
    transaction["merchant"] = message["merchant"].clone();
    transaction["data"]["user_data"] = json!({
        "card_id": message["card_id"], "merchant": message["merchant"],
    });
}
