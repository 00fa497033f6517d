//! Carries events to their subscribers, in the background or until there is nothing left to carry.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::task::JoinSet;

use crate::engine::Engine;
use crate::error::Error;
use crate::model::outgoing_client::OutgoingClient;
use crate::model::{Attempt, Letter, Refusal};

/// Events that are out at the same time.
const OUT_MAX: usize = 64;

/// How much of an answer is read.
const ANSWER_BYTES_MAX: usize = 4096;

/// The longest rest of the background round: what was scheduled meanwhile is not rung for.
const REST_MAX: Duration = Duration::from_secs(5);

pub(crate) struct Courier {
    engine: Arc<Engine>,
    http: Arc<OutgoingClient>,
    /// There is one round at a time, so that nothing is sent twice at once.
    round: Mutex<()>,
}

impl Courier {
    pub(crate) fn new(engine: Arc<Engine>) -> Result<Self, Error> {
        let http = OutgoingClient::new().map_err(|e| Error::Webhooks(e.to_string()))?;
        Ok(Self { engine, http: Arc::new(http), round: Mutex::new(()) })
    }

    /// Carries whatever comes, for ever.
    pub(crate) async fn run(self: Arc<Self>) {
        loop {
            // What fails stays where it is, and the next round tries again.
            let _failed = self.deliver_due().await;
            tokio::select! {
                () = self.engine.rung() => {}
                () = self.rest() => {}
            }
        }
    }

    /// Until something is due by itself.
    async fn rest(&self) {
        let engine = self.engine.clone();
        match blocking(move || engine.next_due()).await {
            Ok(Some(due)) => {
                let wait = (due - self.engine.now()).to_std().unwrap_or_default();
                // Never at once, so that what keeps failing does not keep us busy.
                tokio::time::sleep(wait.clamp(Duration::from_millis(100), REST_MAX)).await;
            }
            Ok(None) => std::future::pending().await,
            Err(_) => tokio::time::sleep(REST_MAX).await,
        }
    }

    /// Lets nothing be on its way until this is dropped.
    pub(crate) async fn pause(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.round.lock().await
    }

    /// Delivers every event that is due, and those that follow from it.
    pub(crate) async fn deliver_due(&self) -> Result<(), Refusal> {
        let _round = self.round.lock().await;
        let mut out: JoinSet<(Letter, Attempt)> = JoinSet::new();
        let mut places: Vec<i64> = Vec::new();
        loop {
            let room = OUT_MAX.saturating_sub(places.len());
            let timeout = self.engine.settings().webhook_timeout_seconds.max(1);
            let timeout = Duration::from_secs(timeout.into());
            let (engine, known) = (self.engine.clone(), places.clone());
            for letter in blocking(move || engine.letters(&known, room)).await? {
                places.push(letter.delivery.seq);
                out.spawn(send(self.http.clone(), letter, timeout));
            }
            let Some(returned) = out.join_next().await else {
                return Ok(());
            };
            let (letter, attempt) = returned.map_err(|e| Refusal::Broken(e.to_string()))?;
            places.retain(|place| *place != letter.delivery.seq);
            let engine = self.engine.clone();
            blocking(move || engine.sent(&letter, &attempt)).await?;
        }
    }
}

async fn send(http: Arc<OutgoingClient>, letter: Letter, timeout: Duration) -> (Letter, Attempt) {
    let mut request = http
        .post(&letter.url)
        .timeout(timeout)
        .header("content-type", "application/json")
        .header("request-timestamp", &letter.timestamp);
    if let Some(signature) = &letter.signature {
        request = request.header("synctera-signature", signature);
    }
    let attempt = match request.body(letter.body.clone()).send().await {
        Ok(response) => {
            let status = Some(response.status().as_u16());
            match read(response).await {
                Ok(answer) => Attempt { status, answer },
                // An answer that breaks off is none.
                Err(error) => Attempt { status: None, answer: reason(&error) },
            }
        }
        Err(error) => Attempt { status: None, answer: reason(&error) },
    };
    (letter, attempt)
}

/// The beginning of an answer.
async fn read(mut response: reqwest::Response) -> reqwest::Result<String> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() >= ANSWER_BYTES_MAX {
            break;
        }
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn reason(error: &reqwest::Error) -> String {
    let reason = if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "no connection"
    } else {
        "no answer"
    };
    reason.to_owned()
}

/// The store blocks; the threads that serve connections must not.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    tokio::task::spawn_blocking(work).await.map_err(|e| Refusal::Broken(e.to_string()))?
}
