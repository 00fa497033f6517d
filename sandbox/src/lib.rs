#![doc = include_str!("../README.md")]
//!
//! # How it is built
//!
//! A request passes `server` (HTTP: connections and their limits, faults, the control API), `engine`
//! (API key, idempotency, URL, body), `families` (the rules, a module for each family of resources),
//! `ledger` (double entry) and `store` (SQLite, the only module with SQL). `spec` holds the pinned
//! documents; `courier` delivers events to webhooks; `sandbox` is the handle for Rust.

mod audit;
mod courier;
mod engine;
mod error;
mod families;
mod faults;
mod jwe;
mod ledger;
mod outgoing;
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
