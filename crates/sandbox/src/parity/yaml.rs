//! The files of a comparison, within limits.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use serde_json::Value;
use synctera_journey_files::yaml::{Limits, Tree, YamlError};

use super::mistakes::Mistakes;

/// The largest file, in bytes.
const FILE_MAX: u64 = 256 * 1024;
/// What a file may hold.
const LIMITS: Limits = Limits { depth: 32, values: 20_000 };

/// Reads a file; what is wrong with it is noted.
pub(super) fn read(path: &Path, mistakes: &mut Mistakes) -> Option<Tree> {
    let file = path.display().to_string();
    let mut text = String::new();
    let read = File::open(path).and_then(|it| it.take(FILE_MAX + 1).read_to_string(&mut text));
    if let Err(why) = read {
        mistakes.add(&file, None, why.to_string());
        return None;
    }
    if text.len() as u64 > FILE_MAX {
        mistakes.add(&file, None, format!("it has more than {FILE_MAX} bytes"));
        return None;
    }
    match Tree::read(&text, LIMITS) {
        Ok(tree) => Some(tree),
        Err(YamlError { line, message, .. }) => {
            mistakes.add(&file, line, format!("it is not YAML of the right form: {message}"));
            None
        }
    }
}

/// A value without its lines.
pub(super) fn json(tree: &Tree) -> Value {
    tree.to_json(&mut str::to_owned)
}
