//! Autopay: what a configuration may say, what a statement plans, and what comes of it.

use chrono::Duration;
use serde_json::{Value, json};

use super::Caller;

/// A customer with a line of credit on which 200.00 are owed, and a checking account.
struct Debtor {
    caller: Caller,
    holder: String,
    line: String,
    checking: String,
}

impl Debtor {
    /// The money of the checking account, in minor units.
    async fn with(money: i64) -> Self {
        let caller = Caller::new().await;
        let holder = caller.verified().await;
        let (checking, number) = caller.checking(&holder).await;
        let line = caller.line(&holder).await;
        caller.receive(&number, 1_00, "credit").await.with(201);
        let program = caller.program("USD").await;
        for (from, to, amount) in [(&line, &program, 200_00), (&program, &checking, money - 1_00)] {
            if amount > 0 {
                let body = json!({ "originating_account_id": from, "receiving_account_id": to,
                    "amount": amount, "currency": "USD", "type": "ACCOUNT_TO_ACCOUNT" });
                caller.post("/v2/transactions/internal_transfer", body).await.with(200);
            }
        }
        Self { caller, holder, line, checking }
    }

    /// Payment from the checking account.
    fn config(&self, rule: &str) -> Value {
        json!({ "amount_rule": rule, "timing_rule": "ON_DUE_DATE", "failure_policy": "NO_RETRY",
            "payment_method": "INTERNAL_TRANSFER",
            "payment_configs": { "internal_transfer": { "source_account_id": self.checking } } })
    }

    async fn configure(&self, config: Value) -> super::Answer {
        let body = json!({ "lending_account_id": self.line, "person_id": self.holder,
            "config": config });
        self.caller.post("/v2/autopay_configs", body).await
    }

    async fn autopays(&self) -> Vec<Value> {
        let path = format!("/v2/autopays?lending_account_id={}", self.line);
        self.caller.get(&path).await.with(200)["autopays"].as_array().unwrap().clone()
    }

    async fn owed(&self) -> i64 {
        self.caller.balance(&self.line).await
    }

    /// Lets the clock come to an hour of a day; both are Eastern.
    fn until(&self, moment: &str) {
        let moment = moment.parse::<chrono::DateTime<chrono::Utc>>().unwrap();
        self.caller.sandbox.advance_to(moment).unwrap();
    }
}

impl Caller {
    /// A line of credit of 1,000.00; its id.
    pub(super) async fn line(&self, holder: &str) -> String {
        let body = json!({ "account_type": "LINE_OF_CREDIT", "currency": "USD",
            "credit_limit": 1_000_00,
            "relationships": [{ "relationship_type": "PRIMARY_ACCOUNT_HOLDER", "customer_id": holder }] });
        self.post("/v2/accounts", body).await.id()
    }
}

#[tokio::test]
async fn a_statement_plans_an_autopay_that_is_made_on_its_day() {
    let debtor = Debtor::with(500_00).await;
    let mut config = debtor.config("STATEMENT_BALANCE");
    config["description_template"] =
        json!("{{.Last4AccountId}} to {{ .BillingPeriodEndDate }}: {{.PaymentAmount}}");
    let config = debtor.configure(config).await.with(201);
    assert_eq!(config["status"], "ACTIVE");
    assert!(debtor.autopays().await.is_empty(), "before a statement");

    debtor.until("2026-12-01T12:00:00Z");
    let [planned] = &debtor.autopays().await[..] else { panic!("not one") };
    assert_eq!(
        (&planned["status"], &planned["current_amount"]),
        (&json!("PENDING"), &json!(200_00))
    );
    assert_eq!(planned["scheduled_date"], "2026-12-21");
    assert_eq!(planned["config_snapshot"], config["config"]);
    let last_4 = &debtor.line[debtor.line.len() - 4..];
    assert_eq!(planned["rendered_description"], format!("{last_4} to 2026-11-30: $200.00"));
    let statement = planned["statement_id"].as_str().unwrap();
    debtor.caller.get(&format!("/v2/statements/{statement}")).await.with(200);

    // What is paid in between is not paid again: at nine in the morning, Eastern, of the due date.
    let body = json!({ "originating_account_id": debtor.checking, "amount": 50_00,
        "receiving_account_id": debtor.line, "currency": "USD", "type": "ACCOUNT_TO_ACCOUNT" });
    debtor.caller.post("/v2/transactions/internal_transfer", body).await.with(200);
    debtor.until("2026-12-21T13:59:59Z");
    assert_eq!(
        (debtor.owed().await, debtor.autopays().await[0]["current_amount"].clone()),
        (150_00, json!(150_00))
    );
    debtor.until("2026-12-21T14:00:00Z");
    assert_eq!((debtor.owed().await, debtor.caller.balance(&debtor.checking).await), (0, 300_00));
    let made = debtor.autopays().await.remove(0);
    assert_eq!((&made["status"], &made["current_amount"]), (&json!("EXECUTED"), &json!(150_00)));
    let transaction = made["payment_attributes"]["transaction_id"].as_str().unwrap();
    let posted = format!("/v2/transactions/posted/{transaction}");
    let posted = debtor.caller.get(&posted).await.with(200);
    assert_eq!(posted["subtype"], "autopay_payment");
    assert_eq!(posted["data"]["memo"], planned["rendered_description"]);
    let attempts = made["attempt_history"]["attempts"].as_array().unwrap();
    assert_eq!((attempts.len(), &attempts[0]["status"]), (1, &json!("SUCCESS")));
    let id = made["id"].as_str().unwrap();
    assert_eq!(debtor.caller.get(&format!("/v2/autopays/{id}")).await.with(200), made);
    assert!(debtor.caller.sandbox.audit().unwrap().adds_up());
}

#[tokio::test]
async fn the_rule_says_how_much_and_when() {
    for (rule, more, date, amount) in [
        // Two percent of what is owed is less than the least.
        ("MINIMUM_DUE", json!({}), "2026-12-21", 25_00),
        ("CURRENT_BALANCE", json!({}), "2026-12-21", 200_00),
        (
            "FIXED_AMOUNT",
            json!({ "timing_rule": "DAYS_BEFORE_DUE", "rule_configs": {
                "fixed_amount": { "amount": 30_00 }, "days_before_due": { "offset_days": 4 } } }),
            "2026-12-17",
            30_00,
        ),
        // No more than what is owed, and not before the statement.
        (
            "FIXED_AMOUNT",
            json!({ "timing_rule": "DAYS_BEFORE_DUE", "rule_configs": {
                "fixed_amount": { "amount": 900_00 }, "days_before_due": { "offset_days": 30 } } }),
            "2026-12-01",
            200_00,
        ),
    ] {
        let debtor = Debtor::with(500_00).await;
        let mut config = debtor.config(rule);
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        debtor.configure(config).await.with(201);
        debtor.until("2026-12-01T12:00:00Z");
        let planned = debtor.autopays().await.remove(0);
        assert_eq!(planned["rendered_description"], "Autopay");
        assert_eq!(
            (&planned["scheduled_date"], &planned["current_amount"]),
            (&json!(date), &json!(amount))
        );
        debtor.until("2026-12-21T14:00:00Z");
        assert_eq!(debtor.owed().await, 200_00 - amount, "{rule}");
    }
}

#[tokio::test]
async fn what_is_refused_fails_once_and_what_is_not_due_is_skipped() {
    let debtor = Debtor::with(20_00).await;
    let config = debtor.configure(debtor.config("STATEMENT_BALANCE")).await.id();
    debtor.until("2026-12-21T14:00:00Z");
    let failed = debtor.autopays().await.remove(0);
    assert_eq!(failed["status"], "FAILED");
    let reason = failed["attempt_history"]["attempts"][0]["reason"].as_str().unwrap();
    assert!(reason.starts_with("INSUFFICIENT_FUNDS"), "{reason}");
    let changed = format!("/v2/autopays/{}", failed["id"].as_str().unwrap());
    let refused = debtor.caller.change(&changed, json!({ "status": "SKIPPED" })).await.with(422);
    assert_eq!(refused["code"], "INVALID_STATUS");
    debtor.until("2026-12-30T12:00:00Z");
    assert_eq!(
        (debtor.owed().await, debtor.autopays().await.len()),
        (200_00, 1),
        "no second attempt"
    );

    // The next is skipped by hand, the one after that with a configuration that is paused.
    debtor.until("2027-01-01T12:00:00Z");
    let next = debtor.autopays().await.remove(1);
    let path = format!("/v2/autopays/{}", next["id"].as_str().unwrap());
    let refused = debtor.caller.change(&path, json!({ "status": "EXECUTED" })).await;
    assert_eq!(refused.fields("invalid"), ["status"]);
    let skipped = debtor.caller.change(&path, json!({ "status": "SKIPPED" })).await.with(200);
    assert_eq!(skipped["status"], "SKIPPED");
    debtor.until("2027-02-01T12:00:00Z");
    let path = format!("/v2/autopay_configs/{config}");
    debtor.caller.change(&path, json!({ "status": "PAUSED" })).await.with(200);
    debtor.until("2027-02-22T15:00:00Z");
    let all = debtor.autopays().await;
    assert_eq!(
        all.iter().map(|it| it["status"].as_str().unwrap()).collect::<Vec<_>>(),
        ["FAILED", "SKIPPED", "SKIPPED"]
    );
    assert!(all[2]["attempt_history"].to_string().contains("not ACTIVE"), "{}", all[2]);
    debtor.until("2027-03-01T12:00:00Z");
    assert_eq!(debtor.autopays().await.len(), 3, "none is planned while it is paused");
    assert_eq!(debtor.owed().await, 200_00);

    // With nothing owed, there is nothing to pay.
    let debtor = Debtor::with(500_00).await;
    debtor.configure(debtor.config("CURRENT_BALANCE")).await.with(201);
    debtor.until("2026-12-01T12:00:00Z");
    let body = json!({ "originating_account_id": debtor.checking, "amount": 200_00,
        "receiving_account_id": debtor.line, "currency": "USD", "type": "ACCOUNT_TO_ACCOUNT" });
    debtor.caller.post("/v2/transactions/internal_transfer", body).await.with(200);
    debtor.until("2026-12-21T14:00:00Z");
    let skipped = debtor.autopays().await.remove(0);
    assert_eq!(skipped["status"], "SKIPPED");
    assert_eq!(skipped["attempt_history"]["attempts"][0]["reason"], "nothing is due");
}

#[tokio::test]
async fn an_autopay_by_ach_pulls_the_money_in() {
    let debtor = Debtor::with(1_00).await;
    // Money is pulled only from an account that a vendor knows as the customer's.
    let added = json!({ "vendor": "FINICITY", "customer_type": "PERSONAL", "vendor_customer_id": "17",
        "customer_id": debtor.holder, "vendor_account_ids": ["checking-1"] });
    let added = debtor.caller.post("/v2/external_accounts/add_vendor_accounts", added).await;
    let added = added.with(200);
    let external = added["added_accounts"][0]["id"].as_str().unwrap();
    let mut config = debtor.config("STATEMENT_BALANCE");
    config["payment_method"] = json!("ACH");
    config["payment_configs"] =
        json!({ "ach": { "external_account_id": external, "is_same_day": true } });
    let id = debtor.configure(config).await.id();
    debtor.until("2026-12-21T14:00:00Z");
    let made = debtor.autopays().await.remove(0);
    assert_eq!(made["status"], "EXECUTED", "{made}");
    let ach = made["payment_attributes"]["ach_id"].as_str().unwrap();
    let sent = debtor.caller.get(&format!("/v2/ach/{ach}")).await.with(200);
    assert_eq!(
        (&sent["amount"], &sent["is_same_day"], &sent["memo"]),
        (&json!(200_00), &json!(true), &json!("Autopay"))
    );
    debtor.caller.sandbox.advance(Duration::days(1)).unwrap();
    assert_eq!(debtor.owed().await, 0);
    let listed = format!("/v2/autopay_configs?external_account_id={external}");
    let listed = debtor.caller.get(&listed).await.with(200);
    assert_eq!(listed["autopay_configs"][0]["id"], json!(id));
}

#[tokio::test]
async fn a_lending_account_has_one_active_configuration() {
    let debtor = Debtor::with(500_00).await;
    let first = debtor.configure(debtor.config("MINIMUM_DUE")).await.id();
    let second = debtor.configure(debtor.config("MINIMUM_DUE")).await.with(409);
    assert_eq!(second["code"], "DUPLICATE_RESOURCE");
    let path = format!("/v2/autopay_configs/{first}");
    let off = debtor.caller.change(&path, json!({ "status": "DISABLED" })).await.with(200);
    assert_eq!(off["status"], "DISABLED");
    let second = debtor.configure(debtor.config("CURRENT_BALANCE")).await.id();
    let refused = debtor.caller.change(&path, json!({ "status": "ACTIVE" })).await.with(409);
    assert_eq!(refused["code"], "DUPLICATE_RESOURCE");
    let other = format!("/v2/autopay_configs/{second}");
    assert_eq!(debtor.caller.call("DELETE", &other, Value::Null).await.with(204), Value::Null);
    debtor.caller.get(&other).await.with(404);
    let active = json!({ "status": "ACTIVE", "config": debtor.config("CURRENT_BALANCE") });
    let active = debtor.caller.change(&path, active).await.with(200);
    assert_eq!(active["config"]["amount_rule"], "CURRENT_BALANCE");
}

#[tokio::test]
async fn a_configuration_is_whole_and_the_customers_own() {
    let debtor = Debtor::with(500_00).await;
    for (change, missing, invalid) in [
        (json!({ "payment_method": "ACH" }), vec!["config.payment_configs.ach"], vec![]),
        (
            json!({ "payment_configs": {} }),
            vec!["config.payment_configs.internal_transfer"],
            vec![],
        ),
        (
            json!({ "amount_rule": "FIXED_AMOUNT" }),
            vec!["config.rule_configs.fixed_amount"],
            vec![],
        ),
        (
            json!({ "timing_rule": "DAYS_BEFORE_DUE" }),
            vec!["config.rule_configs.days_before_due"],
            vec![],
        ),
        (
            json!({ "amount_rule": "FIXED_AMOUNT", "rule_configs": { "fixed_amount": { "amount": 0 } } }),
            vec![],
            vec!["config.rule_configs.fixed_amount.amount"],
        ),
        (
            json!({ "description_template": "{{.Name}}" }),
            vec![],
            vec!["config.description_template"],
        ),
        (
            json!({ "description_template": "{{.PaymentAmount" }),
            vec![],
            vec!["config.description_template"],
        ),
        (
            json!({ "payment_configs": { "internal_transfer": { "source_account_id": debtor.line } } }),
            vec![],
            vec!["config.payment_configs.internal_transfer.source_account_id"],
        ),
        (
            json!({ "payment_configs": { "internal_transfer": {
                "source_account_id": debtor.checking, "subtype": "my own" } } }),
            vec![],
            vec!["config.payment_configs.internal_transfer.subtype"],
        ),
    ] {
        let mut config = debtor.config("MINIMUM_DUE");
        config.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let refused = debtor.configure(config).await;
        assert_eq!(
            (refused.fields("missing"), refused.fields("invalid")),
            (to_owned(&missing), to_owned(&invalid)),
            "{change}"
        );
    }

    let other = debtor.caller.verified().await;
    let (foreign, _) = debtor.caller.checking(&other).await;
    let mut config = debtor.config("MINIMUM_DUE");
    config["payment_configs"]["internal_transfer"]["source_account_id"] = json!(foreign);
    let refused = debtor.configure(config).await.with(422);
    assert_eq!(refused["code"], "IMPROPER_ACCOUNT_CUSTOMER_RELATIONSHIP");
    let body = |account: &str, person: &str| {
        json!({ "lending_account_id": account, "person_id": person,
            "config": debtor.config("MINIMUM_DUE") })
    };
    let refused = debtor.caller.post("/v2/autopay_configs", body(&debtor.line, &other)).await;
    assert_eq!(refused.with(422)["code"], "IMPROPER_ACCOUNT_CUSTOMER_RELATIONSHIP");
    let deposit = body(&debtor.checking, &debtor.holder);
    let refused = debtor.caller.post("/v2/autopay_configs", deposit).await;
    assert_eq!(refused.fields("invalid"), ["lending_account_id"]);
    let mut nobody = body(&debtor.line, &debtor.holder);
    nobody.as_object_mut().unwrap().remove("person_id");
    let refused = debtor.caller.post("/v2/autopay_configs", nobody).await;
    assert_eq!(refused.fields("missing"), ["business_id", "person_id"]);
    let external = debtor.caller.elsewhere(&other).await;
    let mut config = debtor.config("MINIMUM_DUE");
    config["payment_method"] = json!("ACH");
    config["payment_configs"] = json!({ "ach": { "external_account_id": external } });
    let refused = debtor.configure(config).await;
    assert_eq!(refused.fields("invalid"), ["config.payment_configs.ach.external_account_id"]);
}

#[tokio::test]
async fn what_pays_is_in_the_same_currency_and_active() {
    let debtor = Debtor::with(500_00).await;
    let canadian = debtor.caller.account_in(&debtor.holder, "CAD", false).await;
    let mut config = debtor.config("MINIMUM_DUE");
    config["payment_configs"]["internal_transfer"]["source_account_id"] = json!(canadian);
    let field = "config.payment_configs.internal_transfer.source_account_id";
    let refused = debtor.configure(config).await;
    assert_eq!(refused.fields("invalid"), [field]);
    assert_eq!(refused.body["invalid"][field], "is an account in another currency");

    let external = debtor.caller.elsewhere(&debtor.holder).await;
    let mut config = debtor.config("MINIMUM_DUE");
    config["payment_method"] = json!("ACH");
    config["payment_configs"] = json!({ "ach": { "external_account_id": external } });
    let made = debtor.configure(config.clone()).await.id();
    let path = format!("/v2/autopay_configs/{made}");
    debtor.caller.call("DELETE", &path, Value::Null).await.with(204);
    let path = format!("/v2/external_accounts/{external}");
    debtor.caller.call("DELETE", &path, Value::Null).await.with(200);
    let refused = debtor.configure(config).await.with(422);
    assert_eq!(refused["code"], "EXTERNAL_ACCOUNT_NOT_ACTIVE");
}

#[tokio::test]
async fn an_account_that_has_ended_has_no_new_configuration() {
    let debtor = Debtor::with(500_00).await;
    let path = format!(
        "/v2/autopay_configs/{}",
        debtor.configure(debtor.config("MINIMUM_DUE")).await.id()
    );
    let end = json!({ "account_id": debtor.line, "status": "CHARGED_OFF", "note": "a loss" });
    debtor.caller.post("/sandbox/account_statuses", end).await.with(200);
    // What there is can be stopped, and neither changed nor begun again.
    debtor.caller.change(&path, json!({ "status": "PAUSED" })).await.with(200);
    for change in
        [json!({ "status": "ACTIVE" }), json!({ "config": debtor.config("CURRENT_BALANCE") })]
    {
        let refused = debtor.caller.change(&path, change.clone()).await.with(422);
        assert_eq!(refused["code"], "ACCOUNT_CLOSED", "{change}");
    }
    debtor.caller.call("DELETE", &path, Value::Null).await.with(204);
    let refused = debtor.configure(debtor.config("MINIMUM_DUE")).await.with(422);
    assert_eq!(refused["code"], "ACCOUNT_CLOSED");
}

fn to_owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[tokio::test]
async fn a_configuration_ends_with_its_account_and_pays_from_an_open_one() {
    let debtor = Debtor::with(500_00).await;
    let caller = &debtor.caller;
    // What it is paid from is gone by the time that it is switched on again.
    let path = format!(
        "/v2/autopay_configs/{}",
        debtor.configure(debtor.config("MINIMUM_DUE")).await.id()
    );
    caller.change(&path, json!({ "status": "DISABLED" })).await.with(200);
    let body = json!({ "reason": "CUSTOMER_REQUEST_TRANSFER", "reason_details": "moving",
        "payment_method": "BANK_DRAFT" });
    let closed = format!("/v2/accounts/{}", debtor.checking);
    caller.post(&format!("{closed}/initiate_closure"), body).await.with(200);
    caller.sandbox.advance_banking_days(2).unwrap();
    assert_eq!(caller.get(&closed).await.with(200)["status"], "CLOSED");
    let refused = caller.change(&path, json!({ "status": "ACTIVE" })).await.with(422);
    assert_eq!(refused["code"], "ACCOUNT_CLOSED");
    let refused = debtor.configure(debtor.config("MINIMUM_DUE")).await.with(422);
    assert_eq!(refused["code"], "ACCOUNT_CLOSED");

    let (checking, _) = caller.checking(&debtor.holder).await;
    let mut config = debtor.config("MINIMUM_DUE");
    config["payment_configs"]["internal_transfer"]["source_account_id"] = json!(checking);
    let active = json!({ "status": "ACTIVE", "config": config });
    caller.change(&path, active).await.with(200);
    let charged_off = json!({ "account_id": debtor.line, "status": "CHARGED_OFF" });
    caller.post("/sandbox/account_statuses", charged_off).await.with(200);
    assert_eq!(caller.get(&path).await.with(200)["status"], "DISABLED");
    let line = caller.get(&format!("/v2/accounts/{}", debtor.line)).await.with(200);
    let available = line["balances"].as_array().unwrap().iter();
    let mut available = available.filter(|balance| balance["type"] == "AVAILABLE_BALANCE");
    assert_eq!(available.next().unwrap()["balance"], 0, "nothing can be spent on it any more");
}
