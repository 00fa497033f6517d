//! Pages as texts, and those of resources that are shown as they are stored.
//!
//! What clients read of a resource is a function of its text and of the type they read: it is worked
//! out once, and remembered beside the text that it was worked out from. A page of a hundred is so
//! put together without reading a hundred documents.

use std::any::TypeId;
use std::sync::{LazyLock, Mutex, PoisonError};

use hashlink::LruCache;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::engine::{Refusal, shown_stored};

/// How many resources are remembered; a few kilobytes each.
const REMEMBERED: usize = 2048;

/// By type and place: the text as it is stored, and as it is shown.
type Remembered = LruCache<(TypeId, i64), (Box<str>, Box<str>)>;

static SHOWN: LazyLock<Mutex<Remembered>> = LazyLock::new(|| Mutex::new(LruCache::new(REMEMBERED)));

/// Adds to a page what clients see of the resource at a place, through the type that they read.
pub(super) fn show<T: Serialize + DeserializeOwned + 'static>(
    page: &mut String,
    seq: i64,
    stored: &str,
) -> Result<(), Refusal> {
    let key = (TypeId::of::<T>(), seq);
    let mut remembered = SHOWN.lock().unwrap_or_else(PoisonError::into_inner);
    // Places are used again, by other sandboxes of this process too: the text decides.
    if let Some((_, shown)) = remembered.get(&key).filter(|(text, _)| **text == *stored) {
        page.push_str(shown);
        return Ok(());
    }
    let shown = shown_stored::<T>(stored)?;
    page.push_str(&shown);
    remembered.insert(key, (stored.into(), shown.into()));
    Ok(())
}

/// The text of a page.
pub(super) struct Page(String);

impl Page {
    pub(super) fn begin(items: &str) -> Self {
        Self(format!("{{\"{items}\":["))
    }

    pub(super) fn add(
        &mut self,
        item: impl FnOnce(&mut String) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        if !self.0.ends_with('[') {
            self.0.push(',');
        }
        item(&mut self.0)
    }

    pub(super) fn end(mut self, next: Option<String>, always: bool) -> String {
        self.0.push(']');
        if always || next.is_some() {
            self.0.push_str(&format!(",\"next_page_token\":{}", json!(next)));
        }
        self.0.push('}');
        self.0
    }
}
