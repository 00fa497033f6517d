//! The file that notes each event once it is forwarded.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::event::Event;
use crate::exit::Failure;
use crate::settings::Settings;
use crate::{files, text};

/// The secret of a user's own.
const SECRET: &str = "SYNCTERA_WEBHOOK_SECRET";
/// An event may appear in the list this much later than others of its moment.
const LATE_MAX: TimeDelta = TimeDelta::minutes(5);
/// The file has at most as many bytes: the events of some minutes.
const BYTES_MAX: u64 = 64 * files::MIB;

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
    /// The moment up to which everything was forwarded, except events that appear late.
    reached: Option<DateTime<Utc>>,
    /// The webhook that it is about.
    reached_of: Option<String>,
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
        let kept = match files::read(&path, BYTES_MAX) {
            Ok(contents) => serde_json::from_str(&contents).map_err(|_| {
                Failure::failed(format!(
                    "{} is not a state of synctera listen; next: name another --state, or delete it to \
                     begin anew",
                    text::path(&path)
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
    pub(super) fn begin_at(&mut self, webhook: &str, moment: DateTime<Utc>) -> Result<(), Failure> {
        self.kept.reached = Some(later(moment));
        self.kept.reached_of = Some(webhook.to_owned());
        self.kept.forwarded.clear();
        self.save()
    }

    /// Begins now, unless it has begun. Another webhook has other events; and events that are later than
    /// now by the platform's own clock are of a time that was taken back, as when a sandbox is reset.
    /// Returns whether it begins anew.
    pub(super) fn begin_if_needed(
        &mut self,
        webhook: &str,
        now: DateTime<Utc>,
        is_of_platform: bool,
    ) -> Result<bool, Failure> {
        let is_begun = self.kept.reached.is_some();
        let is_other = self.kept.reached_of.as_deref().is_some_and(|of| of != webhook);
        if !is_begun || is_other || is_of_platform && self.from() > now {
            self.begin_at(webhook, now)?;
            return Ok(is_begun);
        }
        self.kept.reached_of = Some(webhook.to_owned());
        Ok(false)
    }

    /// The moment of the first event that may still have to be forwarded.
    pub(super) fn from(&self) -> DateTime<Utc> {
        earlier(self.kept.reached.unwrap_or_default())
    }

    pub(super) fn has_forwarded(&self, id: &str) -> bool {
        self.kept.forwarded.contains_key(id)
    }

    /// Notes that an event was forwarded.
    pub(super) fn forwarded(&mut self, event: &Event) -> Result<(), Failure> {
        let reached = self.kept.reached.unwrap_or_default().max(event.time());
        self.kept.reached = Some(reached);
        self.kept.forwarded.insert(event.id().to_owned(), event.time());
        self.kept.forwarded.retain(|_, time| *time >= earlier(reached));
        self.save()
    }

    /// Writes the file in one step: a program that ends meanwhile leaves the old one. Only its owner can
    /// read it.
    fn save(&self) -> Result<(), Failure> {
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        folder
            .map_or(Ok(()), files::create_private_folder)
            .and_then(|()| files::replace(&self.path, &serde_json::to_vec(&self.kept)?))
            .map_err(|error| unusable(&self.path, &error))
    }
}

fn unusable(path: &Path, error: &io::Error) -> Failure {
    let shown = text::path(path);
    Failure::failed(format!(
        "the state {shown} cannot be kept: {error}; next: name another --state"
    ))
}

/// The time by which events may be late, after a moment and before it. The file may hold any moment.
fn later(moment: DateTime<Utc>) -> DateTime<Utc> {
    moment.checked_add_signed(LATE_MAX).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

fn earlier(moment: DateTime<Utc>) -> DateTime<Utc> {
    moment.checked_sub_signed(LATE_MAX).unwrap_or(DateTime::<Utc>::MIN_UTC)
}

/// The state of a profile and an address.
fn usual(settings: &Settings) -> Result<PathBuf, Failure> {
    let named = |text: &str| -> String {
        text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
    };
    let (profile, url) = (named(&settings.profile), named(&settings.base_url));
    Ok(files::state()?.join(format!("listen-{profile}-{url}.json")))
}
