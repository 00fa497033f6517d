//! A download: a file that takes its place once it is complete, or the standard output.

use std::io::{self, IsTerminal as _, Write as _};
use std::path::Path;
use std::pin::pin;

use futures_util::{Stream, StreamExt as _};
use synctera_runtime::ByteStream;

use crate::exit::{Exit, Failure};
use crate::files::Replacement;
use crate::text;

/// Whether a path stands for the standard output.
fn is_stdout(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Refuses to print a download on a terminal, which acts on control characters.
///
/// # Errors
/// If the path stands for the standard output, and that is a terminal.
pub(crate) fn check(to: &Path) -> Result<(), Failure> {
    if is_stdout(to) && io::stdout().is_terminal() {
        return Err(Failure::usage(
            "a download is not printed on a terminal; nothing was sent; next: give a file with --out, or \
             pipe the output into a program",
        ));
    }
    Ok(())
}

/// Writes a response as it comes.
pub(crate) async fn write(from: ByteStream, to: &Path) -> Result<(), Failure> {
    pieces(from.map(|piece| Ok(piece?)), to).await
}

/// Writes the response of a sandbox as it comes.
pub(crate) async fn write_response(from: reqwest::Response, to: &Path) -> Result<(), Failure> {
    let broken = |error: reqwest::Error| {
        let why = error.without_url();
        Failure::new(
            Exit::Unavailable,
            format!("the response broke off: {why}; next: run the command again"),
        )
    };
    pieces(from.bytes_stream().map(|piece| piece.map_err(broken)), to).await
}

async fn pieces<B: AsRef<[u8]>>(
    from: impl Stream<Item = Result<B, Failure>>,
    to: &Path,
) -> Result<(), Failure> {
    let mut from = pin!(from);
    if is_stdout(to) {
        let mut out = io::stdout();
        while let Some(piece) = from.next().await {
            out.write_all(piece?.as_ref())?;
        }
        return Ok(out.flush()?);
    }
    let failed = |error: io::Error| {
        let shown = text::path(to);
        Failure::failed(format!("{shown} cannot be written: {error}; next: give another --out"))
    };
    let mut file = Replacement::of(to).map_err(failed)?;
    while let Some(piece) = from.next().await {
        file.write(piece?.as_ref()).map_err(failed)?;
    }
    file.finish().map_err(failed)
}
