//! The files of a folder, within limits.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use crate::error::{FileError, FileErrors};

/// Files of a folder.
const FILES_MAX: usize = 1_000;
/// All files of a folder, in bytes.
const BYTES_MAX: u64 = 64 * 1024 * 1024;

/// The texts of the folder's YAML and JSON files by their names, in the order of these.
pub(crate) fn texts(folder: &Path) -> Result<Vec<(String, String)>, FileErrors> {
    let of_folder =
        |message: String| FileError::of_file(folder.display().to_string(), None, message);
    let unreadable = |why: io::Error| of_folder(format!("the folder cannot be read: {why}"));
    let mut files = Vec::new();
    let mut errors = Vec::new();
    for found in fs::read_dir(folder).map_err(unreadable)? {
        let path = found.map_err(unreadable)?.path();
        let name = path.display().to_string();
        if path.is_dir() {
            errors.push(FileError::of_file(name, None, "is a folder; all files are in one folder"));
        } else if is_read(&path) {
            // A pipe, for one, would be waited for.
            if path.metadata().is_ok_and(|it| !it.is_file()) {
                errors.push(FileError::of_file(name, None, "is not a file"));
                continue;
            }
            files.push((name, path));
        }
        if files.len() > FILES_MAX {
            return Err(of_folder(format!("has more than {FILES_MAX} files")).into());
        }
    }
    if let Some(errors) = FileErrors::of(errors) {
        return Err(errors);
    }
    if files.is_empty() {
        return Err(of_folder("has no .yaml, .yml or .json file".to_owned()).into());
    }
    files.sort();
    let mut left = BYTES_MAX;
    let mut texts = Vec::new();
    for (name, path) in files {
        let mut text = String::new();
        let read =
            fs::File::open(&path).and_then(|file| file.take(left + 1).read_to_string(&mut text));
        match read {
            Ok(bytes) if bytes as u64 > left => {
                let limit = BYTES_MAX / (1024 * 1024);
                return Err(of_folder(format!("has more than {limit} MiB of files")).into());
            }
            Ok(bytes) => {
                left -= bytes as u64;
                texts.push((name, text));
            }
            // What it holds may be referred to.
            Err(why) => {
                return Err(FileError::of_file(name, None, format!("cannot be read: {why}")).into());
            }
        }
    }
    Ok(texts)
}

fn is_read(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|it| ["yaml", "yml", "json"].contains(&it.to_ascii_lowercase().as_str()))
}
