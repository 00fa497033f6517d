//! `synctera-sandbox`: the sandbox as a program of its own.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line speaks to its user")]

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use synctera_sandbox::{DEFAULT_API_KEY, Sandbox, served_operations};

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
    /// Keep everything in this file; without it, in memory
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
    /// The API key to accept
    #[arg(long, default_value = DEFAULT_API_KEY, value_name = "KEY")]
    api_key: String,
    /// Where the ids that it hands out begin: the same seed gives the same ids
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Print the operations that it serves, and stop
    #[arg(long)]
    operations: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    if cli.operations {
        for (interface, operation) in served_operations() {
            println!("{interface} {} {} {}", operation.id, operation.method, operation.path);
        }
        return ExitCode::SUCCESS;
    }
    let mut builder = Sandbox::builder()
        .address(SocketAddr::new(cli.host, cli.port))
        .api_key(cli.api_key, "1_1")
        .seed(cli.seed);
    if let Some(file) = cli.data {
        builder = builder.data(file);
    }
    let mut sandbox = match builder.start().await {
        Ok(sandbox) => sandbox,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::FAILURE;
        }
    };
    if !cli.host.is_loopback() {
        eprintln!("warning: {} is open to the network", sandbox.base_url());
    }
    println!("listening on {}", sandbox.base_url());
    tokio::select! {
        () = sandbox.wait() => {}
        _ = tokio::signal::ctrl_c() => println!("stopped"),
    }
    ExitCode::SUCCESS
}
