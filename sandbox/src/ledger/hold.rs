//! Holds: money set aside, shown as pending transactions. A hold ends exactly once.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::account::{LedgerAccount, balances};
use super::entry::{Sign, idempotency_key};
use super::kinds::HOLD;
use crate::model::{ApiError, Ctx, text, timestamp};

/// Money to set aside.
pub(crate) struct NewHold<'a> {
    pub(crate) kind: &'a str,
    pub(crate) subtype: &'a str,
    pub(crate) account: &'a LedgerAccount,
    pub(crate) offset: &'a LedgerAccount,
    /// Which way the money will move, seen from the account.
    pub(crate) sign: Sign,
    /// In minor units.
    pub(crate) amount: i64,
    pub(crate) memo: &'a str,
    pub(crate) reference_id: Option<&'a str>,
    pub(crate) external_data: Value,
    pub(crate) expires_at: DateTime<Utc>,
    /// The posted transaction of which a part is kept back, if that is what the hold is for.
    pub(crate) transaction_id: Option<&'a str>,
    pub(crate) id: Option<&'a str>,
}

/// How a hold ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// Its money was posted.
    Cleared,
    /// It was given up, or what it was for is over.
    Released,
    /// Its time ran out.
    Expired,
}

impl Ended {
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Cleared => ("CLEARED", "hold_post"),
            Self::Released => ("RELEASED", "hold_cancel"),
            Self::Expired => ("EXPIRED", "hold_expire"),
        }
    }
}

/// A hold on the account behind a floor, for what another hold lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct HoldBehind {
    pub(super) id: String,
    /// In minor units.
    pub(super) amount: i64,
}

impl HoldBehind {
    /// What a hold of this amount sets aside on its own account. On an account below its floor, more
    /// than the hold's amount is missing, and all of it is behind.
    pub(super) fn own_part(behind: Option<&Self>, amount: i64) -> i64 {
        amount.saturating_sub(behind.map_or(0, |behind| behind.amount)).max(0)
    }
}

impl NewHold<'_> {
    /// Stores the hold under an id. What it lacks on its own account is set aside `behind` it;
    /// `complete` adds what the rail knows.
    pub(super) fn store(
        &self,
        ctx: &Ctx<'_>,
        id: &str,
        behind: Option<HoldBehind>,
        is_jit: bool,
        complete: impl FnOnce(&mut Value),
    ) -> Result<Value, ApiError> {
        let own = HoldBehind::own_part(behind.as_ref(), self.amount);
        ctx.tx.open_hold(ctx.tenant, id, &self.account.id, own)?;
        let mut hold = self.body(ctx, id)?;
        // Not shown: whether it is there for another hold, and the one that is for it.
        hold["is_jit"] = json!(is_jit);
        hold["behind"] = json!(behind.map(|behind| behind.id));
        complete(&mut hold);
        ctx.insert(&HOLD, &hold)?;
        Ok(hold)
    }

    /// Notes that the money was not set aside, and why; nothing moves.
    pub(crate) fn decline_with(
        &self,
        ctx: &Ctx<'_>,
        reason: &str,
        complete: impl FnOnce(&mut Value),
    ) -> Result<Value, ApiError> {
        let id = self.new_id(ctx)?;
        let mut hold = self.body(ctx, &id)?;
        let data = &mut hold["data"];
        data["status"] = json!("DECLINED");
        data["operation"] = json!("hold_decline");
        data["reason"] = json!(reason);
        data["amount"] = json!(0);
        complete(&mut hold);
        ctx.insert(&HOLD, &hold)?;
        Ok(hold)
    }

    pub(super) fn new_id(&self, ctx: &Ctx<'_>) -> Result<String, ApiError> {
        match self.id {
            Some(id) => Ok(id.to_owned()),
            None => Ok(ctx.new_id()?.to_string()),
        }
    }

    fn body(&self, ctx: &Ctx<'_>, id: &str) -> Result<Value, ApiError> {
        let after = balances(ctx, &self.account.id)?;
        let key = idempotency_key(ctx)?;
        let now = ctx.now_text();
        let expires_at = timestamp(self.expires_at);
        let mut data = json!({
            "status": "PENDING", "operation": "hold_new", "type": self.kind, "subtype": self.subtype,
            "amount": self.amount, "req_amount": self.amount, "total_amount": self.amount,
            "was_partial": false, "currency": self.account.currency, "dc_sign": self.sign.as_str(),
            "balance": after.account, "available_balance": after.available,
            "avail_balance": after.available, "memo": self.memo, "reason": "", "network": "",
            "force_post": false, "idemkey": key, "history": [], "effective_date": now,
            "transaction_time": now, "expires_at": expires_at, "auto_post_at": expires_at,
            "external_data": self.external_data,
        });
        if let Some(transaction) = self.transaction_id {
            data["transaction_id"] = json!(transaction);
        }
        Ok(json!({
            "uuid": id, "id": ctx.tx.next("ledger")?, "tenant": ctx.tenant,
            "account_id": self.account.id, "account_no": self.account.number,
            "offset_account_id": self.offset.id, "offset_account_no": self.offset.number,
            "idemkey": key, "reference_id": self.reference_id, "data": data,
            "created": now, "updated": now,
        }))
    }
}

impl Ended {
    /// Ends a hold in this way, with those behind it.
    pub(crate) fn end(self, ctx: &Ctx<'_>, id: &str) -> Result<Value, ApiError> {
        let hold = close(ctx, id)?;
        let mut behind = Vec::new();
        let mut next = hold["behind"].as_str().map(str::to_owned);
        while let Some(id) = next {
            let hold = close(ctx, &id)?;
            next = hold["behind"].as_str().map(str::to_owned);
            behind.push(hold);
        }
        let (status, operation) = self.names();
        let amount = (self != Self::Cleared).then_some(0);
        for hold in behind.into_iter().rev() {
            step(ctx, hold, status, operation, amount)?;
        }
        step(ctx, hold, status, operation, amount)
    }
}

/// Closes a hold, which ends exactly once.
fn close(ctx: &Ctx<'_>, id: &str) -> Result<Value, ApiError> {
    let Some(hold) = ctx.get(&HOLD, id)? else {
        return Err(ApiError::Internal(format!("there is no hold {id} to end")));
    };
    if !ctx.tx.close_hold(ctx.tenant, id)? {
        return Err(ApiError::Internal(format!("the hold {id} has ended before")));
    }
    Ok(hold)
}

/// Stores the next state of a hold; the ones before it become its history.
pub(super) fn step(
    ctx: &Ctx<'_>,
    mut hold: Value,
    status: &str,
    operation: &str,
    amount: Option<i64>,
) -> Result<Value, ApiError> {
    let mut earlier = hold.clone();
    let past = earlier["data"].as_object_mut().and_then(|data| data.remove("history"));
    let mut history = past.as_ref().and_then(Value::as_array).cloned().unwrap_or_default();
    history.push(earlier);
    let after = balances(ctx, text(&hold, "account_id"))?;
    let data = &mut hold["data"];
    data["status"] = json!(status);
    data["operation"] = json!(operation);
    data["balance"] = json!(after.account);
    data["available_balance"] = json!(after.available);
    data["avail_balance"] = json!(after.available);
    data["history"] = json!(history);
    if let Some(amount) = amount {
        data["amount"] = json!(amount);
    }
    hold["updated"] = json!(ctx.now_text());
    ctx.update(&HOLD, &hold)?;
    Ok(hold)
}
