//! Writes the client of one interface to a file: what `cargo xtask bench codegen` times.

use std::path::Path;

use synctera_codegen::generate::Selection;
use synctera_codegen::spec::Spec;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(spec), Some(out)) = (arguments.next(), arguments.next()) else {
        return Err("usage: document_to_rust <spec folder> <output file>".into());
    };
    let spec = Spec::load(Path::new(&spec))?;
    let generated = spec.generate_one("v2", "crate::v2", &Selection::All)?;
    Ok(std::fs::write(out, generated.code)?)
}
