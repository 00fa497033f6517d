//! Journeys: what people come to the platform for, each from its request to its outcome.
//!
//! One file a journey. A journey checks its request, then walks its [`Steps`]; running, keys,
//! progress and the hook for each step are in [`run`], for all of them.

mod account_access;
mod account_party;
mod account_terms;
mod ach;
mod business;
mod card;
mod close_account;
mod customer;
mod define_product;
mod define_template;
mod disclosed;
mod external;
mod only;
mod open_account;
mod outcome;
mod owner;
mod party;
mod person;
mod run;
mod transfer;

pub use account_party::{AddAccountParty, RemoveAccountParty};
pub use account_terms::Rail;
pub use ach::SendAch;
pub use business::{OnboardBusiness, OnboardedBusiness};
pub use card::{IssueCard, IssuedCard};
pub use close_account::{CloseAccount, ClosingAccount, Obstacle};
pub use customer::{OnboardCustomer, OnboardedCustomer};
pub use define_product::{DefineProduct, DefinedProduct};
pub use define_template::{DefineTemplate, DefinedTemplate};
pub use disclosed::Disclosed;
pub use external::{BankAccount, LinkExternalAccount, LinkedAccounts};
pub use open_account::{OpenAccount, OpenedAccount};
pub use outcome::Outcome;
pub use owner::{OnboardedOwner, Owner};
pub use party::Party;
pub use person::PersonDetails;
pub use run::{Journey, Run, Step};
pub use transfer::Transfer;

use run::Steps;
