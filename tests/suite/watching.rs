//! What of a call can be seen in the logs: OpenTelemetry's names, and nothing of anybody.

use std::collections::BTreeMap;
use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use synctera::types::{NewPerson, PersonStatus};
use synctera::{CallOptions, ErrorKind, OnboardCustomer, PersonId, Retries, Synctera};
use synctera_tests::endless::Endless;
use synctera_tests::scripted::{Scripted, answer};
use synctera_tests::world::ada;
use synctera_tests::{Fault, World};
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::fmt::format::FmtSpan;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// Hears what this thread says.
    fn begin() -> (Self, DefaultGuard) {
        let log = Self::default();
        let sink = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .without_time()
            .with_span_events(FmtSpan::CLOSE)
            .with_writer(move || sink.clone())
            .finish();
        (log, tracing::subscriber::set_default(subscriber))
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    /// The fields of the spans of this name that ended, in order.
    fn spans(&self, name: &str) -> Vec<BTreeMap<String, String>> {
        let text = self.text();
        let lines = text.lines().filter(|line| line.ends_with(": synctera: close"));
        lines
            .filter_map(|line| {
                // The innermost span is the one that ends.
                let start = line.rfind("synctera.call{").max(line.rfind("synctera.attempt{"))?;
                let fields = line[start..].strip_prefix(name)?.strip_prefix('{')?;
                let fields = &fields[..fields.find("}:")?];
                Some(
                    fields
                        .split(' ')
                        .filter_map(|field| field.split_once('='))
                        .map(owned)
                        .collect(),
                )
            })
            .collect()
    }
}

fn owned((name, value): (&str, &str)) -> (String, String) {
    (name.to_owned(), value.trim_matches('"').to_owned())
}

#[tokio::test]
async fn a_call_and_its_attempts_have_spans_with_the_usual_names() {
    let world = World::new().await;
    let holder = world.customer().await;
    let (log, _guard) = Log::begin();
    world
        .recorder
        .next([Some(Fault::Answer(503, &[("retry-after", "0")], "")), Some(Fault::LoseAnswer)]);
    world.client.api().get_person(holder).await.unwrap();
    drop(_guard);

    let calls = log.spans("synctera.call");
    let [call] = calls.as_slice() else { panic!("{calls:?}") };
    for (field, value) in [
        ("synctera.operation", "get_person"),
        ("otel.kind", "internal"),
        ("http.request.method", "GET"),
        ("url.template", "/persons/{person_id}"),
        ("server.address", "127.0.0.1"),
        ("synctera.attempts", "3"),
        ("http.response.status_code", "200"),
    ] {
        assert_eq!(call.get(field).map(String::as_str), Some(value), "{field} of {call:?}");
    }
    assert!(!call.contains_key("error.type") && call.contains_key("server.port"));

    let attempts = log.spans("synctera.attempt");
    let told: Vec<_> = attempts
        .iter()
        .map(|one| {
            let field = |name: &str| one.get(name).map(String::as_str);
            let status = field("http.response.status_code");
            (field("http.request.resend_count"), status, field("error.type"))
        })
        .collect();
    assert_eq!(
        told,
        [
            (None, Some("503"), Some("503")),
            (Some("1"), None, Some("interrupted")),
            (Some("2"), Some("200"), None)
        ]
    );
    let text = log.text();
    assert!(!text.contains(&holder.to_string()), "paths are not filled in");
    assert!(text.contains("retrying"));
}

/// The value of a field in each span of a name.
fn field(log: &Log, span: &str, name: &str) -> Vec<Option<String>> {
    log.spans(span).iter().map(|fields| fields.get(name).cloned()).collect()
}

#[tokio::test]
async fn spans_have_the_ids_by_which_a_call_is_found_again() {
    let transport = Scripted::new(|attempt| {
        let id = format!("r-{attempt}");
        Ok(answer(if attempt % 2 == 1 { 503 } else { 200 }, &[("x-request-id", &id)], "{}"))
    });
    let client = Synctera::builder("k")
        .transport(transport)
        .retries(Retries::default().waits(Duration::ZERO, Duration::ZERO))
        .build()
        .unwrap();
    let body = NewPerson::new(true, PersonStatus::Prospect);
    let (log, _guard) = Log::begin();
    // None of them answers what is promised.
    client.api().create_person(&body).idempotency_key("order-17").await.unwrap_err();
    let made = client.api().create_person(&body).await.unwrap_err();
    client.api().list_persons(&Default::default()).await.unwrap_err();
    drop(_guard);

    let some = |text: &str| Some(text.to_owned());
    let keys = field(&log, "synctera.call", "synctera.idempotency_key");
    let made = made.idempotency_key().map(str::to_owned);
    assert_eq!(keys, [some("order-17"), made, None], "{}", log.text());
    let ids = field(&log, "synctera.call", "synctera.request_id");
    assert_eq!(ids, ["r-2", "r-4", "r-6"].map(some));
    let counts = field(&log, "synctera.call", "synctera.attempts");
    assert_eq!(counts, ["2", "2", "2"].map(some));
    let ids = field(&log, "synctera.attempt", "synctera.request_id");
    assert_eq!(ids, ["r-1", "r-2", "r-3", "r-4", "r-5", "r-6"].map(some));
}

/// With a clock that passes when there is nothing else to do.
#[tokio::test(start_paused = true)]
async fn a_request_id_is_kept_when_the_answer_does_not_end() {
    let head = "HTTP/1.1 200 OK\r\nx-request-id: r-1\r\ncontent-length: 1000\r\n\r\n{";
    let server = Endless::start(head, "").await;
    let client = Synctera::builder("k")
        .base_url(server.base_url())
        .attempt_timeout(Duration::from_secs(60))
        .retries(Retries::none())
        .build()
        .unwrap();
    let (log, _guard) = Log::begin();
    let error = client.api().list_persons(&Default::default()).await.unwrap_err();
    drop(_guard);
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    assert_eq!((error.request_id(), error.status().unwrap().as_u16()), (Some("r-1"), 200));
    assert!(error.to_string().contains("did not end within the attempt's 60s"), "{error}");
    let ids = field(&log, "synctera.call", "synctera.request_id");
    assert_eq!(ids, [Some("r-1".to_owned())]);
}

#[tokio::test]
async fn what_fails_is_told_by_its_kind() {
    let world = World::with(|builder| builder.retries(Retries::none())).await;
    let nobody: PersonId = "00000000-0000-4000-8000-000000000000".parse().unwrap();
    let (log, _guard) = Log::begin();
    world.client.api().get_person(nobody).await.unwrap_err();
    let hurried = CallOptions::new().with_timeout(Duration::ZERO);
    world.client.with_options(hurried).api().get_person(nobody).await.unwrap_err();
    let errors: Vec<_> =
        log.spans("synctera.call").iter().map(|call| call["error.type"].clone()).collect();
    assert_eq!(errors, ["404", "timeout"], "{}", log.text());
}

#[tokio::test]
async fn a_journey_is_seen_and_nothing_of_the_customer() {
    let world = World::new().await;
    let (log, _guard) = Log::begin();
    let request = OnboardCustomer::new(ada())
        .consented()
        .ip_address("203.0.113.7".parse::<IpAddr>().unwrap());
    world.client.onboard_customer(&request).key("signup-8841").await.unwrap();
    assert!(log.spans("synctera.call").len() >= 2);
    let text = log.text();
    for secret in ["Byron", "456-78", "203.0.113.7", "sandbox-key", "signup-8841", "1985"] {
        assert!(!text.contains(secret), "{secret}");
    }
}
