//! Requests of all journeys, read from the files of this folder: on the wire they are what the
//! constructors and setters make, and what is wrong in a file is refused by its name.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{Debug, Display};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use synctera::{Journey, OpenAccount, PersonId};
use synctera_journey_files::JourneyFiles;
use synctera_tests::facade::{builders, constructors, journeys, read_from_files};
use synctera_tests::{Fault, World};

/// Names the ids that a file mentions after the variables that hold them.
macro_rules! ids {
    ($($name:ident),* $(,)?) => { $crate::requests::Ids::of([$((stringify!($name), $name.to_string())),*]) };
}

/// A test for each request: what must be there before it is run, and how code makes it.
macro_rules! requests {
    ($($test:ident: $request:ty, async |$world:ident| $set_up:expr, |$ids:ident| $build:expr;)*) => {
        $(#[tokio::test]
        async fn $test() {
            let set_up = async |$world: &synctera_tests::World| $set_up;
            let build = |$ids: &$crate::requests::Ids| -> $request { $build };
            $crate::requests::same_on_the_wire(set_up, build).await;
        })*

        pub(super) fn all() -> Vec<super::Request> {
            vec![$(super::Request::of::<$request>(stringify!($request))),*]
        }
    };
}

mod accounts;
mod alternatives;
mod cards;
mod money;
mod people;

/// Ids by the names that stand for them in a file: `<account>`.
struct Ids(BTreeMap<&'static str, String>);

impl Ids {
    fn of<const N: usize>(ids: [(&'static str, String); N]) -> Self {
        Self(ids.into())
    }

    fn get<T: FromStr>(&self, name: &str) -> T {
        self.0[name].parse().unwrap_or_else(|_| panic!("{name} is another id"))
    }

    fn fill_in(&self, text: &str) -> String {
        self.0
            .iter()
            .fold(text.to_owned(), |text, (name, id)| text.replace(&format!("<{name}>"), id))
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("suite/requests")
}

/// The file of a journey.
fn file(journey: &str) -> String {
    std::fs::read_to_string(folder().join(format!("{journey}.yaml"))).unwrap()
}

async fn same_on_the_wire<J: Journey + DeserializeOwned>(
    set_up: impl AsyncFn(&World) -> Ids,
    build: impl Fn(&Ids) -> J,
) {
    let sent = async |request: &dyn Fn(&Ids) -> J| {
        let world = World::new().await;
        let ids = set_up(&world).await;
        let request = request(&ids);
        world.recorder.take();
        world.client.run(&request).key("from-a-file").await.unwrap();
        world.recorder.take_text()
    };
    let text = file(J::NAME);
    let read = |ids: &Ids| -> J {
        let text = ids.fill_in(&text);
        assert!(!text.contains('<'), "an id of {} is not named: {text}", J::NAME);
        serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", J::NAME))
    };
    let (read, built) = (sent(&read).await, sent(&build).await);
    assert!(!built.is_empty());
    assert_eq!(read, built);
}

/// A request that can be read.
struct Request {
    type_name: &'static str,
    journey: &'static str,
    /// Its `Debug` text.
    read: fn(&Value) -> Result<String, String>,
}

impl Request {
    fn of<J: Journey + DeserializeOwned + Debug>(type_name: &'static str) -> Self {
        Self { type_name, journey: J::NAME, read: read::<J> }
    }

    /// Its file, with an id for each name of one.
    fn example(&self) -> Value {
        let mut text = file(self.journey);
        for number in 1.. {
            let Some((start, end)) = text.find('<').zip(text.find('>')) else { break };
            let name = text[start..=end].to_owned();
            text = text.replace(&name, &format!("00000000-0000-4000-8000-{number:012}"));
        }
        serde_saphyr::from_str(&text).unwrap()
    }
}

fn read<J: DeserializeOwned + Debug>(value: &Value) -> Result<String, String> {
    fn said(error: impl Display) -> String {
        error.to_string()
    }
    serde_json::from_str(&value.to_string()).map(|request: J| format!("{request:?}")).map_err(said)
}

fn all() -> Vec<Request> {
    [people::all(), accounts::all(), money::all(), cards::all()].into_iter().flatten().collect()
}

#[test]
fn every_journey_has_a_file() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../facade/src");
    let requests = all();
    let types: BTreeSet<&str> = requests.iter().map(|request| request.type_name).collect();
    let implemented = journeys(&source);
    assert_eq!(types, implemented.iter().map(String::as_str).collect());
    let files: BTreeSet<String> = std::fs::read_dir(folder())
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().into_string().ok())
        .filter_map(|name| name.strip_suffix(".yaml").map(str::to_owned))
        .collect();
    let expected: BTreeSet<String> =
        requests.iter().map(|request| request.journey.to_owned()).collect();
    assert_eq!(files, expected);
}

const README: &str = include_str!("../../../facade/src/journeys/request_files/README.md");

#[test]
fn the_readme_lists_the_constructors_of_every_request() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../facade/src");
    let (_, table) = README.split_once("# Constructors").unwrap();
    let rows: BTreeMap<&str, &str> =
        table.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` |")).collect();
    let mut listed: BTreeSet<String> = rows.keys().map(|name| (*name).to_owned()).collect();
    // Its constructors have the names of the actions, which the text says.
    listed.insert("ActOnDispute".to_owned());
    assert_eq!(listed, journeys(&source));
    let named = constructors(&source);
    for (request, row) in rows {
        let shown: BTreeSet<&str> =
            row.split('`').filter_map(|code| code.split_once('(')?.0.into()).collect();
        let Some(named) = named.get(request) else {
            // A macro writes its only constructor.
            assert_eq!(shown, ["new"].into(), "{request}");
            continue;
        };
        let in_files = named
            .iter()
            .filter(|name| !NOT_IN_FILES.contains(&format!("{request}::{name}").as_str()));
        assert_eq!(shown, in_files.map(String::as_str).collect(), "{request}");
    }
}

#[tokio::test]
async fn errors_about_parties_name_the_members_of_the_file() {
    let world = World::new().await;
    let (holder, other) = (world.customer().await, world.customer().await);
    let file = |user: PersonId| -> OpenAccount {
        serde_json::from_value(json!({
            "template": {"account_type": "CHECKING"},
            "primary_account_holder": {"person_id": holder},
            "authorized_users": [{"person_id": user}],
            "joint_account_holders": [{"person_id": other}],
        }))
        .unwrap()
    };
    let twice = world.client.open_account(&file(holder)).await.unwrap_err();
    assert_eq!(fields(&twice), ["authorized_users[0]"]);
    let answer = r#"{"code":"BAD_REQUEST_BODY","missing":["relationships[0].business_id"],
        "invalid":{"relationships[1].customer_id":"no","relationships[2].customer_id":"no",
        "relationships[9].customer_id":"no","nickname":"no"}}"#;
    let user = world.prospect_with_address().await;
    // Two persons and the templates are read first.
    world.recorder.next([None, None, None, Some(Fault::Answer(400, &[], answer))]);
    let refused = world.client.open_account(&file(user)).await.unwrap_err();
    assert_eq!(
        fields(&refused),
        [
            "primary_account_holder.business_id",
            "authorized_users[0].person_id",
            "joint_account_holders[0].person_id",
            "nickname",
            "relationships[9].customer_id",
        ]
    );
}

fn fields(error: &synctera::Error) -> Vec<&str> {
    error.field_errors().map(|error| error.field()).collect()
}

/// Short forms of what other constructors and setters do, and how a run waits.
const NOT_IN_FILES: [&str; 8] = [
    "MoveByCard::polling",
    "RelatedPerson::managing",
    "ReplaceCard::damaged",
    "ReplaceCard::expiring",
    "ReplaceCard::lost",
    "ReplaceCard::stolen",
    "ReverseCardPull::polling",
    "Subscribe::event",
];

#[test]
fn a_file_can_say_what_every_constructor_and_setter_can() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../facade/src");
    let called = read_from_files(&source);
    let builders = builders(&source);
    assert!(builders.len() > 200, "{}", builders.len());
    let missing: Vec<&str> = builders
        .iter()
        .filter(|builder| {
            let (of, name) = builder.split_once("::").unwrap();
            !called.get(of).unwrap_or(&called["*"]).contains(name)
        })
        .map(String::as_str)
        .collect();
    assert_eq!(missing, NOT_IN_FILES);
}

/// Every place in a value, as a JSON pointer and as errors name it.
fn places(value: &Value) -> Vec<(String, String)> {
    let mut places = vec![(String::new(), String::new())];
    let below: Vec<(String, String, &Value)> = match value {
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), format!(".{name}"), value)).collect()
        }
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(index, value)| (index.to_string(), format!("[{index}]"), value))
            .collect(),
        _ => Vec::new(),
    };
    for (name, shown, value) in below {
        // What an integrator keeps with a resource has any shape.
        if ["metadata", "json"].contains(&name.as_str()) && value.is_object() {
            continue;
        }
        let name = name.replace('/', "~1");
        places.extend(
            self::places(value)
                .into_iter()
                .map(|(pointer, path)| (format!("/{name}{pointer}"), format!("{shown}{path}"))),
        );
    }
    places
}

fn named(path: &str) -> &str {
    path.trim_start_matches('.')
}

#[test]
fn an_unknown_member_is_refused_by_its_name() {
    let mut tried = 0;
    for request in all() {
        let example = request.example();
        assert!((request.read)(&example).is_ok(), "{}", request.type_name);
        for (pointer, path) in places(&example) {
            let mut changed = example.clone();
            let Some(members) = changed.pointer_mut(&pointer).unwrap().as_object_mut() else {
                continue;
            };
            members.insert("unheard_of".to_owned(), json!(1));
            let error = (request.read)(&changed).unwrap_err();
            // A choice has one member, which is known: the other one is the second.
            let is_named = error.contains("unheard_of") || error.starts_with(named(&path));
            assert!(is_named, "{} at {path:?}: {error}", request.type_name);
            tried += 1;
        }
    }
    assert!(tried > 80, "{tried}");
}

#[test]
fn a_wrong_type_is_refused_by_the_path_of_its_member() {
    let secret = 456_789_012;
    let mut tried = 0;
    for request in all() {
        let example = request.example();
        for (pointer, path) in places(&example) {
            let mut changed = example.clone();
            let value = changed.pointer_mut(&pointer).unwrap();
            *value = match value {
                Value::Number(_) | Value::Bool(_) => json!("456789012"),
                _ => json!(secret),
            };
            let Err(error) = (request.read)(&changed) else {
                panic!("{} takes anything at {path:?}", request.type_name)
            };
            assert!(error.starts_with(named(&path)), "{} at {path:?}: {error}", request.type_name);
            assert!(!error.contains("456789012"), "{} at {path:?}: {error}", request.type_name);
            tried += 1;
        }
    }
    assert!(tried > 300, "{tried}");
}

/// What is wrong with a request as an entry of a file, each with its member.
fn wrong_members(request: &Request, value: &Value) -> Vec<String> {
    let text = json!({ "entry": { request.journey: value } }).to_string();
    match JourneyFiles::parse([("file.json", &*text)]) {
        Ok(_) => Vec::new(),
        Err(wrong) => wrong.iter().map(|it| it.field.clone().unwrap_or_default()).collect(),
    }
}

/// The member is reported, once; of the others at most one, which depends on it.
fn assert_reported(request: &Request, path: &str, reported: &[String]) {
    let (at, others): (Vec<&String>, Vec<&String>) = reported.iter().partition(|field| {
        let below = field.strip_prefix(named(path));
        below.is_some_and(|it| it.is_empty() || it.starts_with(['.', '[']))
    });
    let is_right = at.len() == 1 && others.len() <= 1;
    assert!(is_right, "{} at {path:?}: {reported:?}", request.type_name);
}

#[test]
fn all_wrong_members_of_an_entry_are_named_together() {
    let (mut alone, mut together) = (0, 0);
    for request in all() {
        let example = request.example();
        assert_eq!(wrong_members(&request, &example), [""; 0], "{}", request.type_name);
        let places = places(&example);
        let wrong_at = |changed: &mut Value, pointer: &str| {
            let value = changed.pointer_mut(pointer).unwrap();
            *value = match value {
                Value::Number(_) | Value::Bool(_) => json!("456789012"),
                // A number would be read as its digits.
                Value::String(_) => json!([456_789_012]),
                _ => json!(456_789_012),
            };
        };
        // The whole request is no member.
        for (pointer, path) in &places[1..] {
            let mut changed = example.clone();
            wrong_at(&mut changed, pointer);
            let reported = wrong_members(&request, &changed);
            assert_reported(&request, path, &reported);
            alone += 1;
            // With a member that is too much; nothing takes the place of a whole object.
            let Some(members) = changed.as_object_mut() else { continue };
            if example.pointer(pointer).unwrap().is_object() {
                continue;
            }
            members.insert("unheard_of".to_owned(), json!(1));
            let mut reported = wrong_members(&request, &changed);
            let before = reported.len();
            reported.retain(|field| field != "unheard_of");
            assert_reported(&request, path, &reported);
            // Nothing takes the place of a word of which only few are allowed.
            together += before - reported.len();
        }
    }
    assert!(alone > 300 && together > 200, "{alone} {together}");
}

#[test]
fn an_absent_member_is_a_null_one() {
    let (mut optional, mut required) = (0, 0);
    for request in all() {
        let example = request.example();
        for (pointer, path) in places(&example) {
            let Some((parent, name)) = pointer.rsplit_once('/') else { continue };
            let mut without = example.clone();
            let Some(members) = without.pointer_mut(parent).unwrap().as_object_mut() else {
                continue;
            };
            members.remove(&name.replace("~1", "/"));
            let mut null = example.clone();
            *null.pointer_mut(&pointer).unwrap() = Value::Null;
            match ((request.read)(&without), (request.read)(&null)) {
                (Ok(without), Ok(null)) => {
                    assert_eq!(without, null, "{} at {path}", request.type_name);
                    optional += 1;
                }
                (Err(_), Err(error)) => {
                    // What needs another member is refused by the name of either.
                    let parent = named(&path).rsplit_once('.').map_or("", |(parent, _)| parent);
                    let is_named = error.starts_with(named(&path)) || error.starts_with(parent);
                    assert!(is_named, "{} at {path}: {error}", request.type_name);
                    required += 1;
                }
                (without, null) => panic!(
                    "{} at {path}: {without:?} when absent, {null:?} when null",
                    request.type_name
                ),
            }
        }
    }
    assert!(optional > 60 && required > 150, "{optional} and {required}");
}

/// YAML reads a plain number as text where a text belongs, so that nothing has to be quoted.
#[test]
fn numbers_in_yaml_are_texts_where_texts_belong() {
    let text = "card_id: 00000000-0000-4000-8000-000000000001\npin: 0271\n";
    let request: synctera::SetCardPin = serde_saphyr::from_str(text).unwrap();
    assert_eq!(format!("{request:?}").matches("***").count(), 1);
    let text = "{type: CHECKING, account_owner_names: [Ada], bank_name: Bank, \
                ach_routing_number: 021000021, number: 0012345678}";
    let text = format!(
        "holder: {{person_id: 00000000-0000-4000-8000-000000000001}}\nlink: {{by_numbers: {text}}}"
    );
    let request: synctera::LinkExternalAccount = serde_saphyr::from_str(&text).unwrap();
    let shown = format!("{request:?}");
    assert!(!shown.contains("21000021") && !shown.contains("12345678"), "{shown}");
    let entries = format!("bank:\n  link_external_account:\n    {}", text.replace('\n', "\n    "));
    let files = JourneyFiles::parse([("bank.yaml", &*entries)]);
    assert!(files.is_ok(), "{}", files.unwrap_err());
}

#[test]
fn an_error_in_yaml_names_the_member_and_its_line() {
    let text = "person_id: 00000000-0000-4000-8000-000000000001\nlangauge: FR-CA\n";
    let error = serde_saphyr::from_str::<synctera::StartDocumentVerification>(text).unwrap_err();
    let error = error.to_string();
    assert!(error.contains("langauge") && error.contains("line 2"), "{error}");
}
