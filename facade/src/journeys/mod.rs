//! Journeys: what people come to the platform for, each from its request to its outcome.
//!
//! One file a journey. A journey checks its request, then walks its [`Steps`]; running, keys,
//! progress and the hook for each step are in [`run`], for all of them.

mod ach;
mod business;
mod card;
mod card_activation;
mod card_image;
mod card_pin;
mod card_replacement;
#[cfg(feature = "card_simulations")]
mod card_simulation;
mod card_status;
#[cfg(feature = "digital_wallets")]
mod card_wallet;
mod customer;
mod disclosed;
#[cfg(feature = "disputes")]
mod dispute;
mod earlier;
mod external;
mod only;
mod open_account;
mod outcome;
mod owner;
mod party;
mod person;
mod run;
#[cfg(feature = "spend_controls")]
mod spend_control;
mod transfer;
#[cfg(feature = "webhooks")]
mod webhook;

pub use ach::SendAch;
pub use business::{OnboardBusiness, OnboardedBusiness};
pub use card::{IssueCard, IssuedCard};
pub use card_activation::ActivateCard;
pub use card_image::{ReviewCardImage, UploadCardImage};
pub use card_pin::SetCardPin;
pub use card_replacement::ReplaceCard;
#[cfg(feature = "card_simulations")]
pub use card_simulation::{CardTransaction, Merchant, SimulatedCard};
pub use card_status::{ResumeCard, SuspendCard, TerminateCard};
#[cfg(feature = "digital_wallets")]
pub use card_wallet::{AddToApplePay, AddToGooglePay, ChangeWalletToken};
pub use customer::{OnboardCustomer, OnboardedCustomer};
pub use disclosed::Disclosed;
#[cfg(feature = "disputes")]
pub use dispute::{ActOnDispute, AddEvidence, OpenDispute, OpenedDispute};
pub use external::{BankAccount, LinkExternalAccount, LinkedAccounts};
pub use open_account::{OpenAccount, OpenedAccount};
pub use outcome::Outcome;
pub use owner::{OnboardedOwner, Owner};
pub use party::Party;
pub use person::PersonDetails;
pub use run::{Journey, Run, Step};
#[cfg(feature = "spend_controls")]
pub use spend_control::{AttachSpendControl, DefineSpendControl, Span};
pub use transfer::Transfer;
#[cfg(feature = "webhooks")]
pub use webhook::{CreateWebhookSecret, NewWebhookSecret, RollWebhookSecret, Subscribe};

pub(crate) use run::Steps;
#[cfg(feature = "reconciliations")]
pub(crate) use run::sealed::Sealed;
