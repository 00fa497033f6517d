//! `synctera sandbox start` and `stop`: the program of the sandbox.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command as Process, Stdio};
use std::time::{Duration, Instant};

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use super::started::{Files, PROGRAM};
use crate::control::Control;
use crate::exit::{Exit, Failure};
use crate::output::{bytes, note};
use crate::{files, options, text};

/// How long it may take until it answers, and until it has ended.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often that is checked.
const PAUSE: Duration = Duration::from_millis(20);
/// Lines of its log that are shown when it does not start.
const LINES: usize = 10;
/// Its options that have a flag here.
const PASSED: [(&str, &str, &str); 5] = [
    ("data", "FILE", "Keep everything in this file"),
    ("from", "FILE", "Start with what a snapshot holds"),
    ("fixtures", "FOLDER", "Begin with what the journeys in this folder make"),
    ("clock", "MOMENT", "Hold the clock at this moment"),
    ("seed", "NUMBER", "Make the same ids and numbers each time"),
];

pub(super) fn commands() -> Vec<Command> {
    let port = Arg::new("port")
        .long("port")
        .value_name("PORT")
        .value_parser(value_parser!(u16))
        .help("The port that it listens on [default: that of the profile]");
    let passed =
        PASSED.map(|(name, value, help)| Arg::new(name).long(name).value_name(value).help(help));
    vec![
        Command::new("start")
            .about("Starts a sandbox on this machine")
            .long_about(
                "Starts a sandbox on this machine: the program synctera-sandbox beside this one, or in \
                 PATH. It runs until synctera sandbox stop.",
            )
            .arg(port.clone())
            .args(passed)
            .arg(
                Arg::new("foreground")
                    .long("foreground")
                    .action(ArgAction::SetTrue)
                    .help("Run it in this terminal, until Ctrl-C"),
            )
            .arg(
                Arg::new("more")
                    .value_name("OPTION")
                    .last(true)
                    .num_args(0..)
                    .help("Other options of synctera-sandbox"),
            ),
        Command::new("stop").about("Stops the sandbox that was started at this port").arg(port),
    ]
}

/// The port that was given, or that of the profile.
///
/// # Errors
/// A profile that is not for a sandbox on this machine.
fn port(matches: &ArgMatches) -> Result<u16, Failure> {
    if let Some(port) = matches.get_one::<u16>("port") {
        return Ok(*port);
    }
    let settings = options::settings(matches)?;
    if !settings.is_on_this_machine() {
        return Err(Failure::configuration(format!(
            "profile {} is for {}, which is not a sandbox on this machine; next: give --port, or choose \
             --profile sandbox-local",
            text::name(&settings.profile),
            text::url(&settings.base_url)
        )));
    }
    let url = reqwest::Url::parse(&settings.base_url).ok();
    Ok(url.and_then(|url| url.port_or_known_default()).unwrap_or(8080))
}

pub(super) async fn start(matches: &ArgMatches) -> Result<(), Failure> {
    let port = port(matches)?;
    let mut process = Process::new(program());
    process.args(["--port", &port.to_string()]);
    for (name, ..) in PASSED {
        if let Some(value) = matches.get_one::<String>(name) {
            process.arg(format!("--{name}")).arg(value);
        }
    }
    process.args(matches.get_many::<String>("more").into_iter().flatten());
    if matches.get_flag("foreground") {
        return in_foreground(process);
    }
    let files = Files::of(port)?;
    if let Some(started) = files.running()? {
        let url = text::url(&started.url);
        return Err(Failure::failed(format!(
            "a sandbox runs at {url} already; next: use it, or synctera sandbox stop --port {port}"
        )));
    }
    let shown = text::path(&files.log);
    let log = files::create_private(&files.log).and_then(|log| Ok((log.try_clone()?, log)));
    let (out, err) = log.map_err(|error| {
        Failure::failed(format!("{shown} cannot be written: {error}; next: use --foreground"))
    })?;
    process.arg("--ready-file").arg(&files.ready);
    process.stdin(Stdio::null()).stdout(out).stderr(err);
    detach(&mut process);
    let mut child = Unready(Some(process.spawn().map_err(|error| not_started(&error))?));
    let url = ready(&mut child, &files).await?;
    let pid = child.pid();
    files.remember(pid, &url)?;
    child.release();
    bytes(format!("{url}\n").as_bytes())?;
    note(&format!(
        "the sandbox runs; console: {url}/console; log: {shown}; next: synctera persons --help, or synctera \
         sandbox stop"
    ));
    Ok(())
}

/// The program beside this one, or the one in PATH.
fn program() -> PathBuf {
    let name = format!("{PROGRAM}{}", std::env::consts::EXE_SUFFIX);
    let beside = std::env::current_exe().ok().and_then(|own| Some(own.parent()?.join(&name)));
    beside.filter(|path| path.is_file()).unwrap_or_else(|| PathBuf::from(PROGRAM))
}

fn not_started(error: &io::Error) -> Failure {
    if error.kind() == io::ErrorKind::NotFound {
        return Failure::failed(
            "there is no program synctera-sandbox beside this one or in PATH; next: cargo install --git \
             https://github.com/synctera-rs/synctera-rs synctera-sandbox",
        );
    }
    Failure::failed(format!(
        "synctera-sandbox cannot be started: {error}; next: run synctera-sandbox --version in a shell"
    ))
}

/// A Ctrl-C in this terminal is not for it.
fn detach(process: &mut Process) {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(process, 0);
    #[cfg(windows)]
    {
        // A group of its own, without a console.
        const ALONE: u32 = 0x0000_0200 | 0x0000_0008;
        std::os::windows::process::CommandExt::creation_flags(process, ALONE);
    }
    #[cfg(not(any(unix, windows)))]
    let _ = process;
}

/// A sandbox that is not remembered yet. It ends with this program, as
/// `sandbox stop` could not find it.
struct Unready(Option<Child>);

impl Unready {
    fn pid(&self) -> u32 {
        self.0.as_ref().map_or(0, Child::id)
    }

    /// It runs on.
    fn release(mut self) {
        self.0 = None;
    }
}

impl Drop for Unready {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Waits until it answers, and returns its address.
async fn ready(child: &mut Unready, files: &Files) -> Result<String, Failure> {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(url) = files.address() {
            return Ok(url);
        }
        let ended = child.0.as_mut().and_then(|child| child.try_wait().ok().flatten());
        if ended.is_some() || Instant::now() > end {
            let why = match ended {
                Some(status) => format!("ended: {status}"),
                None => format!("has not answered after {} s and is ended", PATIENCE.as_secs()),
            };
            let log = text::path(&files.log);
            return Err(Failure::failed(format!(
                "the sandbox {why}; next: see the end of {log}:\n{}",
                tail(&files.log)
            )));
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// The last lines of a log.
fn tail(log: &Path) -> String {
    files::tail(log, LINES)
        .map_or_else(|error| format!("it cannot be read: {error}"), |it| text::lines(&it))
}

/// Runs it in the place of this program, whose terminal and signals it has.
#[cfg(unix)]
fn in_foreground(mut process: Process) -> Result<(), Failure> {
    Err(not_started(&std::os::unix::process::CommandExt::exec(&mut process)))
}

#[cfg(not(unix))]
fn in_foreground(mut process: Process) -> Result<(), Failure> {
    // It has the Ctrl-C of the terminal itself, and ends.
    match process.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failure::failed(format!("the sandbox ended: {status}; next: see above"))),
        Err(error) => Err(not_started(&error)),
    }
}

pub(super) async fn stop(matches: &ArgMatches) -> Result<(), Failure> {
    let files = Files::of(port(matches)?)?;
    let Some(started) = files.running()? else {
        files.forget(None);
        return Err(Failure::new(
            Exit::NotFound,
            "no sandbox that was started by this program runs at this port; next: synctera sandbox status",
        ));
    };
    // Its process may be another sandbox after a restart of the machine.
    if let Err(failure) = Control::at(&started.url)?.get("sandbox/health").await {
        return Err(Failure::new(
            failure.exit,
            format!(
                "the sandbox that was started at {} is not ready, so that it is not known whether \
                 process {} is that sandbox; next: run the command again, or end that process with the tools of your system",
                text::url(&started.url),
                started.pid
            ),
        ));
    }
    end(started.pid)?;
    let end = Instant::now() + PATIENCE;
    while started.runs() {
        if Instant::now() > end {
            return Err(Failure::failed(format!(
                "the sandbox has not ended after {} s; next: end process {} with the tools of your system",
                PATIENCE.as_secs(),
                started.pid
            )));
        }
        tokio::time::sleep(PAUSE).await;
    }
    files.forget(Some(&started));
    note("the sandbox is stopped");
    Ok(())
}

#[cfg(unix)]
fn end(pid: u32) -> Result<(), Failure> {
    use rustix::process::{Pid, Signal, kill_process};
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    let pid = pid.ok_or_else(|| {
        Failure::failed("the sandbox has no process id that can be used; next: end it with the tools of your system")
    })?;
    kill_process(pid, Signal::TERM).map_err(|error| not_stopped(&error))
}

#[cfg(not(unix))]
fn end(pid: u32) -> Result<(), Failure> {
    match Process::new("taskkill").args(["/F", "/PID", &pid.to_string()]).output() {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(not_stopped(&output.status)),
        Err(error) => Err(not_stopped(&error)),
    }
}

fn not_stopped(why: &dyn std::fmt::Display) -> Failure {
    Failure::failed(format!(
        "the sandbox cannot be stopped: {why}; next: end its process with the tools of your system"
    ))
}
