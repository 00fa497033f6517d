//! Which runs there are.

use super::connect::Postgres;
use super::info::{COLUMNS, RunId, RunInfo};
use crate::{Error, State, Task};

/// The maximum number of runs of a page.
const LIMIT_MAX: u32 = 1_000;

/// Which runs to list; by default the first 100.
#[derive(Clone, Debug, Default)]
#[must_use = "nothing is listed until it is given to a queue"]
pub struct List {
    state: Option<State>,
    journey: Option<&'static str>,
    tenant: Option<String>,
    code: Option<String>,
    after: Option<RunId>,
    limit: Option<u32>,
}

impl List {
    /// Runs of any kind.
    pub fn new() -> Self {
        Self::default()
    }

    /// In this state.
    pub fn state(mut self, state: State) -> Self {
        self.state = Some(state);
        self
    }

    /// Of this journey.
    pub fn journey<T: Task>(mut self) -> Self {
        self.journey = Some(T::NAME);
        self
    }

    /// Of this tenant.
    pub fn tenant(mut self, tenant: impl Into<String>) -> Self {
        self.tenant = Some(tenant.into());
        self
    }

    /// Whose last failure has this code of the platform.
    pub fn code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// Those after this one: the next page.
    pub fn after(mut self, run: RunId) -> Self {
        self.after = Some(run);
        self
    }

    /// At most this many, and at most 1,000.
    pub fn limit(mut self, runs: u32) -> Self {
        self.limit = Some(runs);
        self
    }
}

impl Postgres {
    /// The runs of a list, in the order in which they began.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn list(&self, list: &List) -> Result<Vec<RunInfo>, Error> {
        let client = self.store.client().await?;
        let state = list.state.map(State::as_str);
        let after = list.after.map_or(0, RunId::as_i64);
        let limit = i64::from(list.limit.unwrap_or(100).min(LIMIT_MAX));
        let rows = client
            .query(
                &format!(
                    "select {COLUMNS} from synctera_runs.runs where id > $1 \
                     and ($2::text is null or state = $2) and ($3::text is null or journey = $3) \
                     and ($4::text is null or tenant = $4) and ($5::text is null or code = $5) \
                     order by id limit $6"
                ),
                &[&after, &state, &list.journey, &list.tenant, &list.code, &limit],
            )
            .await?;
        Ok(rows.iter().map(RunInfo::of).collect())
    }

    /// A run, by its key.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Database`].
    pub async fn show<T: Task>(&self, key: &str) -> Result<RunInfo, Error> {
        let client = self.store.client().await?;
        let row = client
            .query_opt(
                &format!(
                    "select {COLUMNS} from synctera_runs.runs where journey = $1 and key = $2"
                ),
                &[&T::NAME, &key],
            )
            .await?;
        row.as_ref().map(RunInfo::of).ok_or(Error::NotFound)
    }

    /// A run, by its number.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Database`].
    pub async fn show_by_id(&self, run: RunId) -> Result<RunInfo, Error> {
        let client = self.store.client().await?;
        let row = client
            .query_opt(
                &format!("select {COLUMNS} from synctera_runs.runs where id = $1"),
                &[&run.as_i64()],
            )
            .await?;
        row.as_ref().map(RunInfo::of).ok_or(Error::NotFound)
    }
}
