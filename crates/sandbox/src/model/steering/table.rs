//! The rows of the table, and how a part of it is written.

use std::fmt;

/// Values that decide what comes of a request, in one area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SteeringSection {
    /// The area.
    pub title: &'static str,
    /// Which operations it is about.
    pub about: &'static str,
    /// The values.
    pub rows: &'static [SteeringRow],
}

/// What is set to what, and what comes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SteeringRow {
    /// The field, the header or the setting.
    pub set: &'static str,
    /// Its value, or several that do the same.
    pub to: &'static str,
    /// What a client reads then, and when.
    pub result: &'static str,
}

/// An operation of the control API, and its counterparts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ControlRow {
    /// Method and path.
    pub operation: &'static str,
    /// The methods of `Sandbox` that do the same.
    pub in_rust: &'static str,
    /// What it does.
    pub does: &'static str,
}

pub(super) const fn row(set: &'static str, to: &'static str, result: &'static str) -> SteeringRow {
    SteeringRow { set, to, result }
}

pub(super) const fn control(
    operation: &'static str,
    in_rust: &'static str,
    does: &'static str,
) -> ControlRow {
    ControlRow { operation, in_rust, does }
}

impl fmt::Display for SteeringSection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "### {}\n", self.title)?;
        if !self.about.is_empty() {
            writeln!(f, "{}\n", self.about)?;
        }
        writeln!(f, "| set | to | result |\n|---|---|---|")?;
        for SteeringRow { set, to, result } in self.rows {
            writeln!(f, "| {set} | {to} | {result} |")?;
        }
        Ok(())
    }
}
