//! Members that do not change: refused when they differ, accepted when they are as they were read.

use serde_json::{Value, json};

use super::populated::{items, lists, populate};
use super::{Caller, ada};

#[tokio::test]
async fn a_member_that_cannot_change_is_refused() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let (account, number) = caller.checking(&holder).await;
    let path = format!("/v2/accounts/{account}");
    let before = caller.get(&path).await.with(200);
    for (member, value) in [
        ("tenant", json!("9_9")),
        ("open_date", json!("2000-01-01")),
        ("close_date", json!("2030-01-01")),
        ("account_number", json!("1")),
        ("currency", json!("CAD")),
        ("id", json!(holder)),
        ("customer_ids", json!([])),
    ] {
        let change = json!({ member: value, "nickname": "changed" });
        let refused = caller.change(&path, change).await;
        assert_eq!(refused.fields("immutable"), [member], "{}", refused.body);
        let same = json!({ member: before[member] });
        if !before[member].is_null() {
            assert_eq!(
                caller.change(&path, same).await.with(200)["open_date"],
                before["open_date"]
            );
        }
    }
    // Members that no account has are meant for no one, and null is no value.
    let strange = json!({ "favorite_color": "red", "open_date": null, "nickname": "mine" });
    let after = caller.change(&path, strange).await.with(200);
    assert_eq!((&after["nickname"], &after["account_number"]), (&json!("mine"), &json!(number)));
    assert_eq!(after["open_date"], before["open_date"]);
}

#[tokio::test]
async fn it_is_so_for_every_kind_of_resource() {
    let caller = Caller::new().await;
    let person = caller.post("/v2/persons", ada()).await.id();
    let gateway = caller.post("/v2/ach/gateways", json!({ "url": "http://127.0.0.1:9/a" })).await;
    let note = json!({
        "content": "x", "related_resource_id": person, "related_resource_type": "CUSTOMER",
    });
    let note = caller.post("/v2/notes", note).await;
    for (path, member) in [
        (format!("/v2/persons/{person}"), "creation_time"),
        (format!("/v0/customers/{person}"), "creation_time"),
        (format!("/v2/ach/gateways/{}", gateway.id()), "created"),
        (format!("/v2/notes/{}?related_resource_type=CUSTOMER", note.id()), "creation_time"),
    ] {
        let refused = caller.change(&path, json!({ member: "2000-01-01T00:00:00Z" })).await;
        assert_eq!(refused.fields("immutable"), [member], "{path}");
    }
}

#[tokio::test]
async fn a_stale_balance_is_no_change() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let (account, number) = caller.checking(&holder).await;
    let path = format!("/v2/accounts/{account}");
    let mut stale = caller.get(&path).await.with(200);
    caller.receive(&number, 5_00, "credit").await.with(201);
    stale["nickname"] = json!("mine");
    let after = caller.change(&path, stale).await.with(200);
    assert_eq!(after["nickname"], "mine");
    assert_eq!(caller.balance(&account).await, 5_00);
    // Whatever is sent, nothing is set.
    for balances in [json!([]), json!("none"), json!([{ "type": "ACCOUNT_BALANCE", "balance": 9 }])]
    {
        caller.change(&path, json!({ "balances": balances })).await.with(200);
        assert_eq!(caller.balance(&account).await, 5_00);
    }
    let body = json!({ "balances": [], "account_type": "CHECKING", "currency": "USD",
        "relationships": [{ "relationship_type": "PRIMARY_ACCOUNT_HOLDER", "customer_id": holder }] });
    let opened = caller.post("/v2/accounts", body).await;
    assert_eq!(opened.fields("immutable"), ["balances"], "a new account has none yet");

    // So it is with other members that are worked out when a resource is read.
    let person = format!("/v2/persons/{}", caller.post("/v2/persons", ada()).await.id());
    let read = caller.get(&person).await.with(200);
    assert_eq!(read["has_accounts"], false);
    let claimed = caller.change(&person, json!({ "has_accounts": true })).await.with(200);
    assert_eq!(claimed["has_accounts"], false);
    let _: Value = claimed;
}

#[tokio::test]
async fn a_resource_is_changed_twice_from_one_reading() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let (account, _) = caller.checking(&holder).await;
    for path in [format!("/v2/persons/{holder}"), format!("/v2/accounts/{account}")] {
        let read = caller.get(&path).await.with(200);
        for name in ["first", "second"] {
            // The clock is moved, so that the time of the last change is another one.
            caller.sandbox.advance_banking_days(1).unwrap();
            let mut changed = read.clone();
            changed["metadata"] = json!({ "name": name });
            assert_eq!(caller.change(&path, changed).await.with(200)["metadata"]["name"], name);
        }
    }
}

/// A client that reads a resource, changes a member and sends all of it back must not be refused.
#[tokio::test(flavor = "multi_thread")]
async fn every_resource_is_accepted_as_it_was_read() {
    let caller = Caller::new().await;
    let made = populate(&caller, 1).await;
    let (mut tried, mut refused) = (0, Vec::new());
    for list in lists(&caller, &made).await {
        // The path of a list and an id is that of a resource.
        let query = list.with([]).split_once('?').map_or(String::new(), |(_, q)| format!("?{q}"));
        for item in items(&caller.get(&list.with([])).await.body).unwrap() {
            let id = item.get("id").or_else(|| item.pointer("/card_details/id"));
            let Some(id) = id.and_then(Value::as_str) else { continue };
            let path = format!("{}/{id}{query}", list.path);
            let read = caller.get(&path).await;
            let allow = caller.call("OPTIONS", &path, Value::Null).await;
            let can_change = allow.headers.get("allow").is_some_and(|allow| {
                allow.to_str().unwrap().split(", ").any(|method| method == "PATCH")
            });
            if read.status != 200 || !can_change {
                continue;
            }
            tried += 1;
            let answer = caller.change(&path, read.body.clone()).await;
            // A change may need members that the resource does not have, such as a wallet token's.
            if answer.status >= 300 && answer.fields("missing").is_empty() {
                refused.push(format!("{path}: {}", answer.body));
            }
        }
    }
    assert!(tried > 30, "{tried}");
    assert!(refused.is_empty(), "{} of {tried}:\n{}", refused.len(), refused.join("\n"));
}
