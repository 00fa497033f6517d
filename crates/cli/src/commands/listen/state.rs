//! What was forwarded, written down after each event.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use etcetera::BaseStrategy as _;
use serde::{Deserialize, Serialize};

use super::event::Event;
use crate::exit::Failure;
use crate::settings::Settings;

/// The secret of a user's own.
const SECRET: &str = "SYNCTERA_WEBHOOK_SECRET";
/// An event may appear in the list this much later than others of its moment.
const LATE_MAX: TimeDelta = TimeDelta::minutes(5);

/// The file, and what it holds.
pub(super) struct State {
    path: PathBuf,
    kept: Kept,
}

#[derive(Default, Serialize, Deserialize)]
struct Kept {
    /// The webhook that this program made.
    webhook: Option<String>,
    /// The secret that this program made.
    secret: Option<String>,
    /// The moment up to which everything was forwarded, but for what appears late.
    reached: Option<DateTime<Utc>>,
    /// The events of the last minutes before it that were forwarded, with their moments.
    #[serde(default)]
    forwarded: BTreeMap<String, DateTime<Utc>>,
}

impl State {
    /// Reads the file that is named, or that of the profile.
    pub(super) fn open(named: Option<PathBuf>, settings: &Settings) -> Result<Self, Failure> {
        let path = match named {
            Some(path) => path,
            None => usual(settings)?,
        };
        let kept = match fs::read_to_string(&path) {
            Ok(text) => serde_json::from_str(&text).map_err(|_| {
                let path = path.display();
                Failure::failed(format!(
                    "{path} is not a state of synctera listen; next: delete it, or name another --state"
                ))
            })?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Kept::default(),
            Err(error) => return Err(unusable(&path, &error)),
        };
        Ok(Self { path, kept })
    }

    /// The secret that signs: the user's, or one that is made and kept.
    pub(super) fn secret(&mut self) -> Result<String, Failure> {
        if let Ok(secret) = std::env::var(SECRET)
            && !secret.trim().is_empty()
        {
            return Ok(secret.trim().to_owned());
        }
        if let Some(secret) = &self.kept.secret {
            return Ok(secret.clone());
        }
        let half = || uuid::Uuid::new_v4().simple().to_string();
        let secret = format!("{}{}", half(), half());
        self.kept.secret = Some(secret.clone());
        self.save()?;
        Ok(secret)
    }

    /// The webhook that this program made.
    pub(super) fn webhook(&self) -> Option<&str> {
        self.kept.webhook.as_deref()
    }

    pub(super) fn set_webhook(&mut self, id: &str) -> Result<(), Failure> {
        self.kept.webhook = Some(id.to_owned());
        self.save()
    }

    /// Begins at a moment: nothing before it is forwarded, however late it appears, and what was forwarded
    /// since is forwarded again.
    pub(super) fn begin_at(&mut self, moment: DateTime<Utc>) -> Result<(), Failure> {
        self.kept.reached = Some(moment + LATE_MAX);
        self.kept.forwarded.clear();
        self.save()
    }

    pub(super) fn begin_unless_begun(&mut self, moment: DateTime<Utc>) -> Result<(), Failure> {
        if self.kept.reached.is_none() {
            self.begin_at(moment)?;
        }
        Ok(())
    }

    /// The moment of the first event that may still have to be forwarded.
    pub(super) fn from(&self) -> DateTime<Utc> {
        self.kept.reached.unwrap_or_default() - LATE_MAX
    }

    pub(super) fn has_forwarded(&self, id: &str) -> bool {
        self.kept.forwarded.contains_key(id)
    }

    /// Writes down that an event was forwarded.
    pub(super) fn forwarded(&mut self, event: &Event) -> Result<(), Failure> {
        let reached = self.kept.reached.unwrap_or_default().max(event.time());
        self.kept.reached = Some(reached);
        self.kept.forwarded.insert(event.id().to_owned(), event.time());
        self.kept.forwarded.retain(|_, time| *time >= reached - LATE_MAX);
        self.save()
    }

    /// Writes the file in one step: a program that ends meanwhile leaves the old one.
    fn save(&self) -> Result<(), Failure> {
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        let written = || {
            fs::create_dir_all(folder)?;
            // Only its owner can read it.
            let mut file = tempfile::NamedTempFile::new_in(folder)?;
            file.write_all(&serde_json::to_vec(&self.kept)?)?;
            file.persist(&self.path).map_err(|error| error.error)?;
            Ok(())
        };
        written().map_err(|error: io::Error| unusable(&self.path, &error))
    }
}

fn unusable(path: &Path, error: &io::Error) -> Failure {
    let path = path.display();
    Failure::failed(format!("the state {path} cannot be kept: {error}; next: name another --state"))
}

/// The state of a profile and an address.
fn usual(settings: &Settings) -> Result<PathBuf, Failure> {
    let folders = etcetera::choose_base_strategy()
        .map_err(|error| Failure::failed(format!("there is no folder for the state: {error}")))?;
    let folder = folders.state_dir().unwrap_or_else(|| folders.cache_dir()).join("synctera");
    let named = |text: &str| -> String {
        text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
    };
    let (profile, url) = (named(&settings.profile), named(&settings.base_url));
    Ok(folder.join(format!("listen-{profile}-{url}.json")))
}
