//! Webhooks make waiting runs due.

use serde::Deserialize;
use synctera::webhooks::Event;
use uuid::Uuid;

use super::connect::Postgres;
use crate::Error;

#[derive(Deserialize)]
struct Resource {
    id: Option<Uuid>,
}

impl Postgres {
    /// Makes the runs due that wait for the resource of an event, and returns how many. The run reads
    /// the resource itself, so events that come twice or late do no harm, and other events wake
    /// nothing.
    ///
    /// # Errors
    /// [`Error::EventWithoutResource`]; [`Error::Database`], after which the platform should deliver
    /// the event again.
    pub async fn wake(&self, event: &Event) -> Result<u64, Error> {
        let named = event.resource_as::<Resource>().ok().and_then(|resource| resource.id);
        let resource = event.resource_id.or(named).ok_or(Error::EventWithoutResource)?;
        let mut client = self.store.client().await?;
        let transaction = client.transaction().await?;
        let now = self.time();
        // One that is polled right now is polled again.
        let woken = transaction
            .query(
                "update synctera_runs.runs set is_woken = (state = 'running'), \
                 due_at = case when state = 'waiting' then $2::timestamptz else due_at end \
                 where waits_for = $1 and state in ('waiting', 'running') returning id, state",
                &[&resource, &now],
            )
            .await?;
        for row in woken.iter().filter(|row| row.get::<_, &str>("state") == "waiting") {
            let id: i64 = row.get("id");
            transaction.execute("select synctera_runs.enqueue($1, $2)", &[&id, &now]).await?;
        }
        transaction.commit().await?;
        Ok(woken.len() as u64)
    }
}
