//! What is wrong with files, all of it at once.

use std::fmt;

/// The greatest number of characters of something that is quoted.
const QUOTED_MAX: usize = 60;

/// What is wrong, each with its file and line.
#[derive(Debug, Default)]
pub(super) struct Mistakes(Vec<Mistake>);

#[derive(Debug)]
struct Mistake {
    file: String,
    line: Option<u64>,
    what: String,
}

impl Mistakes {
    pub(super) fn add(&mut self, file: &str, line: Option<u64>, what: impl fmt::Display) {
        self.0.push(Mistake { file: file.to_owned(), line, what: what.to_string() });
    }

    /// All of it as one error, if there is any: file by file, from the first line to the last.
    pub(super) fn refused(mut self) -> Result<(), String> {
        for file in self.0.chunk_by_mut(|one, next| one.file == next.file) {
            file.sort_by_key(|it| it.line);
        }
        let all: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        match all.as_slice() {
            [] => Ok(()),
            [one] => Err(one.clone()),
            all => {
                Err(format!("{} mistakes, nothing was sent:\n  {}", all.len(), all.join("\n  ")))
            }
        }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, what } = self;
        match line {
            Some(line) => write!(f, "{file}:{line}: {what}"),
            None => write!(f, "{file}: {what}"),
        }
    }
}

/// A name from a file or an answer: no longer than can be read, and without control characters.
pub(super) fn quoted(text: &str) -> String {
    let mut short: String =
        text.chars().take(QUOTED_MAX).map(|it| if it.is_control() { '?' } else { it }).collect();
    if text.chars().nth(QUOTED_MAX).is_some() {
        short.push_str("...");
    }
    short
}
