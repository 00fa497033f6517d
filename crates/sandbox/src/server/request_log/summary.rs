//! The requests of the last minutes in figures.

use std::collections::BTreeMap;

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use serde::{Serialize, Serializer};

use super::logged::LoggedRequest;
use crate::model::timestamp;

/// The requests of some minutes in figures:
/// [`Sandbox::request_log_summary`](crate::Sandbox::request_log_summary). A request is an error if its
/// status is 400 or more, or it was not answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LogSummary {
    /// The requests.
    pub count: u64,
    /// Those that are errors.
    pub errors: u64,
    /// By operation, in the order of their ids; requests of no operation come first.
    pub operations: Vec<OperationSummary>,
    /// Errors by operation and code, the most frequent ones first.
    pub refusals: Vec<ErrorSummary>,
    /// Requests that were not written to the log's file, as there were too many at once.
    pub left_out: u64,
}

/// The requests of an operation: [`LogSummary::operations`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct OperationSummary {
    /// Its id; none for requests of no operation.
    pub operation: Option<String>,
    /// Its interface, `v2` or `v0`.
    pub interface: Option<String>,
    /// The requests.
    pub count: u64,
    /// Those that are errors.
    pub errors: u64,
    /// The microseconds within which half of them were answered.
    pub p50_micros: u64,
    /// The microseconds within which 99 of 100 were answered.
    pub p99_micros: u64,
    /// By minute of the sandbox's clock, in order; minutes without requests are left out.
    pub by_minute: Vec<MinuteSummary>,
}

/// The requests of a minute: [`OperationSummary::by_minute`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct MinuteSummary {
    /// Its beginning.
    #[serde(serialize_with = "moment")]
    pub minute: DateTime<Utc>,
    /// The requests.
    pub count: u64,
    /// Those that are errors.
    pub errors: u64,
    /// The microseconds within which half of them were answered.
    pub p50_micros: u64,
    /// The microseconds within which 99 of 100 were answered.
    pub p99_micros: u64,
}

/// Errors of an operation with the same code: [`LogSummary::refusals`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ErrorSummary {
    /// The operation's id; none for requests of no operation.
    pub operation: Option<String>,
    /// Its interface, `v2` or `v0`.
    pub interface: Option<String>,
    /// The code; none if the answer had none, or there was no answer.
    pub code: Option<String>,
    /// How many.
    pub count: u64,
    /// The number of the last one.
    pub last: u64,
}

fn moment<S: Serializer>(at: &DateTime<Utc>, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&timestamp(*at))
}

type OperationName = (Option<String>, Option<String>);

/// What is counted of an operation.
#[derive(Default)]
struct Counted {
    errors: u64,
    micros: Vec<u64>,
    /// What the requests of each minute took, and how many of them are errors.
    by_minute: BTreeMap<DateTime<Utc>, (Vec<u64>, u64)>,
}

/// Counts requests.
#[derive(Default)]
pub(super) struct Counting {
    operations: BTreeMap<OperationName, Counted>,
    refusals: BTreeMap<(OperationName, Option<String>), (u64, u64)>,
}

impl Counting {
    pub(super) fn add(&mut self, request: LoggedRequest) {
        let is_error = request.is_error();
        let LoggedRequest { number, at, micros, operation, interface, code, .. } = request;
        let name = (operation, interface);
        if is_error {
            let (count, last) = self.refusals.entry((name.clone(), code)).or_default();
            *count += 1;
            *last = number.max(*last);
        }
        let counted = self.operations.entry(name).or_default();
        let minute = at.duration_trunc(TimeDelta::minutes(1)).unwrap_or(at);
        let (taken, errors) = counted.by_minute.entry(minute).or_default();
        taken.push(micros);
        *errors += u64::from(is_error);
        counted.errors += u64::from(is_error);
        counted.micros.push(micros);
    }

    pub(super) fn finish(self, left_out: u64) -> LogSummary {
        let mut summary = LogSummary { left_out, ..LogSummary::default() };
        for ((operation, interface), mut counted) in self.operations {
            counted.micros.sort_unstable();
            let by_minute = counted.by_minute.into_iter();
            let one = OperationSummary {
                operation,
                interface,
                count: counted.micros.len() as u64,
                errors: counted.errors,
                p50_micros: within(&counted.micros, 50),
                p99_micros: within(&counted.micros, 99),
                by_minute: by_minute
                    .map(|(minute, (mut micros, errors))| {
                        micros.sort_unstable();
                        MinuteSummary {
                            minute,
                            count: micros.len() as u64,
                            errors,
                            p50_micros: within(&micros, 50),
                            p99_micros: within(&micros, 99),
                        }
                    })
                    .collect(),
            };
            summary.count += one.count;
            summary.errors += one.errors;
            summary.operations.push(one);
        }
        let refusals = self.refusals.into_iter();
        let refusals = refusals.map(|(((operation, interface), code), (count, last))| {
            ErrorSummary { operation, interface, code, count, last }
        });
        summary.refusals = refusals.collect();
        summary.refusals.sort_by_key(|refusal| std::cmp::Reverse(refusal.count));
        summary
    }
}

/// The value that so many of a hundred sorted ones do not exceed.
fn within(sorted: &[u64], percent: usize) -> u64 {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_the_nearest_ones() {
        let hundred: Vec<u64> = (1..=100).collect();
        assert_eq!((within(&hundred, 50), within(&hundred, 99)), (50, 99));
        assert_eq!((within(&[7], 50), within(&[7], 99), within(&[], 50)), (7, 7, 0));
        assert_eq!((within(&[1, 2, 3], 50), within(&[1, 2, 3], 99)), (2, 3));
    }
}
