//! From method and path to an operation.

use std::collections::{BTreeMap, HashMap};

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

/// All path templates, split into segments; by how many there are, and the first, which is never a
/// parameter.
pub(crate) struct Routes(HashMap<(usize, &'static str), Vec<Route>>);

type Route = (Vec<Segment>, Interface, &'static Operation);

#[derive(Clone, Copy)]
enum Segment {
    Literal(&'static str),
    Parameter(&'static str),
}

impl Routes {
    pub(crate) fn new(
        operations: impl IntoIterator<Item = (Interface, &'static Operation)>,
    ) -> Self {
        let mut routes: Vec<Route> = operations
            .into_iter()
            .map(|(interface, operation)| (segments(operation.path), interface, operation))
            .collect();
        // A literal beats a parameter: `/cards/products` before `/cards/{card_id}`.
        routes.sort_by_key(|(segments, ..)| {
            segments.iter().map(|s| matches!(s, Segment::Parameter(_))).collect::<Vec<_>>()
        });
        let mut by_shape: HashMap<_, Vec<Route>> = HashMap::new();
        for (segments, interface, operation) in routes {
            let first = match segments.first() {
                Some(Segment::Literal(literal)) => literal,
                _ => "",
            };
            by_shape
                .entry((segments.len(), first))
                .or_default()
                .push((segments, interface, operation));
        }
        Self(by_shape)
    }

    pub(crate) fn find(&self, method: &str, path: &str) -> Match {
        let given: Vec<&str> = path.strip_prefix('/').unwrap_or(path).split('/').collect();
        let mut other_methods_of = None;
        let first = given.first().copied().unwrap_or_default();
        for (segments, interface, operation) in
            self.0.get(&(given.len(), first)).into_iter().flatten()
        {
            let Some(parameters) = fit(segments, &given) else {
                continue;
            };
            // The first template that fits is the path, whatever its methods are: the literal
            // `/verifications/verify` is no id of `/verifications/{verification_id}`.
            if *other_methods_of.get_or_insert(operation.path) != operation.path {
                break;
            }
            if operation.method == method {
                return Match::Found(Routed { interface: *interface, operation, parameters });
            }
        }
        if other_methods_of.is_some() { Match::WrongMethod } else { Match::Nothing }
    }
}

fn segments(path: &'static str) -> Vec<Segment> {
    path.trim_start_matches('/')
        .split('/')
        .map(|segment| {
            match segment.strip_prefix('{').and_then(|segment| segment.strip_suffix('}')) {
                Some(name) => Segment::Parameter(name),
                None => Segment::Literal(segment),
            }
        })
        .collect()
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

fn fit(segments: &[Segment], given: &[&str]) -> Option<BTreeMap<&'static str, String>> {
    if segments.len() != given.len() {
        return None;
    }
    let mut parameters = BTreeMap::new();
    for (segment, given) in segments.iter().zip(given) {
        match segment {
            Segment::Literal(literal) if literal == given => {}
            Segment::Literal(_) => return None,
            Segment::Parameter(_) if given.is_empty() => return None,
            Segment::Parameter(name) => {
                parameters.insert(*name, decoded(given)?);
            }
        }
    }
    Some(parameters)
}

/// Undoes percent-encoding; text that is not UTF-8 names nothing.
pub(crate) fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let high = char::from(rest.next()?).to_digit(16)?;
            let low = char::from(rest.next()?).to_digit(16)?;
            bytes.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
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
