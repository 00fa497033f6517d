//! Money from and to other banks: links, ACH, wires, checks.

use serde_json::{Value, json};

use super::super::{Answer, Caller, answer};
use super::Seen;

/// What there is on the account.
const FUNDS: i64 = 500_00;

/// A customer with money on a checking account.
pub(super) struct Customer {
    pub(super) id: String,
    pub(super) account: String,
    number: String,
}

impl Caller {
    pub(super) async fn funded(&self) -> Customer {
        let id = self.verified().await;
        let (account, number) = self.checking(&id).await;
        self.receive(&number, FUNDS, "credit").await.with(201);
        Customer { id, account, number }
    }

    /// Sets the property of an account that a row names last.
    async fn set_account(&self, account: &str, set: &str, value: &str) {
        let field = *super::codes(set).last().unwrap();
        let mut body = json!({ field: value.parse::<bool>().map_or(json!(value), Value::from) });
        match field {
            "status" => body["note"] = json!("looks odd"),
            "balance_ceiling" => {
                body[field] = json!({ "balance": value.parse::<i64>().unwrap() });
            }
            _ => {}
        }
        self.change(&format!("/v2/accounts/{account}"), body).await.with(200);
    }

    /// An account that is closed; its number.
    async fn closed(&self) -> String {
        let (account, number) = self.checking(&self.verified().await).await;
        let body = json!({ "reason": "CUSTOMER_REQUEST_TRANSFER", "reason_details": "moving" });
        self.post(&format!("/v2/accounts/{account}/initiate_closure"), body).await.with(200);
        self.sandbox.advance_banking_days(1).unwrap();
        number
    }

    /// An ACH transfer that was made; its id.
    async fn sent(&self, members: Value) -> String {
        let Customer { id, account, .. } = self.funded().await;
        let mut body = json!({
            "customer_id": id, "originating_account_id": account, "amount": 20_00,
            "receiving_account_id": self.elsewhere(&id).await, "currency": "USD",
            "dc_sign": "credit",
        });
        for (name, value) in members.as_object().unwrap() {
            body[name] = value.clone();
        }
        self.post("/v2/ach", body).await.id()
    }

    async fn wired(&self, message: &str) -> String {
        let Customer { id, account, .. } = self.funded().await;
        let body = json!({
            "customer_id": id, "originating_account_id": account, "amount": 20_00,
            "receiving_account_id": self.elsewhere(&id).await, "currency": "USD",
            "recipient_message": "rent", "bank_message": message,
        });
        self.post("/v2/wires", body).await.id()
    }
}

pub(super) async fn link(caller: &Caller, set: &str, value: &str) -> Seen {
    let holder = caller.verified().await;
    if set == "`vendor_public_token`" {
        let body = json!({
            "customer_id": holder, "vendor_institution_id": "ins_1", "vendor_public_token": value,
        });
        let answer = caller.post("/v2/external_accounts/access_tokens", body).await;
        return match answer.status {
            201 => Seen::now("201"),
            _ => Seen::of(&answer, ""),
        };
    }
    assert_eq!(set, "`vendor_account_ids`");
    let token = caller.access(&holder).await;
    let by_plaid = caller.vendor("add", &holder, &token, &[value]).await;
    let body = json!({
        "vendor": "FINICITY", "customer_type": "PERSONAL", "customer_id": holder,
        "vendor_customer_id": "17", "vendor_account_ids": [value],
    });
    let by_finicity =
        caller.post("/v2/external_accounts/add_vendor_accounts", body).await.with(200);
    let found = |answer: &Value| {
        let failed = answer.pointer("/failed_accounts/0/reason");
        let found = failed.or(answer.pointer("/added_accounts/0/type")).unwrap();
        found.as_str().unwrap().to_owned()
    };
    assert_eq!(found(&by_plaid), found(&by_finicity));
    Seen::now(found(&by_plaid))
}

pub(super) async fn ach(caller: &Caller, set: &str, value: &str) -> Seen {
    let returned = async |setting: &str, value: Value| {
        caller.sandbox.set_setting(setting, value).unwrap();
        let sent = caller.sent(json!({})).await;
        let leaves = caller.sandbox.banking_days().next_ach_file().unwrap();
        caller.sandbox.advance_to(leaves).unwrap();
        let path = "/v2/ach/transaction_simulations/receiving_return";
        caller.post(path, json!({ "ach_id": sent })).await.with(201);
        sent
    };
    match set {
        "`is_same_day`" => {
            let is_same_day = value.parse::<bool>().unwrap();
            let sent = caller.sent(json!({ "is_same_day": is_same_day })).await;
            Seen::at(caller, format!("/v2/ach/{sent}"), "/status").await
        }
        "setting `ach_return_code`" => {
            let sent = returned("ach_return_code", json!(value)).await;
            Seen::at(caller, format!("/v2/ach/{sent}"), "/return_data/code").await
        }
        "setting `ach_returns_to_suspense`" => {
            returned("ach_returns_to_suspense", json!(true)).await;
            let entries = caller.get("/v2/ach/incoming").await.with(200);
            let last = entries["transactions"].as_array().unwrap().last().unwrap().clone();
            Seen::now(last["status"].as_str().unwrap())
        }
        set => incoming_ach(caller, set, value).await,
    }
}

async fn incoming_ach(caller: &Caller, set: &str, value: &str) -> Seen {
    let mut entry = json!({
        "amount": 20_00, "dc_sign": "credit", "effective_date": "2026-11-24",
    });
    let is_debit = set.starts_with("`dc_sign` `debit`");
    if is_debit {
        entry["dc_sign"] = json!("debit");
    }
    let Customer { account, number, .. } = caller.funded().await;
    entry["account_number"] = json!(number);
    let mut shows_status = false;
    match set {
        "`account_number`" if value == "of a closed account" => {
            entry["account_number"] = json!(caller.closed().await);
        }
        "`account_number`" => entry["account_number"] = json!(value),
        "`dc_sign` `debit`, `amount`" => entry["amount"] = json!(FUNDS + 1),
        "`dc_sign` `debit`, after `POST /sandbox/stop_payments` for" => {
            let body = json!({ "account_id": account, "originator_name": value });
            caller.post("/sandbox/stop_payments", body).await.with(201);
        }
        "`dc_sign` `debit`, on an account with `access_status`"
        | "an account with `status`"
        | "an account with `is_ach_enabled`"
        | "an account with a balance of 500.00 USD and a `balance_ceiling`" => {
            caller.set_account(&account, set, value).await;
        }
        "`amount`" => entry["amount"] = json!(value.parse::<i64>().unwrap()),
        "`effective_date`" => {
            assert_eq!(value, "tomorrow");
            entry["effective_date"] = json!("2026-11-25");
        }
        "setting `incoming_ach_failures_to_suspense`" => {
            caller.sandbox.set_setting("incoming_ach_failures_to_suspense", true).unwrap();
            entry["account_number"] = json!("0000000000");
            shows_status = true;
        }
        set => panic!("nothing sets {set}"),
    }
    let path = "/v2/ach/transaction_simulations/receiving_transaction";
    let id = caller.post(path, entry).await.id();
    let path = format!("/v2/ach/incoming/{id}");
    let entry = caller.get(&path).await.with(200);
    match entry["decline_reason"].as_str() {
        Some(reason) if !shows_status => {
            assert_eq!(entry["status"], "RETURNED");
            Seen::now(reason.split(':').next().unwrap())
        }
        _ => Seen::at(caller, path, "/status").await,
    }
}

pub(super) async fn wire(caller: &Caller, set: &str, value: &str) -> Seen {
    let simulate = async |what: &str, body: Value| {
        caller.post(&format!("/v2/wires/transaction_simulations/{what}"), body).await.with(201);
        let wires = caller.get("/v2/wires/incoming").await.with(200);
        Seen::now(wires["wires"].as_array().unwrap().last().unwrap()["status"].as_str().unwrap())
    };
    let receive = async |number: &str| {
        simulate("receiving_transaction", json!({ "account_number": number, "amount": 7_00 })).await
    };
    match set {
        "`bank_message`" => {
            let wire = caller.wired(value).await;
            Seen::at(caller, format!("/v2/wires/{wire}"), "/status").await
        }
        "`account_number`" if value == "of a closed account" => {
            receive(&caller.closed().await).await
        }
        "`account_number`" => receive(value).await,
        "an account with `status`"
        | "an account with `is_wire_enabled`"
        | "an account with a balance of 500.00 USD and a `balance_ceiling`" => {
            let Customer { account, number, .. } = caller.funded().await;
            caller.set_account(&account, set, value).await;
            receive(&number).await
        }
        "`wire_id` of a return" => {
            let wire = caller.wired("").await;
            caller.sandbox.advance(chrono::Duration::hours(1)).unwrap();
            let seen = simulate("receiving_return", json!({ "wire_id": wire })).await;
            let wire = caller.get(&format!("/v2/wires/{wire}")).await.with(200);
            let account = wire["originating_account_id"].as_str().unwrap();
            assert_eq!(caller.balance(account).await, FUNDS, "the money is not back");
            seen
        }
        set => panic!("nothing sets {set}"),
    }
}

impl Caller {
    /// An image of a check; its id.
    pub(in crate::sandbox) async fn image(&self, name: &str, contents: &str) -> String {
        const LIMIT: &str = "limit";
        let mut body = Vec::new();
        let file = format!("name=\"file\"; filename=\"{name}\"\r\ncontent-type: image/jpeg");
        let jpeg = [&[0xFF, 0xD8, 0xFF], contents.as_bytes()].concat();
        for (head, content) in [("name=\"type\"", &b"CHECK_IMAGE"[..]), (&file, &jpeg)] {
            let head = format!("--{LIMIT}\r\ncontent-disposition: form-data; {head}\r\n\r\n");
            body.extend([head.as_bytes(), content, b"\r\n"].concat());
        }
        body.extend(format!("--{LIMIT}--\r\n").bytes());
        let request = self
            .request("POST", "/v2/documents")
            .header("content-type", format!("multipart/form-data; boundary={LIMIT}"))
            .body(body);
        answer(request).await.id()
    }

    async fn deposit(&self, name: &str, contents: &str) -> Answer {
        let Customer { id, account, .. } = self.funded().await;
        let front = self.image(name, contents).await;
        let body = json!({
            "person_id": id, "account_id": account, "check_amount": 75_00,
            "deposit_currency": "USD", "front_image_id": front,
            "back_image_id": self.image("back.jpg", "back").await,
        });
        self.post("/v2/rdc/deposits", body).await
    }
}

pub(super) async fn check(caller: &Caller, set: &str, value: &str) -> Seen {
    let name = match set {
        "file name" => format!("{}.jpg", value.to_uppercase()),
        "front image" => {
            caller.deposit("first.jpg", "front").await.with(201);
            "second.jpg".to_owned()
        }
        set => panic!("nothing sets {set}"),
    };
    let deposit = caller.deposit(&name, "front").await.id();
    Seen::at(caller, format!("/v2/rdc/deposits/{deposit}"), "/status").await
}
