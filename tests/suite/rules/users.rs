//! Who may use an account, and what becomes of it when a holder is not verified any more.

use serde_json::{Value, json};

use super::super::ledger::bank::{LINE, OTHER, PLAIN, PROGRAM};
use super::{Bank, address, code, id, text};

/// Somebody of whom a name is known, and no verification.
async fn unverified(bank: &Bank) -> String {
    let body = json!({ "status": "ACTIVE", "is_customer": true, "first_name": "Mary",
        "last_name": "Fairfax" });
    id(&bank.post("persons", body).await.unwrap())
}

async fn relate(bank: &Bank, place: usize, kind: &str, person: &str) -> super::Answer {
    let body = json!({ "relationship_type": kind, "person_id": person });
    bank.post(&format!("accounts/{}/relationships", bank.accounts[place]), body).await
}

/// Has a check made elsewhere decide about a person.
async fn decide(bank: &Bank, person: &str, result: &str) {
    let body = json!({ "person_id": person, "result": result,
        "verification_type": "MANUAL_REVIEW", "verification_time": "2026-11-24T13:00:00Z" });
    bank.post("verifications", body).await.unwrap();
}

async fn status(bank: &Bank, place: usize) -> String {
    let account = bank.get(&format!("accounts/{}", bank.accounts[place])).await;
    text(&account, "status").to_owned()
}

#[tokio::test]
async fn an_authorized_user_transacts_without_a_verification() {
    let bank = Bank::open().await;
    bank.transfer(PROGRAM, PLAIN, 100_00, "IMMEDIATE").await.unwrap();
    let user = unverified(&bank).await;
    let pay = async || {
        let mut body = bank.transfer_body(PLAIN, OTHER, 5_00, "IMMEDIATE");
        body["originating_account_customer_id"] = json!(user);
        bank.post("transactions/internal_transfer", body).await
    };
    assert_eq!(code(&pay().await), "IMPROPER_ACCOUNT_CUSTOMER_RELATIONSHIP");
    relate(&bank, PLAIN, "AUTHORIZED_USER", &user).await.unwrap();
    pay().await.unwrap();
    let push = json!({ "customer_id": user, "amount": 1_00, "currency": "USD",
        "dc_sign": "credit", "originating_account_id": bank.accounts[PLAIN],
        "receiving_account_id": bank.external });
    bank.post("ach", push).await.unwrap();
    let products = bank.get("cards/products").await;
    let card = json!({ "type": "DEBIT", "card_details": { "form": "VIRTUAL",
        "account_id": bank.accounts[PLAIN], "customer_id": user,
        "card_product_id": products["card_products"][0]["id"] } });
    let card = id(&bank.post("cards", card).await.unwrap()["card_details"]);
    let shop = json!({ "card_id": card, "amount": 2_00, "mid": "shop" });
    let path = "cards/transaction_simulations/authorization";
    let authorized = bank.post(path, shop.clone()).await.unwrap();
    assert_eq!(authorized["transaction"]["state"], "PENDING", "{authorized}");

    // A frozen user does not, nor one whom a watchlist names by now.
    let person = format!("persons/{user}");
    bank.patch(&person, json!({ "status": "FROZEN" })).await.unwrap();
    assert_eq!(code(&pay().await), "IMPROPER_CUSTOMER_STATUS");
    let listed = json!({ "status": "ACTIVE", "first_name": "Rejected", "dob": "1985-12-10",
        "email": "mary@example.com", "phone_number": "+14155550125", "ssn": "456-78-9013",
        "legal_address": address() });
    bank.patch(&person, listed).await.unwrap();
    pay().await.unwrap();
    let verify = json!({ "person_id": user, "customer_consent": true });
    bank.post("verifications/verify", verify).await.unwrap();
    assert_eq!(code(&pay().await), "CUSTOMER_NOT_VERIFIED");
    let declined = bank.post(path, shop).await.unwrap();
    assert_eq!(declined["transaction"]["state"], "DECLINED", "{declined}");
}

#[tokio::test]
async fn an_authorized_user_may_need_an_address() {
    let bank = Bank::open().await;
    let user = unverified(&bank).await;
    bank.sandbox.set_setting("authorized_users_need_an_address", true).unwrap();
    assert_eq!(code(&relate(&bank, PLAIN, "AUTHORIZED_USER", &user).await), "BAD_REQUEST_BODY");
    bank.sandbox.set_setting("authorized_users_need_an_address", false).unwrap();
    relate(&bank, PLAIN, "AUTHORIZED_USER", &user).await.unwrap();
}

#[tokio::test]
async fn an_account_is_restricted_while_a_holder_is_not_verified() {
    let bank = Bank::open().await;
    bank.transfer(PROGRAM, PLAIN, 100_00, "IMMEDIATE").await.unwrap();
    decide(&bank, &bank.person, "REJECTED").await;
    assert_eq!(status(&bank, PLAIN).await, "RESTRICTED");
    assert_eq!(status(&bank, LINE).await, "RESTRICTED");
    for (from, to) in [(PLAIN, OTHER), (PROGRAM, PLAIN)] {
        let refused = bank.transfer(from, to, 1_00, "IMMEDIATE").await;
        assert_eq!(code(&refused), "IMPROPER_ACCOUNT_STATUS");
    }
    decide(&bank, &bank.person, "ACCEPTED").await;
    assert_eq!(status(&bank, PLAIN).await, "ACTIVE_OR_DISBURSED");
    bank.transfer(PLAIN, OTHER, 1_00, "IMMEDIATE").await.unwrap();
}

#[tokio::test]
async fn who_only_uses_an_account_does_not_restrict_it_and_a_joint_holder_does() {
    let bank = Bank::open().await;
    let body = json!({ "status": "ACTIVE", "is_customer": true, "first_name": "Grace",
        "last_name": "Murray", "dob": "1986-12-09", "email": "grace@example.com",
        "phone_number": "+14155550126", "ssn": "456-78-9014", "legal_address": address() });
    let other = id(&bank.post("persons", body).await.unwrap());
    decide(&bank, &other, "ACCEPTED").await;
    let signer = relate(&bank, PLAIN, "AUTHORIZED_SIGNER", &other).await.unwrap();
    relate(&bank, OTHER, "JOINT_ACCOUNT_HOLDER", &other).await.unwrap();
    // Who is suspended stays so.
    let suspend = |status: &str| json!({ "status": status, "note": "looks odd" });
    let line = format!("accounts/{}", bank.accounts[LINE]);
    relate(&bank, LINE, "JOINT_ACCOUNT_HOLDER", &other).await.unwrap();
    bank.patch(&line, suspend("SUSPENDED")).await.unwrap();
    decide(&bank, &other, "REVIEW").await;
    assert_eq!(status(&bank, PLAIN).await, "ACTIVE_OR_DISBURSED");
    assert_eq!(status(&bank, OTHER).await, "RESTRICTED");
    assert_eq!(status(&bank, LINE).await, "SUSPENDED");
    let lifted = bank.patch(&line, suspend("ACTIVE_OR_DISBURSED")).await.unwrap();
    assert_eq!(lifted["status"], "RESTRICTED");
    let change = json!({ "status": "ACTIVE_OR_DISBURSED" });
    assert_eq!(code(&bank.patch(&line, change).await), "INVALID_STATUS");

    // An account without that holder is free again.
    let path = format!("accounts/{}/relationships", bank.accounts[OTHER]);
    let related = bank.get(&path).await;
    let related = related["relationships"].as_array().unwrap();
    let joint = related.iter().find(|it| it["customer_id"] == json!(other)).unwrap();
    bank.delete(&format!("{path}/{}", id(joint))).await.unwrap();
    assert_eq!(status(&bank, OTHER).await, "ACTIVE_OR_DISBURSED");
    assert_eq!(signer["relationship_type"], "AUTHORIZED_SIGNER");
}

#[tokio::test]
async fn holders_may_have_to_be_active_customers() {
    let bank = Bank::open().await;
    let open = async || {
        let on = json!([{ "relationship_type": "PRIMARY_ACCOUNT_HOLDER",
            "person_id": bank.person }]);
        bank.account_for("CHECKING", on).await
    };
    let person = format!("persons/{}", bank.person);
    bank.sandbox.set_setting("account_holders_are_active_customers", true).unwrap();
    open().await.unwrap();
    for change in [json!({ "status": "FROZEN" }), json!({ "is_customer": false })] {
        bank.patch(&person, change.clone()).await.unwrap();
        assert_eq!(code(&open().await), "IMPROPER_CUSTOMER_STATUS", "{change}");
        bank.sandbox.set_setting("account_holders_are_active_customers", false).unwrap();
        open().await.unwrap();
        bank.sandbox.set_setting("account_holders_are_active_customers", true).unwrap();
        bank.patch(&person, json!({ "status": "ACTIVE", "is_customer": true })).await.unwrap();
    }
}

#[tokio::test]
async fn a_business_may_follow_its_owners() {
    let bank = Bank::open().await;
    let verified = async || {
        let business = bank.business(json!({})).await;
        let owner = json!({ "relationship_type": "BENEFICIAL_OWNER_OF",
            "from_person_id": bank.person, "to_business_id": business,
            "additional_data": { "percent_ownership": 100 } });
        bank.post("relationships", owner).await.unwrap();
        let verify = json!({ "business_id": business, "customer_consent": true });
        bank.post("verifications/verify", verify).await.unwrap();
        business
    };
    let outcome = async |business: &str| {
        let business = bank.get(&format!("businesses/{business}")).await;
        text(&business, "verification_status").to_owned()
    };
    let business = verified().await;
    decide(&bank, &bank.person, "REJECTED").await;
    assert_eq!(outcome(&business).await, "ACCEPTED");
    bank.sandbox.set_setting("businesses_follow_their_owners", true).unwrap();
    decide(&bank, &bank.person, "REVIEW").await;
    assert_eq!(outcome(&business).await, "REVIEW");
    decide(&bank, &bank.person, "ACCEPTED").await;
    assert_eq!(outcome(&business).await, "ACCEPTED");
}

#[tokio::test]
async fn every_status_of_accounts_is_reached() {
    use synctera::types::AccountStatus;
    let bank = Bank::open().await;
    let line = bank.accounts[LINE].clone();
    let set = |account: &str, status: &str| {
        bank.sandbox.set_account_status(account, &AccountStatus::from(status), "by hand")
    };
    let move_money = async || bank.transfer(PROGRAM, PLAIN, 1_00, "IMMEDIATE").await;
    for status in [
        "ACCOUNT_NEVER_ACTIVE",
        "APPLICATION_SUBMITTED",
        "AWAITING_FIXING",
        "FAILED_KYC",
        "RESTRICTED",
        "SUSPENDED",
    ] {
        let set = set(&bank.accounts[PLAIN], status).unwrap();
        assert_eq!(set.as_str(), status);
        assert_eq!(self::status(&bank, PLAIN).await, status);
        assert_eq!(code(&move_money().await), "IMPROPER_ACCOUNT_STATUS", "{status}");
        // What staff decided, no rule undoes.
        decide(&bank, &bank.person, "ACCEPTED").await;
        assert_eq!(self::status(&bank, PLAIN).await, status);
    }
    set(&bank.accounts[PLAIN], "ACTIVE_OR_DISBURSED").unwrap();
    move_money().await.unwrap();
    for status in ["ACCOUNT_NOT_DESIRED", "ACTIVATED_NOT_DISBURSED", "DELINQUENT"] {
        assert_eq!(set(&line, status).unwrap().as_str(), status);
        let draw = bank.transfer(LINE, OTHER, 1_00, "IMMEDIATE").await;
        assert_eq!(code(&draw), "IMPROPER_ACCOUNT_STATUS", "{status}");
        assert!(set(&bank.accounts[PLAIN], status).is_err(), "a deposit account is not {status}");
    }
    set(&line, "ACTIVE_OR_DISBURSED").unwrap();
    bank.transfer(LINE, OTHER, 40_00, "IMMEDIATE").await.unwrap();
    for status in ["CLOSED", "IN_CLOSING", "NO_SUCH_STATUS"] {
        assert!(set(&line, status).is_err(), "{status} is no one's to set");
    }
    assert!(set(&bank.accounts[PLAIN], "CHARGED_OFF").is_err(), "it has money");
    assert_eq!(set(&line, "CHARGED_OFF").unwrap().as_str(), "CHARGED_OFF");
    let ended = bank.get(&format!("accounts/{line}")).await;
    assert_eq!(ended["close_date"], "2026-11-24");
    assert_eq!(ended["balances"][0]["balance"], 0, "what is owed is written off");
    let paid = bank.transfer(PROGRAM, LINE, 1_00, "IMMEDIATE").await;
    assert_eq!(code(&paid), "ACCOUNT_CLOSED");
    assert!(set(&line, "ACTIVE_OR_DISBURSED").is_err(), "a charged-off account stays so");
    let notes: Value =
        bank.get(&format!("notes?related_resource_type=ACCOUNT&related_resource_id={line}")).await;
    assert!(notes.to_string().contains("by hand"), "{notes}");
    bank.sandbox.audit().unwrap();
}
