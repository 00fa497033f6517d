//! `cargo xtask browser`: do the rules about `Host` and web pages hold for a real browser?
//!
//! A page whose name was pointed at this machine has the sandbox as its own server: scripts of it may
//! read every answer, and the browser sends what it sends to any server. Here one port serves such a
//! page, and passes everything else on to the sandbox, byte by byte.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use clap::Args;
use serde_json::{Value, json};

use crate::running::{self, Server};
use crate::workspace::Error;

/// Names under which the browser may be installed.
const PROGRAMS: [&str; 4] =
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
/// The name that was pointed at this machine.
const REBOUND: &str = "rebound.example";
/// How long a page may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// The path of the page; all others are the sandbox's.
const PAGE: &str = "/page-of-the-test";
/// The largest head of a request.
const HEAD_MAX: usize = 16 * 1024;
const CLOCK: &str = "2026-11-24T14:00:00.000Z";

#[derive(Args)]
pub(crate) struct Options {
    /// A sandbox built beforehand; otherwise it is built now
    #[arg(long, value_name = "FILE")]
    sandbox: Option<PathBuf>,
    /// The browser; otherwise Chromium or Chrome, if it is installed
    #[arg(long, value_name = "FILE")]
    browser: Option<PathBuf>,
}

/// A request of a page, and the status that its script reads.
struct Call {
    method: &'static str,
    path: &'static str,
    expected: &'static str,
}

const fn call(method: &'static str, path: &'static str, expected: &'static str) -> Call {
    Call { method, path, expected }
}

/// What the page asks for when its name is none of the sandbox's.
const REFUSED: [Call; 6] = [
    call("GET", "/sandbox/clock", "421"),
    call("POST", "/sandbox/clock", "421"),
    call("GET", "/v2/persons", "421"),
    call("GET", "/v0/persons", "421"),
    call("GET", "/forks/a/v2/persons", "421"),
    call("GET", "/forks/a/sandbox/clock", "421"),
];
/// The same, when it is: it may read, and the control API is for no web page.
const ANSWERED: [Call; 6] = [
    call("GET", "/sandbox/clock", "200"),
    call("POST", "/sandbox/clock", "403"),
    call("GET", "/v2/persons", "200"),
    call("GET", "/v0/persons", "200"),
    call("GET", "/forks/a/v2/persons", "200"),
    call("GET", "/forks/a/sandbox/clock", "200"),
];
/// The same from a page of another server, which may read nothing. A request that needs no
/// preflight is sent, too.
const ELSEWHERE: [Call; 3] = [
    call("GET", "/sandbox/clock", "unread"),
    call("POST", "/sandbox/clock", "unread"),
    call("POST", "/sandbox/reset", "unread"),
];

pub(crate) fn run(options: &Options) -> Result<ExitCode, Error> {
    let Some(browser) = options.browser.clone().or_else(installed) else {
        println!("skipped: this needs Chromium or Chrome");
        return Ok(ExitCode::SUCCESS);
    };
    let program = match &options.sandbox {
        Some(program) => std::fs::canonicalize(program)?,
        None => running::build()?,
    };
    let started = Instant::now();
    let own = Sandbox::start(&program, &[])?;
    let browser = Browser { program: browser, profile: tempfile::tempdir()? };
    let front = own.front()?;
    judge(&browser, "a rebound name", &front.url(REBOUND), "", &REFUSED)?;
    judge(&browser, "127.0.0.1", &front.url("127.0.0.1"), "", &ANSWERED)?;
    judge(&browser, "localhost", &front.url("localhost"), "", &ANSWERED)?;
    // The sandbox has another port, and so another origin.
    judge(&browser, "another origin", &front.url("127.0.0.1"), &own.server.url, &ELSEWHERE)?;
    judge(&browser, "a rebound name elsewhere", &front.url(REBOUND), &own.server.url, &ELSEWHERE)?;
    own.is_untouched()?;
    let allowed = Sandbox::start(&program, &["--allow-host", REBOUND])?;
    let front = allowed.front()?;
    judge(&browser, "a name of --allow-host", &front.url(REBOUND), "", &ANSWERED)?;
    allowed.is_untouched()?;
    println!("{:.1} s", started.elapsed().as_secs_f64());
    Ok(ExitCode::SUCCESS)
}

/// The browser that is installed.
pub(crate) fn installed() -> Option<PathBuf> {
    let is_there = |name: &&str| {
        let version = Command::new(name).arg("--version").stderr(Stdio::null()).output();
        version.is_ok_and(|output| output.status.success())
    };
    PROGRAMS.into_iter().find(is_there).map(PathBuf::from)
}

/// A sandbox with a fork.
struct Sandbox {
    server: Server,
    http: reqwest::blocking::Client,
}

impl Sandbox {
    fn start(program: &Path, arguments: &[&str]) -> Result<Self, Error> {
        let held = ["--clock", CLOCK];
        let server = Server::start(program, &[arguments, &held].concat())?;
        let http = reqwest::blocking::Client::builder().no_proxy().build()?;
        let sandbox = Self { server, http };
        let fork = sandbox.http.post(format!("{}/sandbox/forks", sandbox.server.url));
        fork.body(r#"{"name": "a"}"#).send()?.error_for_status()?;
        Ok(sandbox)
    }

    fn front(&self) -> Result<Front, Error> {
        let address = self.server.url.trim_start_matches("http://").parse()?;
        Front::start(address)
    }

    /// Holds that no page turned its clock.
    fn is_untouched(&self) -> Result<(), Error> {
        let answer = self.http.get(format!("{}/sandbox/clock", self.server.url)).send()?;
        let clock: Value = serde_json::from_str(&answer.text()?)?;
        if clock.get("now").and_then(Value::as_str) != Some(CLOCK) {
            return Err(format!("a page turned the clock: {clock}").into());
        }
        Ok(())
    }
}

struct Browser {
    program: PathBuf,
    profile: tempfile::TempDir,
}

impl Browser {
    /// The text of a page when its script is done.
    fn open(&self, url: &str) -> Result<String, Error> {
        let mut child = Command::new(&self.program)
            .args(["--headless=new", "--disable-gpu", "--no-first-run", "--no-proxy-server"])
            // A container has no rights for a sandbox of the browser's; the pages are ours.
            .arg("--no-sandbox")
            .arg(format!("--user-data-dir={}", self.profile.path().display()))
            .arg(format!("--host-resolver-rules=MAP {REBOUND} 127.0.0.1"))
            .args(["--virtual-time-budget=10000", "--dump-dom", url])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let until = Instant::now() + PATIENCE;
        while child.try_wait()?.is_none() {
            if Instant::now() > until {
                child.kill()?;
                child.wait()?;
                return Err(format!("the browser does not end with {url}").into());
            }
            thread::sleep(Duration::from_millis(20));
        }
        let mut text = String::new();
        child.stdout.take().ok_or("the browser has no output")?.read_to_string(&mut text)?;
        let result = text
            .split_once("<pre id=\"result\">")
            .and_then(|(_, rest)| rest.split_once("</pre>").map(|(result, _)| result.to_owned()));
        result.ok_or_else(|| format!("the browser shows no result of {url}: {text}").into())
    }
}

/// Opens the page at a URL, and holds what its script reads against what it should. `target` is the
/// server that it asks; its own without one.
fn judge(
    browser: &Browser,
    what: &str,
    page: &str,
    target: &str,
    calls: &[Call],
) -> Result<(), Error> {
    let asked: Vec<Value> =
        calls.iter().map(|call| json!([call.method, format!("{target}{}", call.path)])).collect();
    let asked = json!({ "calls": asked, "crosses": !target.is_empty() }).to_string();
    let encoded: String = asked.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let read = browser.open(&format!("{page}?{encoded}"))?;
    let read: Vec<&str> = read.split(' ').collect();
    let expected: Vec<&str> = calls.iter().map(|call| call.expected).collect();
    if read != expected {
        let paths: Vec<String> =
            calls.iter().map(|call| format!("{} {}", call.method, call.path)).collect();
        return Err(format!("{what}: {paths:?} gave {read:?} instead of {expected:?}").into());
    }
    println!("{what}: {} requests as they should be", calls.len());
    Ok(())
}

/// A page whose script asks for what its query says.
const HTML: &str = r#"<!doctype html><meta charset="utf-8"><pre id="result">nothing</pre><script>
const { calls, crosses } = JSON.parse(decodeURIComponent(location.search.slice(1)));
const ask = async ([method, url]) => {
  const options = { method };
  // Without these, a request to another origin needs no preflight, and is sent.
  if (crosses) options.mode = "no-cors";
  else options.headers = { Authorization: "Bearer sandbox-key" };
  if (method === "POST") options.body = JSON.stringify({ advance: { days: 1 } });
  const response = await fetch(url, options);
  return response.type === "opaque" ? "unread" : String(response.status);
};
(async () => {
  const read = [];
  for (const call of calls) read.push(await ask(call).catch(() => "failed"));
  document.getElementById("result").textContent = read.join(" ");
})();
</script>"#;

/// A server of the page and, with it, of everything that the sandbox answers.
struct Front {
    port: u16,
}

impl Front {
    /// Serves until the program ends.
    fn start(sandbox: SocketAddr) -> Result<Self, Error> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let port = listener.local_addr()?.port();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                thread::spawn(move || serve(stream, sandbox));
            }
        });
        Ok(Self { port })
    }

    fn url(&self, host: &str) -> String {
        format!("http://{host}:{}{PAGE}", self.port)
    }
}

/// Serves one connection: the page, or what the sandbox says.
fn serve(mut stream: TcpStream, sandbox: SocketAddr) -> std::io::Result<()> {
    let mut head = Vec::new();
    let mut piece = [0; 4096];
    while !head.windows(4).any(|window| window == b"\r\n\r\n") && head.len() < HEAD_MAX {
        match stream.read(&mut piece)? {
            0 => return Ok(()),
            count => head.extend_from_slice(piece.get(..count).unwrap_or_default()),
        }
    }
    if head.starts_with(format!("GET {PAGE}").as_bytes()) {
        let page = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\
             Connection: close\r\n\r\n{HTML}",
            HTML.len()
        );
        return stream.write_all(page.as_bytes());
    }
    let mut within = TcpStream::connect(sandbox)?;
    within.write_all(&head)?;
    let (mut from, mut to) = (within.try_clone()?, stream.try_clone()?);
    thread::spawn(move || {
        let _ended = std::io::copy(&mut from, &mut to);
        let _closed = to.shutdown(Shutdown::Both);
    });
    std::io::copy(&mut stream, &mut within)?;
    within.shutdown(Shutdown::Write)
}
