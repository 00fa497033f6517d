//! Events on their way: what raises them, and what happens when nobody is in.

use chrono::Duration;
use synctera::types::{
    EventFilter, EventType, ListWebhookEventsQuery, PersonPatch, ReplaceWebhookSecretRequest,
    ResendWebhookEventQuery, TriggerWebhookEventRequest, WebhookEventStatus, WebhookInput,
};
use synctera::{Money, Sensitive, Transfer, WebhookId};
use synctera_sandbox::{Sandbox, WebhookOrder};
use synctera_tests::World;
use synctera_tests::subscriber::{Answer, Subscriber};
use synctera_tests::world::now;

use super::{subscribe, world_with};

async fn statuses(world: &World, webhook: WebhookId) -> Vec<WebhookEventStatus> {
    let query = ListWebhookEventsQuery::default();
    let events = world.client.api().list_webhook_events(webhook, &query).await.unwrap();
    events.event_list.iter().map(|event| event.status.clone().unwrap()).collect()
}

async fn rename(world: &World, person: synctera::PersonId, name: &str) {
    let patch = PersonPatch { first_name: name.to_owned().into(), ..PersonPatch::default() };
    world.client.api().update_person(person, &patch).await.unwrap();
}

#[tokio::test]
async fn what_happens_is_told_once_with_what_it_was_before() {
    let world = World::new().await;
    let subscriber = Subscriber::start().await;
    let webhook = subscribe(&world, &subscriber, &["PERSON.*"]).await;
    let person = world.customer().await;
    world.sandbox.deliver_webhooks().await.unwrap();
    let types = subscriber.take_types();
    assert_eq!(
        types,
        [
            "PERSON.CREATED",
            "PERSON.UPDATED",
            // Onboarding has a customer checked, and makes it active.
            "PERSON.UPDATED",
            "PERSON.VERIFICATION_OUTCOME.UPDATED"
        ]
    );
    rename(&world, person, "Augusta").await;
    world.sandbox.deliver_webhooks().await.unwrap();
    let delivered = subscriber.take();
    assert_eq!(delivered.len(), 1);
    let event = &delivered[0];
    assert_eq!(event.text("type"), "PERSON.UPDATED");
    assert_eq!(event.text("resource_id"), person.to_string());
    assert_eq!(event.text("webhook_id"), webhook.to_string());
    assert_eq!(event.resource()["first_name"], "Augusta");
    // As everybody sees it: masked.
    assert_eq!(event.resource()["ssn"], "9012");
    let changed: serde_json::Value =
        serde_json::from_str(&event.text("event_resource_changed_fields")).unwrap();
    assert_eq!(changed["first_name"], "Ada");
    assert!(changed.get("last_name").is_none(), "{changed}");
    assert!(!event.headers.contains_key("synctera-signature"), "signed without a secret");
}

#[tokio::test]
async fn money_that_moves_is_told() {
    let world = World::new().await;
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    let saving = world.account(synctera::types::AccountType::Saving, holder).await;
    world.fund(account, Money::usd(50_00)).await;
    let subscriber = Subscriber::start().await;
    let wanted = ["TRANSACTION.*", "INTERNAL_TRANSFER.*", "ACCOUNT.*"];
    subscribe(&world, &subscriber, &wanted).await;
    world.client.transfer(&Transfer::new(account, saving, Money::usd(1_00))).await.unwrap();
    let held = Transfer::new(account, saving, Money::usd(2_00)).hold(None);
    world.client.transfer(&held).await.unwrap();
    world.sandbox.deliver_webhooks().await.unwrap();
    let mut types = subscriber.take_types();
    types.sort();
    assert_eq!(
        types,
        [
            "INTERNAL_TRANSFER.SUCCEEDED",
            "TRANSACTION.PENDING.CREATED",
            "TRANSACTION.POSTED.CREATED"
        ]
    );
    // What happens by the clock is told as well: the hold runs out.
    world.sandbox.advance(Duration::days(8)).unwrap();
    world.sandbox.deliver_webhooks().await.unwrap();
    assert_eq!(subscriber.take_types(), ["TRANSACTION.PENDING.UPDATED"]);
}

#[tokio::test]
async fn only_what_was_asked_for_is_told() {
    let world = World::new().await;
    let subscriber = Subscriber::start().await;
    subscribe(&world, &subscriber, &["ACCOUNT.CREATED"]).await;
    let disabled = subscribe(&world, &subscriber, &["PERSON.*"]).await;
    let off = WebhookInput::new(vec![EventFilter::PersonAny], false, subscriber.url());
    world.client.api().replace_webhook(disabled, &off).await.unwrap();
    let holder = world.customer().await;
    world.checking(holder).await;
    world.sandbox.deliver_webhooks().await.unwrap();
    assert_eq!(subscriber.take_types(), ["ACCOUNT.CREATED"]);
    assert!(statuses(&world, disabled).await.is_empty());
}

#[tokio::test]
async fn a_refused_request_tells_nothing() {
    let world = World::new().await;
    let person = world.customer().await;
    let subscriber = Subscriber::start().await;
    let webhook = subscribe(&world, &subscriber, &["PERSON.*", "CUSTOMER.*"]).await;
    let patch = PersonPatch {
        dob: Sensitive::new("2090-01-01".parse().unwrap()).into(),
        ..PersonPatch::default()
    };
    world.client.api().update_person(person, &patch).await.unwrap_err();
    world.sandbox.deliver_webhooks().await.unwrap();
    assert!(subscriber.take().is_empty() && statuses(&world, webhook).await.is_empty());
}

#[tokio::test]
async fn what_does_not_arrive_is_sent_again_until_it_is_given_up() {
    let world = World::new().await;
    let person = world.customer().await;
    let subscriber = Subscriber::start().await;
    let webhook = subscribe(&world, &subscriber, &["PERSON.UPDATED"]).await;
    subscriber.next([Answer::Status(500), Answer::Status(302)]);
    rename(&world, person, "Augusta").await;
    world.sandbox.deliver_webhooks().await.unwrap();
    assert_eq!(statuses(&world, webhook).await, [WebhookEventStatus::Retrying]);
    // The first wait is a minute, the second two.
    for (seconds, tries) in [(59, 1), (1, 2), (119, 2), (1, 3)] {
        world.sandbox.advance(Duration::seconds(seconds)).unwrap();
        world.sandbox.deliver_webhooks().await.unwrap();
        let query = ListWebhookEventsQuery::default();
        let api = world.client.api();
        let listed = api.list_webhook_events(webhook, &query).await.unwrap().into_inner();
        assert!(listed.event_list[0].response_history.is_empty(), "a list has no history");
        let event = api.get_webhook_event(webhook, listed.event_list[0].id.unwrap()).await.unwrap();
        let codes: Vec<i64> = event.response_history.iter().filter_map(|item| item.code).collect();
        assert_eq!(codes, [500, 302, 200][..tries]);
    }
    assert_eq!(statuses(&world, webhook).await, [WebhookEventStatus::Success]);
    assert_eq!(subscriber.take().len(), 3);

    subscriber.next([Answer::Status(500); 100]);
    rename(&world, person, "Ada").await;
    for _ in 0..60 {
        world.sandbox.deliver_webhooks().await.unwrap();
        world.sandbox.advance(Duration::hours(1)).unwrap();
    }
    world.sandbox.deliver_webhooks().await.unwrap();
    assert_eq!(
        statuses(&world, webhook).await,
        [WebhookEventStatus::Success, WebhookEventStatus::Failed]
    );
    let tries = subscriber.take().len();
    assert!((7..20).contains(&tries), "{tries} tries in 55 hours, looked at once an hour");
}

#[tokio::test]
async fn who_does_not_answer_in_time_has_not_got_it() {
    let world = world_with(|settings| settings.webhook_timeout_seconds = 1).await;
    let person = world.customer().await;
    let subscriber = Subscriber::start().await;
    let webhook = subscribe(&world, &subscriber, &["PERSON.UPDATED"]).await;
    subscriber.next([Answer::Never]);
    rename(&world, person, "Augusta").await;
    world.sandbox.deliver_webhooks().await.unwrap();
    assert_eq!(statuses(&world, webhook).await, [WebhookEventStatus::Retrying]);
    world.sandbox.advance(Duration::minutes(1)).unwrap();
    world.sandbox.deliver_webhooks().await.unwrap();
    assert_eq!(statuses(&world, webhook).await, [WebhookEventStatus::Success]);
    // The same event, sent afresh.
    let delivered = subscriber.take();
    assert_eq!(delivered[0].body, delivered[1].body);
    assert_ne!(
        delivered[0].headers["request-timestamp"],
        delivered[1].headers["request-timestamp"]
    );
}

#[tokio::test]
async fn events_of_a_resource_keep_their_order_unless_told_otherwise() {
    for (order, expected) in [
        (WebhookOrder::PerResource, ["One", "One", "Two", "Three"]),
        (WebhookOrder::NewestFirst, ["Three", "Two", "Two", "One"]),
    ] {
        let world = world_with(|settings| {
            settings.webhook_order = order;
            settings.webhook_delay_seconds = 10;
        })
        .await;
        let person = world.customer().await;
        let subscriber = Subscriber::start().await;
        subscribe(&world, &subscriber, &["PERSON.UPDATED"]).await;
        for name in ["One", "Two", "Three"] {
            rename(&world, person, name).await;
        }
        world.sandbox.deliver_webhooks().await.unwrap();
        assert!(subscriber.take().is_empty(), "it was to wait");
        let first = match order {
            WebhookOrder::NewestFirst => vec![Answer::Status(200), Answer::Status(500)],
            _ => vec![Answer::Status(500)],
        };
        subscriber.next(first);
        for _ in 0..3 {
            world.sandbox.advance(Duration::minutes(1)).unwrap();
            world.sandbox.deliver_webhooks().await.unwrap();
        }
        let mut names: Vec<String> = subscriber
            .take()
            .iter()
            .map(|delivered| delivered.resource()["first_name"].as_str().unwrap().to_owned())
            .collect();
        if order == WebhookOrder::NewestFirst {
            // While one waits for its next try, an older one goes on.
            names.sort_by_key(|name| ["Three", "Two", "One"].iter().position(|n| n == name));
        }
        assert_eq!(names, expected, "{order:?}");
    }
}

#[tokio::test]
async fn events_come_twice_on_request() {
    let world = world_with(|settings| settings.webhook_copies = 2).await;
    let subscriber = Subscriber::start().await;
    let webhook = subscribe(&world, &subscriber, &["PERSON.CREATED"]).await;
    world.prospect().await;
    world.sandbox.deliver_webhooks().await.unwrap();
    let delivered = subscriber.take();
    assert_eq!(delivered.len(), 2);
    assert_eq!(delivered[0].text("id"), delivered[1].text("id"));
    assert_eq!(statuses(&world, webhook).await, [WebhookEventStatus::Success]);
}

#[tokio::test]
async fn an_event_is_listed_by_time_and_resource_and_sent_again() {
    let world = World::new().await;
    let subscriber = Subscriber::start().await;
    let webhook = subscribe(&world, &subscriber, &["PERSON.CREATED"]).await;
    let one = world.prospect().await;
    world.sandbox.advance(Duration::days(1)).unwrap();
    let two = world.prospect().await;
    world.sandbox.deliver_webhooks().await.unwrap();
    subscriber.take();
    let api = world.client.api();
    let ids = async |query: ListWebhookEventsQuery| {
        let page = api.list_webhook_events(webhook, &query).await.unwrap().into_inner();
        page.event_list.iter().map(|event| event.resource_id.unwrap()).collect::<Vec<_>>()
    };
    let any = ListWebhookEventsQuery::default;
    let (one, two) = (one.as_uuid(), two.as_uuid());
    assert_eq!(ids(any()).await, [one, two]);
    let by_resource = ListWebhookEventsQuery { resource_id: Some(two), ..any() };
    assert_eq!(ids(by_resource).await, [two]);
    assert_eq!(ids(ListWebhookEventsQuery { end_time: Some(now()), ..any() }).await, [one]);
    let later = now() + Duration::days(1);
    assert_eq!(ids(ListWebhookEventsQuery { start_time: Some(later), ..any() }).await, [two]);
    let day = Some(now().date_naive());
    assert_eq!(ids(ListWebhookEventsQuery { end_date: day, ..any() }).await, [one]);
    assert_eq!(ids(ListWebhookEventsQuery { start_date: day, ..any() }).await, [one, two]);

    let events = api.list_webhook_events(webhook, &any()).await.unwrap().into_inner();
    let event = events.event_list[0].id.unwrap();
    let in_ten = ResendWebhookEventQuery { delay: Some(10) };
    let resent = api.resend_webhook_event(webhook, event, &in_ten).await.unwrap();
    assert_eq!(resent.status, Some(WebhookEventStatus::Running));
    world.sandbox.deliver_webhooks().await.unwrap();
    assert!(subscriber.take().is_empty());
    world.sandbox.advance(Duration::seconds(10)).unwrap();
    world.sandbox.deliver_webhooks().await.unwrap();
    assert_eq!(subscriber.take()[0].text("id"), event.to_string());

    // Another webhook does not know it, and in the end nobody does.
    let other = subscribe(&world, &subscriber, &["NOTE.*"]).await;
    let error = api.get_webhook_event(other, event).await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 404);
    world.sandbox.advance(Duration::days(60)).unwrap();
    assert!(ids(any()).await.is_empty());
}

#[tokio::test]
async fn a_test_event_goes_to_those_who_want_it() {
    let world = World::new().await;
    let subscriber = Subscriber::start().await;
    subscribe(&world, &subscriber, &["ACCOUNT.*"]).await;
    let trigger = |event| TriggerWebhookEventRequest { event: Some(event) };
    let api = world.client.api();
    let made = api.trigger_webhook_event(&trigger(EventFilter::AccountAny)).await.unwrap();
    assert_eq!(made.type_, Some(EventType::AccountCreated));
    api.trigger_webhook_event(&trigger(EventFilter::PersonAny)).await.unwrap();
    world.sandbox.deliver_webhooks().await.unwrap();
    let delivered = subscriber.take();
    assert_eq!(delivered.len(), 1);
    assert_eq!(delivered[0].text("id"), made.id.unwrap().to_string());
    assert!(api.trigger_webhook_event(&Default::default()).await.is_err());
}

#[tokio::test]
async fn a_delivery_is_signed_and_doubly_so_while_the_secret_rolls() {
    let world = World::new().await;
    let subscriber = Subscriber::start().await;
    subscribe(&world, &subscriber, &["PERSON.CREATED"]).await;
    let api = world.client.api();
    api.create_webhook_secret().await.unwrap();
    let digests = async || {
        world.prospect().await;
        world.sandbox.deliver_webhooks().await.unwrap();
        let delivered = subscriber.take();
        let signature = delivered[0].headers["synctera-signature"].to_str().unwrap().to_owned();
        signature.split('.').filter(|digest| digest.len() == 64).count()
    };
    assert_eq!(digests().await, 1);
    let roll = ReplaceWebhookSecretRequest { is_rolling_secret: Some(true) };
    api.replace_webhook_secret(&roll).await.unwrap();
    assert_eq!(digests().await, 2);
    world.sandbox.advance(Duration::hours(24)).unwrap();
    assert_eq!(digests().await, 1);
}

#[tokio::test]
async fn a_restart_loses_no_event() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bank.db");
    let subscriber = Subscriber::start().await;
    {
        let world = World::on(Sandbox::builder().clock_held_at(now()).data(&file)).await;
        subscribe(&world, &subscriber, &["PERSON.CREATED"]).await;
        subscriber.next([Answer::Status(503)]);
        world.prospect().await;
        world.sandbox.deliver_webhooks().await.unwrap();
        assert_eq!(subscriber.take().len(), 1);
    }
    let later = now() + Duration::minutes(1);
    let world = World::on(Sandbox::builder().clock_held_at(later).data(&file)).await;
    world.sandbox.deliver_webhooks().await.unwrap();
    assert_eq!(subscriber.take_types(), ["PERSON.CREATED"]);
}

/// What was not chosen is `null` in the answer and in the event alike.
#[tokio::test]
async fn a_closure_without_a_method_is_told_as_it_is_answered() {
    let world = World::new().await;
    let account = world.checking(world.customer().await).await;
    let subscriber = Subscriber::start().await;
    subscribe(&world, &subscriber, &["ACCOUNT.UPDATED"]).await;
    let url = format!("{}/v2/accounts/{account}/initiate_closure", world.sandbox.base_url());
    let body = serde_json::json!({ "reason": "CUSTOMER_REQUEST_TRANSFER", "reason_details": "moves",
        "payment_method": null, "destination_id": null });
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = http.post(url).bearer_auth(world.sandbox.api_key()).json(&body);
    let answer: serde_json::Value = request.send().await.unwrap().json().await.unwrap();
    let closure = answer["account_closure"].as_object().unwrap();
    assert!(closure.get("payment_method").is_some_and(|method| method.is_null()), "{answer}");
    world.sandbox.deliver_webhooks().await.unwrap();
    let delivered = subscriber.take();
    assert_eq!(delivered.len(), 1);
    assert_eq!(delivered[0].resource()["account_closure"], answer["account_closure"]);
}
