#![doc = include_str!("../README.md")]

mod access;
mod action;
mod admin;
mod audit_entry;
mod bank;
mod code;
mod context;
mod document;
mod done;
mod failure;
mod field;
mod format;
mod lookup;
mod mask;
mod names;
mod operators;
mod page;
mod pages;
mod problem;
mod resource;
mod resources;
mod routes;
mod rust_call;
mod sections;
mod submitted;
mod table;
mod texts;

pub use audit_entry::AuditEntry;
pub use bank::{Answer, Bank, BoxFuture, Call, Peer};
pub use document::PATH;
pub use operators::{Operators, Role};
pub use routes::router;
