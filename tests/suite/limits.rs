//! Whatever a server sends, a client reads and keeps no more of it than its limits say.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::StreamExt;
use synctera::{
    Answer, Builder, DocumentId, Error, ErrorCode, ErrorKind, Limits, PersonId, Retries, Synctera,
};
use synctera_tests::endless::{BUFFERED_MAX, Endless};
use synctera_tests::scripted::{Scripted, answer};

const MIB: usize = 1024 * 1024;
const PIECE: usize = 16 * 1024;
const MINUTE: Duration = Duration::from_secs(60);
/// The beginning of a person that goes on with a long name.
const PERSON: &str = r#"{"id":"7d943c51-e4ff-4e57-9558-08cab6b963c7","first_name":""#;
const REFUSAL: &str = r#"{"code":"RESOURCE_NOT_FOUND","missing":["dob"],"detail":"no: "#;

fn id<T: std::str::FromStr>() -> T {
    "7d943c51-e4ff-4e57-9558-08cab6b963c7".parse().ok().unwrap()
}

fn builder() -> Builder {
    Synctera::builder("k").retries(Retries::none())
}

fn client_of(server: &Endless, limits: Limits) -> Synctera {
    builder().base_url(server.base_url()).limits(limits).build().unwrap()
}

async fn get(client: &Synctera) -> Result<(), Error> {
    client.api().get_person(id::<PersonId>()).await.map(drop)
}

#[tokio::test]
async fn a_success_without_end_ends_in_a_typed_error() {
    for limits in [Limits::new(), Limits::new().success_body(3 * MIB)] {
        let server = Endless::json(200, PERSON).await;
        let error = get(&client_of(&server, limits)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ResponseTooLarge, "{error}");
        assert_eq!(error.status().unwrap().as_u16(), 200);
        assert!(!error.is_retryable());
        let limit = if limits == Limits::new() { 64 * MIB } else { 3 * MIB };
        assert!(
            error.to_string().contains(&format!("{limit} bytes (Limits::success_body)")),
            "{error}"
        );
        assert!(server.sent() < limit + BUFFERED_MAX, "{} bytes", server.sent());
    }
}

#[tokio::test]
async fn a_success_too_long_is_not_asked_for_again() {
    let server = Endless::json(200, PERSON).await;
    let client = Synctera::builder("k")
        .base_url(server.base_url())
        .limits(Limits::new().success_body(PIECE))
        .build()
        .unwrap();
    assert_eq!(get(&client).await.unwrap_err().attempts(), 1);
}

#[tokio::test]
async fn a_length_that_is_too_long_is_not_waited_for() {
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        100_u64 << 30
    );
    // Nothing comes after the head.
    let server = Endless::start(head, "").await;
    let error = get(&client_of(&server, Limits::new())).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ResponseTooLarge, "{error}");
}

#[tokio::test]
async fn an_error_without_end_is_cut_off_and_still_that_error() {
    for (limits, limit) in
        [(Limits::new(), 64 * 1024), (Limits::new().error_body(MIB).quoted_text(20), MIB)]
    {
        let server = Endless::json(404, REFUSAL).await;
        let error = get(&client_of(&server, limits)).await.unwrap_err();
        assert_eq!((error.kind(), error.status().unwrap().as_u16()), (ErrorKind::Api, 404));
        assert_eq!(error.code(), Some(&ErrorCode::ResourceNotFound));
        assert_eq!(error.missing(), ["dob"]);
        let detail = error.detail().unwrap();
        assert!(detail.starts_with("no: xxx") && detail.len() > limit - 200, "{}", detail.len());
        assert!(server.sent() < limit + BUFFERED_MAX, "{} bytes", server.sent());
        let shown = if limit == MIB { 20 } else { 500 };
        let text = error.to_string();
        assert!(text.contains(&"x".repeat(shown - 4)) && text.len() < shown + 250, "{text}");
        assert!(text.contains("more characters"), "{text}");
    }
    // Not JSON: the status is all there is.
    let server = Endless::json(502, "<html>").await;
    let error = get(&client_of(&server, Limits::new())).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Api, None));
}

/// Exactly what is taken from the HTTP client, a piece of 16 KiB at a time.
#[tokio::test]
async fn no_more_than_the_limit_and_a_piece_is_read() {
    for (status, limits, limit) in [
        (200, Limits::new(), 64 * MIB),
        (200, Limits::new().success_body(5 * PIECE), 5 * PIECE),
        (200, Limits::new().success_body(0), 0),
        (404, Limits::new(), 64 * 1024),
        (404, Limits::new().error_body(10 * PIECE + 1), 10 * PIECE + 1),
        (429, Limits::new().error_body(0), 0),
        (500, Limits::new().error_body(100), 100),
    ] {
        let read = Arc::new(AtomicUsize::new(0));
        let counter = read.clone();
        let transport = Scripted::new(move |_| {
            let counter = counter.clone();
            let pieces = futures_util::stream::repeat_with(move || {
                counter.fetch_add(PIECE, Ordering::Relaxed);
                Ok::<_, std::io::Error>(vec![b'x'; PIECE])
            });
            let mut response = http::Response::new(reqwest::Body::wrap_stream(pieces));
            *response.status_mut() = http::StatusCode::from_u16(status).unwrap();
            Ok(Answer::new(response.into()))
        });
        let client = builder().limits(limits).transport(transport).build().unwrap();
        let error = get(&client).await.unwrap_err();
        let kind = if status == 200 { ErrorKind::ResponseTooLarge } else { ErrorKind::Api };
        assert_eq!((error.kind(), error.status().unwrap().as_u16()), (kind, status));
        let read = read.load(Ordering::Relaxed);
        assert!(read <= limit + 2 * PIECE, "{read} bytes of {limit} for {status}");
    }
}

#[tokio::test]
async fn a_body_that_a_transport_has_read_is_held_to_the_limits_too() {
    let transport = Scripted::new(|attempt| {
        let status = if attempt == 1 { 200 } else { 404 };
        Ok(answer(status, &[], format!("{REFUSAL}{}\"}}", "x".repeat(100_000))))
    });
    let limits = Limits::new().success_body(50_000).error_body(1000);
    let client = builder().limits(limits).transport(transport).build().unwrap();
    assert_eq!(get(&client).await.unwrap_err().kind(), ErrorKind::ResponseTooLarge);
    let error = get(&client).await.unwrap_err();
    assert_eq!(error.code(), Some(&ErrorCode::ResourceNotFound));
    assert!(error.detail().unwrap().len() < 1000);
}

#[tokio::test]
async fn what_comes_after_a_204_is_not_read() {
    let head = "HTTP/1.1 204 No Content\r\ncontent-type: application/json\r\n\
                transfer-encoding: chunked\r\n\r\n";
    let server = Endless::start(head, format!("4000\r\n{}\r\n", "x".repeat(PIECE))).await;
    let client = client_of(&server, Limits::new());
    client.api().delete_webhook_secret(&Default::default()).await.unwrap();
    assert!(server.sent() < BUFFERED_MAX, "{} bytes", server.sent());
}

#[tokio::test]
async fn a_success_without_content_is_bounded_too() {
    let server = Endless::json(200, "{").await;
    let client = client_of(&server, Limits::new().success_body(MIB));
    let error = client.api().delete_webhook_secret(&Default::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ResponseTooLarge, "{error}");
    assert!(server.sent() < MIB + BUFFERED_MAX);
}

#[tokio::test]
async fn a_head_without_end_is_refused() {
    for piece in [format!("x-filler: {}\r\n", "x".repeat(8000)), "x: y\r\n".to_owned()] {
        let server = Endless::start("HTTP/1.1 200 OK\r\n", piece).await;
        let error = get(&client_of(&server, Limits::new())).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Interrupted, "{error}");
        assert!(server.sent() < BUFFERED_MAX, "{} bytes", server.sent());
    }
}

#[tokio::test]
async fn interim_answers_without_end_end_with_the_attempts_time() {
    let server = Endless::start("", "HTTP/1.1 103 Early Hints\r\nx: y\r\n\r\n").await;
    let client = builder().base_url(server.base_url()).attempt_timeout(MINUTE).build().unwrap();
    let passing = async {
        server.has_sent(PIECE).await;
        tokio::time::pause();
        tokio::time::advance(MINUTE).await;
    };
    let (outcome, ()) = tokio::join!(get(&client), passing);
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Timeout);
}

#[tokio::test]
async fn trailers_and_chunk_extensions_without_end_are_refused() {
    let head = "HTTP/1.1 404 Not Found\r\ntransfer-encoding: chunked\r\n\r\n";
    for (beginning, piece) in [
        (format!("{head}2\r\n{{}}\r\n0\r\n"), "x-filler: yyyyyyyyyyyyyyyyyyyyyyyy\r\n"),
        (format!("{head}2;"), "extension=xxxxxxxxxxxxxxxxxxxxxxx;"),
    ] {
        let server = Endless::start(beginning, piece).await;
        let error = get(&client_of(&server, Limits::new())).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Interrupted, "{error}");
        assert!(server.sent() < BUFFERED_MAX, "{} bytes", server.sent());
    }
}

#[tokio::test]
async fn a_download_is_collected_up_to_its_limit() {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/pdf\r\n\
                transfer-encoding: chunked\r\n\r\n";
    let server = Endless::start(head, format!("4000\r\n{}\r\n", "x".repeat(PIECE))).await;
    for (limits, limit) in
        [(Limits::new(), 64 * MIB), (Limits::new().download(MIB).success_body(1), MIB)]
    {
        let (client, before) = (client_of(&server, limits), server.sent());
        let stream = client.api().get_document_contents(id::<DocumentId>()).await.unwrap();
        let error = stream.into_inner().collect().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ResponseTooLarge, "{error}");
        assert_eq!(error.operation(), "get_document_contents");
        assert_eq!(error.status().unwrap().as_u16(), 200);
        assert!(error.to_string().contains("Limits::download"), "{error}");
        assert!(server.sent() - before < limit + BUFFERED_MAX, "{} bytes", server.sent());
    }
    // Piece by piece there is no limit.
    let client = client_of(&server, Limits::new().download(0));
    let stream = client.api().get_document_contents(id::<DocumentId>()).await.unwrap();
    let mut stream = stream.into_inner();
    let mut read = 0;
    while read < MIB {
        read += stream.next().await.unwrap().unwrap().len();
    }
}

#[tokio::test]
async fn a_larger_download_can_be_asked_for() {
    let transport = Scripted::new(|_| Ok(answer(200, &[], vec![7; 1000])));
    let limits = Limits::new().download(999);
    let client = builder().limits(limits).transport(transport).build().unwrap();
    let stream =
        async || client.api().get_document_contents(id::<DocumentId>()).await.unwrap().into_inner();
    assert!(stream().await.collect().await.is_err());
    assert_eq!(stream().await.collect_up_to(1000).await.unwrap(), vec![7; 1000]);
    let error = stream().await.collect_up_to(500).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ResponseTooLarge);
}

/// A stack is a limit too.
#[tokio::test]
async fn nested_json_of_any_depth_is_read_or_refused() {
    let depth = 200_000;
    let deep = ["[", "{\"a\":"].map(|open| open.repeat(depth));
    for nested in deep {
        for body in [
            nested.clone(),
            format!(r#"{{"nobody_knows_it":{nested}"#),
            format!(r#"{{"metadata":{nested}"#),
            format!(r#"{{"id":{nested}"#),
            format!(r#"{{"invalid":{{"dob":{nested}"#),
            format!(r#"{{"missing":{nested}"#),
        ] {
            for status in [200, 400] {
                let body = body.clone();
                let transport = Scripted::new(move |_| Ok(answer(status, &[], body.clone())));
                // An error's body is cut off far sooner unless that is said otherwise.
                let limits = Limits::new().error_body(64 * MIB);
                let client = builder().limits(limits).transport(transport).build().unwrap();
                let error = get(&client).await.unwrap_err();
                let kind = if status == 200 { ErrorKind::Decode } else { ErrorKind::Api };
                assert_eq!(error.kind(), kind);
                assert!(error.to_string().len() < 5000);
            }
        }
    }
}
