//! The server for assistants, spoken to as an assistant's program does.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

use crate::harness::Bank;

/// The whole list of tools is in each conversation of an assistant.
const TOOLS_BYTES_MAX: usize = 2_000;

/// A conversation with the server.
struct Session {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    number: u64,
    /// All that the server sent.
    seen: String,
}

impl Session {
    fn of(mut command: Command) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let (input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let output = BufReader::new(output);
        let mut session = Self { child, input, output, number: 0, seen: String::new() };
        let asked = json!({
            "protocolVersion": "2025-06-18", "capabilities": {},
            "clientInfo": { "name": "test", "version": "1" },
        });
        let info = session.ask("initialize", &asked);
        assert_eq!(info["serverInfo"]["name"], "synctera", "{info}");
        session.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }));
        session
    }

    fn send(&mut self, message: &Value) {
        writeln!(self.input, "{message}").unwrap();
    }

    /// The result of a request.
    fn ask(&mut self, method: &str, parameters: &Value) -> Value {
        self.number += 1;
        let (number, method) = (self.number, method.to_owned());
        self.send(&json!({
            "jsonrpc": "2.0", "id": number, "method": method, "params": parameters,
        }));
        loop {
            let mut line = String::new();
            assert!(self.output.read_line(&mut line).unwrap() > 0, "the server ended");
            self.seen += &line;
            let message: Value = serde_json::from_str(&line).unwrap();
            if message["id"] == number {
                return message["result"].clone();
            }
        }
    }

    /// What a tool returns: whether it failed, and its text.
    fn called(&mut self, tool: &str, given: &Value) -> (bool, String) {
        let result = self.ask("tools/call", &json!({ "name": tool, "arguments": given }));
        let text = result["content"][0]["text"].as_str();
        let text = text.unwrap_or_else(|| panic!("{tool}: {result}")).to_owned();
        (result["isError"] == true, text)
    }

    /// What a tool returns that succeeds.
    #[track_caller]
    fn tool(&mut self, tool: &str, given: &Value) -> Value {
        let (is_error, text) = self.called(tool, given);
        assert!(!is_error, "{tool}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    #[track_caller]
    fn refused(&mut self, tool: &str, given: &Value) -> String {
        let (is_error, text) = self.called(tool, given);
        assert!(is_error, "{tool}: {text}");
        text
    }

    /// Ends as an assistant's program ends.
    fn end(self) -> (String, i32) {
        let Self { mut child, input, seen, .. } = self;
        drop(input);
        (seen, child.wait().unwrap().code().unwrap())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_is_onboarded_with_the_tools_alone() {
    let bank = Bank::open().await;
    let mut session = Session::of(bank.command(&["mcp"]));
    let tools = session.ask("tools/list", &json!({}));
    let size = tools.to_string().len();
    println!("tools/list has {size} bytes");
    assert!(tools["tools"].as_array().unwrap().len() == 5 && size <= TOOLS_BYTES_MAX, "{size}");
    let found = session.tool("search_operations", &json!({ "query": "onboard a customer" }));
    assert_eq!(found[0], json!({ "journey": "onboard_customer" }), "{found}");
    let journey = session.tool("describe_operation", &json!({ "name": "onboard_customer" }));
    assert!(journey["members"].as_array().unwrap().contains(&json!("ssn")), "{journey}");
    let entries = json!({
        "ada": { "onboard_customer": {
            "first_name": "Ada", "last_name": "Byron", "dob": "1985-12-10",
            "email": "ada@example.com", "phone_number": "+14155550123", "ssn": "456-78-9012",
            "legal_address": {
                "address_line_1": "1 Market St", "city": "San Francisco", "state": "CA",
                "postal_code": "94105", "country_code": "US",
            },
            "customer_consent": true,
        } },
        "checking": { "open_account": {
            "template": { "account_type": "CHECKING" },
            "primary_account_holder": { "person_id": "$ada" },
        } },
    });
    let done = session.tool("run_journey", &json!({ "entries": entries }));
    // The same names do the same once.
    let again = session.tool("run_journey", &json!({ "entries": entries }));
    assert_eq!(done, again);
    let account = &done[1]["id"];
    let described = session.tool("describe_operation", &json!({ "name": "get_account" }));
    assert_eq!(described["parameters"]["account_id"]["required"], true, "{described}");
    let call = json!({ "name": "get_account", "parameters": { "account_id": account } });
    let shown = session.tool("call_operation", &call);
    assert_eq!((&shown["id"], &shown["account_number"]), (account, &json!("****")), "{shown}");
    let list = json!({ "name": "list_accounts", "parameters": { "limit": 100 } });
    let accounts = session.tool("call_operation", &list);
    assert_eq!(accounts["accounts"].as_array().unwrap().len(), 1, "{accounts}");
    let clock = session.tool("advance_clock", &json!({ "days": 1 }));
    assert_eq!(clock["now"], "2026-11-25T14:00:00.000Z");
    let (seen, code) = session.end();
    assert_eq!(code, 0);
    let whole = bank.run(&["accounts", "get-account", account.as_str().unwrap(), "-o", "json"]);
    let number = whole.member("account_number");
    assert!(!seen.contains(&number) && !seen.contains("456-78"), "{seen}");
    assert!(!seen.contains(bank.sandbox.api_key()), "{seen}");
}

#[tokio::test(flavor = "multi_thread")]
async fn production_is_read_only_unless_something_is_allowed() {
    let bank = Bank::open().await;
    let of = |arguments: &[&str]| {
        let mut command = bank.command(arguments);
        command.env("SYNCTERA_ENV", "production");
        Session::of(command)
    };
    let person =
        json!({ "name": "create_person", "body": { "status": "PROSPECT", "is_customer": true } });
    let nobody = json!({ "template": {}, "primary_account_holder": {} });
    let id = "00000000-0000-4000-8000-00000000a0b1";
    let mut session = of(&["mcp"]);
    for (tool, given) in [
        ("call_operation", person.clone()),
        ("call_operation", json!({ "name": "create-person", "body": {} })),
        // A read that makes a token.
        (
            "call_operation",
            json!({
                "name": "get_card_widget_token",
                "parameters": { "card_id": id, "widget_type": "SET_PIN" },
            }),
        ),
        ("run_journey", json!({ "entries": { "a": { "open_account": nobody } } })),
    ] {
        let why = session.refused(tool, &given);
        assert!(why.contains("is not allowed; nothing was sent; next: a person starts"), "{why}");
    }
    let why = session.refused("advance_clock", &json!({ "days": 1 }));
    assert!(why.contains("is not a sandbox that can be controlled"), "{why}");
    assert!(bank.requests().is_empty());
    session.tool("call_operation", &json!({ "name": "list_persons" }));
    assert_eq!(session.end().1, 0);
    let mut session = of(&["mcp", "--allow", "create_person"]);
    session.tool("call_operation", &person);
    session.refused("call_operation", &json!({ "name": "create_business", "body": {} }));
    session.end();
    let unknown = bank.run(&["mcp", "--allow", "no_such"]);
    assert!(unknown.code == 2 && unknown.stderr.contains("no such operation"), "{unknown:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_assistant_gets_wrong_is_said() {
    let bank = Bank::open().await;
    let mut session = Session::of(bank.command(&["mcp"]));
    for (tool, given, why) in [
        ("call_operation", json!({ "name": "no_such" }), "there is no operation no_such"),
        ("call_operation", json!({}), "name is missing"),
        ("call_operation", json!({ "name": 1 }), "name is not a text"),
        ("call_operation", json!({ "name": "get_person" }), "parameter person_id: it is missing"),
        (
            "call_operation",
            json!({ "name": "get_person", "parameters": { "person_id": ".." } }),
            "parameter person_id: it is not an id",
        ),
        (
            "call_operation",
            json!({ "name": "list_persons", "parameters": { "page": 1 } }),
            "there is no such parameter",
        ),
        (
            "call_operation",
            json!({ "name": "list_persons", "parameters": { "limit": { "a": 1 } } }),
            "it is not one value",
        ),
        ("call_operation", json!({ "name": "list_persons", "body": {} }), "takes no body"),
        ("call_operation", json!({ "name": "create_person" }), "needs a body"),
        (
            "call_operation",
            json!({ "name": "create_document" }),
            "synctera documents create-document",
        ),
        (
            "call_operation",
            json!({ "name": "create_person", "body": {}, "idempotency_key": " " }),
            "idempotency_key:",
        ),
        ("describe_operation", json!({ "name": "\u{1b}[2J" }), "there is no operation or journey"),
        ("run_journey", json!({ "entries": { "a": { "no_such": {} } } }), "no_such"),
        ("run_journey", json!({ "entries": [] }), "entries is not an object"),
        ("advance_clock", json!({}), "the clock is moved by whole numbers"),
        ("advance_clock", json!({ "years": 1 }), "years:"),
        ("advance_clock", json!({ "days": -1 }), "days:"),
        ("no_such", json!({}), "there is no such tool"),
    ] {
        let said = session.refused(tool, &given);
        assert!(said.contains(why) && said.contains("next: "), "{tool} {given}: {said}");
        assert!(!said.contains('\u{1b}'), "{said:?}");
    }
    assert!(bank.requests().is_empty());
    // What the platform refuses is said as everywhere.
    let said = session.refused("call_operation", &json!({ "name": "create_person", "body": {} }));
    assert!(said.contains("status"), "{said}");
    assert_eq!(session.end().1, 0);
    // A message without an end.
    let long =
        format!("{{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"{}", "x".repeat(5_000_000));
    let run = bank.run_with(&["mcp"], &long);
    assert!(run.code == 1 && run.stderr.contains("next: "), "{} {}", run.code, run.stderr);
}
