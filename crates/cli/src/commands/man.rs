//! `synctera man`: a man page for each command, in a folder.

use std::path::PathBuf;

use clap::{Arg, ArgMatches, Command, value_parser};

use crate::exit::Failure;
use crate::output::note;
use crate::text;

pub(super) fn command() -> Command {
    Command::new("man").about("Writes a man page for each command").arg(
        Arg::new("out")
            .long("out")
            .value_name("FOLDER")
            .required(true)
            .value_parser(value_parser!(PathBuf))
            .help("The folder to write them to, such as ~/.local/share/man/man1"),
    )
}

/// Writes the pages of a command and of all below it.
pub(super) fn run(matches: &ArgMatches, mut root: Command) -> Result<(), Failure> {
    let folder = matches.get_one::<PathBuf>("out").cloned().unwrap_or_default();
    root.build();
    let written = std::fs::create_dir_all(&folder).and_then(|()| pages(&root, &folder));
    let count = written.map_err(|error| {
        Failure::failed(format!(
            "{} cannot be written: {error}; next: give another --out",
            text::path(&folder)
        ))
    })?;
    note(&format!("{count} pages are in {}", text::path(&folder)));
    Ok(())
}

fn pages(command: &Command, folder: &std::path::Path) -> std::io::Result<usize> {
    clap_mangen::Man::new(command.clone()).generate_to(folder)?;
    let mut count = 1;
    for child in command.get_subcommands() {
        count += pages(child, folder)?;
    }
    Ok(count)
}
