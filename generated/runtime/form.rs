//! Multipart bodies: documents and evidence with what is said about them.

use std::fmt;

use bytes::Bytes;
use reqwest::multipart::{self, Part};
use serde::Serialize;
use serde_json::Value;

use super::error::Error;

/// A file to upload.
#[derive(Clone, PartialEq, Eq)]
pub struct Upload {
    file_name: String,
    media_type: String,
    bytes: Bytes,
}

impl Upload {
    /// A file's name, media type (`application/pdf`) and contents.
    pub fn new(
        file_name: impl Into<String>,
        media_type: impl Into<String>,
        bytes: impl Into<Bytes>,
    ) -> Self {
        Self { file_name: file_name.into(), media_type: media_type.into(), bytes: bytes.into() }
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload")
            .field("media_type", &self.media_type)
            .field("bytes", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

/// The parts of a multipart body.
#[derive(Default)]
pub struct Form(multipart::Form);

impl Form {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn file(&mut self, name: &'static str, file: Upload) -> Result<(), Error> {
        let length = file.bytes.len() as u64;
        let part = Part::stream_with_length(file.bytes, length)
            .file_name(file.file_name)
            .mime_str(&file.media_type)
            .map_err(|_| {
                Error::invalid_input("upload", name, "has a media type that is not valid")
            })?;
        self.0 = std::mem::take(&mut self.0).part(name, part);
        Ok(())
    }

    /// Text as it is, anything else as JSON; what is absent is not sent.
    pub(crate) fn text(&mut self, name: &'static str, value: &impl Serialize) -> Result<(), Error> {
        let value = serde_json::to_value(value)
            .map_err(|e| Error::invalid_input("upload", name, e.to_string()))?;
        let text = match value {
            Value::Null => return Ok(()),
            Value::Object(map) if map.is_empty() => return Ok(()),
            Value::Array(items) if items.is_empty() => return Ok(()),
            Value::String(text) => text,
            other => other.to_string(),
        };
        self.0 = std::mem::take(&mut self.0).text(name, text);
        Ok(())
    }

    pub(crate) fn attach_to(self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        request.multipart(self.0)
    }
}
