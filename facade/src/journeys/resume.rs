//! The marker by which a run that is resumed after seven days finds what it created.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use synctera_api::runtime::IdempotencyKey;

/// The name of the marker in a resource's metadata.
const NAME: &str = "synctera_rs_key";

/// Distinguishes a resource that a step created from similar ones: the key with which the step was
/// sent, or the keys with which it may have been sent.
///
/// A run without a key from the caller adds one, too: its error contains the key, and a run that is
/// resumed must send the same bodies.
#[derive(Clone, Debug)]
pub(super) struct ResumeMarker(Vec<IdempotencyKey>);

impl ResumeMarker {
    /// The marker of a resource that was sent with one of these keys.
    pub(super) fn new(keys: Vec<IdempotencyKey>) -> Self {
        Self(keys)
    }

    /// The keys.
    pub(super) fn keys(&self) -> &[IdempotencyKey] {
        &self.0
    }

    /// Adds it to the metadata of a resource to be created.
    pub(super) fn put(&self, metadata: &mut Map<String, Value>) {
        if let [key] = self.keys() {
            metadata.insert(NAME.to_owned(), Value::String(key.to_string()));
        }
    }

    /// As [`put`](Self::put), for metadata that has only texts as values.
    pub(super) fn put_among(&self, metadata: &mut BTreeMap<String, String>) {
        if let [key] = self.keys() {
            metadata.insert(NAME.to_owned(), key.to_string());
        }
    }

    /// Whether this step created the resource.
    pub(super) fn is_in(&self, metadata: &Map<String, Value>) -> bool {
        self.is(metadata.get(NAME).and_then(Value::as_str))
    }

    /// As [`is_in`](Self::is_in), for metadata that has only texts as values.
    pub(super) fn is_among(&self, metadata: &BTreeMap<String, String>) -> bool {
        self.is(metadata.get(NAME).map(String::as_str))
    }

    fn is(&self, found: Option<&str>) -> bool {
        found.is_some_and(|found| self.0.iter().any(|key| key.as_str() == found))
    }
}
