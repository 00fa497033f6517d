#![doc = include_str!("README.md")]

mod accounts;
mod cards;
#[cfg(feature = "check_deposits")]
mod check_deposits;
#[cfg(feature = "disputes")]
mod disputes;
mod external_accounts;
#[cfg(feature = "external_cards")]
mod external_cards;
mod money;
#[cfg(feature = "payment_schedules")]
mod payment_schedules;
mod people;
#[cfg(feature = "reconciliations")]
mod reconciliations;
#[cfg(feature = "spend_controls")]
mod spend_controls;
#[cfg(feature = "synctera_pay")]
mod synctera_pay;
mod templates;
mod values;
#[cfg(feature = "digital_wallets")]
mod wallets;
#[cfg(feature = "webhooks")]
mod webhooks;
#[cfg(feature = "wires")]
mod wires;

use serde::de::{Deserialize, Deserializer, Error};
use synctera_api::runtime::plain_reason;

/// A member that does not fit the others, and why.
struct MemberError {
    path: String,
    reason: &'static str,
}

impl MemberError {
    fn new(path: impl Into<String>, reason: &'static str) -> Self {
        Self { path: path.into(), reason }
    }
}

/// The members of a request in a file. The request is made of them by its own constructor and
/// setters, so a file can say nothing that they cannot.
trait Members {
    type Request;

    fn into_request(self) -> Result<Self::Request, MemberError>;
}

/// Reads a request by its members. An error names the member by its path, and no value.
fn read<'de, M, D>(deserializer: D) -> Result<M::Request, D::Error>
where
    M: Members + Deserialize<'de>,
    D: Deserializer<'de>,
{
    let members: M = serde_path_to_error::deserialize(deserializer).map_err(|error| {
        let path = error.path().to_string();
        let reason = said_plainly(&error.inner().to_string());
        match path.as_str() {
            "." | "?" => D::Error::custom(reason),
            path => D::Error::custom(format!("{path}: {reason}")),
        }
    })?;
    let invalid = |MemberError { path, reason }| D::Error::custom(format!("{path}: {reason}"));
    members.into_request().map_err(invalid)
}

/// A reader's message in words for people, without the value that it quotes, which may be a secret. What
/// it says of members that are missing or unknown stays: programs that read files look for it.
fn said_plainly(message: &str) -> String {
    if message.starts_with("missing field `") || message.starts_with("unknown field `") {
        return message.to_owned();
    }
    let position = message.rfind(" at line ").unwrap_or(message.len());
    let (message, position) = message.split_at(position);
    format!("{}{position}", plain_reason(message))
}

/// Implements `Deserialize` for requests, each by its members.
macro_rules! read_by_members {
    ($($members:ty => $request:ty),* $(,)?) => {$(
        impl<'de> serde::Deserialize<'de> for $request {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::journeys::request_files::read::<$members, D>(deserializer)
            }
        }
    )*};
}

use read_by_members;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_not_quoted() {
        for (message, without) in [
            (
                "invalid type: integer `456789012`, expected a string at line 1 column 16",
                "must be a text, not a number at line 1 column 16",
            ),
            (
                "invalid type: string \"a, expected \\\" b\", expected u32",
                "must be a whole number, not a text",
            ),
            ("invalid value: floating point `1.5`, expected x", "must be x"),
            ("invalid type: null, expected a string", "must be a text, not null"),
            ("invalid type: integer `456789012`", "invalid type"),
            ("missing field `dob`", "missing field `dob`"),
        ] {
            assert_eq!(said_plainly(message), without);
        }
    }
}
