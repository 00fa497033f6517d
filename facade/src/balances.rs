//! The balances of an account, and their meaning for its type.

use synctera_api::Error;
use synctera_api::runtime::AccountId;

use crate::types::{Account, AccountType, BalanceType};
use crate::{Money, Synctera};

/// The balances of an account at one moment.
///
/// | type of account | `posted` | `available` |
/// |---|---|---|
/// | checking, saving, prepaid | posted credits minus posted debits | that, minus the amount held |
/// | line of credit, unsecured charge, revolving credit | the amount owed | the credit limit, minus the amounts owed and held |
/// | secured charge | the amount owed | the amount available on the account that secures it |
///
/// Incoming money counts once it is posted. Both can be negative, when a card payment or a return
/// is posted without enough money in the account.
///
/// With the feature `serde` it can be stored: each amount in the form of [`Money`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Balances {
    /// The type of the account, which decides what the other fields mean.
    pub account_type: AccountType,
    /// The amount in the account, or the amount owed on it.
    pub posted: Money,
    /// The amount that can be spent now.
    pub available: Money,
    /// The interest of the month so far, on an account with interest. It is neither paid nor
    /// charged yet.
    pub accrued_interest: Option<Money>,
    /// The payments received on a credit account in the month so far.
    pub payments_received: Option<Money>,
}

impl Balances {
    /// The balances of an account that was read.
    ///
    /// # Errors
    /// [`Decode`](crate::ErrorKind::Decode) when the platform did not send the type, the currency
    /// or one of the two balances.
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

    /// Whether it is a credit account: its posted balance is an amount owed.
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

    /// The amount that the holder owes; `None` unless it is a credit account.
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
    ///     Some(owed) => println!("{owed} owed, {} available", balances.available),
    ///     None => println!("{} posted, {} available", balances.posted, balances.available),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of `get_account` and of [`Balances::of`].
    pub async fn balances(&self, account: AccountId) -> Result<Balances, Error> {
        Balances::of(&self.api().get_account(account).await?.into_inner())
    }
}
