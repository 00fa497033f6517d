//! What is set for all requests, and what is for no family of its own.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use serde_json::{Value, json};
use synctera_tests::subscriber::Subscriber;

use super::super::{Caller, ada};
use super::Seen;

pub(super) async fn play(caller: &Caller, set: &str, value: &str) -> Seen {
    match set {
        "header `Sandbox-Fault`" => faulty(caller, value).await,
        "`type` of `POST /sandbox/alerts`" => {
            let person = caller.verified().await;
            let watched = json!({ "person_id": person });
            caller.post("/v2/monitoring/subscriptions", watched).await.with(201);
            let body = json!({ "party_id": person, "type": value });
            caller.post("/sandbox/alerts", body).await.with(201);
            Seen::at(caller, "/v2/monitoring/alerts".to_owned(), "/alerts/0/type").await
        }
        "setting `webhook_copies`" => {
            let subscriber = Subscriber::start().await;
            let body = json!({
                "url": subscriber.url(), "enabled_events": ["ACCOUNT.*"], "is_enabled": true,
            });
            caller.post("/v2/webhooks", body).await.with(201);
            caller.sandbox.set_setting("webhook_copies", value.parse::<u32>().unwrap()).unwrap();
            caller.checking(&caller.verified().await).await;
            caller.sandbox.deliver_webhooks().await.unwrap();
            let told = subscriber.take_types();
            assert!(told.iter().all(|event| event == "ACCOUNT.CREATED"), "{told:?}");
            Seen::now(told.len().to_string())
        }
        "a file to reconcile (v0)" => {
            let contents = match value {
                "lines with the same number of columns" => "id,amount\none,1\ntwo,2\n",
                "lines with different numbers of columns" => "id,amount\none,1\ntwo\n",
                value => panic!("no file has {value}"),
            };
            let body = json!({ "file_name": "books.csv", "byte_data": URL_SAFE.encode(contents) });
            let file = caller.post("/v0/reconciliations", body).await.id();
            Seen::at(caller, format!("/v0/reconciliations/{file}"), "/ingestion_status").await
        }
        set => panic!("nothing sets {set}"),
    }
}

async fn faulty(caller: &Caller, fault: &str) -> Seen {
    let request = caller.request("POST", "/v2/persons").json(&ada());
    let Ok(response) = request.header("sandbox-fault", fault).send().await else {
        return Seen::now("no answer");
    };
    let status = response.status().as_u16().to_string();
    let Ok(body) = response.bytes().await else {
        return Seen::now("broken off");
    };
    let body: Value = serde_json::from_slice(&body).unwrap();
    let code = body["code"].as_str().unwrap_or_default();
    Seen::now(if fault.contains("code=") { code.to_owned() } else { status })
}
