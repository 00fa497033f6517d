//! Account templates: changed in part, and sent back as they were read.

use serde_json::{Value, json};

use super::{Answer, Caller};

impl Caller {
    async fn templates(&self) -> Vec<Value> {
        let all = self.get("/v2/accounts/templates").await.with(200);
        all["account_templates"].as_array().unwrap().clone()
    }

    async fn replaced(&self, path: &str, body: &Value) -> Answer {
        self.call("PUT", path, body.clone()).await
    }
}

fn path(template: &Value) -> String {
    format!("/v2/accounts/templates/{}", template["id"].as_str().unwrap())
}

#[tokio::test]
async fn a_change_without_the_template_leaves_it_alone() {
    let caller = Caller::new().await;
    for before in caller.templates().await {
        let path = path(&before);
        let named = caller.change(&path, json!({ "name": format!("{path} renamed") })).await;
        assert_eq!(named.with(200)["template"], before["template"]);
        let disabled = caller.change(&path, json!({ "is_enabled": false })).await.with(200);
        assert_eq!(disabled["is_enabled"], false);
        assert_eq!(disabled["template"], before["template"]);
    }
}

#[tokio::test]
async fn a_template_is_sent_back_as_it_was_read() {
    let caller = Caller::new().await;
    let templates = caller.templates().await;
    assert!(templates.iter().any(|it| it["template"]["account_type"] == "LINE_OF_CREDIT"));
    for template in templates {
        let path = path(&template);
        assert_eq!(caller.change(&path, template.clone()).await.with(200), template);
        assert_eq!(caller.replaced(&path, &template).await.with(200), template);
        // The template alone, and with one change beside it.
        let fields = json!({ "template": template["template"] });
        assert_eq!(caller.change(&path, fields.clone()).await.with(200), template);
        let mut renamed = template.clone();
        renamed["name"] = json!(format!("{path} renamed"));
        assert_eq!(caller.change(&path, renamed.clone()).await.with(200), renamed);
        let mut off = fields;
        off["template"]["is_ach_enabled"] = json!(false);
        let off = caller.change(&path, off).await.with(200);
        assert_eq!(off["template"]["is_ach_enabled"], false, "{off}");
        renamed["description"] = json!("for tests");
        assert_eq!(caller.replaced(&path, &renamed).await.with(200), renamed);
    }
}

#[tokio::test]
async fn what_a_template_was_made_as_it_stays() {
    let caller = Caller::new().await;
    for template in caller.templates().await {
        let path = path(&template);
        for (member, value) in
            [("account_type", "SAVING"), ("currency", "CAD"), ("bank_country", "CA")]
        {
            if template["template"][member] == value {
                continue;
            }
            let refused = caller.change(&path, json!({ "template": { member: value } })).await;
            assert_eq!(refused.fields("immutable"), [format!("template.{member}")]);
            let same = json!({ "template": { member: template["template"][member] } });
            assert_eq!(caller.change(&path, same).await.with(200), template);
        }
        let refused = caller.change(&path, json!({ "tenant": "9_9" })).await;
        assert_eq!(refused.fields("immutable"), ["tenant"]);
    }
}

#[tokio::test]
async fn an_empty_list_clears_a_list_of_a_template() {
    let caller = Caller::new().await;
    let control = json!({
        "name": "small", "amount_limit": 10_00, "direction": "DEBITS", "is_active": true,
        "action_decline": true, "action_case": false,
        "time_range": { "time_range_type": "SINGLE_TRANSACTION" },
    });
    let control = caller.post("/v2/spend_controls", control).await.with(201);
    for template in caller.templates().await {
        if template["template"]["account_type"] != "CHECKING" {
            continue;
        }
        let path = path(&template);
        let set = |ids: Value| json!({ "template": { "spend_control_ids": ids } });
        let full = caller.change(&path, set(json!([control["id"]]))).await.with(200);
        assert_eq!(full["template"]["spend_control_ids"], json!([control["id"]]));
        assert_eq!(caller.change(&path, set(json!([]))).await.with(200), template);
    }
}
