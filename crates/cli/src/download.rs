//! A download: a file that is there once it is complete, or the standard output.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::pin::pin;

use futures_util::{Stream, StreamExt as _};
use synctera_runtime::ByteStream;

use crate::exit::{Exit, Failure};

/// Writes a response as it comes.
pub(crate) async fn write(from: ByteStream, to: Option<&PathBuf>) -> Result<(), Failure> {
    pieces(from.map(|piece| Ok(piece?)), to).await
}

/// Writes the response of a sandbox as it comes.
pub(crate) async fn write_response(from: reqwest::Response, to: &PathBuf) -> Result<(), Failure> {
    let broken = |error: reqwest::Error| {
        Failure::new(Exit::Unavailable, format!("the response broke off: {}", error.without_url()))
    };
    pieces(from.bytes_stream().map(|piece| piece.map_err(broken)), Some(to)).await
}

async fn pieces<B: AsRef<[u8]>>(
    from: impl Stream<Item = Result<B, Failure>>,
    to: Option<&PathBuf>,
) -> Result<(), Failure> {
    let mut from = pin!(from);
    let Some(path) = to.filter(|path| path.as_os_str() != "-") else {
        let mut out = std::io::stdout();
        while let Some(piece) = from.next().await {
            out.write_all(piece?.as_ref())?;
        }
        return Ok(out.flush()?);
    };
    let failed = |error: std::io::Error| {
        let path = synctera_runtime::quoted(&path.to_string_lossy(), 300).to_string();
        Failure::failed(format!("{path} cannot be written: {error}; next: give another --out"))
    };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    while let Some(piece) = from.next().await {
        file.write_all(piece?.as_ref()).map_err(failed)?;
    }
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}
