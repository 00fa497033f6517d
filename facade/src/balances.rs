//! What is on an account, in words that fit its type.

use synctera_api::Error;
use synctera_api::runtime::AccountId;

use crate::types::{Account, AccountType, BalanceType};
use crate::{Money, Synctera};

/// The balances of an account at one moment.
///
/// | type of account | `posted` | `available` |
/// |---|---|---|
/// | checking, saving, prepaid | posted credits less posted debits | that, less what is set aside |
/// | line of credit, unsecured charge, revolving credit | what is owed | the credit limit, less what is owed and set aside |
/// | secured charge | what is owed | what is available on the account that secures it |
///
/// Money on its way in raises nothing before it is posted. Both can be below nothing, where a card
/// payment or a return had to be booked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Balances {
    /// The type of the account, which decides what the others mean.
    pub account_type: AccountType,
    /// What is in the account, or what is owed on it.
    pub posted: Money,
    /// What can be spent now.
    pub available: Money,
    /// The interest of the month so far, on an account that bears some. It is neither paid nor
    /// charged yet.
    pub accrued_interest: Option<Money>,
    /// What was paid towards a credit account in the month so far.
    pub payments_received: Option<Money>,
}

impl Balances {
    /// The balances in an account as it was read.
    ///
    /// # Errors
    /// [`Decode`](crate::ErrorKind::Decode) when the platform left the type, the currency or one of
    /// the two balances out.
    pub fn of(account: &Account) -> Result<Self, Error> {
        let missing = |field: &str| Error::incomplete_answer("get_account", field);
        let account_type = account.account_type.clone().ok_or_else(|| missing("account_type"))?;
        let currency = account.currency.as_ref().and_then(|code| code.currency());
        let currency = currency.ok_or_else(|| missing("currency"))?;
        let of = |kind: BalanceType| {
            let found = account.balances.iter().find(|balance| balance.type_ == kind)?;
            Some(Money::new(found.balance, currency))
        };
        Ok(Self {
            account_type,
            posted: of(BalanceType::AccountBalance).ok_or_else(|| missing("balances"))?,
            available: of(BalanceType::AvailableBalance).ok_or_else(|| missing("balances"))?,
            accrued_interest: of(BalanceType::AccruedInterestMtd),
            payments_received: of(BalanceType::PaymentsReceivedMtd),
        })
    }

    /// Whether money is owed on the account, rather than kept.
    pub fn is_credit(&self) -> bool {
        matches!(
            self.account_type,
            AccountType::LineOfCredit
                | AccountType::ChargeSecured
                | AccountType::ChargeUnsecured
                | AccountType::RevolvingCreditSecured
                | AccountType::RevolvingCreditUnsecured
        )
    }

    /// What the holder owes, on a credit account.
    pub fn owed(&self) -> Option<Money> {
        self.is_credit().then_some(self.posted)
    }
}

impl Synctera {
    /// Reads the balances of an account.
    ///
    /// ```
    #[doc = include_str!("journeys/example.txt")]
    /// # let account = checking;
    /// let balances = client.balances(account).await?;
    /// match balances.owed() {
    ///     Some(owed) => println!("{owed} to pay, {} left to spend", balances.available),
    ///     None => println!("{} there, {} free", balances.posted, balances.available),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of `get_account`, and of [`Balances::of`].
    pub async fn balances(&self, account: AccountId) -> Result<Balances, Error> {
        Balances::of(&self.api().get_account(account).await?.into_inner())
    }
}
