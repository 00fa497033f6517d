//! The marker by which a run that is resumed after seven days knows what it made.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use synctera_api::runtime::IdempotencyKey;

/// The name of the marker in a resource's metadata.
const NAME: &str = "synctera_rs_key";

/// Tells a resource that a step made from others like it. A run without a key of the caller's has
/// none: it cannot be resumed.
#[derive(Clone, Debug)]
pub(super) struct ResumeMarker(Option<IdempotencyKey>);

impl ResumeMarker {
    /// The marker of a step: the key of its first attempt.
    pub(super) fn new(key: Option<IdempotencyKey>) -> Self {
        Self(key)
    }

    /// Adds it to the metadata of a resource that is to be made.
    pub(super) fn put(&self, metadata: &mut Map<String, Value>) {
        if let Some(key) = &self.0 {
            metadata.insert(NAME.to_owned(), Value::String(key.to_string()));
        }
    }

    /// As [`put`](Self::put), where metadata is texts only.
    pub(super) fn put_among(&self, metadata: &mut BTreeMap<String, String>) {
        metadata.extend(self.0.iter().map(|key| (NAME.to_owned(), key.to_string())));
    }

    /// Whether the resource is this step's.
    pub(super) fn is_in(&self, metadata: &Map<String, Value>) -> bool {
        self.is(metadata.get(NAME).and_then(Value::as_str))
    }

    /// As [`is_in`](Self::is_in), where metadata is texts only.
    pub(super) fn is_among(&self, metadata: &BTreeMap<String, String>) -> bool {
        self.is(metadata.get(NAME).map(String::as_str))
    }

    fn is(&self, found: Option<&str>) -> bool {
        self.0.as_ref().is_some_and(|key| Some(key.as_str()) == found)
    }
}
