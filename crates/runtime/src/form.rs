//! Multipart bodies: documents and evidence, with their descriptions.

use reqwest::multipart::{self, Part};
use serde::Serialize;
use serde_json::Value;

use super::error::Error;
use super::upload::Upload;

/// The parts of a multipart body.
#[derive(Default)]
pub struct Form(multipart::Form);

impl Form {
    /// No parts.
    pub fn new() -> Self {
        Self::default()
    }

    /// A file.
    ///
    /// # Errors
    /// When its media type is none.
    pub fn file(&mut self, name: &'static str, file: Upload) -> Result<(), Error> {
        let length = file.bytes.len() as u64;
        let part = Part::stream_with_length(file.bytes, length)
            .file_name(file.file_name)
            .mime_str(&file.media_type)
            .map_err(|_| {
                Error::invalid_input(
                    "upload",
                    name,
                    "its media type must look like application/pdf",
                )
            })?;
        self.0 = std::mem::take(&mut self.0).part(name, part);
        Ok(())
    }

    /// A text as it is, any other value as JSON; an absent value is not sent.
    ///
    /// # Errors
    /// When the value cannot be written as JSON.
    pub fn text(&mut self, name: &'static str, value: &impl Serialize) -> Result<(), Error> {
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

    /// The request with the parts as its body.
    pub fn attach_to(self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        request.multipart(self.0)
    }
}
