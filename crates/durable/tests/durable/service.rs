//! The service of the example, from a request to an open account.

#[path = "../../examples/onboarding_service/service.rs"]
mod program;

use deadpool_postgres::{Manager, Pool};
use serde_json::{Value, json};
use synctera::Subscribe;
use synctera::types::EventFilter;
use synctera::webhooks::Verifier;
use tokio_postgres::NoTls;

use crate::setting::{Setting, Worker, eventually};

async fn put(url: &str, body: &Value) -> u16 {
    let sent = reqwest::Client::new().put(url).body(body.to_string()).send().await.unwrap();
    sent.status().as_u16()
}

async fn get(url: &str) -> String {
    reqwest::get(url).await.unwrap().text().await.unwrap()
}

#[tokio::test]
async fn who_signs_up_gets_an_account_also_after_a_review() {
    let Some(setting) = Setting::new().await else { return };
    let secret = setting.client.create_webhook_secret().await.unwrap().secret;
    let manager = Manager::new(setting.database.parse().unwrap(), NoTls);
    let service = program::Service {
        pool: Pool::builder(manager).max_size(8).build().unwrap(),
        queue: setting.queue.clone(),
        verifier: Verifier::new(secret.expose()).unwrap(),
    };
    service.pool.get().await.unwrap().batch_execute(program::TABLE).await.unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let webhook = Subscribe::to(format!("{url}/events")).event(EventFilter::PersonAny);
    setting.client.subscribe(&webhook).await.unwrap();
    let runs = program::runs(setting.client.clone(), &service);
    tokio::spawn(async move { axum::serve(listener, program::pages(service)).await });
    let worker = Worker::start(setting.work(&runs));

    let signup = |last_name: &str| {
        json!({
            "first_name": "Ada", "last_name": last_name, "born": "1985-12-10",
            "email": "ada@example.com", "phone_number": "+14155550123", "ssn": "456-78-9012",
            "street": "1 Market St", "city": "San Francisco", "state": "CA", "postal_code": "94105",
        })
    };
    let (accepted, pending) = (format!("{url}/signups/one"), format!("{url}/signups/two"));
    assert_eq!(put(&accepted, &json!({ "first_name": "Ada" })).await, 400);
    assert_eq!(put(&accepted, &signup("Byron")).await, 202);
    assert_eq!(put(&accepted, &signup("Byron")).await, 202, "again, which changes nothing");
    assert_eq!(put(&pending, &signup("Pending")).await, 202);
    assert!(eventually(async || get(&accepted).await == "open").await, "{}", get(&accepted).await);
    assert!(eventually(async || get(&pending).await == "in review").await);
    assert_eq!(setting.count("account"), 1);

    // The decision comes by a webhook, long before the next poll is due.
    let reviewed = eventually(async || {
        setting.advance(chrono::TimeDelta::seconds(20));
        setting.sandbox.deliver_webhooks().await.unwrap();
        get(&pending).await == "open"
    });
    assert!(reviewed.await, "{}", get(&pending).await);
    worker.stop().await;
    assert_eq!((setting.count("person"), setting.count("account")), (2, 2));
    assert_eq!(get(&format!("{url}/signups/nobody")).await, "");
    let unsigned = reqwest::Client::new().post(format!("{url}/events")).body("{}").send().await;
    assert!(unsigned.unwrap().status().is_client_error());
}
