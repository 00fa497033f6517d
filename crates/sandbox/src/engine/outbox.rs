//! The engine's side of webhooks: events that are due, and the outcome of each attempt.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use crate::engine::{Engine, lock};
use crate::model::outgoing_client::host_of;
use crate::model::state::{QueuedEvent, WebhookQueue};
use crate::model::{ApiError, Attempt, Ctx, DeliveryOutcome, NextStep, OutboundEvent};
use crate::store::Order;

/// Events on their way that are described one by one.
const DESCRIBED_MAX: i64 = 100;

impl Engine {
    /// How many events are on their way, how many of those are due, and the next ones that are not
    /// behind others.
    pub(crate) fn webhook_queue(&self) -> Result<WebhookQueue, ApiError> {
        let settings = self.settings();
        let mut store = self.store.lock();
        let now = self.now();
        let tx = store.begin()?;
        let order = Order::from(settings.webhook_order);
        let (queued, due) = tx.count_deliveries(now.timestamp_millis(), order)?;
        let mut events = Vec::new();
        for delivery in tx.next_deliveries(now.timestamp_millis(), order, DESCRIBED_MAX)? {
            let ctx = self.ctx(&tx, &delivery.tenant, now, &settings);
            let last_error = (self.registry.last_error)(&ctx, &delivery)?;
            events.push(QueuedEvent {
                workspace: delivery.tenant.clone(),
                webhook_id: delivery.webhook_id,
                event_id: delivery.event_id,
                attempts: u64::try_from(delivery.attempts).unwrap_or_default(),
                next_attempt_at: DateTime::from_timestamp_millis(delivery.due_at),
                last_error,
            });
        }
        Ok(WebhookQueue { queued, due, events })
    }

    /// Raises the events that follow from what a request or a job touched.
    pub(super) fn raise_events(&self, ctx: &Ctx<'_>) -> Result<(), ApiError> {
        (self.registry.raise_events)(ctx)?;
        if ctx.has_mail() {
            // The dispatcher waits for the store until this transaction ends, and until the clock stands.
            self.notify.notify_one();
        }
        Ok(())
    }

    /// Waits until there may be something to deliver.
    pub(crate) async fn notified(&self) {
        self.notify.notified().await;
    }

    /// Up to `room` events that are due and next in order; not those that are in flight (`out`).
    pub(crate) fn outbound_events(
        &self,
        out: &[i64],
        room: usize,
    ) -> Result<Vec<OutboundEvent>, ApiError> {
        let settings = self.settings();
        // While the clock is turned, nothing is sent: when it would be is a matter of chance.
        let _alone = lock(&self.turning);
        let mut store = self.store.lock();
        let now = self.now();
        self.catch_up(&mut store, now)?;
        let tx = store.begin()?;
        let order = Order::from(settings.webhook_order);
        let mut outbound_events: Vec<OutboundEvent> = Vec::new();
        let mut waiting = BTreeSet::new();
        // What ends or waits makes room for others that are due.
        let mut is_changed = room > 0;
        while std::mem::take(&mut is_changed) {
            let limit = room + out.len();
            for delivery in tx.due_deliveries(now.timestamp_millis(), order, &waiting, limit)? {
                let is_out = out.contains(&delivery.seq)
                    || outbound_events.iter().any(|it| it.delivery.seq == delivery.seq);
                if outbound_events.len() == room || is_out {
                    continue;
                }
                let (tenant, webhook) = (delivery.tenant.clone(), delivery.webhook_id.clone());
                let ctx = self.ctx(&tx, &tenant, now, &settings);
                match (self.registry.next_step)(&ctx, delivery)? {
                    NextStep::Send(outbound_event) => outbound_events.push(*outbound_event),
                    NextStep::Wait => is_changed |= waiting.insert(webhook),
                    NextStep::End => is_changed = true,
                }
            }
        }
        tx.commit()?;
        Ok(outbound_events)
    }

    /// Records the outcome of an attempt to send an event.
    pub(crate) fn sent(&self, outbound: &OutboundEvent, attempt: &Attempt) -> Result<(), ApiError> {
        let settings = self.settings();
        // And an outcome counts for the moment to which the clock is turned.
        let _alone = lock(&self.turning);
        let mut store = self.store.lock();
        let now = self.now();
        let tx = store.begin()?;
        let ctx = self.ctx(&tx, &outbound.delivery.tenant, now, &settings);
        let outcome = (self.registry.record_attempt)(&ctx, outbound, attempt)?;
        tx.commit()?;
        if outcome == DeliveryOutcome::GivenUp {
            let delivery = &outbound.delivery;
            let host = host_of(&outbound.url);
            // An answer is another program's, and may say anything.
            let reason = match attempt.status {
                Some(status) => format!("it was answered with {status}"),
                None => attempt.answer.clone(),
            };
            tracing::warn!(
                host,
                reason,
                event = delivery.event_id,
                webhook = delivery.webhook_id,
                attempts = delivery.attempts + 1,
                "an event did not arrive, and is given up"
            );
        }
        Ok(())
    }

    /// When the next job or delivery is due; `None` while the clock is held.
    pub(crate) fn next_due(&self) -> Result<Option<DateTime<Utc>>, ApiError> {
        if lock(&self.clock).is_held() {
            return Ok(None);
        }
        let due_at = self.store.lock().begin()?.next_due()?;
        Ok(due_at.and_then(DateTime::from_timestamp_millis))
    }
}
