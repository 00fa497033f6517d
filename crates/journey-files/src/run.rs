//! Running the entries, in order.

use std::collections::{HashMap, HashSet};
use std::fmt;

use synctera::{Error, Synctera};

use crate::JourneyFiles;
use crate::entry::Entry;
use crate::error::{FileError, FileErrors};
use crate::journeys::ID;
use crate::journeys::Results;
use crate::reference::{Text, no_result, parse};

/// An entry that was run.
#[derive(Clone)]
#[non_exhaustive]
pub struct CompletedEntry {
    /// Its name, which is the key of its run.
    pub name: String,
    /// Its journey, such as `onboard_customer`.
    pub journey: &'static str,
    results: Results,
}

impl CompletedEntry {
    /// The id of what the journey created or changed; the same as `$name` in a file. None if the
    /// journey has none.
    pub fn id(&self) -> Option<&str> {
        self.result(ID)
    }

    /// A result by its name, such as `accounts[1]`.
    pub fn result(&self, member: &str) -> Option<&str> {
        self.results.iter().find(|(name, _)| name == member).map(|(_, value)| &**value)
    }
}

impl fmt::Debug for CompletedEntry {
    /// Without the results, of which one may be a token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CompletedEntry")
            .field("name", &self.name)
            .field("journey", &self.journey)
            .finish_non_exhaustive()
    }
}

impl JourneyFiles {
    /// Runs all entries, in the order of the files. The name of an entry is the key of its run, so
    /// running the same files again repeats nothing, as for any [`Run`](synctera::Run). The platform repeats
    /// a refusal, too: after a correction, run them as the next [`attempt`](Self::attempt).
    ///
    /// # Errors
    /// What the platform refuses, by entry, with the file and line. The entries after one that fails are
    /// run, except those that refer to it.
    pub async fn run(&self, client: &Synctera) -> Result<Vec<CompletedEntry>, FileErrors> {
        self.run_watched(client, |_| {}).await
    }

    /// As [`run`](Self::run); each entry is shown to a function as soon as it is completed.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub async fn run_watched(
        &self,
        client: &Synctera,
        mut watch: impl FnMut(&CompletedEntry),
    ) -> Result<Vec<CompletedEntry>, FileErrors> {
        let mut completed: HashMap<&str, CompletedEntry> = HashMap::new();
        let mut left_out: HashSet<&str> = HashSet::new();
        let mut errors = Vec::new();
        for entry in &self.entries {
            match self.run_entry(client, entry, &completed, &left_out).await {
                Ok(Some(results)) => {
                    let (name, journey) = (entry.name.to_string(), entry.journey.name());
                    let entry_completed = CompletedEntry { name, journey, results };
                    watch(&entry_completed);
                    completed.insert(&entry.name, entry_completed);
                }
                Ok(None) => {
                    left_out.insert(&entry.name);
                }
                Err(wrong) => {
                    left_out.insert(&entry.name);
                    errors.extend(wrong);
                }
            }
        }
        match FileErrors::of(errors) {
            Some(errors) => Err(errors),
            None => {
                let names = self.entries.iter().map(|entry| &*entry.name);
                Ok(names.filter_map(|name| completed.remove(name)).collect())
            }
        }
    }

    /// Runs an entry; none if an entry that it refers to was not completed.
    async fn run_entry(
        &self,
        client: &Synctera,
        entry: &Entry,
        completed: &HashMap<&str, CompletedEntry>,
        left_out: &HashSet<&str>,
    ) -> Result<Option<Results>, Vec<FileError>> {
        let mut waits = false;
        let mut errors = Vec::new();
        let mut request = entry.request.to_json(&mut |text| {
            let (name, member) = match parse(text) {
                Text::Literal(text) => return text.to_owned(),
                Text::Reference { name, member } => (name, member),
            };
            waits |= left_out.contains(name);
            let Some(other) = completed.get(name) else { return String::new() };
            match other.result(member) {
                Some(result) => result.to_owned(),
                None => {
                    let names: Vec<&str> = other.results.iter().map(|(name, _)| &**name).collect();
                    let message = no_result(name, member, &names);
                    errors.push(FileError::of_entry(entry, message));
                    String::new()
                }
            }
        });
        if waits {
            return Ok(None);
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let prepared = entry.read(&mut request).map_err(|reason| {
            vec![match &reason.path {
                Some(path) => FileError::of_field(entry, path, &*reason.message),
                None => FileError::of_entry(entry, &*reason.message),
            }]
        })?;
        let run = prepared.run(client, &entry.name, self.attempt);
        run.await.map(Some).map_err(|error| refused(entry, &error))
    }
}

/// What an error says, without advice: that is for a run whose key and attempt the caller chooses.
fn said(error: &Error) -> String {
    let parts = [error.code().map(ToString::to_string), error.detail().map(str::to_owned)];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    match parts.is_empty() {
        true => error.to_string(),
        false => format!("{}: {}", error.operation(), parts.join(": ")),
    }
}

/// What the platform refuses: each member that it names, or the entry.
fn refused(entry: &Entry, error: &Error) -> Vec<FileError> {
    let fields: Vec<FileError> = error
        .field_errors()
        .map(|field| {
            let at = entry.request.as_written(field.field());
            FileError::of_field(entry, &at, field.text()).with_cause(error)
        })
        .collect();
    match fields.is_empty() {
        true => vec![FileError::of_entry(entry, said(error)).with_cause(error)],
        false => fields,
    }
}
