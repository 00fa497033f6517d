//! What can go wrong between a published document and a generated client.

/// A failure that names the document (or file) and the place in it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The text is not JSON; a truncated download ends here.
    #[error(
        "{document}: not valid JSON at line {line}, column {column}: {reason}{}",
        truncated_hint(*.truncated)
    )]
    NotJson {
        /// Which document.
        document: String,
        /// Line of the first offending character, from 1.
        line: usize,
        /// Column of the first offending character, from 1.
        column: usize,
        /// What the parser expected.
        reason: String,
        /// The text stopped in the middle of a value.
        truncated: bool,
    },
    /// The text is neither JSON nor YAML.
    #[error("{document}: {reason}")]
    NotADocument {
        /// Which document.
        document: String,
        /// What was found, and where.
        reason: String,
    },
    /// JSON, but not an OpenAPI 3.0 document of this API.
    #[error("{document}: {reason}")]
    NotThisApi {
        /// Which document.
        document: String,
        /// What was looked for and what was found.
        reason: String,
    },
    /// A `$ref` that leads nowhere.
    #[error("{document}: unresolved reference {reference:?} at {place}")]
    UnresolvedReference {
        /// Which document.
        document: String,
        /// The value of `$ref`.
        reference: String,
        /// JSON pointer of the object that holds it.
        place: String,
    },
    /// A part of the document that a pass cannot make sense of.
    #[error("{place}: {reason}")]
    Unsupported {
        /// Operation or JSON pointer.
        place: String,
        /// What was found there.
        reason: String,
    },
    /// An overlay or a data file beside the document is wrong or out of date.
    #[error("{file}: {reason}")]
    DataFile {
        /// Path below `spec/`.
        file: String,
        /// What is wrong and where in the file.
        reason: String,
    },
    /// The generator behind us refused the normalized document.
    #[error("the client generator refused the document: {0}")]
    Generator(String),
}

fn truncated_hint(truncated: bool) -> &'static str {
    if truncated { " (the document is cut short)" } else { "" }
}

impl Error {
    /// A complaint about one place of the document.
    pub fn at(place: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Unsupported { place: place.into(), reason: reason.into() }
    }

    /// A complaint about one of our own files below `spec/`.
    pub fn file(file: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::DataFile { file: file.into(), reason: reason.into() }
    }
}

/// Shorthand used throughout the crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;
