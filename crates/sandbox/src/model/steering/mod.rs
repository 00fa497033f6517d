//! Everything that steers the sandbox, in one table: values to which it reacts, and the operations of
//! its control API.
//!
//! `--steering` prints it, the README holds it as it is rendered here, and tests play every row and
//! hold the README against it.

mod cards;
mod control;
mod money;
mod others;
mod parties;
mod table;
mod transfers;

use std::fmt;

pub use table::{ControlRow, SteeringRow, SteeringSection};

const SECTIONS: &[SteeringSection] = &[
    parties::VERIFICATION_OF_A_PERSON,
    parties::VERIFICATION_OF_A_BUSINESS,
    parties::OTHER_CHECKS_OF_PARTIES,
    money::ACCOUNTS_AT_OTHER_BANKS,
    money::ACH,
    money::WIRES,
    transfers::EFT_CANADA,
    transfers::CASH,
    transfers::BATCH_PAYMENTS,
    money::CHECK_DEPOSITS,
    cards::CARDS_OF_OTHER_BANKS,
    cards::CARD_TRANSACTIONS,
    others::EVERYTHING_ELSE,
];

/// Everything that steers a sandbox. It is displayed as Markdown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Steering {
    /// Values to which the sandbox reacts, by area.
    pub sections: &'static [SteeringSection],
    /// The operations of the control API.
    pub control: &'static [ControlRow],
}

/// Everything that steers a sandbox: values to which it reacts, and operations of its control API.
pub fn steering() -> Steering {
    Steering { sections: SECTIONS, control: control::CONTROL }
}

impl fmt::Display for Steering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for section in self.sections {
            writeln!(f, "{section}")?;
        }
        writeln!(f, "### The control API\n\n{}", self.control_table())
    }
}

impl Steering {
    /// The operations of the control API as a table in Markdown.
    pub fn control_table(&self) -> String {
        let mut table = "| over HTTP | in Rust | what it does |\n|---|---|---|\n".to_owned();
        for ControlRow { operation, in_rust, does } in self.control {
            table.push_str(&format!("| {operation} | {in_rust} | {does} |\n"));
        }
        table
    }
}
