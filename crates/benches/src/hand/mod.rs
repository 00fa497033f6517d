//! What a careful programr would write by hand for the pages: the fields of our types, ids as
//! bare UUIDs, closed enums, unions by serde's own tags, and bare JSON for what the sandbox leaves
//! out.
#![allow(dead_code, missing_docs, unreachable_pub, reason = "decoded, never read")]

pub mod accounts;
pub mod cards;
pub mod persons;
pub mod statements;
mod texts;
pub mod transactions;
