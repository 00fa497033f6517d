//! Templates of batches: how many there are, how long they hold, and what does not change under
//! batches that are not paid.

use chrono::Duration;
use serde_json::{Value, json};

use super::Caller;
use super::batches::put;

/// The most templates of a workspace, and the most transfers of a request.
const MOST: usize = 1000;

impl Caller {
    /// The body of a new template like another one, with other members in the place of its own.
    async fn like(&self, template: &str, members: Value) -> Value {
        let mut body = self.get(&format!("/v2/batch_templates/{template}")).await.with(200);
        body.as_object_mut().unwrap().remove("id");
        put(&mut body, members);
        body
    }
}

#[tokio::test]
async fn the_settlement_account_stays_while_a_batch_is_not_paid() {
    let caller = Caller::new().await;
    let collector = caller.collector(json!({})).await;
    let path = format!("/v2/batch_templates/{}", collector.template);
    let (other, _) = caller.checking(&collector.id).await;
    let template = caller.get(&path).await.with(200);
    let change = async |account: &str| {
        let mut config = template["config"].clone();
        config["settlement_account_id"] = json!(account);
        caller.change(&path, json!({ "tenant": "1_1", "config": config })).await
    };
    let batch = caller.batch(&collector).await;
    // While it is held, and while it waits for a second person.
    for status in ["INITIATED", "PENDING_APPROVAL"] {
        assert_eq!(caller.get(&batch).await.with(200)["status"], status);
        change(&other).await.is_invalid(&["config.settlement_account_id"]);
        assert_eq!(caller.get(&path).await.with(200), template);
        caller.sandbox.advance(Duration::minutes(10)).unwrap();
    }
    // The same account is no change, and other members change.
    change(&collector.account).await.with(201);
    let renamed = json!({ "tenant": "1_1", "name": "renamed" });
    assert_eq!(caller.change(&path, renamed).await.with(201)["name"], "renamed");

    caller.sandbox.advance(Duration::minutes(30)).unwrap();
    assert_eq!(caller.get(&batch).await.with(200)["status"], "PENDING_PAYMENT");
    let changed = change(&other).await.with(201);
    assert_eq!(changed["config"]["settlement_account_id"], other);
    // A batch that is canceled is not paid any more either.
    let batch = caller.get(&batch).await.with(200);
    assert_eq!(batch["batch_payment_template_id"], collector.template);
    let leaves = caller.sandbox.banking_days().next_ach_file().unwrap();
    caller.sandbox.advance_to(leaves).unwrap();
    assert_eq!((caller.balance(&collector.account).await, caller.balance(&other).await), (0, 0));
}

#[tokio::test]
async fn a_workspace_has_a_thousand_templates() {
    let caller = Caller::new().await;
    let collector = caller.collector(json!({})).await;
    let body = caller.like(&collector.template, json!({})).await;
    let made = async |count: usize| {
        for _ in 0..count {
            caller.post("/v2/batch_templates", body.clone()).await.with(201);
        }
    };
    // Eight at a time, the one that is there included.
    tokio::join!(
        made(MOST / 8 - 1),
        made(MOST / 8),
        made(MOST / 8),
        made(MOST / 8),
        made(MOST / 8),
        made(MOST / 8),
        made(MOST / 8),
        made(MOST / 8)
    );
    let refused = caller.post("/v2/batch_templates", body.clone()).await.with(422);
    assert_eq!(refused["code"], "UNABLE_TO_TRANSACT");
    assert!(refused["detail"].as_str().unwrap().contains("1000"), "{refused}");
    // The last of them is looked through, too, and another workspace has its own.
    caller.batch(&collector).await;
    let key = caller.sandbox.create_api_key("1_2").unwrap().api_key;
    let listed = caller.as_key(&key, "GET", "/v2/batch_templates", Value::Null).await;
    assert_eq!(listed.with(200), json!([]));
}

#[tokio::test]
async fn what_is_out_of_bounds_is_refused() {
    let caller = Caller::new().await;
    let collector = caller.collector(json!({})).await;
    let year = 365 * 24 * 60;
    for (minutes, status) in [(year, 201), (year + 1, 400), (-1, 400)] {
        let body = caller.like(&collector.template, json!({ "rules": { "hold_time": minutes } }));
        let answer = caller.post("/v2/batch_templates", body.await).await;
        assert_eq!(answer.status, status, "{minutes}: {}", answer.body);
        if status == 400 {
            answer.is_invalid(&["rules.hold_time"]);
        }
    }
    let path = format!("/v2/batch_templates/{}", collector.template);
    let change = json!({ "tenant": "1_1", "rules": { "hold_time": year + 1 } });
    caller.change(&path, change).await.is_invalid(&["rules.hold_time"]);

    let transfers = caller.collected(&collector.account, &[20_00]).await;
    let request = async |count: usize| {
        let unknown = (1..count).map(|n| format!("00000000-0000-4000-8000-{n:012}"));
        let ids: Vec<String> = transfers.iter().cloned().chain(unknown).collect();
        let answer = caller.post("/v2/batches", json!({ "transaction_ids": ids })).await;
        answer.is_invalid(&["transaction_ids"]);
        answer.body["invalid"]["transaction_ids"].as_str().unwrap().to_owned()
    };
    assert!(request(MOST).await.contains("is no posted transaction"));
    assert_eq!(request(MOST + 1).await, "must have from 1 to 1000 items");
    let batch = caller.batch(&collector).await;
    let now = caller.get(&batch).await.with(200);
    let body = json!({ "batched_transfer_ids": vec![transfers[0].clone(); MOST + 1],
        "creation_time": now["creation_time"], "last_updated_time": now["last_updated_time"] });
    let refused = caller.change(&batch, body).await;
    refused.is_invalid(&["batched_transfer_ids"]);
    assert_eq!(refused.body["invalid"]["batched_transfer_ids"], "must have from 1 to 1000 items");
}
