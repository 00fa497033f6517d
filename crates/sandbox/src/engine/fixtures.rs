//! What the entries of fixtures created: kept with the data, so that their ids are found by name.

use serde_json::json;

use super::Engine;
use crate::model::ApiError;
use crate::model::state::Fixture;
use crate::store::Tx;

/// The kind of such entries. They belong to the workspace in which they were created: what empties it
/// forgets them, too.
const FIXTURE: &str = "fixture";

impl Engine {
    /// All of them, in their order.
    pub(crate) fn fixtures(&self) -> Result<Vec<Fixture>, ApiError> {
        let mut store = self.store.lock();
        let tx = store.begin()?;
        let mut fixtures = Vec::new();
        for tenant in self.tenants() {
            fixtures.extend(stored(&tx, &tenant)?);
        }
        Ok(fixtures)
    }

    /// Adds some of a workspace; what is there already is not added again.
    pub(crate) fn record_fixtures(
        &self,
        workspace: &str,
        fixtures: &[Fixture],
    ) -> Result<(), ApiError> {
        let mut store = self.store.lock();
        let tx = store.begin()?;
        let known = stored(&tx, workspace)?;
        for fixture in fixtures.iter().filter(|fixture| !known.contains(fixture)) {
            let Fixture { name, journey, id } = fixture;
            let place = tx.next("fixtures")?.to_string();
            let body = json!({ "name": name, "journey": journey, "id": id });
            tx.insert(workspace, FIXTURE, &place, &body, &[])?;
        }
        Ok(tx.commit()?)
    }
}

fn stored(tx: &Tx<'_>, tenant: &str) -> Result<Vec<Fixture>, ApiError> {
    let stored = tx.scan(tenant, FIXTURE, &[], 0, i64::MAX)?;
    Ok(stored.iter().map(|stored| Fixture::read(&stored.body)).collect())
}
