//! Why an account cannot be closed at once.

use std::fmt;

use synctera_api::runtime::{AccountId, TransactionId};
use synctera_api::{Error, v2};

use crate::pages::Items;
use crate::types::ListPendingTransactionsQuery;
use crate::{Balances, Money};

/// A reason why an account cannot be closed at once.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Obstacle {
    /// A transaction is pending; the platform waits until it is posted or released.
    Pending {
        /// The pending transaction.
        transaction: TransactionId,
        /// Its amount.
        amount: Money,
    },
    /// The account has a balance, and there is no destination.
    NoDestination {
        /// The remaining balance.
        left: Money,
    },
    /// A balance is owed on the account, which must be paid first.
    Owed {
        /// The balance that is owed.
        amount: Money,
    },
    /// A dispute is open; the platform waits for its end. With the feature `disputes`.
    #[cfg(feature = "disputes")]
    Dispute(synctera_api::runtime::DisputeId),
    /// A payment schedule is active; the platform cancels it. With the feature `payment_schedules`.
    #[cfg(feature = "payment_schedules")]
    Schedule(synctera_api::runtime::PaymentScheduleId),
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pending { transaction, amount } => {
                write!(f, "transaction {transaction} of {amount} is pending")
            }
            Self::NoDestination { left } => {
                write!(f, "no destination is given for the balance of {left}")
            }
            Self::Owed { amount } => write!(f, "{amount} is owed on the account"),
            #[cfg(feature = "disputes")]
            Self::Dispute(dispute) => write!(f, "dispute {dispute} is open"),
            #[cfg(feature = "payment_schedules")]
            Self::Schedule(schedule) => write!(f, "payment schedule {schedule} is active"),
        }
    }
}

/// Everything that delays the closing of an account.
pub(super) async fn obstacles(
    api: &v2::Client,
    account: AccountId,
    balances: &Balances,
    has_destination: bool,
) -> Result<Vec<Obstacle>, Error> {
    let mut obstacles = Vec::new();
    let pending = ListPendingTransactionsQuery {
        account_id: vec![account],
        status: vec!["PENDING".to_owned()],
        ..ListPendingTransactionsQuery::default()
    };
    let mut pending = Items::of(api.clone(), pending);
    while let Some(hold) = pending.try_next().await? {
        let currency = balances.posted.currency();
        let amount = Money::new(hold.data.amount, currency);
        obstacles.push(Obstacle::Pending { transaction: hold.uuid, amount });
    }
    match balances.owed() {
        Some(amount) if amount.minor() > 0 => obstacles.push(Obstacle::Owed { amount }),
        None if balances.posted.minor() > 0 && !has_destination => {
            obstacles.push(Obstacle::NoDestination { left: balances.posted });
        }
        _ => {}
    }
    #[cfg(feature = "disputes")]
    {
        let disputes = crate::types::ListDisputesQuery {
            account_id: vec![account],
            status: Some(crate::types::DisputeStatus::Open),
            ..crate::types::ListDisputesQuery::default()
        };
        let mut disputes = Items::of(api.clone(), disputes);
        while let Some(dispute) = if_offered(disputes.try_next().await)? {
            use crate::types::Dispute;
            let id = match dispute {
                Dispute::Ach(dispute) => dispute.id,
                Dispute::Card(dispute) => dispute.id,
                Dispute::ExternalCard(dispute) => dispute.id,
                _ => continue,
            };
            obstacles.push(Obstacle::Dispute(id));
        }
    }
    #[cfg(feature = "payment_schedules")]
    {
        let schedules = crate::types::ListPaymentSchedulesQuery {
            account_id: vec![account],
            status: vec![crate::types::PaymentScheduleStatus::Active],
            ..crate::types::ListPaymentSchedulesQuery::default()
        };
        let mut schedules = Items::of(api.clone(), schedules);
        while let Some(schedule) = if_offered(schedules.try_next().await)? {
            obstacles.extend(schedule.id.map(Obstacle::Schedule));
        }
    }
    Ok(obstacles)
}

/// `None` where the workspace does not have the feature.
#[cfg(any(feature = "disputes", feature = "payment_schedules"))]
fn if_offered<T>(found: Result<Option<T>, Error>) -> Result<Option<T>, Error> {
    use synctera_api::runtime::ErrorCode;
    match found {
        Err(error)
            if matches!(
                error.code(),
                Some(ErrorCode::NotImplemented | ErrorCode::FeatureNotAvailable)
            ) =>
        {
            Ok(None)
        }
        found => found,
    }
}
