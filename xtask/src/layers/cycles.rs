//! Files that import each other in a circle.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::imports::Imports;

/// The sets of files of which each reaches each other, with more than one file.
pub(crate) fn cycles(imports: &Imports) -> Vec<BTreeSet<&Path>> {
    let mut forward: BTreeMap<&Path, Vec<&Path>> = BTreeMap::new();
    let mut backward: BTreeMap<&Path, Vec<&Path>> = BTreeMap::new();
    for (from, to) in imports.keys() {
        forward.entry(from).or_default().push(to);
        backward.entry(to).or_default().push(from);
        forward.entry(to).or_default();
    }
    // Kosaraju: in the order in which files are done with, against the direction of the imports.
    let mut seen = BTreeSet::new();
    let mut order = Vec::new();
    for file in forward.keys() {
        walk(file, &forward, &mut seen, &mut order);
    }
    let mut taken = BTreeSet::new();
    let mut found = Vec::new();
    for file in order.into_iter().rev() {
        let mut set = Vec::new();
        walk(file, &backward, &mut taken, &mut set);
        if set.len() > 1 {
            found.push(set.into_iter().collect());
        }
    }
    found
}

/// Adds what is reached from a file and was not seen before, what is reached last first.
fn walk<'a>(
    start: &'a Path,
    edges: &BTreeMap<&'a Path, Vec<&'a Path>>,
    seen: &mut BTreeSet<&'a Path>,
    order: &mut Vec<&'a Path>,
) {
    if !seen.insert(start) {
        return;
    }
    let mut stack = vec![(start, 0)];
    while let Some((file, next)) = stack.pop() {
        match edges.get(file).and_then(|targets| targets.get(next)) {
            Some(target) => {
                stack.push((file, next + 1));
                if seen.insert(target) {
                    stack.push((target, 0));
                }
            }
            None => order.push(file),
        }
    }
}
