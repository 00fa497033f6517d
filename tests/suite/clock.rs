//! A client waits on the clock that it was given.

use std::time::Duration;

use chrono::{DateTime, Utc};
use synctera::{BoxFuture, Clock, ErrorKind, ManualClock, RateLimit, Retries, Synctera};
use synctera_tests::scripted::{Scripted, answer};
use synctera_tests::world::now;

const SECOND: Duration = Duration::from_secs(1);

/// Answers 429 twice, asking for a wait, and then a page.
fn busy(asked: &'static str) -> Scripted {
    Scripted::new(move |attempt| match attempt {
        1 | 2 => Ok(answer(429, &[("retry-after", asked)], "")),
        _ => Ok(answer(200, &[], r#"{"persons":[]}"#)),
    })
}

async fn attempts(client: &Synctera) -> Result<u32, synctera::Error> {
    client.api().list_persons(&Default::default()).await.map(|page| page.attempts())
}

/// Lets other tasks go on until something has happened.
async fn until(happened: impl Fn() -> bool) {
    for _ in 0..10_000 {
        if happened() {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("it does not happen");
}

#[tokio::test]
async fn an_attempt_is_made_when_the_clock_was_moved() {
    let clock = ManualClock::new(now());
    let transport = busy("40");
    let client = Synctera::builder("k").transport(transport.clone()).clock(clock.clone());
    let client = client.build().unwrap();
    let call = tokio::spawn(async move { attempts(&client).await });
    for attempt in 1..=2 {
        until(|| transport.attempts() == attempt).await;
        clock.sleeping(1).await;
        clock.advance(SECOND * 39);
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        assert_eq!(transport.attempts(), attempt, "a second is missing");
        clock.advance(SECOND);
    }
    assert_eq!(call.await.unwrap().unwrap(), 3);
    assert_eq!(clock.take_waits(), [SECOND * 40; 2]);
}

#[tokio::test]
async fn dates_are_compared_with_it_and_its_waits_count_as_the_calls_time() {
    let clock = ManualClock::skipping_waits(now());
    let date = "Tue, 24 Nov 2026 14:01:00 GMT";
    let set_up = |asked| {
        Synctera::builder("k")
            .transport(busy(asked))
            .clock(clock.clone())
            .retries(Retries::default().waits(Duration::ZERO, Duration::ZERO))
    };
    assert_eq!(attempts(&set_up(date).build().unwrap()).await.unwrap(), 3);
    let waits = clock.take_waits();
    assert_eq!((waits.len(), waits[0]), (2, SECOND * 60));
    assert!(waits[1] < SECOND, "the date is past: {waits:?}");

    // Two waits of 80 s do not fit into 150 s, however little time they took.
    let error = attempts(&set_up("80").build().unwrap()).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Api, 2));
    assert!(error.to_string().contains("longer than the time left"), "{error}");
    assert_eq!(clock.take_waits(), [SECOND * 80]);
}

#[tokio::test]
async fn the_rate_limit_waits_on_it() {
    let clock = ManualClock::skipping_waits(now());
    let transport = Scripted::new(|_| Ok(answer(200, &[], r#"{"persons":[]}"#)));
    let client = Synctera::builder("k")
        .transport(transport)
        .clock(clock.clone())
        .rate_limit(RateLimit::per_second(1))
        .build()
        .unwrap();
    for _ in 0..4 {
        attempts(&client).await.unwrap();
    }
    let waits = clock.take_waits();
    assert_eq!(waits.len(), 3);
    // A wait that the clock skipped has passed.
    assert!(waits.iter().all(|wait| (SECOND / 2..=SECOND).contains(wait)), "{waits:?}");
}

/// Anybody can bring one.
struct Stopped;

impl Clock for Stopped {
    fn now(&self) -> DateTime<Utc> {
        DateTime::<Utc>::MAX_UTC
    }

    fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(std::future::ready(()))
    }
}

#[tokio::test]
async fn a_clock_of_ones_own_is_used() {
    let client = Synctera::builder("k")
        .transport(busy("Fri, 31 Dec 9999 23:59:59 GMT"))
        .clock(Stopped)
        .build()
        .unwrap();
    assert_eq!(attempts(&client).await.unwrap(), 3, "that date is past");
}
