//! The pinned documents that the client is generated from, for programs that want to look
//! something up in them or to check a body against them.

/// The current interface, as JSON.
pub const V2: &str = include_str!("../spec/v2.json");

/// The current interface with our documentation, as JSON: for tools that read OpenAPI.
#[cfg(feature = "server")]
pub const V2_DESCRIBED: &str = include_str!(concat!(env!("OUT_DIR"), "/v2.described.json"));

/// The legacy interface with our documentation, as JSON.
#[cfg(feature = "server")]
pub const V0_DESCRIBED: &str = include_str!(concat!(env!("OUT_DIR"), "/v0.described.json"));

/// The operations that only the legacy interface has, as JSON.
pub const V0: &str = include_str!("../spec/v0.json");
