//! Settings that are one of several values.

use crate::store::Order;

/// How many days a year has when interest is computed by the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DayCount {
    /// 365, in every year.
    Actual365,
    /// 366 in a leap year, else 365.
    ActualActual,
}

/// Which of several events that are due goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum WebhookOrder {
    /// Those of one resource in the order in which they happened: one that is tried again delays the
    /// later ones. Events of different resources do not wait for each other.
    #[default]
    PerResource,
    /// In the order in which they are due: one that is tried again may arrive after later ones.
    Any,
    /// The newest of a webhook first, to test a handler that gets the last event before the first.
    /// Several must be due at once: delay them with [`Settings::webhook_delay_seconds`](super::Settings::webhook_delay_seconds).
    NewestFirst,
}

/// What becomes of a request with a query parameter that its operation does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum UnknownQueryParameters {
    /// The parameter is ignored; the response header `Sandbox-Unknown-Parameters` names it.
    #[default]
    Ignore,
    /// The request is refused with 400 and `BAD_QUERY_PARAMETER`, which names it.
    Refuse,
}

/// What becomes of a request whose idempotency key belongs to a request that is still running.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum ConcurrentKey {
    /// It is refused with 409 and `IDEMPOTENCY_CONCURRENT_USE`.
    #[default]
    Conflict,
    /// It is refused with 422 and `IDEMPOTENCY_CONCURRENT_USE`.
    Unprocessable,
    /// It waits, and gets the answer of the first one.
    Wait,
}

impl From<WebhookOrder> for Order {
    fn from(order: WebhookOrder) -> Self {
        match order {
            WebhookOrder::PerResource => Self::PerResource,
            WebhookOrder::Any => Self::Any,
            WebhookOrder::NewestFirst => Self::NewestFirst,
        }
    }
}
