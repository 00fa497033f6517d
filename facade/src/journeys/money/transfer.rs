//! Transfers between accounts on the platform.

use chrono::{DateTime, Utc};
use synctera_api::Error;
use synctera_api::runtime::{CustomerId, PlatformAccountId};

use crate::checks::Checks;
use crate::journeys::journey::sealed::Sealed;
use crate::journeys::{Availability, Journey, Run, Steps, recovery};
use crate::types::{
    InternalTransfer, InternalTransferCaptureMode, InternalTransferType, NewInternalTransfer,
};
use crate::{IntoOption, Money, Synctera};

impl Synctera {
    /// Transfers money from one account on the platform to another, immediately; or holds it, to be
    /// posted or released later: see [`Transfer::hold`].
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
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) before anything is sent; otherwise the
    /// platform's errors, such as `INSUFFICIENT_FUNDS`.
    pub fn transfer(&self, request: &Transfer) -> Run<'static, Transfer> {
        Run::new(self, request)
    }
}

/// A request to transfer money within the platform; see [`Synctera::transfer`].
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
    /// Transfers an amount from one account to another: customer accounts or internal accounts of
    /// the program.
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

    /// The type of the transaction: `ACCOUNT_TO_ACCOUNT` by default.
    #[must_use]
    pub fn kind(mut self, kind: impl IntoOption<InternalTransferType>) -> Self {
        self.kind = kind.into_option().unwrap_or(InternalTransferType::AccountToAccount);
        self
    }

    /// Holds the money instead of moving it, until [`Synctera::post_transfer`] or
    /// [`Synctera::release_transfer`]. The platform releases it at this time, or, with `None`,
    /// after its own default.
    /// The moment must be the same in each run under one key: store it.
    #[must_use]
    pub fn hold(mut self, until: impl IntoOption<DateTime<Utc>>) -> Self {
        self.hold_until = Some(until.into_option());
        self
    }

    /// The customer whose money it is, if an account is held for the benefit of others.
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

    /// Your own reference.
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
            "must not be the originating account",
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
