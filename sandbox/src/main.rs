//! `synctera-sandbox`: the sandbox as a program of its own.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line speaks to its user")]

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;

use chrono::{DateTime, Utc};
use clap::Parser;
use synctera_sandbox::{DEFAULT_API_KEY, Sandbox, Settings, served_operations};

/// The workspace of a key that names none.
const WORKSPACE: &str = "1_1";

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
    /// Keep everything in this file; without it, the data is gone at the end
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
    /// An API key to accept, and the workspace that it opens, such as secret=2_1; can be repeated
    #[arg(long = "api-key", default_value = DEFAULT_API_KEY, value_name = "KEY[=WORKSPACE]")]
    api_keys: Vec<String>,
    /// The seed of ids: the same seed gives the same ids
    #[arg(long, default_value_t = 0)]
    seed: u64,
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
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_max_level(tracing::Level::WARN)
        .without_time()
        .with_target(false)
        .init();
    match run(Cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> Result<(), Box<dyn std::error::Error>> {
    let mut settings = Settings::default();
    for setting in &cli.set {
        let (name, value) = setting.split_once('=').ok_or("a setting is given as NAME=VALUE")?;
        // Text needs no quotes here.
        let value = serde_json::from_str(value).unwrap_or_else(|_| value.into());
        settings.set(name, &value)?;
    }
    if cli.operations {
        for (interface, operation) in served_operations() {
            println!("{interface} {} {} {}", operation.id, operation.method, operation.path);
        }
        return Ok(());
    }
    if cli.settings {
        for setting in settings.list() {
            println!("{}={}", setting.name, setting.value);
            println!("    {} (takes {})", setting.reason, setting.accepts);
        }
        return Ok(());
    }
    let mut builder = Sandbox::builder()
        .address(SocketAddr::new(cli.host, cli.port))
        .seed(cli.seed)
        .settings(settings);
    for key in cli.api_keys {
        let (key, workspace) = match key.rsplit_once('=') {
            Some((key, workspace)) => (key.to_owned(), workspace.to_owned()),
            None => (key, WORKSPACE.to_owned()),
        };
        builder = builder.api_key(key, workspace);
    }
    if let Some(moment) = cli.clock {
        builder = builder.clock_held_at(moment);
    }
    if let Some(file) = cli.data {
        builder = builder.data(file);
    }
    let mut sandbox = builder.start().await?;
    if !cli.host.is_loopback() {
        eprintln!("warning: {} is open to the network", sandbox.base_url());
    }
    println!("listening on {}", sandbox.base_url());
    tokio::select! {
        () = sandbox.wait() => {}
        _ = tokio::signal::ctrl_c() => println!("stopped"),
    }
    Ok(())
}
