//! From method and path to an operation.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;
use synctera_api::Operation;

use super::interface::Interface;

/// The methods that operations have, in the order in which a path names them.
pub(super) const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// An operation and what its path template found.
#[derive(Clone, Debug)]
pub(crate) struct Routed {
    /// The interface whose operation it is.
    pub(crate) interface: Interface,
    pub(crate) operation: &'static Operation,
    pub(crate) parameters: BTreeMap<&'static str, String>,
}

/// What a method and a path lead to.
#[derive(Clone, Debug)]
pub(crate) enum Match {
    Found(Routed),
    /// The path exists under other methods.
    WrongMethod,
    Nothing,
}

/// All path templates. Those with the same shape are one, whatever their parameters are called.
pub(crate) struct Routes(matchit::Router<Vec<Route>>);

struct Route {
    interface: Interface,
    operation: &'static Operation,
    /// The parameters of its template, in order.
    parameters: Vec<&'static str>,
}

impl Routes {
    pub(crate) fn new(
        operations: impl IntoIterator<Item = (Interface, &'static Operation)>,
    ) -> Self {
        let mut by_shape: BTreeMap<String, Vec<Route>> = BTreeMap::new();
        for (interface, operation) in operations {
            let (shape, parameters) = shape(operation.path);
            by_shape.entry(shape).or_default().push(Route { interface, operation, parameters });
        }
        let mut router = matchit::Router::new();
        for (shape, routes) in by_shape {
            // Only for a document with templates that exclude each other, which a test would find.
            if let Err(error) = router.insert(&shape, routes) {
                tracing::error!(%error, shape, "a path is not served");
            }
        }
        Self(router)
    }

    /// A literal comes before a parameter: `/verifications/verify` is no id of
    /// `/verifications/{verification_id}`.
    pub(crate) fn find(&self, method: &str, path: &str) -> Match {
        let Ok(found) = self.0.at(path) else {
            return Match::Nothing;
        };
        let values: Option<Vec<String>> =
            found.params.iter().map(|(_, value)| decoded(value)).collect();
        let Some(values) = values else {
            return Match::Nothing;
        };
        let Some(route) = found.value.iter().find(|route| route.operation.method == method) else {
            return Match::WrongMethod;
        };
        let parameters = route.parameters.iter().copied().zip(values).collect();
        Match::Found(Routed { interface: route.interface, operation: route.operation, parameters })
    }
}

/// A template with numbers for the names of its parameters, and the names.
fn shape(template: &'static str) -> (String, Vec<&'static str>) {
    let mut names = Vec::new();
    let mut shape = String::new();
    for segment in template.trim_start_matches('/').split('/') {
        shape.push('/');
        match segment.strip_prefix('{').and_then(|segment| segment.strip_suffix('}')) {
            Some(name) => {
                shape.push_str(&format!("{{{}}}", names.len()));
                names.push(name);
            }
            None => shape.push_str(segment),
        }
    }
    (shape, names)
}

/// How many segments of a template are parameters.
pub(super) fn parameters(template: &str) -> usize {
    template.matches('{').count()
}

/// Whether a path has the shape of a template.
pub(super) fn fits(template: &str, path: &str) -> bool {
    let mut given = path.strip_prefix('/').unwrap_or(path).split('/');
    let all = template.trim_start_matches('/').split('/').all(|segment| {
        given.next().is_some_and(|given| {
            if segment.starts_with('{') {
                !given.is_empty() && decoded(given).is_some()
            } else {
                segment == given
            }
        })
    });
    all && given.next().is_none()
}

/// Undoes percent-encoding; text that is not UTF-8, or not escaped as it must be, names nothing.
pub(crate) fn decoded(text: &str) -> Option<String> {
    // The library leaves what is no escape as it is.
    let is_code = |rest: &str| {
        rest.get(..2).is_some_and(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    if !text.split('%').skip(1).all(is_code) {
        return None;
    }
    Some(percent_decode_str(text).decode_utf8().ok()?.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(method: &str, path: &str) -> String {
        let operations = Interface::V2.operations().iter();
        match Routes::new(operations.map(|o| (Interface::V2, o))).find(method, path) {
            Match::Found(routed) => format!("{} {:?}", routed.operation.id, routed.parameters),
            Match::WrongMethod => "wrong method".to_owned(),
            Match::Nothing => "nothing".to_owned(),
        }
    }

    #[test]
    fn literals_beat_parameters() {
        assert_eq!(find("GET", "/cards/products"), "list_card_products {}");
        assert_eq!(find("GET", "/cards/a%20b"), r#"get_card {"card_id": "a b"}"#);
        assert_eq!(find("PUT", "/cards"), "wrong method");
        assert_eq!(find("GET", "/cards/"), "nothing");
        assert_eq!(find("GET", "/nowhere"), "nothing");
        assert_eq!(find("GET", "/cards/%ff"), "nothing");
    }

    #[test]
    fn every_operation_is_found() {
        let of = |interface: Interface| interface.operations().iter().map(move |o| (interface, o));
        for operations in [of(Interface::V2), of(Interface::V0)] {
            let routes = Routes::new(operations.clone());
            for (_, operation) in operations {
                let path = operation.path.replace(['{', '}'], "");
                match routes.find(operation.method, &path) {
                    Match::Found(routed) => assert_eq!(routed.operation.id, operation.id),
                    other => panic!("{}: {other:?}", operation.id),
                }
            }
        }
    }

    #[test]
    fn templates_fit_by_segment() {
        assert!(fits("/fees/{fee_id}/reverse", "/fees/1/reverse"));
        for path in [
            "/fees/1",
            "/fees//reverse",
            "/fees/1/reverse/2",
            "/fees/%ff/reverse",
            "/rewards/1/reverse",
        ] {
            assert!(!fits("/fees/{fee_id}/reverse", path), "{path}");
        }
    }
}
