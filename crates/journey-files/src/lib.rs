#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod bulk;
mod check;
mod document;
mod entry;
mod error;
mod folder;
mod form;
mod journeys;
mod members;
mod path;
mod reason;
mod reference;
mod resource;
mod run;
mod stand_in;
pub mod yaml;

use std::path::Path;

pub use bulk::{BulkOptions, BulkRun, RowError, bulk_journeys};
pub use error::{FileError, FileErrors};
pub use form::{JourneyForm, journey_forms};
pub use run::CompletedEntry;

use document::Entries;
use entry::Entry;

/// The journeys of a folder, read and checked, in the order in which they run.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let sandbox = synctera_sandbox::Sandbox::start().await?;
/// # let client = synctera::Synctera::builder(sandbox.api_key()).base_url(sandbox.base_url()).build()?;
/// use synctera_journey_files::JourneyFiles;
///
/// let files = JourneyFiles::parse([("bank.yaml", r#"
/// ada:
///   onboard_customer:
///     first_name: Ada
///     last_name: Byron
///     dob: 1985-12-10
///     email: ada@example.com
///     phone_number: "+14155550123"
///     ssn: 456-78-9012
///     legal_address:
///       address_line_1: 1 Market St
///       city: San Francisco
///       state: CA
///       postal_code: "94105"
///       country_code: US
///     customer_consent: true
///
/// ada-checking:
///   open_account:
///     template: {account_type: CHECKING}
///     primary_account_holder: {person_id: $ada}
/// "#)])?;
/// let completed = files.run(&client).await?;
/// assert_eq!(completed[1].name, "ada-checking");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct JourneyFiles {
    entries: Vec<Entry>,
    attempt: u32,
}

impl JourneyFiles {
    /// Reads and checks the files of a folder whose names end in `.yaml`, `.yml` or `.json`, in the
    /// order of their names. Other files are left out. Nothing is sent.
    ///
    /// # Errors
    /// Everything that is wrong in all files, each error with its file and line; a folder without
    /// such files, or with folders in it; a file that cannot be read.
    pub fn read(folder: impl AsRef<Path>) -> Result<Self, FileErrors> {
        let texts = folder::texts(folder.as_ref())?;
        Self::parse(texts.iter().map(|(name, text)| (name.as_str(), text.as_str())))
    }

    /// Checks texts that are read already, each with the name that errors give it, in the order in
    /// which they are given.
    ///
    /// # Errors
    /// Everything that is wrong in all texts.
    pub fn parse<'t>(
        texts: impl IntoIterator<Item = (&'t str, &'t str)>,
    ) -> Result<Self, FileErrors> {
        let mut errors = Vec::new();
        let mut entries = Entries::default();
        let mut files = Vec::new();
        for (file, text) in texts {
            files.push(file);
            document::read(file, text, &mut entries, &mut errors);
        }
        reference::check(&entries, &mut errors);
        check::requests(&entries.list, &mut errors);
        match FileErrors::sorted(errors, &files) {
            Some(errors) => Err(errors),
            None => Ok(Self { entries: entries.list, attempt: 1 }),
        }
    }

    /// Runs the entries as this attempt: 1 is the first; after a correction of what the platform refused, the
    /// next one is 2, and so on, as for any [`Run`](synctera::Run::attempt). What an earlier attempt
    /// completed is not repeated.
    #[must_use]
    pub fn attempt(mut self, number: u32) -> Self {
        self.attempt = number;
        self
    }

    /// The names of the entries, in the order in which they run.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| &*entry.name)
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}
