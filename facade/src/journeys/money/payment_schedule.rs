//! Recurring payments.

use chrono::NaiveDate;
use synctera_api::Error;
use synctera_api::runtime::PaymentScheduleId;

use crate::checks::Checks;
use crate::journeys::journey::sealed::Sealed;
use crate::journeys::{Availability, Journey, Run, SendAch, Steps, Transfer, recovery};
use crate::types::{
    AchInstruction, CashTransferPatchStatus, InternalTransferInstruction,
    ListPaymentSchedulesQuery, NewPaymentSchedule, PaymentInstruction, PaymentSchedule,
    PaymentSchedulePatch, PaymentScheduleStatus, ScheduleConfig, ScheduleConfigFrequency,
    ScheduleConfigStartSearch,
};
use crate::{IntoOption, Synctera};

/// The platform counts days, weeks and months up to this many.
const INTERVAL_MAX: u16 = 366;

impl Synctera {
    /// Schedules a recurring payment, every some days, weeks or months. With the feature
    /// `payment_schedules`.
    ///
    /// A payment that falls on a day that is not a banking day is made on the next banking day, or
    /// on the previous one: see [`Schedule::or_before`]. The platform checks each payment when it
    /// makes it; use `list_scheduled_payments` to find those that it refused.
    ///
    /// ```
    #[doc = include_str!("../example.txt")]
    /// use synctera::{Schedule, SchedulePayment, Transfer};
    ///
    /// let saving = Transfer::new(checking, saving, Money::usd(50_00));
    /// let first = "2026-12-24".parse()?; // Stored with the order.
    /// let saving = SchedulePayment::transfer(saving, Schedule::monthly(first).times(12), "Saving");
    /// let schedule = client.schedule_payment(&saving).key("saving-1").await?;
    /// println!("next: {:?}", schedule.next_payment_date);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) before anything is sent; otherwise the
    /// platform's errors.
    pub fn schedule_payment(&self, request: &SchedulePayment) -> Run<'static, SchedulePayment> {
        Run::new(self, request)
    }

    /// Cancels a payment schedule. Payments that were made already are not affected. With the
    /// feature `payment_schedules`.
    ///
    /// ```
    #[doc = include_str!("../example.txt")]
    /// use synctera::{Schedule, SchedulePayment, Transfer};
    ///
    /// let saving = Transfer::new(checking, saving, Money::usd(50_00));
    /// let first = "2026-12-24".parse()?; // Stored with the order.
    /// let saving = SchedulePayment::transfer(saving, Schedule::monthly(first).times(12), "Saving");
    /// let schedule = client.schedule_payment(&saving).key("saving-1").await?;
    /// if let Some(id) = schedule.id {
    ///     client.cancel_payment_schedule(id).key("saving-1").await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The platform's errors: `INVALID_STATUS` for a completed schedule. A canceled schedule is
    /// returned unchanged.
    pub fn cancel_payment_schedule(
        &self,
        schedule: PaymentScheduleId,
    ) -> Run<'static, CancelPaymentSchedule> {
        Run::of(self, CancelPaymentSchedule::new(schedule))
    }
}

/// A request to schedule a recurring payment; see [`Synctera::schedule_payment`].
#[derive(Clone, Debug)]
pub struct SchedulePayment {
    payment: Payment,
    schedule: Schedule,
    description: String,
}

#[derive(Clone, Debug)]
enum Payment {
    Ach(Box<SendAch>),
    Transfer(Box<Transfer>),
}

/// When a recurring payment is made: from a start date on, for a number of payments or until an end
/// date.
#[derive(Clone, Debug)]
pub struct Schedule {
    start: NaiveDate,
    frequency: ScheduleConfigFrequency,
    interval: u16,
    end: Option<NaiveDate>,
    count: Option<u32>,
    before: bool,
}

impl Schedule {
    /// Every day from this date.
    /// The day must be the same in each run under one key: store it.
    pub fn daily(from: NaiveDate) -> Self {
        Self::new(from, ScheduleConfigFrequency::Daily)
    }

    /// Every week from this date, on the same day of the week.
    /// The day must be the same in each run under one key: store it.
    pub fn weekly(from: NaiveDate) -> Self {
        Self::new(from, ScheduleConfigFrequency::Weekly)
    }

    /// Every month from this date, on the same day of the month.
    /// The day must be the same in each run under one key: store it.
    pub fn monthly(from: NaiveDate) -> Self {
        Self::new(from, ScheduleConfigFrequency::Monthly)
    }

    fn new(start: NaiveDate, frequency: ScheduleConfigFrequency) -> Self {
        Self { start, frequency, interval: 1, end: None, count: None, before: false }
    }

    /// The interval in days, weeks or months: 1 to 366, 1 by default.
    #[must_use]
    pub fn every(mut self, interval: impl IntoOption<u16>) -> Self {
        self.interval = interval.into_option().unwrap_or(1);
        self
    }

    /// The number of payments. Either this or [`until`](Self::until) is required.
    #[must_use]
    pub fn times(mut self, count: impl IntoOption<u32>) -> Self {
        self.count = count.into_option();
        self
    }

    /// The end date, after the start date. Either this or [`times`](Self::times) is required. The
    /// platform's documents disagree on whether a payment on the end date is made: choose a date on
    /// which none is due.
    /// The day must be the same in each run under one key: store it.
    #[must_use]
    pub fn until(mut self, end: impl IntoOption<NaiveDate>) -> Self {
        self.end = end.into_option();
        self
    }

    /// Makes a payment that falls on a day that is not a banking day on the previous banking day,
    /// instead of the next.
    #[must_use]
    pub fn or_before(mut self) -> Self {
        self.before = true;
        self
    }

    fn check(&self, checks: &mut Checks) {
        checks.ensure(
            (1..=INTERVAL_MAX).contains(&self.interval),
            "schedule.interval",
            "must be between 1 and 366",
        );
        checks.ensure(
            self.end.is_some() != self.count.is_some(),
            "schedule.count",
            "must be given if end_date is not, and not with it",
        );
        checks.ensure(self.count != Some(0), "schedule.count", "must be at least 1");
        checks.ensure(
            self.end.is_none_or(|end| end > self.start),
            "schedule.end_date",
            "must be after start_date",
        );
    }

    fn to_config(&self) -> ScheduleConfig {
        let search = if self.before {
            ScheduleConfigStartSearch::Backward
        } else {
            ScheduleConfigStartSearch::Forward
        };
        ScheduleConfig {
            count: self.count.map(i64::from),
            end_date: self.end,
            start_search: Some(search),
            ..ScheduleConfig::new(self.frequency.clone(), self.interval.into(), self.start)
        }
    }
}

impl SchedulePayment {
    /// Schedules an ACH transfer, with a description.
    pub fn ach(payment: SendAch, schedule: Schedule, description: impl Into<String>) -> Self {
        let payment = Payment::Ach(Box::new(payment));
        Self { payment, schedule, description: description.into() }
    }

    /// Schedules a transfer within the platform, with a description.
    pub fn transfer(payment: Transfer, schedule: Schedule, description: impl Into<String>) -> Self {
        let payment = Payment::Transfer(Box::new(payment));
        Self { payment, schedule, description: description.into() }
    }

    fn check(&self) -> Result<(), Error> {
        match &self.payment {
            Payment::Ach(payment) => payment.check()?,
            Payment::Transfer(payment) => payment.check()?,
        }
        let mut checks = Checks::of(Self::NAME);
        checks.text(&self.description, "description");
        self.schedule.check(&mut checks);
        checks.finish()
    }

    fn to_new(&self) -> NewPaymentSchedule {
        let instruction: PaymentInstruction = match &self.payment {
            Payment::Ach(payment) => AchInstruction::new(payment.to_new()).into(),
            Payment::Transfer(payment) => InternalTransferInstruction::new(payment.to_new()).into(),
        };
        NewPaymentSchedule::new(self.description.clone(), instruction, self.schedule.to_config())
    }
}

fn id_of(schedule: &PaymentSchedule) -> String {
    schedule.id.map_or_else(String::new, |id| id.to_string())
}

impl Sealed for SchedulePayment {}

impl Journey for SchedulePayment {
    type Outcome = PaymentSchedule;

    const NAME: &'static str = "schedule_payment";

    const AVAILABILITY: Availability = Availability::Everywhere;

    async fn execute<'a>(&'a self, steps: &'a mut Steps<'_>) -> Result<PaymentSchedule, Error> {
        self.check()?;
        let body = self.to_new();
        steps
            .create(
                "",
                recovery::payment_schedule,
                |api, marker| {
                    let mut body = body.clone();
                    marker.put(&mut body.metadata);
                    api.create_payment_schedule(&body)
                },
                id_of,
            )
            .await
    }
}

/// A request to cancel a payment schedule; see [`Synctera::cancel_payment_schedule`].
#[derive(Clone, Copy, Debug)]
pub struct CancelPaymentSchedule {
    schedule: PaymentScheduleId,
}

impl CancelPaymentSchedule {
    /// Cancels this schedule.
    pub fn new(schedule: PaymentScheduleId) -> Self {
        Self { schedule }
    }
}

impl Sealed for CancelPaymentSchedule {}

impl Journey for CancelPaymentSchedule {
    type Outcome = PaymentSchedule;

    const NAME: &'static str = "cancel_payment_schedule";

    const AVAILABILITY: Availability = Availability::Everywhere;

    async fn execute<'a>(&'a self, steps: &'a mut Steps<'_>) -> Result<PaymentSchedule, Error> {
        let id = self.schedule;
        // There is no operation that reads one schedule.
        let query =
            ListPaymentSchedulesQuery { id: vec![id], ..ListPaymentSchedulesQuery::default() };
        let known = steps.api().list_payment_schedules(&query).await?.into_inner();
        let canceled = known
            .payment_schedules
            .into_iter()
            .find(|schedule| schedule.status == Some(PaymentScheduleStatus::Cancelled));
        if let Some(canceled) = canceled {
            return Ok(canceled);
        }
        let body = PaymentSchedulePatch { status: CashTransferPatchStatus::Cancelled.into() };
        steps.write("", |api| api.update_payment_schedule(id, &body), id_of).await
    }
}
