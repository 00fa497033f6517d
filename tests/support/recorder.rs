//! A proxy that writes down what passes, and loses some of it when told to.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::State;
use http::{HeaderMap, Method, Response, StatusCode, Uri};
use http_body::Frame;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::Sleep;

/// Something that goes wrong on the way.
#[derive(Clone, Debug)]
pub enum Fault {
    /// The request does not arrive; somebody on the way answers this instead.
    Answer(u16, &'static [(&'static str, &'static str)], &'static str),
    /// The request arrives and is done; the connection breaks before the answer.
    LoseAnswer,
    /// The connection breaks before the request arrives.
    LoseRequest,
    /// The request is done; the connection breaks in the middle of the answer's body.
    CutAnswer,
    /// The request is done; somebody on the way answers this instead, and calls it a success.
    Garble(&'static str),
    /// The request arrives late.
    Delay(Duration),
    /// The request is done; the answer arrives late.
    DelayAnswer(Duration),
    /// The request is done, and its answer does not come while the connection stands.
    Hold,
}

/// Says what happens to a request.
pub type Fate = Box<dyn FnMut(&Recorded) -> Option<Fault> + Send>;

/// A request as it was sent.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// Method, path and query.
    pub line: String,
    /// Headers by name, without those that the connection makes up.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Recorded {
    /// What of a request is written down.
    pub(crate) fn of(method: &Method, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Self {
        let mut kept: Vec<(String, String)> = headers
            .iter()
            .filter(|(name, _)| !["host", "content-length"].contains(&name.as_str()))
            .map(|(name, value)| {
                (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
            })
            .collect();
        kept.sort();
        let line = format!("{method} {}", target_of(uri));
        Self { line, headers: kept, body: body.to_vec() }
    }

    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The boundary of a form, which is another each time.
    fn boundary(&self) -> Option<&str> {
        self.header("content-type")?.strip_prefix("multipart/form-data; boundary=")
    }

    /// The request as text: line, headers with the key masked, body.
    pub fn text(&self) -> String {
        let mut text = format!("{}\n", self.line);
        for (name, value) in &self.headers {
            let shown = if name == "authorization" { "Bearer ***" } else { value.as_str() };
            text.push_str(&format!("{name}: {shown}\n"));
        }
        if let Some(boundary) = self.boundary() {
            let body = String::from_utf8_lossy(&self.body).replace("\r\n", "\n");
            return (text + &body).replace(boundary, "BOUNDARY");
        }
        if !self.body.is_empty() {
            match serde_json::from_slice::<Value>(&self.body) {
                Ok(body) => text.push_str(&serde_json::to_string_pretty(&body).unwrap()),
                Err(_) => text.push_str(&format!("({} bytes)", self.body.len())),
            }
            text.push('\n');
        }
        text
    }
}

/// The proxy.
pub struct Recorder {
    shared: Arc<Shared>,
    base_url: String,
    server: JoinHandle<()>,
}

struct Shared {
    behind: String,
    http: reqwest::Client,
    log: Mutex<Vec<Recorded>>,
    faults: Mutex<VecDeque<Option<Fault>>>,
    fate: Mutex<Option<Fate>>,
    held: Notify,
}

impl Recorder {
    /// Starts one in front of a platform.
    pub async fn start(behind: String) -> Self {
        let shared = Arc::new(Shared {
            behind,
            http: reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap(),
            log: Mutex::default(),
            faults: Mutex::default(),
            fate: Mutex::default(),
            held: Notify::new(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(pass).with_state(shared.clone());
        let server = tokio::spawn(async move {
            let _ended = axum::serve(listener, router).await;
        });
        Self { shared, base_url, server }
    }

    /// Where it listens.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// How many requests passed since the last [`take`](Self::take).
    pub fn seen(&self) -> usize {
        lock(&self.shared.log).len()
    }

    /// What passed since the last call, in order.
    pub fn take(&self) -> Vec<Recorded> {
        std::mem::take(&mut lock(&self.shared.log))
    }

    /// How many requests came since they were last taken.
    pub fn count(&self) -> usize {
        lock(&self.shared.log).len()
    }

    /// What passed since the last call, as one text.
    pub fn take_text(&self) -> String {
        let texts: Vec<String> = self.take().iter().map(Recorded::text).collect();
        texts.join("\n")
    }

    /// What happens to the next requests, one after the other; `None` lets one pass.
    pub fn next(&self, faults: impl IntoIterator<Item = Option<Fault>>) {
        lock(&self.shared.faults).extend(faults);
    }

    /// Forgets what was to happen to the next requests.
    pub fn calm(&self) {
        lock(&self.shared.faults).clear();
    }

    /// What happens to all requests from now on that [`Recorder::next`] says nothing of.
    pub fn all(&self, fate: impl FnMut(&Recorded) -> Option<Fault> + Send + 'static) {
        *lock(&self.shared.fate) = Some(Box::new(fate));
    }

    /// Returns when an answer is held.
    pub async fn held(&self) {
        self.shared.held.notified().await;
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn target_of(uri: &Uri) -> &str {
    uri.path_and_query().map_or("/", |target| target.as_str())
}

async fn pass(
    State(shared): State<Arc<Shared>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let recorded = Recorded::of(&method, &uri, &headers, &body);
    let target = target_of(&uri);

    let fault = match lock(&shared.faults).pop_front() {
        Some(fault) => fault,
        None => lock(&shared.fate).as_mut().and_then(|fate| fate(&recorded)),
    };
    lock(&shared.log).push(recorded);
    match fault {
        Some(Fault::Answer(status, headers, body)) => {
            let mut response = Response::builder().status(status);
            for (name, value) in headers {
                response = response.header(*name, *value);
            }
            return response.body(Body::from(body)).unwrap();
        }
        // A connection breaks when the task that serves it ends.
        Some(Fault::LoseRequest) => std::panic::resume_unwind(Box::new("request lost")),
        Some(Fault::Delay(time)) => tokio::time::sleep(time).await,
        _ => {}
    }
    let mut forwarded =
        shared.http.request(method, format!("{}{target}", shared.behind)).body(body);
    for (name, value) in &headers {
        if !["host", "content-length"].contains(&name.as_str()) {
            forwarded = forwarded.header(name, value);
        }
    }
    let Ok(answer) = forwarded.send().await else {
        return Response::builder().status(StatusCode::BAD_GATEWAY).body(Body::empty()).unwrap();
    };
    match fault {
        Some(Fault::LoseAnswer) => std::panic::resume_unwind(Box::new("answer lost")),
        Some(Fault::DelayAnswer(time)) => tokio::time::sleep(time).await,
        _ => {}
    }
    if matches!(fault, Some(Fault::Hold)) {
        shared.held.notify_one();
        std::future::pending::<()>().await;
    }
    let mut response = Response::builder().status(answer.status());
    for (name, value) in answer.headers() {
        if name != "transfer-encoding" && name != "content-length" {
            response = response.header(name, value);
        }
    }
    let body = answer.bytes().await.unwrap();
    match fault {
        Some(Fault::CutAnswer) => {
            // More is announced than comes.
            let response = response.header("content-length", body.len() + 1);
            let half = body.slice(..body.len() / 2);
            response.body(Body::new(Cut::after(half))).unwrap()
        }
        Some(Fault::Garble(garbage)) => {
            response.status(StatusCode::OK).body(Body::from(garbage)).unwrap()
        }
        _ => response.body(Body::from(body)).unwrap(),
    }
}

/// A body that ends before its end, a moment after its beginning was sent.
struct Cut {
    half: Option<Bytes>,
    moment: Pin<Box<Sleep>>,
}

impl Cut {
    fn after(half: Bytes) -> Self {
        let moment = tokio::time::sleep(Duration::from_millis(2));
        Self { half: Some(half), moment: Box::pin(moment) }
    }
}

impl HttpBody for Cut {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.half.take() {
            Some(half) => Poll::Ready(Some(Ok(Frame::data(half)))),
            None => self.moment.as_mut().poll(cx).map(|()| None),
        }
    }
}
