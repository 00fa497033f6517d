//! Money between accounts on the platform.

use chrono::{DateTime, Utc};
use synctera_api::Error;
use synctera_api::runtime::{CustomerId, PlatformAccountId};

use crate::checks::Checks;
use crate::journeys::run::sealed::Sealed;
use crate::journeys::{Availability, Journey, Run, Steps, recovery};
use crate::types::{
    InternalTransfer, InternalTransferCaptureMode, InternalTransferType, NewInternalTransfer,
};
use crate::{IntoOption, Money, Synctera};

impl Synctera {
    /// Moves money from one account on the platform to another, at once; or sets it aside, to be
    /// captured or let go later.
    ///
    /// ```
    #[doc = include_str!("../example.txt")]
    /// use synctera::Transfer;
    ///
    /// let saved = Transfer::new(checking, saving, Money::usd(40_00)).memo("Rainy days");
    /// let transfer = client.transfer(&saved).await?;
    /// println!("{} is {}", transfer.id, transfer.status.as_str());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) before anything is sent; else what the
    /// platform says, such as `INSUFFICIENT_FUNDS`.
    pub fn transfer(&self, request: &Transfer) -> Run<'static, Transfer> {
        Run::new(self, request)
    }
}

/// Asks for a transfer within the platform; see [`Synctera::transfer`].
#[derive(Clone, Debug)]
pub struct Transfer {
    from: PlatformAccountId,
    to: PlatformAccountId,
    amount: Money,
    kind: InternalTransferType,
    hold_until: Option<Option<DateTime<Utc>>>,
    final_customer: Option<CustomerId>,
    memo: Option<String>,
    reference_id: Option<String>,
}

impl Transfer {
    /// Money from one account to another: customers' accounts, or the programme's internal ones.
    pub fn new(
        from: impl Into<PlatformAccountId>,
        to: impl Into<PlatformAccountId>,
        amount: Money,
    ) -> Self {
        Self {
            from: from.into(),
            to: to.into(),
            amount,
            kind: InternalTransferType::AccountToAccount,
            hold_until: None,
            final_customer: None,
            memo: None,
            reference_id: None,
        }
    }

    /// What it is in the books; `ACCOUNT_TO_ACCOUNT` unless set.
    #[must_use]
    pub fn kind(mut self, kind: impl IntoOption<InternalTransferType>) -> Self {
        self.kind = kind.into_option().unwrap_or(InternalTransferType::AccountToAccount);
        self
    }

    /// Sets the money aside instead of moving it: `update_internal_transfer` captures it or lets
    /// it go. It is let go by itself at the moment given here, else after the platform's own time.
    /// The moment must be the same in each run under one key: store it.
    #[must_use]
    pub fn hold(mut self, until: impl IntoOption<DateTime<Utc>>) -> Self {
        self.hold_until = Some(until.into_option());
        self
    }

    /// The customer whose money it is, where an account is held for the benefit of others.
    #[must_use]
    pub fn final_customer(mut self, customer: impl IntoOption<CustomerId>) -> Self {
        self.final_customer = customer.into_option();
        self
    }

    /// A note, for the statement.
    #[must_use]
    pub fn memo(mut self, memo: impl IntoOption<String>) -> Self {
        self.memo = memo.into_option();
        self
    }

    /// The integrator's own id of it.
    #[must_use]
    pub fn reference_id(mut self, id: impl IntoOption<String>) -> Self {
        self.reference_id = id.into_option();
        self
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        let mut checks = Checks::of(Self::NAME);
        checks.amount(self.amount);
        checks.ensure(
            self.from != self.to,
            "receiving_account_id",
            "must be another account than the one that pays",
        );
        checks.finish()
    }

    pub(super) fn to_new(&self) -> NewInternalTransfer {
        NewInternalTransfer {
            originating_account_id: Some(self.from),
            receiving_account_id: Some(self.to),
            capture_mode: self.hold_until.map(|_| InternalTransferCaptureMode::Manual),
            expires_at: self.hold_until.flatten(),
            final_customer_id: self.final_customer,
            memo: self.memo.clone(),
            reference_id: self.reference_id.clone(),
            ..NewInternalTransfer::new(
                self.amount.minor(),
                self.amount.currency(),
                self.kind.clone(),
            )
        }
    }
}

impl Sealed for Transfer {}

impl Journey for Transfer {
    type Outcome = InternalTransfer;

    const NAME: &'static str = "transfer";

    const AVAILABILITY: Availability = Availability::Everywhere;

    async fn execute<'a>(&'a self, steps: &'a mut Steps<'_>) -> Result<InternalTransfer, Error> {
        self.check()?;
        let body = self.to_new();
        let transfer = steps
            .create(
                "",
                recovery::transfer,
                |api, _| api.create_internal_transfer(&body),
                |transfer| transfer.id.to_string(),
            )
            .await?;
        let id = transfer.id;
        steps.current(transfer, |api| api.get_internal_transfer(id)).await
    }
}
