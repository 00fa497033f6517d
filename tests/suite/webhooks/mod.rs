//! Webhooks: what the sandbox sends, and what the facade makes of it.

mod ach_returns;
mod deliveries;
mod end_to_end;
mod events;
mod extractors;
mod store;
mod subscriptions;
mod verifying;

use synctera::WebhookId;
use synctera::types::{EventFilter, WebhookInput};
use synctera_sandbox::{Sandbox, Settings};
use synctera_tests::World;
use synctera_tests::subscriber::Subscriber;
use synctera_tests::world::now;

/// A webhook for these types.
async fn subscribe(world: &World, subscriber: &Subscriber, types: &[&str]) -> WebhookId {
    let types = types.iter().map(|name| EventFilter::from(*name)).collect();
    let body = WebhookInput::new(types, true, subscriber.url());
    world.client.api().create_webhook(&body).await.unwrap().id.unwrap()
}

/// A world whose sandbox is set otherwise.
async fn world_with(change: impl FnOnce(&mut Settings)) -> World {
    let mut settings = Settings::default();
    change(&mut settings);
    World::on(Sandbox::builder().clock_held_at(now()).settings(settings)).await
}
