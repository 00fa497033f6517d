//! A run that is to begin.

use std::fmt;
use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use synctera::IdempotencyKey;

use crate::{Error, Task};

/// The maximum length of a tenant.
const TENANT_MAX: usize = 255;

/// A run that is to begin: of which journey, under which key, for whom.
///
/// The key identifies the run and is stored with it: the id of a sign-up or of a payment order, and
/// never a name or an e-mail address. Of one journey, a key begins one run.
#[must_use = "nothing begins until it is given to a queue"]
pub struct Begin<T> {
    pub(crate) key: String,
    pub(crate) tenant: Option<String>,
    pub(crate) priority: i16,
    pub(crate) not_before: Option<DateTime<Utc>>,
    task: PhantomData<fn() -> T>,
}

impl<T: Task> Begin<T> {
    /// A run of the journey `T` under a key, due now.
    pub fn new(key: impl Into<String>) -> Self {
        Self { key: key.into(), tenant: None, priority: 0, not_before: None, task: PhantomData }
    }

    /// For whom it runs: the workspace, the program or the partner. The limits of a worker, such as
    /// [`per_tenant`](crate::Work::per_tenant), count by it.
    pub fn tenant(mut self, tenant: impl Into<String>) -> Self {
        self.tenant = Some(tenant.into());
        self
    }

    /// Runs with lower numbers come first; 0 unless set.
    pub fn priority(mut self, priority: i16) -> Self {
        self.priority = priority;
        self
    }

    /// Starts no earlier than this moment.
    pub fn not_before(mut self, moment: DateTime<Utc>) -> Self {
        self.not_before = Some(moment);
        self
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        IdempotencyKey::new(self.key.as_str())?;
        let is_visible = |text: &str| text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        match &self.tenant {
            Some(tenant)
                if tenant.is_empty() || tenant.len() > TENANT_MAX || !is_visible(tenant) =>
            {
                Err(Error::Tenant)
            }
            _ => Ok(()),
        }
    }
}

impl<T: Task> fmt::Debug for Begin<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Begin")
            .field("journey", &T::NAME)
            .field("key", &self.key)
            .field("tenant", &self.tenant)
            .field("priority", &self.priority)
            .finish_non_exhaustive()
    }
}

/// What came of a request to begin a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begun {
    /// The run is in the queue.
    Now,
    /// A run of this journey under this key had begun before; nothing was changed.
    Before,
}
