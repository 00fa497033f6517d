//! Batch payments: transfers to a settlement account, paid on together.

use chrono::Duration;
use serde_json::{Value, json};

use super::Caller;

/// A customer whose account collects transfers, and the template for them.
pub(super) struct Collector {
    pub(super) id: String,
    pub(super) account: String,
    pub(super) template: String,
}

impl Caller {
    /// A template over ACH that holds for 10 minutes, with other members in the place of these.
    pub(super) async fn collector(&self, members: Value) -> Collector {
        let id = self.verified().await;
        let (account, _) = self.checking(&id).await;
        let external = self.elsewhere(&id).await;
        let mut body = json!({
            "tenant": "1_1", "name": "remittance",
            "config": {
                "settlement_customer_id": id, "settlement_account_id": account,
                "external_account_id": external, "type": "INTERNAL_TRANSFER",
                "subtypes": ["ACCOUNT_TO_ACCOUNT"],
            },
            "rules": { "payment_rail": "ACH", "hold_time": 10 },
        });
        put(&mut body, members);
        let template = self.post("/v2/batch_templates", body).await.id();
        Collector { id, account, template }
    }

    /// Transfers to a settlement account; their ids as posted transactions.
    pub(super) async fn collected(&self, account: &str, amounts: &[i64]) -> Vec<String> {
        for amount in amounts {
            self.fund(account, "USD", *amount).await;
        }
        let path = format!("/v2/transactions/posted?account_id={account}&dc_sign=credit");
        let posted = self.get(&path).await.with(200);
        let ids = posted["result"].as_array().unwrap().iter();
        let ids: Vec<String> = ids.map(|posted| posted["uuid"].as_str().unwrap().into()).collect();
        ids[ids.len() - amounts.len()..].to_vec()
    }

    /// The batches of these transfers.
    pub(super) async fn batched(&self, transfers: &[String]) -> Value {
        let body = json!({ "transaction_ids": transfers });
        self.post("/v2/batches", body).await.with(201)["batches"].clone()
    }

    /// A batch of one transfer of 20.00; its path.
    pub(super) async fn batch(&self, collector: &Collector) -> String {
        let transfers = self.collected(&collector.account, &[20_00]).await;
        let batches = self.batched(&transfers).await;
        format!("/v2/batches/{}", batches[0]["id"].as_str().unwrap())
    }
}

/// Puts members into an object, at any depth.
pub(super) fn put(into: &mut Value, members: Value) {
    for (name, value) in members.as_object().unwrap() {
        match value {
            Value::Object(_) if into[name].is_object() => put(&mut into[name], value.clone()),
            value => into[name] = value.clone(),
        }
    }
}

#[tokio::test]
async fn transfers_are_paid_on_together() {
    let caller = Caller::new().await;
    let collector = caller.collector(json!({})).await;
    let transfers = caller.collected(&collector.account, &[30_00, 45_00]).await;
    let batchable = caller.get("/v2/transactions/batchable").await.with(200);
    assert_eq!(batchable["result"].as_array().unwrap().len(), 2);

    // Trying changes nothing.
    let body = json!({ "transaction_ids": transfers, "dry_run": true });
    let tried = caller.post("/v2/batches", body).await.with(201);
    assert_eq!((&tried["dry_run"], &tried["batches"][0]["amount"]), (&json!(true), &json!(75_00)));
    assert_eq!(caller.get("/v2/batches").await.with(200), json!([]));

    let batches = caller.batched(&transfers).await;
    assert_eq!(batches.as_array().unwrap().len(), 1);
    let batch = &batches[0];
    assert_eq!((&batch["status"], &batch["amount"]), (&json!("INITIATED"), &json!(75_00)));
    assert_eq!(batch["batched_transfer_ids"], json!(transfers));
    let batchable = caller.get("/v2/transactions/batchable").await.with(200);
    assert_eq!(batchable["result"], json!([]));
    let id = batch["id"].as_str().unwrap();
    let read = async || caller.get(&format!("/v2/batches/{id}")).await.with(200);

    caller.sandbox.advance(Duration::minutes(10)).unwrap();
    assert_eq!(read().await["status"], "PENDING_APPROVAL");
    assert_eq!(caller.balance(&collector.account).await, 75_00);
    caller.sandbox.advance(Duration::minutes(30)).unwrap();
    let paying = read().await;
    assert_eq!(paying["status"], "PENDING_PAYMENT");
    let transfer = paying["payment_rail_transfer_id"].as_str().unwrap();
    let transfer = caller.get(&format!("/v2/ach/{transfer}")).await.with(200);
    assert_eq!((&transfer["amount"], &transfer["status"]), (&json!(75_00), &json!("PENDING")));
    let leaves = caller.sandbox.banking_days().next_ach_file().unwrap();
    caller.sandbox.advance_to(leaves).unwrap();
    let paid = read().await;
    assert_eq!(paid["status"], "COMPLETED");
    assert_eq!(caller.balance(&collector.account).await, 0);
    let entry = paid["transaction_id"].as_str().unwrap();
    let entry = caller.get(&format!("/v2/transactions/posted/{entry}")).await.with(200);
    assert_eq!(entry["type"], "ach");

    // Transactions are found by their batch.
    let count = async |query: &str| {
        let found = caller.get(&format!("/v2/transactions/posted?{query}")).await.with(200);
        found["result"].as_array().unwrap().len()
    };
    assert_eq!(count("is_batched=true").await, 2);
    assert_eq!(count(&format!("batch_ids={id}")).await, 2);
    assert_eq!(count("batch_ids=00000000-0000-4000-8000-000000000000").await, 0);
    assert_eq!(count("is_batched=false").await, 1, "the payment itself");

    // What comes back from the other bank is free for another batch.
    let body = json!({ "ach_id": paid["payment_rail_transfer_id"] });
    caller.post("/v2/ach/transaction_simulations/receiving_return", body).await.with(201);
    assert_eq!(read().await["status"], "RETURNED");
    assert_eq!(caller.balance(&collector.account).await, 75_00);
    caller.batched(&transfers).await;
    assert!(caller.sandbox.audit().unwrap().adds_up());
    assert!(caller.sandbox.state().unwrap().failed_jobs.is_empty());
}

#[tokio::test]
async fn a_template_chooses_its_transfers() {
    let caller = Caller::new().await;
    let limits = json!({
        "config": {
            "min_individual_transaction_amount": 10_00, "max_individual_transaction_amount": 50_00,
            "max_total_transaction_amount": 90_00, "min_transaction_count": 2,
            "max_transaction_count": 3,
        },
    });
    let collector = caller.collector(limits).await;
    let large = json!({
        "name": "large", "config": {
            "settlement_customer_id": collector.id, "settlement_account_id": collector.account,
            "min_individual_transaction_amount": 60_00,
        },
    });
    // Another template for the same account, for what the first one is not for.
    let other = caller.collector(large).await;
    let of = async |amounts: &[i64]| caller.collected(&collector.account, amounts).await;
    let refused = async |transfers: &[String]| {
        let body = json!({ "transaction_ids": transfers });
        let answer = caller.post("/v2/batches", body).await.with(400);
        answer["invalid"]["transaction_ids"].as_str().unwrap().to_owned()
    };
    let both = of(&[20_00, 70_00, 30_00]).await;
    let batches = caller.batched(&both).await;
    let by_template = |template: &str| {
        let batches = batches.as_array().unwrap().iter();
        let mut amounts = batches.filter(|batch| batch["batch_payment_template_id"] == template);
        amounts.next().unwrap()["amount"].clone()
    };
    assert_eq!(by_template(&collector.template), 50_00);
    assert_eq!(by_template(&other.template), 70_00);

    assert!(refused(&both).await.contains("already"));
    assert!(refused(&of(&[55_00]).await).await.contains("no enabled template"));
    assert!(refused(&of(&[20_00]).await).await.contains("does not allow a batch of 1 transfers"));
    assert!(
        refused(&of(&[20_00; 4]).await).await.contains("does not allow a batch of 4 transfers")
    );
    assert!(refused(&of(&[46_00, 47_00]).await).await.contains("a total of 9300"));
    assert!(refused(&[]).await.contains("from 1 to"));
    let once = of(&[21_00]).await;
    assert!(refused(&[once.clone(), once].concat()).await.contains("twice"));
    let unknown = "00000000-0000-4000-8000-000000000000".to_owned();
    assert!(refused(&[unknown]).await.contains("is no posted transaction"));

    // A template that is switched off makes no batches.
    let path = format!("/v2/batch_templates/{}", collector.template);
    let off = caller.change(&path, json!({ "tenant": "1_1", "enabled": false })).await.with(201);
    assert_eq!(off["enabled"], false);
    assert!(refused(&of(&[20_00, 20_00]).await).await.contains("no enabled template"));
    let count = async |query: &str| {
        let found = caller.get(&format!("/v2/transactions/batchable{query}")).await.with(200);
        found["result"].as_array().unwrap().len()
    };
    assert_eq!(count("").await, 0);
    assert!(count("?enabled=false").await > 5);
    let found = caller.get("/v2/batch_templates?enabled=true").await.with(200);
    assert_eq!(found.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_batch_is_approved_declined_or_canceled() {
    let caller = Caller::new().await;
    let collector = caller.collector(json!({})).await;
    let wait = Duration::minutes(10);
    let step = async |path: &str, status: &str| {
        let now = caller.get(path).await.with(200);
        let body = json!({
            "status": status, "creation_time": now["creation_time"],
            "last_updated_time": now["last_updated_time"],
        });
        caller.change(path, body).await
    };
    // Not before it was held for its time.
    let approved = caller.batch(&collector).await;
    assert_eq!(step(&approved, "PENDING_PAYMENT").await.with(422)["code"], "INVALID_STATUS");
    caller.sandbox.advance(wait).unwrap();
    let answer = step(&approved, "PENDING_PAYMENT").await.with(201);
    assert!(answer["payment_rail_transfer_id"].is_string(), "{answer}");
    // The rail has it now.
    assert_eq!(step(&approved, "CANCELLED").await.status, 422);
    let path = format!("/v2/ach/{}", answer["payment_rail_transfer_id"].as_str().unwrap());
    caller.change(&path, json!({ "status": "CANCELED" })).await.with(200);
    assert_eq!(caller.get(&approved).await.with(200)["status"], "CANCELLED");

    for status in ["DECLINED", "CANCELLED"] {
        let batch = caller.batch(&collector).await;
        caller.sandbox.advance(wait).unwrap();
        assert_eq!(step(&batch, status).await.with(201)["status"], status);
        assert_eq!(step(&batch, "PENDING_PAYMENT").await.status, 422);
        caller.sandbox.advance(Duration::days(3)).unwrap();
        assert_eq!(caller.get(&batch).await.with(200)["status"], status);
    }
    assert_eq!(caller.balance(&collector.account).await, 60_00, "nothing left");
    assert!(caller.sandbox.audit().unwrap().adds_up());
    assert!(caller.sandbox.state().unwrap().failed_jobs.is_empty());
}

#[tokio::test]
async fn the_transfers_of_a_batch_change_until_it_is_paid() {
    let caller = Caller::new().await;
    let collector = caller.collector(json!({})).await;
    let batch = caller.batch(&collector).await;
    let more = caller.collected(&collector.account, &[5_00, 7_00]).await;
    let now = caller.get(&batch).await.with(200);
    let change = async |transfers: Value| {
        let body = json!({
            "batched_transfer_ids": transfers, "creation_time": now["creation_time"],
            "last_updated_time": now["last_updated_time"],
        });
        caller.change(&batch, body).await
    };
    let changed = change(json!(more)).await.with(201);
    assert_eq!(
        (&changed["amount"], &changed["batched_transfer_ids"]),
        (&json!(12_00), &json!(more))
    );
    let other = caller.batch(&collector).await;
    let taken = caller.get(&other).await.with(200)["batched_transfer_ids"].clone();
    let refused = change(taken).await.with(400);
    assert!(refused["invalid"]["batched_transfer_ids"].is_string(), "{refused}");
    caller.sandbox.advance(Duration::minutes(40)).unwrap();
    assert_eq!(
        change(now["batched_transfer_ids"].clone()).await.with(422)["code"],
        "INVALID_STATUS"
    );
}

#[tokio::test]
async fn a_batch_that_its_rail_refuses_is_declined() {
    let caller = Caller::new().await;
    let collector =
        caller.collector(json!({ "rules": { "disable_four_eyes_review": true } })).await;
    let batch = caller.batch(&collector).await;
    // What was collected is spent meanwhile.
    let spent = json!({
        "amount": 20_00, "currency": "USD", "type": "ACCOUNT_TO_ACCOUNT",
        "originating_account_id": collector.account,
        "receiving_account_id": caller.checking(&collector.id).await.0,
    });
    caller.post("/v2/transactions/internal_transfer", spent).await.with(200);
    caller.sandbox.advance(Duration::minutes(10)).unwrap();
    assert_eq!(caller.get(&batch).await.with(200)["status"], "DECLINED");

    // Without a second person it is paid at once.
    let batch = caller.batch(&collector).await;
    caller.sandbox.advance(Duration::minutes(10)).unwrap();
    assert_eq!(caller.get(&batch).await.with(200)["status"], "PENDING_PAYMENT");
}

#[tokio::test]
async fn a_batch_is_paid_by_wire_and_in_canada() {
    let caller = Caller::new().await;
    let rules = json!({ "payment_rail": "wire", "disable_four_eyes_review": true });
    let collector = caller.collector(json!({ "rules": rules })).await;
    let wired = caller.batch(&collector).await;
    caller.sandbox.advance(Duration::minutes(40)).unwrap();
    let wired = caller.get(&wired).await.with(200);
    assert_eq!(wired["status"], "COMPLETED");
    let wire = wired["payment_rail_transfer_id"].as_str().unwrap();
    let wire = caller.get(&format!("/v2/wires/{wire}")).await.with(200);
    assert_eq!((&wire["amount"], &wire["status"]), (&json!(20_00), &json!("COMPLETED")));

    let canadian = caller.canadian().await;
    let members = json!({
        "name": "canada",
        "config": {
            "settlement_customer_id": canadian.id, "settlement_account_id": canadian.account,
            "external_account_id": canadian.external,
        },
        "rules": { "payment_rail": "EFT_CA", "disable_four_eyes_review": true },
        "extra_rail_params": { "transaction_code": "200", "is_same_day": true },
    });
    let template = caller.collector(members).await.template;
    let path = format!("/v2/transactions/posted?account_id={}", canadian.account);
    let posted = caller.get(&path).await.with(200)["result"][0]["uuid"].clone();
    let batch = caller.batched(&[posted.as_str().unwrap().to_owned()]).await[0].clone();
    assert_eq!(batch["batch_payment_template_id"], template);
    caller.sandbox.advance(Duration::days(1)).unwrap();
    let path = format!("/v2/batches/{}", batch["id"].as_str().unwrap());
    assert_eq!(caller.get(&path).await.with(200)["status"], "COMPLETED");
    assert_eq!(caller.balance(&canadian.account).await, 0);
    assert!(caller.sandbox.audit().unwrap().adds_up());
    assert!(caller.sandbox.state().unwrap().failed_jobs.is_empty());
}

#[tokio::test]
async fn templates_that_make_no_sense_are_refused() {
    let caller = Caller::new().await;
    let collector = caller.collector(json!({})).await;
    let path = format!("/v2/batch_templates/{}", collector.template);
    let template = caller.get(&path).await.with(200);
    let stranger = caller.post("/v2/persons", super::ada()).await.id();
    for (members, field) in [
        (json!({ "name": " " }), "name"),
        (json!({ "config": { "type": "LOOT" } }), "config.type"),
        (json!({ "config": { "subtypes": [] } }), "config.subtypes"),
        (
            json!({ "config": { "settlement_account_id": stranger } }),
            "config.settlement_account_id",
        ),
        (json!({ "config": { "external_account_id": stranger } }), "config.external_account_id"),
        (
            json!({ "config": { "min_transaction_count": 3, "max_transaction_count": 2 } }),
            "config.max_transaction_count",
        ),
        (
            json!({ "config": { "min_total_transaction_amount": -1 } }),
            "config.min_total_transaction_amount",
        ),
        (json!({ "rules": { "payment_rail": "CARD" } }), "rules.payment_rail"),
        (json!({ "rules": { "hold_time": -1 } }), "rules.hold_time"),
        (json!({ "extra_rail_params": { "sec_code": "ZZZ" } }), "extra_rail_params.sec_code"),
        (json!({ "extra_rail_params": { "amount": 5 } }), "extra_rail_params.amount"),
        (json!({ "extra_rail_params": { "color": "red" } }), "extra_rail_params.color"),
        (
            json!({
                "rules": { "payment_rail": "EFT_CA" },
                "extra_rail_params": { "transaction_code": "200" },
            }),
            "config.settlement_account_id",
        ),
    ] {
        let mut body = template.clone();
        put(&mut body, members.clone());
        body.as_object_mut().unwrap().remove("id");
        let refused = caller.post("/v2/batch_templates", body).await.with(400);
        assert!(refused["invalid"][field].is_string(), "{members}: {refused}");
    }
    let mut body = template.clone();
    body.as_object_mut().unwrap().remove("id");
    put(&mut body, json!({ "rules": { "payment_rail": "EFT_CA" } }));
    let refused = caller.post("/v2/batch_templates", body).await.with(400);
    assert_eq!(refused["missing"], json!(["extra_rail_params.transaction_code"]));
    let mut body = template.clone();
    body.as_object_mut().unwrap().remove("id");
    put(&mut body, json!({ "config": { "settlement_customer_id": stranger } }));
    let refused = caller.post("/v2/batch_templates", body.clone()).await;
    assert_eq!(refused.text("code"), "IMPROPER_ACCOUNT_CUSTOMER_RELATIONSHIP");
    put(&mut body, json!({ "tenant": "9_9" }));
    let refused = caller.post("/v2/batch_templates", body).await;
    assert_eq!(refused.text("code"), "INVALID_TENANCY");
}
