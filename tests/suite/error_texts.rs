//! What an error says: enough to find the cause, and nothing that a server could forge with it.

use std::error::Error as _;

use synctera::types::{NewPerson, PersonStatus};
use synctera::{DocumentId, Error, ErrorKind, OnboardCustomer, Retries, Synctera};
use synctera_tests::scripted::{Scripted, answer};
use synctera_tests::stub::Stub;
use synctera_tests::world::ada;
use synctera_tests::{Fault, World, tls};

fn client_of(base_url: &str) -> Synctera {
    Synctera::builder("k").base_url(base_url).retries(Retries::none()).build().unwrap()
}

fn id<T: std::str::FromStr>() -> T {
    "7d943c51-e4ff-4e57-9558-08cab6b963c7".parse().ok().unwrap()
}

async fn read(client: &Synctera) -> Error {
    client.api().list_persons(&Default::default()).await.unwrap_err()
}

async fn write(client: &Synctera) -> Error {
    let body = NewPerson::new(true, PersonStatus::Prospect);
    client.api().create_person(&body).await.unwrap_err()
}

/// Every text of an error: its own, and those of its causes.
fn texts(error: &Error) -> Vec<String> {
    let mut texts = vec![error.to_string(), format!("{error:?}"), format!("{:?}", error.problem())];
    let mut cause = error.source();
    while let Some(error) = cause {
        texts.extend([error.to_string(), format!("{error:?}")]);
        cause = error.source();
    }
    texts
}

fn assert_safe(error: &Error) {
    for text in texts(error) {
        let is_unsafe = |c: char| {
            c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        };
        assert!(!text.contains(is_unsafe), "{text:?}");
        assert!(text.len() < 30_000, "{} bytes", text.len());
    }
}

#[tokio::test]
async fn a_connection_that_fails_names_host_and_port() {
    let error = read(&client_of("http://127.0.0.1:9")).await;
    assert_eq!(error.kind(), ErrorKind::Connect);
    let text = error.to_string();
    assert!(
        text.starts_with("list_persons: no connection: connecting to 127.0.0.1:9 failed: "),
        "{text}"
    );
    assert!(text.to_lowercase().contains("connection refused"), "{text}");
    assert_safe(&error);

    let error = read(&client_of("https://no-such-host.invalid/path")).await;
    assert!(error.to_string().contains("connecting to no-such-host.invalid:443 failed"), "{error}");
}

#[tokio::test]
async fn a_tls_handshake_that_fails_says_so() {
    // It does not speak TLS.
    let plain = Stub::start().await;
    let address = plain.base_url().strip_prefix("http://").unwrap().to_owned();
    let error = read(&client_of(&format!("https://{address}"))).await;
    assert_eq!(error.kind(), ErrorKind::Connect);
    let expected = format!("no connection: the TLS handshake with {address} failed: ");
    assert!(error.to_string().contains(&expected), "{error}");

    // Its certificate is not trusted.
    let server = tls::Server::start().await;
    let address = server.base_url().strip_prefix("https://").unwrap().to_owned();
    let error = read(&client_of(server.base_url())).await;
    let text = error.to_string();
    assert!(text.contains(&format!("the TLS handshake with {address} failed")), "{text}");
    assert!(text.contains("certificate"), "{text}");
    assert_safe(&error);
}

#[tokio::test]
async fn names_of_a_certificate_are_quoted_safely() {
    let names = (0..500).map(|n| format!("name-{n}\u{1b}[2J\r\n.example.com")).collect();
    let server = tls::Server::named(names).await;
    let client = Synctera::builder("k")
        .base_url(server.base_url())
        .root_certificates(server.certificate())
        .retries(Retries::none())
        .build()
        .unwrap();
    let error = read(&client).await;
    assert!(error.to_string().contains("the TLS handshake with 127.0.0.1:"), "{error}");
    assert_safe(&error);
}

#[tokio::test]
async fn a_connection_that_breaks_names_host_and_port() {
    let world = World::with(|builder| builder.retries(Retries::none())).await;
    let address = world.recorder.base_url().strip_prefix("http://").unwrap().to_owned();
    for (fault, told) in [
        (Fault::LoseRequest, format!("interrupted: the connection to {address} broke: ")),
        (Fault::CutAnswer, format!("interrupted: the answer of {address} broke off: ")),
    ] {
        world.recorder.next([Some(fault)]);
        let error = read(&world.client).await;
        assert_eq!(error.kind(), ErrorKind::Interrupted);
        assert!(error.to_string().contains(&told), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_timeout_says_which_limit_it_was() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let short = std::time::Duration::from_secs(30);
    let set_up = || {
        let builder = Synctera::builder("k").base_url(format!("http://{address}"));
        builder.retries(Retries::none())
    };
    for (client, told) in [
        (set_up().attempt_timeout(short), "within the attempt's 30s"),
        (set_up().call_timeout(short), "within the call's 30s"),
    ] {
        let error = read(&client.build().unwrap()).await;
        assert_eq!(
            error.to_string(),
            format!(
                "list_persons: no answer in time: {address} did not answer {told}; next: call again"
            )
        );
    }
}

#[tokio::test]
async fn what_is_not_json_is_named() {
    const HTML: [(&str, &str); 1] = [("content-type", "text/html; charset=utf-8")];
    for (status, headers, body, told, may_have_acted) in [
        (
            200,
            &HTML[..],
            "<html>back soon</html>",
            "the answer cannot be decoded: text/html instead of JSON",
            true,
        ),
        (
            502,
            &HTML,
            "<html>bad gateway</html>",
            "the server answered 502 Bad Gateway with text/html instead of JSON",
            true,
        ),
        (
            403,
            &HTML,
            "<html>denied</html>",
            "the server answered 403 Forbidden with text/html instead of JSON",
            true,
        ),
        (
            407,
            &HTML,
            "<html>sign in</html>",
            "the server answered 407 Proxy Authentication Required with text/html instead of JSON",
            false,
        ),
        (
            200,
            &[],
            "\u{1f}\u{8b}\u{8}",
            "the answer cannot be decoded: a body without a content type instead of JSON",
            true,
        ),
        (503, &[], "", "the platform answered 503 Service Unavailable", true),
        (
            200,
            &[("content-type", "application/problem+JSON")],
            "{",
            "the answer cannot be decoded: EOF while parsing an object at line 1 column 1",
            true,
        ),
    ] {
        let transport = Scripted::new(move |_| Ok(answer(status, headers, body)));
        let client = Synctera::builder("k").transport(transport).retries(Retries::none());
        let client = client.build().unwrap();
        let text = read(&client).await.to_string();
        let (text, advice) = text.split_once("; next: ").unwrap();
        assert_eq!(text, format!("list_persons: {told}"));
        assert!(!advice.contains("acted"), "{advice}");
        let text = write(&client).await.to_string();
        assert!(text.starts_with(&format!("create_person: {told} [")), "{text}");
        assert_eq!(text.contains("the platform may have acted"), may_have_acted, "{text}");
    }
}

/// A deletion: its answer has no body by the document.
#[tokio::test]
async fn a_web_page_is_no_success_where_no_body_is_promised() {
    let world = World::with(|builder| builder.retries(Retries::none())).await;
    let html = &[("content-type", "Text/HTML; charset=utf-8")];
    let page = || Fault::Answer(200, html, "<html>Please log in</html>");
    for (answer, is_error) in [
        (page(), true),
        (Fault::Answer(200, html, ""), false),
        (Fault::Answer(204, &[], ""), false),
        (Fault::Answer(200, &[("content-type", "application/json")], "{}"), false),
    ] {
        world.recorder.next([Some(answer)]);
        let outcome = world.client.api().delete_webhook_secret(&Default::default()).await;
        assert_eq!(outcome.is_err(), is_error);
        let Err(error) = outcome else { continue };
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert!(error.is_retryable() && error.may_have_acted(), "{error}");
        let text = error.to_string();
        let expected = "delete_webhook_secret: the answer cannot be decoded: Text/HTML where no body is expected";
        assert!(text.starts_with(expected), "{text}");
        assert!(
            text.contains("not from the platform's API; the platform may have acted"),
            "{text}"
        );
    }
    // The transport makes another attempt, as for a page instead of JSON.
    let world = World::with(|builder| builder.retries(at_once())).await;
    world.recorder.next([Some(page()), Some(Fault::Answer(204, &[], ""))]);
    assert_eq!(
        world.client.api().delete_webhook_secret(&Default::default()).await.unwrap().attempts(),
        2
    );
}

/// A file that is streamed: the page of a proxy instead of it is not handed out as its contents.
#[tokio::test]
async fn a_web_page_is_no_file() {
    let world = World::with(|builder| builder.retries(Retries::none())).await;
    let api = world.client.api();
    let page = "<html>Please log in</html>";
    const TYPES: [(&[(&str, &str)], bool); 4] = [
        (&[("content-type", "text/html; charset=utf-8")], true),
        (&[("content-type", "Application/XHTML+xml")], true),
        (&[("content-type", "application/pdf")], false),
        (&[("content-type", "application/octet-stream")], false),
    ];
    for (headers, is_error) in TYPES {
        let media_type = headers[0].1;
        let answer = Fault::Answer(200, headers, page);
        world.recorder.next([Some(answer)]);
        let outcome = api.get_document_contents(id::<DocumentId>()).await;
        let error = match outcome {
            Ok(stream) => {
                assert!(!is_error, "{media_type}");
                assert_eq!(stream.into_inner().collect().await.unwrap(), page);
                continue;
            }
            Err(error) => error,
        };
        assert!(is_error, "{error}");
        assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Decode, true), "{error}");
        let media_type = media_type.split(';').next().unwrap();
        let expected = format!(
            "get_document_contents: the answer cannot be decoded: {media_type} where a file is expected"
        );
        assert!(error.to_string().starts_with(&expected), "{error}");
    }
    // A read is repeated, as with a page instead of JSON.
    let world = World::with(|builder| builder.retries(at_once())).await;
    let html = Fault::Answer(200, &[("content-type", "text/html")], page);
    let file = Fault::Answer(200, &[("content-type", "image/jpeg")], "jpeg");
    world.recorder.next([Some(html), Some(file)]);
    let file = world.client.api().get_document_contents(id::<DocumentId>()).await.unwrap();
    assert_eq!(file.attempts(), 2);
    assert_eq!(file.into_inner().collect().await.unwrap(), "jpeg");
}

fn at_once() -> Retries {
    Retries::max_retries(1).waits(std::time::Duration::ZERO, std::time::Duration::ZERO)
}

#[tokio::test]
async fn no_text_of_a_server_forges_a_line_or_floods_a_log() {
    let hostile =
        format!("{}\u{1b}[2J\r\nERROR forged \u{202e}txt\u{2066}\u{2028}", "x".repeat(20));
    let long = hostile.repeat(20_000);
    let many: Vec<&str> = vec![&hostile; 300];
    let invalid: std::collections::BTreeMap<String, &str> =
        (0..300).map(|n| (format!("{n}{hostile}"), &*hostile)).collect();
    let bodies = [
        serde_json::json!({"code": hostile, "detail": long, "missing": many}),
        serde_json::json!({"type": hostile, "title": hostile, "invalid": invalid}),
        serde_json::json!({"detail": hostile, "immutable": many, "valid_status": many}),
        // A success that does not fit.
        serde_json::json!({"persons": [{&hostile: {}, "id": hostile}]}),
        serde_json::json!({"persons": {&long: 7}}),
        serde_json::json!({&hostile: {&hostile: 7}}),
    ];
    for status in [200, 400, 502] {
        for body in &bodies {
            let headers = [
                ("x-request-id", "r".repeat(10_000)),
                ("content-type", format!("text/{}", "y".repeat(10_000))),
            ];
            let body = body.to_string();
            let transport = Scripted::new(move |_| {
                let headers: Vec<_> = headers.iter().map(|(name, text)| (*name, &**text)).collect();
                Ok(answer(status, &headers, body.clone()))
            });
            let client = Synctera::builder("k").transport(transport).retries(Retries::none());
            let error = read(&client.build().unwrap()).await;
            assert_safe(&error);
        }
    }
}

#[tokio::test]
async fn a_hint_of_ours_is_not_masked_and_a_value_is() {
    let world = World::new().await;
    let request = OnboardCustomer::new(ada().email("ada@").ssn("123")).consented();
    let error = world.client.onboard_customer(&request).await.unwrap_err();
    let text = error.to_string();
    assert!(text.contains("email must look like name@example.com"), "{text}");

    let body = r#"{"code":"BAD_REQUEST_BODY","invalid":{"email":"ada@example.com is taken"}}"#;
    world.recorder.next([Some(Fault::Answer(400, &[], body))]);
    let text = read(&world.client).await.to_string();
    assert!(text.contains("email (*** is taken)"), "{text}");
}
