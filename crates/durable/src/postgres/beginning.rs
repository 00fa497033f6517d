//! Beginning runs.

use tokio_postgres::GenericClient;

use super::connect::Postgres;
use crate::{Begin, Begun, Error, Task};

impl<T: Task> Begin<T> {
    /// The statement that begins a run, for a program with another driver: its parameters are
    /// [`journey`](Self::journey), the key, the tenant or null, and the priority as `int`. It returns
    /// whether the run is new. The tables must be there: [`Postgres::connect`] creates them.
    pub const STATEMENT: &'static str = "select synctera_runs.begin_run($1, $2, $3, $4)";

    /// The name of the journey, for [`STATEMENT`](Self::STATEMENT).
    pub fn journey(&self) -> &'static str {
        T::NAME
    }
}

impl Postgres {
    /// Begins a run.
    ///
    /// # Errors
    /// [`Error::Key`], [`Error::Tenant`], and [`Error::Database`]. Whether the run has begun is
    /// unknown when the connection breaks: begin it again.
    pub async fn begin<T: Task>(&self, run: Begin<T>) -> Result<Begun, Error> {
        let client = self.store.client().await?;
        self.insert(&**client, run).await
    }

    /// Begins a run in a transaction of the program: it exists if and when the transaction is
    /// committed.
    ///
    /// The function takes a transaction of `tokio-postgres`; for other drivers see
    /// [`Begin::STATEMENT`]. Each run holds a lock until the transaction ends, of which a server has some
    /// thousands: begin no more than a thousand runs in one transaction.
    ///
    /// # Errors
    /// As [`begin`](Self::begin). After an error of the database the transaction can only be rolled
    /// back.
    pub async fn begin_in<T: Task>(
        &self,
        transaction: &mut tokio_postgres::Transaction<'_>,
        run: Begin<T>,
    ) -> Result<Begun, Error> {
        self.insert(&*transaction, run).await
    }

    async fn insert<T: Task>(
        &self,
        client: &(impl GenericClient + Sync),
        run: Begin<T>,
    ) -> Result<Begun, Error> {
        run.check()?;
        let due_at = run.not_before.or_else(|| self.now());
        let row = client
            .query_one(
                "select synctera_runs.begin_run($1, $2, $3, $4, $5)",
                &[&T::NAME, &run.key, &run.tenant, &i32::from(run.priority), &due_at],
            )
            .await?;
        Ok(if row.get(0) { Begun::Now } else { Begun::Before })
    }
}
