//! Many runs of one journey, from rows such as those of a CSV file.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use futures_util::future::BoxFuture;
use futures_util::{FutureExt as _, stream};
use serde::de::DeserializeOwned;
use serde_json::Value;
use synctera::bulk::{ItemOutcome, ItemResult, Summary};
use synctera::{
    CloseAccount, Error, Fund, IssueCard, Journey, LinkExternalAccount, OnboardBusiness,
    OnboardCustomer, OpenAccount, SchedulePayment, SendAch, SendWire, Synctera, TerminateCard,
    Transfer, Verify,
};

use crate::reason::Reason;
use crate::stand_in::{get, put};

/// Reads the rows of a journey.
type Read = fn(Vec<(String, Value)>) -> Result<Box<dyn Rows>, Vec<RowError>>;

/// The journeys of which there are many at a time. Each makes a program larger that can run it so.
const JOURNEYS: &[(&str, Read)] = &[
    of::<CloseAccount>(),
    of::<Fund>(),
    of::<IssueCard>(),
    of::<LinkExternalAccount>(),
    of::<OnboardBusiness>(),
    of::<OnboardCustomer>(),
    of::<OpenAccount>(),
    of::<SchedulePayment>(),
    of::<SendAch>(),
    of::<SendWire>(),
    of::<TerminateCard>(),
    of::<Transfer>(),
    of::<Verify>(),
];

const fn of<J: Journey + DeserializeOwned + 'static>() -> (&'static str, Read) {
    (J::NAME, read::<J>)
}

/// The names of the journeys that can be run for each of many rows.
pub fn bulk_journeys() -> impl Iterator<Item = &'static str> {
    JOURNEYS.iter().map(|(name, _)| *name)
}

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RowError {
    /// The row, from 0.
    pub row: usize,
    /// What is wrong, without the value, which may be a secret.
    pub message: String,
}

/// How rows are run; see [`RunMany`](synctera::bulk::RunMany).
#[derive(Clone, Debug)]
pub struct BulkOptions {
    /// The file that records which rows are done.
    pub checkpoint: PathBuf,
    /// How many rows are under way at a time.
    pub concurrency: NonZeroUsize,
    /// Leave out the rows that failed in an earlier run.
    pub skip_failed: bool,
}

/// The rows of one journey, read and checked.
///
/// ```
/// use serde_json::json;
/// use synctera_journey_files::BulkRun;
///
/// // The cells of a CSV file are texts.
/// let row = json!({ "first_name": "Ada", "last_name": "Byron", "customer_consent": "true" });
/// let errors = BulkRun::read("onboard_customer", vec![("a-1".to_owned(), row)]).unwrap_err();
/// assert_eq!(errors[0].message, "dob: must be given");
/// ```
pub struct BulkRun(Box<dyn Rows>);

impl BulkRun {
    /// Reads rows: the key of each, and its request. A text is read as a number or a boolean where the
    /// request takes one. Nothing is sent.
    ///
    /// # Errors
    /// What is wrong in all rows; a journey that is not one of [`bulk_journeys`] is an error of the first one.
    pub fn read(journey: &str, rows: Vec<(String, Value)>) -> Result<Self, Vec<RowError>> {
        match JOURNEYS.iter().find(|(name, _)| *name == journey) {
            Some((_, read)) => read(rows).map(Self),
            None => {
                let names: Vec<&str> = bulk_journeys().collect();
                let message = format!("the journey must be one of {}", names.join(", "));
                Err(vec![RowError { row: 0, message }])
            }
        }
    }

    /// Runs the rows. A function is given each row when it ends: its key, the error if it failed, and the
    /// summary until then.
    ///
    /// # Errors
    /// A row that fails does not end the run. It ends when the checkpoint cannot be used, or when too many
    /// rows in a row fail with an error that may pass.
    pub async fn run(
        self,
        client: &Synctera,
        options: BulkOptions,
        watch: impl FnMut(&str, Option<&Error>, &Summary) + Send,
    ) -> Result<Summary, Error> {
        self.0.run(client, options, Box::new(watch)).await
    }
}

impl std::fmt::Debug for BulkRun {
    /// Without the requests, which may have secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BulkRun").finish_non_exhaustive()
    }
}

/// Is given each row when it ends.
type Watch<'a> = Box<dyn FnMut(&str, Option<&Error>, &Summary) + Send + 'a>;

/// Rows that were read.
trait Rows: Send {
    fn run<'a>(
        self: Box<Self>,
        client: &'a Synctera,
        options: BulkOptions,
        watch: Watch<'a>,
    ) -> BoxFuture<'a, Result<Summary, Error>>;
}

struct RowsOf<J>(Vec<(String, J)>);

impl<J: Journey + 'static> Rows for RowsOf<J> {
    fn run<'a>(
        self: Box<Self>,
        client: &'a Synctera,
        options: BulkOptions,
        mut watch: Watch<'a>,
    ) -> BoxFuture<'a, Result<Summary, Error>> {
        let on_item = move |item: &ItemOutcome<J::Outcome>, so_far: &Summary| {
            let error = match &item.result {
                ItemResult::Failed(error) => Some(error),
                _ => None,
            };
            watch(&item.key, error, so_far);
        };
        let mut run = client
            .run_many(stream::iter(self.0))
            .checkpoint(options.checkpoint)
            .concurrency(options.concurrency)
            .on_item(on_item);
        if options.skip_failed {
            run = run.skip_failed();
        }
        async move { run.await }.boxed()
    }
}

/// Reads rows as requests of a journey.
fn read<J: Journey + DeserializeOwned + 'static>(
    rows: Vec<(String, Value)>,
) -> Result<Box<dyn Rows>, Vec<RowError>> {
    let (mut requests, mut errors) = (Vec::with_capacity(rows.len()), Vec::new());
    for (row, (key, request)) in rows.into_iter().enumerate() {
        match one::<J>(request) {
            Ok(request) => requests.push((key, request)),
            Err(message) => errors.push(RowError { row, message }),
        }
    }
    if errors.is_empty() { Ok(Box::new(RowsOf(requests))) } else { Err(errors) }
}

/// Reads a request, with numbers and booleans in the place of texts where it takes these.
fn one<J: DeserializeOwned>(mut request: Value) -> Result<J, String> {
    loop {
        let reason = match J::deserialize(&request) {
            Ok(read) => return Ok(read),
            Err(error) => Reason::of(&error.to_string()),
        };
        let path = reason.path.unwrap_or_default();
        let text = get(&request, &path).and_then(Value::as_str);
        let value: Option<Value> = text.and_then(|text| serde_json::from_str(text).ok());
        let value = value.filter(|value| value.is_number() || value.is_boolean());
        if !value.is_some_and(|value| put(&mut request, &path, value)) {
            return Err(match path.is_empty() {
                true => reason.message,
                false => format!("{path}: {}", reason.message),
            });
        }
    }
}
