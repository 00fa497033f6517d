//! Journeys: what people come to the platform for, each from its request to its outcome.
//!
//! One file a journey. A journey checks its request, then walks its [`Steps`]; running, keys,
//! progress and the hook for each step are in [`run`], for all of them.

mod account_access;
mod account_party;
mod account_terms;
mod ach;
mod alert;
mod await_verification;
mod business;
mod card;
mod close_account;
mod customer;
mod define_product;
mod define_template;
mod disclosed;
mod document;
mod external;
mod only;
mod open_account;
mod outcome;
mod owner;
mod party;
mod person;
mod record_verification;
mod run;
mod screen_payee;
mod transfer;
mod verify;

pub use account_party::{AddAccountParty, RemoveAccountParty};
pub use account_terms::Rail;
pub use ach::SendAch;
pub use alert::ResolveAlert;
pub use await_verification::AwaitVerification;
pub use business::{OnboardBusiness, OnboardedBusiness};
pub use card::{IssueCard, IssuedCard};
pub use close_account::{CloseAccount, ClosingAccount, Obstacle};
pub use customer::{OnboardCustomer, OnboardedCustomer};
pub use define_product::{DefineProduct, DefinedProduct};
pub use define_template::{DefineTemplate, DefinedTemplate};
pub use disclosed::Disclosed;
pub use document::{DocumentSession, StartDocumentVerification};
pub use external::{BankAccount, LinkExternalAccount, LinkedAccounts};
pub use open_account::{OpenAccount, OpenedAccount};
pub use outcome::Outcome;
pub use owner::{OnboardedOwner, Owner};
pub use party::Party;
pub use person::PersonDetails;
pub use record_verification::RecordVerification;
pub use run::{Journey, Run, Step};
pub use screen_payee::{ScreenPayee, ScreenedPayee};
pub use transfer::Transfer;
pub use verify::{Verified, Verify};

use run::Steps;
