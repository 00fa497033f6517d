//! The control API from another machine: here, another network namespace, as a container has one.

use std::process::{Command, Output};

use serde_json::Value;

use super::Program;

/// A network namespace, with a cable to this one.
struct Namespace {
    name: String,
    /// The address on this side.
    here: String,
}

fn ip(arguments: &[&str]) -> bool {
    Command::new("ip").args(arguments).output().is_ok_and(|output| output.status.success())
}

impl Namespace {
    /// Makes one; none where that is not permitted.
    fn new() -> Option<Self> {
        let id = std::process::id();
        let name = format!("sandbox-{id}");
        // Of the addresses for measurements between networks, which nobody has.
        let net = format!("198.18.{}", id % 256);
        let (here, there) = (format!("{net}.1"), format!("{net}.2"));
        let (near, far) = (format!("sbn{id}"), format!("sbf{id}"));
        if !ip(&["netns", "add", &name]) {
            return None;
        }
        let namespace = Self { name, here };
        let within = |arguments: &[&str]| {
            ip(&[&["netns", "exec", namespace.name.as_str(), "ip"], arguments].concat())
        };
        let is_connected = ip(&["link", "add", &near, "type", "veth", "peer", "name", &far])
            && ip(&["link", "set", &far, "netns", &namespace.name])
            && ip(&["addr", "add", &format!("{}/30", namespace.here), "dev", &near])
            && ip(&["link", "set", &near, "up"])
            && within(&["addr", "add", &format!("{there}/30"), "dev", &far])
            && within(&["link", "set", &far, "up"]);
        is_connected.then_some(namespace)
    }

    /// Runs a command in it.
    fn run(&self, command: &[&str]) -> Output {
        Command::new("ip").args(["netns", "exec", &self.name]).args(command).output().unwrap()
    }

    /// Calls the sandbox from it; the status and the body.
    fn call(&self, url: &str, headers: &[&str], body: Option<&str>) -> (u16, Value) {
        let mut command = vec![
            "curl",
            "--silent",
            "--show-error",
            "--noproxy",
            "*",
            "--write-out",
            "\n%{http_code}",
        ];
        for header in headers {
            command.extend(["--header", header]);
        }
        if let Some(body) = body {
            command.extend(["--data", body]);
        }
        command.push(url);
        let output = self.run(&command);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let (body, status) = said
            .rsplit_once('\n')
            .unwrap_or_else(|| panic!("{}", String::from_utf8_lossy(&output.stderr)));
        (status.parse().unwrap(), serde_json::from_str(body).unwrap_or_default())
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        // Its end of the cable goes with it, and so does the other one.
        ip(&["netns", "del", &self.name]);
    }
}

const ADVANCE: &str = r#"{"advance": {"days": 1}}"#;

#[test]
fn another_machine_controls_it_with_the_token() {
    let Some(namespace) = Namespace::new() else {
        println!("skipped: network namespaces need `ip` and the permission to make them");
        return;
    };
    let token = [("SYNCTERA_SANDBOX_CONTROL_TOKEN", "from-a-variable")];
    let listening = ["--host", namespace.here.as_str(), "--clock", "2026-11-24T14:00:00Z"];
    let program = Program::start_with(&listening, &token);
    let url = |path: &str| format!("{}{path}", program.base_url);
    let sent = "Authorization: Bearer from-a-variable";

    // The platform's operations need their key, from anywhere.
    let key = "Authorization: Bearer sandbox-key";
    assert_eq!(namespace.call(&url("/v2/persons"), &[key], None).0, 200);
    let (status, refused) = namespace.call(&url("/sandbox/clock"), &[], None);
    assert_eq!((status, &refused["code"]), (401, &"UNAUTHENTICATED".into()), "{refused}");
    for wrong in [key, "Authorization: Bearer from-a-variabl", "Authorization: Basic x"] {
        let (status, refused) = namespace.call(&url("/sandbox/clock"), &[wrong], Some(ADVANCE));
        assert_eq!(status, 401, "{wrong}: {refused}");
        assert!(!refused.to_string().contains("from-a-variable"), "{refused}");
    }
    let (status, clock) = namespace.call(&url("/sandbox/clock"), &[sent], Some(ADVANCE));
    assert_eq!((status, &clock["now"]), (200, &"2026-11-25T14:00:00.000Z".into()), "{clock}");

    // The token helps neither a web page nor a name that is not the sandbox's.
    let page = "Origin: http://evil.example";
    assert_eq!(namespace.call(&url("/sandbox/clock"), &[sent, page], None).0, 403);
    let name = "Host: evil.example";
    assert_eq!(namespace.call(&url("/sandbox/clock"), &[sent, name], None).0, 421);

    let health = |variables: &[(&str, &str)]| {
        let mut command = vec!["env".to_owned()];
        command.extend(variables.iter().map(|(name, value)| format!("{name}={value}")));
        let port = program.base_url.rsplit_once(':').unwrap().1;
        let exe = env!("CARGO_BIN_EXE_synctera-sandbox");
        let asked = [exe, "healthcheck", "--host", &namespace.here, "--port", port];
        command.extend(asked.map(str::to_owned));
        let command: Vec<&str> = command.iter().map(String::as_str).collect();
        namespace.run(&command).status.success()
    };
    assert!(health(&token));
    assert!(!health(&[]));
}

#[test]
fn without_a_token_no_other_machine_controls_it() {
    let Some(namespace) = Namespace::new() else {
        println!("skipped: network namespaces need `ip` and the permission to make them");
        return;
    };
    let program = Program::start(&["--host", &namespace.here]);
    let url = format!("{}/sandbox/clock", program.base_url);
    for headers in
        [vec![], vec!["Authorization: Bearer sandbox-key"], vec!["Authorization: Bearer "]]
    {
        let (status, refused) = namespace.call(&url, &headers, None);
        assert_eq!(status, 403, "{headers:?}: {refused}");
    }
}
