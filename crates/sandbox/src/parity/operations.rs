//! The operations of the pinned documents, as scripts name them.

use synctera_api::Operation;

use super::mistakes::quoted;

/// The interfaces, by the prefix of their paths; of one id in both, v2's is meant.
const INTERFACES: [(&str, &[Operation]); 2] =
    [("/v2", &synctera_api::v2::OPERATIONS), ("/v0", &synctera_api::v0::OPERATIONS)];

/// An operation that a script names.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub(super) prefix: &'static str,
    pub(super) operation: &'static Operation,
    /// Parameters that its path has already, as text in which there may be references.
    pub(super) given: Vec<(&'static str, String)>,
}

impl Target {
    /// The names of its path's parameters.
    pub(super) fn parameters(&self) -> impl Iterator<Item = &'static str> {
        self.operation.path.split('/').filter_map(parameter)
    }

    pub(super) fn is(&self, other: &Self) -> bool {
        self.prefix == other.prefix && self.operation.id == other.operation.id
    }
}

/// Finds an operation by its id, `createPerson` or `create_person`, or by `POST /v2/persons`.
pub(super) fn find(text: &str) -> Result<Target, String> {
    let found = match text.split_once(' ') {
        None => by_id(text),
        Some((method, path)) => by_path(method.trim(), path.trim()),
    };
    found.ok_or_else(|| format!("there is no operation {}", quoted(text)))
}

fn by_id(id: &str) -> Option<Target> {
    let plain = |id: &str| id.replace('_', "").to_ascii_lowercase();
    let wanted = plain(id);
    INTERFACES.into_iter().find_map(|(prefix, operations)| {
        let operation = operations.iter().find(|operation| plain(operation.id) == wanted)?;
        Some(Target { prefix, operation, given: Vec::new() })
    })
}

fn by_path(method: &str, path: &str) -> Option<Target> {
    let (prefix, operations) =
        INTERFACES.into_iter().find(|(prefix, _)| path.starts_with(&format!("{prefix}/")))?;
    let path = path.strip_prefix(prefix)?;
    let fitting = operations.iter().filter(|operation| operation.method == method);
    let mut fitting: Vec<Target> = fitting
        .filter_map(|operation| Some(Target { prefix, operation, given: fit(operation, path)? }))
        .collect();
    // A literal beats a parameter: `/cards/products` is no card.
    fitting.sort_by_key(|target| target.parameters().count());
    fitting.into_iter().next()
}

/// The parameters that a path gives an operation, if it is the operation's. `{person_id}` is given
/// elsewhere.
fn fit(operation: &'static Operation, path: &str) -> Option<Vec<(&'static str, String)>> {
    let mut given = Vec::new();
    let (mut theirs, mut ours) = (operation.path.split('/'), path.split('/'));
    loop {
        match (theirs.next(), ours.next()) {
            (None, None) => return Some(given),
            (Some(template), Some(segment)) if template == segment => {}
            (Some(template), Some(segment)) => {
                let name = parameter(template)?;
                if segment.is_empty() || segment.starts_with('{') {
                    return None;
                }
                given.push((name, segment.to_owned()));
            }
            _ => return None,
        }
    }
}

fn parameter(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_have_an_id_and_a_path() {
        for text in ["create_person", "createPerson", "POST /v2/persons"] {
            let target = find(text).unwrap();
            assert_eq!((target.prefix, target.operation.id), ("/v2", "create_person"), "{text}");
        }
        let target = find("GET /v2/persons/${ada.id}").unwrap();
        assert_eq!(target.given, [("person_id", "${ada.id}".to_owned())]);
        assert!(find("GET /v2/persons/{person_id}").unwrap().given.is_empty());
        assert_eq!(find("GET /v2/cards/products").unwrap().operation.id, "list_card_products");
        assert_eq!(find("wipe_workspace").unwrap().prefix, "/v0");
        for text in ["create_people", "GET /v3/persons", "PUT /v2/persons", "GET /v2/persons/", ""]
        {
            assert!(find(text).is_err(), "{text}");
        }
    }
}
