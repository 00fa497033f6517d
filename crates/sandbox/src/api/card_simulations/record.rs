//! What is kept of a message, so that later ones can refer to it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use synctera_api::runtime::{AccountId, CardId, CurrencyCode, ErrorCode, TransactionId};
use synctera_api::v2::types::TransactionType;
use uuid::Uuid;

use crate::api::card_simulations::attempt::{Attempt, Merchant, SubType};
use crate::domain::accounts::closed;
use crate::domain::internal_accounts;
use crate::ledger;
use crate::ledger::{Account, CardUse, LedgerAccount, Movement, Sign};
use crate::model::{ApiError, Ctx, Kind, Record, Resource, build};
use crate::spec::FieldErrors;

/// What the network knows of a message, by its token; not a resource of the platform.
pub(crate) enum Message {}

impl Resource for Message {
    const KIND: &'static Kind = &Kind {
        name: "card network message",
        id: "token",
        keys: &[("card", "/card_id"), ("original", "/original")],
    };
    type Wire = MessageRecord;
    type Facts = ();
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct MessageRecord {
    pub(crate) token: Uuid,
    pub(crate) kind: MessageKind,
    pub(crate) time: DateTime<Utc>,
    pub(crate) card_id: CardId,
    pub(crate) account_id: AccountId,
    pub(crate) currency: CurrencyCode,
    pub(crate) sub_type: SubType,
    pub(crate) merchant: Merchant,
    /// What this message is about, in minor units: what is authorized, in the first one.
    pub(crate) amount: i64,
    /// What was posted of that so far.
    pub(crate) posted: i64,
    /// What was given back of that so far.
    pub(crate) returned: i64,
    /// The hold that an authorization opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) hold_id: Option<TransactionId>,
    /// The transaction that a clearing posted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) transaction_id: Option<TransactionId>,
    /// The first message of the same transaction, where this is a later one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) original: Option<Uuid>,
}

/// What a message is, as the network calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum MessageKind {
    #[serde(rename = "authorization")]
    Authorization,
    #[serde(rename = "authorization.advice")]
    AuthorizationAdvice,
    #[serde(rename = "authorization.clearing")]
    Clearing,
    #[serde(rename = "authorization.reversal")]
    Reversal,
    #[serde(rename = "refund")]
    Refund,
    #[serde(rename = "pindebit")]
    Financial,
    #[serde(rename = "pindebit.advice")]
    FinancialAdvice,
    #[serde(rename = "pindebit.atm.withdrawal")]
    Withdrawal,
    #[serde(rename = "pindebit.balanceinquiry")]
    BalanceInquiry,
    #[serde(rename = "original.credit.auth_plus_capture")]
    OriginalCredit,
}

impl MessageKind {
    /// Whether it is decided and posted at once.
    pub(super) fn is_financial(self) -> bool {
        match self {
            Self::Financial | Self::FinancialAdvice | Self::Withdrawal | Self::BalanceInquiry => {
                true
            }
            Self::Authorization
            | Self::AuthorizationAdvice
            | Self::Clearing
            | Self::Reversal
            | Self::Refund
            | Self::OriginalCredit => false,
        }
    }
}

/// Notes the first message of a transaction.
pub(super) fn store(
    ctx: &Ctx<'_>,
    attempt: &Attempt,
    kind: MessageKind,
    amount: i64,
) -> Result<Record<Message>, ApiError> {
    let message = MessageRecord {
        token: ctx.new_id()?,
        kind,
        time: ctx.now,
        card_id: attempt.card.id,
        account_id: attempt.card.account_id,
        currency: attempt.currency.clone(),
        sub_type: attempt.sub_type,
        merchant: attempt.merchant.clone(),
        amount,
        posted: 0,
        returned: 0,
        hold_id: None,
        transaction_id: None,
        original: None,
    };
    let message = Record::new(message, ());
    ctx.add(&message)?;
    Ok(message)
}

/// Notes a message that follows another.
pub(super) fn follow(
    ctx: &Ctx<'_>,
    original: &Record<Message>,
    kind: MessageKind,
    amount: i64,
) -> Result<Record<Message>, ApiError> {
    let mut message = original.clone();
    message.token = ctx.new_id()?;
    message.kind = kind;
    message.time = ctx.now;
    message.amount = amount;
    message.original = Some(original.token);
    ctx.add(&message)?;
    Ok(message)
}

/// The first message of the transaction that an `original_transaction_id` belongs to.
pub(super) fn original(ctx: &Ctx<'_>, id: Uuid) -> Result<Record<Message>, ApiError> {
    let (code, field) = (ErrorCode::BadRequestBody, "original_transaction_id");
    let named = ctx.find_named::<Message>(id, code, field)?;
    match named.original {
        None => Ok(named),
        Some(first) => ctx.find_related(first),
    }
}

/// Refuses a message that cannot follow its original.
pub(super) fn cannot_follow(reason: &str) -> ApiError {
    FieldErrors::invalid("original_transaction_id", reason).into()
}

/// What is wrong with the amount of a message.
pub(super) fn errors_of_amount(body: &Value) -> FieldErrors {
    match body.get("amount").and_then(Value::as_i64) {
        Some(amount) if amount <= 0 => FieldErrors::invalid("amount", "must be more than 0"),
        _ => FieldErrors::default(),
    }
}

/// Refuses an amount of nothing, or less.
pub(super) fn check_amount(amount: i64) -> Result<(), ApiError> {
    if amount > 0 {
        return Ok(());
    }
    Err(FieldErrors::invalid("amount", "must be more than 0").into())
}

/// The customer's account of a message, and the bank's on the other side.
pub(super) fn accounts(
    ctx: &Ctx<'_>,
    message: &MessageRecord,
    settlement: &str,
) -> Result<(LedgerAccount, LedgerAccount), ApiError> {
    let account = ctx.find_related::<Account>(message.account_id)?;
    let settlement = internal_accounts::of_bank(ctx, settlement, message.currency.as_str())?;
    Ok((LedgerAccount::of(&account)?, settlement))
}

/// A posting that a message brings about.
pub(super) struct Posting<'a> {
    pub(super) settlement: &'a str,
    /// Which way the money moves, seen from the customer's account.
    pub(super) sign: Sign,
    pub(super) sub_type: &'a str,
    pub(super) amount: i64,
    pub(super) hold_id: Option<TransactionId>,
    pub(super) is_forced: bool,
}

impl Posting<'_> {
    /// Moves the money; nothing can refuse it. The id of the transaction.
    pub(super) fn post(
        &self,
        ctx: &Ctx<'_>,
        message: &MessageRecord,
    ) -> Result<TransactionId, ApiError> {
        let customers = ctx.find_related::<Account>(message.account_id)?;
        let account = closed::account_or_suspense(ctx, &customers)?;
        let currency = message.currency.as_str();
        let settlement = internal_accounts::of_bank(ctx, self.settlement, currency)?;
        let (from, to) = match self.sign {
            Sign::Debit => (&account, &settlement),
            Sign::Credit => (&settlement, &account),
        };
        let movement = Movement {
            kind: TransactionType::Card,
            subtype: self.sub_type.into(),
            from,
            to,
            amount: self.amount,
            memo: &message.merchant.name,
            reference_id: None,
            metadata: json!({}),
            external_data: json!({}),
            hold_id: self.hold_id,
            id: None,
        };
        let user_data = user_data(message)?;
        let posted = ledger::post_with(ctx, &movement, |posted| {
            posted.facts.card = Some(card_use(message));
            posted.data.user_data = user_data;
            posted.data.force_post = self.is_forced;
            posted.transaction_time = message.time;
        })?;
        if self.sign == Sign::Credit {
            closed::send_check(ctx, &customers, self.amount, posted.uuid)?;
        }
        Ok(posted.uuid)
    }
}

/// The card of a message, and where it was used.
pub(super) fn card_use(message: &MessageRecord) -> CardUse {
    let merchant = &message.merchant;
    let (mcc, country) = (merchant.mcc.clone(), merchant.country.clone());
    CardUse { card_id: message.card_id, mcc, country }
}

/// What the rail adds to a transaction in its own words.
pub(super) fn user_data(message: &MessageRecord) -> Result<Map<String, Value>, ApiError> {
    build(json!({ "card_id": message.card_id, "merchant": message.merchant }))
}
