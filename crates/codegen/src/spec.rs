//! The folder `spec/` as a whole: read once, used by `build.rs` and by `xtask`.

use std::path::Path;

use crate::described;
use crate::docs::Docs;
use crate::document::Document;
use crate::error::{Error, Result};
use crate::families::Families;
use crate::generate::{self, Companions, Generated, Selection};
use crate::types::TypeRules;

/// The interfaces, with the module that holds each.
pub const INTERFACES: [(&str, &str); 2] = [("v2", "crate::v2"), ("v0", "crate::v0")];

/// Everything that the generated client is made from.
pub struct Spec {
    /// The current interface.
    pub v2: Document,
    /// The legacy interface.
    pub v0: Document,
    /// What stands beside them.
    pub companions: Companions,
}

impl Spec {
    /// Reads the folder.
    ///
    /// # Errors
    /// When a file is missing or malformed; the error names it.
    pub fn load(folder: &Path) -> Result<Self> {
        let document = |name: &str| Document::parse(&format!("spec/{name}"), &read(folder, name)?);
        Ok(Self {
            v2: document("v2.json")?,
            v0: document("v0.json")?,
            companions: companions(folder)?,
        })
    }

    /// One of the two interfaces.
    pub fn interface(&self, name: &str) -> &Document {
        if name == "v0" { &self.v0 } else { &self.v2 }
    }

    /// Both documents with our documentation, for tools that read OpenAPI: the file name and text of
    /// each.
    pub fn described(&self) -> Vec<(String, String)> {
        let of = |(name, _)| {
            let root = described::described(self.interface(name), &self.companions.docs);
            (format!("{name}.described.json"), root.to_string())
        };
        INTERFACES.into_iter().map(of).collect()
    }

    /// Which members are not shown, as in [`TypeRules::hidden_names`]: the file name and text.
    pub fn hidden_names(&self) -> (String, String) {
        let [names, words, mut shown] = self.companions.types.hidden_names();
        shown.sort_unstable();
        ("hidden_names.rs".to_owned(), format!("(&{names:?}, &{words:?}, &{shown:?})"))
    }

    /// Generates what is selected of both interfaces: the file name and text of each.
    ///
    /// # Errors
    /// As [`generate::interface`].
    pub fn generate(&self, selection: &Selection) -> Result<Vec<(String, String)>> {
        let mut files = vec![("ids.rs".to_owned(), generate::id_types(&self.companions.types)?)];
        for (name, module) in INTERFACES {
            let generated = self.generate_one(name, module, selection)?;
            files.push((format!("{name}.rs"), generated.code));
        }
        Ok(files)
    }

    /// Generates what is selected of one interface.
    ///
    /// # Errors
    /// As [`generate::interface`].
    pub fn generate_one(
        &self,
        name: &str,
        module: &str,
        selection: &Selection,
    ) -> Result<Generated> {
        generate::interface(self.interface(name), &self.companions, module, selection)
    }
}

/// Reads what stands beside the documents: types, families, documentation.
///
/// # Errors
/// As [`Spec::load`].
pub fn companions(folder: &Path) -> Result<Companions> {
    let mut docs = Docs::default();
    let docs_folder = folder.join("docs");
    let entries = std::fs::read_dir(&docs_folder)
        .map_err(|e| Error::file(docs_folder.display().to_string(), e.to_string()))?;
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".toml"))
        .collect();
    names.sort();
    for name in names {
        docs.add(&name, &read(&docs_folder, &name)?)?;
    }
    Ok(Companions {
        types: TypeRules::parse(&read(folder, "types.toml")?)?,
        families: Families::parse(&read(folder, "families.toml")?)?,
        docs,
    })
}

fn read(folder: &Path, name: &str) -> Result<String> {
    let path = folder.join(name);
    std::fs::read_to_string(&path)
        .map_err(|e| Error::file(path.display().to_string(), e.to_string()))
}
