//! Where calls go, and what may be called there.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use synctera::Synctera;

use crate::exit::Failure;
use crate::settings::Settings;

/// The platform or the sandbox of a profile.
pub(super) struct Place {
    pub(super) settings: Settings,
    /// What may be called in production.
    allowed: BTreeSet<String>,
    client: OnceLock<Synctera>,
}

impl Place {
    /// The place of a profile.
    ///
    /// # Errors
    /// A key that cannot be read, where one is needed.
    pub(super) fn new(settings: Settings, allowed: BTreeSet<String>) -> Result<Self, Failure> {
        let place = Self { settings, allowed, client: OnceLock::new() };
        // Before anybody asks: an assistant cannot correct the settings.
        place.client()?;
        Ok(place)
    }

    pub(super) fn is_production(&self) -> bool {
        self.settings.is_production()
    }

    pub(super) fn is_allowed(&self, name: &str) -> bool {
        self.allowed.contains(name)
    }

    pub(super) fn client(&self) -> Result<&Synctera, Failure> {
        match self.client.get() {
            Some(client) => Ok(client),
            None => {
                let client = self.settings.client()?;
                Ok(self.client.get_or_init(|| client))
            }
        }
    }
}
