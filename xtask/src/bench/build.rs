//! What a user's first build costs, and the next one after a change.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::measure::{folder, median, timed, write};
use super::row::{Aim, Row};
use crate::workspace::{self, Error};

/// Ticks of processor time in a second, on all Linux systems.
const TICKS: u64 = 100;
/// The longest build after a change of the user's own file.
const CHANGE_SECONDS_MAX: f64 = 3.0;
/// What is changed, and what it becomes.
const BEFORE: &str = "a program";

/// A program of a user: what it is called, its dependencies, and what it does with them.
struct Program {
    name: &'static str,
    dependencies: &'static str,
    main: &'static str,
    aim: Aim,
}

const BARE: Program = Program {
    name: "bare",
    dependencies: "reqwest = { version = \"0.13\", default-features = false, features = [\"json\", \"rustls\"] }\n\
                   serde = { version = \"1\", features = [\"derive\"] }\n\
                   chrono = { version = \"0.4\", default-features = false, features = [\"clock\", \"serde\", \"std\"] }\n\
                   uuid = { version = \"1\", features = [\"serde\", \"v4\"] }\n",
    main: "#[derive(serde::Deserialize)]\nstruct Person { id: uuid::Uuid, dob: chrono::NaiveDate }\n\
           #[tokio::main]\nasync fn main() -> Result<(), reqwest::Error> {\n    \
           let person: Person = reqwest::get(\"http://localhost\").await?.json().await?;\n    \
           println!(\"a program {} {}\", person.id, person.dob);\n    Ok(())\n}\n",
    aim: Aim::None,
};

const OURS: [Program; 2] = [
    Program {
        name: "default",
        dependencies: "synctera = { path = \"{facade}\" }\n",
        main: MAIN,
        aim: Aim::AtMost(1.5),
    },
    Program {
        name: "full",
        dependencies: "synctera = { path = \"{facade}\", features = [\"full\"] }\n",
        main: MAIN,
        aim: Aim::AtMost(2.2),
    },
];

const MAIN: &str = "#[tokio::main]\nasync fn main() -> Result<(), synctera::Error> {\n    \
    let client = synctera::Synctera::from_env()?;\n    \
    println!(\"a program {}\", client.base_url());\n    Ok(())\n}\n";

pub(super) fn rows(runs: usize) -> Result<Vec<Row>, Error> {
    let mut rows = Vec::new();
    let bare = cold(&BARE)?;
    for program in &OURS {
        let ours = cold(program)?;
        rows.push(Row {
            bench: "build",
            case: format!("{}, cold, processor time", program.name),
            peer: "bare reqwest",
            ours: seconds(ours),
            theirs: seconds(bare),
            ratio: ours.as_secs_f64() / bare.as_secs_f64(),
            aim: program.aim,
        });
        let change = change(program, runs)?;
        rows.push(Row {
            bench: "build",
            case: format!("{}, after a change", program.name),
            peer: "limit",
            ours: seconds(change),
            theirs: format!("{CHANGE_SECONDS_MAX} s"),
            ratio: change.as_secs_f64() / CHANGE_SECONDS_MAX,
            aim: Aim::AtMost(1.0),
        });
    }
    Ok(rows)
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

/// Builds a program with everything that it depends on, in an empty folder: the processor time.
fn cold(program: &Program) -> Result<Duration, Error> {
    let folder = folder()?.join("build").join(program.name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(folder.join("src"))?;
    let facade = workspace::root().join("facade").display().to_string();
    let manifest = format!(
        "[package]\nname = \"{}\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n\
         [workspace]\n\n[dependencies]\n{}\
         tokio = {{ version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }}\n",
        program.name,
        program.dependencies.replace("{facade}", &facade),
    );
    write(&folder.join("Cargo.toml"), &manifest)?;
    write(&folder.join("src/main.rs"), program.main)?;
    // The versions that this repository is tested with, not the newest ones.
    std::fs::copy(workspace::root().join("Cargo.lock"), folder.join("Cargo.lock"))?;
    timed(cargo(&folder).arg("fetch"))?;
    let before = time_of_children()?;
    timed(cargo(&folder).arg("build"))?;
    Ok(time_of_children()?.saturating_sub(before))
}

/// The time of a build after a change of the program's own file.
fn change(program: &Program, runs: usize) -> Result<Duration, Error> {
    let folder = folder()?.join("build").join(program.name);
    let mut times = Vec::new();
    for run in 0..runs {
        let text = program.main.replace(BEFORE, &format!("{BEFORE}, changed {run} times"));
        write(&folder.join("src/main.rs"), &text)?;
        times.push(timed(cargo(&folder).arg("build"))?);
    }
    median(&mut times).ok_or_else(|| "no run".into())
}

fn cargo(folder: &Path) -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", folder.join("target"))
        // As a user's cargo does, whatever this repository's build uses.
        .env_remove("CARGO_INCREMENTAL")
        .env_remove("RUSTFLAGS");
    cargo
}

/// The processor time of all processes that this one started and that ended, with theirs.
fn time_of_children() -> Result<Duration, Error> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    // The name of the program, in parentheses, may have blanks.
    let fields = stat.rsplit_once(')').ok_or("no times in /proc/self/stat")?.1;
    let field = |index: usize| -> Result<u64, Error> {
        let text = fields.split_ascii_whitespace().nth(index);
        Ok(text.ok_or("no times in /proc/self/stat")?.parse()?)
    };
    // cutime and cstime are fields 16 and 17; these begin with field 3.
    Ok(Duration::from_millis((field(13)? + field(14)?) * 1000 / TICKS))
}
