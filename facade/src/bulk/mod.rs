//! Many journeys: a migration of customers, a run of payouts.
//!
//! [`Synctera::run_many`] walks a journey for each item of a stream, a bounded number at a time.
//! With a checkpoint file the run can be stopped, or killed, at any moment and started again with
//! the same items: what is done is skipped, what was under way goes on under its key.
//!
//! # Keys
//! Each item comes with the key of its journey, by which it is known from one run to the next: the
//! id of the customer in the system that they come from, of the payment order. The checkpoint
//! holds keys, so a key must not be anybody's name or e-mail address.
//!
//! # What is done twice
//! Nothing. An item that was under way is walked again under its key, and the platform repeats
//! nothing for seven days; after that the journey looks for what it made, as [`Run`] says.

mod checkpoint;
mod item;
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
use synctera_api::runtime::{BoxFuture, CompletedStep};

pub use checkpoint::records;
pub use item::{ItemOutcome, ItemResult, Tally};
pub use record::Record;

use crate::{Journey, OnboardCustomer, Run, Synctera};
use checkpoint::{Checkpoint, Turn};

/// Items under way at a time, unless said otherwise.
const CONCURRENCY: NonZeroUsize = NonZeroUsize::new(8).expect("more than 0");
/// Failures in a row that are not the items' own, after which a run ends, unless said otherwise.
const GIVE_UP_AFTER: NonZeroUsize = NonZeroUsize::new(100).expect("more than 0");

impl Synctera {
    /// Walks a journey for each item of a stream: a key, and the request.
    ///
    /// The stream is read as fast as items come to their end, never ahead of them by more than
    /// [`concurrency`](RunMany::concurrency). To stop early, end the stream, for instance with
    /// `take_until` and a signal: what is under way comes to its end.
    ///
    /// # Errors
    /// An item that fails does not end the run: see [`ItemResult`]. The run ends with
    /// [`Local`](crate::ErrorKind::Local) when the checkpoint cannot be read or written, and with
    /// the last failure when too many in a row were not the items' own; see
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

    /// Brings many people in as customers, such as those of another platform; [`run_many`] of
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
    /// let tally = client
    ///     .onboard_many(futures_util::stream::iter(customers))
    ///     .checkpoint(&file)
    ///     .on_item(|item, so_far| println!("{}: {so_far}", item.key))
    ///     .await?;
    /// assert_eq!((tally.done, tally.failed), (2, 0));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// A customer whom the checks reject is done, and counted so: the item's
    /// [`Outcome`](crate::Outcome) tells.
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

/// Many journeys about to be walked: `.await` walks them and gives the [`Tally`],
/// [`outcomes`](Self::outcomes) gives each outcome.
#[must_use = "nothing is walked until it is awaited"]
pub struct RunMany<'a, J: Journey> {
    client: &'a Synctera,
    items: Pin<Box<dyn Stream<Item = (String, J)> + Send + 'a>>,
    concurrency: NonZeroUsize,
    checkpoint: Option<PathBuf>,
    skip_failed: bool,
    give_up_after: NonZeroUsize,
    on_item: Option<Watcher<'a, J>>,
}

type Watcher<'a, J> = Box<dyn FnMut(&ItemOutcome<<J as Journey>::Outcome>, &Tally) + Send + 'a>;

impl<'a, J: Journey + Send + 'a> RunMany<'a, J> {
    /// How many items are under way at a time; 8 unless set.
    pub fn concurrency(mut self, items: NonZeroUsize) -> Self {
        self.concurrency = items;
        self
    }

    /// Keeps in this file what is done, and skips what it says is done.
    ///
    /// The file is made when it is not there, and belongs to one journey and one run at a time. It
    /// is only appended to, and each line is on the disk before what it says is relied on: an item
    /// is begun there before anything is sent. It holds keys, ids and statuses; [`records`] reads
    /// it. In memory an item takes about 50 bytes.
    pub fn checkpoint(mut self, file: impl Into<PathBuf>) -> Self {
        self.checkpoint = Some(file.into());
        self
    }

    /// Leaves items alone that failed in an earlier run. Otherwise they are tried again, under
    /// their keys: within seven days the platform repeats its refusal of the same request, so that
    /// a corrected one needs another key.
    pub fn skip_failed(mut self) -> Self {
        self.skip_failed = true;
        self
    }

    /// Ends the run when this many items in a row failed for what may pass, such as an outage: the
    /// next ones would fail as well. 100 unless set.
    pub fn give_up_after(mut self, failures: NonZeroUsize) -> Self {
        self.give_up_after = failures;
        self
    }

    /// Is told of each item when it comes to its end, and how the run stands: for a progress bar.
    pub fn on_item(
        mut self,
        watcher: impl FnMut(&ItemOutcome<J::Outcome>, &Tally) + Send + 'a,
    ) -> Self {
        self.on_item = Some(Box::new(watcher));
        self
    }

    /// The items as they come to their end, not in the order in which they began. Dropping the
    /// stream leaves what is under way to the next run.
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
        let (mut tally, mut in_a_row, mut is_over) = (Tally::default(), 0, false);
        items
            .map(move |(key, request)| {
                let checkpoint = checkpoint.clone();
                async move { walk(client, key, request, checkpoint.as_deref(), skip_failed).await }
            })
            .buffer_unordered(self.concurrency.get())
            .scan((), move |(), outcome| {
                if is_over {
                    return ready(None);
                }
                let outcome = outcome.and_then(|handled| match handled.result {
                    ItemResult::Failed(error) if error.is_retryable() && in_a_row + 1 >= limit => {
                        Err(error)
                    }
                    _ => Ok(handled),
                });
                match &outcome {
                    Ok(handled) => {
                        match &handled.result {
                            ItemResult::Failed(error) if error.is_retryable() => in_a_row += 1,
                            _ => in_a_row = 0,
                        }
                        tally.count(&handled.result);
                        if let Some(watch) = &mut on_item {
                            watch(handled, &tally);
                        }
                    }
                    Err(_) => is_over = true,
                }
                ready(Some(outcome))
            })
            .right_stream()
    }
}

async fn walk<J: Journey>(
    client: &Synctera,
    key: String,
    request: J,
    checkpoint: Option<&Checkpoint>,
    skip_failed: bool,
) -> Result<ItemOutcome<J::Outcome>, Error> {
    let mut run = Run::new(client, &request).key(key.as_str());
    if let Some(checkpoint) = checkpoint {
        let result = match checkpoint.begin(&key, skip_failed).await? {
            Turn::Walk(started_at) => {
                run = run.started_at(started_at);
                None
            }
            Turn::DoneBefore => Some(ItemResult::DoneBefore),
            Turn::FailedBefore => Some(ItemResult::FailedBefore),
            Turn::UnderWay => {
                let reason = "is that of another item that is under way";
                Some(ItemResult::Failed(Error::invalid_input(J::NAME, "key", reason)))
            }
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
    type Output = Result<Tally, Error>;
    type IntoFuture = BoxFuture<'a, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let mut tally = Tally::default();
            let mut handled = std::pin::pin!(self.outcomes());
            while let Some(handled) = handled.next().await {
                tally.count(&handled?.result);
            }
            Ok(tally)
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
