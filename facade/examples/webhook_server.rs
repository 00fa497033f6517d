//! A server that receives events of the platform, and accepts those that the platform signed.
//!
//! `cargo run --example webhook_server` needs no key and no network: it starts a sandbox of its own,
//! subscribes to it, onboards somebody, prints the events that arrive, and ends.
#![allow(clippy::print_stdout, reason = "an example speaks to its reader")]

use axum::extract::{FromRef, State};
use axum::routing::post;
use synctera::types::EventFilter;
use synctera::webhooks::{EventResource, EventRouter, RouterError, VerifiedEvent, Verifier};
use synctera::{Address, OnboardCustomer, PersonDetails, Subscribe, Synctera};
use synctera_sandbox::Sandbox;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

/// What the server knows.
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

/// Runs for verified events alone; everything else was answered with 400 or 401.
async fn events(
    State(server): State<Server>,
    VerifiedEvent(event): VerifiedEvent,
) -> Result<&'static str, RouterError> {
    server.router.handle(event).await?;
    Ok("thanks")
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let client = Synctera::builder(sandbox.api_key()).base_url(sandbox.base_url()).build()?;

    // The platform shows the secret once; a real server keeps it with its other secrets.
    let made = client.create_webhook_secret().await?;
    let verifier = Verifier::new(made.secret.expose())?;

    // Each event comes to one handler, and to that once, however often the platform sends it.
    let (verified, mut outcomes) = mpsc::unbounded_channel();
    let router = EventRouter::new()
        .on(EventFilter::PersonVerificationOutcomeUpdated, move |event| {
            let verified = verified.clone();
            async move {
                if let EventResource::Person(person) = event.resource()? {
                    verified.send((person.id, person.verification_status))?;
                }
                Ok(())
            }
        })
        .on(EventFilter::PersonAny, |event| async move {
            let changed: Vec<String> = event.changed_fields()?.keys().cloned().collect();
            println!("{:<36} {}", event.event_type.as_str(), changed.join(", "));
            Ok(())
        });

    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/events", listener.local_addr()?);
    let app =
        axum::Router::new().route("/events", post(events)).with_state(Server { verifier, router });
    tokio::spawn(async move { axum::serve(listener, app).await });

    let request = Subscribe::to(url).event(EventFilter::PersonAny);
    let webhook = client.subscribe(&request).await?;
    println!("webhook {} is enabled: {}", webhook.url, webhook.is_enabled);

    let ada = PersonDetails::new("Ada", "Byron", "1985-12-10".parse()?)
        .email("ada@example.com")
        .phone_number("+14155550123")
        .ssn("456-78-9012")
        .legal_address(Address::us("1 Market St", "San Francisco", "CA", "94105"));
    client.onboard_customer(&OnboardCustomer::new(ada).consented()).await?;

    let (person, status) = outcomes.recv().await.ok_or("the server stopped")?;
    println!("verified event: person {person} is {status}");
    Ok(())
}
