//! The connection to the queue.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use graphile_worker_database::tokio_postgres::TokioPostgresDatabase;
use synctera::Clock;
use tokio_postgres::GenericClient;

use super::engine::{Engine, Graphile};
use super::store::{LAYOUT, SCHEMA, Store};
use crate::Error;

/// Connections of a process, unless set.
const CONNECTIONS: usize = 16;
/// The longest time that a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// A queue of runs in PostgreSQL, 12 or newer: the same database as that of the program, so that a row
/// of the program and its run are committed together.
///
/// It can be cloned, and shared among threads.
#[derive(Clone)]
pub struct Postgres {
    pub(super) store: Store,
    pub(super) engine: Graphile,
    clock: Option<Arc<dyn Clock>>,
}

impl Postgres {
    /// Connects, and creates or upgrades the tables in the schemas `synctera_runs` and
    /// `synctera_queue`. Processes may do this at the same time.
    ///
    /// The address is a URL such as `postgres://user@host/database`, or `host=... user=...`. The
    /// connection uses TLS (rustls) where the server offers it, or as `sslmode` of the address says;
    /// `PGSSLROOTCERT` names a file with further certificates.
    ///
    /// # Errors
    /// [`Error::Address`]; [`Error::Database`] when the database cannot be reached or the role may
    /// not create schemas; [`Error::NewerLayout`] when a newer version of this crate has upgraded the
    /// tables.
    pub async fn connect(address: &str) -> Result<Self, Error> {
        Self::connect_with(address, CONNECTIONS).await
    }

    /// As [`connect`](Self::connect), with at most this many connections. A worker needs about one for
    /// each run at a time, and three more.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    pub async fn connect_with(address: &str, connections: usize) -> Result<Self, Error> {
        let mut config: tokio_postgres::Config = address.parse().map_err(|_| Error::Address)?;
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_TIMEOUT);
        }
        if config.get_application_name().is_none() {
            config.application_name("synctera-durable");
        }
        let database = TokioPostgresDatabase::from_config(config, connections.max(2));
        let database = database.map_err(Error::engine)?;
        let store = Store::new(database.pool().clone());
        let engine = Graphile::new(&database);
        store.migrate(&engine).await?;
        Ok(Self { store, engine, clock: None })
    }

    /// Uses this clock for the times of runs, as a test does that must not wait; without it, the time
    /// of the database. Leases are always measured by the database.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// The time of the clock that was set.
    pub(super) fn now(&self) -> Option<DateTime<Utc>> {
        self.clock.as_ref().map(|clock| clock.now())
    }

    /// The time of the clock that was set, or of this machine.
    pub(super) fn time(&self) -> DateTime<Utc> {
        self.now().unwrap_or_else(Utc::now)
    }
}

impl fmt::Debug for Postgres {
    /// Without the address, which may have a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Postgres")
    }
}

impl Store {
    /// Creates or upgrades the tables of the engine and of the runs.
    async fn migrate(&self, engine: &Graphile) -> Result<(), Error> {
        let mut client = self.client().await?;
        // Held until the transaction ends, while the engine uses connections of its own.
        let transaction = client.transaction().await?;
        transaction
            .execute(
                "select pg_advisory_xact_lock(hashtextextended('synctera_runs layout', 0))",
                &[],
            )
            .await?;
        engine.migrate().await?;
        match layout(&*transaction).await? {
            Some(found) if found > LAYOUT => {
                return Err(Error::NewerLayout { found, known: LAYOUT });
            }
            Some(LAYOUT) => {}
            _ => {
                transaction.batch_execute(SCHEMA).await?;
                transaction
                    .execute("insert into synctera_runs.layout (version) values ($1)", &[&LAYOUT])
                    .await?;
            }
        }
        transaction.commit().await?;
        Ok(())
    }
}

/// The layout of the tables, if there are any.
async fn layout(client: &(impl GenericClient + Sync)) -> Result<Option<i32>, Error> {
    let exists = "select to_regclass('synctera_runs.layout') is not null";
    if !client.query_one(exists, &[]).await?.get::<_, bool>(0) {
        return Ok(None);
    }
    let row = client.query_one("select max(version) from synctera_runs.layout", &[]).await?;
    Ok(row.get(0))
}
