//! Calls to a server on this machine: runs the programs of the package in `benches/`.

use super::decode::{Figures, collect};
use super::measure::median;
use super::row::{Aim, Row};
use crate::workspace::Error;

/// What a figure is: its name in the programs' output, for people, whether more is better, and how
/// it is shown.
const CASES: [(&str, &str, Aim, Unit); 9] = [
    ("get_p50", "GET, p50", Aim::AtMost(1.05), Unit::Time),
    ("get_p99", "GET, p99", Aim::None, Unit::Time),
    ("post_p50", "POST, p50", Aim::AtMost(1.05), Unit::Time),
    ("post_p99", "POST, p99", Aim::None, Unit::Time),
    ("rate_1", "GET, 1 in flight", Aim::AtLeast(0.95), Unit::Rate),
    ("rate_16", "GET, 16 in flight", Aim::AtLeast(0.95), Unit::Rate),
    ("rate_256", "GET, 256 in flight", Aim::AtLeast(0.95), Unit::Rate),
    ("get_allocations", "GET, allocations", Aim::None, Unit::Count),
    ("post_allocations", "POST, allocations", Aim::None, Unit::Count),
];

/// The other sides: their names in the programs' output, and for people.
const PEERS: [(&str, &str); 2] = [("limited", "same time limits"), ("bare", "bare reqwest")];

#[derive(Clone, Copy)]
enum Unit {
    Time,
    Rate,
    Count,
}

impl Unit {
    fn show(self, figure: u64) -> String {
        match self {
            Self::Time => format!("{} us", figure / 1000),
            Self::Rate => format!("{figure} /s"),
            Self::Count => figure.to_string(),
        }
    }
}

pub(super) fn rows(runs: usize) -> Result<Vec<Row>, Error> {
    let mut figures = Figures::new();
    for _ in 0..runs {
        collect("request_time", &mut figures)?;
    }
    collect("request_allocations", &mut figures)?;
    let mut rows = Vec::new();
    for (name, case, aim, unit) in CASES {
        let mut of = |side: &str| {
            let values = figures.get_mut(&(name.to_owned(), side.to_owned()));
            let not_measured = || format!("{name} of {side} was not measured");
            values.and_then(|values| median(values)).ok_or_else(not_measured)
        };
        let ours = of("ours")?;
        for (side, peer) in PEERS {
            let theirs = of(side)?;
            rows.push(Row {
                bench: "request",
                case: case.to_owned(),
                peer,
                ours: unit.show(ours),
                theirs: unit.show(theirs),
                ratio: ours as f64 / theirs as f64,
                aim,
            });
        }
    }
    Ok(rows)
}
