//! The samples of README and rustdoc that run something under a key can be run again, unchanged,
//! after a fault at any of their writes: they succeed, and nothing is there twice.
//!
//! The build script takes them out of the documents; see `build/samples.rs`. A sample runs as a whole
//! each time, as a program does that is started again. Its set-up, which is not part of what it
//! shows, happens once: the second time it gets the answers of the first.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use std::{fs, io};

use futures_util::FutureExt;
use synctera::{Builder, Error, Retries, Synctera, v2};
use synctera_tests::recorder::Kept;
use synctera_tests::{Fault, World};

include!(concat!(env!("OUT_DIR"), "/samples.rs"));

type Ran = Pin<Box<dyn Future<Output = Result<(), String>>>>;

tokio::task_local! {
    static STAGE: Rc<Stage>;
}

/// Where a sample runs.
struct Stage {
    world: World,
    /// The exchanges of the set-up, once it is done.
    set_up: RefCell<Option<Vec<Kept>>>,
    is_set_up: Cell<bool>,
    /// What happens to the write with which idempotency key.
    fault: RefCell<Option<(String, Fault)>>,
    /// The idempotency keys of the writes after the set-up.
    writes: Arc<Mutex<Vec<String>>>,
}

impl Stage {
    async fn new() -> Rc<Self> {
        Rc::new(Self {
            world: World::new().await,
            set_up: RefCell::default(),
            is_set_up: Cell::new(false),
            fault: RefCell::default(),
            writes: Arc::default(),
        })
    }

    /// Runs the sample as a process of its own; one that panics has failed.
    async fn run(
        self: &Rc<Self>,
        sample: fn() -> Ran,
        fault: Option<(String, Fault)>,
    ) -> Result<(), String> {
        self.is_set_up.set(false);
        *self.fault.borrow_mut() = fault;
        self.writes.lock().unwrap().clear();
        self.world.recorder.all(|_| None);
        match &*self.set_up.borrow() {
            Some(kept) => self.world.recorder.replay(kept.clone()),
            None => self.world.recorder.keep(),
        }
        let sample = AssertUnwindSafe(STAGE.scope(self.clone(), sample())).catch_unwind();
        let outcome = sample.await.unwrap_or_else(|_| Err("it panicked".to_owned()));
        assert!(self.is_set_up.get(), "it did not get through its set-up: {outcome:?}");
        outcome
    }

    /// From now on faults happen.
    fn begin(&self) {
        let kept = self.world.recorder.take_kept();
        self.set_up.borrow_mut().get_or_insert(kept);
        self.is_set_up.set(true);
        let (fault, writes) = (self.fault.take(), self.writes.clone());
        self.world.recorder.all(move |request| {
            if request.line.starts_with("GET ") {
                return None;
            }
            let key = request.header("idempotency-key").unwrap_or_default();
            writes.lock().unwrap().push(key.to_owned());
            fault.as_ref().filter(|(at, _)| at == key).map(|(_, fault)| fault.clone())
        });
    }
}

/// Stands in a sample before its first visible statement.
fn set_up_is_done() {
    STAGE.with(|stage| stage.begin());
}

/// The client of a sample, which does not send again by itself.
fn client(api_key: impl Into<String>) -> Builder {
    Synctera::builder(api_key).retries(Retries::none().waits(Duration::ZERO, Duration::ZERO))
}

fn from_env() -> Result<Synctera, Error> {
    STAGE.with(|stage| {
        client(stage.world.sandbox.api_key()).base_url(stage.world.recorder.base_url()).build()
    })
}

/// What a sample is given.
trait Argument {
    fn make() -> Self;
}

impl Argument for Synctera {
    fn make() -> Self {
        from_env().unwrap()
    }
}

impl Argument for v2::Client {
    fn make() -> Self {
        from_env().unwrap().api().clone()
    }
}

fn argument<T: Argument>() -> T {
    T::make()
}

/// Stands in a sample for the crate `synctera_sandbox`: its sandbox is that of the test, whose clock
/// is held.
#[allow(unused_imports, reason = "for samples that name other items of the crate")]
mod staged {
    use std::ops::Deref;
    use std::rc::Rc;

    use chrono::{DateTime, TimeDelta, Utc};
    pub(super) use synctera_sandbox::*;

    use super::{STAGE, Stage};

    pub(super) struct Sandbox(Rc<Stage>);

    impl Sandbox {
        pub(super) async fn start() -> Result<Self, Error> {
            Ok(Self(STAGE.with(Rc::clone)))
        }

        pub(super) fn builder() -> Builder {
            Builder
        }

        pub(super) fn base_url(&self) -> String {
            self.0.world.recorder.base_url().to_owned()
        }

        /// In a set-up that is done already, time has passed.
        pub(super) fn advance(&self, by: TimeDelta) -> Result<(), Error> {
            let has_passed = !self.0.is_set_up.get() && self.0.set_up.borrow().is_some();
            if has_passed { Ok(()) } else { self.0.world.sandbox.advance(by) }
        }
    }

    impl Deref for Sandbox {
        type Target = synctera_sandbox::Sandbox;

        fn deref(&self) -> &Self::Target {
            &self.0.world.sandbox
        }
    }

    pub(super) struct Builder;

    impl Builder {
        pub(super) fn clock_held_at(self, _: DateTime<Utc>) -> Self {
            self
        }

        pub(super) async fn start(self) -> Result<Sandbox, Error> {
            Sandbox::start().await
        }
    }
}

async fn runs_again(sample: fn() -> Ran) {
    let calm = Stage::new().await;
    calm.run(sample, None).await.unwrap();
    let writes = calm.writes.lock().unwrap().clone();
    assert!(!writes.is_empty(), "it writes nothing, or through another client");
    let counts = calm.world.sandbox.counts().unwrap();
    calm.run(sample, None).await.unwrap();
    assert_eq!(calm.world.sandbox.counts().unwrap(), counts, "run again without a fault");
    for key in calm.writes.lock().unwrap().iter() {
        assert!(writes.contains(key), "a write has a key that the sample does not set");
    }

    // After each fault it runs again, and gets further: to the next fault, and at last to the end.
    let stage = Stage::new().await;
    for (at, key) in writes.iter().enumerate() {
        for fault in [Fault::LoseRequest, Fault::LoseAnswer] {
            let case = format!("{fault:?} at write {at} of {}", writes.len());
            let outcome = stage.run(sample, Some((key.clone(), fault))).await;
            let is_sent = stage.writes.lock().unwrap().contains(key);
            // What was done beside a write that failed, and is read first, is not sent again.
            assert!(is_sent || at > 0, "{case}: it is not sent: {outcome:?}");
            assert_eq!(outcome.is_err(), is_sent, "{case}: {outcome:?}");
        }
    }
    assert_eq!(stage.run(sample, None).await, Ok(()));
    assert_eq!(stage.world.sandbox.counts().unwrap(), counts);
    stage.world.sandbox.audit().unwrap();
}

/// Lines of documentation with a call that takes a key, below a folder.
fn keyed_lines(folder: &Path) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            let is_read = !name.starts_with('.') && name != "target" && name != "tests";
            found.extend(if is_read { keyed_lines(&path)? } else { Vec::new() });
            continue;
        }
        let is_text = name.ends_with(".md");
        if !is_text && !name.ends_with(".rs") {
            continue;
        }
        for (at, line) in fs::read_to_string(&path)?.lines().enumerate() {
            let line = line.trim_start();
            // What stands between backticks is in a sentence.
            let code: String = line.split('`').step_by(2).collect();
            let is_keyed =
                [".key(", ".idempotency_key(", "_many("].iter().any(|call| code.contains(call));
            if is_keyed && (is_text || line.starts_with("///") || line.starts_with("//!")) {
                found.push(format!("{}:{}", path.display(), at + 1));
            }
        }
    }
    Ok(found)
}

#[test]
fn every_documented_sample_with_a_key_is_run_or_listed_with_a_reason() {
    let documented = keyed_lines(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).unwrap();
    let taken: usize = SAMPLES.iter().map(|(_, lines, ..)| lines).sum();
    assert_eq!(taken, documented.len(), "{documented:#?}\n{SAMPLES:#?}");
    assert!(SAMPLES.iter().any(|(name, ..)| *name == "readme_0"), "{SAMPLES:#?}");
    for (name, _, _, not_run) in SAMPLES {
        assert!(not_run.is_none_or(|why| why.len() > 20), "{name} is not run, and no reason given");
    }
}

/// A request with a moment of its own is another request each time.
#[test]
fn samples_with_a_key_take_stored_moments() {
    let made_up: Vec<_> = SAMPLES.iter().filter(|(_, _, made_up, _)| *made_up).collect();
    assert!(made_up.is_empty(), "now() in a run with a key: {made_up:?}");
}
