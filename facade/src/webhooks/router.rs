//! Calls a handler once for each event.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::sync::Arc;

use synctera_api::runtime::BoxFuture;

use super::{Claim, Event, EventStore, InMemoryEvents, StoreError};
use crate::types::EventFilter;

/// Why a handler failed.
pub type HandlerError = Box<dyn std::error::Error + Send + Sync>;

type Handler = Arc<dyn Fn(Event) -> BoxFuture<'static, Result<(), HandlerError>> + Send + Sync>;

/// Calls a handler once for each event, even if the platform sends the event several times.
///
/// One handler is called: that of the type of the event, otherwise that of the wildcard of its group,
/// otherwise [`fallback`](Self::fallback). When it fails, the event is not recorded as handled and its
/// error is returned: answer with [`RouterError::status`], and the platform sends the event again.
///
/// Clones share handlers and store.
///
/// ```
/// use synctera::types::{EventFilter, EventType};
/// use synctera::webhooks::{EventResource, EventRouter};
///
/// let router = EventRouter::new()
///     .on(EventType::PersonVerificationOutcomeUpdated, |event| async move {
///         if let EventResource::Person(person) = event.resource()? {
///             println!("{} is {}", person.id, person.verification_status);
///         }
///         Ok(())
///     })
///     .on(EventFilter::TransactionAny, |event| async move {
///         println!("{} at {}", event.event_type, event.event_time);
///         Ok(())
///     });
/// ```
#[derive(Clone)]
pub struct EventRouter {
    handlers: HashMap<String, Handler>,
    fallback: Option<Handler>,
    store: Arc<dyn EventStore>,
}

/// What [`EventRouter::handle`] did with an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HandleResult {
    /// Its handler succeeded.
    Done,
    /// It was handled before; no handler was called.
    Duplicate,
    /// There is no handler for its type.
    NoHandler,
}

impl Default for EventRouter {
    fn default() -> Self {
        Self::with_store(InMemoryEvents::new())
    }
}

impl EventRouter {
    /// A router that keeps the handled events in memory: see [`InMemoryEvents`].
    pub fn new() -> Self {
        Self::default()
    }

    /// A router that keeps the handled events in this store.
    pub fn with_store(store: impl EventStore + 'static) -> Self {
        Self { handlers: HashMap::new(), fallback: None, store: Arc::new(store) }
    }

    /// Sets the handler for a type (`EventType::CardCreated`), or for a wildcard
    /// (`EventFilter::CardAny`), which is called for every type of its group that has no handler of
    /// its own. A second handler for the same type or wildcard replaces the first.
    #[must_use]
    pub fn on<H, F>(mut self, events: impl Into<EventFilter>, handler: H) -> Self
    where
        H: Fn(Event) -> F + Send + Sync + 'static,
        F: Future<Output = Result<(), HandlerError>> + Send + 'static,
    {
        self.handlers.insert(events.into().as_str().to_owned(), boxed(handler));
        self
    }

    /// Sets the handler for every type without a handler. A wildcard subscription also delivers types
    /// that the platform adds later.
    #[must_use]
    pub fn fallback<H, F>(mut self, handler: H) -> Self
    where
        H: Fn(Event) -> F + Send + Sync + 'static,
        F: Future<Output = Result<(), HandlerError>> + Send + 'static,
    {
        self.fallback = Some(boxed(handler));
        self
    }

    /// Calls the handler of an event, unless the event was handled before.
    ///
    /// When the future is dropped before it completes, as servers do when the client disconnects, the
    /// event stays claimed until the claim expires. After that it is handled when it is sent again.
    ///
    /// # Errors
    /// When the handler or the store fails, or when another call is handling the same event.
    pub async fn handle(&self, event: Event) -> Result<HandleResult, RouterError> {
        let Some(handler) = self.handler_of(event.event_type.as_str()) else {
            return Ok(HandleResult::NoHandler);
        };
        let id = event.id;
        match self.store.claim(id).await.map_err(RouterError::Store)? {
            Claim::Done => return Ok(HandleResult::Duplicate),
            Claim::InProgress => return Err(RouterError::InProgress),
            Claim::Yours => {}
        }
        match handler(event).await {
            Ok(()) => {
                self.store.done(id).await.map_err(RouterError::Store)?;
                Ok(HandleResult::Done)
            }
            Err(error) => {
                // If the store fails, too, the claim expires; the handler's error is more useful.
                let _expires = self.store.release(id).await;
                Err(RouterError::Handler(error))
            }
        }
    }

    /// The handler for the type itself, or for the wildcard of its group: `CARD.*` for
    /// `CARD.IMAGE.UPDATED`.
    fn handler_of(&self, event_type: &str) -> Option<&Handler> {
        let wildcard = || {
            let (group, _) = event_type.split_once('.')?;
            self.handlers.get(&format!("{group}.*"))
        };
        self.handlers.get(event_type).or_else(wildcard).or(self.fallback.as_ref())
    }
}

fn boxed<H, F>(handler: H) -> Handler
where
    H: Fn(Event) -> F + Send + Sync + 'static,
    F: Future<Output = Result<(), HandlerError>> + Send + 'static,
{
    Arc::new(move |event| Box::pin(handler(event)))
}

impl fmt::Debug for EventRouter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut types: Vec<&String> = self.handlers.keys().collect();
        types.sort();
        f.debug_struct("EventRouter").field("handlers", &types).finish_non_exhaustive()
    }
}

/// Why an event was not handled. Answer with [`status`](Self::status), so that the platform sends
/// it again.
#[derive(Debug)]
#[non_exhaustive]
pub enum RouterError {
    /// Its handler failed.
    Handler(HandlerError),
    /// The store failed. If the handler had succeeded, the event may be handled again.
    Store(StoreError),
    /// Another call is handling the same event.
    InProgress,
}

impl RouterError {
    /// The status to answer with: 409 for [`InProgress`](Self::InProgress), 503 for
    /// [`Store`](Self::Store), 500 otherwise.
    pub fn status(&self) -> http::StatusCode {
        match self {
            Self::InProgress => http::StatusCode::CONFLICT,
            Self::Store(_) => http::StatusCode::SERVICE_UNAVAILABLE,
            Self::Handler(_) => http::StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl fmt::Display for RouterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Handler(_) => "the handler of the event failed",
            Self::Store(_) => "the store of handled events failed",
            Self::InProgress => "the event is being handled by another call",
        })
    }
}

impl std::error::Error for RouterError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Handler(error) | Self::Store(error) => Some(error.as_ref()),
            Self::InProgress => None,
        }
    }
}
