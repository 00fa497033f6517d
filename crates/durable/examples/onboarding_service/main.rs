//! A service in which people sign up: axum, PostgreSQL, webhooks and workers. It starts with two
//! commands, and needs no key:
//!
//! ```text
//! docker run --rm -p 5432:5432 -e POSTGRES_HOST_AUTH_METHOD=trust postgres:15
//! cargo run -p synctera-durable --example onboarding_service -- postgres://postgres@127.0.0.1/postgres
//! ```
//!
//! It starts a sandbox of its own and prints the commands that sign somebody up. Ctrl-C ends it, after the
//! runs that are under way.
#![allow(clippy::print_stdout, reason = "an example speaks to its reader")]

mod service;

use deadpool_postgres::{Manager, Pool};
use service::Service;
use synctera::types::EventFilter;
use synctera::webhooks::Verifier;
use synctera::{Subscribe, Synctera};
use synctera_durable::Postgres;
use synctera_sandbox::Sandbox;
use tokio_postgres::NoTls;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args().nth(1).ok_or("the address of a database is missing")?;
    let sandbox = Sandbox::start().await?;
    let client = Synctera::builder(sandbox.api_key()).base_url(sandbox.base_url()).build()?;

    // A real service keeps the secret with its other secrets.
    let secret = client.create_webhook_secret().await?.secret;
    let pool = Pool::builder(Manager::new(address.parse()?, NoTls)).max_size(8).build()?;
    let queue = Postgres::connect(&address).await?;
    let service = Service { pool, queue, verifier: Verifier::new(secret.expose())? };
    service.pool.get().await?.batch_execute(service::TABLE).await?;

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let webhook = Subscribe::to(format!("{url}/events")).event(EventFilter::PersonAny);
    client.subscribe(&webhook).await?;

    println!("the service is at {url}; sign somebody up, and see how far it is:");
    println!(
        "  curl -X PUT {url}/signups/signup-1 -d '{{\"first_name\":\"Ada\",\"last_name\":\"Byron\",\
         \"born\":\"1985-12-10\",\"email\":\"ada@example.com\",\"phone_number\":\"+14155550123\",\
         \"ssn\":\"456-78-9012\",\"street\":\"1 Market St\",\"city\":\"San Francisco\",\
         \"state\":\"CA\",\"postal_code\":\"94105\"}}'"
    );
    println!("  curl {url}/signups/signup-1");

    let runs = service::runs(client, &service);
    let worker = service.queue.work(&runs).concurrency(4).until(async {
        // Without a signal handler the service runs until it is killed, which does no harm.
        let _ = tokio::signal::ctrl_c().await;
    });
    let pages = axum::serve(listener, service::pages(service.clone()));
    tokio::select! {
        ended = worker => ended?,
        ended = pages.into_future() => ended?,
    }
    println!("{:?}", service.queue.health().await?);
    Ok(())
}
