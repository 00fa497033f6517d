//! The document that is mutated, and random places of it.

use fastrand::Rng;
use serde_json::Value;
use synctera_drift::pointer::token;

use super::sites::{Site, Sites, items, members};

/// The document, and what is known of it.
pub(super) struct World<'a> {
    pub(super) root: &'a Value,
    pub(super) sites: Sites,
    /// The pointers of the schemas, to choose from.
    pointers: Vec<String>,
    operations: Vec<String>,
    parameters: Vec<String>,
}

impl<'a> World<'a> {
    pub(super) fn of(root: &'a Value) -> Self {
        let sites = Sites::of(root);
        let pointers = sites
            .schemas
            .iter()
            .filter(|(_, site)| !site.directions.is_empty())
            .map(|(pointer, _)| pointer.clone())
            .collect();
        let (operations, parameters) = places(root);
        Self { root, sites, pointers, operations, parameters }
    }

    pub(super) fn at(&self, pointer: &str) -> &'a Value {
        self.root.pointer(pointer).unwrap_or(&Value::Null)
    }

    /// A random schema that fits.
    pub(super) fn schema(
        &self,
        rng: &mut Rng,
        fits: impl Fn(&str, &Value, &Site) -> bool,
    ) -> Option<(&str, &'a Value, &Site)> {
        choose(rng, &self.pointers, |pointer| {
            let (value, site) = (self.at(pointer), self.sites.schemas.get(pointer)?);
            fits(pointer, value, site).then_some((pointer.as_str(), value, site))
        })
    }

    /// A random operation that fits: its pointer and itself.
    pub(super) fn operation(
        &self,
        rng: &mut Rng,
        fits: impl Fn(&str, &Value) -> bool,
    ) -> Option<(&str, &'a Value)> {
        choose(rng, &self.operations, |pointer| {
            let value = self.at(pointer);
            fits(pointer, value).then_some((pointer.as_str(), value))
        })
    }

    /// A random parameter that fits.
    pub(super) fn parameter(
        &self,
        rng: &mut Rng,
        fits: impl Fn(&Value) -> bool,
    ) -> Option<(&str, &'a Value)> {
        choose(rng, &self.parameters, |pointer| {
            let value = self.at(pointer);
            fits(value).then_some((pointer.as_str(), value))
        })
    }
}

/// Tries from a random place on until something fits.
fn choose<'p, T>(
    rng: &mut Rng,
    all: &'p [String],
    fits: impl Fn(&'p String) -> Option<T>,
) -> Option<T> {
    let start = if all.is_empty() { 0 } else { rng.usize(..all.len()) };
    all[start..].iter().chain(&all[..start]).find_map(fits)
}

/// The pointers of all operations, and of all parameters that operations use by name.
fn places(root: &Value) -> (Vec<String>, Vec<String>) {
    let (mut operations, mut parameters) = (Vec::new(), Vec::new());
    for (path, item) in members(&root["paths"]) {
        for (method, operation) in members(item) {
            if operation.get("operationId").is_none() {
                continue;
            }
            let pointer = format!("/paths/{}/{method}", token(path));
            for (index, listed) in items(&operation["parameters"]).enumerate() {
                let place = match listed["$ref"].as_str() {
                    Some(reference) => reference.trim_start_matches('#').to_owned(),
                    None => format!("{pointer}/parameters/{index}"),
                };
                if !parameters.contains(&place) && !is_key(root.pointer(&place)) {
                    parameters.push(place);
                }
            }
            operations.push(pointer);
        }
    }
    (operations, parameters)
}

/// Whether a parameter is the idempotency key, which is no filter.
pub(super) fn is_key(parameter: Option<&Value>) -> bool {
    parameter.is_some_and(|parameter| parameter["name"] == "Idempotency-Key")
}
