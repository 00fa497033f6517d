//! Files to upload, from bytes, from a path or from a stream.

use std::fmt;
use std::fs::File;
use std::future::poll_fn;
use std::io::{self, Read};
use std::path::Path;
use std::pin::pin;

use bytes::Bytes;
use futures_core::Stream;
use tokio::runtime::Handle;

use super::error::Error;

/// The name of the operation in errors.
const WHAT: &str = "upload";

/// A file to upload: its name, its media type and its contents.
///
/// The contents are in memory, so that the request can be retried. Clones share them.
#[derive(Clone, PartialEq, Eq)]
pub struct Upload {
    pub(super) file_name: String,
    pub(super) media_type: String,
    pub(super) bytes: Bytes,
}

impl Upload {
    /// The maximum size of a file that is read from a path or a stream: 32 MB, the size of the largest
    /// document that the platform accepts. For some uploads its limit is lower, such as 14 MB for the evidence
    /// in a dispute.
    pub const BYTES_MAX: usize = 32 * 1024 * 1024;

    /// A file's name, media type (`application/pdf`) and contents.
    pub fn new(
        file_name: impl Into<String>,
        media_type: impl Into<String>,
        bytes: impl Into<Bytes>,
    ) -> Self {
        Self { file_name: file_name.into(), media_type: media_type.into(), bytes: bytes.into() }
    }

    /// Reads a file into memory. Its name is the last part of the path; its media type follows from
    /// the extension: `pdf`, `jpg`, `jpeg`, `png`, `gif`, `bmp`, `webp`, `heic`, `tif`, `tiff`,
    /// `txt`, `csv`, `docx` or `xlsx`. See [`from_path_as`](Self::from_path_as) for any other.
    ///
    /// Must be awaited in a Tokio runtime, on whose blocking threads the file is read.
    ///
    /// ```no_run
    /// use synctera_runtime::Upload;
    ///
    /// # async fn run() -> Result<(), synctera_api::Error> {
    /// let letter = Upload::from_path("letter.pdf").await?;
    /// assert_eq!(letter.media_type(), "application/pdf");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Each names the file. [`InvalidInput`](crate::ErrorKind::InvalidInput) for another extension,
    /// if it is not a regular file, and for more than [`BYTES_MAX`](Self::BYTES_MAX);
    /// [`Local`](crate::ErrorKind::Local) when it cannot be read;
    /// [`Configuration`](crate::ErrorKind::Configuration) outside of a Tokio runtime.
    pub async fn from_path(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let extension = path.extension().and_then(|extension| extension.to_str());
        let Some(media_type) = extension.and_then(media_type_of) else {
            let reason = "has an extension that names no media type; use Upload::from_path_as";
            return Err(Error::invalid_input(WHAT, &name_of(path), reason));
        };
        Self::from_path_as(path, media_type).await
    }

    /// As [`from_path`](Self::from_path), for a file of any name.
    ///
    /// # Errors
    /// As [`from_path`](Self::from_path).
    pub async fn from_path_as(
        path: impl AsRef<Path>,
        media_type: impl Into<String>,
    ) -> Result<Self, Error> {
        let path = path.as_ref();
        let shown = name_of(path);
        let Some(file_name) = path.file_name() else {
            return Err(Error::invalid_input(WHAT, &shown, NO_FILE));
        };
        let file_name = file_name.to_string_lossy().into_owned();
        let Ok(runtime) = Handle::try_current() else {
            let message = format!("{shown} can be read only in a Tokio runtime");
            return Err(Error::configuration(message));
        };
        let owned = path.to_owned();
        let read = runtime.spawn_blocking(move || read(&owned)).await;
        let bytes = match read.map_err(io::Error::other).flatten() {
            Ok(Contents::Whole(bytes)) => bytes,
            Ok(Contents::TooLong) => return Err(too_long(&shown)),
            Ok(Contents::None) => return Err(Error::invalid_input(WHAT, &shown, NO_FILE)),
            Err(error) => return Err(Error::local(WHAT, format!("{shown} cannot be read"), error)),
        };
        Ok(Self::new(file_name, media_type, bytes))
    }

    /// Reads a stream into memory, such as the body of a request in which the file came.
    ///
    /// # Errors
    /// Each names the file. [`InvalidInput`](crate::ErrorKind::InvalidInput) for more than
    /// [`BYTES_MAX`](Self::BYTES_MAX); [`Local`](crate::ErrorKind::Local) when the stream fails,
    /// with its error as the source.
    pub async fn from_stream<S, B, E>(
        file_name: impl Into<String>,
        media_type: impl Into<String>,
        stream: S,
    ) -> Result<Self, Error>
    where
        S: Stream<Item = Result<B, E>>,
        B: AsRef<[u8]>,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let file_name = file_name.into();
        let mut stream = pin!(stream);
        let mut bytes = Vec::new();
        while let Some(chunk) = poll_fn(|context| stream.as_mut().poll_next(context)).await {
            let chunk = chunk.map_err(|error| {
                Error::local(WHAT, format!("{file_name} cannot be read"), error)
            })?;
            let chunk = chunk.as_ref();
            if chunk.len() > Self::BYTES_MAX - bytes.len() {
                return Err(too_long(&file_name));
            }
            bytes.extend_from_slice(chunk);
        }
        Ok(Self::new(file_name, media_type, bytes))
    }

    /// The name under which the file is uploaded.
    pub fn file_name(&self) -> &str {
        &self.file_name
    }

    /// The media type, such as `application/pdf`.
    pub fn media_type(&self) -> &str {
        &self.media_type
    }

    /// The contents.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }
}

/// The contents, for uploads without a name.
impl From<Upload> for Bytes {
    fn from(upload: Upload) -> Self {
        upload.bytes
    }
}

/// Neither the contents nor the name of the file are shown: both may be personal data.
impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload")
            .field("media_type", &self.media_type)
            .field("bytes", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

const NO_FILE: &str = "is not a regular file";

/// A path for an error text, without control characters.
fn name_of(path: &Path) -> String {
    path.to_string_lossy().escape_debug().to_string()
}

fn too_long(name: &str) -> Error {
    let most = Upload::BYTES_MAX / (1024 * 1024);
    Error::invalid_input(WHAT, name, format!("must have at most {most} MB"))
}

enum Contents {
    Whole(Vec<u8>),
    TooLong,
    None,
}

/// Reads a file up to the maximum size of an upload: the file may grow, or have no end.
fn read(path: &Path) -> io::Result<Contents> {
    // Opening a pipe would wait for its writer.
    if !path.metadata()?.is_file() {
        return Ok(Contents::None);
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(Upload::BYTES_MAX as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > Upload::BYTES_MAX {
        return Ok(Contents::TooLong);
    }
    Ok(Contents::Whole(bytes))
}

/// The media type of a file name extension.
fn media_type_of(extension: &str) -> Option<&'static str> {
    Some(match extension.to_ascii_lowercase().as_str() {
        "pdf" => "application/pdf",
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "gif" => "image/gif",
        "bmp" => "image/bmp",
        "webp" => "image/webp",
        "heic" => "image/heic",
        "tif" | "tiff" => "image/tiff",
        "txt" => "text/plain",
        "csv" => "text/csv",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        _ => return None,
    })
}
