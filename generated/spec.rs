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

/// The names of the members whose value is never shown, in whatever schema they are.
#[cfg(feature = "server")]
const HIDDEN: (&[&str], &[&str], &[&str]) = include!(concat!(env!("OUT_DIR"), "/hidden_names.rs"));

/// Whether the value of a member of this name, in snake case, is never to be shown, for programs that print
/// what they were sent: the rules say so, or they say nothing of the name, and it has a word such as
/// `number` or `secret`.
///
/// ```
/// use synctera_api::spec::is_hidden;
///
/// assert!(is_hidden("ssn") && is_hidden("new_secret"));
/// assert!(!is_hidden("status") && !is_hidden("tracking_number"));
/// ```
#[cfg(feature = "server")]
pub fn is_hidden(name: &str) -> bool {
    let (names, words, shown) = HIDDEN;
    let has = |list: &[&str]| list.binary_search(&name).is_ok();
    let spaced = format!("_{name}_");
    has(names) || (!has(shown) && words.iter().any(|word| spaced.contains(&format!("_{word}_"))))
}
