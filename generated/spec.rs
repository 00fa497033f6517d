//! The pinned documents that the client is generated from, for programs that want to look
//! something up in them or to check a body against them.

/// The current interface, as JSON.
pub const V2: &str = include_str!("../spec/v2.json");

/// The operations that only the legacy interface has, as JSON.
pub const V0: &str = include_str!("../spec/v0.json");
