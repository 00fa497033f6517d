//! Entries: transactions of lines that add up to nothing.

use serde_json::Value;
use synctera_api::runtime::{ErrorCode, TransactionId};
use synctera_api::v2::types::{self, DcSign, TransactionSubtype, TransactionType};

use super::account::LedgerAccount;
use super::kinds::{Hold, Posted, PostedFacts};
use super::{blank, follow_up, purpose};
use crate::model::calendar::{bank_time, banking_day_from};
use crate::model::{ApiError, Ctx, Record};
use crate::spec::FieldErrors;
use crate::store::Days;

/// The most that moves or is held at once, in minor units: ten million millions of dollars. Beyond
/// it, the sums of a ledger would leave the range of whole numbers.
pub(crate) const AMOUNT_MAX: i64 = 1_000_000_000_000_000;

/// Whether an amount is one that can move.
pub(crate) fn check_amount(amount: i64) -> Result<(), ApiError> {
    if (1..=AMOUNT_MAX).contains(&amount) {
        return Ok(());
    }
    Err(FieldErrors::invalid("amount", format!("must be from 1 to {AMOUNT_MAX}")).into())
}

/// Which way money moves, seen from the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    /// In.
    Credit,
    /// Out.
    Debit,
}

impl Sign {
    pub(crate) fn on_wire(self) -> DcSign {
        match self {
            Self::Credit => DcSign::Credit,
            Self::Debit => DcSign::Debit,
        }
    }

    pub(super) fn of(self, amount: i64) -> i64 {
        match self {
            Self::Credit => amount,
            Self::Debit => -amount,
        }
    }
}

/// A movement of one amount between two accounts.
#[derive(Clone, Debug)]
pub(crate) struct Movement<'a> {
    pub(crate) kind: TransactionType,
    pub(crate) subtype: TransactionSubtype,
    pub(crate) from: &'a LedgerAccount,
    pub(crate) to: &'a LedgerAccount,
    /// In minor units; more than 0.
    pub(crate) amount: i64,
    pub(crate) memo: &'a str,
    pub(crate) reference_id: Option<&'a str>,
    pub(crate) metadata: Value,
    pub(crate) external_data: Value,
    /// The hold that this posting ends, if it does.
    pub(crate) hold_id: Option<TransactionId>,
    /// The id that the transaction gets; a fresh one otherwise.
    pub(crate) id: Option<TransactionId>,
}

impl Days {
    /// The days of what happens now.
    pub(super) fn today(ctx: &Ctx<'_>) -> Self {
        let today = ctx.today();
        Self { posted: banking_day_from(today), effective: today }
    }
}

/// Appends a transaction of a debit line and a credit line.
pub(super) fn append(
    ctx: &Ctx<'_>,
    movement: &Movement<'_>,
    days: Days,
    is_jit: bool,
    annotate: impl FnOnce(&mut Record<Posted>),
) -> Result<Record<Posted>, ApiError> {
    check_amount(movement.amount)?;
    if movement.from.currency != movement.to.currency {
        return Err(ApiError::Internal("a posting between two currencies".to_owned()));
    }
    if [movement.from, movement.to].iter().any(|account| account.is_closed) {
        let detail = "the account is closed: no money moves on it";
        return Err(ApiError::rule(ErrorCode::AccountClosed, detail));
    }
    let id = match movement.id {
        Some(id) => id,
        None => ctx.new_id()?.into(),
    };
    let lines = append_lines(ctx, movement, id, days)?;
    let is_today = days.effective == ctx.today();
    let effective = if is_today { ctx.now } else { bank_time(days.effective, 0, 0) };
    let wire = {
        let mut wire = blank::transaction()?;
        wire.uuid = id;
        wire.id = ctx.tx.next("ledger")?;
        wire.tenant = ctx.tenant.to_owned();
        wire.type_ = movement.kind.clone();
        wire.subtype = movement.subtype.clone();
        wire.idemkey = key_of_posting(ctx, movement)?;
        wire.reference_id = movement.reference_id.map(str::to_owned);
        (wire.created, wire.updated, wire.transaction_time) = (ctx.now, ctx.now, ctx.now);
        wire.effective_date = effective;
        wire.posted_date = bank_time(days.posted, 0, 0);
        wire.settlement_date = Some(ctx.today());
        wire.data.memo = movement.memo.to_owned();
        wire.data.metadata = movement.metadata.as_object().cloned();
        wire.data.external_data = movement.external_data.as_object().cloned().unwrap_or_default();
        wire.data.hold_id = movement.hold_id;
        wire.data.lines = lines;
        wire
    };
    let sides = [movement.from, movement.to];
    let facts = PostedFacts {
        is_jit,
        accounts: sides.iter().map(|account| account.id).collect(),
        account_numbers: sides.iter().map(|account| account.number.clone()).collect(),
        card: None,
        purpose: None,
        takes_back: None,
    };
    let mut transaction = Record::new(wire, facts);
    annotate(&mut transaction);
    purpose::note(ctx, &mut transaction)?;
    ctx.add(&transaction)?;
    Ok(transaction)
}

/// The two lines of a movement, which are appended.
fn append_lines(
    ctx: &Ctx<'_>,
    movement: &Movement<'_>,
    id: TransactionId,
    days: Days,
) -> Result<Vec<types::TransactionLine>, ApiError> {
    let mut lines = Vec::new();
    let sides = [(movement.from, Sign::Debit), (movement.to, Sign::Credit)];
    // The customer's side is the one that the transaction is about.
    let primary = sides.iter().position(|(account, _)| !account.is_internal).unwrap_or(0);
    for (index, (account, sign)) in sides.into_iter().enumerate() {
        let own = account.id.to_string();
        let amount = sign.of(movement.amount);
        let balance = ctx.tx.append(ctx.tenant, &id.to_string(), &own, amount, days)?;
        follow_up::schedule(ctx, account, amount, balance)?;
        let held = ctx.tx.held(ctx.tenant, &own)?;
        let (balance, available) = account.displayed(balance, held);
        let mut line = blank::line()?;
        line.uuid = ctx.new_id()?;
        line.tenant = ctx.tenant.to_owned();
        line.account_id = own.as_str().into();
        line.account_no = account.number.clone().into();
        line.amount = movement.amount;
        line.currency = account.currency.clone();
        line.dc_sign = sign.on_wire();
        line.balance = balance;
        (line.available_balance, line.avail_balance) = (available, available);
        (line.seq, line.related_line) = if index == 0 { (1, 2) } else { (2, 1) };
        (line.is_primary, line.is_offset) = (index == primary, index != primary);
        line.is_gl_acc = account.is_internal;
        line.is_fee = movement.kind == TransactionType::Fee;
        (line.created, line.updated) = (ctx.now, ctx.now);
        lines.push(line);
    }
    Ok(lines)
}

/// The key of a posting: what is posted by the clock has the key of the request that asked for it,
/// which its hold carries.
fn key_of_posting(ctx: &Ctx<'_>, movement: &Movement<'_>) -> Result<String, ApiError> {
    if ctx.request.idempotency_key.is_none()
        && ctx.settings.later_postings_keep_the_key
        && let Some(hold) = movement.hold_id
        && let Some(hold) = ctx.find::<Hold>(hold)?
    {
        return Ok(hold.wire.idemkey);
    }
    idempotency_key(ctx)
}

/// The caller's key, or one of the platform's own for what happens by itself.
pub(super) fn idempotency_key(ctx: &Ctx<'_>) -> Result<String, ApiError> {
    match &ctx.request.idempotency_key {
        Some(key) => Ok(key.clone()),
        None => Ok(ctx.new_id()?.to_string()),
    }
}
