//! What goes with a request, where it may go, and who is told of it.

use std::sync::{Arc, Mutex};

use http::{HeaderName, HeaderValue};
use synctera::types::{NewPerson, PersonStatus};
use synctera::{
    BusinessId, CallOptions, DeviceInfo, Environment, ErrorKind, OnboardCustomer, PersonId,
    Retries, Synctera,
};
use synctera_tests::harness::{self, Input};
use synctera_tests::stub::{Canned, Stub};
use synctera_tests::world::ada;
use synctera_tests::{Fault, Recorder, World};

const NO_ONE: &str = "http://127.0.0.1:9";

fn prospect() -> NewPerson {
    NewPerson::new(true, PersonStatus::Prospect)
}

#[tokio::test]
async fn the_calls_headers_come_after_the_clients() {
    let team = HeaderName::from_static("x-team");
    let world = World::with(|builder| {
        builder
            .user_agent("acme-ledger/2.1")
            .header(team.clone(), HeaderValue::from_static("ledger"))
            .header(http::header::AUTHORIZATION, HeaderValue::from_static("nobody's"))
    })
    .await;
    world.client.api().create_person(&prospect()).await.unwrap();
    let options = CallOptions::new()
        .with_header(team, HeaderValue::from_static("cards"))
        .with_header(http::header::AUTHORIZATION, HeaderValue::from_static("nobody's"));
    world.client.with_options(options).api().create_person(&prospect()).await.unwrap();
    let sent = world.recorder.take();
    let agent = concat!("acme-ledger/2.1 synctera-rs/", env!("CARGO_PKG_VERSION"));
    for (request, team) in sent.iter().zip(["ledger", "cards"]) {
        assert_eq!(request.header("user-agent"), Some(agent));
        assert_eq!(request.header("x-team"), Some(team));
        assert_eq!(request.header("authorization"), Some("Bearer sandbox-key"));
    }
}

#[tokio::test]
async fn the_platform_is_told_for_whom_a_call_is_made() {
    let world = World::new().await;
    let customer: PersonId = "7d943c51-e4ff-4e57-9558-08cab6b963c7".parse().unwrap();
    let device = DeviceInfo::of_customer(customer)
        .ip_address("203.0.113.7".parse().unwrap())
        .device_type("mobile")
        .user_agent("Bänk/1.0")
        .device_id("d-1")
        .session("SOCURE", "t-1");
    let trace = HeaderName::from_static("x-trace");
    let traced = CallOptions::new().with_header(trace, HeaderValue::from_static("t-1"));
    let client = world.client.with_options(traced).on_behalf_of(&device);
    let request = OnboardCustomer::new(ada()).consented();
    client.onboard_customer(&request).await.unwrap();
    let sent = world.recorder.take();
    assert!(sent.len() > 1);
    for request in &sent {
        assert_eq!(
            request.header("customer-device-info"),
            Some(concat!(
                r#"{"customer_id":"7d943c51-e4ff-4e57-9558-08cab6b963c7","device_id":"d-1","#,
                r#""device_type":"mobile","ip_address":"203.0.113.7","is_system_call":false,"#,
                r#""session_token":"t-1","user_agent":"B\u00e4nk/1.0","vendor":"SOCURE"}"#
            ))
        );
        assert_eq!(request.header("x-trace"), Some("t-1"), "other options stay");
    }
    // The client itself, and one for another, are as they were.
    world.client.api().list_persons(&Default::default()).await.unwrap();
    assert_eq!(world.recorder.take()[0].header("customer-device-info"), None);
    let business: BusinessId = customer.to_string().parse().unwrap();
    let system = world.client.on_behalf_of(&DeviceInfo::of_customer(business));
    let system = system.on_behalf_of(&DeviceInfo::of_system());
    system.api().list_persons(&Default::default()).await.unwrap();
    assert_eq!(
        world.recorder.take()[0].header("customer-device-info"),
        Some(r#"{"customer_id":null,"is_system_call":true}"#)
    );
    for shown in [format!("{device:?}"), format!("{client:?}"), format!("{:?}", client.api())] {
        for secret in ["203.0.113.7", "t-1", "d-1", "Bänk"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}

#[tokio::test]
async fn production_is_not_asked_for_what_the_sandbox_alone_does() {
    let production = Synctera::builder("k").environment(Environment::Production).transport(Nothing);
    let gateway = production.clone().base_url("https://gateway.example").build().unwrap();
    let named = Synctera::builder("k").base_url("https://api.synctera.com/v2").transport(Nothing);
    let elsewhere = Synctera::builder("k").transport(Nothing).build().unwrap();
    let (production, named) = (production.build().unwrap(), named.build().unwrap());
    let place = serde_json::json!({"lat": 37.79, "lng": -122.39});
    let query = place.as_object().unwrap().clone();
    let input = Input { query, ..Input::default() };
    for (client, refused) in
        [(&production, true), (&gateway, true), (&named, true), (&elsewhere, false)]
    {
        let error = harness::v2::call(client.api(), "list_barcode_simulation_stores", &input)
            .await
            .unwrap_err();
        assert_eq!(error.contains("this runs in the sandbox only"), refused, "{error}");
        let error = harness::v0::call(client.legacy(), "wipe_workspace", &input).await.unwrap_err();
        assert_eq!(error.contains("this runs in the sandbox only"), refused, "{error}");
        let error = client.api().list_persons(&Default::default()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Connect, "what all have is let through");
    }
}

/// Gets nowhere.
struct Nothing;

impl synctera::Transport for Nothing {
    fn execute<'a>(
        &'a self,
        _: synctera::Call<'a>,
    ) -> synctera::BoxFuture<'a, Result<synctera::Answer, synctera::Failure>> {
        let failure = synctera::Failure::new(synctera::FailureKind::Connect, "nobody there");
        Box::pin(std::future::ready(Err(failure)))
    }
}

#[tokio::test]
async fn a_key_does_not_follow_a_redirect() {
    let elsewhere = Stub::start().await;
    elsewhere.answer(Canned { status: 200, ..Canned::default() });
    let target = String::leak(format!("{}/v2/persons", elsewhere.base_url()));
    let headers = Vec::leak(vec![("location", &*target)]);
    let redirect = || [Some(Fault::Answer(307, headers, ""))];

    let world = World::new().await;
    world.recorder.next(redirect());
    let error = world.client.api().create_person(&prospect()).await.unwrap_err();
    assert_eq!((error.kind(), error.status().unwrap().as_u16()), (ErrorKind::Api, 307));
    assert!(elsewhere.take().is_empty(), "the platform has no redirects: none is followed");

    // Not even where the caller's own HTTP client follows them.
    let follows = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
    let world = World::with(|builder| builder.http_client(follows).retries(Retries::none())).await;
    world.recorder.next(redirect());
    let _ = world.client.api().create_person(&prospect()).await;
    let sent = elsewhere.take();
    assert!(
        !sent.is_empty() && sent.iter().all(|request| request.header("authorization").is_none())
    );
}

#[tokio::test]
async fn a_proxy_is_gone_through() {
    let proxy = Recorder::start(NO_ONE.to_owned()).await;
    proxy.next([Some(Fault::Answer(
        200,
        &[("content-type", "application/json")],
        r#"{"persons":[]}"#,
    ))]);
    let client = Synctera::builder("k")
        .base_url("http://127.0.0.1:9")
        .proxy(proxy.base_url())
        .build()
        .unwrap();
    client.api().list_persons(&Default::default()).await.unwrap();
    assert_eq!(proxy.take()[0].line, "GET /v2/persons");

    let error = Synctera::builder("k").proxy("http://user:hidden@[").build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(!error.to_string().contains("hidden"));
    let own = reqwest::Client::new();
    let error = Synctera::builder("k").proxy("http://p").http_client(own).build().unwrap_err();
    assert!(error.to_string().contains("has its own proxy"), "{error}");
}

#[tokio::test]
async fn certificates_are_trusted_that_are_given() {
    let server = synctera_tests::tls::Server::start().await;
    let builder = || Synctera::builder("k").base_url(server.base_url()).retries(Retries::none());
    let stranger = builder().build().unwrap();
    let error = stranger.api().list_persons(&Default::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect, "{error}");
    let friend = builder().root_certificates(server.certificate()).build().unwrap();
    assert!(friend.api().list_persons(&Default::default()).await.unwrap().persons.is_empty());

    for pem in ["", "no certificate"] {
        let error = builder().root_certificates(pem).build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
    }
}

#[tokio::test]
async fn every_attempt_is_told_of_and_every_success_reachable_as_it_came() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let sink = seen.clone();
    let world = World::with(|builder| {
        builder.on_response(move |exchange| {
            let headers = exchange.outcome.map(|answer| answer.response.headers().len());
            let body = exchange.outcome.ok().and_then(|answer| answer.body.clone());
            let status = exchange.status().map(|status| status.as_u16());
            assert!(headers.is_err() || headers.is_ok_and(|count| count > 0));
            sink.lock().unwrap().push((exchange.operation.id, exchange.attempt, status, body));
        })
    })
    .await;
    world
        .recorder
        .next([Some(Fault::Answer(503, &[("retry-after", "0")], "")), Some(Fault::LoseAnswer)]);
    let person = world.client.api().create_person(&prospect()).await.unwrap();
    let seen = seen.lock().unwrap();
    let told: Vec<_> =
        seen.iter().map(|(id, attempt, status, _)| (*id, *attempt, *status)).collect();
    assert_eq!(
        told,
        [
            ("create_person", 1, Some(503)),
            ("create_person", 2, None),
            ("create_person", 3, Some(201))
        ]
    );
    assert_eq!(seen[2].3.as_ref(), Some(person.bytes()));
    assert_eq!(person.status().as_u16(), 201);
    assert!(person.headers().contains_key("content-type"));
    let raw: serde_json::Value = serde_json::from_slice(person.bytes()).unwrap();
    assert_eq!(raw["id"], person.id.to_string());
}
