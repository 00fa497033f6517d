//! What a PATCH can clear: what the pinned document lets be null there, and nothing else.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use synctera::types::{
    AccountClosureReason, AccountClosureUpdateRequest, AchGatewayPatch, NewAchGateway,
    OutgoingAchPatch, OutgoingAchStatus, SpendControlPatch,
};
use synctera::{
    CloseAccount, DefineSpendControl, Money, NullablePatch, Patch, Retries, SendAch, Synctera,
    Window,
};
use synctera_tests::World;
use synctera_tests::document::{Document, V0, V2};
use synctera_tests::expected::expected;
use synctera_tests::harness;
use synctera_tests::sample::Extent;
use synctera_tests::schema::Way;
use synctera_tests::shape::Shape;
use synctera_tests::stub::{Canned, Stub};

use super::every_operation::ids;

/// Every property that the body of a PATCH has: operation, property, whether it may be null.
fn properties(document: &'static Document) -> BTreeSet<(&'static str, &'static str, bool)> {
    let ids = ids(document);
    let mut found = BTreeSet::new();
    for operation in document.operations().iter().filter(|o| o.method == "PATCH") {
        let Some(("application/json", schema)) = operation.body else { continue };
        let id = ids[&(operation.method.clone(), operation.path)];
        let mut open = vec![Shape::of(document, [schema])];
        while let Some(mut shape) = open.pop() {
            if let Some(variants) = shape.take_union(document) {
                open.extend(variants);
                continue;
            }
            let tags: Vec<&str> = shape.tags.keys().copied().collect();
            for (name, property) in shape.properties(document, Way::Sent) {
                // Which variant it is cannot be left out.
                if tags.contains(&name) {
                    continue;
                }
                found.insert((id, name, property.nullable && !property.is_kept));
            }
        }
    }
    found
}

/// What is sent when a property of a body is null, if anything is.
async fn sent(document: &'static Document, id: &str, name: &str) -> Option<Value> {
    let stub = Stub::start().await;
    // Whatever is sent is refused: only what was sent is of interest.
    stub.answer(Canned { status: 418, ..Canned::default() });
    let builder = Synctera::builder("a-key").base_url(stub.base_url());
    let client = builder.retries(Retries::none()).build().unwrap();
    let by_id = ids(document);
    let operations = document.operations();
    let operation = operations
        .iter()
        .find(|operation| by_id[&(operation.method.clone(), operation.path)] == id)
        .unwrap();
    let (mut input, _) = expected(document, operation, Extent::Minimal, 0);
    input.body[name] = Value::Null;
    let outcome = match document.name {
        "v0" => harness::v0::call(client.legacy(), id, &input).await,
        _ => harness::v2::call(client.api(), id, &input).await,
    };
    let why = outcome.unwrap_err();
    match stub.take().as_slice() {
        [] => {
            assert!(why.contains(name) && why.contains("null"), "{id} {name}: {why}");
            None
        }
        [sent] => Some(serde_json::from_slice(&sent.body).unwrap()),
        _ => panic!("{id} was sent more than once"),
    }
}

#[tokio::test]
async fn null_is_sent_where_the_document_has_it_and_nowhere_else() {
    let mut cleared = BTreeSet::new();
    let mut count = 0;
    for document in [&*V2, &*V0] {
        for (id, name, is_clearable) in properties(document) {
            count += 1;
            let sent = sent(document, id, name).await;
            let is_null = sent.as_ref().is_some_and(|body| body.get(name) == Some(&Value::Null));
            assert_eq!(is_null, is_clearable, "{} {id} {name}: {sent:?}", document.name);
            if is_null {
                cleared.insert((id, name));
            }
        }
    }
    println!("{} of {count} properties of PATCH bodies can be cleared", cleared.len());
    assert!(count > 200, "{count}");
    // What the guides name, property by property.
    let named = [
        ("update_account_closure", "destination_id"),
        ("update_account_closure", "payment_method"),
        ("update_ach_gateway", "custom_headers"),
        ("update_outgoing_ach", "funds_availability_time"),
        ("update_outgoing_ach", "status"),
        ("update_spend_control", "amount_limit"),
        ("update_spend_control", "geo_restrictions"),
        ("update_spend_control", "transaction_count_limit"),
    ];
    assert_eq!(cleared, named.into());
}

#[tokio::test]
async fn limits_and_restrictions_of_a_spend_control_are_lifted() {
    let world = World::new().await;
    let api = world.client.api();
    let control = DefineSpendControl::new("Large", Window::Forever)
        .amount(Money::usd(100_00))
        .count(5)
        .only_in([synctera::CountryCode::US]);
    let id = world.client.define_spend_control(&control).await.unwrap().id;
    let before = api.get_spend_control(id).await.unwrap().into_inner();
    assert!(before.amount_limit.is_some() && before.geo_restrictions.is_some());
    let lift = SpendControlPatch {
        amount_limit: NullablePatch::Clear,
        geo_restrictions: NullablePatch::Clear,
        ..SpendControlPatch::default()
    };
    api.update_spend_control(id, &lift).await.unwrap();
    let after = api.get_spend_control(id).await.unwrap().into_inner();
    assert!(after.amount_limit.is_none() && after.geo_restrictions.is_none());
    assert_eq!(after.transaction_count_limit, Some(5));
    // Without any limit it would limit nothing.
    let lift = SpendControlPatch {
        transaction_count_limit: NullablePatch::Clear,
        ..SpendControlPatch::default()
    };
    let error = api.update_spend_control(id, &lift).await.unwrap_err();
    assert!(error.problem().missing.contains(&"amount_limit".to_owned()), "{error}");
    let swap = SpendControlPatch { amount_limit: 5_00.into(), ..lift };
    api.update_spend_control(id, &swap).await.unwrap();
    let after = api.get_spend_control(id).await.unwrap().into_inner();
    assert_eq!((after.amount_limit, after.transaction_count_limit), (Some(5_00), None));
}

#[tokio::test]
async fn the_headers_of_an_ach_gateway_are_cleared() {
    let world = World::new().await;
    let api = world.client.api();
    let mut gateway = NewAchGateway::new("https://gateway.example/ach");
    gateway.custom_headers.insert("X-Key".to_owned(), vec!["1".to_owned()]);
    let gateway = api.create_ach_gateway(&gateway).await.unwrap().into_inner();
    let id = gateway.id.unwrap();
    assert_eq!(gateway.custom_headers.len(), 1);
    let leave = AchGatewayPatch { disabled: Patch::Set(true), ..AchGatewayPatch::default() };
    let left = api.update_ach_gateway(id, &leave).await.unwrap();
    assert_eq!(left.custom_headers.len(), 1);
    let clear =
        AchGatewayPatch { custom_headers: NullablePatch::Clear, ..AchGatewayPatch::default() };
    let cleared = api.update_ach_gateway(id, &clear).await.unwrap();
    assert_eq!((cleared.custom_headers.len(), cleared.disabled), (0, Some(true)));
}

#[tokio::test]
async fn a_closing_forgets_where_the_rest_was_to_go() {
    let world = World::new().await;
    let api = world.client.api();
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    let bank = world.proven_account(holder).await;
    world.fund(account, Money::usd(30_00)).await;
    let reason = AccountClosureReason::CustomerRequestTransfer;
    let close = CloseAccount::new(account, reason, "Moved elsewhere");
    world.client.close_account(&close).await.unwrap();
    let clear = AccountClosureUpdateRequest {
        payment_method: NullablePatch::Clear,
        destination_id: NullablePatch::Clear,
    };
    let found = api.update_account_closure(account, &clear).await.unwrap();
    let closure = found.account_closure.as_ref().unwrap();
    assert!(closure.payment_method.is_none() && closure.destination_id.is_none());
    let close = close.by_ach(bank);
    world.client.close_account(&close).await.unwrap();
}

#[tokio::test]
async fn null_changes_nothing_of_an_ach_transfer() {
    let world = World::new().await;
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    let bank = world.proven_account(holder).await;
    world.fund(account, Money::usd(30_00)).await;
    let sent = SendAch::push(account, bank, Money::usd(10_00), holder);
    let sent = world.client.send_ach(&sent).await.unwrap();
    let api = world.client.api();
    let before = api.get_outgoing_ach(sent.id).await.unwrap().into_inner();
    let clear = OutgoingAchPatch {
        funds_availability_time: NullablePatch::Clear,
        status: NullablePatch::Clear,
    };
    let after = api.update_outgoing_ach(sent.id, &clear).await.unwrap().into_inner();
    assert_eq!(after.status, OutgoingAchStatus::Pending);
    assert_eq!(format!("{after:?}"), format!("{before:?}"));
}

#[test]
fn what_cannot_be_cleared_is_no_null() {
    let error = serde_json::from_value::<synctera::types::PersonPatch>(json!({"email": null}));
    assert!(error.unwrap_err().to_string().starts_with("invalid type: null"));
}
