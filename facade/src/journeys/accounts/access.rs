//! Freezing and suspending accounts.

use synctera_api::Error;
use synctera_api::runtime::AccountId;

use crate::Synctera;
use crate::checks::Checks;
use crate::types::{Account, AccountAccessStatus, AccountPatch, AccountStatus};

impl Synctera {
    /// Freezes an account at the customer's request: debits are refused, credits are still
    /// accepted. Its cards stay active, and their transactions are declined. Freezing a frozen
    /// account changes nothing.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use synctera::{Address, OnboardCustomer, OpenAccount, PersonDetails, Synctera};
    /// # use synctera::types::AccountType;
    /// # let sandbox = synctera_sandbox::Sandbox::start().await?;
    /// # let client = Synctera::builder(sandbox.api_key()).base_url(sandbox.base_url()).build()?;
    /// # let ada = PersonDetails::new("Ada", "Byron", "1985-12-10".parse()?)
    /// #     .email("ada@example.com")
    /// #     .phone_number("+14155550123")
    /// #     .ssn("456-78-9012")
    /// #     .legal_address(Address::us("1 Market St", "San Francisco", "CA", "94105"));
    /// # let ada = OnboardCustomer::new(ada).consented();
    /// # let ada = client.onboard_customer(&ada).await?.accepted()?.person.id;
    /// # let account = client.open_account(&OpenAccount::new(AccountType::Checking, ada)).await?.id;
    /// client.freeze_account(account).await?;
    /// client.unfreeze_account(account).await?;
    /// // For suspected fraud; both changes need a note.
    /// client.suspend_account(account, "Unusual payments since Monday").await?;
    /// client.reinstate_account(account, "The customer made them").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The platform's errors.
    pub async fn freeze_account(&self, account: AccountId) -> Result<Account, Error> {
        self.set_access(account, AccountAccessStatus::Frozen).await
    }

    /// Unfreezes an account. While an account is frozen, no other change of it is possible.
    ///
    /// # Errors
    /// The platform's errors.
    pub async fn unfreeze_account(&self, account: AccountId) -> Result<Account, Error> {
        self.set_access(account, AccountAccessStatus::Active).await
    }

    /// Suspends an account for suspected fraud: debits and credits are refused. The note gives the
    /// reason.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for an empty note; otherwise the
    /// platform's errors, such as `INVALID_STATUS` for an account that is not active.
    pub async fn suspend_account(
        &self,
        account: AccountId,
        note: impl Into<String>,
    ) -> Result<Account, Error> {
        let status = AccountStatus::Suspended;
        self.set_status("suspend_account", account, status, note.into()).await
    }

    /// Reinstates a suspended account. The note gives the reason.
    ///
    /// # Errors
    /// As [`Synctera::suspend_account`].
    pub async fn reinstate_account(
        &self,
        account: AccountId,
        note: impl Into<String>,
    ) -> Result<Account, Error> {
        let status = AccountStatus::ActiveOrDisbursed;
        self.set_status("reinstate_account", account, status, note.into()).await
    }

    async fn set_access(
        &self,
        account: AccountId,
        access: AccountAccessStatus,
    ) -> Result<Account, Error> {
        // The platform accepts this change only without others.
        let change = AccountPatch { access_status: access.into(), ..AccountPatch::default() };
        Ok(self.api().update_account(account, &change).await?.into_inner())
    }

    async fn set_status(
        &self,
        what: &'static str,
        account: AccountId,
        status: AccountStatus,
        note: String,
    ) -> Result<Account, Error> {
        let mut checks = Checks::of(what);
        checks.text(&note, "note");
        checks.finish()?;
        let change =
            AccountPatch { status: status.into(), note: note.into(), ..AccountPatch::default() };
        Ok(self.api().update_account(account, &change).await?.into_inner())
    }
}
