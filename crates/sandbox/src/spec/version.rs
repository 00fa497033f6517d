//! The versions that a URL can name, and what each of them has.
//!
//! `/v2` is the current document. `/v0` is what the older documents have: the operations that only
//! they have, and those that v2 has as well, in the older form. `/v1` is published as no document:
//! it has what v2 and v0 have, in v2's form, which is what the guides show.

use std::sync::LazyLock;

use super::ids::canonical_id;
use super::interface::Interface;
use super::route::{METHODS, Match, Routes, parameters};
use super::{Spec, older};

/// The version that a URL begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    V0,
    V1,
    V2,
}

static V0: LazyLock<Routes> = LazyLock::new(|| {
    let shared = Interface::V2.operations().iter().filter(|of| older::has(of.method, of.path));
    let own = Interface::V0.operations().iter();
    Routes::new(own.map(|of| (Interface::V0, of)).chain(shared.map(|of| (Interface::V2, of))))
});

static V1: LazyLock<Routes> = LazyLock::new(|| {
    let all = [Interface::V2, Interface::V0].into_iter();
    Routes::new(
        all.flat_map(|interface| interface.operations().iter().map(move |of| (interface, of))),
    )
});

impl Version {
    const ALL: [Self; 3] = [Self::V2, Self::V0, Self::V1];

    /// The version of a path, and the path without it.
    pub(crate) fn of(path: &str) -> Option<(Self, &str)> {
        Self::ALL.into_iter().find_map(|version| {
            let rest = path.strip_prefix(version.prefix())?;
            rest.starts_with('/').then_some((version, rest))
        })
    }

    /// What its paths begin with.
    pub(crate) fn prefix(self) -> &'static str {
        match self {
            Self::V0 => "/v0",
            Self::V1 => "/v1",
            Self::V2 => "/v2",
        }
    }

    /// The interface whose form its refusals have.
    pub(crate) fn refusals(self) -> Interface {
        match self {
            Self::V0 => Interface::V0,
            Self::V1 | Self::V2 => Interface::V2,
        }
    }

    /// The operation that a method and a path (without the prefix) lead to.
    pub(crate) fn route(self, method: &str, path: &str) -> Match {
        let found = self.find(method, path);
        let may_be_no_id = match &found {
            Match::Found(routed) => {
                routed.parameters.values().any(|value| canonical_id(value).is_none())
            }
            Match::WrongMethod => true,
            Match::Nothing => false,
        };
        if may_be_no_id && self.is_path_of_another(path) { Match::Nothing } else { found }
    }

    fn find(self, method: &str, path: &str) -> Match {
        match self {
            Self::V0 => V0.find(method, path),
            Self::V1 => V1.find(method, path),
            Self::V2 => Spec::of(Interface::V2).route(method, path),
        }
    }

    /// Whether what looks like an id here is a word in the paths of another version.
    fn is_path_of_another(self, path: &str) -> bool {
        let of = |version: Self| match version {
            Self::V0 => older::methods(path).map(|(template, _)| parameters(template)),
            Self::V1 | Self::V2 => {
                Spec::of(Interface::V2).methods(path).map(|(template, _)| parameters(template))
            }
        };
        match (of(self), self.other().and_then(of)) {
            (Some(own), Some(others)) => others < own,
            _ => false,
        }
    }

    /// The version that may have what this one does not have; v1 has what either has.
    fn other(self) -> Option<Self> {
        match self {
            Self::V0 => Some(Self::V2),
            Self::V2 => Some(Self::V0),
            Self::V1 => None,
        }
    }

    /// What the documents call an operation that this sandbox was built without.
    pub(crate) fn unbuilt(self, method: &str, path: &str) -> Option<&'static str> {
        match self {
            Self::V0 => older::name(method, path),
            Self::V1 | Self::V2 => {
                let mut of_path = self.of_path(path).into_iter();
                of_path.find_map(|(interface, _)| Spec::of(interface).unbuilt(method, path))
            }
        }
    }

    /// The documents of this version whose template fits a path, and its methods there. A literal
    /// beats a parameter, whichever document has it.
    fn of_path(self, path: &str) -> Vec<(Interface, Vec<&'static str>)> {
        let interfaces: &[Interface] = match self {
            Self::V0 => &[],
            Self::V1 => &Interface::ALL,
            Self::V2 => &[Interface::V2],
        };
        let fitting = interfaces.iter().filter_map(|interface| {
            let (template, methods) = Spec::of(*interface).methods(path)?;
            Some((parameters(template), *interface, methods))
        });
        let fitting: Vec<_> = fitting.collect();
        let fewest = fitting.iter().map(|(parameters, ..)| *parameters).min();
        let best = fitting.into_iter().filter(|(parameters, ..)| Some(*parameters) == fewest);
        best.map(|(_, interface, methods)| (interface, methods)).collect()
    }

    /// The methods that a path (without the prefix) has; none if there is no such path.
    pub(crate) fn methods(self, path: &str) -> Vec<&'static str> {
        let found = match self {
            _ if self.is_path_of_another(path) => Vec::new(),
            Self::V0 => older::methods(path).map(|(_, methods)| methods).unwrap_or_default(),
            Self::V1 | Self::V2 => {
                self.of_path(path).into_iter().flat_map(|(_, methods)| methods).collect()
            }
        };
        let mut methods: Vec<&'static str> =
            METHODS.into_iter().filter(|method| found.contains(method)).collect();
        if methods.first() == Some(&"GET") {
            methods.insert(1, "HEAD");
        }
        if !methods.is_empty() {
            methods.push("OPTIONS");
        }
        methods
    }

    /// Another version that has an operation which this one does not have.
    pub(crate) fn elsewhere(self, method: &str, path: &str) -> Option<Self> {
        let other = self.other()?;
        let is_there = matches!(other.find(method, path), Match::Found(_))
            || other.unbuilt(method, path).is_some();
        is_there.then_some(other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(version: Version, method: &str, path: &str) -> Option<(Interface, &'static str)> {
        match version.route(method, path) {
            Match::Found(routed) => Some((routed.interface, routed.operation.id)),
            Match::WrongMethod | Match::Nothing => None,
        }
    }

    #[test]
    fn a_version_has_what_its_documents_have() {
        use Interface::{V0 as Older, V2 as Current};
        const BULK: (Interface, &str) = (Current, "list_bulk_order_configs");
        let cases = [
            ("GET", "/accounts", [Some((Current, "list_accounts")); 3]),
            (
                "GET",
                "/customers",
                [Some((Older, "list_customers")), Some((Older, "list_customers")), None],
            ),
            (
                "GET",
                "/disputes",
                [None, Some((Current, "list_disputes")), Some((Current, "list_disputes"))],
            ),
            ("GET", "/nowhere", [None; 3]),
            // A literal of one document beats a parameter of the other.
            (
                "GET",
                "/accounts/stop_payments",
                [Some((Older, "list_stop_payments")), Some((Older, "list_stop_payments")), None],
            ),
            ("PATCH", "/accounts/stop_payments", [None; 3]),
            ("GET", "/cards/bulk_issuance", [None, Some(BULK), Some(BULK)]),
            ("GET", "/cards/bulk", [Some((Current, "get_card")); 3]),
        ];
        for (method, path, expected) in cases {
            let found = [Version::V0, Version::V1, Version::V2].map(|of| route(of, method, path));
            assert_eq!(found, expected, "{method} {path}");
        }
        assert_eq!(Version::V0.elsewhere("GET", "/disputes"), Some(Version::V2));
        assert_eq!(Version::V2.elsewhere("GET", "/customers"), Some(Version::V0));
        assert_eq!(Version::V2.elsewhere("GET", "/nowhere"), None);
        assert_eq!(Version::V2.elsewhere("GET", "/accounts/stop_payments"), Some(Version::V0));
        assert_eq!(Version::V2.methods("/accounts/stop_payments"), [""; 0]);
        assert_eq!(Version::V0.elsewhere("POST", "/cards/bulk_issuance"), Some(Version::V2));
        // What is wrong with a method is said of the literal, too.
        for version in [Version::V0, Version::V1] {
            assert_eq!(version.unbuilt("GET", "/cards/single_use_token"), None);
            assert_eq!(version.methods("/cards/single_use_token"), ["POST", "OPTIONS"]);
        }
        let allowed = ["GET", "HEAD", "OPTIONS"];
        for version in [Version::V0, Version::V1] {
            assert_eq!(version.methods("/accounts/stop_payments"), allowed);
        }
    }
}
