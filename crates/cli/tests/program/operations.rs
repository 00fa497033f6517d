//! Every operation, called once with what its pinned document asks for.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};
use synctera_api::{Operation, spec, v0, v2};

use crate::harness::{Bank, finish, program};

/// An operation as its document describes it.
struct Described {
    operation: &'static Operation,
    parameters: Vec<Value>,
    has_body: bool,
    media_type: String,
}

fn described(text: &str, operations: &'static [Operation]) -> Vec<Described> {
    let root: Value = serde_json::from_str(text).unwrap();
    let deref = |value: &Value| {
        let mut value = value.clone();
        while let Some(reference) = value.get("$ref").and_then(Value::as_str) {
            value = root.pointer(reference.trim_start_matches('#')).unwrap().clone();
        }
        value
    };
    let of = |operation: &'static Operation| {
        let item = &root["paths"][operation.path];
        let own = &item[operation.method.to_lowercase()];
        let listed = |of: &Value| of["parameters"].as_array().cloned().unwrap_or_default();
        let mut parameters: Vec<Value> =
            listed(item).iter().chain(&listed(own)).map(&deref).collect();
        for parameter in &mut parameters {
            parameter["schema"] = deref(&parameter["schema"]);
            let items = parameter["schema"].get("items").map(&deref);
            if let Some(items) = items {
                parameter["schema"]["items"] = items;
            }
        }
        let body = own.get("requestBody").map(&deref);
        let content = body.as_ref().and_then(|body| body["content"].as_object());
        let media_type = content.and_then(|content| content.keys().next()).cloned();
        let has_body = body.is_some();
        Described { operation, parameters, has_body, media_type: media_type.unwrap_or_default() }
    };
    operations.iter().map(of).collect()
}

fn all() -> Vec<Described> {
    let mut all = described(spec::V2, &v2::OPERATIONS);
    all.extend(described(spec::V0, &v0::OPERATIONS));
    all
}

fn kebab(name: &str) -> String {
    name.replace('_', "-")
}

/// A value that a parameter takes.
fn value(schema: &Value) -> String {
    if schema["type"] == "array" {
        return value(&schema["items"]);
    }
    if let Some(first) = schema["enum"].get(0).and_then(Value::as_str) {
        return first.to_owned();
    }
    match (schema["type"].as_str().unwrap_or_default(), schema["format"].as_str()) {
        ("string", Some("uuid")) => "00000000-0000-4000-8000-00000000a0b1".to_owned(),
        ("string", Some("date")) => "2026-11-24".to_owned(),
        ("string", Some("date-time")) => "2026-11-24T14:00:00Z".to_owned(),
        ("integer", _) => "1".to_owned(),
        ("number", _) => "1.5".to_owned(),
        ("boolean", _) => "true".to_owned(),
        _ => "text".repeat(usize::try_from(schema["minLength"].as_u64().unwrap_or(4)).unwrap() / 4),
    }
}

/// The arguments of a call; its body comes from the standard input. A value that is never shown is in a file of
/// this folder.
fn arguments(described: &Described, file: &str, folder: &Path) -> Vec<String> {
    let operation = described.operation;
    let mut arguments = vec![kebab(operation.family), kebab(operation.id)];
    let of = |place: &'static str| described.parameters.iter().filter(move |it| it["in"] == place);
    let names = operation.path.split('/').filter_map(|it| it.strip_prefix('{')?.strip_suffix('}'));
    for name in names {
        let parameter = of("path").find(|it| it["name"] == name).unwrap();
        arguments.push(value(&parameter["schema"]));
    }
    for parameter in of("query").filter(|it| it["name"] != "page_token") {
        let name = parameter["name"].as_str().unwrap();
        let name = if name == "transactionPurpose" { "transaction_purpose" } else { name };
        let mut value = value(&parameter["schema"]);
        if spec::is_hidden(name) {
            let file = folder.join(name);
            std::fs::write(&file, format!("{value}\n")).unwrap();
            value = format!("@{}", file.display());
        }
        arguments.extend([format!("--{}", kebab(name)), value]);
    }
    match &*described.media_type {
        "" => {}
        "application/json" => arguments.extend(["--body".to_owned(), "-".to_owned()]),
        "multipart/form-data" => {
            arguments.extend(["--body", "-", "--file", file].map(str::to_owned))
        }
        _ => arguments.extend(["--file".to_owned(), file.to_owned()]),
    }
    arguments
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_is_called_and_answered() {
    let bank = Bank::open().await;
    let file = bank.home.path().join("a file.jpg");
    std::fs::write(&file, b"\xff\xd8\xff\xe0 a picture").unwrap();
    let file = file.to_str().unwrap();
    let (mut faults, mut calls, mut codes) = (Vec::new(), 0, [0_usize; 10]);
    for described in all() {
        let operation = described.operation;
        let mut line = arguments(&described, file, bank.home.path());
        let out = bank.home.path().join("out");
        if matches!(operation.answer, synctera_api::runtime::AnswerKind::Bytes) {
            line.extend(["--out".to_owned(), out.to_str().unwrap().to_owned()]);
        }
        let line: Vec<&str> = line.iter().map(String::as_str).collect();
        for body in bodies(&bank, &described) {
            let run = finish(&mut bank.command(&line), &body);
            calls += 1;
            codes[usize::try_from(run.code).unwrap_or(9).min(9)] += 1;
            // Done, refused by the platform, or not there: whatever was sent was read and judged.
            let is_judged = matches!(run.code, 0 | 4 | 5 | 6);
            let is_quiet = run.code == 0 || run.stderr.starts_with("error: ");
            if !is_judged || !is_quiet || !(body.is_empty() || is_right_in_form(&run.stderr)) {
                faults.push(format!("{line:?}: {run:?}"));
            }
        }
    }
    println!("{calls} calls; by exit code: {codes:?}");
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    assert!(codes[0] >= 80, "{codes:?}");
}

/// Why the example of a body may be refused: it names what a bank does not have.
const ABSENT: [&str; 6] = [
    "does not exist",
    "is another workspace",
    "is no posted transaction",
    "is that of no card",
    "names no ",
    "cannot be read as a picture",
];

/// Whether nothing is missing or wrong in a body but what it names.
fn is_right_in_form(refusal: &str) -> bool {
    let wrong = refusal.split_once("invalid: ").map_or("", |(_, wrong)| wrong);
    let wrong = wrong.split_once(") [").map_or(wrong, |(wrong, _)| wrong);
    let is_absent = |reason: &str| ABSENT.iter().any(|absent| reason.contains(absent));
    !refusal.contains("(missing: ") && (wrong.is_empty() || is_absent(wrong))
}

/// The bodies to send: an example of each variant, as the program prints it.
fn bodies(bank: &Bank, described: &Described) -> Vec<String> {
    let operation = described.operation;
    if !described.has_body
        || !described.media_type.contains("json") && described.media_type != "multipart/form-data"
    {
        return vec![String::new()];
    }
    let name = [kebab(operation.family), kebab(operation.id)];
    let example = |variant: String| {
        let mut line = vec![&*name[0], &*name[1], "--example"];
        if !variant.is_empty() {
            line.extend(["--variant", &variant]);
        }
        bank.run(&line).stdout
    };
    variants(bank, &name).into_iter().map(example).collect()
}

/// The variants of a body, as the help lists them; one without a name where there is no choice.
fn variants(bank: &Bank, name: &[String; 2]) -> Vec<String> {
    let help = bank.run(&[&name[0], &name[1], "--help"]).stdout;
    let listed = help.split_once("--variant").and_then(|(_, rest)| {
        let (_, rest) = rest.split_once("[possible values:")?;
        Some(rest.split_once(']')?.0.split(',').map(|it| it.trim().to_owned()).collect())
    });
    listed.unwrap_or_else(|| vec![String::new()])
}

/// What OpenAPI means and JSON Schema does not say: the tag of a union decides, and what is only read is not
/// sent.
fn as_meant(schema: &mut Value, root: &Value) {
    if let Value::Array(items) = schema {
        items.iter_mut().for_each(|item| as_meant(item, root));
        return;
    }
    let Some(members) = schema.as_object_mut() else { return };
    members.values_mut().for_each(|member| as_meant(member, root));
    let is_read_only = |property: &Value| {
        let target =
            property["$ref"].as_str().and_then(|it| root.pointer(it.trim_start_matches('#')));
        property["readOnly"] == true || target.is_some_and(|it| it["readOnly"] == true)
    };
    if let (Some(required), Some(properties)) = (members.get("required"), members.get("properties"))
        && let (Value::Array(required), Value::Object(_)) = (required, properties)
    {
        let sent =
            required.iter().filter(|name| !is_read_only(&properties[name.as_str().unwrap()]));
        let sent: Value = sent.cloned().collect();
        members.insert("required".to_owned(), sent);
    }
    let discriminator = members.get("discriminator").cloned().unwrap_or_default();
    let Some(tag) = discriminator["propertyName"].as_str() else { return };
    let Some(mapping) = discriminator["mapping"].as_object() else { return };
    let variants = mapping.iter().map(|(value, target)| {
        json!({ "allOf": [
            { "required": [tag], "properties": { tag: { "enum": [value] } } }, { "$ref": target },
        ] })
    });
    let variants: Value = variants.collect();
    members.remove("oneOf");
    members.insert("anyOf".to_owned(), variants);
}

#[tokio::test(flavor = "multi_thread")]
async fn examples_fit_the_pinned_document() {
    let bank = Bank::open().await;
    let (mut faults, mut checked) = (Vec::new(), 0);
    for (text, operations) in [(spec::V2, &v2::OPERATIONS[..]), (spec::V0, &v0::OPERATIONS[..])] {
        let root: Value = serde_json::from_str(text).unwrap();
        for operation in operations {
            let own = &root["paths"][operation.path][operation.method.to_lowercase()];
            let schema = &own["requestBody"]["content"]["application/json"]["schema"];
            if schema.is_null() {
                continue;
            }
            let mut schema = schema.clone();
            schema["components"] = root["components"].clone();
            as_meant(&mut schema, &root);
            // A limit that does not count itself is written as in this draft.
            let options = jsonschema::options().with_draft(jsonschema::Draft::Draft4);
            let validator = options.build(&schema).unwrap();
            let name = [kebab(operation.family), kebab(operation.id)];
            let variants = variants(&bank, &name);
            let cases = ["--example", "--example=full"]
                .into_iter()
                .flat_map(|extent| variants.iter().map(move |variant| (extent, variant)));
            for (extent, variant) in cases {
                let mut line = vec![&*name[0], &*name[1], extent];
                if !variant.is_empty() {
                    line.extend(["--variant", variant]);
                }
                let run = bank.run(&line);
                let errors: BTreeSet<String> = validator
                    .iter_errors(&run.json())
                    .map(|error| format!("{}: {error}", error.instance_path()))
                    .collect();
                checked += 1;
                if !errors.is_empty() {
                    faults.push(format!("{line:?}: {errors:?}"));
                }
            }
        }
    }
    println!("{checked} examples");
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_refused_before_anything_is_sent() {
    let bank = Bank::open().await;
    let id = "00000000-0000-4000-8000-00000000a0b1";
    for (line, code, words) in [
        (&["persons", "list-persons", "--status", "HAPPY"][..], 2, "possible values: ACTIVE"),
        (&["persons", "list-persons", "--limit", "many"], 2, "it is not a whole number"),
        (&["persons", "list-persons", "--limit", "0"], 2, "it is less than 1"),
        (&["persons", "get-person"], 2, "PERSON_ID"),
        (&["persons", "get-person", "1"], 2, "it is not an id"),
        (&["persons", "nosuch"], 2, "unrecognized subcommand"),
        (&["persons", "create-person"], 3, "is_customer (--is-customer), status (--status)"),
        (&["persons", "create-person", "--body", "{"], 3, "--body is not JSON: line 1"),
        (&["persons", "create-person", "--body", "/no/such/file"], 3, "cannot be read"),
        (&["cards", "issue-card", "--type", "DEBIT"], 3, "card_details"),
        (&["merchants", "get-merchant", ".."], 3, "cannot be part of a URL"),
        (&["persons", "update-person", id, "--idempotency-key", " "], 3, "--idempotency-key"),
        (&["api", "GET", "/persons"], 2, "has no version"),
        (&["api", "JUMP", "/v2/persons"], 2, "not a method"),
        (&["api", "POST", "/v2/persons/%2E%2e/wires"], 2, "a segment . or .."),
        (&["api", "GET", "/v2/persons#x"], 2, "a segment . or .., a \\ or a #"),
        (
            &["persons", "create-person", "--body", "[1]", "--status", "ACTIVE"],
            3,
            "is not an object",
        ),
        (&["persons", "create-person", "--body", "x", "--example"], 2, "cannot be used with"),
        (&["persons", "list-persons", "--query", ".["], 2, "not a jq filter"),
        (&["persons", "list-persons", "--profile", "nosuch"], 7, "there is no profile nosuch"),
        (&["persons", "create-person", "--example", "--variant", "x"], 2, "--variant"),
        (&["accounts", "create-account", "--example", "--variant", "x"], 2, "possible values: "),
    ] {
        let run = bank.run(line);
        assert_eq!(run.code, code, "{line:?}: {run:?}");
        assert!(run.stderr.contains(words), "{line:?}: {run:?}");
        assert_eq!(run.stdout, "", "{line:?}");
    }
    assert!(bank.requests().is_empty(), "{:?}", bank.requests());
}

#[test]
fn flags_are_put_over_an_example() {
    let line = ["persons", "create-person", "--example", "--first-name", "Grace"];
    let example = finish(&mut program(&line), "").json();
    assert_eq!((&example["first_name"], &example["last_name"]), (&json!("Grace"), &json!("Byron")));
    for variant in ["DEBIT", "CREDIT", "PREPAID"] {
        let line = ["cards", "issue-card", "--example", "--variant", variant];
        let card = finish(&mut program(&line), "").json();
        assert!(card["card_details"]["customer_id"].is_string(), "{variant}: {card}");
    }
}

#[cfg(unix)]
#[test]
fn what_is_read_has_a_limit() {
    for (line, code, words) in [
        (&["persons", "create-person", "--body", "/dev/zero"][..], 3, "it has more than 32 MiB"),
        (&["persons", "list-persons", "--dob", "@/dev/zero"], 3, "it has more than 64 KiB"),
        (&["persons", "list-persons", "--config", "/dev/zero"], 7, "it has more than 1 MiB"),
        (&["journey", "run", "/dev/zero"], 3, "the files have more than 64 MiB"),
        (&["listen", "--print-secret", "--state", "/dev/zero"], 1, "it has more than 64 MiB"),
    ] {
        let run = finish(&mut program(line), "");
        assert_eq!(run.code, code, "{line:?}: {run:?}");
        assert!(run.stderr.contains(words) && run.stderr.contains("next:"), "{line:?}: {run:?}");
    }
}
