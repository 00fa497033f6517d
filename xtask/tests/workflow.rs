//! The scripts of the weekly workflow, with git and without GitHub: a file in the place of `gh` writes
//! down how it is called.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "in a test a panic is the answer")]

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

const BRANCH: &str = "refs/heads/drift/published";
const BOT: &str = "41898282+github-actions[bot]@users.noreply.github.com";

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

/// A repository on a server, a clone of it, and what a run of `regen` left.
struct World(TempDir);

impl World {
    fn new() -> Self {
        let world = Self(tempfile::tempdir().unwrap());
        for folder in ["home", "bin", "given", "clone"] {
            std::fs::create_dir(world.path(folder)).unwrap();
        }
        world.git("home", &["init", "--quiet", "--bare", "--initial-branch=main", "../server.git"]);
        world.git("home", &["clone", "--quiet", "../server.git", "../clone"]);
        std::fs::create_dir(world.path("clone/spec")).unwrap();
        world.write("clone/spec/v2.json", "old\n");
        world.write("clone/notes.md", "old\n");
        world.commit("person@example.com", "main");
        world.give("new\n");
        // Says that no pull request and no issue is open, unless a file says otherwise.
        let gh = "#!/bin/sh\necho \"$@\" >> \"$HOME/calls\"\n\
                  case \"$1 $2\" in \"pr list\") echo 0 ;; \"issue list\") cat \"$HOME/issue\" ;; esac\n";
        world.write("bin/gh", gh);
        world.write("home/issue", "");
        let runs = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(world.path("bin/gh"), runs).unwrap();
        world
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        std::fs::write(self.path(path), text).unwrap();
    }

    fn command(&self, program: &str, folder: &str) -> Command {
        let mut command = Command::new(program);
        let path = std::env::var("PATH").unwrap_or_default();
        command
            .current_dir(self.path(folder))
            .env("PATH", format!("{}:{path}", self.path("bin").display()))
            .env("HOME", self.path("home"))
            .env("GIT_CONFIG_NOSYSTEM", "1");
        command
    }

    fn git(&self, folder: &str, arguments: &[&str]) -> String {
        let output = self.command("git", folder).args(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Commits what is there as somebody, and pushes it to a branch.
    fn commit(&self, who: &str, branch: &str) {
        let (email, name) = (format!("user.email={who}"), "user.name=somebody");
        self.git("clone", &["add", "--all"]);
        let commit = ["-c", &email, "-c", name, "commit", "--quiet", "--message", "A change"];
        self.git("clone", &commit);
        self.git("clone", &["push", "--quiet", "origin", &format!("HEAD:refs/heads/{branch}")]);
    }

    /// What a run of `regen` leaves: a patch, which here touches more than it should, and a report.
    fn give(&self, text: &str) {
        self.write("clone/spec/v2.json", text);
        self.write("clone/notes.md", "from the patch\n");
        let patch = self.git("clone", &["diff", "--binary"]);
        self.write("given/taken.patch", &format!("{patch}\n"));
        self.write("given/report.md", "# the report\n");
        self.write("given/log.txt", "error: \u{1b}[31m`@all`\n");
        self.git("clone", &["checkout", "--quiet", "--", "."]);
    }

    fn run(&self, script: &str) {
        let script = repository().join(".github/scripts").join(script);
        let mut run = self.command("bash", "clone");
        let output = run.arg(script).arg(self.path("given")).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// How `gh` was called.
    fn calls(&self) -> String {
        std::fs::read_to_string(self.path("home/calls")).unwrap_or_default()
    }

    /// A file of the branch on the server.
    fn on_branch(&self, file: &str) -> String {
        self.git("server.git", &["show", &format!("{BRANCH}:{file}")])
    }
}

#[test]
fn a_document_is_proposed_with_nothing_but_what_is_pinned() {
    let world = World::new();
    world.run("propose_document.sh");
    assert_eq!(world.on_branch("spec/v2.json"), "new");
    assert_eq!(world.on_branch("notes.md"), "old");
    assert!(world.calls().contains("pr create --head drift/published"), "{}", world.calls());
}

#[test]
fn a_branch_of_the_workflow_is_brought_up_to_date() {
    let world = World::new();
    world.run("propose_document.sh");
    world.git("clone", &["checkout", "--quiet", "--detach", "origin/main"]);
    world.give("newer\n");
    world.run("propose_document.sh");
    assert_eq!(world.on_branch("spec/v2.json"), "newer");
    let log = world.git("server.git", &["log", "--format=%ae", &format!("main..{BRANCH}")]);
    assert_eq!(log, BOT, "one commit");
}

#[test]
fn commits_of_a_person_stay() {
    let world = World::new();
    world.run("propose_document.sh");
    world.write("clone/spec/decision", "mine\n");
    world.commit("person@example.com", "drift/published");
    let before = world.git("server.git", &["rev-parse", BRANCH]);
    world.git("clone", &["checkout", "--quiet", "--detach", "origin/main"]);
    world.give("newer\n");
    world.run("propose_document.sh");
    assert_eq!(world.git("server.git", &["rev-parse", BRANCH]), before);
    assert!(world.calls().contains("pr comment drift/published"), "{}", world.calls());
    let comment = std::fs::read_to_string(world.path("given/comment.md")).unwrap();
    assert!(comment.contains("# the report"), "{comment}");
}

#[test]
fn a_document_that_cannot_be_taken_is_an_issue() {
    let world = World::new();
    world.run("report_refused_document.sh");
    assert!(world.calls().contains("issue create"), "{}", world.calls());
    let issue = std::fs::read_to_string(world.path("given/issue.md")).unwrap();
    assert!(issue.contains("# the report") && issue.contains("    error: [31m`@all`"), "{issue}");
    assert!(!issue.contains('\u{1b}'), "{issue}");

    world.write("home/issue", "7\n");
    world.run("report_refused_document.sh");
    assert!(world.calls().contains("issue comment 7"), "{}", world.calls());
}

/// The part of the workflow that belongs to a job.
fn job<'t>(text: &'t str, name: &str) -> &'t str {
    let begin = text.find(&format!("\n  {name}:\n")).unwrap();
    let rest = &text[begin + 1..];
    let is_next = |(at, _): &(usize, &str)| *at > 0 && !rest[at + 1..].starts_with("   ");
    let next = rest.match_indices("\n  ").find(is_next);
    next.map_or(rest, |(at, _)| &rest[..at])
}

#[test]
fn what_is_built_and_run_meets_no_token_that_can_write() {
    let text = std::fs::read_to_string(repository().join(".github/workflows/drift.yml")).unwrap();
    let regen = job(&text, "regen");
    assert!(regen.contains("cargo xtask regen") && !regen.contains("write"), "{regen}");
    assert!(!regen.contains("secrets.") && !regen.contains("github.token"), "{regen}");
    for name in ["propose", "report"] {
        let job = job(&text, name);
        assert!(job.contains("write") && !job.contains("cargo"), "{job}");
    }
    let uses = text.lines().filter(|line| line.contains("uses: "));
    for line in uses.clone() {
        let (_, version) = line.split_once('@').unwrap();
        assert!(version.split('.').count() == 3 || version.len() == 40, "{line}");
    }
    let checkouts = uses.filter(|line| line.contains("actions/checkout")).count();
    assert_eq!(text.matches("persist-credentials: false").count(), checkouts);
}
