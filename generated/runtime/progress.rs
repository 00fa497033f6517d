//! How far a series of calls got.

use std::fmt;

/// How far a journey got before it failed.
///
/// Nothing of what is done is undone. The same journey, run again with the same key, finds the
/// answers to the done steps again (for the seven days that the platform keeps them) and goes on
/// with the one that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// The journey, such as `onboard_customer`.
    pub journey: &'static str,
    /// The key from which the idempotency key of each step is derived.
    pub key: String,
    /// The steps that are done: name, and id of what they made.
    pub done: Vec<(String, String)>,
}

impl Progress {
    /// A journey's progress.
    pub fn new(journey: &'static str, key: impl Into<String>, done: Vec<(String, String)>) -> Self {
        Self { journey, key: key.into(), done }
    }
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} stopped here", self.journey)?;
        for (index, (step, resource)) in self.done.iter().enumerate() {
            f.write_str(if index == 0 { " after " } else { ", " })?;
            write!(f, "{step} ({resource})")?;
        }
        write!(f, "; to go on, run it again with the key {}", self.key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_tells_what_exists_and_how_to_go_on() {
        let done = vec![
            ("create_person".to_owned(), "7a1e".to_owned()),
            ("create_disclosure".to_owned(), "0b22".to_owned()),
        ];
        assert_eq!(
            Progress::new("onboard_customer", "signup-8841", done).to_string(),
            "onboard_customer stopped here after create_person (7a1e), create_disclosure (0b22); \
             to go on, run it again with the key signup-8841"
        );
        assert_eq!(
            Progress::new("transfer", "t-1", Vec::new()).to_string(),
            "transfer stopped here; to go on, run it again with the key t-1"
        );
    }
}
