//! The sandbox beside Prism (a mock without state), handlers that answer the same bytes, and an
//! earlier build of itself.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use serde_json::json;
use synctera_codegen::spec::Spec;

use super::decode::Figures;
use super::measure::{folder, median, write};
use super::row::{Aim, Row};
use crate::workspace::{self, Error};

/// The mock that is compared with.
const PRISM: &str = "@stoplight/prism-cli@5.14.2";
/// How often it is started.
const STARTS: usize = 11;
const START_MILLIS_MAX: f64 = 30.0;
const FRESH_MEMORY_MB_MAX: f64 = 32.0;
const MEMORY_MB_MAX: f64 = 64.0;
/// Compared with an earlier build: rates, and what should be small.
const RATE_OF_BEFORE: Aim = Aim::AtLeast(0.95);
/// Compared with itself without the log of requests.
const RATE_OF_NO_LOG: Aim = Aim::AtLeast(0.95);
const COST_OF_BEFORE: Aim = Aim::AtMost(1.05);
/// Compared with a handler that only writes as many rows.
const RATE_OF_SQLITE: Aim = Aim::AtLeast(0.5);
/// Cases: name in the programs' output, for people, and how much more than Prism there is to be.
const CASES: [(&str, &str, f64, bool); 4] = [
    ("create_person", "create person", 30.0, false),
    ("get_account", "get account", 100.0, true),
    ("post_transfer", "post transfer", 30.0, false),
    ("list_100", "list 100 transactions", 100.0, true),
];
/// Posted transactions in a store; each is compared with the first.
const HISTORIES: [u64; 3] = [1_000, 100_000, 1_000_000];

pub(super) fn rows(runs: usize, before: Option<&Path>, most: u64) -> Result<Vec<Row>, Error> {
    let before = before.map(program).transpose()?;
    let release = build()?;
    let mut rows = start(&release, before.as_deref())?;
    let mut figures = Figures::new();
    for _ in 0..runs {
        let prism = Prism::start()?;
        let sandbox = Server::start(&release)?;
        let before = before.as_deref().map(Server::start_program).transpose()?;
        let no_log = Some(Server::start_without_log(&release)?);
        let peers = [("before", &before), ("no_log", &no_log), ("prism", &prism)];
        let peers: Vec<String> = peers
            .into_iter()
            .filter_map(|(name, peer)| Some(format!("{name}={}", peer.as_ref()?.url)))
            .collect();
        let mut arguments = vec!["compare", sandbox.url.as_str()];
        arguments.extend(peers.iter().map(String::as_str));
        load(&release, &arguments, &mut figures)?;
    }
    for (name, case, than_prism, is_read) in CASES {
        let rate = format!("{name}_rate");
        let Some(ours) = figure(&mut figures, &rate, "ours") else {
            return Err(format!("{name} was not measured").into());
        };
        let of_no_log = if name == "get_account" { RATE_OF_NO_LOG } else { Aim::None };
        let of_bare = if is_read { Aim::AtLeast(0.5) } else { Aim::None };
        for (side, peer, aim) in [
            ("before", "before", RATE_OF_BEFORE),
            ("no_log", "without the log", of_no_log),
            ("bare", "bare handler", of_bare),
            ("sqlite", "SQLite handler", RATE_OF_SQLITE),
            ("prism", "Prism", Aim::AtLeast(than_prism)),
        ] {
            if let Some(theirs) = figure(&mut figures, &rate, side) {
                let show = |rate: u64| format!("{rate} /s");
                rows.push(row(case, peer, (ours, theirs), show, aim));
            }
        }
        let p99 = format!("{name}_p99");
        // Too noisy on a busy machine for an aim.
        for (side, peer) in [("before", "before"), ("bare", "bare handler")] {
            if let (Some(ours), Some(theirs)) =
                (figure(&mut figures, &p99, "ours"), figure(&mut figures, &p99, side))
            {
                let case = format!("{case}, p99");
                rows.push(row(&case, peer, (ours, theirs), micros, Aim::None));
            }
        }
    }
    rows.extend(histories(&release, most)?);
    Ok(rows)
}

/// The path of a program that is given.
fn program(path: &Path) -> Result<PathBuf, Error> {
    path.canonicalize().map_err(|e| format!("--before {}: {e}", path.display()).into())
}

/// The starts of a program: how long each took, and the memory that there was then.
#[derive(Default)]
struct Starts {
    micros: Vec<u64>,
    kib: Vec<u64>,
}

impl Starts {
    fn add(&mut self, program: &Path) -> Result<(), Error> {
        let start = Instant::now();
        let server = Server::start_program(program)?;
        self.micros.push(u64::try_from(start.elapsed().as_micros())?);
        self.kib.push(server.memory()?);
        Ok(())
    }

    fn medians(&mut self) -> Result<(u64, u64), Error> {
        let medians = median(&mut self.micros).zip(median(&mut self.kib));
        medians.ok_or_else(|| "the sandbox was not started".into())
    }
}

/// How long a start takes, and what memory there is then, and after a call of each kind.
fn start(release: &Path, before: Option<&Path>) -> Result<Vec<Row>, Error> {
    let (mut ours, mut theirs) = (Starts::default(), Starts::default());
    for _ in 0..STARTS {
        ours.add(&sandbox(release))?;
        if let Some(before) = before {
            theirs.add(before)?;
        }
    }
    let server = Server::start(release)?;
    let mut figures = Figures::new();
    load(release, &["history", &format!("1={}", server.url)], &mut figures)?;
    let used = server.memory()?;
    let (start, fresh) = ours.medians()?;
    let limit = |case: &str, ours: f64, unit: &str, limit: f64| Row {
        bench: "sandbox",
        case: case.to_owned(),
        peer: "the limit",
        ours: format!("{ours:.1} {unit}"),
        theirs: format!("{limit:.0} {unit}"),
        ratio: ours / limit,
        aim: Aim::AtMost(1.0),
    };
    let millis = |micros: u64| micros as f64 / 1000.0;
    let mb = |kib: u64| kib as f64 / 1024.0;
    let mut rows = vec![
        limit("start", millis(start), "ms", START_MILLIS_MAX),
        limit("memory, fresh", mb(fresh), "MB", FRESH_MEMORY_MB_MAX),
        limit("memory, at work", mb(used), "MB", MEMORY_MB_MAX),
    ];
    if before.is_some() {
        let (start_before, fresh_before) = theirs.medians()?;
        let show = |micros| format!("{:.1} ms", millis(micros));
        rows.insert(1, row("start", "before", (start, start_before), show, COST_OF_BEFORE));
        let show = |kib| format!("{:.1} MB", mb(kib));
        rows.insert(3, row("memory, fresh", "before", (fresh, fresh_before), show, COST_OF_BEFORE));
    }
    Ok(rows)
}

/// What a long history costs.
fn histories(release: &Path, most: u64) -> Result<Vec<Row>, Error> {
    let counts: Vec<u64> = HISTORIES.into_iter().filter(|count| *count <= most).collect();
    let [least, more @ ..] = counts.as_slice() else {
        return Ok(Vec::new());
    };
    let servers =
        counts.iter().map(|_| Server::start(release)).collect::<Result<Vec<_>, Error>>()?;
    let sides =
        counts.iter().zip(&servers).map(|(count, server)| format!("{count}={}", server.url));
    let sides: Vec<String> = sides.collect();
    let mut arguments = vec!["history"];
    arguments.extend(sides.iter().map(String::as_str));
    let mut figures = Figures::new();
    load(release, &arguments, &mut figures)?;
    let mut rows = Vec::new();
    for (name, case, ..) in CASES {
        let p99 = format!("{name}_p99");
        let Some(few) = figure(&mut figures, &p99, &least.to_string()) else {
            return Err(format!("{name} was not measured").into());
        };
        for count in more {
            if let Some(many) = figure(&mut figures, &p99, &count.to_string()) {
                let case = format!("{case}, p99 of {}k", count / 1000);
                rows.push(row(&case, "p99 of 1k", (many, few), micros, Aim::AtMost(1.5)));
            }
        }
    }
    Ok(rows)
}

fn row(
    case: &str,
    peer: &'static str,
    (ours, theirs): (u64, u64),
    show: impl Fn(u64) -> String,
    aim: Aim,
) -> Row {
    let ratio = ours as f64 / theirs.max(1) as f64;
    let case = case.to_owned();
    Row { bench: "sandbox", case, peer, ours: show(ours), theirs: show(theirs), ratio, aim }
}

fn micros(nanos: u64) -> String {
    format!("{} us", nanos / 1000)
}

fn figure(figures: &mut Figures, name: &str, side: &str) -> Option<u64> {
    figures.get_mut(&(name.to_owned(), side.to_owned())).and_then(|values| median(values))
}

/// Builds the programs; where they are.
pub(crate) fn build() -> Result<PathBuf, Error> {
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--release", "--package", "synctera-sandbox"])
        .args(["--package", "synctera-benches", "--bin", "synctera-sandbox"])
        .args(["--bin", "sandbox_load"])
        .current_dir(workspace::root())
        .status()?;
    if !built.success() {
        return Err("the programs do not build".into());
    }
    Ok(workspace::target().join("release"))
}

/// The sandbox of this build.
fn sandbox(release: &Path) -> PathBuf {
    release.join("synctera-sandbox")
}

/// Runs the load; its figures are added.
fn load(release: &Path, arguments: &[&str], figures: &mut Figures) -> Result<(), Error> {
    let output = Command::new(release.join("sandbox_load"))
        .args(arguments)
        .stderr(Stdio::inherit())
        .output()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        return Err(format!("the load ended: {}\n{said}", output.status).into());
    }
    for line in said.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [name, side, figure] = words[..] else {
            return Err(format!("the load says {line:?}").into());
        };
        let key = (name.to_owned(), side.to_owned());
        figures.entry(key).or_default().push(figure.parse()?);
    }
    Ok(())
}

/// A process that says where it listens, until it is dropped.
struct Server {
    child: Child,
    url: String,
}

impl Server {
    fn start(release: &Path) -> Result<Self, Error> {
        Self::start_program(&sandbox(release))
    }

    fn start_without_log(release: &Path) -> Result<Self, Error> {
        Self::of(Command::new(sandbox(release)).args(["--port", "0", "--no-log"]))
    }

    /// Starts any build of the sandbox.
    fn start_program(program: &Path) -> Result<Self, Error> {
        Self::of(Command::new(program).args(["--port", "0"]))
    }

    /// Waits for the line that names the URL.
    fn of(command: &mut Command) -> Result<Self, Error> {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let mut lines = BufReader::new(child.stdout.take().ok_or("no output")?).lines();
        let url = lines.by_ref().find_map(|line| {
            let line = line.ok()?;
            let at = line.find("http://")?;
            line.get(at..)?.split_whitespace().next().map(str::to_owned)
        });
        // Whatever it says from now on is read, so that it can go on speaking.
        std::thread::spawn(move || lines.for_each(drop));
        match url {
            Some(url) => Ok(Self { child, url }),
            None => Err("a server does not say where it listens".into()),
        }
    }

    /// What it has of the machine's memory, in KiB.
    fn memory(&self) -> Result<u64, Error> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))
            .map_err(|e| format!("memory is read from /proc: {e}"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let figure = line.and_then(|line| line.split_whitespace().next());
        Ok(figure.ok_or("/proc has no VmRSS")?.parse()?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _over = self.child.kill();
        let _over = self.child.wait();
    }
}

/// Prism, installed from npm below `target/bench` unless it is there, with the pinned document.
struct Prism;

impl Prism {
    fn start() -> Result<Option<Server>, Error> {
        let home = folder()?.join("prism");
        let program = home.join("node_modules/.bin/prism");
        if !program.exists() {
            std::fs::create_dir_all(&home)?;
            let installed = Command::new("npm")
                .args(["install", "--silent", "--no-audit", "--no-fund", "--prefix"])
                .arg(&home)
                .arg(PRISM)
                .output();
            if !installed.is_ok_and(|output| output.status.success()) {
                println!("Prism is skipped: it needs npm and its registry");
                return Ok(None);
            }
        }
        let document = home.join("v2.json");
        let mut root = Spec::load(&workspace::spec())?.v2.root().clone();
        root["components"]["securitySchemes"] =
            json!({ "bearerAuth": { "type": "http", "scheme": "bearer" } });
        write(&document, &root.to_string())?;
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port().to_string();
        let mut server = Server::of(
            Command::new(program)
                .args(["mock", "--host", "127.0.0.1", "--port", &port])
                .arg(document)
                .env("NO_COLOR", "1"),
        )?;
        server.url = format!("http://127.0.0.1:{port}");
        Ok(Some(server))
    }
}
