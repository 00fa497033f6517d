//! Funding accounts.

use synctera_api::Error;
use synctera_api::runtime::{AccountId, CustomerId, ExternalAccountId, InternalAccountId};

use crate::checks::Checks;
use crate::journeys::journey::sealed::Sealed;
use crate::journeys::only::only;
use crate::journeys::{Availability, Journey, Run, SendAch, Steps, Transfer};
use crate::pages::Items;
use crate::types::{
    InternalAccountBase, InternalAccountStatus, InternalTransfer, ListInternalAccountsQuery,
    OutgoingAch,
};
use crate::{IntoOption, Money, Synctera};

impl Synctera {
    /// Funds an account: by an ACH pull from an account at another bank, from an internal account
    /// of the program, or, in a sandbox, from an internal account that the crate keeps for it.
    ///
    /// The money of a pull is available after some banking days; see [`send_ach`](Self::send_ach).
    ///
    /// ```
    #[doc = include_str!("../example.txt")]
    /// use synctera::Funded;
    ///
    /// // In a sandbox, at once.
    /// client.fund(&Fund::in_sandbox(saving, Money::usd(50_00))).key("welcome-17").await?;
    ///
    /// // In any environment, from a verified external account.
    /// let pull = Fund::pull(checking, proven, Money::usd(250_00), customer).memo("First deposit");
    /// if let Funded::Pulled(transfer) = client.fund(&pull).key("first-deposit-17").await? {
    ///     println!("{} is {}", transfer.id, transfer.status.as_str());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) and, for [`Fund::in_sandbox`] in
    /// production, [`Refused`](crate::ErrorKind::Refused) before anything is sent; otherwise the
    /// platform's errors, such as `EXTERNAL_ACCOUNT_NOT_VERIFIED`.
    pub fn fund(&self, request: &Fund) -> Run<'static, Fund> {
        Run::new(self, request)
    }
}

/// The description of the internal account that pays in a sandbox.
const SANDBOX_FUNDS: &str = "synctera-rs: sandbox funds";

/// A request to fund an account; see [`Synctera::fund`].
#[derive(Clone, Debug)]
pub struct Fund {
    account: AccountId,
    amount: Money,
    source: Source,
    memo: Option<String>,
}

#[derive(Clone, Copy, Debug)]
enum Source {
    Bank(ExternalAccountId, CustomerId),
    Internal(InternalAccountId),
    SandboxFunds,
}

/// How an account was funded.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Funded {
    /// By an ACH pull, whose money arrives later.
    Pulled(Box<OutgoingAch>),
    /// By a completed transfer within the platform.
    Transferred(Box<InternalTransfer>),
}

impl Fund {
    /// Pulls money by ACH from a verified account at another bank, on behalf of a customer of the
    /// account.
    pub fn pull(
        into: AccountId,
        from: ExternalAccountId,
        amount: Money,
        customer: impl Into<CustomerId>,
    ) -> Self {
        let source = Source::Bank(from, customer.into());
        Self { account: into, amount, source, memo: None }
    }

    /// Transfers the money from an internal account that this crate keeps for that purpose, one for
    /// each currency. The journey finds it by its description, or creates it. For a sandbox only; a
    /// client for production refuses it.
    pub fn in_sandbox(into: AccountId, amount: Money) -> Self {
        Self { account: into, amount, source: Source::SandboxFunds, memo: None }
    }

    /// Transfers the money from this internal account of the program.
    pub fn from_internal(into: AccountId, from: InternalAccountId, amount: Money) -> Self {
        Self { account: into, amount, source: Source::Internal(from), memo: None }
    }

    /// A memo, which the statement shows.
    #[must_use]
    pub fn memo(mut self, memo: impl IntoOption<String>) -> Self {
        self.memo = memo.into_option();
        self
    }

    fn check(&self) -> Result<(), Error> {
        let mut checks = Checks::of(Self::NAME);
        checks.amount(self.amount);
        checks.finish()
    }

    /// The internal account that pays in a sandbox.
    async fn sandbox_funds(&self, steps: &mut Steps<'_>) -> Result<InternalAccountId, Error> {
        let mut known = Items::of(steps.api().clone(), ListInternalAccountsQuery::default());
        let mut usable = Vec::new();
        while let Some(account) = known.try_next().await? {
            let is_ours = account.description.as_deref() == Some(SANDBOX_FUNDS)
                && account.status == InternalAccountStatus::Active
                && account.currency == self.amount.currency().code();
            usable.extend(account.id.filter(|_| is_ours).map(|id| (id, id.to_string())));
        }
        if !usable.is_empty() {
            return only(
                Self::NAME,
                "internal account for sandbox funds",
                "Fund::from_internal",
                &usable,
            );
        }
        let body = InternalAccountBase {
            description: Some(SANDBOX_FUNDS.to_owned()),
            ..InternalAccountBase::new(self.amount.currency(), InternalAccountStatus::Active)
        };
        let made = steps
            .add(
                "",
                |api| api.create_internal_account(&body),
                |account| account.id.map_or_else(String::new, |id| id.to_string()),
            )
            .await?;
        made.id.ok_or_else(|| Error::incomplete_answer("create_internal_account", "id"))
    }
}

impl Sealed for Fund {}

impl Journey for Fund {
    type Outcome = Funded;

    const NAME: &'static str = "fund";

    const AVAILABILITY: Availability = Availability::Everywhere;

    fn availability(&self) -> Availability {
        match self.source {
            Source::SandboxFunds => Availability::SandboxOnly,
            Source::Bank(..) | Source::Internal(_) => Self::AVAILABILITY,
        }
    }

    async fn execute<'a>(&'a self, steps: &'a mut Steps<'_>) -> Result<Funded, Error> {
        self.check()?;
        match self.source {
            Source::Bank(bank, customer) => {
                let pull = SendAch::pull(self.account, bank, self.amount, customer)
                    .memo(self.memo.as_deref());
                pull.execute(steps).await.map(|pull| Funded::Pulled(Box::new(pull)))
            }
            Source::Internal(_) | Source::SandboxFunds => {
                let from = match self.source {
                    Source::Internal(from) => from,
                    _ => self.sandbox_funds(steps).await?,
                };
                let transfer =
                    Transfer::new(from, self.account, self.amount).memo(self.memo.as_deref());
                let done = transfer.execute(steps).await?;
                Ok(Funded::Transferred(Box::new(done)))
            }
        }
    }
}
