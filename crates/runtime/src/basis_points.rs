//! Rates in basis points.

use std::fmt;

use super::check::{At, Check, Rules, Violations};

/// A rate in hundredths of a percent: 425 is 4.25 %.
///
/// ```
/// use synctera_runtime::BasisPoints;
///
/// let rate = BasisPoints::new(425);
/// assert_eq!(rate.to_string(), "4.25 %");
/// assert_eq!(serde_json::to_string(&rate)?, "425");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    serde::Serialize,
    serde::Deserialize,
)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct BasisPoints(i64);

impl BasisPoints {
    /// A rate of this many hundredths of a percent.
    pub const fn new(hundredths: i64) -> Self {
        Self(hundredths)
    }

    /// The rate in hundredths of a percent.
    pub const fn get(self) -> i64 {
        self.0
    }
}

impl fmt::Display for BasisPoints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, rest) = (self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100);
        write!(f, "{sign}{whole}.{rest:02} %")
    }
}

impl Check for BasisPoints {
    fn check(&self, rules: &Rules, at: &At<'_>, violations: &mut Violations) {
        self.0.check(rules, at, violations);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_reads_as_percent() {
        for (hundredths, text) in
            [(0, "0.00 %"), (5, "0.05 %"), (1250, "12.50 %"), (-5, "-0.05 %"), (-1250, "-12.50 %")]
        {
            assert_eq!(BasisPoints::new(hundredths).to_string(), text);
        }
        assert_eq!(BasisPoints::new(i64::MIN).to_string(), "-92233720368547758.08 %");
    }
}
