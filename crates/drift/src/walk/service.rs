//! Servers and security.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Cx, Found, Walk, shown};
use crate::class::Direction;
use crate::place::Place;
use crate::rules::service as rules;
use crate::shape::array;

impl<'a> Walk<'a> {
    pub(super) fn service(&mut self) {
        let cx = Cx { direction: Direction::Request, pair: self.new_pair() };
        self.servers(cx);
        self.schemes(cx);
        let (old, new) = (self.old.root(), self.new.root());
        let place = Place::part("every operation", "/security");
        self.security(cx, &place, &old["security"], &new["security"]);
    }

    fn servers(&mut self, cx: Cx) {
        let place = Place::part("servers", "/servers");
        let (old, new) = (servers(self.old.root()), servers(self.new.root()));
        let paths = |servers: &BTreeMap<&str, &str>| -> BTreeSet<String> {
            servers.values().map(|path| (*path).to_owned()).collect()
        };
        let (old_paths, new_paths) = (paths(&old), paths(&new));
        let moved = old.keys().any(|host| new.get(host).is_some_and(|path| *path != old[host]));
        if moved {
            let list = |paths: BTreeSet<String>| paths.into_iter().collect::<Vec<_>>().join(", ");
            self.note(
                cx,
                Found::added(&rules::BASE_PATH_CHANGED, &place)
                    .from(list(old_paths))
                    .to(list(new_paths)),
            );
        }
        for (host, before, after) in super::zip(&old, &new) {
            match (before, after) {
                (Some(_), None) => {
                    self.note(cx, Found::removed(&rules::SERVER_REMOVED, &place).from(host));
                }
                (None, Some(_)) => {
                    self.note(cx, Found::added(&rules::SERVER_ADDED, &place).to(host));
                }
                _ => {}
            }
        }
    }

    fn schemes(&mut self, cx: Cx) {
        let schemes = |root: &'a Value| root["components"]["securitySchemes"].as_object();
        let (old, new) = (schemes(self.old.root()), schemes(self.new.root()));
        let by_name = |schemes: Option<&'a serde_json::Map<String, Value>>| {
            let schemes = schemes.into_iter().flatten();
            schemes.map(|(name, scheme)| (name.as_str(), scheme)).collect::<BTreeMap<_, _>>()
        };
        let (old, new) = (by_name(old), by_name(new));
        for (name, before, after) in super::zip(&old, &new) {
            let place = Place::component("securitySchemes", name);
            match (before, after) {
                (Some(_), None) => self.note(cx, Found::removed(&rules::SCHEME_REMOVED, &place)),
                (None, Some(_)) => self.note(cx, Found::added(&rules::SCHEME_ADDED, &place)),
                (Some(before), Some(after)) if before != after => self.note(
                    cx,
                    Found::added(&rules::SCHEME_CHANGED, &place)
                        .from(shown(before))
                        .to(shown(after)),
                ),
                _ => {}
            }
        }
    }

    /// What calls have to show: of the whole document, or of an operation that says otherwise.
    pub(super) fn security(&mut self, cx: Cx, place: &Place<'a>, old: &'a Value, new: &'a Value) {
        let (before, after) = (alternatives(old), alternatives(new));
        if before == after {
            return;
        }
        let change = |rule| Found::added(rule, place).from(listed(&before)).to(listed(&after));
        let open = |all: &Alternatives<'_>| all.is_empty() || all.iter().any(BTreeMap::is_empty);
        let names = |all: &Alternatives<'a>| -> BTreeSet<Vec<&'a str>> {
            all.iter().map(|scheme| scheme.keys().copied().collect()).collect()
        };
        let rule = match (open(&before), open(&after)) {
            (true, false) => &rules::SECURITY_ADDED,
            (false, true) => &rules::SECURITY_REMOVED,
            _ if names(&before) == names(&after) => {
                if scopes(&after).is_superset(&scopes(&before)) {
                    &rules::SCOPE_ADDED
                } else if scopes(&before).is_superset(&scopes(&after)) {
                    &rules::SCOPE_REMOVED
                } else {
                    &rules::SECURITY_CHANGED
                }
            }
            _ if names(&after).is_superset(&names(&before)) => &rules::SECURITY_ALTERNATIVE_ADDED,
            _ if names(&before).is_superset(&names(&after)) => &rules::SECURITY_ALTERNATIVE_REMOVED,
            _ => &rules::SECURITY_CHANGED,
        };
        self.note(cx, change(rule));
    }
}

/// Each alternative: schemes with the permissions they need.
type Alternatives<'a> = BTreeSet<BTreeMap<&'a str, BTreeSet<&'a str>>>;

fn alternatives(security: &Value) -> Alternatives<'_> {
    let listed = security.as_array().into_iter().flatten();
    listed
        .filter_map(Value::as_object)
        .map(|schemes| {
            schemes.iter().map(|(name, scopes)| (name.as_str(), texts(scopes))).collect()
        })
        .collect()
}

fn texts(value: &Value) -> BTreeSet<&str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

fn scopes<'a>(alternatives: &Alternatives<'a>) -> BTreeSet<(&'a str, &'a str)> {
    let mut all = BTreeSet::new();
    for (name, scopes) in alternatives.iter().flatten() {
        all.extend(scopes.iter().map(|scope| (*name, *scope)));
    }
    all
}

fn listed(alternatives: &Alternatives<'_>) -> String {
    let one = |schemes: &BTreeMap<&str, BTreeSet<&str>>| {
        let scheme = |(name, scopes): (&&str, &BTreeSet<&str>)| match scopes.len() {
            0 => (*name).to_owned(),
            _ => format!("{name}({})", scopes.iter().copied().collect::<Vec<_>>().join(", ")),
        };
        schemes.iter().map(scheme).collect::<Vec<_>>().join(" and ")
    };
    match alternatives.len() {
        0 => "none".to_owned(),
        _ => alternatives.iter().map(one).collect::<Vec<_>>().join(" or "),
    }
}

/// Host → path of each server.
fn servers(root: &Value) -> BTreeMap<&str, &str> {
    array(root, "servers")
        .iter()
        .filter_map(|server| {
            let url = server["url"].as_str()?;
            let start = url.find("://").map_or(0, |at| at + 3);
            let end = url[start..].find('/').map_or(url.len(), |at| start + at);
            Some((&url[..end], &url[end..]))
        })
        .collect()
}
