//! What the engine serves. It is passed in from above; the engine names no family.

use std::collections::BTreeMap;

use crate::model::{
    ApiError, Attempt, Ctx, DeliveryOutcome, Job, NextStep, OutboundEvent, Recording, Served,
};
use crate::spec::Interface;
use crate::store::Delivery;

/// Finds the page of a card widget by its token, after what a cardholder typed took effect.
type WidgetPage =
    fn(&Ctx<'_>, &str, Option<&BTreeMap<String, String>>) -> Result<Option<String>, ApiError>;

/// The tables and functions that the engine works with.
#[derive(Clone, Copy)]
pub(crate) struct Registry {
    /// Finds the handler of an operation, if it is served.
    pub(crate) served: fn(Interface, &str) -> Option<&'static Served>,
    /// Finds the handler of an operation of v2 that the older documents have with an answer of its
    /// own.
    pub(crate) older: fn(&str) -> Option<&'static Served>,
    /// What is scheduled, by the name that it is stored with.
    pub(crate) jobs: &'static [(&'static str, Job)],
    /// Fills a fresh workspace with what the platform puts into it.
    pub(crate) seed: fn(&Ctx<'_>) -> Result<(), ApiError>,
    /// Which changes are recorded.
    pub(crate) recording: &'static Recording,
    /// Raises the events that follow from what a request or a job recorded.
    pub(crate) raise_events: fn(&Ctx<'_>) -> Result<(), ApiError>,
    /// What is to be done now for a delivery.
    pub(crate) next_step: fn(&Ctx<'_>, Delivery) -> Result<NextStep, ApiError>,
    /// Records how sending an event went.
    pub(crate) record_attempt:
        fn(&Ctx<'_>, &OutboundEvent, &Attempt) -> Result<DeliveryOutcome, ApiError>,
    /// Why the last attempt to send an event failed, if it did.
    pub(crate) last_error: fn(&Ctx<'_>, &Delivery) -> Result<Option<String>, ApiError>,
    pub(crate) widget_page: WidgetPage,
}

impl Registry {
    /// The job of a name.
    pub(crate) fn job(&self, name: &str) -> Option<Job> {
        self.jobs.iter().find(|(known, _)| *known == name).map(|(_, job)| *job)
    }
}
