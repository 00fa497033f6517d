//! The OpenAPI documents of a running sandbox.

use super::Sandbox;
use crate::server::documents;
use crate::spec::Interface;

impl Sandbox {
    /// The control API as an OpenAPI document in JSON, with this sandbox as its server.
    pub fn control_document(&self) -> String {
        documents::of_control(&self.base_url())
    }

    /// The platform's interface (v2) as it is served, as an OpenAPI document in JSON with this sandbox
    /// as its server. `x-served` of an operation says whether it is served, or answered with 501.
    pub fn openapi_document(&self) -> String {
        documents::of_interface(Interface::V2, &self.base_url())
    }

    /// The same of the operations that only the older documents have (v0).
    pub fn older_openapi_document(&self) -> String {
        documents::of_interface(Interface::V0, &self.base_url())
    }
}
