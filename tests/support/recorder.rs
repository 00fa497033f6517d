//! A proxy that writes down what passes, and loses some of it when told to.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::State;
use http::{HeaderMap, Method, Response, StatusCode, Uri};
use http_body::Frame;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

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
    /// The request does not arrive while the connection stands, and arrives when the client has
    /// given it up.
    ArriveLate,
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

/// An exchange that was kept, to be answered again.
#[derive(Clone, Debug)]
pub struct Kept {
    line: String,
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
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
    kept: Mutex<Option<Vec<Kept>>>,
    replayed: Mutex<VecDeque<Kept>>,
    held: Notify,
}

impl Recorder {
    /// Starts one in front of a platform.
    pub async fn start(behind: String) -> Self {
        let shared = Arc::new(Shared {
            behind,
            // It speaks no TLS: reading the machine's certificates takes milliseconds.
            http: reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap(),
            log: Mutex::default(),
            faults: Mutex::default(),
            fate: Mutex::default(),
            kept: Mutex::default(),
            replayed: Mutex::default(),
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

    /// Keeps the exchanges from now on.
    pub fn keep(&self) {
        *lock(&self.shared.kept) = Some(Vec::new());
    }

    /// The exchanges that were kept; keeps no more.
    pub fn take_kept(&self) -> Vec<Kept> {
        lock(&self.shared.kept).take().unwrap_or_default()
    }

    /// Answers the next requests as these were answered, in the same order, without the platform.
    pub fn replay(&self, kept: Vec<Kept>) {
        *lock(&self.shared.replayed) = kept.into();
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

    let replayed = lock(&shared.replayed).pop_front();
    if let Some(kept) = replayed {
        if kept.line != recorded.line {
            std::panic::resume_unwind(Box::new("not the request that was kept"));
        }
        return answered(kept.status, &kept.headers).body(Body::from(kept.body)).unwrap();
    }
    let fault = match lock(&shared.faults).pop_front() {
        Some(fault) => fault,
        None => lock(&shared.fate).as_mut().and_then(|fate| fate(&recorded)),
    };
    let line = recorded.line.clone();
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
        _ => {}
    }
    let mut forwarded =
        shared.http.request(method, format!("{}{target}", shared.behind)).body(body);
    for (name, value) in &headers {
        if !["host", "content-length"].contains(&name.as_str()) {
            forwarded = forwarded.header(name, value);
        }
    }
    if matches!(fault, Some(Fault::ArriveLate)) {
        let (_connected, given_up) = oneshot::channel::<()>();
        tokio::spawn(async move {
            // Its sender is dropped with the connection.
            let _gone = given_up.await;
            let _late = forwarded.send().await;
        });
        std::future::pending::<()>().await;
        unreachable!("the connection ends before");
    }
    let Ok(answer) = forwarded.send().await else {
        return Response::builder().status(StatusCode::BAD_GATEWAY).body(Body::empty()).unwrap();
    };
    if matches!(fault, Some(Fault::LoseAnswer)) {
        std::panic::resume_unwind(Box::new("answer lost"));
    }
    if matches!(fault, Some(Fault::Hold)) {
        shared.held.notify_one();
        std::future::pending::<()>().await;
    }
    let (status, headers) = (answer.status(), answer.headers().clone());
    let body = answer.bytes().await.unwrap();
    if let Some(all) = lock(&shared.kept).as_mut() {
        all.push(Kept { line, status, headers: headers.clone(), body: body.clone() });
    }
    let response = answered(status, &headers);
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

/// An answer without its body.
fn answered(status: StatusCode, headers: &HeaderMap) -> http::response::Builder {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        if name != "transfer-encoding" && name != "content-length" {
            response = response.header(name, value);
        }
    }
    response
}

/// A body that ends before its end, after its beginning was sent.
struct Cut {
    half: Option<Bytes>,
    is_sent: bool,
}

impl Cut {
    fn after(half: Bytes) -> Self {
        Self { half: Some(half), is_sent: false }
    }
}

impl HttpBody for Cut {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if let Some(half) = self.half.take() {
            return Poll::Ready(Some(Ok(Frame::data(half))));
        }
        if std::mem::replace(&mut self.is_sent, true) {
            return Poll::Ready(None);
        }
        // The server writes out what it has when nothing more is there yet.
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}
