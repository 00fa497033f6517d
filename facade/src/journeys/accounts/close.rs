//! Closing accounts.

mod obstacle;

use std::time::Duration;

use synctera_api::Error;
use synctera_api::runtime::{
    AccountId, ExternalAccountId, InternalAccountId, NextAction, NullablePatch,
};
use uuid::Uuid;

use crate::checks::Checks;
use crate::journeys::journey::sealed::Sealed;
use crate::journeys::{Availability, Journey, Run, Steps};
use crate::polling::{self, Await, Awaited, Polling};
use crate::types::{
    Account, AccountClosurePaymentMethod, AccountClosureReason, AccountClosureRequest,
    AccountClosureUpdateRequest, AccountStatus,
};
use crate::{Balances, Money, Synctera};
use obstacle::obstacles;

pub use obstacle::Obstacle;

impl Synctera {
    /// Starts to close an account.
    ///
    /// The platform terminates the cards and cancels the payment schedules, then waits for pending
    /// payments, open disputes, and the interest, which it pays at the end of the month. It sends
    /// the remaining balance to the destination, and closes the account on a later business day.
    /// Use [`Synctera::await_closed`] to wait for it.
    ///
    /// For an account that is in closing, the journey only changes the destination, if the request
    /// names another one. A closed account is returned unchanged.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use synctera::{Address, OnboardCustomer, OpenAccount, PersonDetails, Synctera};
    /// # use synctera::types::AccountType;
    /// # let sandbox = synctera_sandbox::Sandbox::start().await?;
    /// # sandbox.hold_clock()?;
    /// # let builder = Synctera::builder(sandbox.api_key()).base_url(sandbox.base_url());
    /// # let client = builder.clock(sandbox.clock()).build()?;
    /// # let ada = PersonDetails::new("Ada", "Byron", "1985-12-10".parse()?)
    /// #     .email("ada@example.com")
    /// #     .phone_number("+14155550123")
    /// #     .ssn("456-78-9012")
    /// #     .legal_address(Address::us("1 Market St", "San Francisco", "CA", "94105"));
    /// # let ada = OnboardCustomer::new(ada).consented();
    /// # let ada = client.onboard_customer(&ada).await?.accepted()?.person.id;
    /// # let account = client.open_account(&OpenAccount::new(AccountType::Checking, ada)).await?.id;
    /// # let saving = client.open_account(&OpenAccount::new(AccountType::Saving, ada)).await?.id;
    /// use std::time::Duration;
    /// use synctera::types::AccountClosureReason;
    /// use synctera::{CloseAccount, Polling};
    ///
    /// let reason = AccountClosureReason::CustomerRequestTransfer;
    /// let request = CloseAccount::new(account, reason, "Moved to a saving account").to_account(saving);
    /// let closing = client.close_account(&request).key("close-8841").await?;
    /// println!("{} left, {} obstacles", closing.left, closing.obstacles.len());
    ///
    /// let week = Polling::default().deadline(Duration::from_secs(7 * 24 * 3600));
    /// let closed = client.await_closed(account).polling(week).await?;
    /// println!("closed on {:?}", closed.close_date);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) before anything is sent;
    /// [`Refused`](crate::ErrorKind::Refused) for obstacles after
    /// [`CloseAccount::fail_if_blocked`]; otherwise the platform's errors, such as `INVALID_STATUS`
    /// for an account that is not active.
    pub fn close_account(&self, request: &CloseAccount) -> Run<'static, CloseAccount> {
        Run::new(self, request)
    }

    /// Waits until an account in closing is closed: looks at it less and less often (from every 5
    /// seconds to every 10 minutes, for a day, unless [`Await::polling`] is set), and
    /// immediately on a webhook about the account: see [`Await::wake_on`].
    ///
    /// # Errors
    /// [`Refused`](crate::ErrorKind::Refused) when the deadline passes first, or when the account is
    /// not in closing; otherwise the errors of `get_account`.
    pub fn await_closed(&self, account: AccountId) -> Await<'static, AwaitClosed> {
        Await::new(self, AwaitClosed::new(account))
    }
}

/// An account whose closing is awaited; see [`Synctera::await_closed`].
#[derive(Clone, Copy, Debug)]
pub struct AwaitClosed {
    account: AccountId,
}

impl AwaitClosed {
    /// The wait for the closing of an account, for a program that stores its waits and polls them
    /// itself; otherwise see [`Synctera::await_closed`].
    pub fn new(account: AccountId) -> Self {
        Self { account }
    }
}

impl polling::sealed::Sealed for AwaitClosed {}

impl Awaited for AwaitClosed {
    type Outcome = Account;

    const NAME: &'static str = "await_closed";

    const POLLING: Polling = Polling::new(
        Duration::from_secs(5),
        Duration::from_secs(600),
        Duration::from_secs(24 * 3600),
    );

    fn resource_id(&self) -> Uuid {
        self.account.as_uuid()
    }

    async fn poll_once(&self, client: &Synctera, is_last: bool) -> Result<Option<Account>, Error> {
        let account = client.api().get_account(self.account).await?.into_inner();
        let status = account.status.clone().ok_or_else(no_status)?;
        match status {
            AccountStatus::Closed => Ok(Some(account)),
            AccountStatus::InClosing if !is_last => Ok(None),
            AccountStatus::InClosing => {
                let message = "the account is still IN_CLOSING at the deadline";
                let error = Error::refused(Self::NAME, None, message);
                Err(error.with_next_action(NextAction::WaitAndRetry))
            }
            other => {
                let message = format!("the account is {}, not in closing", other.as_str());
                let error = Error::refused(Self::NAME, None, message);
                Err(error.with_next_action(NextAction::RemoveReason))
            }
        }
    }
}

fn no_status() -> Error {
    Error::incomplete_answer("get_account", "status")
}

/// A request to close an account; see [`Synctera::close_account`].
#[derive(Clone, Debug)]
pub struct CloseAccount {
    account: AccountId,
    reason: AccountClosureReason,
    details: String,
    destination: Option<(AccountClosurePaymentMethod, Option<Uuid>)>,
    fail_if_blocked: bool,
}

impl CloseAccount {
    /// Closes this account for this reason, with an explanation. Only the bank may give a reason
    /// that starts with `BANK_REQUEST`. An account with a balance stays in closing until there is a
    /// destination.
    pub fn new(
        account: AccountId,
        reason: AccountClosureReason,
        details: impl Into<String>,
    ) -> Self {
        Self { account, reason, details: details.into(), destination: None, fail_if_blocked: false }
    }

    /// Sends the remaining balance to another customer account on the platform.
    #[must_use]
    pub fn to_account(self, account: AccountId) -> Self {
        let method = AccountClosurePaymentMethod::InternalTransferToCustomerAccount;
        self.to(method, Some(account.as_uuid()))
    }

    /// Sends the remaining balance to an internal account of the program.
    #[must_use]
    pub fn to_internal_account(self, account: InternalAccountId) -> Self {
        let method = AccountClosurePaymentMethod::InternalTransferToInternalAccount;
        self.to(method, Some(account.as_uuid()))
    }

    /// Sends the remaining balance by ACH. The account then closes two days later, because of
    /// returns.
    #[must_use]
    pub fn by_ach(self, account: ExternalAccountId) -> Self {
        self.to(AccountClosurePaymentMethod::Ach, Some(account.as_uuid()))
    }

    /// The bank sends a check for the remaining balance.
    #[must_use]
    pub fn by_bank_draft(self) -> Self {
        self.to(AccountClosurePaymentMethod::BankDraft, None)
    }

    fn to(mut self, method: AccountClosurePaymentMethod, destination: Option<Uuid>) -> Self {
        self.destination = Some((method, destination));
        self
    }

    /// Fails while there is an [`Obstacle`], instead of letting the platform wait for its end.
    #[must_use]
    pub fn fail_if_blocked(mut self) -> Self {
        self.fail_if_blocked = true;
        self
    }
}

/// An account that is in closing, or closed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ClosingAccount {
    /// The account.
    pub account: Account,
    /// `IN_CLOSING`, or `CLOSED`.
    pub status: AccountStatus,
    /// The posted balance when the journey ran.
    pub left: Money,
    /// The obstacles when the journey ran.
    pub obstacles: Vec<Obstacle>,
}

impl Sealed for CloseAccount {}

impl Journey for CloseAccount {
    type Outcome = ClosingAccount;

    const NAME: &'static str = "close_account";

    const AVAILABILITY: Availability = Availability::Everywhere;

    async fn execute<'a>(&'a self, steps: &'a mut Steps<'_>) -> Result<ClosingAccount, Error> {
        self.check()?;
        let found = steps.api().get_account(self.account).await?.into_inner();
        let balances = Balances::of(&found)?;
        let obstacles =
            obstacles(steps.api(), self.account, &balances, self.destination.is_some()).await?;
        let status = found.status.clone().ok_or_else(no_status)?;
        let account = match status {
            AccountStatus::Closed => found,
            AccountStatus::InClosing => self.redirect(steps, found).await?,
            _ => {
                self.refuse(&obstacles)?;
                self.initiate(steps).await?
            }
        };
        let status = account.status.clone().ok_or_else(no_status)?;
        Ok(ClosingAccount { account, status, left: balances.posted, obstacles })
    }
}

impl CloseAccount {
    fn check(&self) -> Result<(), Error> {
        let mut checks = Checks::of(Self::NAME);
        checks.text(&self.details, "reason_details");
        let goes_elsewhere =
            self.destination.as_ref().and_then(|(_, id)| *id) != Some(self.account.as_uuid());
        checks.ensure(goes_elsewhere, "destination_id", "must not be the account that is closed");
        checks.finish()
    }

    fn refuse(&self, obstacles: &[Obstacle]) -> Result<(), Error> {
        if !self.fail_if_blocked || obstacles.is_empty() {
            return Ok(());
        }
        let obstacles: Vec<String> = obstacles.iter().map(Obstacle::to_string).collect();
        let message = format!("the account cannot be closed yet: {}", obstacles.join("; "));
        Err(Error::refused(Self::NAME, None, message))
    }

    async fn initiate(&self, steps: &mut Steps<'_>) -> Result<Account, Error> {
        let account = self.account;
        let (method, destination) = self.destination.clone().unzip();
        let body = AccountClosureRequest {
            payment_method: method,
            destination_id: destination.flatten(),
            ..AccountClosureRequest::new(self.reason.clone(), self.details.clone())
        };
        steps
            .add("", |api| api.initiate_account_closure(account, &body), |_| account.to_string())
            .await
    }

    /// Changes the destination of an account in closing, if the request names another one.
    async fn redirect(&self, steps: &mut Steps<'_>, found: Account) -> Result<Account, Error> {
        let Some((method, destination)) = self.destination.clone() else {
            return Ok(found);
        };
        let known = found.account_closure.as_ref();
        let same = known.is_some_and(|known| {
            known.payment_method.as_ref() == Some(&method) && known.destination_id == destination
        });
        if same {
            return Ok(found);
        }
        let account = self.account;
        let part = format!("{} {destination:?}", method.as_str());
        let body = AccountClosureUpdateRequest {
            payment_method: method.into(),
            destination_id: NullablePatch::set_or_clear(destination),
        };
        steps
            .write(&part, |api| api.update_account_closure(account, &body), |_| account.to_string())
            .await
    }
}
