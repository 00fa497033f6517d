//! Which settings remove the differences: each is changed alone, in fresh sandboxes, and what they answer
//! is compared with what the other side answered once.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::Value;
use synctera_sandbox::{Setting, Settings};
use tokio::time::Instant;

use super::candidates::{self, Found};
use super::compare::Difference;
use super::place::Place;
use super::trial::Trial;

/// How many settings are named on which a difference depends.
const NAMED_MAX: usize = 8;

/// What came of the search.
#[derive(Default)]
pub(super) struct Naming {
    /// The settings that remove differences, in the order in which they were found.
    pub(super) adopted: Vec<Adopted>,
    /// Differences that are left, each with the settings that change it without removing it.
    pub(super) left: Vec<(Difference, Vec<&'static str>)>,
    /// Differences that are removed, each with its place in `adopted`.
    pub(super) removed: Vec<(Difference, usize)>,
    /// Whether there was time to try everything.
    pub(super) is_complete: bool,
}

pub(super) struct Adopted {
    pub(super) name: &'static str,
    pub(super) value: Value,
}

/// Tries settings until no difference is left, none helps or the time is over.
pub(super) async fn search(
    trial: &Trial,
    settings: Settings,
    differences: Vec<Difference>,
    within: Duration,
) -> Result<Naming, String> {
    let mut search = Search {
        trial,
        settings,
        left: differences,
        until: Instant::now() + within,
        adopted: Vec::new(),
        removed: Vec::new(),
        touching: BTreeMap::new(),
        is_complete: true,
    };
    while !search.left.is_empty() {
        search.probe().await?;
        let before = search.adopted.len();
        while !search.left.is_empty() && search.adopt().await? {}
        // A setting may count only once another one is as it should be.
        if search.adopted.len() == before || !search.is_complete {
            break;
        }
    }
    Ok(search.finished())
}

struct Search<'s> {
    trial: &'s Trial,
    settings: Settings,
    left: Vec<Difference>,
    until: Instant,
    adopted: Vec<Adopted>,
    removed: Vec<(Difference, usize)>,
    /// Settings that change places that differ, and those places.
    touching: BTreeMap<&'static str, BTreeSet<(usize, usize, Place)>>,
    is_complete: bool,
}

/// A value of a setting that removes differences.
struct Best {
    name: &'static str,
    value: Value,
    settings: Settings,
    left: Vec<Difference>,
    count: usize,
}

impl Search<'_> {
    /// Finds the settings that touch what is left.
    async fn probe(&mut self) -> Result<(), String> {
        self.touching.clear();
        let found = self.found();
        for setting in self.settings.list() {
            if self.adopted.iter().any(|it| it.name == setting.name) {
                continue;
            }
            for value in candidates::probes(&setting, &found) {
                if self.is_late() {
                    return Ok(());
                }
                let Some((_, after)) = self.tried(&setting, &value).await? else {
                    continue;
                };
                let touched = self.touched(&after);
                if !touched.is_empty() {
                    self.touching.entry(setting.name).or_default().extend(touched);
                }
            }
        }
        Ok(())
    }

    /// Adopts the value that removes most differences and adds none; whether there is one.
    async fn adopt(&mut self) -> Result<bool, String> {
        let found = self.found();
        let mut best: Option<Best> = None;
        let mut settings = self.settings.list();
        settings.retain(|it| self.touching.contains_key(it.name));
        for setting in &settings {
            for value in candidates::all(setting, &found) {
                if self.is_late() {
                    break;
                }
                let Some((settings, after)) = self.tried(setting, &value).await? else {
                    continue;
                };
                let removed = self.removed_by(&after).count();
                if removed > best.as_ref().map_or(0, |it| it.count) && !self.adds(&after) {
                    let name = setting.name;
                    best = Some(Best { name, value, settings, left: after, count: removed });
                }
            }
        }
        let Some(best) = best else {
            return Ok(false);
        };
        let place = self.adopted.len();
        let removed: Vec<Difference> = self.removed_by(&best.left).cloned().collect();
        self.removed.extend(removed.into_iter().map(|it| (it, place)));
        self.adopted.push(Adopted { name: best.name, value: best.value });
        self.touching.remove(best.name);
        self.settings = best.settings;
        self.left = best.left;
        Ok(true)
    }

    /// The differences with one setting changed.
    async fn tried(
        &self,
        setting: &Setting,
        value: &Value,
    ) -> Result<Option<(Settings, Vec<Difference>)>, String> {
        let mut settings = self.settings.clone();
        if settings.set(setting.name, value).is_err() {
            return Ok(None);
        }
        let after = self.trial.differences(&settings).await?;
        Ok(Some((settings, after)))
    }

    /// The differences that are left, and not among these.
    fn removed_by<'d>(&'d self, after: &'d [Difference]) -> impl Iterator<Item = &'d Difference> {
        self.left.iter().filter(|it| !after.iter().any(|other| other.is_at(it)))
    }

    /// Whether there are new differences among these, in answers that could be compared before.
    fn adds(&self, after: &[Difference]) -> bool {
        after.iter().any(|it| {
            let is_new = !self.left.iter().any(|other| other.is_at(it));
            let was_compared = !self.left.iter().any(|other| {
                let is_same_call = (other.script, other.call) == (it.script, it.call);
                is_same_call && other.place == Place::Status
            });
            is_new && was_compared
        })
    }

    /// The places that differ, and differ otherwise or no more among these.
    fn touched(&self, after: &[Difference]) -> Vec<(usize, usize, Place)> {
        let is_touched = |it: &&Difference| {
            let now = after.iter().find(|other| other.is_at(it));
            match now {
                Some(now) => now.ours != it.ours && !it.is_made_up,
                None => self.is_compared(it, after),
            }
        };
        let touched = self.left.iter().filter(is_touched);
        touched.map(|it| (it.script, it.call, it.place.clone())).collect()
    }

    /// Whether the answer of a difference is compared among these as far as it was before: an answer that
    /// has another status now is not.
    fn is_compared(&self, it: &Difference, after: &[Difference]) -> bool {
        let at = Difference { place: Place::Status, ..it.clone() };
        let status = |list: &[Difference]| {
            list.iter().find(|other| other.is_at(&at)).map(|status| status.ours.clone())
        };
        let now = status(after);
        now.is_none() || now == status(&self.left)
    }

    fn found(&self) -> Found {
        Found::new(&self.left, self.trial.moment().unwrap_or_default())
    }

    /// Whether the time is over.
    fn is_late(&mut self) -> bool {
        if Instant::now() >= self.until {
            self.is_complete = false;
        }
        !self.is_complete
    }

    fn finished(self) -> Naming {
        let touching = &self.touching;
        let depends = |it: &Difference| {
            let place = (it.script, it.call, it.place.clone());
            let named = touching.iter().filter(|(_, places)| places.contains(&place));
            named.map(|(name, _)| *name).take(NAMED_MAX).collect()
        };
        let left = self.left.into_iter().map(|it| (depends(&it), it));
        Naming {
            left: left.map(|(names, it)| (it, names)).collect(),
            adopted: self.adopted,
            removed: self.removed,
            is_complete: self.is_complete,
        }
    }
}
