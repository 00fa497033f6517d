//! Webhooks and their secret as resources.

use synctera::types::{
    DeleteWebhookSecretQuery, EventFilter, ListWebhooksQuery, ReplaceWebhookSecretRequest,
    WebhookInput,
};
use synctera_tests::World;

use chrono::Duration;

fn input(url: &str) -> WebhookInput {
    WebhookInput::new(vec![EventFilter::AccountAny], true, url)
}

#[tokio::test]
async fn a_webhook_is_made_changed_and_deleted() {
    let world = World::new().await;
    let api = world.client.api();
    let body = WebhookInput {
        metadata: Some("prod".to_owned()),
        description: Some("accounts".to_owned()),
        ..input("https://bank.example/events")
    };
    let made = api.create_webhook(&body).await.unwrap().into_inner();
    let id = made.id.unwrap();
    assert_eq!(made.enabled_events, [EventFilter::AccountAny]);
    assert_eq!(made.metadata.as_deref(), Some("prod"));
    assert!(made.last_updated.is_some());

    let off = WebhookInput { is_enabled: false, ..input("https://bank.example/other") };
    api.replace_webhook(id, &off).await.unwrap();
    let read = api.get_webhook(id).await.unwrap();
    assert_eq!((read.is_enabled, read.url.as_str()), (false, "https://bank.example/other"));
    // What was left out is gone.
    assert_eq!((read.metadata.as_ref(), read.description.as_ref()), (None, None));

    api.create_webhook(&input("https://bank.example/second")).await.unwrap();
    let all = api.list_webhooks(&ListWebhooksQuery::default()).await.unwrap();
    assert_eq!(all.webhooks.len(), 2);
    let query = ListWebhooksQuery { is_enabled_only: Some(true), ..Default::default() };
    let enabled = api.list_webhooks(&query).await.unwrap();
    assert_eq!(enabled.webhooks.len(), 1);
    assert_eq!(enabled.webhooks[0].url, "https://bank.example/second");

    api.delete_webhook(id).await.unwrap();
    let error = api.get_webhook(id).await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 404);
}

#[tokio::test]
async fn a_webhook_needs_a_url_that_can_be_posted_to() {
    let world = World::new().await;
    for url in ["ftp://bank.example/events", "mailto:events@bank.example"] {
        let error = world.client.api().create_webhook(&input(url)).await.unwrap_err();
        assert!(error.problem().invalid.contains_key("url"), "{url}: {error}");
    }
}

#[tokio::test]
async fn there_is_one_secret_and_it_is_shown_once() {
    let world = World::new().await;
    let api = world.client.api();
    let status = |error: synctera::Error| error.status().unwrap().as_u16();
    let roll = |is_rolling| ReplaceWebhookSecretRequest { is_rolling_secret: Some(is_rolling) };
    let delete = |old_only| DeleteWebhookSecretQuery { old_secret_only: Some(old_only) };
    assert_eq!(status(api.replace_webhook_secret(&roll(true)).await.unwrap_err()), 404);
    assert_eq!(status(api.delete_webhook_secret(&delete(false)).await.unwrap_err()), 404);

    let first = api.create_webhook_secret().await.unwrap().into_inner().secret.unwrap();
    assert_eq!(first.expose().len(), 64);
    let error = api.create_webhook_secret().await.unwrap_err();
    assert_eq!(error.code().unwrap().as_str(), "DUPLICATE_RESOURCE");
    assert_eq!(status(error), 409);
    // Nothing is being exchanged yet.
    assert_eq!(status(api.delete_webhook_secret(&delete(true)).await.unwrap_err()), 404);

    let rolled = api.replace_webhook_secret(&roll(true)).await.unwrap().into_inner();
    assert_eq!(rolled.deleted_at, Some(world.sandbox.now() + Duration::hours(24)));
    assert_ne!(rolled.secret.unwrap().expose(), first.expose());
    world.sandbox.advance(Duration::hours(24)).unwrap();
    assert_eq!(status(api.delete_webhook_secret(&delete(true)).await.unwrap_err()), 404);

    api.replace_webhook_secret(&roll(true)).await.unwrap();
    api.delete_webhook_secret(&delete(true)).await.unwrap();
    api.delete_webhook_secret(&delete(false)).await.unwrap();
    api.create_webhook_secret().await.unwrap();
}
