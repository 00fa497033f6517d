//! Lists that come in pages are read to their end, from anywhere, and never for ever.

use futures_util::{StreamExt, TryStreamExt};
use serde_json::{Value, json};
use synctera::types::{ListPersonsQuery, ListWebhookEventsQuery, NewPerson, PersonStatus};
use synctera::{ErrorKind, Retries, Synctera};
use synctera_tests::document::{Document, V0, V2};
use synctera_tests::expected::expected;
use synctera_tests::harness;
use synctera_tests::sample::{Extent, Sampler};
use synctera_tests::schema::Way;
use synctera_tests::stub::{Canned, Stub};
use synctera_tests::{Fault, World};

use crate::every_operation::ids;

fn in_pages_of(limit: i64) -> ListPersonsQuery {
    let is_prospect = Some(PersonStatus::Prospect);
    ListPersonsQuery { limit: Some(limit), status: is_prospect, ..Default::default() }
}

async fn prospects(world: &World, count: usize) -> Vec<synctera::PersonId> {
    let mut ids = Vec::new();
    for _ in 0..count {
        let body = NewPerson::new(true, PersonStatus::Prospect);
        ids.push(world.client.api().create_person(&body).await.unwrap().id);
    }
    world.client.api().create_person(&NewPerson::new(true, PersonStatus::Active)).await.unwrap();
    world.recorder.take();
    ids
}

#[tokio::test]
async fn a_list_is_read_to_its_end_with_its_filters() {
    let world = World::new().await;
    let ids = prospects(&world, 7).await;
    let persons: Vec<_> = world.client.list(in_pages_of(3)).try_collect().await.unwrap();
    assert_eq!(persons.iter().map(|person| person.id).collect::<Vec<_>>(), ids);
    let sent = world.recorder.take();
    assert_eq!(sent.len(), 3);
    for sent in &sent {
        assert!(sent.line.starts_with("GET /v2/persons?limit=3&"), "{}", sent.line);
        assert!(sent.line.ends_with("&status=PROSPECT"), "{}", sent.line);
    }
    assert!(!sent[0].line.contains("page_token") && sent[1].line.contains("page_token"));
}

#[tokio::test]
async fn no_more_is_read_than_is_wanted() {
    let world = World::new().await;
    let ids = prospects(&world, 7).await;
    let list = world.client.list(in_pages_of(3)).without_prefetch();
    let first = list.collect_up_to(3).await.unwrap();
    assert_eq!(first.len(), 3);
    assert_eq!(world.recorder.take().len(), 1);
    let none = world.client.list(in_pages_of(3)).collect_up_to(0).await.unwrap();
    assert!(none.is_empty() && world.recorder.take().is_empty());
    let all = world.client.list(in_pages_of(3)).collect_up_to(1_000).await.unwrap();
    assert_eq!(all.len(), ids.len());
}

#[tokio::test]
async fn the_next_page_is_on_its_way_while_this_one_is_worked_on() {
    let world = World::new().await;
    prospects(&world, 7).await;
    let mut pages = world.client.list(in_pages_of(3)).pages();
    pages.next().await.unwrap().unwrap();
    // Nobody asks for the second page, and it is asked for all the same.
    while world.recorder.seen() < 2 {
        tokio::task::yield_now().await;
    }
    assert_eq!(world.recorder.take().len(), 2);
}

#[tokio::test]
async fn a_list_goes_on_from_the_page_that_failed() {
    let world = World::with(|builder| builder.retries(Retries::none())).await;
    let ids = prospects(&world, 7).await;
    let mut pages = world.client.list(in_pages_of(3)).pages().without_prefetch();
    let first = pages.next().await.unwrap().unwrap();
    assert_eq!(first.next_page_token.as_deref(), pages.page_token());
    world.recorder.next([Some(Fault::Answer(500, &[], ""))]);
    pages.next().await.unwrap().unwrap_err();
    assert!(pages.next().await.is_none(), "after an error the stream is over");
    // A token is all that a restart needs.
    let token = first.next_page_token.clone();
    let rest = ListPersonsQuery { page_token: token, ..in_pages_of(3) };
    let rest: Vec<_> = world.client.list(rest).try_collect().await.unwrap();
    let read: Vec<_> = first.items.iter().chain(&rest).map(|person| person.id).collect();
    assert_eq!(read, ids);
}

#[tokio::test]
async fn what_changes_between_pages_neither_loops_nor_breaks() {
    let world = World::new().await;
    let ids = prospects(&world, 6).await;
    let mut pages = world.client.list(in_pages_of(2)).pages().without_prefetch();
    let first = pages.next().await.unwrap().unwrap();
    // One that was read leaves the list, one that was not leaves it, and one comes.
    for gone in [ids[1], ids[2]] {
        let body = synctera::types::PersonPatch {
            status: PersonStatus::Denied.into(),
            ..Default::default()
        };
        world.client.api().update_person(gone, &body).await.unwrap();
    }
    let body = NewPerson::new(true, PersonStatus::Prospect);
    let new = world.client.api().create_person(&body).await.unwrap().id;
    let rest: Vec<_> = pages.try_collect().await.unwrap();
    let read = first.items.iter().chain(rest.iter().flat_map(|page| &page.items));
    let read: Vec<_> = read.map(|person| person.id).collect();
    assert_eq!(read, [ids[0], ids[1], ids[3], ids[4], ids[5], new]);
}

async fn stub() -> (Stub, Synctera) {
    let stub = Stub::start().await;
    let builder = Synctera::builder("a-key").base_url(stub.base_url()).retries(Retries::none());
    let client = builder.build().unwrap();
    (stub, client)
}

#[tokio::test]
async fn an_empty_page_ends_nothing_and_a_repeated_token_does() {
    let (stub, client) = stub().await;
    let page = |token: Value| Canned::json(&json!({"webhooks": [], "next_page_token": token}));
    stub.answer_first(["a", "b", "c"].map(|token| page(json!(token))));
    stub.answer(page(Value::Null));
    let list = client.list(synctera::types::ListWebhooksQuery::default());
    assert!(list.collect_up_to(10).await.unwrap().is_empty());
    assert_eq!(stub.take().len(), 4);

    stub.answer_first(["a", "b"].map(|token| page(json!(token))));
    stub.answer(page(json!("a")));
    let list = client.list(synctera::types::ListWebhooksQuery::default());
    let error = list.collect_up_to(10).await.unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::Decode, Some("next_page_token")));
    assert_eq!(stub.take().len(), 3);
}

#[tokio::test]
async fn what_the_path_names_stands_before_the_filters() {
    let (stub, client) = stub().await;
    stub.answer(Canned::json(&json!({"event_list": []})));
    let webhook = "00000000-0000-0000-0000-000000000001".parse().unwrap();
    let list = client.list((webhook, ListWebhookEventsQuery::default()));
    list.collect_up_to(1).await.unwrap();
    assert_eq!(stub.take()[0].line, format!("GET /v2/webhooks/{webhook}/events"));
}

/// A token that would break a query if it were not escaped.
const TOKEN: &str = "a b&limit=1,c=%2F+é";

/// Two pages of each list, made from the document: both are read, and asked for alike.
async fn every_list(document: &'static Document) -> (usize, Vec<String>) {
    let (stub, client) = stub().await;
    let ids = ids(document);
    let table: &[synctera_api::Operation] = match document.name {
        "v0" => &synctera_api::v0::OPERATIONS,
        _ => &synctera_api::v2::OPERATIONS,
    };
    let (mut count, mut failures) = (0, Vec::new());
    for operation in document.operations() {
        let id = ids[&(operation.method.clone(), operation.path)];
        let items = table.iter().find(|known| known.id == id).and_then(|known| known.page_items);
        let Some(items) = items else {
            continue;
        };
        count += 1;
        let schema = operation.answers.iter().find_map(|(_, content)| content.map(|(_, s)| s));
        let sampler = Sampler::new(document, Way::Read, Extent::Full);
        let mut page = sampler.sample(schema.unwrap(), 0).value;
        page["next_page_token"] = json!(TOKEN);
        let first = Canned::json(&page);
        page.as_object_mut().unwrap().remove("next_page_token");
        stub.answer_first([first]);
        stub.answer(Canned::json(&page));
        let (mut input, _) = expected(document, &operation, Extent::Full, 0);
        input.query.remove("page_token");
        let outcome = match document.name {
            "v0" => harness::v0::list(&client, id, &input).await,
            _ => harness::v2::list(&client, id, &input).await,
        };
        let read = outcome.map(|read| read.as_array().map_or(0, Vec::len));
        let there = page[items].as_array().map_or(0, Vec::len) * 2;
        if read != Ok(there) || there == 0 {
            failures.push(format!("{id}: {there} items came, {read:?} were read"));
        }
        let sent = stub.take();
        let [first, second] = &sent[..] else {
            failures.push(format!("{id}: {} pages were asked for", sent.len()));
            continue;
        };
        let escaped = "page_token=a%20b%26limit%3D1%2Cc%3D%252F%2B%C3%A9";
        let without = second.line.replace(&format!("&{escaped}"), "");
        let without = without.replace(&format!("?{escaped}&"), "?");
        let without = without.replace(&format!("?{escaped}"), "");
        if without != first.line || second.line == first.line {
            failures.push(format!("{id}: {} was followed by {}", first.line, second.line));
        }
    }
    (count, failures)
}

#[tokio::test]
async fn every_list_that_pages_is_read_to_its_end() {
    let (v2, mut failures) = every_list(&V2).await;
    let (v0, more) = every_list(&V0).await;
    failures.extend(more);
    println!("{v2} lists of v2 and {v0} of v0 come in pages");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    let paging = |table: &[synctera_api::Operation]| {
        table.iter().filter(|operation| operation.page_items.is_some()).count()
    };
    assert_eq!(v2, paging(&synctera_api::v2::OPERATIONS));
    assert_eq!(v0, paging(&synctera_api::v0::OPERATIONS));
    assert!(v2 > 50);
}
