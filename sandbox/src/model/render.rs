//! Rendering: a stored resource as clients see it, through the type that they read.
//!
//! The result is cached together with the stored form that it was made from, since clients that poll
//! read the same resource repeatedly.

use std::any::TypeId;
use std::hash::Hash;
use std::sync::{LazyLock, Mutex, PoisonError};

use hashlink::LruCache;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use synctera_api::runtime::error_path::without_values;

use crate::model::api_error::ApiError;

/// The longest text that is remembered.
const TEXT_BYTES_MAX: usize = 8 * 1024;

/// By the id of a resource.
static BY_ID: LazyLock<Remembered<String, Value>> = LazyLock::new(|| Remembered::new(512));

/// By type and name: what was stored, and what clients see of it.
type Known<K, S> = LruCache<(TypeId, K), (S, Box<str>)>;

struct Remembered<K, S>(Mutex<Known<K, S>>);

impl<K: Eq + Hash, S> Remembered<K, S> {
    fn new(most: usize) -> Self {
        Self(Mutex::new(LruCache::new(most)))
    }

    /// Writes what clients see of what is stored, which is worked out where it is not known.
    ///
    /// Names are used again, by other sandboxes of this process too: what is stored decides.
    fn write<T: 'static, F>(
        &self,
        name: K,
        stored: F,
        work_out: impl FnOnce(&F) -> Result<String, ApiError>,
        to: &mut String,
    ) -> Result<(), ApiError>
    where
        S: From<F> + PartialEq<F>,
    {
        let name = (TypeId::of::<T>(), name);
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, text)) = known.get(&name).filter(|(before, _)| *before == stored) {
            to.push_str(text);
            return Ok(());
        }
        let text = work_out(&stored)?;
        to.push_str(&text);
        if text.len() <= TEXT_BYTES_MAX {
            known.insert(name, (stored.into(), text.into()));
        }
        Ok(())
    }
}

/// What is stored as clients see it, by the type that they read.
pub(crate) fn render_as<T: Serialize + DeserializeOwned>(stored: Value) -> Result<Value, ApiError> {
    let typed: T = serde_json::from_value(stored).map_err(|e| no::<T>(&e))?;
    serde_json::to_value(typed).map_err(|e| ApiError::Internal(e.to_string()))
}

/// The same, as it leaves.
pub(crate) fn render_text<T: Serialize + DeserializeOwned + 'static>(
    stored: Value,
) -> Result<String, ApiError> {
    let work_out = |stored: &Value| written(&T::deserialize(stored).map_err(|e| no::<T>(&e))?);
    let Some(id) = stored.get("id").and_then(Value::as_str).map(str::to_owned) else {
        return work_out(&stored);
    };
    let mut text = String::new();
    BY_ID.write::<T, _>(id, stored, work_out, &mut text)?;
    Ok(text)
}

/// The reason goes to the log, and the decoder's message quotes values.
fn no<T>(why: &serde_json::Error) -> ApiError {
    let why = without_values(&why.to_string());
    ApiError::Internal(format!("a stored resource is not a {}: {why}", std::any::type_name::<T>()))
}

fn written(typed: &impl Serialize) -> Result<String, ApiError> {
    serde_json::to_string(typed).map_err(|e| ApiError::Internal(e.to_string()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use synctera_api::v2::types::{Disclosure, MailingAddress as Address};

    use super::*;

    fn address(city: &str) -> Value {
        json!({ "id": "9e1a4f2c-6a49-4d0b-8d5f-0c7e1b2a3d4e", "address_line_1": "1 Market St",
            "city": city, "country_code": "US", "kept": "by the sandbox for itself" })
    }

    fn by_id(city: &str) -> String {
        render_text::<Address>(address(city)).unwrap()
    }

    #[test]
    fn what_has_changed_is_shown_as_it_is_now() {
        let first = by_id("Reno");
        assert!(first.contains("Reno") && !first.contains("kept"), "{first}");
        assert_eq!(by_id("Reno"), first);
        assert!(by_id("Elko").contains("Elko"));
        assert_eq!(by_id("Reno"), first);
    }

    #[test]
    fn another_type_sees_it_in_its_own_way_or_not_at_all() {
        by_id("Reno");
        let refused = render_text::<Disclosure>(address("Reno")).unwrap_err();
        assert!(matches!(refused, ApiError::Internal(_)));
    }

    #[test]
    fn a_failure_quotes_no_stored_value() {
        let mut stored = address("Reno");
        stored["is_registered_agent"] = json!("456-78-9012");
        let failures = [
            render_as::<Address>(stored.clone()).unwrap_err(),
            render_text::<Address>(stored).unwrap_err(),
        ];
        for failure in failures {
            let ApiError::Internal(why) = failure else { panic!("{failure:?}") };
            assert!(why.contains("***") && !why.contains("456"), "{why}");
        }
    }
}
