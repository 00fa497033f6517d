//! The crates that are published, and the metadata of each.

use std::process::Command;

use serde::Deserialize;

use crate::running;
use crate::workspace::{self, Error};

/// A crate that is published.
#[derive(Deserialize)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) version: String,
    description: Option<String>,
    license: Option<String>,
    repository: Option<String>,
    rust_version: Option<String>,
    keywords: Vec<String>,
    categories: Vec<String>,
    readme: Option<String>,
    /// The registries that may have it; an empty list for none.
    publish: Option<Vec<String>>,
    dependencies: Vec<Dependency>,
    features: serde_json::Map<String, serde_json::Value>,
    metadata: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    req: String,
    kind: Option<String>,
    /// The folder of a crate of this repository.
    path: Option<String>,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Member>,
}

/// The published crates of the workspace, each after those that it depends on.
pub(crate) fn published() -> Result<Vec<Member>, Error> {
    let text = running::output(
        Command::new(env!("CARGO"))
            .args(["metadata", "--no-deps", "--locked", "--format-version", "1"])
            .current_dir(workspace::root()),
    )?;
    let metadata: Metadata = serde_json::from_str(&text)?;
    let (mut left, kept): (Vec<Member>, Vec<Member>) =
        metadata.packages.into_iter().partition(|of| of.publish.is_none());
    if let Some((of, on)) = left.iter().find_map(|member| {
        let on = member.needed().find(|name| kept.iter().any(|other| other.name == **name))?;
        Some((&member.name, on))
    }) {
        return Err(format!("{of} is published and needs {on}, which is not").into());
    }
    let mut sorted: Vec<Member> = Vec::new();
    while !left.is_empty() {
        let is_next = |member: &Member| {
            member.needed().all(|name| left.iter().all(|other| other.name != name))
        };
        let Some(at) = left.iter().position(is_next) else {
            let names: Vec<&str> = left.iter().map(|member| member.name.as_str()).collect();
            return Err(format!("these need each other: {}", names.join(", ")).into());
        };
        sorted.push(left.remove(at));
    }
    Ok(sorted)
}

impl Member {
    /// The crates of this repository that have to be published before it. A dependency of its tests that
    /// has a path and no version is not in its package.
    fn needed(&self) -> impl Iterator<Item = &str> {
        let is_needed = |of: &&Dependency| of.kind.as_deref() != Some("dev") || of.req != "*";
        self.dependencies
            .iter()
            .filter(|of| of.path.is_some())
            .filter(is_needed)
            .map(|of| of.name.as_str())
    }

    /// Where its README is in its package; one from outside of its folder is copied into it.
    pub(crate) fn packaged_readme(&self) -> &str {
        let readme = self.readme.as_deref().unwrap_or("README.md");
        readme.rsplit_once("../").map_or(readme, |(_, name)| name)
    }

    fn documents_all_features(&self) -> bool {
        let setting = || self.metadata.as_ref()?.pointer("/docs/rs/all-features")?.as_bool();
        setting().unwrap_or_default()
    }

    /// What is missing or wrong in its manifest.
    fn faults(&self) -> Vec<String> {
        let texts = [
            ("description", &self.description),
            ("license", &self.license),
            ("repository", &self.repository),
            ("rust-version", &self.rust_version),
            ("readme", &self.readme),
        ];
        let missing = texts.iter().filter(|(_, text)| text.as_ref().is_none_or(String::is_empty));
        let mut faults: Vec<String> = missing.map(|(name, _)| format!("no {name}")).collect();
        // The limits of the registry.
        if !(1..=5).contains(&self.keywords.len()) {
            faults.push("not one to five keywords".to_owned());
        }
        if let Some(word) = self.keywords.iter().find(|word| word.len() > 20) {
            faults.push(format!("the keyword {word} has more than 20 letters"));
        }
        if !(1..=5).contains(&self.categories.len()) {
            faults.push("not one to five categories".to_owned());
        }
        if !self.features.is_empty() && !self.documents_all_features() {
            faults.push("package.metadata.docs.rs does not say all-features".to_owned());
        }
        let anywhere = self.dependencies.iter().filter(|of| of.req == "*" && of.kind.is_none());
        faults.extend(anywhere.map(|of| format!("any version of {} would do", of.name)));
        faults
    }
}

/// What is wrong in the manifests, a line each.
pub(crate) fn faults(members: &[Member]) -> Vec<String> {
    members
        .iter()
        .flat_map(|it| it.faults().into_iter().map(|fault| format!("{}: {fault}", it.name)))
        .collect()
}
