#![doc = include_str!("../README.md")]
//!
//! # How it is built
//!
//! The modules are layers; each imports only those below it:
//!
//! - `sandbox`: the handle for Rust
//! - `server`: HTTP connections and their limits, faults, the control API, webhook deliveries
//! - `registry`: the tables of served operations, jobs and events
//! - `engine`: routing, API keys, idempotency, validation, the transaction and the clock
//! - `api`: the handlers, a module for each family of `spec/families.toml`
//! - `domain`: the rules that families share
//! - `ledger`: double entry
//! - `model`: the request's context, errors and replies, kinds of resources, the settings
//! - `store`: SQLite, the only module with SQL
//! - `spec`: the pinned documents, and validation against them
#![cfg_attr(docsrs, feature(doc_cfg))]

mod api;
mod domain;
mod engine;
mod error;
mod ledger;
mod model;
mod registry;
mod sandbox;
mod server;
mod spec;
mod store;

pub use crate::domain::application_decisions::ApplicationDecision;
pub use crate::model::settings::{
    ConcurrentKey, DayCount, Setting, SettingError, SettingType, Settings, UnknownQueryParameters,
    WebhookOrder,
};
pub use crate::model::state::{
    ApiKeyInfo, CardholderAuthentication, DoneJob, FailedJob, Fixture, NewApiKey, QueuedEvent,
    SandboxState, SignatureCheck, WebhookQueue,
};
pub use crate::model::steering::{ControlRow, Steering, SteeringRow, SteeringSection, steering};
pub use crate::server::faults::{BadFault, Fault};
pub use crate::server::request_log::{
    ErrorSummary, LogFilter, LogSummary, LoggedBody, LoggedEvent, LoggedLedgerEntry, LoggedRequest,
    MinuteSummary, OperationSummary,
};
pub use crate::store::ledger_audit::{LedgerAudit, WorkspaceAudit};
pub use error::Error;
pub use sandbox::{DEFAULT_API_KEY, Sandbox, SandboxBuilder, SandboxClock, Snapshot};
pub use server::{BankingDays, ControlOperation, control_operations};

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
                    registry::served(interface, operation.id).is_some() == are_served
                })
                .map(move |operation| (name, operation))
        })
        .collect()
}
