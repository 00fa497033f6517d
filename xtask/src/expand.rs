//! `cargo xtask expand`: the generated client, where an editor can open it.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use synctera_codegen::generate::Selection;
use synctera_codegen::spec::Spec;

use crate::workspace::{self, Error};

#[derive(Args)]
pub(crate) struct Options {
    /// The folder to write to
    #[arg(long, value_name = "DIR", default_value_os_t = workspace::root().join("target/expanded"))]
    out: PathBuf,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode, Error> {
    let files = Spec::load(&workspace::spec())?.generate(&Selection::All)?;
    std::fs::create_dir_all(&options.out).map_err(|e| format!("{}: {e}", options.out.display()))?;
    for (name, text) in files {
        let path = options.out.join(name);
        std::fs::write(&path, &text).map_err(|e| format!("{}: {e}", path.display()))?;
        println!("{} ({} lines)", path.display(), text.lines().count());
    }
    Ok(ExitCode::SUCCESS)
}
