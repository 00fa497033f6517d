//! Requests that move money.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use synctera_api::runtime::{
    AccountId, AchId, CustomerId, ExternalAccountId, InternalAccountId, PlatformAccountId,
    TransactionId,
};

use super::values::Choice;
use super::{MemberError, Members, read_by_members};
use crate::types::{InternalTransferType, NewOutgoingAchSecCode};
use crate::{ChangeAch, EndTransfer, Fund, Money, SendAch, Transfer};

read_by_members! {
    FundMembers => Fund,
    SendAchMembers => SendAch,
    ChangeAchMembers => ChangeAch,
    TransferMembers => Transfer,
    EndTransferMembers => EndTransfer,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct FundMembers {
    account_id: AccountId,
    amount: Money,
    source: Choice<SourceMember>,
    memo: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum SourceMember {
    Pull { external_account_id: ExternalAccountId, customer_id: CustomerId },
    FromInternal(InternalAccountId),
    InSandbox,
}

impl Members for FundMembers {
    type Request = Fund;

    fn into_request(self) -> Result<Fund, MemberError> {
        let (account, amount) = (self.account_id, self.amount);
        let request = match self.source.0 {
            SourceMember::Pull { external_account_id, customer_id } => {
                Fund::pull(account, external_account_id, amount, customer_id)
            }
            SourceMember::FromInternal(from) => Fund::from_internal(account, from, amount),
            SourceMember::InSandbox => Fund::in_sandbox(account, amount),
        };
        Ok(request.memo(self.memo))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Direction {
    Credit,
    Debit,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct SendAchMembers {
    dc_sign: Direction,
    originating_account_id: AccountId,
    receiving_account_id: ExternalAccountId,
    amount: Money,
    customer_id: CustomerId,
    final_customer_id: Option<CustomerId>,
    memo: Option<String>,
    reference_info: Option<String>,
    company_entry_description: Option<String>,
    sec_code: Option<NewOutgoingAchSecCode>,
    hold: Option<HoldMembers>,
    is_same_day: Option<bool>,
    effective_date: Option<NaiveDate>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct HoldMembers {
    amount: Money,
    /// In banking days.
    duration: u16,
}

impl Members for SendAchMembers {
    type Request = SendAch;

    fn into_request(self) -> Result<SendAch, MemberError> {
        let (account, external) = (self.originating_account_id, self.receiving_account_id);
        let (amount, customer) = (self.amount, self.customer_id);
        let mut request = match self.dc_sign {
            Direction::Credit => SendAch::push(account, external, amount, customer),
            Direction::Debit => SendAch::pull(account, external, amount, customer),
        }
        .final_customer(self.final_customer_id)
        .memo(self.memo)
        .reference_info(self.reference_info)
        .company_entry_description(self.company_entry_description)
        .sec_code(self.sec_code)
        .effective_date(self.effective_date);
        if let Some(HoldMembers { amount, duration }) = self.hold {
            request = request.hold(amount, duration);
        }
        Ok(if self.is_same_day == Some(true) { request.same_day() } else { request })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct ChangeAchMembers {
    transfer_id: AchId,
    change: Choice<AchChange>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum AchChange {
    Cancel,
    FundsAvailabilityTime(DateTime<Utc>),
}

impl Members for ChangeAchMembers {
    type Request = ChangeAch;

    fn into_request(self) -> Result<ChangeAch, MemberError> {
        Ok(match self.change.0 {
            AchChange::Cancel => ChangeAch::cancel(self.transfer_id),
            AchChange::FundsAvailabilityTime(to) => {
                ChangeAch::move_availability(self.transfer_id, to)
            }
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct TransferMembers {
    originating_account_id: PlatformAccountId,
    receiving_account_id: PlatformAccountId,
    amount: Money,
    #[serde(rename = "type")]
    kind: Option<InternalTransferType>,
    capture_mode: Option<Choice<CaptureMode>>,
    final_customer_id: Option<CustomerId>,
    memo: Option<String>,
    reference_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
enum CaptureMode {
    Immediate,
    Manual { expires_at: Option<DateTime<Utc>> },
}

impl Members for TransferMembers {
    type Request = Transfer;

    fn into_request(self) -> Result<Transfer, MemberError> {
        let (from, to) = (self.originating_account_id, self.receiving_account_id);
        let request = Transfer::new(from, to, self.amount)
            .kind(self.kind)
            .final_customer(self.final_customer_id)
            .memo(self.memo)
            .reference_id(self.reference_id);
        Ok(match self.capture_mode.map(|Choice(mode)| mode) {
            None | Some(CaptureMode::Immediate) => request,
            Some(CaptureMode::Manual { expires_at }) => request.hold(expires_at),
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct EndTransferMembers {
    transfer_id: TransactionId,
    status: TransferEnd,
}

#[derive(Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum TransferEnd {
    Complete,
    Canceled,
}

impl Members for EndTransferMembers {
    type Request = EndTransfer;

    fn into_request(self) -> Result<EndTransfer, MemberError> {
        Ok(match self.status {
            TransferEnd::Complete => EndTransfer::post(self.transfer_id),
            TransferEnd::Canceled => EndTransfer::release(self.transfer_id),
        })
    }
}
