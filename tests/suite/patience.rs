//! How long a call waits, and how often it asks.

use std::time::{Duration, Instant};

use synctera::types::{NewPerson, PersonStatus};
use synctera::{Builder, CallOptions, ErrorKind, ManualClock, RateLimit, Retries, Synctera};
use synctera_api::runtime::{Direct, Inner};
use synctera_tests::world::now;
use synctera_tests::{Fault, World};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

const MS: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);
const BROKEN: Fault = Fault::Answer(500, &[], "");

/// Headers that live as long as the test.
fn header(name: &'static str, value: &str) -> &'static [(&'static str, &'static str)] {
    let value: &str = String::leak(value.to_owned());
    Vec::leak(vec![(name, value)])
}

fn at_once(retries: u32) -> Retries {
    Retries::max_retries(retries).waits(Duration::ZERO, MS)
}

/// A server that takes connections and never says a word.
async fn mute() -> (TcpListener, Builder) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (listener, Synctera::builder("k").base_url(url))
}

async fn list(client: &Synctera) -> Result<u32, synctera::Error> {
    client.api().list_persons(&Default::default()).await.map(|page| page.attempts())
}

#[tokio::test(start_paused = true)]
async fn an_attempt_has_its_time() {
    let (_mute, builder) = mute().await;
    let client = builder.attempt_timeout(30 * SECOND).retries(at_once(2)).build().unwrap();
    let error = list(&client).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 3));
    assert!(error.is_retryable());
}

#[tokio::test]
async fn a_call_has_its_time_whatever_its_attempts_have() {
    let (_mute, builder) = mute().await;
    let client = builder.call_timeout(50 * MS).retries(at_once(1000)).build().unwrap();
    let begun = Instant::now();
    let error = list(&client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    let client = client.with_options(CallOptions::new().with_timeout(20 * MS));
    assert_eq!(list(&client).await.unwrap_err().kind(), ErrorKind::Timeout);
    assert!(begun.elapsed() < Duration::from_secs(20), "neither waited for an attempt's 60 s");
    let client = client.with_options(CallOptions::new().with_timeout(Duration::ZERO));
    assert_eq!(list(&client).await.unwrap_err().kind(), ErrorKind::Timeout);
}

#[tokio::test]
async fn without_time_nothing_is_sent() {
    let world = World::new().await;
    let client = world.client.with_options(CallOptions::new().with_timeout(Duration::ZERO));
    let error = list(&client).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 0));
    assert!(world.recorder.take().is_empty());
    let client = World::with(|builder| builder.attempt_timeout(Duration::ZERO)).await.client;
    assert_eq!(list(&client).await.unwrap_err().attempts(), 0);
}

#[tokio::test]
async fn an_endless_limit_is_none() {
    const MAX: Duration = Duration::MAX;
    let world =
        World::with(|builder| builder.connect_timeout(MAX).attempt_timeout(MAX).call_timeout(MAX))
            .await;
    assert_eq!(list(&world.client).await.unwrap(), 1);
    let client = world.client.with_options(CallOptions::new().with_timeout(MAX));
    assert_eq!(list(&client).await.unwrap(), 1);

    let direct = Inner::new(Direct::new(world.sandbox.api_key()));
    let direct = direct.with_options(CallOptions::new().with_timeout(MAX));
    let url = format!("{}/v2", world.sandbox.base_url());
    let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
    let client = synctera::v2::Client::new_with_client(&url, http, direct);
    assert!(client.list_persons(&Default::default()).await.unwrap().persons.is_empty());
}

/// Where a backlog that is full drops who knocks.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn connecting_has_its_time_and_sends_nothing() {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut crowd = Vec::new();
    // As many as it takes until one hangs.
    while let Ok(stream) = tokio::time::timeout(200 * MS, TcpStream::connect(address)).await {
        crowd.push(stream.unwrap());
    }
    let client = Synctera::builder("k")
        .base_url(format!("http://{address}"))
        .connect_timeout(50 * MS)
        .retries(Retries::none())
        .build()
        .unwrap();
    let error = list(&client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect, "{error}");
}

#[tokio::test]
async fn what_the_platform_asks_to_wait_is_waited_in_every_form() {
    let clock = ManualClock::skipping_waits(now());
    let set = clock.clone();
    let world = World::with(|builder| builder.clock(set)).await;
    // The clock is there in the first round.
    let date = httpdate::fmt_http_date((now() + SECOND * 2).into());
    for (answer, asked) in [
        (Fault::Answer(429, header("retry-after", &date), ""), 2),
        (Fault::Answer(429, &[("retry-after", "1")], ""), 1),
        (Fault::Answer(429, &[], r#"{"code":"TOO_MANY_REQUESTS","retry_after":1}"#), 1),
        (Fault::Answer(429, &[], ""), 0),
        (Fault::Answer(429, &[("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT")], ""), 0),
        (Fault::Answer(429, &[("retry-after", "soon")], ""), 0),
    ] {
        world.recorder.next([Some(answer.clone())]);
        assert_eq!(list(&world.client).await.unwrap(), 2);
        let waited: Duration = clock.take_waits().iter().sum();
        let own = MS; // What the client waits by itself.
        let asked = SECOND * asked;
        assert!((asked..=asked + own).contains(&waited), "{answer:?}: {waited:?}");
    }
}

#[tokio::test]
async fn nobody_waits_longer_than_a_call_may_take() {
    let world = World::new().await;
    let (later, never) =
        (header("retry-after", "3600"), header("retry-after", &u64::MAX.to_string()));
    for headers in [later, never] {
        world.recorder.next([Some(Fault::Answer(429, headers, ""))]);
        let error = list(&world.client).await.unwrap_err();
        assert_eq!((error.attempts(), error.kind()), (1, ErrorKind::Api));
        assert_eq!(
            error.retry_after().map(|wait| wait.as_secs().to_string()).as_deref(),
            Some(headers[0].1)
        );
        assert!(error.to_string().contains("longer than the time left"), "{error}");
        assert!(error.is_retryable());
    }
}

#[tokio::test]
async fn an_outage_is_not_made_worse() {
    let retries = at_once(3).budget(50, 1);
    let world = World::with(|builder| builder.retries(retries)).await;
    world.recorder.all(|_| Some(BROKEN));
    let calls: u32 = 40;
    let mut last = String::new();
    for _ in 0..calls {
        last = list(&world.client.clone()).await.unwrap_err().to_string();
    }
    let sent = u32::try_from(world.recorder.take().len()).unwrap();
    // One a second for ten seconds; a slow machine may begin a second ten of them.
    assert!((calls + 10..calls + 30).contains(&sent), "{sent} requests");
    assert!(last.contains("the retry budget is spent"), "{last}");
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_asked_for_again() {
    let world = World::new().await;
    let body = NewPerson::new(true, PersonStatus::Prospect);
    for fault in [
        Fault::CutAnswer,
        Fault::Garble("<html>back soon</html>"),
        Fault::Garble(r#"{"id":"7d943c51-"#),
        Fault::Garble(""),
    ] {
        world.recorder.next([Some(fault.clone())]);
        let person = world.client.api().create_person(&body).await.unwrap();
        assert_eq!(person.attempts(), 2, "{fault:?}");
    }
    assert_eq!(
        world.client.api().list_persons(&Default::default()).await.unwrap().persons.len(),
        4,
        "made once each"
    );

    let impatient = World::with(|builder| builder.retries(Retries::none())).await;
    impatient.recorder.next([Some(Fault::CutAnswer)]);
    let error = impatient.client.api().create_person(&body).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Interrupted);
    assert_eq!(error.status().unwrap().as_u16(), 201);
    impatient.recorder.next([Some(Fault::Garble("<html>back soon</html>"))]);
    let error = impatient.client.api().create_person(&body).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(!error.to_string().contains("html"), "{error}");
}

#[tokio::test]
async fn an_earlier_attempt_under_the_same_key_is_waited_for() {
    let world = World::new().await;
    let body = NewPerson::new(true, PersonStatus::Prospect);
    let in_use = r#"{"code":"IDEMPOTENCY_CONCURRENT_USE"}"#;
    world.recorder.next([409, 422].map(|status| Some(Fault::Answer(status, &[], in_use))));
    assert_eq!(world.client.api().create_person(&body).await.unwrap().attempts(), 3);

    let reused = Fault::Answer(422, &[], r#"{"code":"IDEMPOTENCY_INVALID_REUSE"}"#);
    world.recorder.next([Some(reused)]);
    let error = world.client.api().create_person(&body).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::KeyReused, 1));
    assert!(error.to_string().contains("use a new key"), "{error}");
}

#[tokio::test]
async fn a_pace_is_kept() {
    let clock = ManualClock::skipping_waits(now());
    let (limit, set) = (RateLimit::per_second(1).burst(2), clock.clone());
    let world = World::with(|builder| builder.rate_limit(limit).clock(set)).await;
    let started = Instant::now();
    for _ in 0..7 {
        list(&world.client.clone()).await.unwrap();
    }
    let waits = clock.take_waits();
    assert_eq!(waits.len(), 5, "two at once, and five turns a second apart: {waits:?}");
    assert!(waits.iter().all(|wait| *wait <= SECOND), "{waits:?}");
    assert!(waits.iter().sum::<Duration>() + started.elapsed() >= SECOND * 5, "{waits:?}");
}

#[tokio::test]
async fn what_the_platform_asks_of_one_call_holds_back_all() {
    let clock = ManualClock::new(now());
    let (limit, set) = (RateLimit::per_second(100).burst(10), clock.clone());
    let world = World::with(|builder| builder.rate_limit(limit).clock(set)).await;
    world.recorder.next([Some(Fault::Answer(429, &[("retry-after", "40")], ""))]);
    let (one, other, ()) = tokio::join!(
        list(&world.client),
        async {
            clock.sleeping(1).await;
            list(&world.client).await
        },
        async {
            clock.sleeping(2).await;
            assert_eq!(world.recorder.take().len(), 1, "the other call waits, too");
            clock.advance(SECOND * 40);
        }
    );
    assert_eq!((one.unwrap(), other.unwrap()), (2, 1));
    let waits = clock.take_waits();
    assert_eq!((waits.len(), waits[0]), (2, SECOND * 40), "{waits:?}");

    world.recorder.next([Some(Fault::Answer(429, &[("retry-after", "3600")], ""))]);
    assert_eq!(list(&world.client).await.unwrap_err().status().unwrap().as_u16(), 429);
    world.recorder.take();
    let error = list(&world.client).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::RateLimited, 0));
    assert!(world.recorder.take().is_empty(), "nothing was sent");
}
