//! The options of the program.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::{Args, Parser, Subcommand};

/// A local stand-in for the sandbox of the Synctera platform
#[derive(Parser)]
#[command(name = "synctera-sandbox", version, args_conflicts_with_subcommands = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    /// Port to listen on; 0 takes a free one
    #[arg(long, env = "SYNCTERA_SANDBOX_PORT", default_value_t = 8080)]
    pub(super) port: u16,
    /// Address to listen on, or localhost; anything but loopback opens it to the network
    #[arg(
        long,
        env = "SYNCTERA_SANDBOX_HOST",
        value_name = "ADDRESS",
        value_parser = address,
        default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST)
    )]
    pub(super) host: IpAddr,
    /// Answer under this host name, too, such as that of a container; can be repeated. Without it,
    /// it answers to localhost, loopback addresses and the address that it listens on; to any address
    /// if it listens on all of them. With it, the console requires everybody to sign in
    #[arg(
        long = "allow-host",
        env = "SYNCTERA_SANDBOX_ALLOW_HOST",
        value_name = "NAME",
        value_delimiter = ','
    )]
    pub(super) hosts: Vec<String>,
    /// Keep everything in this file; without it, the data is gone at the end
    #[arg(long, env = "SYNCTERA_SANDBOX_DATA", value_name = "FILE")]
    pub(super) data: Option<PathBuf>,
    /// Start with what a snapshot, or a data file that no sandbox uses, holds; a data file of --data that
    /// holds something already is continued, and this is used by a reset only. After a crash, FILE-wal and FILE-shm belong to a
    /// data file: keep them beside it
    #[arg(long, env = "SYNCTERA_SANDBOX_FROM", value_name = "FILE")]
    pub(super) from: Option<PathBuf>,
    /// Begin with the people, accounts and money that the files of this folder describe, in the terms of
    /// the journeys; they belong to the workspace of the first API key
    #[arg(long, env = "SYNCTERA_SANDBOX_FIXTURES", value_name = "FOLDER")]
    pub(super) fixtures: Option<PathBuf>,
    /// An API key to accept, and the workspace that it opens, such as secret=2_1; can be repeated.
    /// Other users of the machine can see it: see --api-key-file [default: sandbox-key]
    #[arg(long = "api-key", value_name = "KEY[=WORKSPACE]")]
    pub(super) api_keys: Vec<String>,
    /// Accept the API keys in this file, one a line; so does the environment variable
    /// SYNCTERA_SANDBOX_API_KEY, with blanks or lines between them
    #[arg(long, value_name = "FILE")]
    pub(super) api_key_file: Option<PathBuf>,
    /// Answer the control API to other machines that send this token. Other users of the machine
    /// can see it: better is the environment variable SYNCTERA_SANDBOX_CONTROL_TOKEN
    #[arg(long, value_name = "TOKEN", conflicts_with = "control_token_file")]
    pub(super) control_token: Option<String>,
    /// Read the control token from this file
    #[arg(long, value_name = "FILE")]
    pub(super) control_token_file: Option<PathBuf>,
    /// The seed of ids, numbers and secrets: the same seed gives the same ones, which can then be
    /// predicted [default: random]
    #[arg(long, env = "SYNCTERA_SANDBOX_SEED")]
    pub(super) seed: Option<u64>,
    /// Hold the clock at this moment until it is moved, such as 2026-11-24T14:00:00Z
    #[arg(long, env = "SYNCTERA_SANDBOX_CLOCK", value_name = "MOMENT")]
    pub(super) clock: Option<DateTime<Utc>>,
    /// Change a setting: what it does where the platform's documents are silent; can be repeated. So does
    /// the environment variable SYNCTERA_SANDBOX_SETTING, with commas, blanks or lines between them
    #[arg(long = "setting", value_name = "NAME=VALUE")]
    pub(super) set: Vec<String>,
    /// Keep no log of requests
    #[arg(
        long,
        env = "SYNCTERA_SANDBOX_NO_LOG",
        value_parser = clap::builder::FalseyValueParser::new()
    )]
    pub(super) no_log: bool,
    /// Have no console: no pages to see and operate the bank in a browser
    #[arg(
        long,
        env = "SYNCTERA_SANDBOX_NO_CONSOLE",
        value_parser = clap::builder::FalseyValueParser::new()
    )]
    pub(super) no_console: bool,
    /// Require everybody to sign in to the console, also on this machine. Beyond loopback, and with
    /// --allow-host, this is always so
    #[arg(
        long,
        env = "SYNCTERA_SANDBOX_CONSOLE_SIGN_IN",
        value_parser = clap::builder::FalseyValueParser::new()
    )]
    pub(super) console_sign_in: bool,
    /// Write the URL to this file once it answers, and delete the file at the end
    #[arg(long, value_name = "FILE")]
    pub(super) ready_file: Option<PathBuf>,
    /// Print all settings with their reasons, and exit
    #[arg(long)]
    pub(super) settings: bool,
    /// Print the operations that it serves, and exit
    #[arg(long)]
    pub(super) operations: bool,
    /// Print the values and the control operations that steer it, and exit
    #[arg(long)]
    pub(super) steering: bool,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Ask the sandbox on this machine whether it is ready, and exit with 0 if so
    Healthcheck(Running),
    /// Make the calls of scripts on another platform and on a sandbox in memory, and report what differs.
    /// Exits with 0 if nothing does, with 1 if something does, and with 2 if they cannot be compared
    Parity(super::parity_options::Options),
}

/// Where a sandbox runs.
#[derive(Args)]
pub(crate) struct Running {
    /// Port on which it listens
    #[arg(long, env = "SYNCTERA_SANDBOX_PORT", default_value_t = 8080)]
    pub(super) port: u16,
    /// Address on which it listens. One that is not loopback is sent the control token in
    /// SYNCTERA_SANDBOX_CONTROL_TOKEN
    #[arg(
        long,
        env = "SYNCTERA_SANDBOX_HOST",
        value_name = "ADDRESS",
        value_parser = address,
        default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST)
    )]
    pub(super) host: IpAddr,
}

/// An address, or the name of loopback.
fn address(text: &str) -> Result<IpAddr, String> {
    if text.eq_ignore_ascii_case("localhost") {
        return Ok(Ipv4Addr::LOCALHOST.into());
    }
    let literal = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    literal.unwrap_or(text).parse().map_err(|_| {
        "it is an address such as 127.0.0.1 or ::1, 0.0.0.0 or :: for all of this machine, or \
         localhost"
            .to_owned()
    })
}
