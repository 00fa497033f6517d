//! Fee products of an account, which are charged at the end of each calendar month.
//!
//! The platform replaced them by fee templates, and no document says when they are charged. Here, a
//! monthly fee is charged for each month, an annual one with the month of the account's anniversary,
//! and the others for each transaction of the month that they are for.

use chrono::{Datelike, Days, NaiveDate};
use serde_json::json;
use synctera_api::runtime::{ErrorCode, PlatformAccountId};
use synctera_api::v2::types::{
    AccountProduct, AccountStatus, DcSign, FeeProduct, FeeProductFeeType, InternalAccountType,
    TransactionType,
};

use crate::domain::accounts::interest::Product;
use crate::domain::internal_accounts;
use crate::domain::statements::Period;
use crate::ledger;
use crate::ledger::{AMOUNT_MAX, Account, LedgerAccount, Movement, Posted};
use crate::model::calendar::{bank_date, bank_time};
use crate::model::{ApiError, Ctx, Record};
use crate::spec::FieldErrors;
use crate::store::Days as PostingDays;

/// The job that charges the fees of a month that is over.
pub(crate) const CHARGE: &str = "account.fees";

/// Checks the fee products of an account: each is one, and in its currency.
pub(crate) fn check(ctx: &Ctx<'_>, account: &Record<Account>) -> Result<(), ApiError> {
    let mut errors = FieldErrors::default();
    for (index, id) in account.fee_product_ids.iter().enumerate() {
        let field = format!("fee_product_ids[{index}]");
        let product = ctx.find_named::<Product>(id, ErrorCode::BadRequestBody, &field)?;
        match &product.wire {
            AccountProduct::Fee(fee) if fee.currency.as_str() == account.currency_code() => {}
            AccountProduct::Fee(fee) => {
                let reason = format!("is in {}, the account is not", fee.currency);
                errors.merge(FieldErrors::invalid(&field, reason));
            }
            _ => errors.merge(FieldErrors::invalid(&field, "is no fee product")),
        }
    }
    errors.refused()
}

/// Has the fees of an account charged from now on, if it has any and is not charged already.
pub(crate) fn begin(ctx: &Ctx<'_>, account: &mut Record<Account>) -> Result<(), ApiError> {
    let is_charged = ctx.settings.fee_products_are_charged;
    if !is_charged || account.fee_product_ids.is_empty() || account.facts.fees_from.is_some() {
        return Ok(());
    }
    account.facts.fees_from = Some(ctx.today());
    schedule(ctx, account)
}

fn schedule(ctx: &Ctx<'_>, account: &Record<Account>) -> Result<(), ApiError> {
    let due = bank_time(Period::month(ctx.today()).end(), 0, 0).timestamp_millis();
    Ok(ctx.tx.schedule(ctx.tenant, due, CHARGE, &account.own_id().to_string())?)
}

/// Charges the fees of the month that ended yesterday.
pub(crate) fn charge(ctx: &Ctx<'_>, id: &str) -> Result<(), ApiError> {
    let Some(mut account) = ctx.find::<Account>(id)? else {
        return Ok(());
    };
    let is_over = account.status == Some(AccountStatus::InClosing)
        || ledger::has_ended(account.status.as_ref());
    if is_over || account.fee_product_ids.is_empty() {
        account.facts.fees_from = None;
        return ctx.save(&account);
    }
    let last = ctx.today() - Days::new(1);
    let month = Period::month(last);
    let first = account.facts.fees_from.unwrap_or(month.first).max(month.first);
    let period = Period { first, last };
    for id in &account.fee_product_ids {
        let Some(product) = ctx.find::<Product>(id)? else {
            continue;
        };
        if let AccountProduct::Fee(fee) = &product.wire {
            let amount = fee.amount.saturating_mul(times(ctx, &account, fee, period)?);
            // A posting has no greater amount, and the other fees must be charged.
            let amount = amount.min(AMOUNT_MAX);
            post(ctx, &account, fee, amount, last)?;
        }
    }
    account.facts.fees_from = Some(ctx.today());
    ctx.save(&account)?;
    schedule(ctx, &account)
}

/// How often a fee is charged for a period within a month.
fn times(
    ctx: &Ctx<'_>,
    account: &Record<Account>,
    fee: &FeeProduct,
    period: Period,
) -> Result<i64, ApiError> {
    let is_for: fn(&Use<'_>) -> bool = match fee.fee_type {
        FeeProductFeeType::MonthlyFee => return Ok(1),
        FeeProductFeeType::AnnualFee => return Ok(i64::from(is_anniversary(account, period))),
        FeeProductFeeType::AchFee => |posted| posted.kind == "ach" && posted.is_sent(),
        FeeProductFeeType::WireFee => |posted| posted.kind == "wire" && posted.is_sent(),
        FeeProductFeeType::AtmWithdrwalFee => {
            |posted| posted.kind == "card" && posted.subtype == "atm_withdrawal"
        }
        FeeProductFeeType::OverdraftFee => |posted| posted.kind != "fee" && posted.overdraws,
        _ => return Ok(0),
    };
    let own = Some(PlatformAccountId::from(account.own_id()));
    let mut count = 0;
    for posted in ctx.find_all::<Posted>("account", account.own_id())? {
        let day = bank_date(posted.posted_date);
        let seen = Use {
            kind: posted.type_.as_str(),
            subtype: posted.subtype.as_str(),
            overdraws: posted.data.lines.iter().any(|line| {
                line.account_id.id() == own && line.dc_sign == DcSign::Debit && line.balance < 0
            }),
        };
        if (period.first..=period.last).contains(&day) && is_for(&seen) {
            count += 1;
        }
    }
    Ok(count)
}

/// A posted transaction, as far as fees are for it.
struct Use<'a> {
    kind: &'a str,
    subtype: &'a str,
    /// Whether it left the account below zero.
    overdraws: bool,
}

impl Use<'_> {
    /// Whether the customer sent it; its return is another transaction.
    fn is_sent(&self) -> bool {
        self.subtype.starts_with("outgoing") && !self.subtype.ends_with("_return")
    }
}

/// Whether the account was opened in this month of an earlier year.
fn is_anniversary(account: &Record<Account>, period: Period) -> bool {
    account.open_date.is_some_and(|opened| {
        opened.month() == period.last.month() && opened.year() < period.last.year()
    })
}

/// Posts a fee on the last day of its month. It may leave the account below zero.
fn post(
    ctx: &Ctx<'_>,
    account: &Record<Account>,
    fee: &FeeProduct,
    amount: i64,
    last: NaiveDate,
) -> Result<(), ApiError> {
    if amount <= 0 {
        return Ok(());
    }
    let own = LedgerAccount::of(account)?;
    let bank = internal_accounts::of_bank(ctx, InternalAccountType::Fees, account.currency_code())?;
    let movement = Movement {
        kind: TransactionType::Fee,
        subtype: fee.fee_type.as_str().to_lowercase().as_str().into(),
        from: &own,
        to: &bank,
        amount,
        memo: "Fee",
        reference_id: None,
        metadata: json!({}),
        external_data: json!({}),
        hold_id: None,
        id: None,
    };
    ledger::post_on(ctx, &movement, PostingDays { posted: last, effective: last }).map(drop)
}
