//! The bank that the console shows: it is called as any program calls it, without a network between.

use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;

use serde_json::Value;

use crate::audit_entry::AuditEntry;

/// What a call returns when it is over.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A call of an operation, of the platform or of the control API.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Call {
    /// The method, in upper case.
    pub method: &'static str,
    /// Path and query, such as `/v2/persons?limit=10` or `/sandbox/clock`.
    pub target: String,
    /// The workspace in which it acts; none for the control API.
    pub workspace: Option<String>,
    /// The body, if there is one.
    pub body: Option<Value>,
    /// The key under which a write is done once.
    pub idempotency_key: Option<String>,
}

impl Call {
    /// A read of an operation of the platform.
    pub fn get(workspace: &str, target: impl Into<String>) -> Self {
        Self {
            method: "GET",
            target: target.into(),
            workspace: Some(workspace.to_owned()),
            ..Self::default()
        }
    }

    /// A call of the control API.
    pub fn control(method: &'static str, target: impl Into<String>, body: Option<Value>) -> Self {
        Self { method, target: target.into(), body, ..Self::default() }
    }
}

/// The answer to a call.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body; null if there is none or if it is not JSON.
    pub body: Value,
}

impl Answer {
    /// An answer.
    pub fn new(status: u16, body: Value) -> Self {
        Self { status, body }
    }

    /// Whether it says that the call was done.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// Where a request comes from: an extension of each request that is passed to the console.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Peer {
    /// It comes from the machine of the sandbox.
    pub is_local: bool,
    /// The address that it comes from.
    pub address: IpAddr,
}

impl Peer {
    /// A peer.
    #[must_use]
    pub fn new(is_local: bool, address: IpAddr) -> Self {
        Self { is_local, address }
    }
}

/// The bank: a sandbox, or a fork of one.
pub trait Bank: Send + Sync {
    /// Makes a call as an operator of the bank, who needs no key.
    fn call(&self, call: Call) -> BoxFuture<'_, Answer>;

    /// What is before all its paths: nothing, or the path of a fork.
    fn prefix(&self) -> &str;

    /// Adds to the audit log what an operator did.
    fn record(&self, entry: AuditEntry);

    /// What operators did, the newest first: before the entry of this number, and at most so many.
    fn audit_log(&self, before: Option<u64>, limit: usize) -> Vec<AuditEntry>;

    /// Sends a logged request of a workspace again, with the values that the log does not show. None if it
    /// is not kept whole, as after a restart.
    fn send_again(&self, workspace: &str, number: u64) -> BoxFuture<'_, Option<Answer>>;

    /// The workspaces.
    fn workspaces(&self) -> Vec<String>;

    /// How many resources of a kind a workspace has, such as `person`.
    fn count(&self, workspace: &str, kind: &str) -> u64;

    /// The ids of a workspace's resources that begin with this text, at most so many.
    fn ids(&self, workspace: &str, beginning: &str, limit: usize) -> Vec<String>;

    /// A secret that is new with each start: the tokens of forms are made with it.
    fn secret(&self) -> &[u8; 32];
}
