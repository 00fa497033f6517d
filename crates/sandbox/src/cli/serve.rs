//! Runs the sandbox until a signal ends it.

use std::net::SocketAddr;

use chrono::SecondsFormat;
use synctera_sandbox::{DEFAULT_API_KEY, Sandbox, Settings, Snapshot};

use super::fixtures;
use super::ready_file::ReadyFile;
use super::{Cli, Failure, say, secrets, warn};
use crate::signals::Signals;

/// Settings for a program that is given no arguments.
const SETTING_VARIABLE: &str = "SYNCTERA_SANDBOX_SETTING";

pub(super) async fn run(cli: Cli) -> Result<(), Failure> {
    // From here on, signals end it in order.
    let mut signals = Signals::listen()?;
    let ready_file = cli.ready_file.map(ReadyFile::new).transpose()?;
    let (mut builder, has_default_key) = secrets::with_keys(
        Sandbox::builder()
            .address(SocketAddr::new(cli.host, cli.port))
            .settings(settings(&cli.set)?)
            .request_log(!cli.no_log),
        cli.api_keys,
        cli.api_key_file.as_deref(),
    )?;
    #[cfg(feature = "console")]
    {
        builder = builder.console(!cli.no_console).console_sign_in(cli.console_sign_in);
    }
    let token = secrets::control_token(cli.control_token, cli.control_token_file.as_deref())?;
    let has_token = token.is_some();
    if let Some(token) = token {
        builder = builder.control_token(token);
    }
    if let Some(seed) = cli.seed {
        builder = builder.seed(seed);
    }
    if let Some(moment) = cli.clock {
        builder = builder.clock_held_at(moment);
    }
    let continued = cli.data.as_ref().filter(|data| data.metadata().is_ok_and(|it| it.len() > 0));
    let continues = |option: &str| {
        if let Some(data) = continued {
            warn(&format!("{} is continued; {option} is used by a reset only", data.display()));
        }
    };
    if let Some(file) = &cli.from {
        continues("--from");
        builder = builder.snapshot(&Snapshot::open(file)?);
    }
    // What the fixtures created, listed once it answers.
    let mut listing = String::new();
    if let Some(folder) = &cli.fixtures {
        continues("--fixtures");
        let loaded = fixtures::load(&builder, folder).await?;
        builder = builder.snapshot(&loaded.snapshot);
        // A data file that is continued has other ids.
        if continued.is_none() {
            listing = loaded.listing;
        }
    }
    if let Some(file) = &cli.data {
        builder = builder.data(file);
    }
    for name in cli.hosts {
        builder = builder.allow_host(name);
    }
    let mut sandbox = builder.start().await?;
    if let Some(moment) = cli.clock.filter(|_| cli.from.is_some() || continued.is_some())
        && sandbox.now() > moment
    {
        let now = sandbox.now().to_rfc3339_opts(SecondsFormat::AutoSi, true);
        warn(&format!("--clock is earlier than what it begins with; the clock is at {now}"));
    }
    if !cli.host.is_loopback() {
        let key = if has_default_key { ", with the well-known API key" } else { "" };
        let control = if has_token {
            "the control API answers others who send the control token"
        } else {
            "the control API answers loopback alone"
        };
        warn(&format!("{} is open to the network{key}; {control}", sandbox.base_url()));
    }
    if let Some(file) = &ready_file {
        file.write(&sandbox.base_url())?;
    }
    say(&format!("listening on {}\n", sandbox.base_url()));
    if let Some(url) = sandbox.console_url() {
        say(&format!("console at {url}\n"));
    }
    // Any other key is a secret.
    if has_default_key {
        say(&format!("API key: {DEFAULT_API_KEY}\n"));
    }
    if let Some(url) = sandbox.console_sign_in_url() {
        say(&format!("sign in to the console once, within an hour, at {url}\n"));
    }
    say(&listing);
    tokio::select! {
        () = sandbox.wait() => return Err("the server ended".into()),
        () = signals.next() => {}
    }
    drop(ready_file);
    tokio::select! {
        stopped = sandbox.stop() => stopped?,
        // A second signal ends it at once.
        () = signals.next() => return Err("stopped before everything was finished".into()),
    }
    say("stopped\n");
    Ok(())
}

/// The settings, with what the environment and then the options change.
pub(super) fn settings(given: &[String]) -> Result<Settings, Failure> {
    let mut settings = Settings::default();
    let variable = secrets::variable(SETTING_VARIABLE)?.unwrap_or_default();
    for setting in listed(&variable).into_iter().chain(given.iter().map(String::as_str)) {
        let (name, value) = setting.split_once('=').ok_or("a setting is given as NAME=VALUE")?;
        // Text needs no quotes here, even if it is JSON, such as a key.
        let text = serde_json::Value::from(value);
        let value = serde_json::from_str(value).unwrap_or_else(|_| text.clone());
        settings.set(name, &value).or_else(|_| settings.set(name, &text))?;
    }
    Ok(settings)
}

/// The settings in a text. One begins after a comma or a blank, with a name and `=`: values such as keys
/// have commas and blanks, too.
fn listed(text: &str) -> Vec<&str> {
    let is_separator = |character: char| character == ',' || character.is_whitespace();
    let begins = |text: &str| {
        let rest = text.trim_start_matches(|it: char| it.is_ascii_lowercase() || it == '_');
        rest.len() < text.len() && rest.starts_with('=')
    };
    let after_separators = text.char_indices().filter(|(_, it)| is_separator(*it));
    let places = after_separators.map(|(place, it)| place + it.len_utf8());
    let starts: Vec<usize> =
        places.filter(|place| text.get(*place..).is_some_and(begins)).collect();
    let mut settings = Vec::new();
    let mut from = 0;
    for to in starts.into_iter().chain([text.len()]) {
        let one = text.get(from..to).unwrap_or_default().trim_matches(is_separator);
        settings.extend(Some(one).filter(|one| !one.is_empty()));
        from = to;
    }
    settings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_needs_no_quotes() {
        let jwk = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;
        for (given, code) in [("ach_return_code=R02", "R02"), (r#"ach_return_code="R03""#, "R03")] {
            let given = [given.to_owned(), format!("reveal_public_key={jwk}")];
            let settings = settings(&given).unwrap();
            assert_eq!(
                (settings.ach_return_code.as_str(), settings.reveal_public_key.as_str()),
                (code, jwk)
            );
        }
    }

    #[test]
    fn settings_of_a_variable_have_commas_or_blanks_between_them() {
        for text in [
            "ach_hold_days=3,webhook_order=any",
            " ach_hold_days=3 , webhook_order=any,\n",
            "ach_hold_days=3\nwebhook_order=any",
        ] {
            assert_eq!(listed(text), ["ach_hold_days=3", "webhook_order=any"], "{text:?}");
        }
        let key = r#"reveal_public_key={"crv":"P-256", "x":"a","y":"b"}"#;
        assert_eq!(listed(&format!("{key} webhook_copies=2")), [key, "webhook_copies=2"]);
        let pem = "reveal_public_key=-----BEGIN PUBLIC KEY-----\nMFkw==\n-----END PUBLIC KEY-----";
        assert_eq!(listed(pem), [pem]);
        assert_eq!(listed(" , "), [""; 0]);
        assert_eq!(listed("mood"), ["mood"]);
    }
}
