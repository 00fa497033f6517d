//! An entry of a file.

use std::sync::Arc;

use crate::journeys::Kind;
use crate::yaml::Tree;

/// An entry: a journey, under a name.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) file: Arc<str>,
    /// The name, which is the key of the run.
    pub(crate) name: Arc<str>,
    /// The line of its name.
    pub(crate) line: u64,
    pub(crate) journey: &'static dyn Kind,
    pub(crate) request: Arc<Tree>,
}

impl std::fmt::Debug for Entry {
    /// Without the request, which may have secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entry")
            .field("name", &self.name)
            .field("journey", &self.journey.name())
            .finish_non_exhaustive()
    }
}
