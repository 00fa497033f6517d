//! `cargo xtask regen` as a user runs it: on a folder of its own, with documents of a made-up API.
#![allow(clippy::unwrap_used, reason = "in a test a panic is the answer")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

/// Stands in all that the document says to people, and in nothing else of it.
const PROSE: &str = "zephyr";

/// A folder with a `spec/` below it, and published documents beside that.
struct Folder(TempDir);

/// How a run ended and what it said.
struct Run {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Folder {
    fn empty() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        std::fs::create_dir_all(folder.path().join("spec/overlay")).unwrap();
        folder
    }

    /// A folder in which the document is pinned already, so that there is something to lose.
    fn pinned() -> Self {
        let folder = Self::empty();
        let from = folder.publish("lamps.json", &document().to_string());
        let run = folder.regen(&["--from", &from]);
        assert_eq!(run.code, Some(0), "{}", run.err);
        folder
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a published document, and says how to ask for it.
    fn publish(&self, name: &str, text: &str) -> String {
        let path = self.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    fn regen(&self, arguments: &[&str]) -> Run {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        // A proxy would answer in the place of an address at which nobody listens.
        for proxy in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
            command.env_remove(proxy);
        }
        command.arg("regen").arg("--spec").arg(self.path().join("spec")).args(arguments);
        let output = command.output().unwrap();
        Run {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs what must fail, say all of this on standard error, and leave the folder alone.
    fn refused(&self, arguments: &[&str], says: &[&str]) {
        let before = self.contents();
        let run = self.regen(arguments);
        assert_eq!(run.code, Some(2), "{}{}", run.out, run.err);
        assert_eq!(run.out, "", "nothing is said of a comparison that cannot be made");
        assert!(run.err.starts_with("error: "), "{}", run.err);
        for part in says {
            assert!(run.err.contains(part), "no {part:?} in {}", run.err);
        }
        assert!(self.contents() == before, "spec/ changed");
    }

    /// Every file below `spec/`; one that was left behind shows up here too.
    fn contents(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let spec = self.path().join("spec");
        let mut files = BTreeMap::new();
        let mut open = vec![spec.clone()];
        while let Some(folder) = open.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path);
                } else {
                    let name = path.strip_prefix(&spec).unwrap().to_owned();
                    files.insert(name, std::fs::read(&path).unwrap());
                }
            }
        }
        files
    }

    /// Writes what stands beside the documents.
    fn decide(&self, types: &str) {
        let spec = self.path().join("spec");
        std::fs::create_dir_all(spec.join("docs")).unwrap();
        std::fs::write(spec.join("families.toml"), "[tags]\n").unwrap();
        std::fs::write(spec.join("types.toml"), types).unwrap();
    }

    fn commit(&self) {
        for arguments in [
            &["init", "--quiet"][..],
            &["add", "spec"],
            &["-c", "user.name=a", "-c", "user.email=a@b.example", "commit", "--quiet", "-m", "A"],
        ] {
            let done = Command::new("git").arg("-C").arg(self.path()).args(arguments).status();
            assert!(done.unwrap().success());
        }
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path().join("spec").join(name)).unwrap()
    }
}

/// A small document with prose wherever OpenAPI allows it, and fields that are named like prose.
fn document() -> Value {
    let lamp = json!({"$ref": "#/components/schemas/lamp"});
    let answer = json!({
        "description": PROSE,
        "headers": {"x-lamp-count": {"description": PROSE, "schema": {"type": "integer", "example": 7}}},
        "content": {"application/json": {
            "schema": lamp, "example": {"name": PROSE},
            "examples": {"bright": {"summary": PROSE, "value": {"name": PROSE}}},
        }},
    });
    json!({
        "openapi": "3.0.3",
        "x-generator": PROSE,
        "info": {
            "title": PROSE, "description": PROSE, "version": "v2", "x-logo": {"url": PROSE},
            "contact": {"name": PROSE}, "license": {"name": PROSE}, "termsOfService": PROSE,
        },
        "externalDocs": {"url": PROSE},
        "servers": [{"url": "https://api.synctera.com/v2", "description": PROSE}],
        "tags": [{"name": "Lamps", "description": PROSE}],
        "paths": {
            "/lamps": {"summary": PROSE, "post": {
                "operationId": "createLamp", "tags": ["Lamps"], "summary": PROSE,
                "requestBody": {"description": PROSE, "content": {"application/json": {"schema": lamp}}},
                "responses": {"201": answer},
            }},
            "/lamps/{lamp_id}": {
                "get": {
                    "operationId": "getLamp", "tags": ["Lamps"], "description": PROSE, "x-internal": PROSE,
                    "parameters": [
                        {"name": "lamp_id", "in": "path", "required": true, "description": PROSE,
                            "schema": {"type": "string"}, "example": PROSE},
                        {"name": "title", "in": "query", "schema": {"type": "string", "title": PROSE}},
                    ],
                    "responses": {"200": answer, "404": {"description": PROSE}},
                },
                "delete": {"operationId": "deleteLamp", "responses": {"204": {"description": PROSE}}},
            },
        },
        "components": {
            "examples": {"lamp": {"value": PROSE}},
            "schemas": {
                "lamp": {
                    "type": "object", "title": PROSE, "description": PROSE, "x-go-type": PROSE,
                    "required": ["name", "description"],
                    "properties": {
                        "name": {"type": "string", "description": PROSE, "example": PROSE},
                        "description": {"type": "string", "description": PROSE},
                        "title": {"type": "string", "title": PROSE, "default": "title"},
                        "examples": {"type": "array", "items": {"type": "string", "example": PROSE}},
                        "x-mark": {"type": "string", "x-order": 1},
                        "beam": {"type": "object", "description": PROSE, "properties": {
                            "color": {"type": "string", "enum": ["RED", "GREEN"], "summary": PROSE},
                            "summary": {"type": "string", "description": PROSE},
                        }},
                        "mount": {"allOf": [{"description": PROSE}, {"$ref": "#/components/schemas/mount"}]},
                    },
                    "example": {"name": PROSE, "beam": {"color": PROSE}},
                },
                "mount": {
                    "oneOf": [{"$ref": "#/components/schemas/hook"}],
                    "discriminator": {"propertyName": "kind", "mapping": {"HOOK": "#/components/schemas/hook"}},
                },
                "hook": {"type": "object", "properties": {"kind": {"type": "string", "description": PROSE}}},
            },
        },
    })
}

/// The document with one thing changed.
fn with(pointer: &str, value: Value) -> String {
    let mut document = document();
    *document.pointer_mut(pointer).unwrap() = value;
    document.to_string()
}

/// The same JSON with the keys of every object the other way round.
fn backwards(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort();
            let member = |key: &&String| format!("{}: {}", json!(key), backwards(&map[*key]));
            format!("{{{}}}", keys.iter().rev().map(member).collect::<Vec<_>>().join(",\n"))
        }
        Value::Array(items) => {
            format!("[{}]", items.iter().map(backwards).collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

/// Counts the keys that only prose has; the members of `properties` and `headers` are names.
fn prose_keys(value: &Value, under: &str) -> usize {
    let prose = |key: &str| {
        ["description", "summary", "title", "example", "examples"].contains(&key)
            || key.starts_with("x-")
    };
    let names = under == "properties" || under == "headers";
    match value {
        Value::Object(map) => map
            .iter()
            .map(|(key, child)| usize::from(!names && prose(key)) + prose_keys(child, key))
            .sum(),
        Value::Array(items) => items.iter().map(|item| prose_keys(item, "")).sum(),
        _ => 0,
    }
}

#[test]
fn what_a_first_regen_writes_is_no_drift_and_is_not_changed_by_a_second() {
    let folder = Folder::empty();
    let from = folder.publish("lamps.json", &document().to_string());
    assert_eq!(folder.regen(&["--from", &from, "--check"]).code, Some(1), "nothing is there yet");
    assert!(folder.contents().is_empty(), "a check wrote something");

    let run = folder.regen(&["--from", &from]);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    let written = folder.contents();
    assert!(written.keys().eq(["provenance.toml", "v2.json"].map(Path::new)), "{written:?}");
    let provenance = folder.read("provenance.toml");
    assert!(provenance.contains("name = \"lamps.json\""), "{provenance}");
    assert!(provenance.contains("operations = 3\n"), "{provenance}");

    for more in [vec!["--check"], vec![]] {
        let run = folder.regen(&[vec!["--from", &from], more].concat());
        assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
        // The checksum, and that all is well.
        assert_eq!(run.out.lines().count(), 2, "{}", run.out);
        assert!(run.out.starts_with("lamps.json: "), "{}", run.out);
        assert!(run.out.contains("no drift"), "{}", run.out);
        assert!(folder.contents() == written);
    }
}

#[test]
fn what_would_be_written_is_said_and_not_done() {
    let folder = Folder::pinned();
    let before = folder.contents();
    let mut changed = document();
    changed["paths"]["/lamps/{lamp_id}"].as_object_mut().unwrap().remove("delete");
    let from = folder.publish("changed.json", &changed.to_string());
    let report = folder.path().join("report.md");
    let run = folder.regen(&["--from", &from, "--dry-run", "--report", report.to_str().unwrap()]);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    for part in ["operation-removed DELETE /lamps/{lamp_id}", "would write spec/v2.json", "1 wire"]
    {
        assert!(run.out.contains(part), "no {part:?} in {}", run.out);
    }
    assert!(folder.contents() == before, "a dry run wrote something");
    assert!(std::fs::read_to_string(report).unwrap().contains("## Breaking on the wire"));
}

#[test]
fn there_and_back_again_leaves_every_byte_as_it_was() {
    let folder = Folder::pinned();
    let before = folder.contents();
    let mut changed = document();
    changed["components"]["schemas"]["lamp"]["properties"]["wattage"] = json!({"type": "integer"});
    let there = folder.publish("changed.json", &changed.to_string());
    assert_eq!(folder.regen(&["--from", &there]).code, Some(0));
    let log = folder.read("CHANGELOG.md");
    assert!(log.contains("- additive: `optional-property-added` schemas/lamp: wattage"), "{log}");
    let back = folder.publish("lamps.json", &document().to_string());
    let run = folder.regen(&["--from", &back]);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    assert!(run.out.contains("property-removed schemas/lamp: wattage"), "{}", run.out);
    assert!(folder.contents() == before, "{:?}", folder.contents().keys());
}

#[test]
fn no_prose_is_pinned() {
    let folder = Folder::pinned();
    assert!(!folder.read("v2.json").contains(PROSE), "{}", folder.read("v2.json"));
    assert!(!folder.read("provenance.toml").contains(PROSE));
    let mut pinned: Value = folder.read("v2.json").parse().unwrap();
    // OpenAPI demands a title; this one is ours.
    assert_eq!(pinned["info"], json!({"title": "Synctera API", "version": "v2"}));
    pinned.as_object_mut().unwrap().remove("info");
    assert_eq!(prose_keys(&pinned, ""), 0);
    assert!(prose_keys(&document(), "") > 30, "the document has prose to lose");
}

#[test]
fn fields_that_are_named_like_prose_are_pinned() {
    let folder = Folder::pinned();
    let pinned: Value = folder.read("v2.json").parse().unwrap();
    let lamp = &pinned["components"]["schemas"]["lamp"];
    assert_eq!(
        *lamp,
        json!({
            "type": "object",
            "required": ["description", "name"],
            "properties": {
                "name": {"type": "string"},
                "description": {"type": "string"},
                "title": {"type": "string", "default": "title"},
                "examples": {"type": "array", "items": {"type": "string"}},
                "x-mark": {"type": "string"},
                "beam": {"type": "object", "properties": {
                    "color": {"type": "string", "enum": ["GREEN", "RED"]},
                    "summary": {"type": "string"},
                }},
                "mount": {"allOf": [{"$ref": "#/components/schemas/mount"}]},
            },
        })
    );
    let get = &pinned["paths"]["/lamps/{lamp_id}"]["get"];
    assert_eq!(get["parameters"][1]["name"], "title");
    assert_eq!(get["responses"]["200"]["headers"]["x-lamp-count"]["schema"]["type"], "integer");
}

#[test]
fn the_order_of_keys_in_a_document_does_not_matter() {
    let folder = Folder::pinned();
    let straight = folder.read("v2.json");
    let text = backwards(&document());
    assert_eq!(text.parse::<Value>().unwrap(), document());
    let from = folder.publish("lamps.json", &text);
    let run = folder.regen(&["--from", &from]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    // The provenance changes, since it holds the digest of other bytes.
    assert!(!run.out.contains("spec/v2.json"), "{}", run.out);
    assert_eq!(folder.read("v2.json"), straight);
}

#[test]
fn drift_is_shown_and_the_folder_left_alone() {
    let folder = Folder::pinned();
    let before = folder.contents();
    let mut changed = document();
    changed["components"]["schemas"]["lamp"]["properties"]["wattage"] = json!({"type": "integer"});
    changed["paths"]["/lamps/{lamp_id}"].as_object_mut().unwrap().remove("delete");
    let from = folder.publish("changed.json", &changed.to_string());

    let run = folder.regen(&["--from", &from, "--check"]);
    assert_eq!((run.code, run.err.as_str()), (Some(1), ""));
    assert!(folder.contents() == before, "a check wrote something");
    let has = |sign, part| run.out.lines().any(|l| l.starts_with(sign) && l.contains(part));
    for (sign, part) in [
        ("--- spec/v2.json", ""),
        ("+++ spec/v2.json", ""),
        ("@@ -", ""),
        ("+ ", "\"wattage\": {"),
        ("- ", "\"operationId\": \"deleteLamp\""),
        // The lines around.
        ("  ", "\"operationId\": \"getLamp\""),
        ("spec/v2.json: ", "lines added"),
        ("drift: 2 of 2 files differ", ""),
    ] {
        assert!(has(sign, part), "no {sign}{part} in {}", run.out);
    }
    assert!(!has("+", "deleteLamp") && !has("-", "wattage"), "{}", run.out);
}

#[test]
fn what_is_no_whole_openapi_document_of_this_api_is_refused() {
    let folder = Folder::pinned();
    let whole = document().to_string();
    let mut swagger = document();
    swagger.as_object_mut().unwrap().remove("openapi");
    swagger["swagger"] = json!("2.0");
    let foreign = json!("https://api.lamps.example/v2");
    for (name, text, says) in [
        ("short.json", whole[..whole.len() / 2].to_owned(), "(the document is cut short)"),
        ("short.json", whole[..whole.len() / 2].to_owned(), "not valid JSON at line 1, column "),
        (
            "newer.json",
            with("/openapi", json!("3.2.0")),
            "OpenAPI 3.2.0: published documents are of 3.0 or 3.1",
        ),
        ("older.json", swagger.to_string(), "not a document of OpenAPI 3"),
        ("foreign.json", with("/servers/0/url", foreign), "not a document of the Synctera API"),
        ("version.json", with("/info/version", json!("2.0.0")), "have `v2` or `0.<minor>.<patch>`"),
    ] {
        let from = folder.publish(name, &text);
        folder.refused(&["--from", &from], &[&format!("{name}: "), says]);
    }
}

#[test]
fn a_reference_to_nothing_is_refused_with_its_place_and_target() {
    let folder = Folder::pinned();
    let place = "/paths/~1lamps/post/requestBody/content/application~1json/schema";
    let broken = with(place, json!({"$ref": "#/components/schemas/lmap"}));
    let from = folder.publish("broken.json", &broken);
    let says = "broken.json: unresolved reference \"#/components/schemas/lmap\" at #";
    folder.refused(&["--from", &from], &[&format!("{says}{place}\n")]);
}

#[test]
fn a_place_in_a_refusal_does_nothing_to_a_terminal() {
    let folder = Folder::pinned();
    let place = "/components/schemas/lamp/properties/name";
    let broken = with(place, json!({"properties": {"a\u{1b}[31m": {"$ref": "#/nowhere"}}}));
    let from = folder.publish("broken.json", &broken);
    folder.refused(&["--from", &from], &["unresolved reference", "a\u{fffd}[31m"]);
}

#[test]
fn a_missing_file_and_a_plain_http_address_are_refused_by_name() {
    let folder = Folder::pinned();
    let missing = folder.path().join("missing.json");
    let missing = missing.to_str().unwrap();
    folder.refused(&["--from", missing], &[missing]);
    let plain = "http://127.0.0.1:1/x.json";
    folder.refused(&["--from", plain], &[plain, "only https"]);
}

#[test]
fn a_download_from_where_nobody_listens_fails_soon() {
    let folder = Folder::pinned();
    let start = Instant::now();
    let from = "https://127.0.0.1:1/x.json";
    folder.refused(&["--from", from], &[&format!("{from}: cannot connect")]);
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}

#[test]
fn two_current_documents_are_refused() {
    let folder = Folder::pinned();
    let a = folder.publish("a.json", &document().to_string());
    let b = folder.publish("b.json", &document().to_string());
    folder.refused(
        &["--from", &a, "--from", &b],
        &["b.json: a current (v2) document is given already"],
    );
}

#[test]
fn an_overlay_that_finds_nothing_is_named() {
    let folder = Folder::pinned();
    let overlay = folder.path().join("spec/overlay/v2-50-lamps.yaml");
    let write = |schema: &str| {
        let head = "overlay: 1.0.0\ninfo: {title: t, version: 1.0.0}\nextends: v2\n";
        let target = format!("$.components.schemas.{schema}");
        let action = format!("{{target: {target}, description: hot, update: {{nullable: true}}}}");
        std::fs::write(&overlay, format!("{head}actions: [{action}]\n")).unwrap();
    };
    let from = folder.publish("lamps.json", &document().to_string());
    write("torch");
    let says = ["v2-50-lamps.yaml: target $.components.schemas.torch", "its reason was: hot"];
    let before = folder.contents();
    let report = folder.path().join("report.md");
    let run = folder.regen(&["--from", &from, "--report", &report.display().to_string()]);
    assert_eq!(run.code, Some(2), "{}{}", run.out, run.err);
    for part in says {
        assert!(run.err.contains(part), "no {part:?} in {}", run.err);
        // The report is there all the same, and asks for a decision.
        assert!(std::fs::read_to_string(&report).unwrap().contains("$.components.schemas.torch"));
    }
    assert!(run.out.contains("To decide on: 1"), "{}", run.out);
    assert!(folder.contents() == before, "spec/ changed");

    // The same action on what is there is applied and recorded, so the overlay as such is right.
    write("lamp");
    let run = folder.regen(&["--from", &from]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    let pinned: Value = folder.read("v2.json").parse().unwrap();
    assert_eq!(pinned["components"]["schemas"]["lamp"]["nullable"], true);
    assert!(folder.read("provenance.toml").contains("file = \"v2-50-lamps.yaml\"\nplaces = 1"));
}

#[test]
fn a_document_of_openapi_3_1_is_pinned_as_one_of_3_0() {
    let folder = Folder::pinned();
    let before = folder.read("v2.json");
    let mut newer = document();
    newer["openapi"] = json!("3.1.0");
    let property = &mut newer["components"]["schemas"]["lamp"]["properties"]["name"];
    property["type"] = json!(["string"]);
    property["examples"] = json!([PROSE]);
    let from = folder.publish("lamps.json", &newer.to_string());
    let run = folder.regen(&["--from", &from]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert_eq!(folder.read("v2.json"), before);
}

#[test]
fn a_name_that_sounds_sensitive_is_left_to_decide_on() {
    let folder = Folder::pinned();
    folder.decide("[sensitive]\nwords = [\"maiden\"]\n");
    let mut changed = document();
    changed["components"]["schemas"]["lamp"]["properties"]["mothers_maiden_name"] =
        json!({"type": "string"});
    let from = folder.publish("changed.json", &changed.to_string());
    let says = "to decide on: mothers_maiden_name sounds sensitive";
    for _ in 0..2 {
        let run = folder.regen(&["--from", &from]);
        assert_eq!(run.code, Some(1), "{}{}", run.out, run.err);
        assert!(run.out.contains(says), "{}", run.out);
    }
    folder.decide("[sensitive]\nwords = [\"maiden\"]\nnames = [\"mothers_maiden_name\"]\n");
    let run = folder.regen(&["--from", &from]);
    assert_eq!(run.code, Some(0), "{}{}", run.out, run.err);
    assert!(!run.out.contains(says), "{}", run.out);
}

#[test]
fn a_step_is_one_entry_until_it_is_committed() {
    let folder = Folder::pinned();
    folder.commit();
    let mut changed = document();
    changed["components"]["schemas"]["lamp"]["properties"]["wattage"] = json!({"type": "integer"});
    let from = folder.publish("changed.json", &changed.to_string());
    assert_eq!(folder.regen(&["--from", &from]).code, Some(0));
    let first = folder.read("CHANGELOG.md");

    // A decision after the first run: another name for the operation.
    let overlay = folder.path().join("spec/overlay/v2-90-names.yaml");
    let names = "overlay: 1.0.0\ninfo: {title: t, version: 1.0.0}\nextends: v2\n\
                 x-synctera-names:\n  operations:\n    getLamp: readLamp\n";
    std::fs::write(&overlay, names).unwrap();
    assert_eq!(folder.regen(&["--from", &from]).code, Some(0));
    let log = folder.read("CHANGELOG.md");
    assert_eq!(log.matches("\n## ").count(), 1, "{log}");
    for part in ["schemas/lamp: wattage", "`operation-renamed` GET /lamps/{lamp_id}"] {
        assert_eq!(log.matches(part).count(), 1, "{part}: {log}");
    }

    std::fs::remove_file(&overlay).unwrap();
    assert_eq!(folder.regen(&["--from", &from]).code, Some(0));
    assert_eq!(folder.read("CHANGELOG.md"), first);

    // Once it is committed, the next step is one of its own.
    folder.commit();
    std::fs::write(&overlay, names).unwrap();
    assert_eq!(folder.regen(&["--from", &from]).code, Some(0));
    assert_eq!(folder.read("CHANGELOG.md").matches("\n## ").count(), 2);
}

#[test]
fn a_stale_snapshot_is_named_in_every_run() {
    let folder = Folder::pinned();
    let snapshots = folder.path().join("tests/suite/snapshots/surface/v2");
    std::fs::create_dir_all(&snapshots).unwrap();
    let stale = "---\nsource: tests/suite/surface.rs\n---\nstruct Lamp\n    stale: bool\n";
    std::fs::write(snapshots.join("lamps.snap"), stale).unwrap();
    let from = folder.path().join("lamps.json").display().to_string();
    for _ in 0..2 {
        let run = folder.regen(&["--from", &from]);
        assert_eq!(run.code, Some(1), "{}{}", run.out, run.err);
        assert!(run.out.contains("lamps.snap: left alone"), "{}", run.out);
        assert!(!run.out.contains("no drift"), "{}", run.out);
    }
}

#[test]
fn a_report_overwrites_no_document() {
    let folder = Folder::pinned();
    let from = folder.path().join("lamps.json");
    let before = std::fs::read_to_string(&from).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    let output =
        command.arg("drift").arg(&from).arg(&from).arg("--out").arg(&from).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert_eq!(std::fs::read_to_string(&from).unwrap(), before);
}

#[test]
fn a_renamed_component_is_refused_with_the_line_to_write() {
    let folder = Folder::pinned();
    let overlay = folder.path().join("spec/overlay/v2-90-names.yaml");
    let names = |published: &str| {
        let head = "overlay: 1.0.0\ninfo: {title: t, version: 1.0.0}\nextends: v2\n";
        let text = format!("{head}x-synctera-names:\n  schemas:\n    {published}: fixture\n");
        std::fs::write(&overlay, text).unwrap();
    };
    names("hook");
    let from = folder.path().join("lamps.json").display().to_string();
    assert_eq!(folder.regen(&["--from", &from]).code, Some(0));

    let text = document().to_string().replace("schemas/hook\"", "schemas/bracket\"");
    let renamed = folder.publish("renamed.json", &text.replace("\"hook\":{", "\"bracket\":{"));
    let report = folder.path().join("report.md");
    let run = folder.regen(&["--from", &renamed, "--report", &report.display().to_string()]);
    assert_eq!(run.code, Some(2), "{}{}", run.out, run.err);
    let report = std::fs::read_to_string(report).unwrap();
    assert!(report.contains("    bracket: fixture # instead of hook"), "{report}");

    names("bracket");
    let run = folder.regen(&["--from", &renamed]);
    assert_eq!(run.code, Some(0), "{}{}", run.out, run.err);
}
