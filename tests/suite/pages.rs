//! Lists that come in pages are read to their end, from anywhere, and never for ever.

use std::path::{Path, PathBuf};

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
async fn an_empty_page_does_not_end_a_list() {
    let (stub, client) = stub().await;
    let page = |token: Value| Canned::json(&json!({"webhooks": [], "next_page_token": token}));
    stub.answer_first(["a", "b", "c"].map(|token| page(json!(token))));
    stub.answer(page(Value::Null));
    let list = client.list(synctera::types::ListWebhooksQuery::default());
    assert!(list.collect_up_to(10).await.unwrap().is_empty());
    assert_eq!(stub.take().len(), 4);
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

/// Tokens of pages that come one after the other.
fn tokens_of(kind: &'static str) -> impl FnMut() -> Value + Send + 'static {
    let mut given = 0;
    move || {
        given += 1;
        match kind {
            "one token" => json!("again"),
            "two tokens in turn" => json!(["a", "b"][given % 2]),
            "new tokens" => json!(format!("page-{given}")),
            "an empty token" => json!(""),
            _ => Value::Null,
        }
    }
}

/// How a list ends for which the platform sends pages of these tokens, with these items.
async fn end_of(
    kind: &'static str,
    items: &Value,
) -> (Result<usize, synctera::Error>, Vec<synctera_tests::recorder::Recorded>) {
    let (stub, client) = stub().await;
    let (mut token, items) = (tokens_of(kind), items.clone());
    stub.respond(move |_| Canned::json(&json!({"webhooks": items, "next_page_token": token()})));
    let list = client.list(synctera::types::ListWebhooksQuery::default());
    let read = list.collect_up_to(1_000).await.map(|read| read.len());
    (read, stub.take())
}

#[tokio::test]
async fn a_list_that_repeats_a_token_ends_with_an_error() {
    let webhook =
        json!([{ "url": "https://bank.example", "enabled_events": [], "is_enabled": true }]);
    for items in [json!([]), webhook] {
        for (kind, requests) in [("one token", 2), ("two tokens in turn", 3)] {
            let (read, sent) = end_of(kind, &items).await;
            let error = read.unwrap_err();
            assert_eq!((error.kind(), error.path()), (ErrorKind::Decode, Some("next_page_token")));
            assert!(error.to_string().contains("had this token before"), "{error}");
            assert_eq!(sent.len(), requests, "{kind}");
        }
    }
    // The token that the caller starts from counts as well.
    let (stub, client) = stub().await;
    stub.answer(Canned::json(&json!({"webhooks": [], "next_page_token": "a"})));
    let query = synctera::types::ListWebhooksQuery {
        page_token: Some("a".to_owned()),
        ..Default::default()
    };
    client.list(query).collect_up_to(10).await.unwrap_err();
    assert_eq!(stub.take().len(), 1);
}

#[tokio::test]
async fn too_many_empty_pages_in_a_row_end_a_list_with_an_error() {
    let (read, sent) = end_of("new tokens", &json!([])).await;
    let error = read.unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::Decode, Some("next_page_token")));
    assert!(error.to_string().contains("more than 100 empty pages in a row"), "{error}");
    assert_eq!(sent.len(), 101);

    // The limit is the caller's to set, and counts pages in a row.
    let (stub, client) = stub().await;
    let list = || client.list(synctera::types::ListWebhooksQuery::default());
    let webhook =
        json!({ "url": "https://bank.example", "enabled_events": [], "is_enabled": true });
    let mut pages = 0;
    let (mut tokens, one) = (tokens_of("new tokens"), webhook.clone());
    stub.respond(move |_| {
        pages += 1;
        let items = if pages % 3 == 0 { vec![one.clone()] } else { Vec::new() };
        Canned::json(&json!({"webhooks": items, "next_page_token": tokens()}))
    });
    let read = list().max_empty_pages(2).collect_up_to(50).await.unwrap();
    assert_eq!(read.len(), 50);
    assert!(stub.take().len() >= 150);
    let error = list().max_empty_pages(1).collect_up_to(50).await.unwrap_err();
    assert!(error.to_string().contains("more than 1 empty pages"), "{error}");
    stub.take();
    stub.answer(Canned::json(&json!({"webhooks": [], "next_page_token": "a"})));
    let error = list().pages().max_empty_pages(0).try_next().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(stub.take().len(), 1);
}

#[tokio::test]
async fn a_list_ends_at_a_page_without_a_token() {
    for kind in ["an empty token", "no token"] {
        let (read, sent) = end_of(kind, &json!([])).await;
        assert_eq!((read.unwrap(), sent.len()), (0, 1), "{kind}");
    }
}

#[tokio::test]
async fn what_was_read_before_an_error_need_not_be_lost() {
    let world = World::with(|builder| builder.retries(Retries::none())).await;
    let ids = prospects(&world, 7).await;
    let mut pages = world.client.list(in_pages_of(3)).pages().without_prefetch();
    let mut kept = Vec::new();
    world.recorder.next([None, Some(Fault::Answer(500, &[], ""))]);
    let failed = loop {
        match pages.try_next().await {
            Ok(Some(page)) => kept.extend(page.items.into_iter().map(|person| person.id)),
            Ok(None) => panic!("the second page fails"),
            Err(error) => break error,
        }
    };
    assert_eq!(failed.status().unwrap().as_u16(), 500);
    // After the error, the token is that of the page that failed.
    let page_token = pages.page_token().map(str::to_owned);
    assert!(page_token.is_some());
    let rest = ListPersonsQuery { page_token, ..in_pages_of(3) };
    let rest = world.client.list(rest).collect_up_to(100).await.unwrap();
    kept.extend(rest.into_iter().map(|person| person.id));
    assert_eq!(kept, ids);
}

/// Every list of a document, against a server whose lists do not end.
async fn every_list_ends(document: &'static Document) -> Vec<String> {
    let (stub, client) = stub().await;
    let ids = ids(document);
    let mut failures = Vec::new();
    for operation in document.operations() {
        let id = ids[&(operation.method.clone(), operation.path)];
        let Some(items) = page_items(document, id) else {
            continue;
        };
        let (mut input, _) = expected(document, &operation, Extent::Full, 0);
        input.query.remove("page_token");
        for (kind, requests) in [
            ("one token", 2),
            ("two tokens in turn", 3),
            ("new tokens", 101),
            ("an empty token", 1),
            ("no token", 1),
        ] {
            let mut token = tokens_of(kind);
            stub.respond(move |_| {
                let mut page = json!({ "next_page_token": token() });
                page[items] = json!([]);
                Canned::json(&page)
            });
            let read = match document.name {
                "v0" => harness::v0::list(&client, id, &input).await,
                _ => harness::v2::list(&client, id, &input).await,
            };
            let ends_well = requests == 1;
            let is_right = match &read {
                Ok(_) => ends_well,
                Err(error) => !ends_well && error.contains("next_page_token"),
            };
            let sent = stub.take().len();
            if !is_right || sent != requests {
                failures.push(format!("{id}, {kind}: {sent} requests, {read:?}"));
            }
        }
    }
    failures
}

fn page_items(document: &Document, id: &str) -> Option<&'static str> {
    let table: &[synctera_api::Operation] = match document.name {
        "v0" => &synctera_api::v0::OPERATIONS,
        _ => &synctera_api::v2::OPERATIONS,
    };
    table.iter().find(|known| known.id == id).and_then(|known| known.page_items)
}

#[tokio::test]
async fn every_list_ends_whatever_the_server_sends() {
    let mut failures = every_list_ends(&V2).await;
    failures.extend(every_list_ends(&V0).await);
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else {
            found.push(path);
        }
    }
    found
}

/// Files that read the first page of a list and no other, and what they look for there.
const FIRST_PAGE: [(&str, &str); 1] =
    [("journeys/money/payment_schedule.rs", "the schedule whose id is the filter")];

#[test]
fn the_facade_reads_lists_in_one_place() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../facade/src");
    let files = sources(&root);
    assert!(files.len() > 50);
    let paging = synctera_api::v2::OPERATIONS.iter().chain(&synctera_api::v0::OPERATIONS);
    let calls: Vec<String> = paging
        .filter(|operation| operation.page_items.is_some())
        .map(|operation| format!(".{}(", operation.id))
        .collect();
    let mut failures = Vec::new();
    for path in &files {
        let name = path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
        if name.starts_with("pages/") {
            continue;
        }
        let text = std::fs::read_to_string(path).unwrap();
        if text.contains("page_token") {
            failures.push(format!("{name} follows page tokens itself"));
        }
        let called = calls.iter().filter(|call| text.contains(*call));
        let reads_one_page = FIRST_PAGE.iter().any(|(known, _)| *known == name);
        failures.extend(
            called.filter(|_| !reads_one_page).map(|call| format!("{name} calls {call}..) itself")),
        );
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// A token that would break a query if it were not escaped.
const TOKEN: &str = "a b&limit=1,c=%2F+é";

/// Two pages of each list, made from the document: both are read, and asked for alike.
async fn every_list(document: &'static Document) -> (usize, Vec<String>) {
    let (stub, client) = stub().await;
    let ids = ids(document);
    let (mut count, mut failures) = (0, Vec::new());
    for operation in document.operations() {
        let id = ids[&(operation.method.clone(), operation.path)];
        let Some(items) = page_items(document, id) else {
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
