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
mod card_activation;
mod card_image;
mod card_pin;
mod card_replacement;
#[cfg(feature = "card_simulations")]
mod card_simulation;
mod card_status;
#[cfg(feature = "external_cards")]
mod card_transfer;
#[cfg(feature = "digital_wallets")]
mod card_wallet;
mod change_ach;
#[cfg(feature = "check_deposits")]
mod check_deposit;
mod close_account;
mod customer;
mod define_product;
mod define_template;
mod disclosed;
#[cfg(feature = "disputes")]
mod dispute;
mod document;
mod earlier;
mod end_transfer;
mod external;
#[cfg(feature = "external_cards")]
mod external_card;
mod fund;
mod only;
mod open_account;
mod outcome;
mod owner;
mod party;
#[cfg(feature = "payment_schedules")]
mod payment_schedule;
mod person;
mod record_verification;
mod run;
mod screen_payee;
#[cfg(feature = "spend_controls")]
mod spend_control;
#[cfg(feature = "synctera_pay")]
mod synctera_pay;
mod transfer;
mod verify;
#[cfg(feature = "webhooks")]
mod webhook;
#[cfg(feature = "wires")]
mod wire;

pub use account_party::{AddAccountParty, RemoveAccountParty};
pub use account_terms::Rail;
pub use ach::SendAch;
pub use alert::ResolveAlert;
pub use await_verification::AwaitVerification;
pub use business::{OnboardBusiness, OnboardedBusiness};
pub use card::{IssueCard, IssuedCard};
pub use card_activation::ActivateCard;
pub use card_image::{ReviewCardImage, UploadCardImage};
pub use card_pin::SetCardPin;
pub use card_replacement::ReplaceCard;
#[cfg(feature = "card_simulations")]
pub use card_simulation::{CardTransaction, Merchant, SimulatedCard};
pub use card_status::{ResumeCard, SuspendCard, TerminateCard};
#[cfg(feature = "external_cards")]
pub use card_transfer::{MoveByCard, MovedByCard, ReverseCardPull};
#[cfg(feature = "digital_wallets")]
pub use card_wallet::{AddToApplePay, AddToGooglePay, ChangeWalletToken};
pub use change_ach::ChangeAch;
#[cfg(feature = "check_deposits")]
pub use check_deposit::DepositCheck;
pub use close_account::{CloseAccount, ClosingAccount, Obstacle};
pub use customer::{OnboardCustomer, OnboardedCustomer};
pub use define_product::{DefineProduct, DefinedProduct};
pub use define_template::{DefineTemplate, DefinedTemplate};
pub use disclosed::Disclosed;
#[cfg(feature = "disputes")]
pub use dispute::{ActOnDispute, AddEvidence, OpenDispute, OpenedDispute};
pub use document::{DocumentSession, StartDocumentVerification};
pub use end_transfer::EndTransfer;
pub use external::{BankAccount, LinkExternalAccount, LinkedAccounts};
#[cfg(feature = "external_cards")]
pub use external_card::{AddExternalCard, AddedExternalCard};
pub use fund::{Fund, Funded};
pub use open_account::{OpenAccount, OpenedAccount};
pub use outcome::Outcome;
pub use owner::{OnboardedOwner, Owner};
pub use party::Party;
#[cfg(feature = "payment_schedules")]
pub use payment_schedule::{CancelPaymentSchedule, Schedule, SchedulePayment};
pub use person::PersonDetails;
pub use record_verification::RecordVerification;
pub use run::{Journey, Run, Step};
pub use screen_payee::{ScreenPayee, ScreenedPayee};
#[cfg(feature = "spend_controls")]
pub use spend_control::{AttachSpendControl, DefineSpendControl, Span};
#[cfg(feature = "synctera_pay")]
pub use synctera_pay::{EndSyncteraPay, SendSyncteraPay};
pub use transfer::Transfer;
pub use verify::{Verified, Verify};
#[cfg(feature = "webhooks")]
pub use webhook::{CreateWebhookSecret, NewWebhookSecret, RollWebhookSecret, Subscribe};
#[cfg(feature = "wires")]
pub use wire::{CancelWire, SendWire};

pub(crate) use run::Steps;
#[cfg(feature = "reconciliations")]
pub(crate) use run::sealed::Sealed;
