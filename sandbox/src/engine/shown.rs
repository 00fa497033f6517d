//! What clients see of a resource: what is stored, through the type that they read.
//!
//! It is worked out once and remembered, with what it was worked out from: who waits for something
//! asks again and again, and mostly hears the same.

use std::any::TypeId;
use std::sync::{LazyLock, Mutex, PoisonError};

use hashlink::LruCache;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::problem::Refusal;

/// How many resources are remembered.
const REMEMBERED: usize = 512;
/// The longest text that is.
const TEXT_BYTES_MAX: usize = 8 * 1024;

/// By type and id: the resource, and its text.
type Remembered = LruCache<(TypeId, String), (Value, Box<str>)>;

static SHOWN: LazyLock<Mutex<Remembered>> = LazyLock::new(|| Mutex::new(LruCache::new(REMEMBERED)));

/// What is stored as clients see it, by the type that they read.
pub(crate) fn shown_as<T: Serialize + DeserializeOwned>(stored: Value) -> Result<Value, Refusal> {
    let typed: T = serde_json::from_value(stored).map_err(|e| no::<T>(&e))?;
    serde_json::to_value(typed).map_err(|e| Refusal::Broken(e.to_string()))
}

/// The same, as it leaves.
pub(crate) fn shown_text<T: Serialize + DeserializeOwned + 'static>(
    stored: Value,
) -> Result<String, Refusal> {
    let fresh = |stored: &Value| written(&T::deserialize(stored).map_err(|e| no::<T>(&e))?);
    let Some(id) = stored.get("id").and_then(Value::as_str) else {
        return fresh(&stored);
    };
    let key = (TypeId::of::<T>(), id.to_owned());
    let mut remembered = SHOWN.lock().unwrap_or_else(PoisonError::into_inner);
    // Ids are used again, by other sandboxes of this process too: what is stored decides.
    if let Some((_, text)) = remembered.get(&key).filter(|(known, _)| *known == stored) {
        return Ok(text.to_string());
    }
    let text = fresh(&stored)?;
    if text.len() <= TEXT_BYTES_MAX {
        remembered.insert(key, (stored, text.as_str().into()));
    }
    Ok(text)
}

/// The same, from the text that is stored.
pub(crate) fn shown_stored<T: Serialize + DeserializeOwned>(
    stored: &str,
) -> Result<String, Refusal> {
    written(&serde_json::from_str::<T>(stored).map_err(|e| no::<T>(&e))?)
}

fn no<T>(why: &serde_json::Error) -> Refusal {
    Refusal::Broken(format!("what is shown is no {}: {why}", std::any::type_name::<T>()))
}

fn written(typed: &impl Serialize) -> Result<String, Refusal> {
    serde_json::to_string(typed).map_err(|e| Refusal::Broken(e.to_string()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use synctera_api::v2::types::{Address, Disclosure};

    use super::*;

    #[test]
    fn what_has_changed_is_shown_as_it_is_now() {
        let address = |city: &str| {
            json!({ "id": "9e1a4f2c-6a49-4d0b-8d5f-0c7e1b2a3d4e", "city": city,
                "address_line_1": "1 Market St", "country_code": "US", "kept": "by the sandbox for itself" })
        };
        let shown = |city| shown_text::<Address>(address(city)).unwrap();
        let first = shown("Reno");
        assert!(first.contains("Reno") && !first.contains("kept"), "{first}");
        assert_eq!(shown("Reno"), first);
        assert!(shown("Elko").contains("Elko"));
        assert_eq!(shown("Reno"), first);
        // Another type sees the same id in its own way, or not at all.
        let refused = shown_text::<Disclosure>(address("Reno")).unwrap_err();
        assert!(matches!(refused, Refusal::Broken(_)));
    }
}
