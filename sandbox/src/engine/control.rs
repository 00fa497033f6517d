//! What is done to the sandbox itself, from outside of every workspace.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use chrono::{DateTime, Duration, NaiveDate, Utc};
use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;

use super::{ApiKey, Engine, Keys, KnownKey, Ordering, REQUEST_BLOCK, is_workspace, lock};
use crate::model::calendar::{add_banking_days, bank_date, next_banking_day, on_day};
use crate::model::settings::{SettingError, Settings};
use crate::model::state::{FailedJob, WebhookQueue};
use crate::model::{Ctx, Refusal};
use crate::registry;
use crate::store::ledger_audit::LedgerAudit;
use crate::store::{Job, Tx};

/// Where keys are kept that were made since the start: in no workspace.
const NOWHERE: &str = "";
const KEY: &str = "api key";
/// Jobs that failed, taken down in the workspace that they were for.
const FAILED: &str = "failed job";
/// The clock is turned by at most so many days at once.
const DAYS_MAX: i64 = 3660;

/// How far the clock is turned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Advance {
    /// By so much.
    By(Duration),
    /// To this moment.
    To(DateTime<Utc>),
    /// To the same time of the bank's day, so many banking days later.
    BankingDays(u32),
    /// To the same time of the bank's day, on the next banking day.
    NextBankingDay,
}

/// How the clock stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Turned {
    pub(crate) now: DateTime<Utc>,
    /// Whether it moves only when it is told to.
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

    /// Turns the clock forward, and does what falls due on the way. Returns the job that failed,
    /// the last one if several did.
    pub(crate) fn advance(&self, advance: Advance) -> Result<Option<String>, Refusal> {
        let mut store = lock(&self.store);
        {
            let mut clock = lock(&self.clock);
            let now = clock.now();
            let by = match advance {
                Advance::By(by) => by,
                Advance::To(then) => then - now,
                Advance::BankingDays(days) if i64::from(days) > DAYS_MAX => Duration::MAX,
                Advance::BankingDays(days) => until(now, add_banking_days(bank_date(now), days))?,
                Advance::NextBankingDay => until(now, next_banking_day(bank_date(now)))?,
            };
            if by < Duration::zero() {
                return Err(bad("the clock cannot be turned back; reset the sandbox instead"));
            }
            clock.advance(bounded(by)?);
        }
        let outcome = self.catch_up(&mut store, self.now());
        drop(store);
        self.turned.send_replace(());
        self.bell.notify_one();
        outcome
    }

    /// Lets time stand still, or go on from where it is.
    pub(crate) fn hold_clock(&self, is_held: bool) {
        let mut clock = lock(&self.clock);
        if is_held {
            clock.hold()
        } else {
            clock.run()
        }
        drop(clock);
        self.turned.send_replace(());
        self.bell.notify_one();
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

    /// The keys, without themselves.
    pub(crate) fn keys(&self) -> Vec<KnownKey> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).all().to_vec()
    }

    /// Makes a key, and its workspace if that is new. Without a key to take, makes one up.
    pub(crate) fn add_key(&self, workspace: &str, key: Option<String>) -> Result<NewKey, Refusal> {
        if !is_workspace(workspace) {
            return Err(bad("a workspace is called by two numbers, like 1_2"));
        }
        if key.as_ref().is_some_and(|key| !(1..=256).contains(&key.len()) || !is_visible(key)) {
            return Err(bad("an API key has 1 to 256 visible characters of ASCII"));
        }
        let mut store = lock(&self.store);
        let tx = store.begin()?;
        let key = match key {
            Some(key) => key,
            None => {
                let place = tx.next("api keys")?;
                format!(
                    "sandbox-{}",
                    crate::model::ids::id(self.seed.rotate_left(16), place).simple()
                )
            }
        };
        let key = ApiKey { key, tenant: workspace.to_owned() };
        let known = KnownKey::of(&key, false);
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        if keys.all().iter().any(|other| other.digest == known.digest) {
            return Err(Refusal::rule(ErrorCode::DuplicateResource, "there is this key already"));
        }
        let body = json!({ "digest": known.digest, "workspace": workspace });
        tx.insert(NOWHERE, KEY, known.name(), &body, &[])?;
        furnish(&tx, workspace, self.now(), &self.settings(), self.seed)?;
        tx.commit()?;
        keys.add(known.clone());
        Ok(NewKey { key, known })
    }

    /// Takes a key back that was made since the start; its workspace stays.
    pub(crate) fn remove_key(&self, name: &str) -> Result<(), Refusal> {
        let mut store = lock(&self.store);
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        match keys.all().iter().find(|key| key.name() == name) {
            None => return Err(Refusal::rule(ErrorCode::ResourceNotFound, "there is no such key")),
            Some(key) if key.is_given => {
                return Err(bad("a key that the sandbox was started with stays"));
            }
            Some(_) => {}
        }
        let tx = store.begin()?;
        tx.delete(NOWHERE, KEY, name, |_| Vec::new())?;
        tx.commit()?;
        keys.retain(|key| key.name() != name);
        Ok(())
    }

    /// Recomputes the whole ledger.
    pub(crate) fn audit(&self) -> Result<LedgerAudit, Refusal> {
        Ok(lock(&self.store).begin()?.audit()?)
    }

    /// How many resources of each kind there are.
    pub(crate) fn counts(&self) -> Result<BTreeMap<String, u64>, Refusal> {
        Ok(lock(&self.store).begin()?.counts()?)
    }

    /// How many events are on their way, and how many of those are due.
    pub(crate) fn webhook_queue(&self) -> Result<WebhookQueue, Refusal> {
        let now = self.now().timestamp_millis();
        let (queued, due) = lock(&self.store).begin()?.count_deliveries(now)?;
        Ok(WebhookQueue { queued, due })
    }

    /// When the first job of a kind is due, in any workspace.
    pub(crate) fn first_due(&self, kind: &str) -> Result<Option<DateTime<Utc>>, Refusal> {
        let due = lock(&self.store).begin_reading()?.first_due(kind)?;
        Ok(due.and_then(DateTime::from_timestamp_millis))
    }

    /// Jobs that failed: defects of this sandbox.
    pub(crate) fn failed_jobs(&self) -> Result<Vec<FailedJob>, Refusal> {
        let mut store = lock(&self.store);
        let tx = store.begin()?;
        let mut failed = Vec::new();
        for tenant in self.tenants() {
            let stored = tx.scan(&tenant, FAILED, &[], 0, i64::MAX)?;
            failed.extend(stored.into_iter().map(|stored| FailedJob::read(&stored.body)));
        }
        Ok(failed)
    }

    /// Forgets everything: the sandbox is as it was when it was started on nothing.
    pub(crate) fn reset(&self) -> Result<(), Refusal> {
        let mut store = lock(&self.store);
        let given = &self.beginning.keys;
        let keys = Keys::new(given.iter().map(|key| KnownKey::of(key, true)).collect());
        let clock = self.beginning.clock;
        let tx = store.begin()?;
        tx.empty()?;
        for tenant in keys.tenants() {
            furnish(&tx, &tenant, clock.now(), &self.beginning.settings, self.seed)?;
        }
        let block = tx.next("request blocks")?;
        tx.commit()?;
        self.requests.store((block - 1) * REQUEST_BLOCK, Ordering::Relaxed);
        *lock(&self.clock) = clock;
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
        *self.settings.write().unwrap_or_else(PoisonError::into_inner) =
            Arc::new(self.beginning.settings.clone());
        drop(store);
        self.turned.send_replace(());
        Ok(())
    }
}

/// A time by which the clock may be turned at once.
pub(crate) fn bounded(by: Duration) -> Result<Duration, Refusal> {
    if by > Duration::days(DAYS_MAX) {
        return Err(bad(&format!("the clock is turned by at most {DAYS_MAX} days at once")));
    }
    Ok(by)
}

/// The time until the same time of the bank's day on another day.
fn until(now: DateTime<Utc>, day: Option<NaiveDate>) -> Result<Duration, Refusal> {
    let day = day.ok_or_else(|| bad("the calendar of banking days ends with the year 2199"))?;
    Ok(on_day(now, day) - now)
}

fn bad(detail: &str) -> Refusal {
    Refusal::rule(ErrorCode::BadRequestBody, detail)
}

fn is_visible(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Fills a workspace with what the platform puts into a fresh one, once.
pub(super) fn furnish(
    tx: &Tx<'_>,
    tenant: &str,
    now: DateTime<Utc>,
    settings: &Settings,
    seed: u64,
) -> Result<(), Refusal> {
    if tx.next(&format!("workspace {tenant}"))? == 1 {
        registry::seed(&Ctx::internal(tx, tenant, now, settings, seed))?;
    }
    Ok(())
}

/// The keys that were made since the start, and kept.
pub(super) fn kept_keys(tx: &Tx<'_>) -> Result<Vec<KnownKey>, Refusal> {
    let kept = tx.scan(NOWHERE, KEY, &[], 0, i64::MAX)?;
    let known = kept.into_iter().map(|stored| KnownKey {
        digest: crate::model::text(&stored.body, "digest").to_owned(),
        tenant: crate::model::text(&stored.body, "workspace").to_owned(),
        is_given: false,
    });
    Ok(known.collect())
}

/// Takes down that a job failed, and why.
pub(super) fn take_down(tx: &Tx<'_>, job: &Job, refusal: Refusal) -> Result<String, Refusal> {
    let why = refusal.into_problem().detail;
    let body = json!({
        "job": job.kind, "workspace": job.tenant, "subject": job.subject,
        "due_at": DateTime::from_timestamp_millis(job.due_at).map(crate::model::timestamp), "why": why,
    });
    let id = format!("{}-{}", tx.next("failed jobs")?, job.seq);
    tx.insert(&job.tenant, FAILED, &id, &body, &[])?;
    tracing::warn!(job = job.kind, subject = job.subject, why, "what was due failed");
    Ok(format!("{} of {}: {why}", job.kind, job.subject))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Beginning;
    use crate::model::clock::Clock;
    use crate::store::Store;

    #[test]
    fn a_job_that_fails_is_told_and_keeps_nothing_from_happening() {
        let start: DateTime<Utc> = "2026-11-24T14:00:00Z".parse().unwrap();
        let key = ApiKey { key: "key".to_owned(), tenant: "1_1".to_owned() };
        let beginning = Beginning {
            clock: Clock::held_at(start),
            keys: vec![key],
            settings: Settings::default(),
        };
        let engine = Engine::new(Store::temporary().unwrap(), beginning, 0, true).unwrap();
        {
            let mut store = lock(&engine.store);
            let tx = store.begin().unwrap();
            let due_at = start.timestamp_millis() + 1000;
            tx.schedule("1_1", due_at, "no.such.job", "subject").unwrap();
            tx.commit().unwrap();
        }
        let advance = || engine.advance(Advance::By(Duration::seconds(2)));
        assert!(advance().unwrap().is_some_and(|failure| failure.contains("no.such.job")));
        assert_eq!(advance().unwrap(), None);
        let failed = engine.failed_jobs().unwrap();
        assert_eq!(failed.len(), 1);
        assert_eq!(failed[0].due_at, Some(start + Duration::seconds(1)));
        assert_eq!((&*failed[0].job, &*failed[0].workspace), ("no.such.job", "1_1"));
    }
}
