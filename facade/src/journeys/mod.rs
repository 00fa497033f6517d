//! Journeys: each takes a request to its outcome, in several calls where it needs them.
//!
//! There is a folder for each family, and a file for each journey or a few related ones. A journey
//! checks its request, then makes its [`Steps`]. Running, keys, progress and the hooks are in
//! [`run`] for all of them, and how a step continues after a crash or a correction in [`attempts`].

mod accounts;
mod attempts;
mod cards;
mod derived_key;
mod earlier;
mod journey;
mod money;
mod only;
mod outcome;
mod party;
mod people;
mod recovery;
#[cfg(feature = "serde")]
pub mod request_files;
mod resume;
mod run;
mod step_key;
mod steps;
#[cfg(feature = "webhooks")]
mod webhook;

pub use accounts::*;
pub(crate) use attempts::ATTEMPTS_MAX;
pub use cards::*;
#[cfg(feature = "reconciliations")]
pub(crate) use journey::sealed::Sealed;
pub use journey::{Availability, Journey};
pub use money::*;
pub use outcome::{NotAccepted, Outcome};
pub use party::Party;
pub use people::*;
pub use run::{Completed, Run};
pub use step_key::{PaymentJourney, step_key, step_key_of};
pub(crate) use steps::Steps;
#[cfg(feature = "webhooks")]
pub use webhook::{
    CreateWebhookSecret, FinishWebhookSecretRoll, NewWebhookSecret, RollWebhookSecret, Subscribe,
};
