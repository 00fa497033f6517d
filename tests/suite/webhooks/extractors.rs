//! Handlers run only for events of the platform, in every framework.

use std::sync::atomic::{AtomicUsize, Ordering};

use axum::extract::FromRef;
use chrono::Utc;
use http::HeaderMap;
use serde_json::json;
use synctera::webhooks::{EventRouter, RouterError, Signer, VerifiedEvent, Verifier};
use tokio::net::TcpListener;
use uuid::Uuid;

fn secret(letter: char) -> String {
    letter.to_string().repeat(64)
}

fn body() -> String {
    let event = json!({
        "id": Uuid::from_u128(2), "type": "NOTE.CREATED", "webhook_id": Uuid::from_u128(1),
        "event_time": "2026-11-24T14:00:00Z",
    });
    event.to_string()
}

fn signed(letter: char, body: &str) -> HeaderMap {
    Signer::new(secret(letter)).unwrap().sign(Utc::now(), body.as_bytes()).headers().unwrap()
}

/// The largest body that the servers here accept: larger than what actix-web accepts by itself, and
/// smaller than what axum does.
const LIMIT: usize = 400_000;

/// An event with so many bytes.
fn filled(length: usize) -> String {
    let mut body = body();
    body.push_str(&" ".repeat(length - body.len()));
    body
}

fn verifier() -> Verifier {
    Verifier::new(secret('a')).unwrap().body_limit(LIMIT)
}

/// Requests, and how they are answered by any framework.
fn cases() -> Vec<(&'static str, HeaderMap, String, u16)> {
    let (largest, beyond, far_beyond) = (filled(LIMIT), filled(LIMIT + 1), filled(4 << 20));
    vec![
        ("the platform's own", signed('a', &body()), body(), 200),
        ("of another secret", signed('b', &body()), body(), 401),
        ("changed on the way", signed('a', &body()), body().replace("CREATED", "UPDATED"), 401),
        ("unsigned", HeaderMap::new(), body(), 400),
        ("signed, and no event", signed('a', "[]"), "[]".to_owned(), 422),
        ("as large as can be", signed('a', &largest), largest, 200),
        ("too large", signed('a', &beyond), beyond, 413),
        ("far too large", signed('a', &far_beyond), far_beyond, 413),
    ]
}

async fn assert_answers(url: &str) {
    let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
    for (what, headers, body, expected) in cases() {
        let answer = http.post(url).headers(headers).body(body).send().await;
        match answer {
            Ok(answer) => assert_eq!(answer.status().as_u16(), expected, "{what}"),
            // A server may hang up on what it does not want to read.
            Err(error) => assert!(expected == 413, "{what}: {error}"),
        }
    }
}

#[derive(Clone)]
struct Server {
    verifier: Verifier,
    router: EventRouter,
}

impl FromRef<Server> for Verifier {
    fn from_ref(server: &Server) -> Self {
        server.verifier.clone()
    }
}

static HANDLED: AtomicUsize = AtomicUsize::new(0);

#[tokio::test]
async fn with_axum() {
    async fn events(
        axum::extract::State(server): axum::extract::State<Server>,
        VerifiedEvent(event): VerifiedEvent,
    ) -> Result<(), RouterError> {
        server.router.handle(event).await.map(drop)
    }
    let router = EventRouter::new().fallback(|_| async {
        HANDLED.fetch_add(1, Ordering::Relaxed);
        Ok(())
    });
    let verifier = verifier();
    let app = axum::Router::new()
        .route("/events", axum::routing::post(events))
        .with_state(Server { verifier, router });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/events", listener.local_addr().unwrap());
    let server = tokio::spawn(async move { axum::serve(listener, app).await });
    assert_answers(&url).await;
    assert_answers(&url).await;
    server.abort();
    // The same event came twice.
    assert_eq!(HANDLED.load(Ordering::Relaxed), 1);
}

#[test]
fn with_actix() {
    use actix_web::{App, HttpResponse, HttpServer, web};

    async fn events(
        VerifiedEvent(event): VerifiedEvent,
        router: web::Data<EventRouter>,
    ) -> Result<HttpResponse, RouterError> {
        router.handle(event).await?;
        Ok(HttpResponse::Ok().finish())
    }
    actix_web::rt::System::new().block_on(async {
        let verifier = verifier();
        let router = EventRouter::new().fallback(|_| async { Ok(()) });
        let server = HttpServer::new(move || {
            App::new()
                .app_data(web::Data::new(verifier.clone()))
                .app_data(web::Data::new(router.clone()))
                .route("/events", web::post().to(events))
        })
        .workers(1)
        .disable_signals()
        .bind("127.0.0.1:0")
        .unwrap();
        let url = format!("http://{}/events", server.addrs()[0]);
        let running = server.run();
        let handle = running.handle();
        actix_web::rt::spawn(running);
        assert_answers(&url).await;
        handle.stop(false).await;
    });
}
