//! ACH transfers.

use chrono::NaiveDate;
use synctera_api::Error;
use synctera_api::runtime::{AccountId, CustomerId, ExternalAccountId};

use crate::checks::Checks;
use crate::journeys::journey::sealed::Sealed;
use crate::journeys::{Availability, Journey, Run, Steps};
use crate::types::{
    AchRequestHoldData, DcSign, NewOutgoingAch, NewOutgoingAchSecCode, OutgoingAch,
};
use crate::{IntoOption, Money, Synctera};

/// The network's file format limits amounts to ten digits of minor units.
const AMOUNT_MAX: i64 = 9_999_999_999;

impl Synctera {
    /// Originates an ACH transfer: a push pays out of an account, a pull brings money into it.
    ///
    /// A push holds its money immediately, and fails if it is not available. A pull needs a
    /// verified external account; its money arrives with the network's file, and stays on hold for
    /// some banking days. The other bank can still return a transfer later.
    ///
    /// ```
    #[doc = include_str!("../example.txt")]
    /// # let account = checking;
    /// # let external = proven;
    /// use synctera::SendAch;
    ///
    /// let deposit = SendAch::pull(account, external, Money::usd(250_00), customer).memo("First");
    /// let transfer = client.send_ach(&deposit).key("deposit-17").await?;
    /// println!("{} is {}", transfer.id, transfer.status.as_str());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) before anything is sent; otherwise the
    /// platform's errors, such as `INSUFFICIENT_FUNDS` or `EXTERNAL_ACCOUNT_NOT_VERIFIED`.
    pub fn send_ach(&self, request: &SendAch) -> Run<'static, SendAch> {
        Run::new(self, request)
    }
}

/// A request to originate an ACH transfer; see [`Synctera::send_ach`].
#[derive(Clone, Debug)]
pub struct SendAch {
    account: AccountId,
    external_account: ExternalAccountId,
    amount: Money,
    customer: CustomerId,
    direction: DcSign,
    final_customer: Option<CustomerId>,
    memo: Option<String>,
    reference_info: Option<String>,
    company_entry_description: Option<String>,
    sec_code: Option<NewOutgoingAchSecCode>,
    hold: Option<(Money, u16)>,
    same_day: bool,
    effective_date: Option<NaiveDate>,
}

impl SendAch {
    /// Pays out of an account to an account at another bank, on behalf of a customer of the
    /// account. The amount has at most ten digits of minor units.
    pub fn push(
        from: AccountId,
        to: ExternalAccountId,
        amount: Money,
        customer: impl Into<CustomerId>,
    ) -> Self {
        Self::new(from, to, amount, customer.into(), DcSign::Credit)
    }

    /// Pulls money into an account from a verified account at another bank, on behalf of a customer
    /// of the account. The amount has at most ten digits of minor units.
    pub fn pull(
        into: AccountId,
        from: ExternalAccountId,
        amount: Money,
        customer: impl Into<CustomerId>,
    ) -> Self {
        Self::new(into, from, amount, customer.into(), DcSign::Debit)
    }

    fn new(
        account: AccountId,
        external_account: ExternalAccountId,
        amount: Money,
        customer: CustomerId,
        direction: DcSign,
    ) -> Self {
        Self {
            account,
            external_account,
            amount,
            customer,
            direction,
            final_customer: None,
            memo: None,
            reference_info: None,
            company_entry_description: None,
            sec_code: None,
            hold: None,
            same_day: false,
            effective_date: None,
        }
    }

    /// The customer whose money it is, if the account is held for the benefit of others.
    #[must_use]
    pub fn final_customer(mut self, customer: impl IntoOption<CustomerId>) -> Self {
        self.final_customer = customer.into_option();
        self
    }

    /// A memo, which the statement shows.
    #[must_use]
    pub fn memo(mut self, memo: impl IntoOption<String>) -> Self {
        self.memo = memo.into_option();
        self
    }

    /// The reference that the other bank shows to its customer.
    #[must_use]
    pub fn reference_info(mut self, reference: impl IntoOption<String>) -> Self {
        self.reference_info = reference.into_option();
        self
    }

    /// The purpose of the transfer, in at most 10 characters: `PAYROLL`.
    #[must_use]
    pub fn company_entry_description(mut self, description: impl IntoOption<String>) -> Self {
        self.company_entry_description = description.into_option();
        self
    }

    /// How the transfer was authorized: the standard entry class code of the network's rules.
    #[must_use]
    pub fn sec_code(mut self, code: impl IntoOption<NewOutgoingAchSecCode>) -> Self {
        self.sec_code = code.into_option();
        self
    }

    /// The part of a pull that stays on hold, and for how many banking days.
    #[must_use]
    pub fn hold(mut self, amount: Money, days: u16) -> Self {
        self.hold = Some((amount, days));
        self
    }

    /// Sends the transfer with the next file of the same banking day.
    #[must_use]
    pub fn same_day(mut self) -> Self {
        self.same_day = true;
        self
    }

    /// The settlement date; if it is not a banking day, the next one. Cannot be combined with
    /// [`same_day`](Self::same_day).
    /// The day must be the same in each run under one key: store it.
    #[must_use]
    pub fn effective_date(mut self, date: impl IntoOption<NaiveDate>) -> Self {
        self.effective_date = date.into_option();
        self
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        let mut checks = Checks::of(Self::NAME);
        checks.amount(self.amount);
        checks.ensure(
            self.amount.minor() <= AMOUNT_MAX,
            "amount",
            "must have at most ten digits of minor units",
        );
        if let Some((amount, _)) = self.hold {
            checks.ensure(self.direction == DcSign::Debit, "hold", "must be given for a pull only");
            checks.ensure(
                amount.currency() == self.amount.currency()
                    && (0..=self.amount.minor()).contains(&amount.minor()),
                "hold.amount",
                "must be from 0 to the amount, in its currency",
            );
        }
        let short = |text: &String| text.chars().count() <= 10;
        checks.ensure(
            self.company_entry_description.as_ref().is_none_or(short),
            "company_entry_description",
            "must have at most 10 characters",
        );
        checks.ensure(
            !(self.same_day && self.effective_date.is_some()),
            "effective_date",
            "must not be given with is_same_day",
        );
        checks.finish()
    }

    pub(super) fn to_new(&self) -> NewOutgoingAch {
        NewOutgoingAch {
            final_customer_id: self.final_customer,
            memo: self.memo.clone(),
            reference_info: self.reference_info.clone(),
            company_entry_description: self.company_entry_description.clone(),
            sec_code: self.sec_code.clone(),
            hold: self
                .hold
                .map(|(amount, days)| AchRequestHoldData::new(amount.minor(), days.into())),
            is_same_day: self.same_day.then_some(true),
            effective_date: self.effective_date,
            ..NewOutgoingAch::new(
                self.amount.minor(),
                self.amount.currency(),
                self.customer,
                self.direction.clone(),
                self.account,
                self.external_account,
            )
        }
    }
}

impl Sealed for SendAch {}

impl Journey for SendAch {
    type Outcome = OutgoingAch;

    const NAME: &'static str = "send_ach";

    const AVAILABILITY: Availability = Availability::Everywhere;

    async fn execute<'a>(&'a self, steps: &'a mut Steps<'_>) -> Result<OutgoingAch, Error> {
        self.check()?;
        let body = self.to_new();
        let id = |transfer: &OutgoingAch| transfer.id.to_string();
        // A push is booked immediately, as a hold; a pull is booked with its file.
        let sent = match self.direction {
            DcSign::Credit => {
                steps.write_booked("", |api| api.create_outgoing_ach(&body), id).await?
            }
            _ => steps.write("", |api| api.create_outgoing_ach(&body), id).await?,
        };
        let id = sent.id;
        steps.current(sent, |api| api.get_outgoing_ach(id)).await
    }
}
