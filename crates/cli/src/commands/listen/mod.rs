//! `synctera listen`: the events of a webhook, forwarded to a program that no platform can reach.
//!
//! Events are read from the list that the platform keeps of a webhook's events. So none is lost while
//! this program does not run, and what was forwarded is written down after each event.

mod event;
mod forward;
mod source;
mod state;

use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use crate::control::Control;
use crate::exit::Failure;
use crate::options;
use crate::output::note;
use crate::settings::Settings;
use forward::Target;
use source::Source;
use state::State;

pub(super) fn command() -> Command {
    let text = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(value).help(help)
    };
    Command::new("listen")
        .about("Forwards events to a program on this machine, each once and with a signature")
        .long_about(
            "Forwards the events of a webhook to a program, each once, in order, with a valid signature. \
             It reads them from the platform's list of events: what happens while it does not run is \
             forwarded when it runs again. An event that the program does not accept is sent again \
             until it does, and later ones wait.",
        )
        .after_help(
            "The secret that signs is in SYNCTERA_WEBHOOK_SECRET, or is made; --print-secret prints it.\n\n\
             For example:\n  synctera listen --forward-to http://127.0.0.1:3000/events --events 'ACCOUNT.*'",
        )
        .arg(
            text("forward-to", "URL", "The address that receives the events")
                .required_unless_present("print-secret"),
        )
        .arg(text("events", "TYPES", "Only these, such as ACCOUNT.* or CARD.UPDATED, with commas between them")
            .value_delimiter(',')
            .action(ArgAction::Append))
        .arg(text("webhook", "ID", "The webhook whose events are read [default: one of this program's own]"))
        .arg(text("since", "TIME", "Begin that long ago, such as 10m, 2h or 1d, or at a moment [default: where it stopped, or now]"))
        .arg(
            text("interval", "SECONDS", "How often the list is read")
                .value_parser(value_parser!(u64).range(1..=3600))
                .default_value("1"),
        )
        .arg(
            text("state", "FILE", "Where it is written down what was forwarded")
                .value_parser(value_parser!(PathBuf)),
        )
        .arg(
            Arg::new("once")
                .long("once")
                .action(ArgAction::SetTrue)
                .help("Forward what there is, and end"),
        )
        .arg(
            Arg::new("print-secret")
                .long("print-secret")
                .action(ArgAction::SetTrue)
                .help("Print the secret with which events are signed, and end"),
        )
}

pub(super) async fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let settings = options::settings(matches)?;
    let file = matches.get_one::<PathBuf>("state").cloned();
    let mut state = State::open(file, &settings)?;
    if matches.get_flag("print-secret") {
        return crate::output::bytes(format!("{}\n", state.secret()?).as_bytes());
    }
    let url = matches.get_one::<String>("forward-to").cloned().unwrap_or_default();
    let target = Target::new(&url, &state.secret()?)?;
    let events: Vec<String> = matches.get_many("events").into_iter().flatten().cloned().collect();
    let chosen = matches.get_one::<String>("webhook").map(String::as_str);
    let source = Source::open(&settings, chosen, &mut state).await?;
    let now = now(&settings).await?;
    match matches.get_one::<String>("since") {
        Some(text) => state.begin_at(since(text, now)?)?,
        None => state.begin_unless_begun(now)?,
    }
    note(&format!("listening to webhook {}; events go to {url}", source.webhook()));
    let pause = Duration::from_secs(matches.get_one::<u64>("interval").copied().unwrap_or(1));
    loop {
        for event in source.after(&state).await? {
            if event.is_one_of(&events) {
                let took = target.deliver(&event).await;
                note(&format!("{} {} {} {took}", event.time_text(), event.kind(), event.id()));
            }
            state.forwarded(&event)?;
        }
        if matches.get_flag("once") {
            return Ok(());
        }
        tokio::time::sleep(pause).await;
    }
}

/// The moment by the platform's clock; that of a sandbox may be any.
async fn now(settings: &Settings) -> Result<DateTime<Utc>, Failure> {
    if settings.is_local()
        && let Ok(clock) = Control::of(settings)?.get("sandbox/clock").await
        && let Some(now) = clock["now"].as_str().and_then(|now| now.parse().ok())
    {
        return Ok(now);
    }
    Ok(Utc::now())
}

/// A moment, or a time before now.
fn since(text: &str, now: DateTime<Utc>) -> Result<DateTime<Utc>, Failure> {
    if let Ok(moment) = text.parse() {
        return Ok(moment);
    }
    let wrong = || {
        let shown = synctera_runtime::quoted(text, 60);
        Failure::usage(format!(
            "--since {shown} is no time; next: give 30s, 10m, 2h, 1d or a moment such as \
             2026-12-01T00:00:00Z"
        ))
    };
    let unit = text.chars().next_back().ok_or_else(wrong)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return Err(wrong()),
    };
    let number: i64 = text.strip_suffix(unit).and_then(|it| it.parse().ok()).ok_or_else(wrong)?;
    let ago = number.checked_mul(seconds).and_then(TimeDelta::try_seconds);
    ago.and_then(|ago| now.checked_sub_signed(ago)).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_a_moment_or_a_while_ago() {
        let now: DateTime<Utc> = "2026-12-01T12:00:00Z".parse().unwrap();
        for (text, expected) in [
            ("30s", "2026-12-01T11:59:30Z"),
            ("10m", "2026-12-01T11:50:00Z"),
            ("1d", "2026-11-30T12:00:00Z"),
            ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"),
        ] {
            assert_eq!(since(text, now).unwrap(), expected.parse::<DateTime<Utc>>().unwrap());
        }
        for text in ["", "x", "m", "9999999999999999d", "1é"] {
            assert!(since(text, now).is_err(), "{text}");
        }
    }
}
