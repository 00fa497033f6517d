//! What a run can be of: a journey, or a wait.

use std::marker::PhantomData;

use synctera::{Awaited, Journey};

/// What a run can be of: every [`Journey`], and a [`Wait`].
pub trait Task: sealed::Sealed + 'static {
    /// The name of the journey or wait, as in the table of runs.
    const NAME: &'static str;
    /// What it comes to.
    type Outcome: Send;
}

impl<J: Journey> Task for J {
    const NAME: &'static str = J::NAME;
    type Outcome = J::Outcome;
}

impl<J: Journey> sealed::Sealed for J {}

/// A run that waits for the platform, such as `Wait<AwaitVerification>`: it is polled at intervals and
/// on webhooks, and occupies no worker in between.
#[derive(Debug)]
pub struct Wait<W>(PhantomData<fn() -> W>);

impl<W: Awaited> Task for Wait<W> {
    const NAME: &'static str = W::NAME;
    type Outcome = W::Outcome;
}

impl<W: Awaited> sealed::Sealed for Wait<W> {}

mod sealed {
    pub trait Sealed {}
}
