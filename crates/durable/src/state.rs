//! The states of a run.

use std::fmt;

/// The state of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum State {
    /// It is due now or later.
    Queued,
    /// A worker has it.
    Running,
    /// It waits for the platform: a moment, or an event.
    Waiting,
    /// It needs a correction, or a person.
    Parked,
    /// It is done.
    Done,
    /// It was canceled.
    Canceled,
}

impl State {
    /// All states.
    pub const ALL: [Self; 6] =
        [Self::Queued, Self::Running, Self::Waiting, Self::Parked, Self::Done, Self::Canceled];

    /// Its name, as in the table of runs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Waiting => "waiting",
            Self::Parked => "parked",
            Self::Done => "done",
            Self::Canceled => "canceled",
        }
    }

    #[cfg(feature = "postgres")]
    pub(crate) fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
