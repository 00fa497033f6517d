//! What a sandbox begins with, described by files.
//!
//! The files are run on another sandbox in memory, and what it then holds is the snapshot that the sandbox
//! starts from: it answers with all of it or does not start, a data file never holds a part, and a
//! reset goes back to it.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

use synctera::Synctera;
use synctera_journey_files::JourneyFiles;
use synctera_sandbox::{Fixture, SandboxBuilder, Snapshot};

use super::Failure;

/// What the files of a folder result in.
pub(super) struct Loaded {
    pub(super) snapshot: Snapshot,
    /// A line for each entry, with the id of what it created.
    pub(super) listing: String,
}

/// Does everything in the files on a sandbox that is set up like this one.
pub(super) async fn load(like: &SandboxBuilder, folder: &Path) -> Result<Loaded, Failure> {
    let files = JourneyFiles::read(folder)?;
    let loopback = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let sandbox = like.clone().address(loopback).start().await?;
    let client = Synctera::builder(sandbox.api_key())
        .base_url(sandbox.base_url())
        .clock(sandbox.clock())
        .build()?;
    let completed = files.run(&client).await?;
    let created = completed
        .iter()
        .map(|entry| Fixture::new(&*entry.name, entry.journey, entry.id().map(str::to_owned)));
    sandbox.record_fixtures(&created.collect::<Vec<_>>())?;
    let snapshot = sandbox.snapshot().await?;
    sandbox.stop().await?;
    let mut listing = String::new();
    for entry in completed {
        let id = entry.id().map(|id| format!(" {id}")).unwrap_or_default();
        listing += &format!("fixture {}: {}{id}\n", entry.name, entry.journey);
    }
    Ok(Loaded { snapshot, listing })
}
