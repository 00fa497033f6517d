//! Accounts: whose they are, what they become, and what is issued on them.

use serde_json::{Value, json};

use super::super::ledger::bank::{OTHER, PLAIN, PROGRAM, SAVING};
use super::{Bank, code, id, text};

fn on(kind: &str, person: &str) -> Value {
    json!({ "relationship_type": kind, "person_id": person })
}

#[tokio::test]
async fn an_account_has_one_primary_holder_and_its_owners_are_verified() {
    let bank = Bank::open().await;
    let (holder, prospect) = (bank.person.clone(), bank.prospect().await);
    let primary = on("PRIMARY_ACCOUNT_HOLDER", &holder);
    assert_eq!(code(&bank.account_for("CHECKING", json!([])).await), "BAD_REQUEST_BODY");
    let joint = json!([on("JOINT_ACCOUNT_HOLDER", &holder)]);
    assert_eq!(code(&bank.account_for("CHECKING", joint).await), "BAD_REQUEST_BODY");
    for kind in ["JOINT_ACCOUNT_HOLDER", "AUTHORIZED_SIGNER"] {
        let both = json!([primary, on(kind, &prospect)]);
        assert_eq!(
            code(&bank.account_for("CHECKING", both).await),
            "CUSTOMER_NOT_VERIFIED",
            "{kind}"
        );
    }
    // Who may only spend needs no check of identity, but a name, to be looked up on the watchlists.
    let nobody = json!({ "status": "PROSPECT", "is_customer": true });
    let nobody = id(&bank.post("persons", nobody).await.unwrap());
    let unknown = json!([primary, on("AUTHORIZED_USER", &nobody)]);
    assert_eq!(code(&bank.account_for("CHECKING", unknown).await), "BAD_REQUEST_BODY");
    let user = json!([primary, on("AUTHORIZED_USER", &prospect)]);
    bank.account_for("CHECKING", user).await.unwrap();
}

#[tokio::test]
async fn an_account_in_closing_can_only_close() {
    let bank = Bank::open().await;
    let account = format!("accounts/{}", bank.accounts[OTHER]);
    let close = json!({ "reason": "CUSTOMER_REQUEST_TRANSFER", "reason_details": "moves away",
        "payment_method": null, "destination_id": null });
    let closing = bank.post(&format!("{account}/initiate_closure"), close.clone()).await.unwrap();
    assert_eq!(closing["status"], "IN_CLOSING");
    let again = bank.post(&format!("{account}/initiate_closure"), close).await;
    assert_eq!(code(&again), "INVALID_STATUS");
    for status in ["ACTIVE_OR_DISBURSED", "SUSPENDED", "RESTRICTED"] {
        let reopened = bank.patch(&account, json!({ "status": status })).await;
        assert_eq!(code(&reopened), "INVALID_STATUS", "{status}");
    }
    bank.wait(24 * 5);
    assert_eq!(bank.get(&account).await["status"], "CLOSED");
    let reopened = bank.patch(&account, json!({ "status": "ACTIVE_OR_DISBURSED" })).await;
    assert!(reopened.is_err());
}

#[tokio::test]
async fn what_an_account_was_opened_as_it_stays() {
    let bank = Bank::open().await;
    let account = format!("accounts/{}", bank.accounts[OTHER]);
    for (field, value) in [("account_type", "SAVING"), ("currency", "CAD")] {
        let changed = bank.patch(&account, json!({ field: value })).await;
        assert_eq!(code(&changed), "BAD_REQUEST_BODY", "{field}");
    }
    let named = bank.patch(&account, json!({ "nickname": "Rainy days" })).await.unwrap();
    assert_eq!(named["nickname"], "Rainy days");
}

#[tokio::test]
async fn a_grace_period_is_three_to_four_weeks() {
    let bank = Bank::open().await;
    let line = |days: i64| {
        bank.post(
            "accounts",
            json!({ "account_type": "LINE_OF_CREDIT", "currency": "USD", "credit_limit": 100_00,
                "grace_period": days,
                "relationships": [on("PRIMARY_ACCOUNT_HOLDER", &bank.person)] }),
        )
    };
    for days in [21, 28] {
        assert_eq!(line(days).await.unwrap()["grace_period"], days);
    }
    for days in [20, 29] {
        assert_eq!(code(&line(days).await), "BAD_REQUEST_BODY", "{days}");
    }
}

#[tokio::test]
async fn an_account_has_one_card_of_plastic_and_nine_without() {
    let bank = Bank::open().await;
    let products = bank.get("cards/products").await;
    let product = |form: &str| {
        let products = products["card_products"].as_array().unwrap();
        let found = products.iter().find(|product| text(product, "form") == form).unwrap();
        id(found)
    };
    let (plastic, virtually) = (product("PHYSICAL"), product("VIRTUAL"));
    let issue = |form: &str, product: &str| {
        let details = json!({ "form": form, "account_id": bank.accounts[OTHER],
            "customer_id": bank.person, "card_product_id": product });
        bank.post("cards", json!({ "type": "DEBIT", "card_details": details }))
    };
    issue("PHYSICAL", &plastic).await.unwrap();
    assert!(issue("PHYSICAL", &plastic).await.is_err(), "a second card of plastic");
    for _ in 0..9 {
        issue("VIRTUAL", &virtually).await.unwrap();
    }
    assert!(issue("VIRTUAL", &virtually).await.is_err(), "a tenth virtual card");
}

#[tokio::test]
async fn numbers_come_out_masked_but_for_the_accounts_own() {
    let bank = Bank::open().await;
    let account = bank.get(&format!("accounts/{}", bank.accounts[PLAIN])).await;
    let (number, masked) =
        (text(&account, "account_number"), text(&account, "account_number_masked"));
    assert!(number.bytes().all(|byte| byte.is_ascii_digit()), "{number}");
    assert_eq!(masked.len(), number.len());
    assert_eq!(masked[masked.len() - 4..], number[number.len() - 4..]);
    assert!(masked.contains('*') && masked != number);
    let person = bank.get(&format!("persons/{}", bank.person)).await;
    assert_eq!(person["ssn"], "9012");
    let external = bank.get(&format!("external_accounts/{}", bank.external)).await;
    assert_eq!(text(&external["account_identifiers"], "number").len(), 4);
    assert!(!external.to_string().contains("access-"), "{external}");
}

#[tokio::test]
async fn a_chain_of_linked_accounts_has_an_end() {
    let bank = Bank::open().await;
    let on = [on("PRIMARY_ACCOUNT_HOLDER", &bank.person)];
    let linked = |to: Option<&String>| {
        let mut body =
            json!({ "account_type": "CHECKING", "currency": "USD", "relationships": on });
        if let Some(to) = to {
            let line = json!({ "balance": 0, "linked_account_id": to });
            body["balance_floor"] = line.clone();
            body["balance_ceiling"] = line;
        }
        body
    };
    // From the far end: eight links, and then no more.
    let mut chain = vec![id(&bank.post("accounts", linked(None)).await.unwrap())];
    for _ in 0..8 {
        chain.push(id(&bank.post("accounts", linked(chain.last())).await.unwrap()));
    }
    assert_eq!(code(&bank.post("accounts", linked(chain.last())).await), "BAD_REQUEST_BODY");
    // Nor in the middle, where two chains that may each be would be one that may not.
    let mut other = vec![id(&bank.post("accounts", linked(None)).await.unwrap())];
    other.push(id(&bank.post("accounts", linked(other.last())).await.unwrap()));
    let line = |to: &String| json!({ "balance_floor": { "balance": 0, "linked_account_id": to } });
    let joined = bank.patch(&format!("accounts/{}", other[0]), line(&chain[7])).await;
    assert_eq!(code(&joined), "BAD_REQUEST_BODY");
    bank.patch(&format!("accounts/{}", other[0]), line(&chain[6])).await.unwrap();
    // What comes in at the near end goes through to the far one.
    let mut credit = bank.transfer_body(PROGRAM, PLAIN, 700, "IMMEDIATE");
    credit["receiving_account_id"] = json!(chain[8]);
    bank.post("transactions/internal_transfer", credit).await.unwrap();
    let end = bank.get(&format!("accounts/{}", chain[0])).await;
    assert_eq!(end["balances"][0]["balance"], 700, "{end}");
    bank.sandbox.audit().unwrap();
}

#[tokio::test]
async fn an_account_elsewhere_is_linked_once_and_edited_until_it_is_proven() {
    let bank = Bank::open().await;
    let link = |number: &str| {
        bank.post(
            "external_accounts",
            json!({ "customer_id": bank.person, "customer_type": "PERSONAL", "type": "CHECKING",
                "account_owner_names": ["Ada Byron"], "account_identifiers": { "number": number },
                "routing_identifiers": { "bank_name": "First", "bank_countries": ["US"],
                    "ach_routing_number": "021000021" } }),
        )
    };
    let linked = link("123456789").await.unwrap();
    assert_eq!(linked["verification"]["status"], "UNVERIFIED");
    assert_eq!(code(&link("123456789").await), "DUPLICATE_RESOURCE");
    let linked = format!("external_accounts/{}", id(&linked));
    let proven = format!("external_accounts/{}", bank.external);
    let nickname = json!({ "nickname": "Household" });
    let owners = json!({ "account_owner_names": ["Ada King"] });
    bank.patch(&linked, nickname.clone()).await.unwrap();
    bank.patch(&linked, owners.clone()).await.unwrap();
    bank.patch(&proven, nickname).await.unwrap();
    assert_eq!(code(&bank.patch(&proven, owners).await), "BAD_REQUEST_BODY");
}

#[tokio::test]
async fn the_banks_own_accounts_take_no_part_in_transfers() {
    let bank = Bank::open().await;
    // Money that comes in has its other side on the bank's settlement account.
    let account = bank.get(&format!("accounts/{}", bank.accounts[PLAIN])).await;
    let entry = json!({ "account_number": account["account_number"], "amount": 5_00,
        "dc_sign": "credit", "effective_date": "2026-11-24" });
    bank.post("ach/transaction_simulations/receiving_transaction", entry).await.unwrap();
    let posted = bank.all("transactions/posted", "result").await;
    let lines = posted.last().unwrap()["data"]["lines"].as_array().unwrap();
    let settlement = lines.iter().find(|line| line["is_gl_acc"] == true).unwrap();
    let mut body = bank.transfer_body(PLAIN, SAVING, 1_00, "IMMEDIATE");
    bank.post("transactions/internal_transfer", body.clone()).await.unwrap();
    body["originating_account_id"] = settlement["account_id"].clone();
    let refused = bank.post("transactions/internal_transfer", body).await;
    assert_eq!(code(&refused), "UNABLE_TO_TRANSACT");
}
