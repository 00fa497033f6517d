//! Operations on the sandbox itself: clock, settings, keys, reset, audit.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;

use super::failed_jobs::FAILED;
use super::snapshot::Snapshot;
use super::workspaces::{GLOBAL_TENANT, KEY, OWN_BANK, seed_workspace};
use super::{ApiKey, Engine, Resumed, is_api_key, is_workspace, lock, saved_clock};
use crate::model::settings::{SettingError, Settings};
use crate::model::state::{DoneJob, FailedJob};
use crate::model::{ApiError, Ctx, KnownKey};
use crate::store::ledger_audit::LedgerAudit;

/// How the clock stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Turned {
    pub(crate) now: DateTime<Utc>,
    /// Whether it moves only on request.
    pub(crate) is_held: bool,
}

/// A key that was made.
#[derive(Debug)]
pub(crate) struct NewKey {
    pub(crate) key: ApiKey,
    pub(crate) known: KnownKey,
}

impl Engine {
    pub(crate) fn clock(&self) -> Turned {
        let clock = lock(&self.clock);
        Turned { now: clock.now(), is_held: clock.is_held() }
    }

    /// Holds the clock, or lets it run from its current time.
    pub(crate) fn hold_clock(&self, is_held: bool) -> Result<(), ApiError> {
        let _alone = lock(&self.turning);
        let mut store = self.store.lock();
        let tx = store.begin()?;
        let mut clock = lock(&self.clock);
        let mut turned = *clock;
        if is_held {
            turned.hold()
        } else {
            turned.run()
        }
        saved_clock::write(&tx, turned);
        tx.commit()?;
        *clock = turned;
        drop(clock);
        self.turned.send_replace(());
        self.notify.notify_one();
        Ok(())
    }

    /// Waits until so much of the sandbox's time is over.
    pub(crate) async fn wait(&self, time: Duration) {
        let mut turned = self.turned.subscribe();
        let end = self.now() + time;
        loop {
            let Turned { now, is_held } = self.clock();
            if now >= end {
                return;
            }
            let rest = (end - now).to_std().unwrap_or_default();
            tokio::select! {
                _ = turned.changed() => {}
                () = tokio::time::sleep(rest), if !is_held => {}
            }
        }
    }

    /// Changes settings: all of them, or none.
    pub(crate) fn change_settings(
        &self,
        changes: &BTreeMap<String, Value>,
    ) -> Result<(), SettingError> {
        let mut current = self.settings.write().unwrap_or_else(PoisonError::into_inner);
        let mut changed = Settings::clone(&current);
        for (name, value) in changes {
            changed.set(name, value)?;
        }
        *current = Arc::new(changed);
        Ok(())
    }

    /// All that is wrong with changes of settings.
    pub(crate) fn wrong_settings(&self, changes: &BTreeMap<String, Value>) -> Vec<SettingError> {
        let mut settings = Settings::clone(&self.settings());
        changes.iter().filter_map(|(name, value)| settings.set(name, value).err()).collect()
    }

    /// What only this process knows.
    #[cfg(feature = "console")]
    pub(crate) fn operator_secret(&self) -> &[u8; 32] {
        self.operators.secret()
    }

    /// The key of the bank's own operators for a workspace; none if there is no such workspace.
    #[cfg(feature = "console")]
    pub(crate) fn operator_key(&self, workspace: &str) -> Option<String> {
        let is_known = self.tenants().iter().any(|tenant| tenant == workspace);
        is_known.then(|| self.operators.key(workspace))
    }

    /// How many resources of a kind a workspace has.
    #[cfg(feature = "console")]
    pub(crate) fn count(&self, workspace: &str, kind: &str) -> Result<u64, ApiError> {
        Ok(self.store.lock().begin_reading()?.count_of(workspace, kind)?)
    }

    /// The ids of a workspace's resources that begin with a text, at most so many.
    #[cfg(feature = "console")]
    pub(crate) fn ids(
        &self,
        workspace: &str,
        beginning: &str,
        limit: usize,
    ) -> Result<Vec<String>, ApiError> {
        Ok(self.store.lock().begin_reading()?.ids(workspace, beginning, limit)?)
    }

    /// The keys, by their digests.
    pub(crate) fn keys(&self) -> Vec<Arc<KnownKey>> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).all().to_vec()
    }

    /// Adds a key, and its workspace if that is new. Without a given key, generates one; without a
    /// name, makes a workspace that nobody has used.
    pub(crate) fn add_key(
        &self,
        workspace: Option<&str>,
        key: Option<String>,
    ) -> Result<NewKey, ApiError> {
        if workspace.is_some_and(|name| !is_workspace(name)) {
            return Err(bad("a workspace is called by two numbers, like 1_2"));
        }
        if key.as_ref().is_some_and(|key| !is_api_key(key)) {
            return Err(bad("an API key has 1 to 256 visible characters of ASCII"));
        }
        let mut store = self.store.lock();
        let tx = store.begin()?;
        let key = match key {
            Some(key) => key,
            None => {
                let place = tx.next("api keys")?;
                format!("sandbox-{}", self.seed().for_keys().id(place).simple())
            }
        };
        let begin = |name: &str| {
            seed_workspace(self.registry, &tx, name, self.now(), &self.settings(), self.seed())
        };
        let workspace = match workspace {
            Some(name) => {
                begin(name)?;
                name.to_owned()
            }
            None => loop {
                let name = format!("{OWN_BANK}_{}", tx.next("workspaces without a name")?);
                // One may have been called so by hand.
                if begin(&name)? {
                    break name;
                }
            },
        };
        let key = ApiKey { key, tenant: workspace.clone() };
        let known = key.known(false);
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        if keys.all().iter().any(|other| other.digest == known.digest) {
            return Err(ApiError::rule(ErrorCode::DuplicateResource, "there is this key already"));
        }
        let body = json!({ "digest": known.digest, "workspace": workspace });
        tx.insert(GLOBAL_TENANT, KEY, known.name(), &body, &[])?;
        tx.commit()?;
        keys.add(known.clone());
        Ok(NewKey { key, known })
    }

    /// Removes a key that was made since the start; its workspace stays.
    pub(crate) fn remove_key(&self, name: &str) -> Result<(), ApiError> {
        let mut store = self.store.lock();
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        match keys.all().iter().find(|key| key.name() == name) {
            None => {
                return Err(ApiError::rule(ErrorCode::ResourceNotFound, "there is no such key"));
            }
            Some(key) if key.is_given => {
                return Err(bad("a key that the sandbox was started with stays"));
            }
            Some(_) => {}
        }
        let tx = store.begin()?;
        tx.delete(GLOBAL_TENANT, KEY, name, |_| Vec::new())?;
        tx.commit()?;
        keys.retain(|key| key.name() != name);
        Ok(())
    }

    /// Recomputes the whole ledger.
    pub(crate) fn audit(&self) -> Result<LedgerAudit, ApiError> {
        Ok(self.store.lock().begin()?.audit()?)
    }

    /// Fails when the data file was deleted or replaced.
    pub(crate) fn check_file(&self) -> Result<(), ApiError> {
        Ok(self.store.lock().check_file()?)
    }

    /// Writes everything back to the data file, so that a copy of it is whole.
    pub(crate) fn checkpoint(&self) -> Result<(), ApiError> {
        Ok(self.store.lock().checkpoint()?)
    }

    /// How many resources of each kind there are.
    pub(crate) fn counts(&self) -> Result<BTreeMap<String, u64>, ApiError> {
        Ok(self.store.lock().begin_reading()?.counts()?)
    }

    /// When the first job of a kind is due, in any workspace.
    pub(crate) fn first_due(&self, kind: &str) -> Result<Option<DateTime<Utc>>, ApiError> {
        let due = self.store.lock().begin_reading()?.first_due(kind)?;
        Ok(due.and_then(DateTime::from_timestamp_millis))
    }

    /// What was done by the clock, the last first.
    pub(crate) fn done_jobs(&self, limit: usize) -> Vec<DoneJob> {
        self.history.last(limit)
    }

    /// Reads something of a workspace, outside of any request.
    pub(crate) fn read_in<T>(
        &self,
        workspace: &str,
        read: impl FnOnce(&Ctx<'_>) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        if !self.tenants().iter().any(|known| known == workspace) {
            let why = format!("there is no workspace {workspace}");
            return Err(ApiError::rule(ErrorCode::ResourceNotFound, why));
        }
        let settings = self.settings();
        let mut store = self.store.lock();
        let tx = store.begin_reading()?;
        read(&self.ctx(&tx, workspace, self.now(), &settings))
    }

    /// Jobs that failed: defects of this sandbox.
    pub(crate) fn failed_jobs(&self) -> Result<Vec<FailedJob>, ApiError> {
        let mut store = self.store.lock();
        let tx = store.begin()?;
        let mut failed = Vec::new();
        for tenant in self.tenants() {
            let stored = tx.scan(&tenant, FAILED, &[], 0, i64::MAX)?;
            failed.extend(stored.into_iter().map(|stored| FailedJob::read(&stored.body)));
        }
        Ok(failed)
    }

    /// Deletes everything: the sandbox is in its initial state again.
    pub(crate) fn reset(&self) -> Result<(), ApiError> {
        if let Some(snapshot) = &self.initial.snapshot {
            return self.restore(&Snapshot(snapshot.clone()));
        }
        let _alone = lock(&self.turning);
        let mut store = self.store.lock();
        let seed = self.seed().renewed()?;
        let tx = store.begin()?;
        tx.empty()?;
        tx.commit()?;
        self.resume(&mut store, Resumed::of(self.initial.clock, &self.initial.settings, seed))?;
        drop(store);
        self.turned.send_replace(());
        Ok(())
    }
}

pub(super) fn bad(detail: &str) -> ApiError {
    ApiError::rule(ErrorCode::BadRequestBody, detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Advance, InitialState, Registry};
    use crate::model::Job;
    use crate::model::Seed;
    use crate::model::clock::Clock;
    use crate::registry::REGISTRY;
    use crate::store::Store;

    fn engine(registry: &'static Registry) -> Engine {
        let key = ApiKey { key: "key".to_owned(), tenant: "1_1".to_owned() };
        let clock = Clock::held_at("2026-11-24T14:00:00Z".parse().unwrap());
        let initial = InitialState::empty(clock, vec![key]);
        Engine::new(Store::temporary().unwrap(), initial, registry, Seed::given(0), true).unwrap()
    }

    fn schedule(engine: &Engine, seconds: i64, job: &str) {
        let mut store = engine.store.lock();
        let tx = store.begin().unwrap();
        let due_at = engine.now().timestamp_millis() + seconds * 1000;
        tx.schedule("1_1", due_at, job, "subject").unwrap();
        tx.commit().unwrap();
    }

    #[test]
    fn a_job_that_fails_is_reported_and_keeps_nothing_from_happening() {
        let engine = engine(&REGISTRY);
        let start = engine.now();
        schedule(&engine, 1, "no.such.job");
        let advance = || engine.advance(Advance::By(Duration::seconds(2)));
        assert!(advance().unwrap().is_some_and(|failure| failure.contains("no.such.job")));
        assert_eq!(advance().unwrap(), None);
        let failed = engine.failed_jobs().unwrap();
        assert_eq!(failed.len(), 1);
        assert_eq!(failed[0].due_at, Some(start + Duration::seconds(1)));
        assert_eq!((&*failed[0].job, &*failed[0].workspace), ("no.such.job", "1_1"));
    }

    #[test]
    fn a_job_that_panics_is_undone_and_set_aside_and_the_next_one_runs() {
        const JOBS: &[(&str, Job)] = &[
            ("panics", |ctx, _| {
                ctx.tx.insert(ctx.tenant, "mark", "panicked", &json!({}), &[])?;
                // A savepoint that it leaves open must not keep what stands before it.
                ctx.tx.mark()?;
                panic!("as a defect would");
            }),
            ("runs", |ctx, _| {
                ctx.tx.insert(ctx.tenant, "mark", "ran", &json!({}), &[])?;
                Ok(())
            }),
        ];
        let engine = engine(Box::leak(Box::new(Registry { jobs: JOBS, ..REGISTRY })));
        schedule(&engine, 1, "panics");
        schedule(&engine, 2, "runs");
        let failure = engine.advance(Advance::By(Duration::seconds(3))).unwrap();
        assert!(failure.is_some_and(|failure| failure.starts_with("panics of subject: ")));
        let failed = engine.failed_jobs().unwrap();
        assert_eq!((failed.len(), &*failed[0].job), (1, "panics"));
        assert_eq!(engine.counts().unwrap().get("mark"), Some(&1), "only the second one's");
        let ran = engine.store.lock().begin().unwrap().get("1_1", "mark", "ran").unwrap();
        assert!(ran.is_some());
    }
}
