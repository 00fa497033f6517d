#![doc = include_str!("../README.md")]

mod access;
mod action;
mod admin;
mod bank;
mod code;
mod context;
mod document;
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
mod sections;
mod submitted;
mod table;
mod texts;

pub use bank::{Answer, AuditEntry, Bank, BoxFuture, Call, Peer};
pub use document::PATH;
pub use operators::{Operators, Role};
pub use routes::router;
