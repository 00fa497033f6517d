//! A run of all scripts on our side, compared with the recorded answers of the other side.

use std::cell::Cell;

use chrono::{DateTime, Utc};
use synctera_sandbox::{Sandbox, Settings};

use super::acceptance::Acceptance;
use super::compare::{Difference, compare};
use super::conversation::{Exchange, Outcome, Pace, play};
use super::hidden::Hidden;
use super::reference::Run;
use super::script::Script;
use super::side::{Answer, Body, Side};

/// The seed of our ids, so that what changes between two runs is due to a setting.
const SEED: u64 = 1;

/// What stays the same in all runs of ours.
pub(super) struct Trial {
    pub(super) scripts: Vec<Script>,
    pub(super) run: Run,
    /// The other side's answers, by script.
    pub(super) theirs: Vec<Vec<Exchange>>,
    pub(super) accepted: Vec<Acceptance>,
    pub(super) hidden: Hidden,
    pub(super) http: reqwest::Client,
    /// How often the scripts were run.
    pub(super) runs: Cell<usize>,
}

impl Trial {
    /// When the calls began.
    pub(super) fn moment(&self) -> Option<DateTime<Utc>> {
        Some(self.theirs.first()?.first()?.moment)
    }

    /// Our answers under these settings, by script.
    pub(super) async fn ours(&self, settings: &Settings) -> Result<Vec<Vec<Exchange>>, String> {
        self.runs.set(self.runs.get() + 1);
        let mut all = Vec::new();
        for (script, theirs) in self.scripts.iter().zip(&self.theirs) {
            let mut builder = Sandbox::builder().settings(settings.clone()).seed(SEED);
            if let Some(first) = theirs.first() {
                builder = builder.clock_held_at(first.moment);
            }
            let sandbox = builder.start().await.map_err(|why| why.to_string())?;
            let side = Side::new(self.http.clone(), &sandbox.base_url(), sandbox.api_key())?;
            let pace = Pace::After(&sandbox, theirs);
            let ours = play(script, &side, &self.run, pace).await;
            all.push(ours.map_err(|why| format!("our sandbox: {why}"))?);
        }
        Ok(all)
    }

    /// All differences from these answers, the accepted ones included.
    pub(super) fn compared(&self, ours: &[Vec<Exchange>]) -> Vec<Difference> {
        let scripts = self.scripts.iter().zip(self.theirs.iter().zip(ours));
        scripts
            .enumerate()
            .flat_map(|(number, (script, (theirs, ours)))| {
                compare(number, script, theirs, ours, &self.hidden)
            })
            .collect()
    }

    /// The differences under these settings that are not accepted.
    pub(super) async fn differences(&self, settings: &Settings) -> Result<Vec<Difference>, String> {
        let mut all = self.compared(&self.ours(settings).await?);
        all.retain(|it| self.acceptance(it).is_none());
        Ok(all)
    }

    /// Calls that neither side was sent: script, call, and why. They say nothing about a difference.
    pub(super) fn unsent(&self, ours: &[Vec<Exchange>]) -> Vec<(usize, usize, String)> {
        let scripts = self.theirs.iter().zip(ours).enumerate();
        let calls = scripts.flat_map(|(script, (theirs, ours))| {
            let calls = theirs.iter().zip(ours).enumerate();
            calls.filter_map(move |(call, pair)| match (&pair.0.outcome, &pair.1.outcome) {
                (Outcome::Unsent(missing), Outcome::Unsent(_)) => {
                    Some((script, call, missing.0.clone()))
                }
                _ => None,
            })
        });
        calls.collect()
    }

    /// The number of the acceptance of a difference.
    pub(super) fn acceptance(&self, difference: &Difference) -> Option<usize> {
        let script = self.scripts.get(difference.script)?;
        let (file, call) = (&script.file, difference.call);
        let target = &script.calls.get(call)?.target;
        self.accepted.iter().position(|it| it.covers(file, call, target, &difference.place))
    }
}

/// Notes what was sent and answered under names that are never shown.
pub(super) fn learn(hidden: &mut Hidden, exchanges: &[Exchange]) {
    for exchange in exchanges {
        if let Outcome::Answered { request, answer } = &exchange.outcome {
            if let Some(body) = &request.body {
                hidden.learn(body);
            }
            if let Answer { body: Body::Json(body), .. } = answer {
                hidden.learn(body);
            }
        }
    }
}
