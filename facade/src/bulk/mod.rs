//! Many journeys: for example a migration of customers, or a set of payouts.
//!
//! [`Synctera::run_many`] runs a journey for each item of a stream, a bounded number at a time.
//! With a checkpoint file the run can be stopped, or killed, at any moment and started again with
//! the same items: completed items are skipped, and items that were under way continue with their
//! keys.
//!
//! # Keys
//! Each item comes with the key of its journey, which identifies it from one run to the next: the
//! id of the customer in the system that they come from, or of the payment order. The checkpoint
//! stores keys, so a key must not be a person's name or e-mail address.
//!
//! A key belongs to one item of a run. A later item with the same key fails, with or without a
//! checkpoint, whether the first one succeeded or not. An item also fails when its key is empty,
//! blank, longer than 255 bytes, or contains control characters. Both are
//! [`InvalidInput`](crate::ErrorKind::InvalidInput) of the field `key`, and nothing is sent.
//!
//! # No item acts twice
//! An item that was under way is run again with its key, and the platform repeats no write of it for
//! seven days; after that the journey searches for its resources, as described at [`Run`].

mod checkpoint;
mod item;
mod keys;
mod lines;
mod record;
mod writer;

use std::fmt;
use std::future::IntoFuture;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;

use futures_core::Stream;
use futures_util::future::ready;
use futures_util::{StreamExt, stream};
use synctera_api::Error;
use synctera_api::runtime::{BoxFuture, CompletedStep, IdempotencyKey, RetryClass};

pub use checkpoint::records;
pub use item::{ItemOutcome, ItemResult, Summary};
pub use record::Record;

use crate::journeys::ATTEMPTS_MAX;
use crate::{Journey, OnboardCustomer, Run, Synctera};
use checkpoint::{Checkpoint, Start};
use keys::Keys;

/// Items under way at a time, unless set.
const CONCURRENCY: NonZeroUsize = NonZeroUsize::new(8).expect("more than 0");
/// Retryable failures in a row after which a run ends, unless set.
const GIVE_UP_AFTER: NonZeroUsize = NonZeroUsize::new(100).expect("more than 0");

impl Synctera {
    /// Runs a journey for each item of a stream: a key, and the request.
    ///
    /// The stream is read as items end, at most [`concurrency`](RunMany::concurrency) items ahead.
    /// To stop early, end the stream, for instance with `take_until` and a signal: items that are
    /// under way run to their end.
    ///
    /// # Errors
    /// An item that fails does not end the run: see [`ItemResult`]. The run ends with
    /// [`Local`](crate::ErrorKind::Local) when the checkpoint cannot be read or written, or another
    /// run has it open; and with the last failure when too many in a row were retryable, see
    /// [`give_up_after`](RunMany::give_up_after).
    pub fn run_many<'a, J, K, S>(&'a self, items: S) -> RunMany<'a, J>
    where
        J: Journey + Send + 'a,
        K: Into<String>,
        S: Stream<Item = (K, J)> + Send + 'a,
    {
        RunMany {
            client: self,
            items: Box::pin(items.map(|(key, request)| (key.into(), request))),
            concurrency: CONCURRENCY,
            checkpoint: None,
            skip_failed: false,
            give_up_after: GIVE_UP_AFTER,
            on_item: None,
        }
    }

    /// Onboards many people as customers, such as those of another platform: [`run_many`] of
    /// [`onboard_customer`](Self::onboard_customer).
    ///
    /// ```
    /// # use synctera::{Address, OnboardCustomer, PersonDetails, Synctera};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = synctera_sandbox::Sandbox::start().await?;
    /// # let client = Synctera::builder(sandbox.api_key()).base_url(sandbox.base_url()).build()?;
    /// # let folder = tempfile::tempdir()?;
    /// # let file = folder.path().join("migration.jsonl");
    /// # let request = |name: &str| -> Result<OnboardCustomer, Box<dyn std::error::Error>> {
    /// #     let person = PersonDetails::new(name, "Byron", "1985-12-10".parse()?)
    /// #         .email("ada@example.com")
    /// #         .phone_number("+14155550123")
    /// #         .ssn("456-78-9012")
    /// #         .legal_address(Address::us("1 Market St", "San Francisco", "CA", "94105"));
    /// #     Ok(OnboardCustomer::new(person).consented())
    /// # };
    /// // From a database, a page at a time, or from a file.
    /// let customers = vec![("legacy-1", request("Ada")?), ("legacy-2", request("Anne")?)];
    ///
    /// let summary = client
    ///     .onboard_many(futures_util::stream::iter(customers))
    ///     .checkpoint(&file)
    ///     .on_item(|item, so_far| println!("{}: {so_far}", item.key))
    ///     .await?;
    /// assert_eq!((summary.done, summary.failed), (2, 0));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// An item whose customer is rejected is done: its [`Outcome`](crate::Outcome) has the result of
    /// the verification.
    ///
    /// # Errors
    /// As [`run_many`].
    ///
    /// [`run_many`]: Self::run_many
    pub fn onboard_many<'a, K, S>(&'a self, customers: S) -> RunMany<'a, OnboardCustomer>
    where
        K: Into<String>,
        S: Stream<Item = (K, OnboardCustomer)> + Send + 'a,
    {
        self.run_many(customers)
    }
}

/// Many journeys that are ready to run: `.await` runs them and returns the [`Summary`],
/// [`outcomes`](Self::outcomes) returns each outcome.
#[must_use = "nothing runs until it is awaited"]
pub struct RunMany<'a, J: Journey> {
    client: &'a Synctera,
    items: Pin<Box<dyn Stream<Item = (String, J)> + Send + 'a>>,
    concurrency: NonZeroUsize,
    checkpoint: Option<PathBuf>,
    skip_failed: bool,
    give_up_after: NonZeroUsize,
    on_item: Option<Watcher<'a, J>>,
}

type Watcher<'a, J> = Box<dyn FnMut(&ItemOutcome<<J as Journey>::Outcome>, &Summary) + Send + 'a>;

impl<'a, J: Journey + Send + 'a> RunMany<'a, J> {
    /// How many items are under way at a time; 8 unless set.
    pub fn concurrency(mut self, items: NonZeroUsize) -> Self {
        self.concurrency = items;
        self
    }

    /// Records in this file which items are done, and skips items that are done.
    ///
    /// The file is created when it does not exist. It belongs to one journey, and to one run at a
    /// time: a second run fails, in this process or another one, also by another path of the same
    /// file. It is only appended to, and each line is on the disk before the run relies on it: the
    /// start of an item is there before its first request is sent. It stores keys, ids and
    /// statuses, in lines of at most 1 MiB and at most 16 GiB in all; [`records`] reads it. In
    /// memory an item takes some 60 to 120 bytes.
    pub fn checkpoint(mut self, file: impl Into<PathBuf>) -> Self {
        self.checkpoint = Some(file.into());
        self
    }

    /// Skips items that failed in an earlier run. Unless set, they run again, with their keys, as the
    /// next [attempt](crate::Run::attempt): refused steps are sent again, so an item can be corrected
    /// between runs.
    pub fn skip_failed(mut self) -> Self {
        self.skip_failed = true;
        self
    }

    /// Ends the run when this many items in a row failed with a retryable error, such as during an
    /// outage: the next ones would fail as well. Items for which nothing was sent do not count. 100
    /// unless set.
    pub fn give_up_after(mut self, failures: NonZeroUsize) -> Self {
        self.give_up_after = failures;
        self
    }

    /// Calls a function for each item when it ends, with the summary of the run until then: for a
    /// progress bar.
    pub fn on_item(
        mut self,
        watcher: impl FnMut(&ItemOutcome<J::Outcome>, &Summary) + Send + 'a,
    ) -> Self {
        self.on_item = Some(Box::new(watcher));
        self
    }

    /// The items as they end, which may be another order than that of the stream. Dropping the
    /// stream stops items that are under way; the next run continues them.
    pub fn outcomes(
        self,
    ) -> impl Stream<Item = Result<ItemOutcome<J::Outcome>, Error>> + Send + 'a {
        let Self { client, items, skip_failed, mut on_item, .. } = self;
        let checkpoint = match self.checkpoint.map(|file| Checkpoint::open(&file, J::NAME)) {
            None => None,
            Some(Ok(checkpoint)) => Some(Arc::new(checkpoint)),
            Some(Err(error)) => return stream::once(ready(Err(error))).left_stream(),
        };
        let limit = self.give_up_after.get();
        let mut keys = Keys::default();
        let (mut summary, mut in_a_row, mut is_over) = (Summary::default(), 0, false);
        items
            .map(move |(key, request)| {
                // In the order of the stream: of two items with one key, the first one runs.
                let taken = keys.take(&key);
                let checkpoint = checkpoint.clone();
                async move {
                    match taken {
                        Ok(taken) => {
                            let checkpoint = checkpoint.as_deref();
                            run_item(client, taken, request, checkpoint, skip_failed).await
                        }
                        Err(reason) => {
                            let error = Error::invalid_input(J::NAME, "idempotency_key", reason);
                            Ok(ItemOutcome { key, result: ItemResult::Failed(error) })
                        }
                    }
                }
            })
            .buffer_unordered(self.concurrency.get())
            .scan((), move |(), outcome| {
                if is_over {
                    return ready(None);
                }
                let outcome = outcome.and_then(|item| match item.result {
                    ItemResult::Failed(error) if is_outage(&error) && in_a_row + 1 >= limit => {
                        Err(error)
                    }
                    _ => Ok(item),
                });
                match &outcome {
                    Ok(item) => {
                        match &item.result {
                            ItemResult::Failed(error) if is_outage(error) => in_a_row += 1,
                            ItemResult::Failed(error) if error.status().is_some() => in_a_row = 0,
                            ItemResult::Done(_) => in_a_row = 0,
                            // Nothing was sent, so it is no sign of an outage.
                            _ => {}
                        }
                        summary.count(&item.result);
                        if let Some(watch) = &mut on_item {
                            watch(item, &summary);
                        }
                    }
                    Err(_) => is_over = true,
                }
                ready(Some(outcome))
            })
            .right_stream()
    }
}

/// Whether a failure is a sign that the platform cannot be reached, or is overloaded.
fn is_outage(error: &Error) -> bool {
    error.retry_class() != RetryClass::Final
}

async fn run_item<J: Journey>(
    client: &Synctera,
    run_key: IdempotencyKey,
    request: J,
    checkpoint: Option<&Checkpoint>,
    skip_failed: bool,
) -> Result<ItemOutcome<J::Outcome>, Error> {
    let key = run_key.to_string();
    let mut run = Run::of(client, request).key(run_key);
    if let Some(checkpoint) = checkpoint {
        let result = match checkpoint.begin(&key, client.clock().now(), skip_failed).await? {
            Start::Run { started_at, attempt } => {
                // Refused steps are sent again, completed ones are not.
                run = run.started_at(started_at).attempt(attempt.min(ATTEMPTS_MAX));
                None
            }
            Start::DoneBefore => Some(ItemResult::DoneBefore),
            Start::FailedBefore => Some(ItemResult::FailedBefore),
        };
        if let Some(result) = result {
            return Ok(ItemOutcome { key, result });
        }
    }
    let (outcome, _, steps) = run.execute().await;
    let record = match &outcome {
        Ok(_) => {
            let step = |step: CompletedStep| (step.operation.to_owned(), step.resource);
            Record::Done { key: key.clone(), steps: steps.into_iter().map(step).collect() }
        }
        Err(error) => Record::failed(&key, error),
    };
    if let Some(checkpoint) = checkpoint {
        checkpoint.end(&record).await?;
    }
    let result = outcome.map_or_else(ItemResult::Failed, ItemResult::Done);
    Ok(ItemOutcome { key, result })
}

impl<'a, J: Journey + Send + 'a> IntoFuture for RunMany<'a, J> {
    type Output = Result<Summary, Error>;
    type IntoFuture = BoxFuture<'a, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let mut summary = Summary::default();
            let mut outcomes = std::pin::pin!(self.outcomes());
            while let Some(item) = outcomes.next().await {
                summary.count(&item?.result);
            }
            Ok(summary)
        })
    }
}

impl<J: Journey> fmt::Debug for RunMany<'_, J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunMany")
            .field("journey", &J::NAME)
            .field("checkpoint", &self.checkpoint)
            .finish_non_exhaustive()
    }
}
