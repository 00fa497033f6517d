//! Cards: issuing, life cycle, spend controls and disputes.

mod activation;
pub(in crate::journeys) mod details;
#[cfg(feature = "disputes")]
mod dispute;
mod image;
mod issue;
mod pin;
mod replacement;
#[cfg(feature = "card_simulations")]
mod simulation;
#[cfg(feature = "spend_controls")]
mod spend_control;
mod status;
#[cfg(feature = "digital_wallets")]
mod wallet;

pub use activation::ActivateCard;
#[cfg(feature = "disputes")]
pub use dispute::{ActOnDispute, AddEvidence, OpenDispute, OpenedDispute};
pub use image::{ReviewCardImage, UploadCardImage};
pub use issue::{IssueCard, IssuedCard};
pub use pin::SetCardPin;
pub use replacement::ReplaceCard;
#[cfg(feature = "card_simulations")]
pub use simulation::{CardTransaction, Merchant, SimulatedCard};
#[cfg(feature = "spend_controls")]
pub use spend_control::{AttachSpendControl, DefineSpendControl, Window};
pub use status::{ResumeCard, SuspendCard, TerminateCard};
#[cfg(feature = "digital_wallets")]
pub use wallet::{AddToApplePay, AddToGooglePay, ChangeWalletToken};
