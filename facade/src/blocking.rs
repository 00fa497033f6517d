//! Calls and journeys for programs that are not asynchronous (feature `blocking`).
//!
//! The client and the requests are the same as for asynchronous programs; `.wait()` replaces
//! `.await`, for journeys and for raw calls. Background tasks run on a thread of this crate.
//!
//! ```
//! use synctera::blocking::Wait;
//! use synctera::types::{NewPerson, PersonStatus};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let runtime = tokio::runtime::Runtime::new()?;
//! # let sandbox = runtime.block_on(synctera_sandbox::Sandbox::start())?;
//! let client =
//!     synctera::Synctera::builder(sandbox.api_key()).base_url(sandbox.base_url()).build()?;
//! let person = client.api().create_person(&NewPerson::new(true, PersonStatus::Prospect)).wait()?;
//! assert_eq!(client.api().get_person(person.id).wait()?.id, person.id);
//! # Ok(())
//! # }
//! ```

use std::fmt;
use std::future::IntoFuture;
use std::pin::Pin;
use std::sync::OnceLock;

use futures_core::Stream;
use synctera_api::Error;
use tokio::runtime::{Handle, Runtime};

/// Waits for a call or a journey.
pub trait Wait<T>: IntoFuture<Output = Result<T, Error>> + Sized {
    /// Blocks the thread until the call or the journey has ended.
    ///
    /// # Errors
    /// The errors of awaiting it; and [`Configuration`](crate::ErrorKind::Configuration), with nothing
    /// sent, on a thread that belongs to a Tokio runtime: it would block all other tasks of that
    /// thread. Await it there instead; in `spawn_blocking`, use `Handle::current().block_on(..)`.
    fn wait(self) -> Result<T, Error> {
        if Handle::try_current().is_ok() {
            return Err(Error::configuration(
                "a call was waited for on a thread of an asynchronous runtime: await it there",
            ));
        }
        let Some(runtime) = runtime() else {
            return Err(Error::configuration("no thread can be started to wait for calls"));
        };
        runtime.block_on(self.into_future())
    }
}

impl<T, F: IntoFuture<Output = Result<T, Error>>> Wait<T> for F {}

/// Waits for the items of a stream, one by one.
///
/// For the items or the pages of [`Synctera::list`](crate::Synctera::list), for statements, and for
/// the outcomes of many journeys.
///
/// ```
/// use synctera::blocking::WaitAll;
/// use synctera::types::{ListPersonsQuery, PersonStatus};
/// # use synctera::{blocking::Wait, types::NewPerson};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let runtime = tokio::runtime::Runtime::new()?;
/// # let sandbox = runtime.block_on(synctera_sandbox::Sandbox::start())?;
/// # let client =
/// #     synctera::Synctera::builder(sandbox.api_key()).base_url(sandbox.base_url()).build()?;
/// # client.api().create_person(&NewPerson::new(true, PersonStatus::Active)).wait()?;
/// let active = ListPersonsQuery { status: Some(PersonStatus::Active), ..Default::default() };
/// for person in client.list(active).wait_all() {
///     println!("{}", person?.id);
/// }
/// # Ok(())
/// # }
/// ```
pub trait WaitAll<T>: Stream<Item = Result<T, Error>> + Sized {
    /// An iterator that blocks the thread for each item; the first error is its last item.
    fn wait_all(self) -> Waited<Self> {
        Waited { stream: Some(Box::pin(self)) }
    }
}

impl<T, S: Stream<Item = Result<T, Error>>> WaitAll<T> for S {}

/// A stream that is waited for; see [`WaitAll`].
#[must_use = "nothing is requested until the iterator is read"]
pub struct Waited<S> {
    stream: Option<Pin<Box<S>>>,
}

impl<T, S: Stream<Item = Result<T, Error>>> Iterator for Waited<S> {
    type Item = Result<T, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let stream = self.stream.as_mut()?;
        let next = std::future::poll_fn(|context| stream.as_mut().poll_next(context));
        // An error of waiting itself is an item, too.
        let next = async { next.await.transpose() }.wait().transpose();
        if !matches!(next, Some(Ok(_))) {
            self.stream = None;
        }
        next
    }
}

impl<S> fmt::Debug for Waited<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waited").field("is_over", &self.stream.is_none()).finish()
    }
}

/// The thread of all connections, shared by all clients of the program.
fn runtime() -> Option<&'static Runtime> {
    static RUNTIME: OnceLock<Option<Runtime>> = OnceLock::new();
    let start = || {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("synctera-blocking")
            .enable_all()
            .build()
            .ok()
    };
    RUNTIME.get_or_init(start).as_ref()
}
