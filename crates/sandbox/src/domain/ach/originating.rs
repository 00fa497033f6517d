//! Transfers as they begin: stored until their file leaves.

use chrono::Duration;
use serde_json::{Value, json};
use synctera_api::v2::types::{
    self, InternalAccountType, NewOutgoingAch, OutgoingAchStatus, TransactionSubtype,
    TransactionType,
};

use crate::domain::accounts::BANK_ROUTING;
use crate::domain::ach::files::next_file;
use crate::domain::ach::pulls;
use crate::domain::ach::transfers::{OutgoingAch, OutgoingAchFacts};
use crate::domain::internal_accounts;
use crate::ledger::{Account, LedgerAccount, NewHold, Sign};
use crate::model::calendar::{bank_date, banking_day_from, banking_days_after};
use crate::model::{ApiError, Ctx, Record, complete};

/// The job that puts a transfer into the file to the network.
pub(crate) const SEND: &str = "ach.send";

/// Ten digits of minor units: the most that one transfer moves.
pub(crate) const AMOUNT_MAX: i64 = 9_999_999_999;

/// A transfer that may be made.
pub(crate) struct NewTransfer<'a> {
    pub(crate) asked: &'a NewOutgoingAch,
    pub(crate) account: &'a Record<Account>,
    /// The account as the ledger knows it.
    pub(crate) from: &'a LedgerAccount,
    pub(crate) external: &'a types::ExternalAccount,
    pub(crate) facts: OutgoingAchFacts,
}

impl NewTransfer<'_> {
    /// Stores the transfer until its file leaves. The money of a push is set aside until then; that of
    /// a pull comes with the file, or at once by a setting.
    pub(crate) fn originate(self, ctx: &Ctx<'_>) -> Result<Record<OutgoingAch>, ApiError> {
        let Self { asked, account, from, external, mut facts } = self;
        facts.customer_id = Some(asked.customer_id.into());
        let is_same_day = asked.is_same_day.unwrap_or(false);
        let file = next_file(ctx.now, is_same_day, asked.effective_date);
        let effective_date = match asked.effective_date {
            Some(date) => banking_day_from(date),
            None if is_same_day => bank_date(file),
            None => banking_days_after(bank_date(file), 1),
        };
        let id = ctx.new_id()?;
        let (bank_id, partner_id) = ctx.bank_and_partner();
        let memo = asked.memo.as_deref().unwrap_or_default();
        let details = json!({
            "id": id, "external_id": id, "status": OutgoingAchStatus::Pending,
            "is_same_day": is_same_day, "effective_date": effective_date, "memo": memo,
            "bank_id": bank_id, "partner_id": partner_id,
            "account_id": external.id, "account_name": external.account_owner_names.first(),
            "account_no": external.account_identifiers.number,
            "source_account_id": account.id,
            "source_account_name": account.nickname.as_deref().unwrap_or_default(),
            "source_account_no": account.account_number,
            "trace_no": format!("{}{:07}", &BANK_ROUTING[..8], ctx.tx.next("ach traces")?),
            // What is held back is known when the transfer is posted.
            "hold": null,
        });
        let is_pull = facts.is_pull;
        let mut transfer = Record::<OutgoingAch>::new(complete(asked, details)?, facts);
        if !is_pull {
            let kind = InternalAccountType::AchSettlement;
            let settlement = internal_accounts::of_bank(ctx, kind, asked.currency.as_str())?;
            NewHold {
                kind: TransactionType::Ach,
                subtype: TransactionSubtype::OutgoingCredit,
                account: from,
                offset: &settlement,
                sign: Sign::Debit,
                amount: asked.amount,
                memo,
                reference_id: None,
                external_data: Value::Object(asked.external_data.clone()),
                expires_at: file + Duration::days(5),
                transaction_id: None,
                id: Some(id.into()),
            }
            .open(ctx)?;
        } else if ctx.settings.ach_pulls_post_when_originated {
            pulls::post(ctx, &mut transfer, from, bank_date(file))?;
        }
        ctx.add(&transfer)?;
        ctx.tx.schedule(ctx.tenant, file.timestamp_millis(), SEND, &id.to_string())?;
        Ok(transfer)
    }
}
