//! Reads a published document from a file or an https address.

use std::io::Read;
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::blocking::{Client, Response};
use reqwest::header::{ETAG, HeaderName, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED};

use super::downloads::Known;
use crate::workspace::Error;

/// The largest document taken; the current one has 1.5 MB.
const BYTES_MAX: u64 = 32 * 1024 * 1024;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const TOTAL_TIMEOUT: Duration = Duration::from_secs(120);

/// A document as it was published.
#[derive(Debug)]
pub(crate) struct Published {
    /// The last part of its path: what it is called.
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    /// What the server said to ask by the next time, when it came from one.
    pub(crate) known: Option<Known>,
}

/// What came of asking.
#[derive(Debug)]
pub(crate) enum Fetched {
    Document(Published),
    /// It is what it was when it was last taken.
    Unchanged,
}

/// Reads it whatever is known of it.
pub(crate) fn fetch(from: &str) -> Result<Published, Error> {
    match fetch_if_changed(from, None)? {
        Fetched::Document(published) => Ok(published),
        Fetched::Unchanged => Err(format!("{from}: the server answered 304 unasked").into()),
    }
}

/// Reads it unless the server says that it is what we know.
pub(crate) fn fetch_if_changed(from: &str, known: Option<&Known>) -> Result<Fetched, Error> {
    let name = from
        .split(['?', '#'])
        .next()
        .and_then(|path| path.rsplit(['/', '\\']).next())
        .filter(|name| !name.is_empty())
        .ok_or_else(|| format!("{from}: names no document"))?
        .to_owned();
    if from.contains("://") {
        if !from.starts_with("https://") {
            return Err(format!("{from}: only https addresses are downloaded").into());
        }
        let client = client(true)?;
        return download(&client, from, name, known);
    }
    let file = std::fs::File::open(from).map_err(|e| format!("{from}: {e}"))?;
    let bytes = bounded(file, BYTES_MAX).map_err(|e| format!("{from}: {e}"))?;
    Ok(Fetched::Document(Published { name, bytes, known: None }))
}

fn client(https_only: bool) -> Result<Client, Error> {
    Ok(Client::builder()
        .https_only(https_only)
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(TOTAL_TIMEOUT)
        .build()?)
}

fn download(
    client: &Client,
    url: &str,
    name: String,
    known: Option<&Known>,
) -> Result<Fetched, Error> {
    let mut request = client.get(url);
    if let Some(known) = known {
        for (header, value) in
            [(IF_NONE_MATCH, &known.etag), (IF_MODIFIED_SINCE, &known.last_modified)]
        {
            if let Some(value) = value {
                request = request.header(header, value);
            }
        }
    }
    let response = request.send().map_err(|e| {
        let why = if e.is_timeout() {
            "no answer in time"
        } else if e.is_connect() {
            "cannot connect (no network?)"
        } else {
            "the download failed"
        };
        format!("{url}: {why}: {e}")
    })?;
    if response.status() == StatusCode::NOT_MODIFIED && known.is_some() {
        return Ok(Fetched::Unchanged);
    }
    if !response.status().is_success() {
        return Err(format!("{url}: the server answered {}", response.status()).into());
    }
    let mut next = Known {
        url: url.to_owned(),
        etag: header(&response, &ETAG),
        last_modified: header(&response, &LAST_MODIFIED),
        ..Known::default()
    };
    let bytes = bounded(response, BYTES_MAX).map_err(|e| format!("{url}: {e}"))?;
    next.sha256 = super::digest::digest(&bytes);
    Ok(Fetched::Document(Published { name, bytes, known: Some(next) }))
}

fn header(response: &Response, name: &HeaderName) -> Option<String> {
    response.headers().get(name)?.to_str().ok().map(str::to_owned)
}

fn bounded(reader: impl Read, most: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(std::io::Error::other(format!(
            "larger than {} MiB: not this API's document",
            most >> 20
        )));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader, Write};
    use std::net::TcpListener;

    use super::*;

    /// Answers each request in turn; returns the heads that were sent.
    fn server(answers: Vec<&'static str>) -> (String, std::thread::JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/lamps.json", listener.local_addr().unwrap());
        let heads = std::thread::spawn(move || {
            let answer = |answer: &str| {
                let (mut stream, _) = listener.accept().unwrap();
                let lines = BufReader::new(stream.try_clone().unwrap()).lines();
                let head: Vec<String> =
                    lines.map(Result::unwrap).take_while(|line| !line.is_empty()).collect();
                stream.write_all(answer.as_bytes()).unwrap();
                head.join("\n").to_lowercase()
            };
            answers.into_iter().map(answer).collect()
        });
        (url, heads)
    }

    fn get(url: &str, known: Option<&Known>) -> Result<Fetched, Error> {
        let client = Client::builder().no_proxy().build().unwrap();
        download(&client, url, "lamps.json".to_owned(), known)
    }

    #[test]
    fn what_is_known_is_not_downloaded_again() {
        let (url, heads) = server(vec![
            "HTTP/1.1 200 OK\r\nETag: \"a1\"\r\nLast-Modified: Fri, 01 May 2026 00:00:00 GMT\r\n\
             Content-Length: 2\r\nConnection: close\r\n\r\n{}",
            "HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n[]",
        ]);
        let Fetched::Document(first) = get(&url, None).unwrap() else {
            panic!("a first answer is a document");
        };
        assert_eq!((first.name.as_str(), first.bytes.as_slice()), ("lamps.json", &b"{}"[..]));
        let known = first.known.unwrap();
        assert_eq!(known.sha256, super::super::digest::digest(b"{}"));
        assert!(matches!(get(&url, Some(&known)).unwrap(), Fetched::Unchanged));
        let changed = get(&url, Some(&known)).unwrap();
        assert!(matches!(changed, Fetched::Document(published) if published.bytes == b"[]"));
        let heads = heads.join().unwrap();
        assert!(!heads[0].contains("if-none-match"), "{}", heads[0]);
        for head in &heads[1..] {
            assert!(head.contains("if-none-match: \"a1\""), "{head}");
            assert!(head.contains("if-modified-since: fri, 01 may 2026"), "{head}");
        }
    }

    #[test]
    fn a_server_that_has_nothing_is_named() {
        let (url, heads) = server(vec![
            "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        ]);
        let error = get(&url, None).unwrap_err().to_string();
        assert!(error.contains(&url) && error.contains("404"), "{error}");
        heads.join().unwrap();
    }

    #[test]
    fn what_is_too_large_is_not_read_to_its_end() {
        let endless = std::io::repeat(b' ');
        let error = bounded(endless, 3 << 20).unwrap_err().to_string();
        assert!(error.contains("larger than 3 MiB"), "{error}");
        assert_eq!(bounded(&b"abc"[..], 3).unwrap(), b"abc");
    }
}
