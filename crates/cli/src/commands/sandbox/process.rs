//! `synctera sandbox start` and `stop`: the program of the sandbox.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command as Process, Stdio};
use std::time::{Duration, Instant};

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use etcetera::BaseStrategy as _;
use serde::{Deserialize, Serialize};

use crate::control::Control;
use crate::exit::{Exit, Failure};
use crate::options;
use crate::output::{bytes, note};

/// The program of the sandbox.
const PROGRAM: &str = "synctera-sandbox";
/// How long it may take until it answers, and until it has ended.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often it is looked at meanwhile.
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
    let passed =
        PASSED.map(|(name, value, help)| Arg::new(name).long(name).value_name(value).help(help));
    vec![
        Command::new("start")
            .about("Starts a sandbox on this machine")
            .long_about(
                "Starts a sandbox on this machine: the program synctera-sandbox beside this one, or in \
                 PATH. It is there when the command ends, until synctera sandbox stop.",
            )
            .arg(
                Arg::new("port")
                    .long("port")
                    .value_name("PORT")
                    .value_parser(value_parser!(u16))
                    .help("The port to listen on [default: that of the profile]"),
            )
            .args(passed)
            .arg(
                Arg::new("foreground")
                    .long("foreground")
                    .action(ArgAction::SetTrue)
                    .help("Run it until Ctrl-C"),
            )
            .arg(
                Arg::new("more")
                    .value_name("OPTION")
                    .last(true)
                    .num_args(0..)
                    .help("Other options of synctera-sandbox"),
            ),
        Command::new("stop").about("Stops the sandbox that was started last at this port").arg(
            Arg::new("port")
                .long("port")
                .value_name("PORT")
                .value_parser(value_parser!(u16))
                .help("The port that it listens on [default: that of the profile]"),
        ),
    ]
}

/// A sandbox that was started, as it is remembered.
#[derive(Serialize, Deserialize)]
struct Started {
    pid: u32,
    url: String,
    /// The file that is there while it runs.
    ready: PathBuf,
}

/// The files of a sandbox at a port.
struct Files {
    started: PathBuf,
    ready: PathBuf,
    log: PathBuf,
}

impl Files {
    fn of(port: u16) -> Result<Self, Failure> {
        let folders = etcetera::choose_base_strategy().map_err(|error| {
            Failure::failed(format!("there is no folder for its files: {error}"))
        })?;
        let folder = folders.state_dir().unwrap_or_else(|| folders.cache_dir()).join("synctera");
        fs::create_dir_all(&folder)
            .map_err(|error| Failure::failed(format!("{}: {error}", folder.display())))?;
        let file = |ending: &str| folder.join(format!("sandbox-{port}.{ending}"));
        // A name of its own: what a sandbox left that was killed says nothing about this one.
        let ready = file(&format!("{}.ready", uuid::Uuid::new_v4().simple()));
        Ok(Self { started: file("json"), ready, log: file("log") })
    }
}

fn port(matches: &ArgMatches) -> Result<u16, Failure> {
    if let Some(port) = matches.get_one::<u16>("port") {
        return Ok(*port);
    }
    let settings = options::settings(matches)?;
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
        return in_foreground(process).await;
    }
    let files = Files::of(port)?;
    let log = File::create(&files.log).and_then(|log| Ok((log.try_clone()?, log)));
    let (out, err) =
        log.map_err(|error| Failure::failed(format!("{}: {error}", files.log.display())))?;
    process.arg("--ready-file").arg(&files.ready);
    process.stdin(Stdio::null()).stdout(out).stderr(err);
    detach(&mut process);
    let child = process.spawn().map_err(|error| not_started(&error))?;
    let pid = child.id();
    let url = ready(child, &files).await?;
    let started = serde_json::json!(Started { pid, url: url.clone(), ready: files.ready });
    fs::write(&files.started, started.to_string())
        .map_err(|error| Failure::failed(format!("{}: {error}", files.started.display())))?;
    bytes(format!("{url}\n").as_bytes())?;
    note(&format!(
        "the sandbox runs; console: {url}/console; log: {}; next: synctera persons --help, or synctera \
         sandbox stop",
        files.log.display()
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
            "there is no program synctera-sandbox beside this one or in PATH; next: cargo install \
             synctera-sandbox",
        );
    }
    Failure::failed(format!("synctera-sandbox cannot be started: {error}"))
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

/// Waits until it answers, and returns its address.
async fn ready(mut child: Child, files: &Files) -> Result<String, Failure> {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(url) = fs::read_to_string(&files.ready).ok().filter(|url| url.ends_with('\n')) {
            return Ok(url.trim().to_owned());
        }
        let ended = child.try_wait().ok().flatten();
        if ended.is_some() || Instant::now() > end {
            let why = ended.map_or("does not answer".to_owned(), |it| format!("ended: {it}"));
            return Err(Failure::failed(format!("the sandbox {why}\n{}", tail(&files.log))));
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// The last lines of a log.
fn tail(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let last = lines.get(lines.len().saturating_sub(LINES)..).unwrap_or_default();
    crate::text::lines(&last.join("\n"))
}

async fn in_foreground(mut process: Process) -> Result<(), Failure> {
    let mut child = process.spawn().map_err(|error| not_started(&error))?;
    loop {
        // It has the terminal's Ctrl-C itself, and ends.
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(status)) => {
                return Err(Failure::failed(format!("the sandbox ended: {status}")));
            }
            Ok(None) => tokio::time::sleep(PAUSE).await,
            Err(error) => return Err(Failure::failed(format!("the sandbox is lost: {error}"))),
        }
    }
}

pub(super) async fn stop(matches: &ArgMatches) -> Result<(), Failure> {
    let files = Files::of(port(matches)?)?;
    let not_running = || {
        Failure::new(
            Exit::NotFound,
            "no sandbox that was started by this program runs at this port; next: synctera sandbox status",
        )
    };
    let text = fs::read_to_string(&files.started).map_err(|_| not_running())?;
    let started: Started = serde_json::from_str(&text).map_err(|_| not_running())?;
    // A process id may belong to another program meanwhile: the file is there while the sandbox runs.
    let is_its_own = fs::read_to_string(&started.ready).is_ok_and(|url| url.trim() == started.url);
    let control = Control::at(&started.url)?;
    if !is_its_own || control.get("sandbox/health").await.is_err() {
        let _ = fs::remove_file(&files.started);
        return Err(not_running());
    }
    end(started.pid)?;
    let end = Instant::now() + PATIENCE;
    while started.ready.exists() {
        if Instant::now() > end {
            return Err(Failure::failed("the sandbox does not end; next: end its process"));
        }
        tokio::time::sleep(PAUSE).await;
    }
    let _ = fs::remove_file(&files.started);
    note("the sandbox is stopped");
    Ok(())
}

#[cfg(unix)]
fn end(pid: u32) -> Result<(), Failure> {
    use rustix::process::{Pid, Signal, kill_process};
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    let pid = pid.ok_or_else(|| Failure::failed("the process id of the sandbox is none"))?;
    kill_process(pid, Signal::TERM)
        .map_err(|error| Failure::failed(format!("the sandbox cannot be stopped: {error}")))
}

#[cfg(not(unix))]
fn end(pid: u32) -> Result<(), Failure> {
    let ended = Process::new("taskkill").args(["/F", "/PID", &pid.to_string()]).output();
    match ended {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => {
            Err(Failure::failed(format!("the sandbox cannot be stopped: {}", output.status)))
        }
        Err(error) => Err(Failure::failed(format!("the sandbox cannot be stopped: {error}"))),
    }
}
