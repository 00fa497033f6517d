//! Money to and from Canada, cash, and batches of transfers.

use serde_json::{Value, json};

use super::super::Caller;
use super::Seen;

pub(super) async fn eft_ca(caller: &Caller, set: &str, value: &str) -> Seen {
    let canadian = caller.canadian().await;
    let send = async |sign: &str, members: Value| {
        caller.post("/v2/eft_ca", canadian.transfer(sign, members)).await
    };
    match set {
        "`is_same_day`" => {
            let members = json!({ "is_same_day": value.parse::<bool>().unwrap() });
            let id = send("CREDIT", members).await.id();
            Seen::at(caller, format!("/v2/eft_ca/{id}"), "/status").await
        }
        "`currency` of the account" => {
            let account = caller.account_in(&canadian.id, value, true).await;
            let answer = send("CREDIT", json!({ "originating_account_id": account })).await;
            Seen::of(&answer, "/status")
        }
        "setting `eft_ca_debits_need_a_verified_account`" => {
            caller.sandbox.set_setting("eft_ca_debits_need_a_verified_account", true).unwrap();
            Seen::of(&send("DEBIT", json!({})).await, "/status")
        }
        set => {
            let pointer = match set {
                "`destination_account_owner_name`" => "/status",
                "`destination_account_owner_name`, for the `network_status`" => "/network_status",
                set => panic!("nothing sets {set}"),
            };
            let members = json!({ "destination_account_owner_name": value });
            let id = send("CREDIT", members).await.id();
            Seen::at(caller, format!("/v2/eft_ca/{id}"), pointer).await
        }
    }
}

pub(super) async fn cash(caller: &Caller, set: &str, value: &str) -> Seen {
    if set.starts_with("`client_name`") {
        let (_, order) = caller.ordered(value).await;
        if set == "`client_name` of an order" {
            return Seen::at(caller, order, "/status").await;
        }
        caller.sandbox.advance(chrono::Duration::days(1)).unwrap();
        let transfer = caller.cash("").await[0]["id"].as_str().unwrap().to_owned();
        return Seen::at(caller, format!("/v2/cash/{transfer}"), "/network_status").await;
    }
    let depositor = caller.depositor().await;
    let members = match set {
        "`amount` of a deposit" => json!({ "amount": value.parse::<i64>().unwrap() }),
        "`type` of a deposit" => json!({ "type": value }),
        "`store_id` of a deposit" => {
            // A degree of latitude is 69 miles.
            let path = "/v2/cash/transaction_simulations/barcodes/stores?lng=-122.4194&lat=38.0649";
            json!({ "store_id": caller.get(path).await.with(200)["stores"][0]["id"] })
        }
        "an account with `status`" => {
            let path = format!("/v2/accounts/{}", depositor.account);
            let body = json!({ "status": value, "note": "looks odd" });
            caller.change(&path, body).await.with(200);
            json!({})
        }
        set => panic!("nothing sets {set}"),
    };
    let answer = caller.pay_in(&depositor, members).await;
    if answer.status >= 400 {
        return Seen::of(&answer, "");
    }
    let transfers = caller.cash("").await;
    match set {
        "`type` of a deposit" => Seen::now(transfers.len().to_string()),
        "an account with `status`" => Seen::now(transfers[0]["suspended"].to_string()),
        _ => Seen::now(transfers[0]["status"].as_str().unwrap()),
    }
}

pub(super) async fn batch(caller: &Caller, set: &str, value: &str) -> Seen {
    let members = match set {
        "`description` of the template" => json!({ "description": value }),
        "`rules.disable_four_eyes_review`" => {
            json!({ "rules": { "disable_four_eyes_review": value.parse::<bool>().unwrap() } })
        }
        set => panic!("nothing sets {set}"),
    };
    let collector = caller.collector(members).await;
    Seen::at(caller, caller.batch(&collector).await, "/status").await
}
