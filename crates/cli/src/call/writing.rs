//! The write that is under way, for the message of Ctrl-C.

use std::sync::{Mutex, PoisonError};

use synctera::IdempotencyKey;
use synctera_api::Operation;

use super::guard::is_read;
use crate::table::kebab;

/// What is under way. A command sends one write at a time.
enum Work {
    Call { operation: &'static Operation, key: IdempotencyKey },
    Journeys,
}

static UNDER_WAY: Mutex<Option<Work>> = Mutex::new(None);

/// While it exists, a write is under way.
#[must_use = "the write is over when this is dropped"]
pub(crate) struct UnderWay(());

impl UnderWay {
    /// A call has been sent, under this key. A read is not noted.
    pub(crate) fn call(operation: &'static Operation, key: Option<&IdempotencyKey>) -> Self {
        if let Some(key) = key.filter(|_| !is_read(operation)) {
            put(Some(Work::Call { operation, key: key.clone() }));
        }
        Self(())
    }

    /// The journeys of files run, under the names of their entries.
    pub(crate) fn journeys() -> Self {
        put(Some(Work::Journeys));
        Self(())
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        put(None);
    }
}

fn put(work: Option<Work>) {
    *UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner) = work;
}

/// What to say after Ctrl-C; nothing if no write was under way.
pub(crate) fn interrupted() -> String {
    let under_way = UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner);
    match &*under_way {
        None => String::new(),
        Some(Work::Journeys) => {
            "stopped; next: run the same command again: what is done is not done again".to_owned()
        }
        Some(Work::Call { operation, key }) if operation.is_repeatable() => format!(
            "stopped; whether {} was done is unknown; next: run the same command again with \
             --idempotency-key {}: it is then not done a second time",
            kebab(operation.id),
            key.as_str()
        ),
        Some(Work::Call { operation, key }) => format!(
            "stopped; whether {} was done is unknown (idempotency key {}); the platform does not document \
             that it recognizes a repeated key for this operation; next: check whether it was done before \
             you run the command again",
            kebab(operation.id),
            key.as_str()
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::named;

    #[test]
    fn the_message_is_that_of_what_is_under_way() {
        let key = IdempotencyKey::new("payout-17").unwrap();
        let of = |name: &str| {
            let under_way = UnderWay::call(named(name).unwrap().operation, Some(&key));
            let message = interrupted();
            drop(under_way);
            message
        };
        assert!(of("create-person").contains("create-person was done is unknown"));
        assert!(of("create-person").contains("--idempotency-key payout-17"));
        assert_eq!(of("list-persons"), "");
        let unsafe_to_repeat =
            crate::table::all().find(|it| !it.operation.is_repeatable()).unwrap();
        assert!(of(&unsafe_to_repeat.name()).contains("check whether it was done"));
        let journeys = UnderWay::journeys();
        assert!(interrupted().contains("run the same command again"));
        drop(journeys);
        assert_eq!(interrupted(), "", "the write is over");
    }
}
