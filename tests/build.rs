//! Writes the dispatcher over every operation: `spec/` → `OUT_DIR`.

use std::path::Path;

use synctera_codegen::Error;
use synctera_codegen::generate::Selection;
use synctera_codegen::harness::harness;
use synctera_codegen::spec::{INTERFACES, Spec};

fn main() {
    println!("cargo::rerun-if-changed=../spec");
    let out = std::env::var_os("OUT_DIR").unwrap_or_default();
    if let Err(error) = write(Path::new(&out)) {
        println!("cargo::error={error}");
    }
}

fn write(out: &Path) -> Result<(), Error> {
    let spec = Spec::load(Path::new("../spec"))?;
    for (name, module) in INTERFACES {
        let code = harness(
            &spec.generate_one(name, module, &Selection::All)?,
            &format!("synctera::{name}"),
        )?;
        let path = out.join(format!("{name}.rs"));
        if let Err(error) = std::fs::write(&path, code) {
            println!("cargo::error={}: {error}", path.display());
        }
    }
    Ok(())
}
