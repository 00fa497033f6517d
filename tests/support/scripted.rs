//! A transport that answers from a script.

use std::future::ready;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use synctera::{Answer, BoxFuture, Call, Failure, Transport};

/// Answers each attempt as a function of its number, from 1. Clones count together.
#[derive(Clone)]
pub struct Scripted {
    script: Arc<dyn Fn(u32) -> Result<Answer, Failure> + Send + Sync>,
    attempts: Arc<AtomicU32>,
    taken: Arc<AtomicU32>,
}

impl Scripted {
    /// A transport with this script.
    pub fn new(script: impl Fn(u32) -> Result<Answer, Failure> + Send + Sync + 'static) -> Self {
        Self { script: Arc::new(script), attempts: Arc::default(), taken: Arc::default() }
    }

    /// How many attempts there were so far.
    pub fn attempts(&self) -> u32 {
        self.attempts.load(Ordering::Relaxed)
    }

    /// How many attempts there were since the last call.
    pub fn take_attempts(&self) -> u32 {
        let attempts = self.attempts();
        attempts - self.taken.swap(attempts, Ordering::Relaxed)
    }
}

impl Transport for Scripted {
    fn execute<'a>(&'a self, _: Call<'a>) -> BoxFuture<'a, Result<Answer, Failure>> {
        let attempt = self.attempts.fetch_add(1, Ordering::Relaxed) + 1;
        Box::pin(ready((self.script)(attempt)))
    }
}

/// An answer with a body.
pub fn answer(status: u16, headers: &[(&'static str, &str)], body: impl Into<Vec<u8>>) -> Answer {
    let headers: HeaderMap = headers
        .iter()
        .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap()))
        .collect();
    Answer::whole(StatusCode::from_u16(status).unwrap(), headers, body.into())
}
