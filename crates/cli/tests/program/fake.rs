//! A server that answers as a test says, and hands over what it is sent.

use std::io::{BufRead, BufReader, Write as _};
use std::net::TcpListener;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

/// How long a test waits for what must come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A request.
#[derive(Debug)]
pub(crate) struct Received {
    /// Method and target, such as `GET /v2/persons`.
    pub(crate) line: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

/// A server.
pub(crate) struct Fake {
    pub(crate) url: String,
    received: Receiver<Received>,
}

impl Fake {
    /// Answers each request with a status and a body, or holds it without an answer.
    pub(crate) fn start(
        mut answer: impl FnMut(&Received) -> Option<(u16, String)> + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (sender, received) = mpsc::channel();
        thread::spawn(move || {
            let mut held = Vec::new();
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                // A program that was killed leaves a part of a request, or none.
                let request = read(&mut BufReader::new(stream.try_clone().unwrap()));
                let Some(request) = request else { continue };
                let answered = answer(&request);
                let _ = sender.send(request);
                let Some((status, body)) = answered else {
                    held.push(stream);
                    continue;
                };
                let _ = write!(
                    stream,
                    "HTTP/1.1 {status} Status\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
                     connection: close\r\n\r\n{body}",
                    body.len()
                );
            }
        });
        Self { url, received }
    }

    /// The next request.
    pub(crate) fn next(&self) -> Received {
        self.received.recv_timeout(PATIENCE).unwrap()
    }

    /// The requests that have come until now.
    pub(crate) fn so_far(&self) -> Vec<Received> {
        self.received.try_iter().collect()
    }
}

fn read(stream: &mut impl BufRead) -> Option<Received> {
    let mut headers = HeaderMap::new();
    let mut first = String::new();
    stream.read_line(&mut first).ok()?;
    let mut line = String::new();
    loop {
        line.clear();
        stream.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim().split_once(": ") else { break };
        headers.insert(HeaderName::try_from(name).ok()?, HeaderValue::try_from(value).ok()?);
    }
    let length = headers.get("content-length").map_or("0", |length| length.to_str().unwrap());
    let mut body = vec![0; length.parse().ok()?];
    stream.read_exact(&mut body).ok()?;
    let line = first.trim().strip_suffix(" HTTP/1.1")?.to_owned();
    Some(Received { line, headers, body: String::from_utf8(body).ok()? })
}
