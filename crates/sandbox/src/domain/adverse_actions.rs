//! Adverse actions, as they are stored.

use synctera_api::v2::types;

use crate::model::{Kind, Resource};

pub(crate) const ADVERSE_ACTION: Kind =
    Kind { name: "adverse action", id: "id", keys: &[("resource", "/related_resource_id")] };

/// A notice that a customer was sent.
pub(crate) enum AdverseAction {}

impl Resource for AdverseAction {
    const KIND: &'static Kind = &ADVERSE_ACTION;
    type Wire = types::AdverseAction;
    type Facts = ();
}
