//! Reads a published document from a file or an https address.

use std::io::Read;
use std::time::Duration;

use crate::workspace::Error;

/// The largest document taken; the current one has 1.5 MB.
const BYTES_MAX: u64 = 32 * 1024 * 1024;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const TOTAL_TIMEOUT: Duration = Duration::from_secs(120);

/// A document as it was published.
pub(crate) struct Published {
    /// The last part of its path: what it is called.
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

pub(crate) fn fetch(from: &str) -> Result<Published, Error> {
    let name = from
        .split(['?', '#'])
        .next()
        .and_then(|path| path.rsplit(['/', '\\']).next())
        .filter(|name| !name.is_empty())
        .ok_or_else(|| format!("{from}: names no document"))?
        .to_owned();
    let bytes = if from.contains("://") {
        download(from)?
    } else {
        let file = std::fs::File::open(from).map_err(|e| format!("{from}: {e}"))?;
        bounded(file).map_err(|e| format!("{from}: {e}"))?
    };
    Ok(Published { name, bytes })
}

fn download(url: &str) -> Result<Vec<u8>, Error> {
    if !url.starts_with("https://") {
        return Err(format!("{url}: only https addresses are downloaded").into());
    }
    let client = reqwest::blocking::Client::builder()
        .https_only(true)
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(TOTAL_TIMEOUT)
        .build()?;
    let response = client.get(url).send().map_err(|e| {
        let why = if e.is_timeout() {
            "no answer in time"
        } else if e.is_connect() {
            "cannot connect (no network?)"
        } else {
            "the download failed"
        };
        format!("{url}: {why}: {e}")
    })?;
    if !response.status().is_success() {
        return Err(format!("{url}: the server answered {}", response.status()).into());
    }
    bounded(response).map_err(|e| format!("{url}: {e}").into())
}

fn bounded(reader: impl Read) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(BYTES_MAX + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > BYTES_MAX {
        return Err(std::io::Error::other(format!(
            "larger than {} MiB: not this API's document",
            BYTES_MAX >> 20
        )));
    }
    Ok(bytes)
}
