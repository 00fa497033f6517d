//! Journeys: what people come to the platform for, each from its request to its outcome.
//!
//! A folder a family, a file a journey. A journey checks its request, then walks its [`Steps`];
//! running, keys, progress and the hook for each step are in [`run`], for all of them, and how a step
//! is continued after a crash or a correction in [`attempts`].

mod accounts;
mod attempts;
mod cards;
mod money;
mod only;
mod outcome;
mod party;
mod people;
mod recovery;
mod resume;
mod run;
mod step_key;
mod steps;
#[cfg(feature = "webhooks")]
mod webhook;

pub use accounts::*;
pub(crate) use attempts::ATTEMPTS_MAX;
pub use cards::*;
pub use money::*;
pub use outcome::{NotAccepted, Outcome};
pub use party::Party;
pub use people::*;
#[cfg(feature = "reconciliations")]
pub(crate) use run::sealed::Sealed;
pub use run::{Availability, Completed, Journey, Run};
pub use step_key::{PaymentJourney, step_key, step_key_of};
pub(crate) use steps::Steps;
#[cfg(feature = "webhooks")]
pub use webhook::{CreateWebhookSecret, NewWebhookSecret, RollWebhookSecret, Subscribe};
