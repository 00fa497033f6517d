//! What a benchmark says.

use serde_json::json;

/// A comparison.
pub(super) struct Row {
    pub(super) bench: &'static str,
    pub(super) case: String,
    pub(super) peer: &'static str,
    /// Both figures, for people.
    pub(super) ours: String,
    pub(super) theirs: String,
    pub(super) ratio: f64,
    pub(super) aim: Aim,
}

/// What the ratio should be.
#[derive(Clone, Copy)]
pub(super) enum Aim {
    AtMost(f64),
    AtLeast(f64),
    None,
}

impl Aim {
    fn met(self, ratio: f64) -> bool {
        match self {
            Self::AtMost(limit) => ratio <= limit,
            Self::AtLeast(limit) => ratio >= limit,
            Self::None => true,
        }
    }

    fn figure(self) -> Option<f64> {
        match self {
            Self::AtMost(limit) | Self::AtLeast(limit) => Some(limit),
            Self::None => None,
        }
    }
}

impl std::fmt::Display for Aim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::AtMost(limit) => f.pad(&format!("<= {limit}")),
            Self::AtLeast(limit) => f.pad(&format!(">= {limit}")),
            Self::None => f.pad("-"),
        }
    }
}

pub(super) fn print(rows: &[Row], as_json: bool) {
    if !as_json && !rows.is_empty() {
        println!(
            "{:<8} {:<24} {:<18} {:>10} {:>10} {:>7} {:>8}  ok",
            "bench", "case", "peer", "ours", "peer's", "ratio", "aim"
        );
    }
    for row in rows {
        let (ok, ratio) = (row.aim.met(row.ratio), (row.ratio * 1000.0).round() / 1000.0);
        if as_json {
            let object = json!({
                "bench": row.bench, "case": row.case, "peer": row.peer,
                "ratio": ratio, "aim": row.aim.figure(), "ok": ok,
            });
            println!("{object}");
            continue;
        }
        let ok = match row.aim {
            Aim::None => "-",
            _ if ok => "yes",
            _ => "no",
        };
        println!(
            "{:<8} {:<24} {:<18} {:>10} {:>10} {:>7.2} {:>8}  {ok}",
            row.bench, row.case, row.peer, row.ours, row.theirs, row.ratio, row.aim
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_aim_has_a_direction() {
        assert!(Aim::AtMost(0.5).met(0.5) && !Aim::AtMost(0.5).met(0.51));
        assert!(Aim::AtLeast(2.0).met(2.0) && !Aim::AtLeast(2.0).met(1.99));
        assert!(Aim::None.met(9.0));
        assert_eq!(format!("{:>8}|", Aim::AtLeast(0.87)), " >= 0.87|");
    }
}
