//! Compares the pinned files with what they should be, and writes them.

use std::io::Write;
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

/// Writes the files; a reader at any moment sees each either whole and old or whole and new.
pub(crate) fn write(spec: &Path, wanted: &[Wanted]) -> Result<(), Error> {
    let mut ready = Vec::new();
    for file in wanted {
        let mut temporary = tempfile::NamedTempFile::new_in(spec)?;
        temporary.write_all(file.text.as_bytes())?;
        readable_by_all(temporary.as_file())?;
        temporary.as_file().sync_all()?;
        ready.push((temporary, spec.join(file.name)));
    }
    for (temporary, path) in ready {
        temporary.persist(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    }
    Ok(())
}

/// Temporary files are private by default; the repository's files are not.
fn readable_by_all(file: &std::fs::File) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        file.set_permissions(std::fs::Permissions::from_mode(0o644))?;
    }
    #[cfg(not(unix))]
    let _ = file;
    Ok(())
}
