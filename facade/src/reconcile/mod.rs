//! Compares your ledger with the platform's (feature `reconcile`).
//!
//! [`Synctera::reconcile`] compares the entries of your own ledger with what the platform posted in
//! a period. For each entry it reports whether both sides have it, and with which amounts. Both sides may
//! have millions of entries, in any order: they are sorted on disk.
//!
//! With the feature `reconciliations`, [`Synctera::upload_reconciliation`] uploads a file to the
//! legacy interface, for the platform to compare.

mod entry;
mod match_by;
mod matcher;
mod report;
mod row;
mod sort;
#[cfg(feature = "reconciliations")]
mod upload;

use std::pin::pin;

use chrono::NaiveDate;
use futures_core::Stream;
use futures_util::StreamExt;
use iso_currency::Currency;
use synctera_api::Error;
use synctera_api::runtime::{AccountId, PlatformAccountId};

pub use entry::{Finding, LedgerEntry, PostedLine, Summary};
pub use match_by::MatchBy;
pub use matcher::Matcher;
pub use report::Report;
#[cfg(feature = "reconciliations")]
pub use upload::{AwaitIngestion, Ingestion, ReconciliationFile};

use crate::checks::Checks;
use crate::types::{DcSign, ListPostedTransactionsQuery, PostedTransaction, TransactionLine};
use crate::{Money, Synctera};

/// More accounts than this are filtered here instead of in the query: the URL would be too long.
const ACCOUNTS_IN_QUERY_MAX: usize = 50;

impl Synctera {
    /// Compares the entries of your ledger with what the platform posted in a period.
    ///
    /// `entries` are those of the same period, in any order. An error among them ends the
    /// reconciliation: with half a ledger, the other half would be reported as extra.
    ///
    /// The period has posting dates, first and last day included. Transactions are posted on banking
    /// days: one of a Saturday is posted on Monday. Transactions that move no money are left out, and
    /// so are the lines of internal accounts, unless
    /// [`accounts`](Reconcile::accounts) names them.
    ///
    /// How entries are matched depends on the rail: see [`MatchBy`].
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use synctera::{Address, Money, OnboardCustomer, OpenAccount, PersonDetails, Synctera, Transfer};
    /// # use synctera::types::{AccountType, InternalAccountBase, InternalAccountStatus};
    /// # let sandbox = synctera_sandbox::Sandbox::start().await?;
    /// # let client = Synctera::builder(sandbox.api_key()).base_url(sandbox.base_url()).build()?;
    /// # let ada = PersonDetails::new("Ada", "Byron", "1985-12-10".parse()?)
    /// #     .email("ada@example.com")
    /// #     .phone_number("+14155550123")
    /// #     .ssn("456-78-9012")
    /// #     .legal_address(Address::us("1 Market St", "San Francisco", "CA", "94105"));
    /// # let ada = OnboardCustomer::new(ada).consented();
    /// # let holder = client.onboard_customer(&ada).await?.accepted()?.person.id;
    /// # let checking = OpenAccount::new(AccountType::Checking, holder);
    /// # let checking = client.open_account(&checking).await?.id;
    /// # let ours = InternalAccountBase::new(synctera::Currency::USD, InternalAccountStatus::Active);
    /// # let ours = client.api().create_internal_account(&ours).await?.id.ok_or("no id")?;
    /// # let bonus = Transfer::new(ours, checking, Money::usd(5_00)).reference_id("bonus-1");
    /// # client.transfer(&bonus).await?;
    /// # let (first, last) = ("2026-01-01".parse()?, "2099-12-31".parse()?);
    /// use std::convert::Infallible;
    /// use synctera::reconcile::{Finding, LedgerEntry, Reconcile};
    ///
    /// // From a database, a page at a time.
    /// let entries = [LedgerEntry::new("bonus-1", checking, Money::usd(5_00))];
    /// let entries = futures_util::stream::iter(entries.map(Ok::<_, Infallible>));
    ///
    /// let mut report = client.reconcile(&Reconcile::new(first, last), entries).await?;
    /// for finding in &mut report {
    ///     match finding? {
    ///         Finding::Matched { .. } => {}
    ///         Finding::Differs { entry, posted } => println!("{} {}", entry.key, posted.amount),
    ///         Finding::Missing(entry) => println!("{} is not posted", entry.key),
    ///         Finding::Extra(posted) => println!("{} is not in our ledger", posted.transaction),
    ///     }
    /// }
    /// assert!(report.summary().is_clean());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a period that ends before it starts or
    /// an entry without a key; [`Local`](crate::ErrorKind::Local) when the entries end with an
    /// error, or temporary files cannot be used; and the errors of [`Synctera::list`].
    pub async fn reconcile<S, E>(&self, request: &Reconcile, entries: S) -> Result<Report, Error>
    where
        S: Stream<Item = Result<LedgerEntry, E>> + Send,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        request.check()?;
        let mut matcher = Matcher::new();
        let mut entries = pin!(entries);
        while let Some(entry) = entries.next().await {
            let broken = |e: E| Error::local("reconcile", "the ledger cannot be read", e);
            matcher.ours(entry.map_err(broken)?)?;
        }
        let mut pages = self.list(request.query()).pages();
        while let Some(page) = pages.try_next().await? {
            for transaction in &page.items {
                for line in request.lines(transaction)? {
                    matcher.theirs(line)?;
                }
            }
        }
        matcher.finish()
    }
}

/// A request for a reconciliation; see [`Synctera::reconcile`].
#[derive(Clone, Debug)]
pub struct Reconcile {
    first: NaiveDate,
    last: NaiveDate,
    match_by: MatchBy,
    accounts: Vec<PlatformAccountId>,
}

impl Reconcile {
    /// A reconciliation of this period of posting dates, both days included.
    pub fn new(first: NaiveDate, last: NaiveDate) -> Self {
        Self { first, last, match_by: MatchBy::default(), accounts: Vec::new() }
    }

    /// The property of posted transactions with which the keys of the entries are compared: the
    /// reference unless set.
    #[must_use]
    pub fn match_by(mut self, what: MatchBy) -> Self {
        self.match_by = what;
        self
    }

    /// Only these accounts, which may be internal ones. All accounts of customers unless set.
    #[must_use]
    pub fn accounts<A: Into<PlatformAccountId>>(
        mut self,
        accounts: impl IntoIterator<Item = A>,
    ) -> Self {
        self.accounts = accounts.into_iter().map(Into::into).collect();
        self
    }

    fn check(&self) -> Result<(), Error> {
        let mut checks = Checks::of("reconcile");
        checks.ensure(self.first <= self.last, "last", "must not be before the first day");
        checks.finish()
    }

    fn query(&self) -> ListPostedTransactionsQuery {
        let asked = Some(&self.accounts).filter(|all| all.len() <= ACCOUNTS_IN_QUERY_MAX);
        ListPostedTransactionsQuery {
            account_id: asked
                .into_iter()
                .flatten()
                .map(|account| AccountId::from(account.as_uuid()))
                .collect(),
            // The platform excludes the day of `from_date`.
            from_date: self.first.pred_opt(),
            to_date: Some(self.last),
            limit: Some(100),
            ..ListPostedTransactionsQuery::default()
        }
    }

    /// The lines of a transaction on the accounts that are compared.
    fn lines(&self, transaction: &PostedTransaction) -> Result<Vec<PostedLine>, Error> {
        if transaction.info_only {
            return Ok(Vec::new());
        }
        let key = self.match_by.key_of(transaction);
        let mut lines = Vec::new();
        for line in &transaction.data.lines {
            let account = line.account_id.id();
            let counts = match &account {
                Some(account) if !self.accounts.is_empty() => self.accounts.contains(account),
                // The ids of the bank's accounts may have another form than a UUID.
                _ => self.accounts.is_empty() && !line.is_gl_acc,
            };
            if counts {
                let account = account.ok_or_else(|| unreadable("account_id"))?;
                lines.push(PostedLine::new(key.clone(), account, amount(line)?, transaction.uuid));
            }
        }
        Ok(lines)
    }
}

/// The amount of a line: positive into its account, negative out of it.
fn amount(line: &TransactionLine) -> Result<Money, Error> {
    let currency =
        Currency::from_code(line.currency.as_str()).ok_or_else(|| unreadable("currency"))?;
    let minor = match line.dc_sign {
        DcSign::Credit => line.amount,
        DcSign::Debit => line.amount.checked_neg().ok_or_else(|| unreadable("amount"))?,
        _ => return Err(unreadable("dc_sign")),
    };
    Ok(Money::new(minor, currency))
}

fn unreadable(field: &str) -> Error {
    Error::incomplete_answer("list_posted_transactions", &format!("data.lines.{field}"))
}
