//! Making the payment of an autopay.

use serde_json::{Value, json};
use synctera_api::runtime::TransactionId;
use synctera_api::v2::types::{
    self, AutopayAttemptStatus, AutopayConfigStatus, AutopayPaymentMethod, AutopayStatus, DcSign,
    InternalTransferPaymentConfig, TransactionType,
};

use crate::domain::autopay::{Autopay, AutopayConfig};
use crate::domain::rules::Rail;
use crate::domain::side::Side;
use crate::domain::spend_controls::Spend;
use crate::domain::{autopay, rules};
use crate::ledger;
use crate::ledger::{Account, LedgerAccount, Movement};
use crate::model::{ApiError, Ctx, Handler, Record, build, patch};

/// The subtype of a transfer whose configuration names none.
const SUBTYPE: &str = "autopay_payment";

/// Makes the payment that is due; `ach` is the operation that pulls money in.
pub(crate) fn run(ctx: &Ctx<'_>, id: &str, ach: Handler) -> Result<(), ApiError> {
    let autopay = ctx.find::<Autopay>(id)?;
    let Some(mut autopay) = autopay.filter(|found| found.status == AutopayStatus::Pending) else {
        return Ok(());
    };
    let amount = autopay::amount(ctx, &autopay)?;
    let config = ctx.find::<AutopayConfig>(autopay.autopay_config_id)?;
    autopay.current_amount = Some(amount);
    match config.filter(|config| config.status == AutopayConfigStatus::Active) {
        None => skip(ctx, &mut autopay, "the configuration is not ACTIVE any more")?,
        Some(_) if amount == 0 => skip(ctx, &mut autopay, "nothing is due")?,
        Some(config) => attempt(ctx, &mut autopay, &config, amount, ach)?,
    }
    autopay.last_updated_time = ctx.now;
    ctx.save(&autopay)
}

fn skip(ctx: &Ctx<'_>, autopay: &mut types::Autopay, reason: &str) -> Result<(), ApiError> {
    autopay.status = AutopayStatus::Skipped;
    note(ctx, autopay, &AutopayAttemptStatus::Skipped, Some(reason))
}

/// Notes the attempt, of which there is one.
fn note(
    ctx: &Ctx<'_>,
    autopay: &mut types::Autopay,
    status: &AutopayAttemptStatus,
    reason: Option<&str>,
) -> Result<(), ApiError> {
    let attempt = json!({
        "attempted_at": ctx.now, "status": status, "reason": reason,
        "payment_attributes": autopay.payment_attributes,
    });
    autopay.attempt_history = Some(build(json!({ "attempts": [attempt] }))?);
    Ok(())
}

fn attempt(
    ctx: &Ctx<'_>,
    autopay: &mut Record<Autopay>,
    config: &types::AutopayConfig,
    amount: i64,
    ach: Handler,
) -> Result<(), ApiError> {
    let payment = Payment { autopay, config, amount };
    let ordered = ctx.ordering(payment.body(ctx)?);
    let outcome = ctx.attempt(|| payment.make(&ordered, ach))?;
    // What it did may be undone; that it broke a spend control is not.
    ctx.absorb(&ordered);
    match outcome {
        Ok(paid) => {
            autopay.status = AutopayStatus::Executed;
            autopay.payment_attributes = Some(paid);
            note(ctx, autopay, &AutopayAttemptStatus::Success, None)
        }
        Err(problem) => {
            autopay.status = AutopayStatus::Failed;
            let reason = format!("{}: {}", problem.code.as_str(), problem.detail);
            note(ctx, autopay, &AutopayAttemptStatus::Failed, Some(&reason))
        }
    }
}

/// A payment of an autopay.
struct Payment<'a> {
    autopay: &'a Record<Autopay>,
    config: &'a types::AutopayConfig,
    amount: i64,
}

impl Payment<'_> {
    fn payment_configs(&self) -> Result<&types::AutopayPaymentConfigs, ApiError> {
        let configs = self.autopay.config_snapshot.payment_configs.as_ref();
        configs.ok_or_else(|| {
            ApiError::Internal("the configuration has no payment_configs".to_owned())
        })
    }

    /// The customer who pays.
    fn owner(&self) -> String {
        let person = self.config.person_id.map(|id| id.to_string());
        person.or(self.config.business_id.map(|id| id.to_string())).unwrap_or_default()
    }

    /// The request of an ACH pull; nothing for a transfer.
    fn body(&self, ctx: &Ctx<'_>) -> Result<Value, ApiError> {
        if self.autopay.config_snapshot.payment_method != AutopayPaymentMethod::Ach {
            return Ok(Value::Null);
        }
        let Some(ach) = &self.payment_configs()?.ach else {
            return Err(ApiError::Internal("an ACH autopay without its account".to_owned()));
        };
        let lending = ctx.find_related::<Account>(self.autopay.lending_account_id)?;
        let mut body = json!({
            "originating_account_id": lending.id, "receiving_account_id": ach.external_account_id,
            "customer_id": self.owner(), "amount": self.amount, "currency": lending.currency,
            "dc_sign": DcSign::Debit, "memo": self.autopay.rendered_description,
            "is_same_day": ach.is_same_day.unwrap_or(false),
        });
        if let Some(code) = &ach.sec_code {
            patch(&mut body, json!({ "sec_code": code }));
        }
        Ok(body)
    }

    fn make(
        &self,
        ctx: &Ctx<'_>,
        ach: Handler,
    ) -> Result<types::AutopayPaymentAttributes, ApiError> {
        if self.autopay.config_snapshot.payment_method == AutopayPaymentMethod::Ach {
            let reply = ach(ctx)?;
            return build(json!({ "ach_id": reply.id() }));
        }
        let Some(transfer) = &self.payment_configs()?.internal_transfer else {
            return Err(ApiError::Internal("a transfer autopay without its account".to_owned()));
        };
        build(json!({ "transaction_id": self.transfer(ctx, transfer)? }))
    }

    /// Moves the money from the customer's account, by the rules of internal transfers.
    fn transfer(
        &self,
        ctx: &Ctx<'_>,
        transfer: &InternalTransferPaymentConfig,
    ) -> Result<TransactionId, ApiError> {
        let source = ctx.find_related::<Account>(transfer.source_account_id)?;
        let lending = ctx.find_related::<Account>(self.autopay.lending_account_id)?;
        let subtype = transfer.subtype.as_deref().unwrap_or(SUBTYPE).to_lowercase();
        let sub_type = subtype.to_uppercase();
        rules::check_customer(ctx, &source, &self.owner(), "source_account_id")?;
        for (account, side) in [(&source, Side::Debited), (&lending, Side::Credited)] {
            rules::check_account(ctx, account, side)?;
            rules::check_rail(account, Rail::P2p)?;
            let (kind, amount) = ("INTERNAL_TRANSFER", self.amount);
            let spend = Spend { kind, sub_type: &sub_type, amount, side, mcc: None, country: None };
            rules::check_spend_controls(ctx, account, &spend)?;
        }
        // A security pays what it secures from the money that is kept for just that.
        let secures = lending.security.as_ref().map(|it| it.linked_account_id) == source.id;
        if !secures || ledger::balances(ctx, source.own_id())?.available < self.amount {
            rules::check_funds(ctx, &source, self.amount)?;
        }
        rules::check_room(ctx, &lending, self.amount)?;
        let movement = Movement {
            kind: TransactionType::InternalTransfer,
            subtype: subtype.as_str().into(),
            from: &LedgerAccount::of(&source)?,
            to: &LedgerAccount::of(&lending)?,
            amount: self.amount,
            memo: &self.autopay.rendered_description,
            reference_id: None,
            metadata: json!({}),
            external_data: json!({}),
            hold_id: None,
            id: None,
        };
        Ok(ledger::post(ctx, &movement)?.uuid)
    }
}
