//! The same calls by our client, by reqwest with the same time limits, and by bare reqwest, with the
//! same types and headers, to a server of another process that always answers the same.

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use synctera::types::{NewPerson, Person, PersonStatus};
use synctera::{PersonId, Synctera};
use synctera_sandbox::Sandbox;

/// Whatever went wrong; it may have done so in another task.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

const API_KEY: &str = "a-key";
// What our client sends is what the bare one sends.
const AGENT: &str = "synctera-rs/0.1.0";
const JSON: &str = "application/json";
/// The default time limits of our client.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(60);
/// The argument that makes a program the server.
const SERVE: &str = "serve";

/// Which client calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The facade's, with keys, time limits, retries and spans.
    Ours,
    /// `reqwest::Client` and `json::<Person>()`, with the time limits that ours has.
    Limited,
    /// The same without any time limit: it waits for an answer forever.
    Bare,
}

impl Side {
    /// All, in the order in which they take turns.
    pub const ALL: [Self; 3] = [Self::Ours, Self::Limited, Self::Bare];

    /// Its name in what is printed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Limited => "limited",
            Self::Bare => "bare",
        }
    }

    /// The side of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|side| side.name() == name)
    }
}

/// A server, and all clients of it.
pub struct Bench {
    server: Child,
    ours: Synctera,
    limited: reqwest::Client,
    bare: reqwest::Client,
    url: String,
    person: PersonId,
}

impl Bench {
    /// Starts the server, with the answer that the sandbox gives.
    ///
    /// # Errors
    /// When there is no server to be had.
    pub async fn start() -> Result<Self, Error> {
        let sandbox = Sandbox::start().await?;
        let client = Synctera::builder(sandbox.api_key()).base_url(sandbox.base_url()).build()?;
        let body = NewPerson {
            first_name: Some("Ada".to_owned()),
            last_name: Some("Byron".to_owned()),
            email: Some("ada@example.com".to_owned()),
            ..NewPerson::new(true, PersonStatus::Prospect)
        };
        let person = client.api().create_person(&body).await?;
        let mut server = Command::new(std::env::current_exe()?)
            .arg(SERVE)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        if let Some(mut input) = server.stdin.take() {
            input.write_all(person.bytes())?;
            input.write_all(b"\n")?;
        }
        let mut address = String::new();
        if let Some(output) = server.stdout.take() {
            BufReader::new(output).read_line(&mut address)?;
        }
        let address = address.trim();
        let http = || reqwest::Client::builder().no_proxy().user_agent(AGENT);
        let limits = http().connect_timeout(CONNECT_TIMEOUT).timeout(ATTEMPT_TIMEOUT);
        Ok(Self {
            server,
            ours: Synctera::builder(API_KEY).base_url(format!("http://{address}")).build()?,
            limited: limits.build()?,
            bare: http().build()?,
            url: format!("http://{address}/v2/persons"),
            person: person.id,
        })
    }

    /// Reads a person.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn get(&self, side: Side) -> Result<PersonId, Error> {
        Ok(match side {
            Side::Ours => self.ours.api().get_person(self.person).await?.id,
            Side::Limited | Side::Bare => {
                let url = format!("{}/{}", self.url, self.person);
                let request = self.http(side).get(url).header(ACCEPT, JSON).bearer_auth(API_KEY);
                let answer = request.send().await?;
                answer.error_for_status()?.json::<Person>().await?.id
            }
        })
    }

    fn http(&self, side: Side) -> &reqwest::Client {
        if side == Side::Limited { &self.limited } else { &self.bare }
    }

    /// Makes a person.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn post(&self, side: Side) -> Result<PersonId, Error> {
        let body = NewPerson::new(true, PersonStatus::Prospect);
        Ok(match side {
            Side::Ours => self.ours.api().create_person(&body).await?.id,
            Side::Limited | Side::Bare => {
                let key = uuid::Uuid::new_v4().to_string();
                let request = self.http(side).post(&self.url);
                let request = request.header(ACCEPT, JSON).bearer_auth(API_KEY);
                let answer = request.header("idempotency-key", key).json(&body).send().await?;
                answer.error_for_status()?.json::<Person>().await?.id
            }
        })
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _ended = self.server.kill();
        let _reaped = self.server.wait();
    }
}

/// Is the server, if this program was started as one: reads the answer, says where it listens, and
/// serves until it is killed.
///
/// # Errors
/// When it cannot listen.
pub fn served() -> Result<bool, Error> {
    if std::env::args().nth(1).as_deref() != Some(SERVE) {
        return Ok(false);
    }
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    let answer = Bytes::from(answer.trim_end().to_owned());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async move {
        let local = SocketAddr::from(([127, 0, 0, 1], 0));
        let listener = tokio::net::TcpListener::bind(local).await?;
        let mut output = std::io::stdout();
        writeln!(output, "{}", listener.local_addr()?)?;
        output.flush()?;
        let router = axum::Router::new().fallback(move |_: Bytes| {
            let answer = answer.clone();
            async move { ([(CONTENT_TYPE, JSON)], answer) }
        });
        axum::serve(listener, router).await?;
        Ok(true)
    })
}
