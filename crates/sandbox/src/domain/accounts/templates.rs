//! Account templates, as they are stored.

use synctera_api::v2::types::AccountTemplate;

use crate::model::{Kind, Resource};

pub(crate) const TEMPLATE: Kind = Kind {
    name: "account template",
    id: "id",
    keys: &[("name", "/name"), ("type", "/template/account_type")],
};

/// What accounts are made from.
pub(crate) enum Template {}

impl Resource for Template {
    const KIND: &'static Kind = &TEMPLATE;
    type Wire = AccountTemplate;
    type Facts = ();
}
