//! The same calls on another platform and on this sandbox, and what differs.
//!
//! The other side is called once, and its answers are kept. Ours is a sandbox in memory, whose clock
//! stands at the moments of the other side's calls; it is run again with other settings to find those
//! that remove a difference.

mod acceptance;
mod address;
mod candidates;
mod compare;
mod conversation;
mod hidden;
mod mistakes;
mod operations;
mod pairs;
mod place;
mod reference;
mod report;
mod script;
mod search;
mod side;
mod trial;
mod yaml;

use std::cell::Cell;
use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::Url;
use synctera_sandbox::Settings;

use conversation::{Pace, play};
use hidden::Hidden;
use mistakes::Mistakes;
use reference::Run;
use search::{Naming, search};
use side::Side;
use trial::Trial;

pub(crate) use report::Report;

/// The status of an answer to a key that is not accepted.
const UNAUTHENTICATED: u16 = 401;
/// The most scripts of one run.
const SCRIPTS_MAX: usize = 32;

/// What is compared.
pub(crate) struct Comparison {
    /// The URL of the other side.
    pub(crate) against: String,
    /// Whether that is a sandbox, though its host does not say so.
    pub(crate) is_declared_sandbox: bool,
    pub(crate) key: String,
    pub(crate) scripts: Vec<PathBuf>,
    pub(crate) accept: Vec<PathBuf>,
    /// Ours.
    pub(crate) settings: Settings,
    /// The moment at which the other side's clock is held.
    pub(crate) clock: Option<DateTime<Utc>>,
    /// How long settings are tried.
    pub(crate) within: Duration,
}

/// Compares both sides.
///
/// # Errors
/// When a file is wrong, before anything is sent; when a side does not answer.
pub(crate) async fn run(comparison: Comparison) -> Result<Report, String> {
    let (scripts, accepted) = read(&comparison)?;
    let url = address::checked(&comparison.against, comparison.is_declared_sandbox)?;
    let base = url.as_str().trim_end_matches('/');
    let side = Side::new(side::client(&url)?, base, &comparison.key)?;
    let moment = comparison.clock.unwrap_or_else(Utc::now);
    let run = Run {
        digits: digits()?,
        today: moment.with_timezone(&chrono_tz::America::New_York).date_naive(),
    };
    let mut hidden = Hidden::default();
    hidden.hide(&comparison.key);
    let mut theirs = Vec::new();
    for script in &scripts {
        let pace = comparison.clock.map_or(Pace::Now, Pace::Held);
        let played = play(script, &side, &run, pace).await;
        let played = played.map_err(|why| format!("{base}: {why}"))?;
        if played.first().is_some_and(|first| first.has_status(UNAUTHENTICATED)) {
            return Err(format!("{base} answers {UNAUTHENTICATED}: it does not accept the key"));
        }
        theirs.push(played);
        for call in &script.calls {
            call.body.iter().for_each(|body| hidden.learn_literals(body));
        }
    }
    theirs.iter().for_each(|exchanges| trial::learn(&mut hidden, exchanges));
    let loopback = Url::parse("http://127.0.0.1").map_err(|why| why.to_string())?;
    let http = side::client(&loopback)?;
    let runs = Cell::new(0);
    let mut trial = Trial { scripts, run, theirs, accepted, hidden, http, runs };
    let ours = trial.ours(&comparison.settings).await?;
    ours.iter().for_each(|exchanges| trial::learn(&mut trial.hidden, exchanges));
    let unsent = trial.unsent(&ours);
    let (accepted, differences): (Vec<_>, Vec<_>) =
        trial.compared(&ours).into_iter().partition(|it| trial.acceptance(it).is_some());
    let naming = if differences.is_empty() {
        Naming { is_complete: true, ..Naming::default() }
    } else {
        search(&trial, comparison.settings, differences, comparison.within).await?
    };
    Ok(Report::new(&trial, &accepted, &unsent, naming))
}

/// Reads all files; all mistakes in them are one error.
fn read(
    comparison: &Comparison,
) -> Result<(Vec<script::Script>, Vec<acceptance::Acceptance>), String> {
    if comparison.scripts.len() > SCRIPTS_MAX {
        return Err(format!("more than {SCRIPTS_MAX} scripts"));
    }
    let (mut mistakes, mut accepted) = (Mistakes::default(), Vec::new());
    let scripts = comparison.scripts.iter();
    let scripts =
        scripts.filter_map(|path| script::read(path, &mut accepted, &mut mistakes)).collect();
    for path in &comparison.accept {
        acceptance::read_file(path, &mut accepted, &mut mistakes);
    }
    mistakes.refused()?;
    Ok((scripts, accepted))
}

/// Eight digits from 1 to 9, as a social security number can have them anywhere.
fn digits() -> Result<String, String> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(|why| why.to_string())?;
    Ok(bytes.iter().map(|byte| char::from(b'1' + byte % 9)).collect())
}
