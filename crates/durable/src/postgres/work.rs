//! A worker: claims runs, as many at a time as it may, until it is told to stop.

use std::future::Future;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tracing::Instrument;
use uuid::Uuid;

use super::connect::Postgres;
use super::engine::{Announcements, Engine, Journeys};
use super::start::{Held, Limits, Start};
use crate::decide::{Backoff, Decision};
use crate::walk::{Verdict, walk};
use crate::{Error, Runs};

/// Runs at a time, unless set.
const CONCURRENCY: usize = 8;
/// How long a worker may be silent before its runs continue elsewhere, unless set.
const LEASE: Duration = Duration::from_secs(60);
/// How long runs under way may take after the signal to stop, unless set.
const GRACE: Duration = Duration::from_secs(30);
/// How often a worker looks for runs that became due without an announcement, unless set.
const POLL: Duration = Duration::from_secs(1);
/// The waits after failures, unless set.
const BACKOFF: Backoff =
    Backoff { first: Duration::from_secs(2), longest: Duration::from_secs(600) };
/// The wait after a failure of the database.
const DATABASE_WAIT: Duration = Duration::from_millis(250);
/// A claim that skips full tenants reads past their runs. One that took long is not repeated before
/// this many times its duration have passed, unless something changes.
const CLAIM_REST: u32 = 10;

/// A worker that is ready to start: see [`Postgres::work`].
#[derive(Clone, Debug)]
#[must_use = "a worker does nothing until `until` is awaited"]
pub struct Work {
    queue: Postgres,
    runs: Runs,
    concurrency: usize,
    limits: Limits,
    lease: Duration,
    grace: Duration,
    poll: Duration,
    backoff: Backoff,
}

impl Postgres {
    /// A worker for these journeys, in any number of processes and machines.
    pub fn work(&self, runs: &Runs) -> Work {
        Work {
            queue: self.clone(),
            runs: runs.clone(),
            concurrency: CONCURRENCY,
            limits: Limits::default(),
            lease: LEASE,
            grace: GRACE,
            poll: POLL,
            backoff: BACKOFF,
        }
    }
}

impl Work {
    /// Runs at a time in this process; 8 unless set.
    pub fn concurrency(mut self, runs: usize) -> Self {
        self.concurrency = runs.max(1);
        self
    }

    /// Runs of one tenant at a time, in all workers together. All workers should have the same limit:
    /// each applies its own.
    pub fn per_tenant(mut self, runs: NonZeroU32) -> Self {
        self.limits.running = Some(runs.get());
        self
    }

    /// Starts of runs of one tenant within a time, in all workers together. A retry is a start, too.
    pub fn per_tenant_rate(mut self, starts: NonZeroU32, within: Duration) -> Self {
        self.limits.started = Some((starts.get(), within));
        self
    }

    /// How long a worker may be silent, because it was killed or paused or lost the database, before
    /// its runs continue elsewhere; a minute unless set. All workers should have the same.
    pub fn lease(mut self, lease: Duration) -> Self {
        self.lease = lease.max(Duration::from_millis(500));
        self
    }

    /// How long runs under way may take after the signal to stop; 30 seconds unless set. After that
    /// they are dropped, and continue elsewhere.
    pub fn grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }

    /// How often it looks for runs that became due; a second unless set. New runs are announced, and
    /// start at once.
    pub fn poll(mut self, every: Duration) -> Self {
        self.poll = every.max(Duration::from_millis(10));
        self
    }

    /// The wait after the first failure of a run, which doubles with each further one, and the longest
    /// wait: 2 seconds and 10 minutes unless set. A `Retry-After` of the platform is waited for in any
    /// case.
    pub fn backoff(mut self, first: Duration, longest: Duration) -> Self {
        self.backoff = Backoff { first, longest: longest.max(first) };
        self
    }

    /// Works until this future completes, then lets runs under way end. A failure of the database is
    /// waited out.
    ///
    /// # Errors
    /// [`Error::Journeys`] when there is no journey or one was given twice. Nothing else ends it.
    pub async fn until(self, shutdown: impl Future<Output = ()> + Send) -> Result<(), Error> {
        self.runs.check()?;
        let worker = format!("synctera-{}", Uuid::new_v4().simple());
        let mut shutdown = std::pin::pin!(shutdown);
        let lease = self.queue.keep_alive(&worker, self.lease);
        let mut slots = JoinSet::new();
        {
            let work = self.claim_and_run(&worker, &mut slots);
            tokio::select! {
                () = &mut shutdown => {}
                () = lease => {}
                () = work => {}
            }
        }
        self.stop(&worker, slots).await;
        Ok(())
    }

    /// Lets runs end, with heartbeats, and then returns what is left.
    async fn stop(&self, worker: &str, mut slots: JoinSet<()>) {
        let ended = async { while slots.join_next().await.is_some() {} };
        let in_time = tokio::time::timeout(self.grace, ended);
        tokio::select! {
            _ = in_time => {}
            () = self.queue.keep_alive(worker, self.lease) => {}
        }
        slots.shutdown().await;
        if let Err(error) = self.queue.leave(worker).await {
            // Its lease ends by itself.
            tracing::warn!(target: "synctera", worker, error = %error, "the worker did not sign off");
        }
    }

    /// Claims runs for ever.
    async fn claim_and_run(&self, worker: &str, slots: &mut JoinSet<()>) {
        let journeys = self.journeys().await;
        // The lease begins before the first claim.
        while let Err(error) = self.queue.engine.heartbeat(worker).await {
            wait_for_database(&error).await;
        }
        let mut news = self.announcements().await;
        let mut rest = Rest::default();
        loop {
            while slots.len() < self.concurrency {
                match self.next(worker, &journeys, &mut rest).await {
                    Ok(Next::Run(held)) => drop(slots.spawn(self.clone().run(worker, held))),
                    Ok(Next::Again) => {}
                    Ok(Next::Nothing) => break,
                    Err(error) => {
                        wait_for_database(&error).await;
                        break;
                    }
                }
            }
            tokio::select! {
                Some(_) = slots.join_next(), if !slots.is_empty() => {}
                () = news.next(), if slots.len() < self.concurrency => rest = Rest::default(),
                () = tokio::time::sleep(self.poll) => {}
            }
        }
    }

    async fn journeys(&self) -> Journeys {
        let names: Vec<String> = self.runs.handlers.keys().map(|&name| name.to_owned()).collect();
        loop {
            match self.queue.engine.journeys(names.clone()).await {
                Ok(journeys) => return journeys,
                Err(error) => wait_for_database(&error).await,
            }
        }
    }

    async fn announcements(&self) -> Announcements {
        // Without them it polls.
        self.queue.engine.announcements().await.unwrap_or_else(|_| Announcements::none())
    }

    /// Claims and starts the next run.
    async fn next(
        &self,
        worker: &str,
        journeys: &Journeys,
        rest: &mut Rest,
    ) -> Result<Next, Error> {
        let full = self.queue.full(self.limits).await?;
        if rest.is_resting(&full) {
            return Ok(Next::Nothing);
        }
        let began = Instant::now();
        let now = self.queue.now();
        let Some(job) = self.queue.engine.claim(worker, journeys, &full, now).await? else {
            rest.begin(full, began.elapsed());
            return Ok(Next::Nothing);
        };
        let mut job = Some(job);
        // Claimed runs are ours: only a start, or the end of the lease, gives them away.
        loop {
            let Some(claimed) = job.take() else { return Ok(Next::Again) };
            let retained = claimed.clone();
            match self.queue.start(worker, claimed, self.limits).await {
                Ok(Start::Run(held)) => return Ok(Next::Run(held)),
                Ok(Start::Nothing) => return Ok(Next::Again),
                Err(error) => {
                    wait_for_database(&error).await;
                    job = Some(retained);
                }
            }
        }
    }

    /// Runs a run to its end, and records it.
    fn run(self, worker: &str, held: Box<Held>) -> impl Future<Output = ()> + Send + 'static {
        let span = tracing::info_span!(
            target: "synctera",
            "synctera.durable.run",
            otel.name = held.journey,
            otel.kind = "consumer",
            messaging.system = "postgresql",
            messaging.operation.type = "process",
            messaging.destination.name = held.journey,
            messaging.message.id = held.id,
            synctera.journey = held.journey,
            synctera.run = held.run.key,
            synctera.attempt = held.run.attempt,
            synctera.tenant = held.run.tenant,
        );
        let worker = worker.to_owned();
        async move {
            let Some(handler) = self.runs.handlers.get(held.journey.as_str()).map(Arc::clone)
            else {
                // The engine gives out only the journeys that it was asked for.
                return;
            };
            let began = Instant::now();
            let verdict = walk(&*handler, &self.runs.client, &held.run).await;
            // A run whose end cannot be recorded stays in its slot until it can: as long as this
            // process lives, no other may have it.
            let is_recorded = loop {
                match self.queue.acknowledge(&worker, &held, &verdict, self.backoff).await {
                    Ok(is_recorded) => break is_recorded,
                    Err(error) => wait_for_database(&error).await,
                }
            };
            record(&held, &verdict, is_recorded, began.elapsed());
        }
        .instrument(span)
    }
}

/// What came of a claim.
enum Next {
    Run(Box<Held>),
    /// It was over at once; there may be another one.
    Again,
    Nothing,
}

/// The rest after a claim that read past many runs and found none.
#[derive(Default)]
struct Rest {
    full: Vec<String>,
    until: Option<Instant>,
}

impl Rest {
    fn begin(&mut self, full: Vec<String>, took: Duration) {
        self.until = Instant::now().checked_add(took * CLAIM_REST);
        self.full = full;
    }

    /// Whether nothing has changed since the last claim that found nothing.
    fn is_resting(&self, full: &[String]) -> bool {
        !full.is_empty()
            && self.full == full
            && self.until.is_some_and(|until| Instant::now() < until)
    }
}

async fn wait_for_database(error: &Error) {
    tracing::warn!(target: "synctera", error = %error, "the queue is waited for");
    tokio::time::sleep(DATABASE_WAIT).await;
}

/// Records how a run went, as a `tracing` event whose fields are OpenTelemetry metrics.
fn record(held: &Held, verdict: &Verdict, is_recorded: bool, took: Duration) {
    let (outcome, cause) = match verdict {
        _ if !is_recorded => ("fenced", None),
        Verdict::Done => ("done", None),
        Verdict::NotYet { .. } => ("waiting", None),
        Verdict::Failed(Decision::Retry(_, cause)) => ("retry", Some(cause)),
        Verdict::Failed(Decision::Park(cause)) => ("parked", Some(cause)),
    };
    tracing::info!(target: "synctera", {
        "monotonic_counter.synctera.durable.runs" = 1_u64,
        "histogram.synctera.durable.duration" = took.as_secs_f64(),
        "synctera.journey" = held.journey,
        "synctera.outcome" = outcome,
        "error.type" = cause.map(|cause| cause.kind.as_str()),
        "synctera.code" = cause.and_then(|cause| cause.code.as_deref()),
    }, "run");
}
