use proptest::prelude::*;
use serde_json::Value;

use super::Console;

/// The amounts of a page, in the order in which they stand.
fn amounts(page: &str) -> Vec<i64> {
    let found = page.split("<data class=\"amount\" value=\"").skip(1);
    found.map(|rest| rest.split('"').next().unwrap().parse().unwrap()).collect()
}

async fn hold(deposits: Vec<i64>) {
    let console = Console::new().await;
    let person = console.person("Ada", "Byron").await;
    for cents in &deposits {
        console.account(&person, "Engines", *cents).await;
    }
    let api = console.api("GET", "/v2/accounts?limit=50", Value::Null).await;
    let mut expected = Vec::new();
    // Pages begin with the newest.
    for account in api["accounts"].as_array().unwrap().iter().rev() {
        let balance = |name: &str| {
            let balances = account["balances"].as_array().unwrap();
            balances.iter().find(|it| it["type"] == name).unwrap()["balance"].as_i64().unwrap()
        };
        expected.extend([balance("ACCOUNT_BALANCE"), balance("AVAILABLE_BALANCE")]);
        let id = account["id"].as_str().unwrap();
        let page = amounts(&console.page(&format!("/console/1_1/accounts/{id}")).await.ok());
        assert!(page.contains(&balance("ACCOUNT_BALANCE")), "{page:?}");
    }
    assert_eq!(amounts(&console.page("/console/1_1/accounts").await.ok()), expected);
    let api = console.api("GET", "/v2/transactions/posted?limit=50", Value::Null).await;
    let lines = api["result"].as_array().unwrap().iter().rev();
    let expected: Vec<i64> =
        lines.map(|it| it["data"]["lines"][0]["amount"].as_i64().unwrap()).collect();
    assert_eq!(amounts(&console.page("/console/1_1/transactions").await.ok()), expected);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    /// Every figure of a page is the API's.
    #[test]
    fn figures_are_those_of_the_api(deposits in prop::collection::vec(1_i64..10_000_000_00, 1..6)) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(hold(deposits));
    }
}
