//! What the runs found: requests, statuses and failures.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use super::document::Key;
use crate::workspace::{self, Error};

/// What the log of one or more runs says.
#[derive(Default)]
pub(super) struct Report {
    requests: BTreeMap<String, usize>,
    phases: BTreeMap<String, usize>,
    statuses: BTreeMap<u64, usize>,
    /// Served operations: those that did what they were asked at least once.
    done: BTreeSet<String>,
    served: BTreeSet<String>,
    /// What the world lacked, by what was refused.
    unmade: BTreeMap<String, usize>,
    /// What the tool itself stumbled over.
    errors: Vec<String>,
    /// Check and operation → what failed.
    failures: BTreeMap<(String, String), Vec<Value>>,
}

impl Report {
    /// Reads a log.
    pub(super) fn read(
        &mut self,
        log: &Path,
        interface: &str,
        served: &BTreeSet<Key>,
    ) -> Result<(), Error> {
        let of = |(method, path): &Key| format!("{interface} {method} {path}");
        self.served.extend(served.iter().map(of));
        for line in workspace::read(log)?.lines() {
            let record: Value = serde_json::from_str(line)?;
            if let Some(step) = record["unmade"].as_str() {
                let why = record["answered"].as_str().unwrap_or_default();
                *self.unmade.entry(format!("{step}: {why}")).or_default() += 1;
                continue;
            }
            let call = record["call"].as_str().unwrap_or_default().to_owned();
            let status = record["status"].as_u64().unwrap_or_default();
            if let Some(check) = record["failed"].as_str() {
                self.failures.entry((check.to_owned(), call)).or_default().push(record);
                continue;
            }
            *self.requests.entry(interface.to_owned()).or_default() += 1;
            let phase = record["phase"].as_str().unwrap_or_default().to_owned();
            *self.phases.entry(phase).or_default() += 1;
            *self.statuses.entry(status).or_default() += 1;
            if (200..300).contains(&status) {
                self.done.insert(call);
            }
        }
        Ok(())
    }

    /// Takes up the tool's own last words; it may have stumbled without finding anything.
    pub(super) fn read_words(&mut self, words: &Path) -> Result<(), Error> {
        let said = workspace::read(words)?;
        let last = said.lines().rev().find(|line| line.starts_with("===")).unwrap_or_default();
        if last.contains("error") {
            self.errors.push(format!("{}: {}", words.display(), last.trim_matches(['=', ' '])));
        }
        Ok(())
    }

    pub(super) fn is_clean(&self) -> bool {
        self.failures.is_empty()
            && self.errors.is_empty()
            && !self.requests.is_empty()
            && self.requests.values().all(|requests| *requests > 0)
    }

    pub(super) fn print(&self, show: usize, lists_idle: bool) {
        for ((check, call), found) in &self.failures {
            println!("{check}: {call}: {} x", found.len());
            for failure in found.iter().take(show) {
                for part in ["message", "meant", "sent", "answered"] {
                    let text = failure[part].as_str().unwrap_or_default().replace('\n', " ");
                    println!("    {part}: {text}");
                }
            }
        }
        for (step, times) in &self.unmade {
            println!("not made for the run to begin with: {step} ({times} x)");
        }
        self.errors.iter().for_each(|error| println!("the tool stumbled: {error}"));
        if lists_idle {
            for operation in self.served.difference(&self.done) {
                println!("never succeeded: {operation}");
            }
        }
        println!("requests by phase: {}", listed(&self.phases));
        println!("requests by status: {}", listed(&self.statuses));
        println!(
            "served operations that succeeded: {}/{}",
            self.done.intersection(&self.served).count(),
            self.served.len()
        );
        let requests: usize = self.requests.values().sum();
        let failures: usize = self.failures.values().map(Vec::len).sum();
        println!("requests: {requests}, failures: {failures}");
    }
}

fn listed<K: std::fmt::Display>(counts: &BTreeMap<K, usize>) -> String {
    let counts: Vec<_> = counts.iter().map(|(name, count)| format!("{name}: {count}")).collect();
    counts.join(", ")
}
