//! `synctera listen`: the events of a webhook, forwarded to a program that no platform can reach.
//!
//! Events are read from the list that the platform keeps of a webhook's events. So none is lost while
//! this program does not run, and each event is noted in a file once it is forwarded.

mod event;
mod forward;
mod source;
mod state;

use std::collections::HashSet;
use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use synctera::types::EventFilter;

use crate::control::Control;
use crate::exit::{Exit, Failure};
use crate::output::note;
use crate::settings::Settings;
use crate::{options, text};
use event::is_usual;
use forward::Target;
use source::Source;
use state::State;

pub(super) fn command() -> Command {
    let option = |name: &'static str, value: &'static str, help: &'static str| {
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
            option("forward-to", "URL", "The address that receives the events")
                .required_unless_present("print-secret"),
        )
        .arg(option("events", "TYPES", "Only these, such as ACCOUNT.* or CARD.UPDATED, with commas between them")
            .value_delimiter(',')
            .value_parser(PossibleValuesParser::new(EventFilter::KNOWN.iter().copied()))
            .hide_possible_values(true)
            .action(ArgAction::Append))
        .arg(option("webhook", "ID", "The webhook whose events are read [default: one of this program's own]"))
        .arg(option("since", "TIME", "Begin that long ago, such as 10m, 2h or 1d, or at a moment [default: where it stopped, or now]"))
        .arg(
            option("interval", "SECONDS", "How often the list is read")
                .value_parser(value_parser!(u64).range(1..=3600))
                .default_value("1"),
        )
        .arg(
            option("state", "FILE", "The file that notes what was forwarded [default: one for each profile]")
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
    let events = matches.get_many::<String>("events").into_iter().flatten();
    let events: Vec<EventFilter> = events.map(|name| EventFilter::from(name.as_str())).collect();
    let chosen = matches.get_one::<String>("webhook").map(String::as_str);
    // The moment is asked for first: a webhook that is made now has all events since then.
    let (moment, is_of_platform) = now(&settings).await?;
    let mut source = Source::open(&settings, chosen, &mut state).await?;
    match matches.get_one::<String>("since") {
        Some(text) => state.begin_at(source.webhook(), since(text, moment)?)?,
        None => begin(&mut state, &source, moment, is_of_platform)?,
    }
    let webhook = text::name(source.webhook());
    note(&format!("listening to webhook {webhook}; events go to {}", target.shown()));
    let pause = Duration::from_secs(matches.get_one::<u64>("interval").copied().unwrap_or(1));
    let (mut unreadable, mut is_waiting) = (HashSet::new(), false);
    loop {
        let found = match source.after(&state).await {
            Ok(found) => found,
            Err(failure) if matches.get_flag("once") => return Err(failure),
            // A temporary failure is waited for, and noted one time.
            Err(failure) if failure.exit == Exit::Unavailable => {
                if !std::mem::replace(&mut is_waiting, true) {
                    let (why, _) =
                        failure.message.split_once("; next: ").unwrap_or((&failure.message, ""));
                    note(&format!("{why}; the events are read when the platform answers again"));
                }
                tokio::time::sleep(pause).await;
                continue;
            }
            // A sandbox that was reset has the webhook no more.
            Err(failure) if failure.exit == Exit::NotFound && chosen.is_none() => {
                let (moment, is_of_platform) = now(&settings).await?;
                let anew = Source::open(&settings, None, &mut state).await?;
                if anew.webhook() == source.webhook() {
                    return Err(failure);
                }
                source = anew;
                begin(&mut state, &source, moment, is_of_platform)?;
                tokio::time::sleep(pause).await;
                continue;
            }
            Err(failure) => return Err(failure),
        };
        is_waiting = false;
        for why in found.unreadable {
            if unreadable.insert(why.clone()) {
                note(&format!(
                    "{why}: it is not forwarded; next: see synctera webhooks list-webhook-events"
                ));
            }
        }
        for event in found.events {
            if event.is_one_of(&events) {
                let took = target.deliver(&event).await;
                note(&format!("{} {took}", event.line()));
            }
            state.forwarded(&event)?;
        }
        if matches.get_flag("once") {
            return ended(unreadable.len());
        }
        tokio::time::sleep(pause).await;
    }
}

/// Begins where it stopped, or now.
fn begin(
    state: &mut State,
    source: &Source,
    now: DateTime<Utc>,
    is_of_platform: bool,
) -> Result<(), Failure> {
    if state.begin_if_needed(source.webhook(), now, is_of_platform)? {
        note(
            "the webhook is another one, or its clock was set back: only events from now on are forwarded",
        );
    }
    Ok(())
}

/// How a run ends that has not forwarded this many events.
fn ended(unreadable: usize) -> Result<(), Failure> {
    if unreadable == 0 {
        return Ok(());
    }
    Err(Failure::failed(format!(
        "{unreadable} events could not be read and were not forwarded; all others were; next: see synctera \
         webhooks list-webhook-events"
    )))
}

/// The moment by the platform's clock; that of a sandbox may be any. And whether it is that clock that was
/// asked.
async fn now(settings: &Settings) -> Result<(DateTime<Utc>, bool), Failure> {
    if settings.is_local()
        && let Ok(clock) = Control::of(settings)?.get("sandbox/clock").await
        && let Some(now) = clock["now"].as_str().and_then(|now| now.parse().ok())
    {
        return Ok((now, true));
    }
    Ok((Utc::now(), false))
}

/// A moment, or a time before now.
fn since(given: &str, now: DateTime<Utc>) -> Result<DateTime<Utc>, Failure> {
    let moment = given.parse().ok().or_else(|| now.checked_sub_signed(duration(given)?));
    moment.filter(is_usual).ok_or_else(|| {
        Failure::usage(format!(
            "--since {} is not a time; next: give 30s, 10m, 2h, 1d or a moment such as \
             2026-12-01T00:00:00Z",
            text::name(given)
        ))
    })
}

/// A duration such as `10m`.
fn duration(given: &str) -> Option<TimeDelta> {
    let unit = given.chars().next_back()?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return None,
    };
    let number: i64 = given.strip_suffix(unit)?.parse().ok().filter(|number| *number >= 0)?;
    TimeDelta::try_seconds(number.checked_mul(seconds)?)
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
        for text in [
            "",
            "x",
            "m",
            "1é",
            "-1d",
            "9999999999999999d",
            "9223372036854775807s",
            "99999999d",
            "+262142-12-31T23:59:59Z",
            "-262143-01-01T00:00:00Z",
        ] {
            assert_eq!(since(text, now).unwrap_err().exit, crate::exit::Exit::Usage, "{text}");
        }
    }
}
