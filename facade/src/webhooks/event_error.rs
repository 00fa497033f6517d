//! Why a verified body cannot be read.

use std::fmt;

use serde::de::DeserializeOwned;

/// The name of `event_resource` in errors.
pub(super) const RESOURCE: &str = "event_resource";
/// The maximum length of a path in an error, in characters: names of members may have any length.
const PATH_MAX: usize = 200;

/// A verified body that is not an event, or whose resource does not fit its type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventError {
    what: &'static str,
    path: String,
    reason: &'static str,
}

impl EventError {
    pub(super) fn new(what: &'static str, path: &str, reason: &'static str) -> Self {
        Self { what, path: escape(path), reason }
    }

    /// The path of the wrong value, such as `legal_address.state`; `.` is the value itself. Control and
    /// other unsafe characters are escaped, and a path of more than 200 characters is cut off.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The reason.
    pub fn reason(&self) -> &'static str {
        self.reason
    }
}

impl fmt::Display for EventError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} cannot be read", self.what)?;
        if self.path != "." {
            write!(f, " at {}", self.path)?;
        }
        write!(f, ": {}", self.reason)
    }
}

impl std::error::Error for EventError {}

/// Decodes JSON. The error has the path of the wrong value, and quotes no value.
pub(super) fn read<T: DeserializeOwned>(what: &'static str, json: &[u8]) -> Result<T, EventError> {
    let mut reader = serde_json::Deserializer::from_slice(json);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let reason = match error.inner().classify() {
            serde_json::error::Category::Data => "it does not have the documented type",
            _ => "it is not valid JSON",
        };
        EventError::new(what, &error.path().to_string(), reason)
    })?;
    reader.end().map_err(|_| EventError::new(what, ".", "there is text after its end"))?;
    Ok(value)
}

/// A path with unsafe characters escaped, cut off after [`PATH_MAX`] characters.
fn escape(path: &str) -> String {
    let mut escaped = path.chars().flat_map(char::escape_debug);
    let mut shown: String = escaped.by_ref().take(PATH_MAX).collect();
    if escaped.next().is_some() {
        shown.push('…');
    }
    shown
}
