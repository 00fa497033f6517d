//! Pages of the sandbox, decoded: runs the programs of the package in `benches/`.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

use super::measure::median;
use super::row::{Aim, Row};
use crate::workspace::{self, Error};

/// How the programs call the peers, and how we do.
const PEERS: [(&str, &str); 2] = [("naive", "naive progenitor"), ("hand", "written by hand")];
/// Pages whose items are unions.
const UNIONS: [&str; 1] = ["cards"];

/// (page, side) → what was measured in each run.
pub(super) type Figures = BTreeMap<(String, String), Vec<u64>>;

pub(super) fn rows(runs: usize) -> Result<Vec<Row>, Error> {
    let mut times = Figures::new();
    for _ in 0..runs {
        collect("decode_time", &mut times)?;
    }
    let mut allocations = Figures::new();
    collect("decode_allocations", &mut allocations)?;
    let is_whole = |(page, _): &(String, String)| page.ends_with(",whole");
    let (whole, allocations): (Figures, Figures) =
        allocations.into_iter().partition(|(key, _)| is_whole(key));
    let plain = |page: String| page.replace(",whole", "");
    let whole: Figures =
        whole.into_iter().map(|((page, side), figures)| ((plain(page), side), figures)).collect();

    let aim = |page: &str, peer: &str| match peer {
        "hand" => Aim::AtLeast(0.87),
        _ if UNIONS.contains(&page) => Aim::AtLeast(2.0),
        _ => Aim::None,
    };
    let mut rows = compare(times, "", |figure| format!("{} us", figure / 1000), aim);
    let none = |_: &str, _: &str| Aim::None;
    rows.extend(compare(allocations, ", allocations", |figure| figure.to_string(), none));
    rows.extend(compare(whole, ", read whole", |figure| figure.to_string(), none));
    Ok(rows)
}

fn compare(
    mut figures: Figures,
    what: &str,
    show: fn(u64) -> String,
    aim: impl Fn(&str, &str) -> Aim,
) -> Vec<Row> {
    let medians: BTreeMap<_, _> = figures
        .iter_mut()
        .filter_map(|(key, values)| Some((key.clone(), median(values)?)))
        .collect();
    let mut rows = Vec::new();
    for ((page, side), ours) in &medians {
        if side != "ours" {
            continue;
        }
        for (peer, name) in PEERS {
            let Some(theirs) = medians.get(&(page.clone(), peer.to_owned())) else {
                continue;
            };
            rows.push(Row {
                bench: "decode",
                case: format!("{page}{what}"),
                peer: name,
                ours: show(*ours),
                theirs: show(*theirs),
                ratio: *theirs as f64 / *ours as f64,
                aim: aim(page, peer),
            });
        }
    }
    rows
}

/// Runs a program and adds what it measured; a line is: page, side, figure.
pub(super) fn collect(program: &str, figures: &mut Figures) -> Result<(), Error> {
    let output = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--release", "--package", "synctera-benches", "--bin", program])
        .current_dir(workspace::root())
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err(format!("{program} failed").into());
    }
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [page, side, figure] = words.as_slice() else {
            return Err(format!("{program} says {line:?}").into());
        };
        let key = ((*page).to_owned(), (*side).to_owned());
        figures.entry(key).or_default().push(figure.parse()?);
    }
    Ok(())
}
