//! `synctera-sandbox`: the sandbox as a program of its own.

mod signals;

use std::fmt::Write as _;
use std::io::{self, ErrorKind, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::{DateTime, Utc};
use clap::Parser;
use mimalloc::MiMalloc;
use synctera_sandbox::{
    DEFAULT_API_KEY, Sandbox, SandboxBuilder, Settings, Snapshot, served_operations, steering,
};

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// The workspace of a key that names none.
const WORKSPACE: &str = "1_1";
/// Where keys may be given that other users of the machine must not see.
const KEYS_VARIABLE: &str = "SYNCTERA_SANDBOX_API_KEY";
/// The largest file of keys, in bytes.
const KEY_FILE_MAX: u64 = 1024 * 1024;

type Failure = Box<dyn std::error::Error>;

/// A local stand-in for the sandbox of the Synctera platform
#[derive(Parser)]
#[command(name = "synctera-sandbox", version)]
struct Cli {
    /// Port to listen on; 0 takes a free one
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Address to listen on; anything but loopback opens it to the network
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    host: IpAddr,
    /// Answer under this host name, too, such as that of a container; can be repeated
    #[arg(long = "allow-host", value_name = "NAME")]
    hosts: Vec<String>,
    /// Keep everything in this file; without it, the data is gone at the end
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
    /// Start with what a snapshot, or a data file that no sandbox uses, holds; a data file of --data that
    /// holds something already is continued instead
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// An API key to accept, and the workspace that it opens, such as secret=2_1; can be repeated.
    /// Other users of the machine can see it: see --api-key-file [default: sandbox-key]
    #[arg(long = "api-key", value_name = "KEY[=WORKSPACE]")]
    api_keys: Vec<String>,
    /// Accept the API keys in this file, one a line; so does the environment variable
    /// SYNCTERA_SANDBOX_API_KEY, with blanks or lines between them
    #[arg(long, value_name = "FILE")]
    api_key_file: Option<PathBuf>,
    /// The seed of ids, numbers and secrets: the same seed gives the same ones, which can then be
    /// predicted [default: random]
    #[arg(long)]
    seed: Option<u64>,
    /// Hold the clock at this moment until it is moved, such as 2026-11-24T14:00:00Z
    #[arg(long, value_name = "MOMENT")]
    clock: Option<DateTime<Utc>>,
    /// Change a setting: what it does where the platform's documents are silent; can be repeated
    #[arg(long = "setting", value_name = "NAME=VALUE")]
    set: Vec<String>,
    /// Print all settings with their reasons, and exit
    #[arg(long)]
    settings: bool,
    /// Print the operations that it serves, and exit
    #[arg(long)]
    operations: bool,
    /// Print the values and the control operations that steer it, and exit
    #[arg(long)]
    steering: bool,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_max_level(tracing::Level::WARN)
        .without_time()
        .with_target(false)
        // The standard error may be closed.
        .log_internal_errors(false)
        .init();
    match run(Cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _written = writeln!(io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> Result<(), Failure> {
    let settings = settings(&cli.set)?;
    if cli.operations {
        return print(&operations());
    }
    if cli.steering {
        return print(&steering().to_string());
    }
    if cli.settings {
        return print(&listed(&settings));
    }
    // From here on, signals end it in order.
    let mut signals = signals::Signals::listen()?;
    let (mut builder, has_default_key) = with_keys(
        Sandbox::builder().address(SocketAddr::new(cli.host, cli.port)).settings(settings),
        cli.api_keys,
        cli.api_key_file.as_deref(),
    )?;
    if let Some(seed) = cli.seed {
        builder = builder.seed(seed);
    }
    if let Some(moment) = cli.clock {
        builder = builder.clock_held_at(moment);
    }
    if let Some(file) = cli.data {
        builder = builder.data(file);
    }
    if let Some(file) = cli.from {
        builder = builder.snapshot(&Snapshot::open(file)?);
    }
    for name in cli.hosts {
        builder = builder.allow_host(name);
    }
    let mut sandbox = builder.start().await?;
    if !cli.host.is_loopback() {
        let key = if has_default_key { ", with the well-known API key" } else { "" };
        let base_url = sandbox.base_url();
        let _written = writeln!(io::stderr(), "warning: {base_url} is open to the network{key}");
    }
    say(&format!("listening on {}\n", sandbox.base_url()));
    tokio::select! {
        () = sandbox.wait() => return Err("the server ended".into()),
        () = signals.next() => {}
    }
    tokio::select! {
        stopped = sandbox.stop() => stopped?,
        // A second signal ends it at once.
        () = signals.next() => return Err("stopped before everything was finished".into()),
    }
    say("stopped\n");
    Ok(())
}

fn settings(given: &[String]) -> Result<Settings, Failure> {
    let mut settings = Settings::default();
    for setting in given {
        let (name, value) = setting.split_once('=').ok_or("a setting is given as NAME=VALUE")?;
        // Text needs no quotes here.
        let value = serde_json::from_str(value).unwrap_or_else(|_| value.into());
        settings.set(name, &value)?;
    }
    Ok(settings)
}

/// Accepts all keys that are given, or the default one; whether it is that.
fn with_keys(
    mut builder: SandboxBuilder,
    mut keys: Vec<String>,
    file: Option<&Path>,
) -> Result<(SandboxBuilder, bool), Failure> {
    let mut is_given = !keys.is_empty();
    if let Some(text) = std::env::var_os(KEYS_VARIABLE) {
        let text = text.into_string().map_err(|_| format!("{KEYS_VARIABLE} is not text"))?;
        keys.extend(some_keys(&text).ok_or_else(|| format!("{KEYS_VARIABLE} has no API key"))?);
        is_given = true;
    }
    if let Some(path) = file {
        let failed = |why: &dyn std::fmt::Display| format!("{}: {why}", path.display());
        let text = read_to_string(path).map_err(|why| failed(&why))?;
        keys.extend(some_keys(&text).ok_or_else(|| failed(&"there is no API key in it"))?);
        is_given = true;
    }
    if !is_given {
        keys.push(DEFAULT_API_KEY.to_owned());
    }
    for key in keys {
        let (key, workspace) = key.rsplit_once('=').unwrap_or((&key, WORKSPACE));
        builder = builder.api_key(key, workspace);
    }
    Ok((builder, !is_given))
}

/// The keys in a text, with blanks or lines between them.
fn some_keys(text: &str) -> Option<Vec<String>> {
    let keys: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    (!keys.is_empty()).then_some(keys)
}

fn read_to_string(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    io::Read::read_to_string(
        &mut io::Read::take(std::fs::File::open(path)?, KEY_FILE_MAX),
        &mut text,
    )?;
    Ok(text)
}

fn operations() -> String {
    let mut text = String::new();
    for (interface, operation) in served_operations() {
        let _infallible =
            writeln!(text, "{interface} {} {} {}", operation.id, operation.method, operation.path);
    }
    text
}

fn listed(settings: &Settings) -> String {
    let mut text = String::new();
    for setting in settings.list() {
        let _infallible = writeln!(
            text,
            "{}={}\n    {} (takes {})",
            setting.name, setting.value, setting.reason, setting.accepts
        );
    }
    text
}

/// Prints what was asked for. A reader who has seen enough, such as `head`, is no failure.
fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(format!("the output cannot be written: {error}").into())
        }
        _ => Ok(()),
    }
}

/// Prints something on the way, whether anybody reads it or not.
fn say(text: &str) {
    let mut out = io::stdout().lock();
    let _unread = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
