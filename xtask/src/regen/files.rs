//! Compares the pinned files with what they should be.

use std::path::Path;

use similar::TextDiff;

use crate::workspace::Error;

/// A file of `spec/` as it should be.
pub(crate) struct Wanted {
    pub(crate) name: &'static str,
    pub(crate) text: String,
}

/// How a file differs from what it should be.
pub(crate) struct Difference {
    pub(crate) name: &'static str,
    pub(crate) inserted: usize,
    pub(crate) deleted: usize,
    diff: String,
}

const CONTEXT_LINES: usize = 3;

/// Compares without writing.
pub(crate) fn compare(spec: &Path, wanted: &[Wanted]) -> Result<Vec<Difference>, Error> {
    let mut differences = Vec::new();
    for file in wanted {
        let path = spec.join(file.name);
        let current = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(e) => return Err(format!("{}: {e}", path.display()).into()),
        };
        if current == file.text {
            continue;
        }
        let diff = TextDiff::from_lines(&current, &file.text);
        let count = |tag| diff.iter_all_changes().filter(|c| c.tag() == tag).count();
        differences.push(Difference {
            name: file.name,
            inserted: count(similar::ChangeTag::Insert),
            deleted: count(similar::ChangeTag::Delete),
            diff: diff
                .unified_diff()
                .context_radius(CONTEXT_LINES)
                .header(
                    &format!("spec/{} (in the repository)", file.name),
                    &format!("spec/{} (from the documents)", file.name),
                )
                .to_string(),
        });
    }
    Ok(differences)
}

impl Difference {
    /// The unified diff, cut after `lines_max` lines with a word about the rest.
    pub(crate) fn shown(&self, lines_max: usize) -> String {
        let total = self.diff.lines().count();
        let mut shown: String =
            self.diff.lines().take(lines_max).flat_map(|line| [line, "\n"]).collect();
        if total > lines_max {
            shown.push_str(&format!(
                "... {} more lines of this diff; --verbose shows all\n",
                total - lines_max
            ));
        }
        shown
    }
}
