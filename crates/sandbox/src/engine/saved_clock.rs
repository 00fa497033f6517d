//! The clock in the data file: it goes on from there after a restart.

use crate::model::ApiError;
use crate::model::clock::{Clock, Saved};
use crate::store::Tx;

/// Whether a clock was saved, and which: 1 for one that runs, 2 for one that is held.
const KIND: &str = "clock";
const RUNS: i64 = 1;
const IS_HELD: i64 = 2;
/// The moment at which it is held, or how far it is ahead of the machine's, in milliseconds.
const VALUE: &str = "clock value";

/// The clock that was saved last.
pub(super) fn read(tx: &Tx<'_>) -> Result<Option<Clock>, ApiError> {
    let value = tx.count(VALUE)?;
    Ok(match tx.count(KIND)? {
        RUNS => Some(Clock::saved(Saved { held_ms: None, ahead_ms: value })),
        IS_HELD => Some(Clock::saved(Saved { held_ms: Some(value), ahead_ms: 0 })),
        _ => None,
    })
}

pub(super) fn write(tx: &Tx<'_>, clock: Clock) {
    let Saved { held_ms, ahead_ms } = clock.save();
    tx.set_count(KIND, if held_ms.is_some() { IS_HELD } else { RUNS });
    tx.set_count(VALUE, held_ms.unwrap_or(ahead_ms));
}
