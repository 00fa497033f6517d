//! Runs the sandbox until a signal ends it.

use std::net::SocketAddr;

use synctera_sandbox::{Sandbox, Settings, Snapshot};

#[cfg(feature = "fixtures")]
use super::fixtures;
use super::ready_file::ReadyFile;
use super::{Cli, Failure, say, secrets, warn};
use crate::signals::Signals;

pub(super) async fn run(cli: Cli) -> Result<(), Failure> {
    // From here on, signals end it in order.
    let mut signals = Signals::listen()?;
    let ready_file = cli.ready_file.map(ReadyFile::new).transpose()?;
    let (mut builder, has_default_key) = secrets::with_keys(
        Sandbox::builder()
            .address(SocketAddr::new(cli.host, cli.port))
            .settings(settings(&cli.set)?),
        cli.api_keys,
        cli.api_key_file.as_deref(),
    )?;
    let token = secrets::control_token(cli.control_token, cli.control_token_file.as_deref())?;
    let has_token = token.is_some();
    if let Some(token) = token {
        builder = builder.control_token(token);
    }
    if let Some(seed) = cli.seed {
        builder = builder.seed(seed);
    }
    if let Some(moment) = cli.clock {
        builder = builder.clock_held_at(moment);
    }
    let continued = cli.data.as_ref().filter(|data| data.metadata().is_ok_and(|it| it.len() > 0));
    let continues = |option: &str| {
        if let Some(data) = continued {
            warn(&format!("{} is continued: {option} counts for a reset alone", data.display()));
        }
    };
    if let Some(file) = &cli.from {
        continues("--from");
        builder = builder.snapshot(&Snapshot::open(file)?);
    }
    // What the fixtures created, told once it answers.
    #[cfg(feature = "fixtures")]
    let mut listing = String::new();
    #[cfg(feature = "fixtures")]
    if let Some(folder) = &cli.fixtures {
        continues("--fixtures");
        let loaded = fixtures::load(&builder, folder).await?;
        builder = builder.snapshot(&loaded.snapshot);
        listing = loaded.listing;
    }
    if let Some(file) = &cli.data {
        builder = builder.data(file);
    }
    for name in cli.hosts {
        builder = builder.allow_host(name);
    }
    let mut sandbox = builder.start().await?;
    if !cli.host.is_loopback() {
        let key = if has_default_key { ", with the well-known API key" } else { "" };
        let control = if has_token {
            "the control API answers others who send the control token"
        } else {
            "the control API answers loopback alone"
        };
        warn(&format!("{} is open to the network{key}; {control}", sandbox.base_url()));
    }
    if let Some(file) = &ready_file {
        file.write(&sandbox.base_url())?;
    }
    say(&format!("listening on {}\n", sandbox.base_url()));
    #[cfg(feature = "fixtures")]
    say(&listing);
    tokio::select! {
        () = sandbox.wait() => return Err("the server ended".into()),
        () = signals.next() => {}
    }
    drop(ready_file);
    tokio::select! {
        stopped = sandbox.stop() => stopped?,
        // A second signal ends it at once.
        () = signals.next() => return Err("stopped before everything was finished".into()),
    }
    say("stopped\n");
    Ok(())
}

/// The settings, with what the options change.
pub(super) fn settings(given: &[String]) -> Result<Settings, Failure> {
    let mut settings = Settings::default();
    for setting in given {
        let (name, value) = setting.split_once('=').ok_or("a setting is given as NAME=VALUE")?;
        // Text needs no quotes here.
        let value = serde_json::from_str(value).unwrap_or_else(|_| value.into());
        settings.set(name, &value)?;
    }
    Ok(settings)
}
