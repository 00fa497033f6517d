//! What is wrong in the files, and where.

use std::fmt;

use synctera::{Error, ErrorKind};
use synctera_runtime::quoted;

use crate::entry::Entry;

/// Characters of the name of a file, an entry or a member that are shown.
const NAME_MAX: usize = 1_000;
/// Characters of a message that are shown: it may list the members that there are.
const MESSAGE_MAX: usize = 4_000;

/// Something that is wrong in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileError {
    /// The file.
    pub file: String,
    /// The line, from 1; none when the file itself is what is wrong.
    pub line: Option<u64>,
    /// The name of the entry, if it is known.
    pub entry: Option<String>,
    /// The member, such as `legal_address.state`; none when it is the entry itself.
    pub field: Option<String>,
    /// What is wrong, without the value, which may be a secret.
    pub message: String,
    /// The kind of the client's error that ended the run of the entry; none if the file is wrong.
    pub kind: Option<ErrorKind>,
    /// The status of the response, if a response ended the run of the entry.
    pub status: Option<u16>,
}

impl FileError {
    /// An error of a file, as a whole or at a place.
    pub(crate) fn of_file(
        file: impl Into<String>,
        line: Option<u64>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            file: file.into(),
            line,
            entry: None,
            field: None,
            message: message.into(),
            kind: None,
            status: None,
        }
    }

    /// An error of an entry.
    pub(crate) fn of_entry(entry: &Entry, message: impl Into<String>) -> Self {
        Self {
            entry: Some(entry.name.to_string()),
            ..Self::of_file(&*entry.file, Some(entry.line), message)
        }
    }

    /// An error of a member of an entry's request. A member that the file does not have is at its
    /// nearest parent.
    pub(crate) fn of_field(entry: &Entry, field: &str, message: impl Into<String>) -> Self {
        let line = entry.request.nearest(field).unwrap_or(entry.line);
        let error = Self::of_entry(entry, message);
        Self { line: Some(line), field: Some(field.to_owned()), ..error }
    }

    /// The same, as what an error of the client says.
    pub(crate) fn with_cause(self, error: &Error) -> Self {
        let status = error.status().map(|status| status.as_u16());
        Self { kind: Some(error.kind()), status, ..self }
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Names come from the files, and a terminal would obey their control characters.
        write!(f, "{}", quoted(&self.file, NAME_MAX))?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        f.write_str(": ")?;
        if let Some(entry) = &self.entry {
            write!(f, "{}: ", quoted(entry, NAME_MAX))?;
        }
        if let Some(field) = &self.field {
            write!(f, "{}: ", quoted(field, NAME_MAX))?;
        }
        write!(f, "{}", quoted(&self.message, MESSAGE_MAX))
    }
}

impl std::error::Error for FileError {}

/// Everything that is wrong, in the order of the files and lines: at least one error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileErrors(Vec<FileError>);

impl FileErrors {
    /// None if there are no errors.
    pub(crate) fn of(errors: Vec<FileError>) -> Option<Self> {
        (!errors.is_empty()).then_some(Self(errors))
    }

    /// As [`of`](Self::of), by file, in this order, and line.
    pub(crate) fn sorted(mut errors: Vec<FileError>, files: &[&str]) -> Option<Self> {
        let place = |error: &FileError| files.iter().position(|file| *file == error.file);
        // Errors of one line stay in the order in which they were found.
        errors.sort_by_key(|error| (place(error), error.line));
        Self::of(errors)
    }

    /// The errors.
    pub fn iter(&self) -> std::slice::Iter<'_, FileError> {
        self.0.iter()
    }
}

impl From<FileError> for FileErrors {
    fn from(error: FileError) -> Self {
        Self(vec![error])
    }
}

impl<'e> IntoIterator for &'e FileErrors {
    type Item = &'e FileError;
    type IntoIter = std::slice::Iter<'e, FileError>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for FileErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, error) in self.0.iter().enumerate() {
            if place > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for FileErrors {}
