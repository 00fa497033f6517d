//! One table says what an outcome means for a retry: the transport and the error agree on all of it.

use std::sync::LazyLock;
use std::time::Duration;

use synctera::types::{NewMonitoringSubscription, NewPerson, PersonStatus};
use synctera::{Answer, Error, ErrorKind, Failure, FailureKind, Retries, RetryClass, Synctera};
use synctera_tests::scripted::{Scripted, answer};

/// The bodies of errors whose code says more than the status.
const BODIES: [&str; 5] = [
    "",
    "<html>",
    r#"{"code":"IDEMPOTENCY_CONCURRENT_USE"}"#,
    r#"{"code":"IDEMPOTENCY_INVALID_REUSE"}"#,
    r#"{"code":"INSUFFICIENT_FUNDS"}"#,
];
/// Bodies of a success that are not what the document promises.
const GARBLED: [&str; 4] = ["", "<html>", r#"{"id":"#, r#"{"id":7}"#];
const FAILURES: [FailureKind; 7] = [
    FailureKind::Configuration,
    FailureKind::Refused,
    FailureKind::RateLimited,
    FailureKind::Connect,
    FailureKind::Timeout,
    FailureKind::Interrupted,
    FailureKind::ResponseTooLarge,
];

/// An outcome by its name.
type Script = (String, Box<dyn Fn() -> Result<Answer, Failure> + Send + Sync>);

fn scripts() -> Vec<Script> {
    let mut scripts: Vec<Script> = Vec::new();
    for status in (100..600).filter(|status| !(200..300).contains(status)) {
        for body in BODIES {
            let script = move || Ok(answer(status, &[], body));
            scripts.push((format!("{status} {body}"), Box::new(script)));
        }
    }
    for status in [200, 201, 202, 299] {
        for body in GARBLED {
            let script = move || Ok(answer(status, &[], body));
            scripts.push((format!("{status} {body}"), Box::new(script)));
        }
    }
    for kind in FAILURES {
        let script = move || Err(Failure::new(kind, "on request"));
        scripts.push((format!("{kind:?}"), Box::new(script)));
    }
    scripts
}

fn retries() -> Retries {
    Retries::max_retries(1).waits(Duration::ZERO, Duration::ZERO).without_budget()
}

fn client(transport: &Scripted, retries: Retries) -> Synctera {
    // One for all: it takes longer to make than everything else here.
    static HTTP: LazyLock<reqwest::Client> = LazyLock::new(reqwest::Client::new);
    let builder = Synctera::builder("k").transport(transport.clone()).http_client(HTTP.clone());
    builder.retries(retries).build().unwrap()
}

/// A write of which the document lists the key, and one of which it does not.
async fn listed(client: &Synctera) -> Error {
    let body = NewPerson::new(true, PersonStatus::Prospect);
    client.api().create_person(&body).idempotency_key("k-1").await.unwrap_err()
}

async fn unlisted(client: &Synctera) -> Error {
    let body = NewMonitoringSubscription::default();
    client.api().create_monitoring_subscription(&body).idempotency_key("k-2").await.unwrap_err()
}

#[tokio::test]
async fn the_transport_retries_what_the_error_calls_retryable() {
    let mut classes = std::collections::BTreeMap::<String, usize>::new();
    for (name, script) in scripts() {
        let transport = Scripted::new(move |_| script());
        let careful = client(&transport, retries());
        let bold = client(&transport, retries().all_writes());

        let error = listed(&careful).await;
        let retried = transport.take_attempts() == 2;
        assert_eq!(retried, error.is_retryable(), "{name}: {error}");
        *classes.entry(format!("{:?}", error.retry_class())).or_default() += 1;

        let error = unlisted(&bold).await;
        let retried = transport.take_attempts() == 2;
        assert_eq!(retried, error.retry_class().allows_retry(true), "{name}: {error}");

        // What might act twice is left to the caller, who has the key.
        let error = unlisted(&careful).await;
        let retried = transport.take_attempts() == 2;
        assert_eq!(retried, error.retry_class() == RetryClass::NothingDone, "{name}: {error}");
        assert_eq!(retried, error.retry_class().allows_retry(false), "{name}");
        assert_eq!(retried, error.is_retryable(), "{name}: {error}");
    }
    for (class, least) in [("Final", 1200), ("MayHaveActed", 300), ("NothingDone", 400)] {
        assert!(classes[class] >= least, "{classes:?}");
    }
}

#[tokio::test]
async fn the_table_is_as_documented() {
    use RetryClass::{Final, MayHaveActed, NothingDone};
    for (status, body, class) in [
        (400, BODIES[0], Final),
        (408, BODIES[0], MayHaveActed),
        (499, BODIES[0], MayHaveActed),
        (400, r#"{"code":"REQUEST_CANCELED"}"#, MayHaveActed),
        (409, BODIES[2], NothingDone),
        (422, BODIES[2], NothingDone),
        (422, BODIES[3], Final),
        (422, BODIES[4], Final),
        (429, BODIES[0], NothingDone),
        (500, BODIES[0], MayHaveActed),
        (501, BODIES[0], Final),
        (502, BODIES[1], MayHaveActed),
        (503, BODIES[0], MayHaveActed),
        (504, BODIES[0], MayHaveActed),
        (505, BODIES[0], MayHaveActed),
        (511, BODIES[0], Final),
        (520, BODIES[1], MayHaveActed),
        (200, GARBLED[1], MayHaveActed),
        (200, GARBLED[2], MayHaveActed),
        (200, GARBLED[3], Final),
    ] {
        let transport = Scripted::new(move |_| Ok(answer(status, &[], body)));
        let error = listed(&client(&transport, Retries::none())).await;
        assert_eq!(error.retry_class(), class, "{status} {body}");
    }
    for (kind, class) in FAILURES.into_iter().zip([
        Final,
        Final,
        NothingDone,
        NothingDone,
        MayHaveActed,
        MayHaveActed,
        Final,
    ]) {
        let transport = Scripted::new(move |_| Err(Failure::new(kind, "on request")));
        let error = listed(&client(&transport, Retries::none())).await;
        assert_eq!(error.retry_class(), class, "{kind:?}");
        assert_eq!(format!("{:?}", error.kind()), format!("{kind:?}"));
    }
}

#[tokio::test]
async fn running_out_of_the_own_rate_limit_is_retryable_and_says_what_it_is() {
    let transport = Scripted::new(|_| Ok(answer(200, &[], r#"{"persons":[]}"#)));
    let client = Synctera::builder("k")
        .transport(transport.clone())
        .rate_limit(synctera::RateLimit::per_second(1))
        .call_timeout(Duration::from_millis(100))
        .build()
        .unwrap();
    client.api().list_persons(&Default::default()).await.unwrap();
    let error = client.api().list_persons(&Default::default()).await.unwrap_err();
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::RateLimited, true));
    assert_eq!(error.retry_class(), RetryClass::NothingDone);
    assert!(error.to_string().contains("not sent: the client's own rate limit"), "{error}");
    assert_eq!(transport.take_attempts(), 1);
}
