//! Which attempt completed a step, and how a later one finds out.

use synctera_api::{Error, v2};

use super::resume::ResumeMarker;

/// Which attempt completed a step.
pub(super) enum Done<T> {
    /// This request, now or earlier.
    AsAsked(T),
    /// An earlier run, whose input is unknown.
    Earlier(T),
    /// An earlier attempt with other input.
    WithOtherInput(T),
}

/// How a step finds out whether an earlier attempt completed it.
pub(super) enum Earlier<L, S> {
    /// By a search for its resource.
    Find(Search<L, S>),
    /// It can safely be repeated, or the journey has searched and found nothing.
    Harmless,
    /// By its key in the platform's books.
    Booked,
    /// It cannot be found out.
    Unknown,
}

/// A search for the resource of an earlier attempt.
pub(super) struct Search<L, S> {
    /// Searches by the keys with which the step may have been sent.
    pub(super) find: L,
    /// Whether the resource is as this request describes it, although another request created it.
    pub(super) is_as_asked: S,
    /// Whether attempt 1 searches, too.
    pub(super) in_first: bool,
}

/// An [`Earlier`] that does not search.
pub(super) type NoSearch<T> = Earlier<
    fn(v2::Client, ResumeMarker) -> std::future::Ready<Result<Option<T>, Error>>,
    fn(&T) -> bool,
>;
