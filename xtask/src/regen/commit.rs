//! Writes a new `spec/` so that, whenever it is interrupted, the tree is the old one or the new one.
//!
//! The whole folder is made anew beside the old one, and the two change places in one step of the
//! file system. What lies outside the folder (snapshots) waits inside it, and is put in its place
//! after that step: if that is interrupted, the next run goes on with it.

use std::fs;
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};

use crate::workspace::Error;

/// Within the new folder: what is still to be put in its place, and the list of it.
const PENDING: &str = ".pending";
const LIST: &str = "list";

/// A file as it should be; nothing for one that should not be there.
#[derive(Clone, Debug)]
pub(super) struct File {
    /// From the folder for its own files, from the folder's parent for others.
    pub(super) path: PathBuf,
    pub(super) text: Option<String>,
}

/// Asked before each step; an error stops there, as a power cut would.
pub(super) type Pulse<'p> = &'p mut dyn FnMut(&str) -> io::Result<()>;

/// Writes files of the folder, and others by their path from the folder's parent.
pub(super) fn write(spec: &Path, own: &[File], others: &[File]) -> Result<(), Error> {
    recover(spec)?;
    in_steps(spec, own, others, &mut |_| Ok(()))
        .map_err(|e| format!("{}: {e}", spec.display()).into())
}

/// Ends what an interrupted run has begun: on, once the folders have changed places; else back.
pub(super) fn recover(spec: &Path) -> Result<(), Error> {
    let go = || {
        if !spec.exists() && beside(spec).join(PENDING).exists() {
            // Only where folders cannot change places: the old one had gone already.
            fs::rename(beside(spec), spec)?;
        }
        finish(spec, &mut |_| Ok(()))
    };
    go().map_err(|e: io::Error| format!("{}: {e}", spec.display()).into())
}

fn in_steps(spec: &Path, own: &[File], others: &[File], pulse: Pulse<'_>) -> io::Result<()> {
    let next = beside(spec);
    pulse("copying")?;
    copy(spec, &next, pulse)?;
    for file in own {
        pulse("writing")?;
        put(&next.join(&file.path), file.text.as_deref())?;
    }
    pulse("listing")?;
    let pending = next.join(PENDING);
    fs::create_dir_all(&pending)?;
    let mut list = String::new();
    for (index, file) in others.iter().enumerate() {
        pulse("preparing")?;
        let path = file.path.display();
        match &file.text {
            Some(text) => {
                put(&pending.join(index.to_string()), Some(text))?;
                list.push_str(&format!("{index} {path}\n"));
            }
            None => list.push_str(&format!("gone {path}\n")),
        }
    }
    put(&pending.join(LIST), Some(&list))?;
    sync(&next)?;
    pulse("changing places")?;
    exchange(spec, &next, pulse)?;
    finish(spec, pulse)
}

/// Puts in its place what waits, and takes the old folder away.
fn finish(spec: &Path, pulse: Pulse<'_>) -> io::Result<()> {
    let pending = spec.join(PENDING);
    let root = spec.parent().unwrap_or(Path::new("."));
    if pending.exists() {
        let list = fs::read_to_string(pending.join(LIST)).unwrap_or_default();
        for line in list.lines() {
            let Some((index, path)) = line.split_once(' ') else {
                continue;
            };
            let path = Path::new(path);
            // The list is ours, but a file of that name could come from anywhere.
            if !path.components().all(|part| matches!(part, Component::Normal(_))) {
                return Err(io::Error::other(format!("{}: leads elsewhere", path.display())));
            }
            pulse("placing")?;
            let target = root.join(path);
            let waiting = pending.join(index);
            if index == "gone" {
                put(&target, None)?;
            } else if waiting.exists() {
                if let Some(folder) = target.parent() {
                    fs::create_dir_all(folder)?;
                }
                fs::rename(waiting, target)?;
            }
        }
        pulse("forgetting the list")?;
        // The list goes last within: without it nothing is known to be pending.
        fs::remove_dir_all(&pending)?;
    }
    let old = beside(spec);
    if old.exists() {
        pulse("clearing")?;
        fs::remove_dir_all(old)?;
    }
    Ok(())
}

/// The folder beside `spec/` in which the new one is made, and the old one ends.
fn beside(spec: &Path) -> PathBuf {
    let name = spec.file_name().map_or_else(|| "spec".into(), |name| name.to_string_lossy());
    spec.with_file_name(format!(".{name}.next"))
}

/// Two folders change places: in one step where the system can, else in two.
fn exchange(spec: &Path, next: &Path, pulse: Pulse<'_>) -> io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        match renameat_with(CWD, next, CWD, spec, RenameFlags::EXCHANGE) {
            Ok(()) => return Ok(()),
            // A file system that cannot.
            Err(error) if error == rustix::io::Errno::INVAL => {}
            Err(error) => return Err(error.into()),
        }
    }
    in_two_steps(spec, next, pulse)
}

fn in_two_steps(spec: &Path, next: &Path, pulse: Pulse<'_>) -> io::Result<()> {
    let old = next.with_extension("old");
    if old.exists() {
        fs::remove_dir_all(&old)?;
    }
    fs::rename(spec, &old)?;
    pulse("between two places")?;
    fs::rename(next, spec)?;
    fs::rename(old, next)
}

fn copy(from: &Path, to: &Path, pulse: Pulse<'_>) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target, pulse)?;
        } else {
            pulse("copying a file")?;
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

fn put(path: &Path, text: Option<&str>) -> io::Result<()> {
    match text {
        Some(text) => {
            let mut file = fs::File::create(path)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()
        }
        None => match fs::remove_file(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            done => done,
        },
    }
}

/// What is in the folder is on the disk before its name is.
fn sync(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    fs::File::open(folder)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// Every file below a folder, by its path.
    fn tree(folder: &Path) -> BTreeMap<PathBuf, String> {
        let mut files = BTreeMap::new();
        let mut open = vec![folder.to_owned()];
        while let Some(next) = open.pop() {
            for entry in fs::read_dir(next).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path);
                } else {
                    let name = path.strip_prefix(folder).unwrap().to_owned();
                    files.insert(name, fs::read_to_string(path).unwrap());
                }
            }
        }
        files
    }

    fn begin() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("spec/overlay")).unwrap();
        fs::create_dir_all(folder.path().join("tests")).unwrap();
        for (name, text) in [
            ("spec/v2.json", "old"),
            ("spec/gone.md", "old"),
            ("spec/overlay/v2.yaml", "kept"),
            ("tests/a.snap", "old"),
            ("tests/b.snap", "old"),
        ] {
            fs::write(folder.path().join(name), text).unwrap();
        }
        folder
    }

    fn files() -> (Vec<File>, Vec<File>) {
        let file = |path: &str, text: Option<&str>| File {
            path: path.into(),
            text: text.map(str::to_owned),
        };
        let own = vec![
            file("v2.json", Some("new")),
            file("gone.md", None),
            file("more.toml", Some("new")),
        ];
        let others = vec![
            file("tests/a.snap", Some("new")),
            file("tests/b.snap", None),
            file("tests/deep/c.snap", Some("new")),
        ];
        (own, others)
    }

    #[test]
    fn a_run_that_stops_anywhere_leaves_the_old_tree_or_the_new_one() {
        let (own, others) = files();
        let old = tree(begin().path());
        let whole = begin();
        write(&whole.path().join("spec"), &own, &others).unwrap();
        let new = tree(whole.path());
        assert_ne!(old, new);
        assert_eq!(new[Path::new("spec/overlay/v2.yaml")], "kept");
        assert!(new.keys().all(|path| !path.to_string_lossy().contains("/.")), "{new:?}");

        let spec_of = |tree: &BTreeMap<PathBuf, String>| -> BTreeMap<PathBuf, String> {
            let of_spec = |(path, _): &(&PathBuf, &String)| {
                path.starts_with("spec") && !path.starts_with("spec/.pending")
            };
            tree.iter().filter(of_spec).map(|(path, text)| (path.clone(), text.clone())).collect()
        };
        let mut ends = [0, 0];
        for stop in 0.. {
            let folder = begin();
            let spec = folder.path().join("spec");
            let mut steps = 0;
            let done = in_steps(&spec, &own, &others, &mut |_| {
                steps += 1;
                if steps > stop { Err(io::Error::other("stopped")) } else { Ok(()) }
            });
            // What a build would read, at that very moment.
            let spec_now = spec_of(&tree(folder.path()));
            assert!(spec_now == spec_of(&old) || spec_now == spec_of(&new), "step {stop}");
            recover(&spec).unwrap();
            let after = tree(folder.path());
            assert!(after == old || after == new, "step {stop}: {after:?}");
            assert_eq!(after == new, spec_now == spec_of(&new), "step {stop}");
            ends[usize::from(after == new)] += 1;
            if done.is_ok() {
                break;
            }
        }
        assert!(ends[0] > 5 && ends[1] > 5, "{ends:?}");
    }

    #[test]
    fn where_folders_cannot_change_places_the_next_run_goes_on() {
        for stops in [true, false] {
            let folder = begin();
            let spec = folder.path().join("spec");
            let next = beside(&spec);
            copy(&spec, &next, &mut |_| Ok(())).unwrap();
            fs::create_dir_all(next.join(PENDING)).unwrap();
            fs::write(next.join("v2.json"), "new").unwrap();
            let done = in_two_steps(&spec, &next, &mut |_| {
                if stops { Err(io::Error::other("stopped")) } else { Ok(()) }
            });
            assert_eq!(done.is_err(), stops);
            recover(&spec).unwrap();
            assert_eq!(fs::read_to_string(spec.join("v2.json")).unwrap(), "new");
            assert!(!next.exists());
        }
    }

    #[test]
    fn a_list_that_leads_elsewhere_is_refused() {
        let folder = begin();
        let spec = folder.path().join("spec");
        fs::create_dir_all(spec.join(PENDING)).unwrap();
        fs::write(spec.join(PENDING).join(LIST), "gone ../outside\n").unwrap();
        let error = recover(&spec).unwrap_err().to_string();
        assert!(error.contains("leads elsewhere"), "{error}");
    }
}
