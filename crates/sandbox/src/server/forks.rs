//! Forks: whole sandboxes beside the one that they were made from, behind the same port. Each has a
//! path of its own, before the paths of its operations.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::Uri;
use axum::http::uri::PathAndQuery;

/// Forks at the same time.
pub(super) const FORKS_MAX: usize = 64;
/// What the path of a fork begins with; its name follows.
const PATHS: &str = "/forks/";

/// What there is of a fork.
pub(super) trait Ends {
    /// It was removed.
    fn end(&self);
}

/// Why a fork is not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotMade {
    /// There is one of this name.
    Taken,
    /// There are as many as there may be.
    Full,
    /// The sandbox is being stopped.
    Stopped,
}

/// The forks of a sandbox, by their names.
pub(super) struct Forks<F>(Mutex<State<F>>);

struct State<F> {
    /// Those without a value are being made.
    forks: BTreeMap<String, Option<Arc<F>>>,
    is_closed: bool,
}

impl<F> Default for Forks<F> {
    fn default() -> Self {
        Self(Mutex::new(State { forks: BTreeMap::new(), is_closed: false }))
    }
}

impl<F> Forks<F> {
    fn lock(&self) -> MutexGuard<'_, State<F>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The names of those that answer.
    pub(super) fn names(&self) -> Vec<String> {
        let state = self.lock();
        let made = state.forks.iter().filter(|(_, fork)| fork.is_some());
        made.map(|(name, _)| name.clone()).collect()
    }

    pub(super) fn find(&self, name: &str) -> Option<Arc<F>> {
        self.lock().forks.get(name).cloned().flatten()
    }

    pub(super) fn all(&self) -> Vec<Arc<F>> {
        self.lock().forks.values().flatten().cloned().collect()
    }
}

impl<F: Ends> Forks<F> {
    /// Removes one; whether there was one.
    pub(super) fn remove(&self, name: &str) -> bool {
        let mut state = self.lock();
        // One that is being made is not there yet.
        let Some(fork) = state.forks.get(name).cloned().flatten() else {
            return false;
        };
        state.forks.remove(name);
        drop(state);
        fork.end();
        true
    }

    /// Removes all, and takes no further one.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.is_closed = true;
        let forks = std::mem::take(&mut state.forks);
        drop(state);
        forks.into_values().flatten().for_each(|fork| fork.end());
    }
}

/// A name that is kept for a fork while it is made.
pub(super) struct Place<F> {
    forks: Arc<Forks<F>>,
    name: String,
    is_filled: bool,
}

impl<F> Place<F> {
    /// Takes a name, or one that none has.
    pub(super) fn take(forks: &Arc<Forks<F>>, name: Option<String>) -> Result<Self, NotMade> {
        let mut state = forks.lock();
        let name = name.unwrap_or_else(|| {
            let mut names = (1..).map(|number| format!("fork-{number}"));
            names.find(|name| !state.forks.contains_key(name)).unwrap_or_default()
        });
        if state.is_closed {
            return Err(NotMade::Stopped);
        }
        if state.forks.contains_key(&name) {
            return Err(NotMade::Taken);
        }
        if state.forks.len() >= FORKS_MAX {
            return Err(NotMade::Full);
        }
        state.forks.insert(name.clone(), None);
        drop(state);
        Ok(Self { forks: forks.clone(), name, is_filled: false })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Lets the fork answer from now on.
    pub(super) fn fill(mut self, fork: F) -> Result<(), NotMade> {
        let mut state = self.forks.lock();
        if state.is_closed {
            return Err(NotMade::Stopped);
        }
        state.forks.insert(self.name.clone(), Some(Arc::new(fork)));
        drop(state);
        self.is_filled = true;
        Ok(())
    }
}

impl<F> Drop for Place<F> {
    fn drop(&mut self) {
        if !self.is_filled {
            self.forks.lock().forks.remove(&self.name);
        }
    }
}

/// The path of a fork.
pub(super) fn path(name: &str) -> String {
    format!("{PATHS}{name}")
}

/// The fork that a target names, and the target within it.
pub(super) fn within(target: &Uri) -> Option<(String, Uri)> {
    let rest = target.path().strip_prefix(PATHS)?;
    let (name, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let path = if path.is_empty() { "/" } else { path };
    let inner = match target.query() {
        Some(query) => format!("{path}?{query}").parse::<PathAndQuery>(),
        None => path.parse::<PathAndQuery>(),
    };
    Some((name.to_owned(), inner.ok()?.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_names_a_fork_and_what_is_asked_of_it() {
        for (target, expected) in [
            ("/forks/a/v2/persons?limit=1", Some(("a", "/v2/persons?limit=1"))),
            ("http://localhost:1/forks/a.b/sandbox", Some(("a.b", "/sandbox"))),
            ("/forks/a", Some(("a", "/"))),
            ("/forks/a?x", Some(("a", "/?x"))),
            ("/forks/a/forks/b/v2/persons", Some(("a", "/forks/b/v2/persons"))),
            ("/forks//v2/persons", Some(("", "/v2/persons"))),
            ("/forks", None),
            ("/v2/forks/a", None),
            ("*", None),
        ] {
            let found = within(&target.parse().unwrap());
            let expected = expected.map(|(name, uri)| (name.to_owned(), uri.parse().unwrap()));
            assert_eq!(found, expected, "{target}");
        }
    }
}
