//! Journeys: what people come to the platform for, each from its request to its outcome.
//!
//! One file a journey. A journey checks its request, then walks its [`Steps`]; running, keys,
//! progress and the hook for each step are in [`run`], for all of them.

mod ach;
mod business;
mod card;
mod customer;
mod disclosed;
mod earlier;
mod external;
mod only;
mod open_account;
mod outcome;
mod owner;
mod party;
mod person;
mod run;
mod transfer;

pub use ach::SendAch;
pub use business::{OnboardBusiness, OnboardedBusiness};
pub use card::{IssueCard, IssuedCard};
pub use customer::{OnboardCustomer, OnboardedCustomer};
pub use disclosed::Disclosed;
pub use external::{BankAccount, LinkExternalAccount, LinkedAccounts};
pub use open_account::{OpenAccount, OpenedAccount};
pub use outcome::Outcome;
pub use owner::{OnboardedOwner, Owner};
pub use party::Party;
pub use person::PersonDetails;
pub use run::{Journey, Run, Step};
pub use transfer::Transfer;

pub(crate) use run::Steps;
#[cfg(feature = "reconciliations")]
pub(crate) use run::sealed::Sealed;
