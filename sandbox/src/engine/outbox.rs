//! What the engine hands to whoever carries events to their subscribers, and hears back from it.

use chrono::{DateTime, Utc};

use crate::engine::{Engine, lock};
use crate::model::{Attempt, Ctx, Fate, Letter, Refusal};
use crate::store::Order;

impl Engine {
    /// Raises the events that follow from what a request or a job touched.
    pub(super) fn tell(&self, ctx: &Ctx<'_>) -> Result<(), Refusal> {
        (self.registry.raise_events)(ctx)?;
        if ctx.has_mail() {
            // Whoever hears it waits for the store until this transaction is over.
            self.bell.notify_one();
        }
        Ok(())
    }

    /// Waits until there may be something to deliver.
    pub(crate) async fn rung(&self) {
        self.bell.notified().await;
    }

    /// Up to `room` events that are due and whose turn it is; not those that are `out` already.
    pub(crate) fn letters(&self, out: &[i64], room: usize) -> Result<Vec<Letter>, Refusal> {
        let settings = self.settings();
        let mut store = lock(&self.store);
        let now = self.now();
        self.catch_up(&mut store, now)?;
        let tx = store.begin()?;
        let order = Order::from(settings.webhook_order);
        let mut letters = Vec::new();
        for delivery in tx.due_deliveries(now.timestamp_millis(), order, room + out.len())? {
            if letters.len() == room || out.contains(&delivery.seq) {
                continue;
            }
            let tenant = delivery.tenant.clone();
            let ctx = self.ctx(&tx, &tenant, now, &settings);
            letters.extend((self.registry.outbound_event)(&ctx, delivery)?);
        }
        tx.commit()?;
        Ok(letters)
    }

    /// Takes down what came of sending an event.
    pub(crate) fn sent(&self, letter: &Letter, attempt: &Attempt) -> Result<(), Refusal> {
        let settings = self.settings();
        let mut store = lock(&self.store);
        let now = self.now();
        let tx = store.begin()?;
        let ctx = self.ctx(&tx, &letter.delivery.tenant, now, &settings);
        let fate = (self.registry.record_attempt)(&ctx, letter, attempt)?;
        tx.commit()?;
        if fate == Fate::GivenUp {
            let delivery = &letter.delivery;
            tracing::warn!(
                event = delivery.event_id,
                webhook = delivery.webhook_id,
                attempts = delivery.attempts + 1,
                "an event did not arrive, and is given up"
            );
        }
        Ok(())
    }

    /// When something will happen by itself; never, as long as time stands still.
    pub(crate) fn next_due(&self) -> Result<Option<DateTime<Utc>>, Refusal> {
        if lock(&self.clock).is_held() {
            return Ok(None);
        }
        let due_at = lock(&self.store).begin()?.next_due()?;
        Ok(due_at.and_then(DateTime::from_timestamp_millis))
    }
}
