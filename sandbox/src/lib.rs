//! A local, stateful stand-in for the sandbox of the Synctera platform.
//!
//! It keeps accounts on a double-entry ledger, checks every request against the pinned OpenAPI
//! document, and says no like the platform says no. Start it inside a test with
//! [`Sandbox::start`], or as the program `synctera-sandbox` for clients in any language.
//!
//! What it does not do yet it answers with 501, naming the operation; it never makes up a success.
//! [`served_operations`] lists what it does. Where the platform's documents are silent, what it
//! does is a named setting: see [`Settings`].
//!
//! # What can be done to it
//!
//! Time moves when it is told to ([`Sandbox::advance`]), requests go wrong on request ([`Fault`]), the
//! books can be recomputed ([`Sandbox::audit`]), settings changed. All of that is there over HTTP,
//! too: the control API under `/sandbox` hears this machine alone, and is described in the crate's
//! README, with a session in `curl`.
//!
//! # How it is built
//!
//! One way in, one module for each concern: `server` (HTTP: connections and their limits, faults,
//! the control API) → `engine` (who asks, was it asked
//! before, what does the URL name, what does the body say) → `families` (one module for each
//! family of resources: its rules) → `ledger` (double entry) → `store` (SQLite). `spec` holds the
//! pinned documents, and nothing but `store` knows SQL. `courier` carries events to webhooks.

mod audit;
mod courier;
mod engine;
mod error;
mod families;
mod faults;
mod jwe;
mod ledger;
mod sandbox;
mod server;
mod settings;
mod spec;
mod state;
mod store;

pub use audit::{LedgerAudit, WorkspaceAudit};
pub use error::Error;
pub use faults::{BadFault, Fault};
pub use sandbox::{BankingDays, DEFAULT_API_KEY, Sandbox, SandboxBuilder, SandboxClock};
pub use server::{ControlOperation, control_operations};
pub use settings::{DayCount, Setting, SettingError, SettingType, Settings, WebhookOrder};
pub use state::{ApiKeyInfo, FailedJob, NewApiKey, SandboxState, WebhookQueue};

use spec::Interface;
use synctera_api::Operation;

/// The platform's operations that the sandbox serves, each with its interface (`v2`, `v0`).
pub fn served_operations() -> Vec<(&'static str, &'static Operation)> {
    operations(true)
}

/// The platform's operations that the sandbox answers with 501, each with its interface (`v2`,
/// `v0`).
pub fn unserved_operations() -> Vec<(&'static str, &'static Operation)> {
    operations(false)
}

fn operations(are_served: bool) -> Vec<(&'static str, &'static Operation)> {
    Interface::ALL
        .into_iter()
        .flat_map(|interface| {
            let name = interface.prefix().trim_start_matches('/');
            interface
                .operations()
                .iter()
                .filter(move |operation| {
                    families::served(interface, operation.id).is_some() == are_served
                })
                .map(move |operation| (name, operation))
        })
        .collect()
}
