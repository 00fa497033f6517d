//! The last jobs that were run by the clock, in order, in memory: they show what happened when the clock
//! was moved.

use std::collections::VecDeque;

use parking_lot::Mutex;

use crate::model::state::DoneJob;

/// Jobs that are remembered.
const JOBS_MAX: usize = 1000;

#[derive(Default)]
pub(super) struct JobHistory(Mutex<State>);

#[derive(Default)]
struct State {
    jobs: VecDeque<DoneJob>,
    /// How many there were.
    count: u64,
}

impl JobHistory {
    pub(super) fn add(&self, mut job: DoneJob) {
        let mut state = self.0.lock();
        state.count = state.count.saturating_add(1);
        job.number = state.count;
        if state.jobs.len() >= JOBS_MAX {
            state.jobs.pop_front();
        }
        state.jobs.push_back(job);
    }

    /// The last ones, the newest first.
    pub(super) fn last(&self, limit: usize) -> Vec<DoneJob> {
        self.0.lock().jobs.iter().rev().take(limit).cloned().collect()
    }

    pub(super) fn clear(&self) {
        *self.0.lock() = State::default();
    }
}
