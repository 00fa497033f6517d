//! The chapter about webhooks.

use axum::extract::{FromRef, State};
use axum::routing::post;
use chrono::Utc;
use synctera::types::EventFilter;
use synctera::webhooks::{
    EventResource, EventRouter, RouterError, Signer, VerifiedEvent, Verifier,
};
use synctera::{Subscribe, Synctera};
use tokio::net::TcpListener;

use super::{Result, setup};

// ANCHOR: verify
fn on_delivery(verifier: &Verifier, headers: &http::HeaderMap, body: Vec<u8>) -> Result<()> {
    // The only way to an event is through the check of its signature.
    let event = verifier.verify(headers, body)?.event()?;
    if let EventResource::InternalAccount(account) = event.resource()? {
        println!("{} {}", event.event_type, account.status);
    }
    Ok(())
}
// ANCHOR_END: verify

// ANCHOR: server
#[derive(Clone)]
struct Server {
    verifier: Verifier,
    router: EventRouter,
}

/// Where the extractor finds the verifier.
impl FromRef<Server> for Verifier {
    fn from_ref(server: &Server) -> Self {
        server.verifier.clone()
    }
}

/// Runs for verified events only; what is not verified is answered with 400 or 401.
async fn events(
    State(server): State<Server>,
    VerifiedEvent(event): VerifiedEvent,
) -> std::result::Result<(), RouterError> {
    server.router.handle(event).await?;
    Ok(())
}

fn app(server: Server) -> axum::Router {
    axum::Router::new().route("/events", post(events)).with_state(server)
}
// ANCHOR_END: server

// ANCHOR: router
fn router(outcomes: tokio::sync::mpsc::UnboundedSender<String>) -> EventRouter {
    // Each event once, however often the platform sends it. The ids are kept in memory here;
    // `EventRouter::with_store` takes a store of your own.
    EventRouter::new().on(EventFilter::PersonVerificationOutcomeUpdated, move |event| {
        let outcomes = outcomes.clone();
        async move {
            if let EventResource::Person(person) = event.resource()? {
                outcomes.send(format!("{} is {}", person.id, person.verification_status))?;
            }
            Ok(())
        }
    })
}
// ANCHOR_END: router

// ANCHOR: subscribe
async fn subscribe(client: &Synctera, url: &str) -> Result<Verifier> {
    // The secret is shown once: keep it with your other secrets.
    let secret = client.create_webhook_secret().key("webhook-secret").await?;
    let request = Subscribe::to(url).event(EventFilter::PersonAny);
    client.subscribe(&request).key("webhook").await?;
    Ok(Verifier::new(secret.secret.expose())?)
}
// ANCHOR_END: subscribe

// ANCHOR: roll
async fn roll(client: &Synctera, verifier: &Verifier) -> Result<()> {
    let next = client.roll_webhook_secret().key("webhook-secret-2").await?;
    // Both are accepted from here on, so that no delivery is lost.
    verifier.roll_to(next.secret.expose())?;
    client.finish_webhook_secret_roll().key("webhook-secret-2").await?;
    verifier.finish_roll();
    Ok(())
}
// ANCHOR_END: roll

// ANCHOR: signed
#[test]
fn a_signed_delivery_is_read() {
    let secret = "5f".repeat(32);
    let body = r#"{"id":"6d1f2c7e-6f0c-4f52-8f7a-0d3b1c5d9a10","type":"INTERNAL_ACCOUNT.CREATED",
        "webhook_id":"0b9a4e1c-3c53-4b7e-9c0e-52d2f3f4a111","event_time":"2026-11-24T14:00:00Z",
        "url":"https://bank.example/events","metadata":"",
        "event_resource":"{\"currency\":\"USD\",\"status\":\"ACTIVE\"}"}"#;
    let headers =
        Signer::new(&secret).unwrap().sign(Utc::now(), body.as_bytes()).headers().unwrap();

    let verifier = Verifier::new(&secret).unwrap();
    on_delivery(&verifier, &headers, body.into()).unwrap();
    let other = Verifier::new("00".repeat(32)).unwrap();
    assert!(on_delivery(&other, &headers, body.into()).is_err());
}
// ANCHOR_END: signed

#[tokio::test]
async fn a_server_gets_verified_events() {
    let (sandbox, client) = setup::sandbox().await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/events", listener.local_addr().unwrap());
    let verifier = subscribe(&client, &url).await.unwrap().clock(sandbox.clock());
    let (sender, mut outcomes) = tokio::sync::mpsc::unbounded_channel();
    let server = Server { verifier: verifier.clone(), router: router(sender) };
    tokio::spawn(async move { axum::serve(listener, app(server)).await });

    setup::customer(&client).await.unwrap();
    sandbox.deliver_webhooks().await.unwrap();
    println!("{}", outcomes.recv().await.unwrap());
    assert_printed!("webhooks");

    roll(&client, &verifier).await.unwrap();
    assert!(sandbox.webhook_queue().unwrap().due == 0);
}
