//! Which operation a request is for.

use synctera::{Operation, v0, v2};

use crate::recorder::Recorded;

/// The operation of a request, by its method and path.
pub fn operation_of(request: &Recorded) -> &'static Operation {
    let (method, target) = request.line.split_once(' ').unwrap();
    let path = target.split('?').next().unwrap();
    let (operations, path): (&[Operation], _) = match path.strip_prefix("/v2") {
        Some(path) => (&v2::OPERATIONS, path),
        None => (&v0::OPERATIONS, path.strip_prefix("/v0").unwrap()),
    };
    let fits = |operation: &&Operation| operation.method == method && is_of(path, operation.path);
    // A path without placeholders wins over one that has some.
    let mut found: Vec<&Operation> = operations.iter().filter(fits).collect();
    found.sort_by_key(|operation| operation.path.matches('{').count());
    let Some(operation) = found.first() else { panic!("no operation for {}", request.line) };
    operation
}

fn is_of(path: &str, template: &str) -> bool {
    let (path, template) = (path.split('/'), template.split('/'));
    path.clone().count() == template.clone().count()
        && path.zip(template).all(|(part, of)| of.starts_with('{') || part == of)
}
