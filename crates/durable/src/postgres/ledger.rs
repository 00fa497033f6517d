//! A ledger in the program's database, as the stream that a reconciliation reads.

use std::collections::VecDeque;
use std::time::Duration;

use futures_util::{Stream, stream};
use synctera::reconcile::LedgerEntry;
use synctera::{AccountId, Currency, Money};
use tokio_postgres::Row;
use uuid::Uuid;

use super::connect::Postgres;
use crate::Error;

/// Rows that are read at a time, and kept in memory.
const PAGE: i64 = 5_000;
/// How often a page is read again after a failure of the database.
const ATTEMPTS: u32 = 240;
/// The wait before that: a minute in all.
const WAIT: Duration = Duration::from_millis(250);

/// The rows of a ledger: see [`Postgres::ledger`].
#[derive(Clone, Debug)]
#[must_use = "nothing is read until `entries` is"]
pub struct Ledger {
    queue: Postgres,
    statement: String,
    after: i64,
}

impl Postgres {
    /// The rows of a ledger in this database, for
    /// [`Synctera::reconcile`](synctera::Synctera::reconcile) (feature `reconcile`).
    ///
    /// The statement reads a page: `$1` is the position of the last row that was read, at first 0, and `$2`
    /// the number of rows. Its columns are the position (`bigint`, growing and unique), the key
    /// (`text`), the account (`uuid`), the amount in minor units (`bigint`, positive into the account) and
    /// the currency (`text`, such as `USD`). With an index on the position, a table of any size is read
    /// in the memory of one page.
    ///
    /// A failure of the database, such as its restart, is waited out for a minute, and reading continues
    /// after the last row.
    ///
    /// ```no_run
    /// # use synctera::reconcile::Reconcile;
    /// # async fn reconcile(client: synctera::Synctera, queue: synctera_durable::Postgres)
    /// #     -> Result<(), Box<dyn std::error::Error>> {
    /// let ledger = queue.ledger(
    ///     "select id, reference, account, amount, currency from ledger \
    ///      where id > $1 order by id limit $2",
    /// );
    /// let month = Reconcile::new("2026-11-01".parse()?, "2026-11-30".parse()?);
    /// let mut report = client.reconcile(&month, ledger.entries()).await?;
    /// for finding in &mut report {
    ///     println!("{:?}", finding?);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn ledger(&self, statement: impl Into<String>) -> Ledger {
        Ledger { queue: self.clone(), statement: statement.into(), after: 0 }
    }
}

impl Ledger {
    /// Continues after this position.
    pub fn after(mut self, position: i64) -> Self {
        self.after = position;
        self
    }

    /// The entries, in the order of their positions. It ends after an error: [`Error::Database`], or
    /// [`Error::Ledger`] for a row that is not an entry.
    pub fn entries(self) -> impl Stream<Item = Result<LedgerEntry, Error>> + Send {
        let state = Some((self, VecDeque::new(), false));
        stream::unfold(state, |state| async move {
            let (mut ledger, mut page, mut is_last): (Self, VecDeque<LedgerEntry>, bool) = state?;
            if page.is_empty() && !is_last {
                match ledger.page().await {
                    Ok((read, last)) => (page, is_last) = (read, last),
                    Err(error) => return Some((Err(error), None)),
                }
            }
            let entry = page.pop_front()?;
            Some((Ok(entry), Some((ledger, page, is_last))))
        })
    }

    /// The next page, and whether it is the last one.
    async fn page(&mut self) -> Result<(VecDeque<LedgerEntry>, bool), Error> {
        let mut attempts = 0;
        let rows = loop {
            match self.read().await {
                Ok(rows) => break rows,
                // A statement that the database refuses is refused again.
                Err(Error::Database { code: Some(code), source })
                    if !code.starts_with("57") && !code.starts_with("08") =>
                {
                    return Err(Error::Database { code: Some(code), source });
                }
                Err(error) if attempts >= ATTEMPTS => return Err(error),
                Err(_) => {
                    attempts += 1;
                    tokio::time::sleep(WAIT).await;
                }
            }
        };
        let is_last = rows.len() < usize::try_from(PAGE).unwrap_or(usize::MAX);
        let mut page = VecDeque::with_capacity(rows.len());
        for row in &rows {
            let (position, entry) = entry(row)?;
            if position <= self.after {
                return Err(Error::Ledger("the positions do not grow"));
            }
            self.after = position;
            page.push_back(entry);
        }
        Ok((page, is_last))
    }

    async fn read(&self) -> Result<Vec<Row>, Error> {
        let client = self.queue.store.client().await?;
        Ok(client.query(&self.statement, &[&self.after, &PAGE]).await?)
    }
}

/// A row as an entry, with its position.
fn entry(row: &Row) -> Result<(i64, LedgerEntry), Error> {
    const COLUMNS: Error = Error::Ledger(
        "the columns are position (bigint), key (text), account (uuid), amount (bigint) and currency (text)",
    );
    let position: i64 = row.try_get(0).map_err(|_| COLUMNS)?;
    let key: String = row.try_get(1).map_err(|_| COLUMNS)?;
    let account: Uuid = row.try_get(2).map_err(|_| COLUMNS)?;
    let minor: i64 = row.try_get(3).map_err(|_| COLUMNS)?;
    let currency: &str = row.try_get(4).map_err(|_| COLUMNS)?;
    let currency = Currency::from_code(currency).ok_or(Error::Ledger("a currency is not one"))?;
    Ok((position, LedgerEntry::new(key, AccountId::from(account), Money::new(minor, currency))))
}
