//! The same requests to the sandbox and its peers, by a client that costs as little as can be.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::http::{Response, StatusCode, header};
use axum::routing::any;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use synctera_sandbox::DEFAULT_API_KEY;
use tokio::net::{TcpListener, TcpStream};

use crate::request::Error;
use crate::rows::{RowWrite, Rows};

/// The most items that a page has.
pub const PAGE: u64 = 100;
/// Transfers that are under way at once while a store is filled.
const FILLING: usize = 8;

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// A person is made.
    CreatePerson,
    /// An account is read, with its balances.
    GetAccount,
    /// Money is moved, at once.
    PostTransfer,
    /// A page of an account's posted transactions.
    List,
}

impl Case {
    /// All of them, in the order of the bare handler's answers.
    pub const ALL: [Self; 4] =
        [Self::CreatePerson, Self::GetAccount, Self::PostTransfer, Self::List];

    /// Its name in what is printed.
    pub fn name(self) -> &'static str {
        match self {
            Self::CreatePerson => "create_person",
            Self::GetAccount => "get_account",
            Self::PostTransfer => "post_transfer",
            Self::List => "list_100",
        }
    }

    /// Whether it changes the store.
    pub fn is_write(self) -> bool {
        matches!(self, Self::CreatePerson | Self::PostTransfer)
    }
}

/// A server.
#[derive(Clone, Debug)]
pub struct Target {
    /// Its name in what is printed.
    pub name: &'static str,
    /// Where it is.
    pub url: String,
    /// What its paths begin with.
    pub prefix: &'static str,
    /// Calls of a turn.
    pub calls: usize,
}

/// A request as it is sent again and again.
#[derive(Clone, Debug)]
pub struct Request {
    method: &'static str,
    /// With its query.
    pub path: String,
    body: Bytes,
}

/// A connection that is kept.
pub struct Connection {
    sender: SendRequest<Full<Bytes>>,
    host: String,
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// When nobody listens.
    pub async fn open(url: &str) -> Result<Self, Error> {
        let host = url.trim_start_matches("http://").to_owned();
        let stream = TcpStream::connect(&host).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(async move {
            // Ends with the sender.
            let _ended = connection.await;
        });
        Ok(Self { sender, host })
    }

    /// Sends a request, and reads the answer to its end.
    ///
    /// # Errors
    /// When the connection breaks.
    pub async fn call(&mut self, request: &Request) -> Result<(u16, Bytes), Error> {
        let built = hyper::Request::builder()
            .method(request.method)
            .uri(&request.path)
            .header("host", &self.host)
            .header("authorization", format!("Bearer {DEFAULT_API_KEY}"))
            .header("content-type", "application/json")
            .header("accept", "application/json")
            .body(Full::new(request.body.clone()))?;
        self.sender.ready().await?;
        let answer = self.sender.send_request(built).await?;
        let status = answer.status().as_u16();
        Ok((status, answer.into_body().collect().await?.to_bytes()))
    }

    async fn post(&mut self, path: &str, body: &Value) -> Result<Value, Error> {
        let request = Request {
            method: "POST",
            path: format!("/v2/{path}"),
            body: Bytes::from(body.to_string()),
        };
        let (status, body) = self.call(&request).await?;
        if !(200..300).contains(&status) {
            return Err(format!("{path}: {status} {}", String::from_utf8_lossy(&body)).into());
        }
        Ok(serde_json::from_slice(&body)?)
    }
}

/// What the requests are about: two accounts of a customer.
pub struct World {
    url: String,
    account: String,
    transfer: Bytes,
}

impl World {
    /// Makes it, in a sandbox.
    ///
    /// # Errors
    /// When the sandbox refuses.
    pub async fn make(url: &str) -> Result<Self, Error> {
        let mut connection = Connection::open(url).await?;
        let id = |made: &Value| made["id"].as_str().unwrap_or_default().to_owned();
        let person = id(&connection.post("persons", &person("ACTIVE")).await?);
        let verify = json!({ "person_id": person, "customer_consent": true });
        connection.post("verifications/verify", &verify).await?;
        let account = json!({ "account_type": "CHECKING", "currency": "USD", "relationships": [
            { "relationship_type": "PRIMARY_ACCOUNT_HOLDER", "person_id": person }] });
        let account_id = id(&connection.post("accounts", &account).await?);
        let other = id(&connection.post("accounts", &account).await?);
        let funds = json!({ "currency": "USD", "status": "ACTIVE" });
        let funds = id(&connection.post("internal_accounts", &funds).await?);
        let fund = transfer(&funds, &account_id, 100_000_000_000);
        connection.post("transactions/internal_transfer", &fund).await?;
        let transfer = Bytes::from(transfer(&account_id, &other, 1).to_string());
        Ok(Self { url: url.to_owned(), account: account_id, transfer })
    }

    /// The request of a case.
    pub fn request(&self, case: Case, prefix: &str) -> Request {
        let (method, path, body) = match case {
            Case::CreatePerson => {
                ("POST", "/persons".to_owned(), Bytes::from(person("PROSPECT").to_string()))
            }
            Case::GetAccount => ("GET", format!("/accounts/{}", self.account), Bytes::new()),
            Case::PostTransfer => {
                ("POST", "/transactions/internal_transfer".to_owned(), self.transfer.clone())
            }
            Case::List => {
                let path = format!("/transactions/posted?account_id={}&limit={PAGE}", self.account);
                ("GET", path, Bytes::new())
            }
        };
        Request { method, path: format!("{prefix}{path}"), body }
    }

    /// Posts so many transfers.
    ///
    /// # Errors
    /// When one is refused.
    pub async fn post_many(&self, count: u64) -> Result<(), Error> {
        let request = self.request(Case::PostTransfer, "/v2");
        let mut tasks = tokio::task::JoinSet::new();
        for place in 0..FILLING as u64 {
            let (url, request) = (self.url.clone(), request.clone());
            let own = count / FILLING as u64 + u64::from(place < count % FILLING as u64);
            tasks.spawn(async move {
                let mut connection = Connection::open(&url).await?;
                for _ in 0..own {
                    let (status, body) = connection.call(&request).await?;
                    if status != 200 {
                        let body = String::from_utf8_lossy(&body).into_owned();
                        return Err(Error::from(format!("a transfer: {status} {body}")));
                    }
                }
                Ok(())
            });
        }
        while let Some(ended) = tasks.join_next().await {
            ended??;
        }
        Ok(())
    }
}

fn person(status: &str) -> Value {
    json!({ "status": status, "is_customer": true, "first_name": "Ada", "last_name": "Byron",
        "dob": "1985-12-10", "email": "ada@example.com", "phone_number": "+14155550123",
        "ssn": "456-78-9012", "legal_address": { "address_line_1": "1 Market St",
            "city": "San Francisco", "state": "CA", "postal_code": "94105",
            "country_code": "US" } })
}

fn transfer(from: &str, to: &str, amount: i64) -> Value {
    json!({ "amount": amount, "currency": "USD", "type": "ACCOUNT_TO_ACCOUNT",
        "originating_account_id": from, "receiving_account_id": to })
}

/// What a handler does for a request.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Answer {
    status: u16,
    body: String,
    /// The rows that it writes first.
    writes: Vec<RowWrite>,
}

impl Answer {
    /// An answer that is only sent.
    ///
    /// # Errors
    /// When the body is not text.
    pub fn new(status: u16, body: &Bytes) -> Result<Self, Error> {
        let body = String::from_utf8(body.to_vec())?;
        Ok(Self { status, body, writes: Vec::new() })
    }

    /// The same answer, after so many rows were written in one transaction.
    #[must_use]
    pub fn writing(&self, writes: Vec<RowWrite>) -> Self {
        Self { writes, ..self.clone() }
    }
}

/// A server that answers given bytes, and does nothing else but write what its answers say: the
/// limit.
pub struct Bare {
    child: Child,
    /// Where it is.
    pub url: String,
}

impl Bare {
    /// Starts it, as a process of its own, with an answer for each case.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start(answers: &[Answer]) -> Result<Self, Error> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg("serve")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        if let Some(mut input) = child.stdin.take() {
            writeln!(input, "{}", json!(answers))?;
        }
        let mut url = String::new();
        if let Some(output) = child.stdout.take() {
            BufReader::new(output).read_line(&mut url)?;
        }
        Ok(Self { child, url: url.trim().to_owned() })
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        let _over = self.child.kill();
        let _over = self.child.wait();
    }
}

/// Is the bare server: reads its answers, says where it is, and answers until it is killed.
///
/// # Errors
/// When it cannot listen.
#[allow(clippy::print_stdout, reason = "it says where it is")]
pub async fn serve() -> Result<(), Error> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    let answers: Vec<Answer> = serde_json::from_str(&line)?;
    let writes: Vec<_> = answers.iter().map(|answer| answer.writes.clone()).collect();
    let rows = Arc::new(Mutex::new(Rows::open(&writes)?));
    let mut router = Router::new();
    let paths = [
        "/v2/persons",
        "/v2/accounts/{id}",
        "/v2/transactions/internal_transfer",
        "/v2/transactions/posted",
    ];
    for (path, answer) in paths.into_iter().zip(answers) {
        let status = StatusCode::from_u16(answer.status)?;
        let (body, writes) = (Bytes::from(answer.body), Arc::new(answer.writes));
        let rows = rows.clone();
        // It reads what it is sent, as anybody must.
        let handler = any(move |_sent: Bytes| {
            let (body, writes, rows) = (body.clone(), writes.clone(), rows.clone());
            async move {
                let is_written = writes.is_empty()
                    || rows.lock().is_ok_and(|mut rows| rows.write(&writes).is_ok());
                let mut response = Response::new(Body::from(body));
                *response.status_mut() =
                    if is_written { status } else { StatusCode::INTERNAL_SERVER_ERROR };
                let json = header::HeaderValue::from_static("application/json");
                response.headers_mut().insert(header::CONTENT_TYPE, json);
                response
            }
        });
        router = router.route(path, handler);
    }
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}", listener.local_addr()?);
    axum::serve(listener, router).await?;
    Ok(())
}
