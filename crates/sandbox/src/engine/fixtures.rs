//! What the entries of fixtures created: kept with the data, so that their ids are found by name.

use serde_json::json;

use super::Engine;
use super::workspaces::GLOBAL_TENANT;
use crate::model::ApiError;
use crate::model::state::Fixture;

/// The kind of such entries, of no workspace.
const FIXTURE: &str = "fixture";

impl Engine {
    /// All of them, in their order.
    pub(crate) fn fixtures(&self) -> Result<Vec<Fixture>, ApiError> {
        let stored = self.store.lock().begin()?.scan(GLOBAL_TENANT, FIXTURE, &[], 0, i64::MAX)?;
        Ok(stored.iter().map(|stored| Fixture::read(&stored.body)).collect())
    }

    /// Adds some.
    pub(crate) fn record_fixtures(&self, fixtures: &[Fixture]) -> Result<(), ApiError> {
        let mut store = self.store.lock();
        let tx = store.begin()?;
        for Fixture { name, journey, id } in fixtures {
            let place = tx.next("fixtures")?.to_string();
            let body = json!({ "name": name, "journey": journey, "id": id });
            tx.insert(GLOBAL_TENANT, FIXTURE, &place, &body, &[])?;
        }
        Ok(tx.commit()?)
    }
}
