//! From the names in a crate's modules to the files that define what they name.
//!
//! A re-export is looked through: who imports `model::Ctx` imports the file that defines `Ctx`. Calls
//! of methods are not imports.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::sources::{Module, Names, Sources, Use};

/// More re-exports in a row than there ever are, and an end to those in a circle.
const REEXPORTS_MAX: usize = 32;

/// Which files import which: from, to, and the paths by which they do.
pub(crate) type Imports = BTreeMap<(PathBuf, PathBuf), BTreeSet<String>>;

/// What a path names.
enum Found<'a> {
    /// Something that this module defines.
    Item(&'a Module),
    Module,
}

impl Sources {
    /// The imports between different files.
    pub(crate) fn imports(&self) -> Imports {
        let mut imports = Imports::new();
        for (at, module) in &self.modules {
            let used = module.uses.iter().filter(|it| !is_passed_on(at, module, it));
            let globs = used.clone().filter(|it| it.name.is_none());
            for glob in globs {
                let target = self.absolute(at, &glob.path).and_then(|path| self.module_of(&path));
                if let Some(target) = target {
                    add(&mut imports, &module.file, &target.file, &glob.path);
                }
            }
            let paths = used.filter(|it| it.name.is_some()).map(|it| &it.path);
            for path in paths.chain(&module.paths) {
                if let Some(Found::Item(target)) = self.find(at, path, REEXPORTS_MAX) {
                    add(&mut imports, &module.file, &target.file, path);
                }
            }
        }
        imports
    }

    /// Every file.
    pub(crate) fn files(&self) -> BTreeSet<&Path> {
        self.modules.values().map(|module| module.file.as_path()).collect()
    }

    /// The module of the crate's root that a file is in or below; the root has none.
    pub(crate) fn top_module(&self, file: &Path, level: usize) -> Option<&str> {
        let of_file = self.modules.iter().filter(|(_, module)| module.file == file);
        // The parts of a file are below the file itself.
        let path = of_file.map(|(path, _)| path).min_by_key(|path| path.len())?;
        path.get(level).map(String::as_str)
    }

    /// A path from the crate's root, where it is one of this crate.
    fn absolute(&self, at: &[String], path: &[String]) -> Option<Names> {
        let (first, rest) = path.split_first()?;
        let mut from = match first.as_str() {
            "crate" => Vec::new(),
            "self" => at.to_vec(),
            "super" => at.split_last()?.1.to_vec(),
            name => {
                let mut from = at.to_vec();
                from.push(name.to_owned());
                if !self.modules.contains_key(&from) {
                    return None;
                }
                from
            }
        };
        for name in rest {
            if name == "super" {
                from.pop();
            } else {
                from.push(name.clone());
            }
        }
        Some(from)
    }

    fn module_of(&self, path: &[String]) -> Option<&Module> {
        self.modules.get(path)
    }

    /// What a path names that stands in the module `at`.
    fn find(&self, at: &[String], path: &[String], reexports: usize) -> Option<Found<'_>> {
        let reexports = reexports.checked_sub(1)?;
        if let Some(path) = self.absolute(at, path) {
            return self.find_absolute(&path, reexports);
        }
        let (first, rest) = path.split_first()?;
        let module = self.modules.get(at)?;
        if module.items.contains(first) {
            return Some(Found::Item(module));
        }
        let import = module.uses.iter().find(|it| it.name.as_ref() == Some(first))?;
        if import.path.first() == Some(first) && self.absolute(at, &import.path).is_none() {
            // Another crate of this name.
            return None;
        }
        let whole: Names = import.path.iter().chain(rest).cloned().collect();
        self.find(at, &whole, reexports)
    }

    fn find_absolute(&self, path: &[String], reexports: usize) -> Option<Found<'_>> {
        let mut depth = 0;
        while depth < path.len() && self.modules.contains_key(&path[..=depth]) {
            depth += 1;
        }
        let (module_path, rest) = path.split_at(depth);
        let module = self.modules.get(module_path)?;
        let Some(name) = rest.first() else {
            return Some(Found::Module);
        };
        if module.items.contains(name) {
            return Some(Found::Item(module));
        }
        if let Some(import) = module.uses.iter().find(|it| it.name.as_ref() == Some(name)) {
            let whole: Names = import.path.iter().chain(&rest[1..]).cloned().collect();
            return self.find(module_path, &whole, reexports);
        }
        let through_glob = module.uses.iter().filter(|it| it.name.is_none()).find_map(|glob| {
            let whole: Names = glob.path.iter().chain(rest).cloned().collect();
            match self.find(module_path, &whole, reexports)? {
                Found::Item(target) if target.items.contains(name) => Some(Found::Item(target)),
                _ => None,
            }
        });
        // What a macro defines is nowhere to be read, but it is in this module.
        through_glob.or(Some(Found::Item(module)))
    }
}

/// Whether a `use` only passes on to others what a child module defines.
fn is_passed_on(at: &[String], module: &Module, import: &Use) -> bool {
    let own = import
        .path
        .first()
        .is_some_and(|first| first == "self" || !matches!(first.as_str(), "crate" | "super"))
        || import.path.first().is_some_and(|first| first == "crate")
            && import.path.len() > at.len() + 1
            && import.path[1..=at.len()] == *at;
    let is_used = import.name.as_ref().is_none_or(|name| module.names.contains(name));
    import.is_public && own && !is_used
}

fn add(imports: &mut Imports, from: &Path, to: &Path, path: &[String]) {
    if from != to {
        let key = (from.to_path_buf(), to.to_path_buf());
        imports.entry(key).or_default().insert(path.join("::"));
    }
}
