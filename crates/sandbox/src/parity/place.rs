//! Places in an answer: its status, its error code, or a member such as `balances[0].balance`.

use std::fmt;

use serde_json::Value;

use super::mistakes::quoted;

/// The status in files and reports; no member has this name.
const STATUS: &str = "http_status";
const CODE: &str = "error_code";
/// The greatest index that is read.
const INDEX_DIGITS_MAX: usize = 5;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    Status,
    Code,
    Member(Vec<Step>),
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    Member(String),
    Index(usize),
    /// Any index, in an acceptance.
    Any,
}

impl Place {
    /// Reads a place, in which `[*]` stands for any index.
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text {
            STATUS => Some(Self::Status),
            CODE => Some(Self::Code),
            _ => steps(text).map(Self::Member),
        }
    }

    /// Whether this place of an acceptance is the one of a difference, or holds it.
    pub(super) fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Member(mine), Self::Member(its)) => {
                mine.len() <= its.len()
                    && mine.iter().zip(its).all(|(mine, its)| match mine {
                        Step::Any => matches!(its, Step::Index(_)),
                        mine => mine == its,
                    })
            }
            (mine, its) => mine == its,
        }
    }
}

/// The last name in a path.
pub(super) fn last_name(steps: &[Step]) -> Option<&str> {
    steps.iter().rev().find_map(|step| match step {
        Step::Member(name) => Some(name.as_str()),
        Step::Index(_) | Step::Any => None,
    })
}

/// Reads the path of a member.
pub(super) fn steps(text: &str) -> Option<Vec<Step>> {
    let mut found = Vec::new();
    for part in text.split('.') {
        let (name, mut rest) = part.split_at(part.find('[').unwrap_or(part.len()));
        if name.contains(']') {
            return None;
        }
        // A list as a whole answer begins with its index.
        if !name.is_empty() {
            found.push(Step::Member(name.to_owned()));
        } else if rest.is_empty() || !found.is_empty() {
            return None;
        }
        while !rest.is_empty() {
            let (index, after) = rest.strip_prefix('[')?.split_once(']')?;
            found.push(match index {
                "*" => Step::Any,
                index if index.len() <= INDEX_DIGITS_MAX => Step::Index(index.parse().ok()?),
                _ => return None,
            });
            rest = after;
        }
    }
    (!found.is_empty()).then_some(found)
}

/// What a path leads to.
pub(super) fn found<'v>(value: &'v Value, steps: &[Step]) -> Option<&'v Value> {
    steps.iter().try_fold(value, |value, step| match step {
        Step::Member(name) => value.get(name),
        Step::Index(index) => value.get(index),
        Step::Any => None,
    })
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status => f.write_str(STATUS),
            Self::Code => f.write_str(CODE),
            Self::Member(steps) if steps.is_empty() => f.write_str("the whole answer"),
            Self::Member(steps) => {
                for (number, step) in steps.iter().enumerate() {
                    match step {
                        Step::Member(name) => {
                            let dot = if number == 0 { "" } else { "." };
                            write!(f, "{dot}{}", quoted(name))?;
                        }
                        Step::Index(index) => write!(f, "[{index}]")?,
                        Step::Any => f.write_str("[*]")?,
                    }
                }
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_as_they_are_shown() {
        for text in
            ["http_status", "error_code", "id", "balances[0].balance", "[1].id", "a[*].b[2][3].c"]
        {
            assert_eq!(Place::parse(text).unwrap().to_string(), text);
        }
        for text in ["", "a.", ".a", "a[", "a[x]", "a[1", "a]", "a..b", "a.[1]", "a[999999]"] {
            assert_eq!(Place::parse(text), None, "{text}");
        }
    }

    #[test]
    fn an_acceptance_covers_what_is_within() {
        let covers = |mine, its| Place::parse(mine).unwrap().covers(&Place::parse(its).unwrap());
        assert!(covers("balances[*].balance", "balances[7].balance"));
        assert!(covers("balances", "balances[7].balance"));
        assert!(!covers("balances[*].balance", "balances"));
        assert!(!covers("balances[1]", "balances[2]"));
        assert!(covers("http_status", "http_status") && !covers("http_status", "error_code"));
        assert!(!covers("status", "http_status"));
    }
}
