//! No time, wait or number that a program sets or a server asks for ends in a panic.

use std::time::Duration;

use proptest::prelude::*;
use synctera::{CallOptions, ErrorKind, ManualClock, RateLimit, Retries, Synctera};
use synctera_tests::scripted::{Scripted, answer};
use synctera_tests::world::now;

const MAX: Duration = Duration::MAX;

/// Durations of every size, the ends of the range among them.
fn duration() -> impl Strategy<Value = Duration> {
    prop_oneof![
        Just(Duration::ZERO),
        Just(Duration::from_nanos(1)),
        Just(Duration::from_secs(1)),
        Just(Duration::from_secs(60 * 60 * 24 * 365 * 300)),
        Just(Duration::from_secs(u64::from(u32::MAX))),
        Just(Duration::from_secs(i64::MAX as u64)),
        Just(Duration::from_secs(u64::MAX)),
        Just(MAX),
        any::<u64>().prop_map(Duration::from_millis),
        (any::<u64>(), 0..1_000_000_000_u32).prop_map(|(secs, nanos)| Duration::new(secs, nanos)),
    ]
}

fn count() -> impl Strategy<Value = u32> {
    prop_oneof![Just(0), Just(1), Just(40), Just(u32::MAX - 1), Just(u32::MAX)]
}

/// What a header or a body asks to wait.
fn asked() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        any::<u64>().prop_map(|seconds| seconds.to_string()),
        any::<f64>().prop_map(|seconds| seconds.to_string()),
        any::<u128>().prop_map(|seconds| seconds.to_string()),
        "[0-9]{0,40}\\.[0-9]{0,5}",
        "[ -~]{0,30}",
        Just("Fri, 31 Dec 9999 23:59:59 GMT".to_owned()),
        Just("Thu, 01 Jan 1970 00:00:00 GMT".to_owned()),
    ]
}

#[derive(Clone, Debug)]
struct Setting {
    waits: (Duration, Duration),
    retries: u32,
    timeouts: [Duration; 3],
    per_call: Option<Duration>,
    budget: (u16, u16),
    rate: (u32, u32),
    asked: (String, String),
    status: u16,
}

fn setting() -> impl Strategy<Value = Setting> {
    (
        (duration(), duration()),
        count(),
        [duration(), duration(), duration()],
        proptest::option::of(duration()),
        (any::<u16>(), any::<u16>()),
        (count(), count()),
        (asked(), asked()),
        prop_oneof![Just(503_u16), Just(429)],
    )
        .prop_map(|(waits, retries, timeouts, per_call, budget, rate, asked, status)| {
            Setting { waits, retries, timeouts, per_call, budget, rate, asked, status }
        })
}

/// A call that fails at first, on a clock that skips waits.
async fn call(setting: &Setting) {
    let Setting { asked: (header, body), status, .. } = setting.clone();
    let transport = Scripted::new(move |attempt| {
        if attempt > 3 {
            return Ok(answer(200, &[], r#"{"persons":[]}"#));
        }
        let body = serde_json::json!({"code": "INTERNAL_ERROR", "retry_after": body.clone()});
        Ok(answer(status, &[("retry-after", &header)], body.to_string()))
    });
    let [connect, attempt, call] = setting.timeouts;
    let client = Synctera::builder("k")
        .transport(transport)
        .clock(ManualClock::skipping_waits(now()))
        .connect_timeout(connect)
        .attempt_timeout(attempt)
        .call_timeout(call)
        .rate_limit(RateLimit::per_second(setting.rate.0).burst(setting.rate.1))
        .retries(
            Retries::max_retries(setting.retries)
                .waits(setting.waits.0, setting.waits.1)
                .budget(setting.budget.0, setting.budget.1),
        )
        .build()
        .unwrap();
    let options = setting.per_call.map(|time| CallOptions::new().with_timeout(time));
    let client = options.map_or_else(|| client.clone(), |options| client.with_options(options));
    for _ in 0..3 {
        if let Err(error) = client.api().list_persons(&Default::default()).await {
            let expected = [ErrorKind::Api, ErrorKind::Timeout, ErrorKind::RateLimited];
            assert!(expected.contains(&error.kind()), "{error}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn nothing_that_can_be_set_or_asked_for_panics(setting in setting()) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(call(&setting));
    }
}

#[tokio::test]
async fn waits_without_end_end_the_call_with_the_reason() {
    let transport = Scripted::new(|_| Ok(answer(503, &[], "")));
    let client = Synctera::builder("k")
        .transport(transport.clone())
        .retries(Retries::max_retries(3).waits(MAX, MAX))
        .build()
        .unwrap();
    let error = client.api().list_persons(&Default::default()).await.unwrap_err();
    assert_eq!((error.status().unwrap().as_u16(), error.attempts()), (503, 1));
    assert!(error.to_string().contains("longer than the time left"), "{error}");
}

#[tokio::test]
async fn what_a_server_asks_for_is_read_as_it_is_meant() {
    for (headers, body, seconds, attempts) in [
        (&[("retry-after", "18446744073709551616")][..], "", u64::MAX, 1),
        (&[("retry-after", "99999999999999999999999999.5")], "", u64::MAX, 1),
        (&[("retry-after", "1.5")], "", 2, 2),
        (&[("retry-after", "Tue, 24 Nov 2026 14:00:30 GMT")], "", 30, 2),
        (&[("retry-after", "Tue, 24 Nov 2026 15:00:00 GMT")], "", 3600, 1),
        (&[], r#"{"retry_after":1.5}"#, 2, 2),
        (&[], r#"{"retry_after":"1.2"}"#, 2, 2),
        (&[], r#"{"retry_after":18446744073709551616}"#, u64::MAX, 1),
        (&[], r#"{"retry_after":1e400}"#, u64::MAX, 1),
        (&[("retry-after", "7")], r#"{"retry_after":9}"#, 7, 2),
        (&[("retry-after", "soon")], r#"{"retry_after":9}"#, 9, 2),
    ] {
        let transport = Scripted::new(move |_| Ok(answer(429, headers, body)));
        let clock = ManualClock::skipping_waits(now());
        let client = Synctera::builder("k")
            .transport(transport)
            .clock(clock.clone())
            .retries(Retries::max_retries(1).waits(Duration::ZERO, Duration::ZERO))
            .build()
            .unwrap();
        let error = client.api().list_persons(&Default::default()).await.unwrap_err();
        assert_eq!(error.attempts(), attempts, "{headers:?} {body}");
        let waits = clock.take_waits();
        if attempts == 1 {
            assert!(error.to_string().contains("longer than the time left"), "{error}");
            assert!(waits.is_empty());
            assert_eq!(error.retry_after(), Some(Duration::from_secs(seconds)));
        } else {
            assert_eq!(waits, [Duration::from_secs(seconds)], "{headers:?} {body}");
        }
    }
    for absent in ["-1", "-1.5", "soon", "NaN", ""] {
        let transport = Scripted::new(move |_| Ok(answer(429, &[("retry-after", absent)], "")));
        let client = Synctera::builder("k").transport(transport).retries(Retries::none());
        let client = client.build().unwrap();
        let error = client.api().list_persons(&Default::default()).await.unwrap_err();
        assert_eq!(error.retry_after(), None, "{absent}");
    }
}
