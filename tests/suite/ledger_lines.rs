//! Lines of the ledger by type: which account, which rail, and what on that rail.

use std::collections::BTreeSet;

use serde_json::json;
use synctera::types::{
    ListPostedTransactionsQuery, ListStatementsQuery, PostedTransaction,
    StatementTransactionSubtype, StatementTransactionType, TransactionLine, TransactionSubtype,
    TransactionType,
};
use synctera::{LedgerAccountId, Money};
use synctera_tests::World;
use synctera_tests::document::V2;
use synctera_tests::sample::{Extent, Sampler};
use synctera_tests::schema::Way;

fn line(account: &str) -> TransactionLine {
    let schema = &V2.root["components"]["schemas"]["transaction_line"];
    let mut line = Sampler::new(&V2, Way::Read, Extent::Full).sample(schema, 0).value;
    line["account_id"] = json!(account);
    serde_json::from_value(line).unwrap()
}

#[tokio::test]
async fn a_transfer_names_both_accounts_its_rail_and_its_kind() {
    let world = World::new().await;
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    world.fund(account, Money::usd(50_00)).await;
    let query = |type_| ListPostedTransactionsQuery {
        account_id: vec![account],
        type_,
        ..ListPostedTransactionsQuery::default()
    };
    let list = async |type_: Option<TransactionType>| -> Vec<PostedTransaction> {
        let found = world.client.api().list_posted_transactions(&query(type_)).await.unwrap();
        found.into_inner().result
    };
    let [posted] = list(None).await.try_into().unwrap();
    assert_eq!(posted.type_, TransactionType::InternalTransfer);
    assert!(!matches!(posted.subtype, TransactionSubtype::Unknown(_)), "{:?}", posted.subtype);
    let lines = &posted.data.lines;
    assert!(lines.iter().any(|line| line.account_id == account), "{lines:?}");
    let internal = lines.iter().find(|line| line.is_gl_acc).unwrap();
    assert!(internal.account_id.id().is_some() && internal.account_id != account);
    assert_eq!(list(Some(TransactionType::InternalTransfer)).await, [posted]);
    assert!(list(Some(TransactionType::Ach)).await.is_empty());
    // A rail that is not known yet can be asked for.
    assert!(list(Some("rtp".into())).await.is_empty());
}

#[tokio::test]
async fn statements_have_the_same_in_upper_case() {
    let world = World::new().await;
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    world.fund(account, Money::usd(50_00)).await;
    world.sandbox.advance(chrono::Duration::days(60)).unwrap();
    let mut statements = world.client.list(ListStatementsQuery::new(account));
    let statement = statements.try_next().await.unwrap().unwrap();
    let mut rows = world.client.statement_transactions(statement.id.unwrap());
    let row = rows.try_next().await.unwrap().unwrap();
    assert_eq!(row.type_, StatementTransactionType::InternalTransfer);
    assert!(!matches!(row.subtype, StatementTransactionSubtype::Unknown(_)), "{:?}", row.subtype);
    assert_eq!(row.account_id.unwrap(), account);
}

#[test]
fn the_banks_own_accounts_need_no_uuid() {
    let own = line("1100-FED-SETTLEMENT");
    assert!(matches!(own.account_id, LedgerAccountId::Bank(_)));
    assert_eq!(
        (own.account_id.id(), own.account_id.to_string().as_str()),
        (None, "1100-FED-SETTLEMENT")
    );
    let id = "7d943c51-e4ff-4e57-9558-08cab6b963c7";
    assert_eq!(line(id).account_id.id().unwrap().to_string(), id);
    for text in ["", "1100", "Fed \"2\"", id] {
        let written = serde_json::to_value(line(text)).unwrap();
        assert_eq!(written["account_id"], text);
    }
}

#[test]
fn every_type_of_internal_transfer_is_a_known_subtype() {
    let transfer = &V2.root["components"]["schemas"]["new_internal_transfer"]["properties"]["type"];
    let transfers = transfer["enum"].as_array().unwrap();
    assert!(transfers.len() > 100);
    for transfer in transfers.iter().map(|value| value.as_str().unwrap()) {
        let lower = transfer.to_lowercase();
        assert!(TransactionSubtype::KNOWN.contains(&lower.as_str()), "{lower}");
        assert!(StatementTransactionSubtype::KNOWN.contains(&transfer), "{transfer}");
    }
    let set = |values: &[&str]| values.iter().map(|v| v.to_uppercase()).collect::<BTreeSet<_>>();
    assert_eq!(set(TransactionType::KNOWN), set(StatementTransactionType::KNOWN));
    assert_eq!(set(TransactionSubtype::KNOWN), set(StatementTransactionSubtype::KNOWN));
}

#[test]
fn values_that_no_guide_names_are_kept() {
    let subtype = TransactionSubtype::from("mobile_deposit");
    assert!(
        matches!(&subtype, TransactionSubtype::Unknown(value) if value.as_str() == "mobile_deposit")
    );
    assert_eq!(serde_json::to_string(&subtype).unwrap(), "\"mobile_deposit\"");
}
