//! The first money of an account.

use synctera_api::Error;
use synctera_api::runtime::{AccountId, CustomerId, ExternalAccountId, InternalAccountId};

use crate::checks::Checks;
use crate::journeys::run::sealed::Sealed;
use crate::journeys::{Journey, Run, SendAch, Steps, Transfer};
use crate::types::{
    InternalAccountBase, InternalAccountStatus, InternalTransfer, ListInternalAccountsQuery,
    OutgoingAch,
};
use crate::{Money, Synctera};

impl Synctera {
    /// Puts money into an account: pulled by ACH from the customer's account at another bank, or,
    /// in a sandbox, out of the programme's own account.
    ///
    /// A pull takes days to be free; see [`send_ach`](Self::send_ach).
    ///
    /// ```
    #[doc = include_str!("../example.txt")]
    /// use synctera::Funded;
    ///
    /// // In a sandbox, at once.
    /// client.fund(&Fund::in_sandbox(saving, Money::usd(50_00))).await?;
    ///
    /// // Anywhere, from an external account that is proven.
    /// let pull = Fund::pull(checking, proven, Money::usd(250_00), customer).memo("First deposit");
    /// if let Funded::Pulled(transfer) = client.fund(&pull).key("first-deposit-17").await? {
    ///     println!("{} is {}", transfer.id, transfer.status.as_str());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) before anything is sent; else what the
    /// platform says, such as `EXTERNAL_ACCOUNT_NOT_VERIFIED`.
    pub fn fund<'a>(&'a self, request: &'a Fund) -> Run<'a, Fund> {
        Run::new(self, request)
    }
}

/// Asks for money in an account; see [`Synctera::fund`].
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
    Programme(Option<InternalAccountId>),
}

/// How an account was funded.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Funded {
    /// By an ACH pull, which has yet to arrive.
    Pulled(Box<OutgoingAch>),
    /// By a transfer within the platform, which is done.
    Transferred(Box<InternalTransfer>),
}

impl Fund {
    /// Brings money in from an account at another bank, which must be verified, on behalf of a
    /// customer of the account.
    pub fn pull(
        into: AccountId,
        from: ExternalAccountId,
        amount: Money,
        customer: impl Into<CustomerId>,
    ) -> Self {
        let source = Source::Bank(from, customer.into());
        Self { account: into, amount, source, memo: None }
    }

    /// Takes the money from the programme's first internal account in the currency, which is made
    /// when there is none. Only a sandbox lets everybody make one.
    pub fn in_sandbox(into: AccountId, amount: Money) -> Self {
        Self { account: into, amount, source: Source::Programme(None), memo: None }
    }

    /// Takes the money from this internal account of the programme.
    pub fn from_internal(into: AccountId, from: InternalAccountId, amount: Money) -> Self {
        Self { account: into, amount, source: Source::Programme(Some(from)), memo: None }
    }

    /// A note, for the statement.
    #[must_use]
    pub fn memo(mut self, memo: impl Into<String>) -> Self {
        self.memo = Some(memo.into());
        self
    }

    fn check(&self) -> Result<(), Error> {
        let mut checks = Checks::of(Self::NAME);
        checks.amount(self.amount);
        checks.finish()
    }

    /// The programme's own account that pays.
    async fn programme(
        &self,
        steps: &mut Steps<'_>,
        chosen: Option<InternalAccountId>,
    ) -> Result<InternalAccountId, Error> {
        if let Some(id) = chosen {
            return Ok(id);
        }
        let query = ListInternalAccountsQuery::default();
        let known = steps.api().list_internal_accounts(&query).await?.into_inner();
        let usable = known.internal_accounts.iter().find(|account| {
            account.status == InternalAccountStatus::Active
                && account.currency == self.amount.currency().code()
                && account.is_system_acc != Some(true)
        });
        if let Some(id) = usable.and_then(|account| account.id) {
            return Ok(id);
        }
        let body = InternalAccountBase::new(self.amount.currency(), InternalAccountStatus::Active);
        let made = steps
            .write(
                "create_internal_account",
                "",
                |api| async move { api.create_internal_account(&body).await },
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

    async fn walk<'a>(&'a self, steps: &'a mut Steps<'_>) -> Result<Funded, Error> {
        self.check()?;
        match self.source {
            Source::Bank(bank, customer) => {
                let mut pull = SendAch::pull(self.account, bank, self.amount, customer);
                if let Some(memo) = &self.memo {
                    pull = pull.memo(memo);
                }
                pull.walk(steps).await.map(|pull| Funded::Pulled(Box::new(pull)))
            }
            Source::Programme(chosen) => {
                let from = self.programme(steps, chosen).await?;
                let mut transfer = Transfer::new(from, self.account, self.amount);
                if let Some(memo) = &self.memo {
                    transfer = transfer.memo(memo);
                }
                let done = transfer.walk(steps).await?;
                Ok(Funded::Transferred(Box::new(done)))
            }
        }
    }
}
