//! What a journey is.

use std::future::Future;

use synctera_api::Error;

use super::steps::Steps;

/// Where a journey may run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Availability {
    /// In the sandbox and in production.
    Everywhere,
    /// In the sandbox only: it simulates other parties, or needs a resource that production does not
    /// have. A client for production refuses it before anything is sent, also before reads.
    SandboxOnly,
}

/// A request of a journey; see [`Run`](super::Run).
pub trait Journey: Clone + Send + Sync + sealed::Sealed + 'static {
    /// The outcome of the journey.
    type Outcome: Send;

    /// The name of the journey, such as `onboard_customer`.
    const NAME: &'static str;

    /// Where the journey may run; [`availability`](Self::availability) is that of a request.
    const AVAILABILITY: Availability;

    /// Where this request may run.
    fn availability(&self) -> Availability {
        Self::AVAILABILITY
    }

    #[doc(hidden)]
    fn execute<'a>(
        &'a self,
        steps: &'a mut Steps<'_>,
    ) -> impl Future<Output = Result<Self::Outcome, Error>> + Send + 'a;
}

pub(crate) mod sealed {
    pub trait Sealed {}
}
