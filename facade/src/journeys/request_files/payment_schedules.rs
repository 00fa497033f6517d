//! Requests about payment schedules.

use chrono::NaiveDate;
use serde::Deserialize;
use synctera_api::runtime::PaymentScheduleId;

use super::money::{SendAchMembers, TransferMembers};
use super::values::Choice;
use super::{MemberError, Members, read_by_members};
use crate::{CancelPaymentSchedule, Schedule, SchedulePayment};

read_by_members! {
    SchedulePaymentMembers => SchedulePayment,
    CancelPaymentScheduleMembers => CancelPaymentSchedule,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct SchedulePaymentMembers {
    payment: Choice<PaymentMember>,
    schedule: ScheduleMembers,
    description: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum PaymentMember {
    Ach(Box<SendAchMembers>),
    Transfer(Box<TransferMembers>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct ScheduleMembers {
    frequency: Frequency,
    start_date: NaiveDate,
    interval: Option<u16>,
    count: Option<u32>,
    end_date: Option<NaiveDate>,
    start_search: Option<StartSearch>,
}

#[derive(Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Frequency {
    Daily,
    Weekly,
    Monthly,
}

#[derive(Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum StartSearch {
    Forward,
    Backward,
}

impl From<ScheduleMembers> for Schedule {
    fn from(members: ScheduleMembers) -> Self {
        let schedule = match members.frequency {
            Frequency::Daily => Self::daily(members.start_date),
            Frequency::Weekly => Self::weekly(members.start_date),
            Frequency::Monthly => Self::monthly(members.start_date),
        }
        .every(members.interval)
        .times(members.count)
        .until(members.end_date);
        match members.start_search {
            Some(StartSearch::Backward) => schedule.or_before(),
            Some(StartSearch::Forward) | None => schedule,
        }
    }
}

impl Members for SchedulePaymentMembers {
    type Request = SchedulePayment;

    fn into_request(self) -> Result<SchedulePayment, MemberError> {
        let (schedule, description) = (self.schedule.into(), self.description);
        Ok(match self.payment.0 {
            PaymentMember::Ach(payment) => {
                SchedulePayment::ach(payment.into_request()?, schedule, description)
            }
            PaymentMember::Transfer(payment) => {
                SchedulePayment::transfer(payment.into_request()?, schedule, description)
            }
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct CancelPaymentScheduleMembers {
    payment_schedule_id: PaymentScheduleId,
}

impl Members for CancelPaymentScheduleMembers {
    type Request = CancelPaymentSchedule;

    fn into_request(self) -> Result<CancelPaymentSchedule, MemberError> {
        Ok(CancelPaymentSchedule::new(self.payment_schedule_id))
    }
}
