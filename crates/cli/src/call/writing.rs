//! The write that is under way, for the message of Ctrl-C, and the one that was done, for the message of
//! an output that fails after it.

use std::sync::{Mutex, PoisonError};

use synctera::IdempotencyKey;
use synctera_api::Operation;

use super::guard::is_read;
use crate::exit::{Exit, Failure};
use crate::table::kebab;

/// What is under way. A command sends one write at a time.
enum Work {
    Call { operation: &'static Operation, key: IdempotencyKey },
    Journeys,
}

static UNDER_WAY: Mutex<Option<Work>> = Mutex::new(None);

/// A write that was done.
struct Done {
    operation: &'static Operation,
    key: IdempotencyKey,
    status: u16,
}

static DONE: Mutex<Option<Done>> = Mutex::new(None);

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

/// Notes that a write was done: what fails after it fails in its output. A read is not noted.
pub(crate) fn done(operation: &'static Operation, key: Option<&IdempotencyKey>, status: u16) {
    if let Some(key) = key.filter(|_| !is_read(operation)) {
        let done = Done { operation, key: key.clone(), status };
        *DONE.lock().unwrap_or_else(PoisonError::into_inner) = Some(done);
    }
}

/// Forgets the write that was done, where the program goes on after its output.
pub(crate) fn forget_done() {
    *DONE.lock().unwrap_or_else(PoisonError::into_inner) = None;
}

/// The failure of a command: if its write was done, that is said first, as it must not be sent again.
pub(crate) fn after_done(failure: Failure) -> Failure {
    let done = DONE.lock().unwrap_or_else(PoisonError::into_inner);
    // An output that was closed by its reader is no failure.
    let is_failure = !matches!(failure.exit, Exit::Success | Exit::Interrupted);
    let Some(Done { operation, key, status }) = done.as_ref().filter(|_| is_failure) else {
        return failure;
    };
    let why = why(&failure);
    let what = match operation.id {
        // A call by its path.
        "api" => operation.method.to_owned(),
        id => kebab(id),
    };
    let key = key.as_str();
    Failure::failed(format!(
        "{what} was done (status {status}, --idempotency-key {key}); its output failed: {why}; next: do not \
         send it again; read what it made"
    ))
}

/// The failure of an output after something else was done, which is said first, with what to do next.
pub(crate) fn after(what: &str, next: &str) -> impl FnOnce(Failure) -> Failure {
    move |failure| match failure.exit {
        Exit::Success | Exit::Interrupted => failure,
        _ => {
            let why = why(&failure);
            Failure::failed(format!("{what}; the output failed: {why}; next: {next}"))
        }
    }
}

/// What failed, without what to do next.
fn why(failure: &Failure) -> &str {
    failure.message.split_once("; next: ").map_or(&failure.message, |(why, _)| why)
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
    fn an_output_that_fails_does_not_hide_that_the_write_was_done() {
        let key = IdempotencyKey::new("payout-18").unwrap();
        let failed = || after_done(Failure::usage("the filter is wrong; next: correct it"));
        done(named("list-persons").unwrap().operation, Some(&key), 200);
        assert_eq!(failed().message, "the filter is wrong; next: correct it");
        done(named("create-internal-transfer").unwrap().operation, Some(&key), 201);
        assert_eq!(
            (failed().exit, failed().message),
            (
                Exit::Failed,
                "create-internal-transfer was done (status 201, --idempotency-key payout-18); its output \
                 failed: the filter is wrong; next: do not send it again; read what it made"
                    .to_owned()
            )
        );
        assert_eq!(after_done(Failure::new(Exit::Success, "")).exit, Exit::Success);
    }

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
