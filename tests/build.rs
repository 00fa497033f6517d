//! Writes the dispatcher over every operation (`spec/` → `OUT_DIR`), and the samples of the
//! documentation that run something under a key.

#[path = "build/harness.rs"]
mod harness;
#[path = "build/samples.rs"]
mod samples;

use std::path::Path;

use synctera_codegen::Error;
use synctera_codegen::generate::Selection;
use synctera_codegen::spec::{INTERFACES, Spec};

fn main() {
    for input in ["../spec", "build.rs", "build"].iter().chain(samples::SOURCES) {
        println!("cargo::rerun-if-changed={input}");
    }
    let out = std::env::var_os("OUT_DIR").unwrap_or_default();
    let out = Path::new(&out);
    if let Err(error) = write(out) {
        println!("cargo::error={error}");
    }
    match samples::write() {
        Ok(samples) => write_file(&out.join("samples.rs"), &samples),
        Err(error) => println!("cargo::error=the samples: {error}"),
    }
}

fn write(out: &Path) -> Result<(), Error> {
    let spec = Spec::load(Path::new("../spec"))?;
    for (name, module) in INTERFACES {
        let code = harness::harness(
            &spec.generate_one(name, module, &Selection::All)?,
            &format!("synctera::{name}"),
        )?;
        write_file(&out.join(format!("{name}.rs")), &code);
    }
    Ok(())
}

fn write_file(path: &Path, code: &str) {
    if let Err(error) = std::fs::write(path, code) {
        println!("cargo::error={}: {error}", path.display());
    }
}
