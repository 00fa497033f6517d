//! Why something could not be done with a queue.

use synctera::InvalidIdempotencyKey;

/// What program code may fail with.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Why something could not be done with a queue.
///
/// Its text names the database's code and no value that was stored or sent.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address of the database cannot be read. The text does not repeat it: it may have a
    /// password.
    #[error("the address of the database cannot be read")]
    Address,
    /// The database cannot be reached, or refused a statement.
    #[error("the database of the queue failed{}", in_brackets(.code.as_deref()))]
    Database {
        /// The SQLSTATE, if the database answered.
        code: Option<String>,
        /// What the driver says. It may quote values.
        source: BoxError,
    },
    /// The tables are those of a newer version of this crate.
    #[error(
        "the tables of the queue have layout {found}, and this version knows {known}: update this program"
    )]
    NewerLayout {
        /// The layout of the tables.
        found: i32,
        /// The layout that this version creates.
        known: i32,
    },
    /// The key of a run is not valid.
    #[error(transparent)]
    Key(#[from] InvalidIdempotencyKey),
    /// The tenant is not 1 to 255 visible characters.
    #[error("a tenant has 1 to 255 visible ASCII characters")]
    Tenant,
    /// There is no such run.
    #[error("there is no such run")]
    NotFound,
    /// The run is in a state in which this cannot be done.
    #[error("the run is {state}: {reason}")]
    State {
        /// The state of the run.
        state: crate::State,
        /// Why this cannot be done in it.
        reason: &'static str,
    },
    /// No journey has been given, or one was given twice.
    #[error("{0}")]
    Journeys(String),
    /// A row of a ledger is not an entry.
    #[cfg(feature = "reconcile")]
    #[error("the ledger cannot be read: {0}")]
    Ledger(&'static str),
    /// The event has no resource id, so that nothing can be found that waits for it.
    #[error("the event has no resource with an id")]
    EventWithoutResource,
}

fn in_brackets(code: Option<&str>) -> String {
    code.map_or_else(String::new, |code| format!(" ({code})"))
}

#[cfg(feature = "postgres")]
impl Error {
    /// A failure of the engine.
    pub(crate) fn engine(source: impl EngineFailure) -> Self {
        Self::Database { code: source.code(), source: source.boxed() }
    }
}

/// The errors of the engine's parts, which have the code in different places.
#[cfg(feature = "postgres")]
pub(crate) trait EngineFailure {
    fn code(&self) -> Option<String>;
    fn boxed(self) -> BoxError;
}

#[cfg(feature = "postgres")]
mod failures {
    use graphile_worker_database::DbError;
    use graphile_worker_migrations::MigrateError;
    use graphile_worker_queries::errors::GraphileWorkerError;

    use super::{BoxError, EngineFailure, Error};

    impl EngineFailure for DbError {
        fn code(&self) -> Option<String> {
            self.code().map(str::to_owned)
        }

        fn boxed(self) -> BoxError {
            self.into()
        }
    }

    impl EngineFailure for GraphileWorkerError {
        fn code(&self) -> Option<String> {
            match self {
                Self::SqlError(error) => error.code().map(str::to_owned),
                _ => None,
            }
        }

        fn boxed(self) -> BoxError {
            self.into()
        }
    }

    impl EngineFailure for MigrateError {
        fn code(&self) -> Option<String> {
            match self {
                Self::SqlError(error) => error.code().map(str::to_owned),
                _ => None,
            }
        }

        fn boxed(self) -> BoxError {
            self.into()
        }
    }

    impl From<tokio_postgres::Error> for Error {
        fn from(error: tokio_postgres::Error) -> Self {
            let code = error.code().map(|code| code.code().to_owned());
            Self::Database { code, source: error.into() }
        }
    }

    impl From<deadpool_postgres::PoolError> for Error {
        fn from(error: deadpool_postgres::PoolError) -> Self {
            match error {
                deadpool_postgres::PoolError::Backend(error) => error.into(),
                other => Self::Database { code: None, source: other.into() },
            }
        }
    }
}
