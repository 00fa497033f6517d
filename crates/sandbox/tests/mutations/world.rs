//! A workspace with something of everything, made by calls: the steps that conformance begins with,
//! and further ones, so that each operation with a body has one that succeeds.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::Duration;

use chrono::{DateTime, TimeZone, Utc};
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Map, Value};
use synctera_sandbox::Sandbox;
use tempfile::TempDir;
use tokio::sync::OnceCell;

/// The workspaces, by their keys.
pub(crate) const KEYS: [(&str, &str); 2] = [("own", "1_1"), ("other", "2_2")];

/// The steps, in the order in which they are played.
pub(crate) static STEPS: LazyLock<Vec<Step>> = LazyLock::new(|| {
    let shared = include_str!("../../../../xtask/conformance/world.json");
    let mut steps: Vec<Step> = serde_json::from_str(shared).unwrap();
    steps.extend(serde_json::from_str::<Vec<Step>>(include_str!("steps.json")).unwrap());
    steps
});

/// A call that succeeds where those before it were made.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    name: Option<String>,
    /// Interface, method and path template.
    pub(crate) call: String,
    #[serde(default)]
    pub(crate) path: Map<String, Value>,
    #[serde(default)]
    pub(crate) query: Map<String, Value>,
    pub(crate) body: Option<Value>,
    form: Option<BTreeMap<String, String>>,
    file: Option<File>,
}

#[derive(Clone, Debug, Deserialize)]
struct File {
    name: String,
    #[serde(rename = "type")]
    media_type: String,
    text: String,
}

impl Step {
    /// Interface, method and path template.
    pub(crate) fn parts(&self) -> (&str, &str, &str) {
        let mut parts = self.call.splitn(3, ' ');
        (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap())
    }
}

/// What was kept before each step, and after the last one: a data file, and what the steps answered.
struct Kept {
    file: PathBuf,
    /// The sandbox's clock.
    moment: DateTime<Utc>,
    made: Made,
}

/// What the steps answered, by workspace and name.
type Made = BTreeMap<&'static str, BTreeMap<String, Value>>;

static KEPT: OnceCell<(TempDir, Vec<Kept>)> = OnceCell::const_new();

/// Plays all steps once.
async fn play_all() -> (TempDir, Vec<Kept>) {
    let folder = tempfile::tempdir().unwrap();
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("bank.db");
    let start = Utc.with_ymd_and_hms(2026, 11, 24, 15, 0, 0).unwrap();
    let mut world = World::on(data, BTreeMap::new(), 0, start).await;
    let mut all = Vec::new();
    for number in 0..=STEPS.len() {
        let kept = folder.path().join(format!("{number}.db"));
        copy(&file, &kept);
        let moment = world.sandbox.now();
        all.push(Kept { file: kept, moment, made: world.made.clone() });
        if let Some(step) = STEPS.get(number) {
            world.make(std::slice::from_ref(step)).await;
        }
    }
    (folder, all)
}

/// Copies a data file that nobody writes to at the moment.
fn copy(from: &Path, to: &Path) {
    for suffix in ["", "-wal"] {
        let beside = |file: &Path| PathBuf::from(format!("{}{suffix}", file.display()));
        if beside(from).exists() {
            std::fs::copy(beside(from), beside(to)).unwrap();
        }
    }
}

/// A sandbox in which some steps were played.
pub(crate) struct World {
    pub(crate) sandbox: Sandbox,
    http: reqwest::Client,
    made: Made,
    /// The key of the workspace that calls.
    pub(crate) key: &'static str,
    words: usize,
    pub(crate) requests: usize,
    _data: TempDir,
}

/// Status and JSON of an answer.
pub(crate) type Answer = (u16, Value);

impl World {
    /// As it is before a step of this number.
    pub(crate) async fn before(step: usize) -> Self {
        let (_, all) = KEPT.get_or_init(play_all).await;
        let data = tempfile::tempdir().unwrap();
        copy(&all[step].file, &data.path().join("bank.db"));
        Self::on(data, all[step].made.clone(), step, all[step].moment).await
    }

    async fn on(data: TempDir, made: Made, step: usize, moment: DateTime<Utc>) -> Self {
        let builder = KEYS
            .into_iter()
            .fold(Sandbox::builder(), |builder, (key, workspace)| builder.api_key(key, workspace));
        let builder = builder.data(data.path().join("bank.db"));
        let sandbox = builder.clock_held_at(moment).start().await.unwrap();
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(60));
        let http = http.build().unwrap();
        // Words are not used again by who goes on from here.
        let (key, words) = (KEYS[0].0, step * 1000);
        Self { sandbox, http, made, key, words, requests: 0, _data: data }
    }

    /// Plays some steps in the workspace that calls; each must succeed.
    pub(crate) async fn make(&mut self, steps: &[Step]) {
        for step in steps {
            let (status, answer) = self.play(step).await;
            assert!(status < 300, "{} {:?}: {status} {answer}", step.call, step.body);
            self.keep(step, answer);
        }
    }

    /// Keeps what a step answered, for the steps that refer to it.
    pub(crate) fn keep(&mut self, step: &Step, answer: Value) {
        let name = step.name.clone().unwrap_or_else(|| step.call.clone());
        self.made.entry(self.key).or_default().insert(name, answer);
    }

    /// Plays a step; what it answers.
    pub(crate) async fn play(&mut self, step: &Step) -> Answer {
        let (interface, method, _) = step.parts();
        if interface == "sandbox" {
            let body = self.filled(step.body.as_ref().unwrap());
            if let Some(days) = body["banking_days"].as_u64() {
                let days = u32::try_from(days).unwrap();
                self.sandbox.advance_banking_days(days).unwrap();
                return (200, Value::Null);
            }
            if let Some(code) = body["authorization_code"].as_str() {
                self.sandbox.exchange_fdx_code(code).unwrap();
                return (201, Value::Null);
            }
            let party = body["party_id"].as_str().unwrap();
            let alert_type = serde_json::from_value(body["type"].clone()).unwrap();
            self.sandbox.raise_alert(party, &alert_type).unwrap();
            return (201, Value::Null);
        }
        let url = self.url(step);
        if let (Some(form), Some(file)) = (&step.form, &step.file) {
            let text = self.filled(&Value::from(file.text.as_str()));
            // A character is a byte.
            let bytes: Vec<u8> = text.as_str().unwrap().chars().map(|c| c as u8).collect();
            let part = reqwest::multipart::Part::bytes(bytes).file_name(file.name.clone());
            let mut parts = reqwest::multipart::Form::new();
            for (name, text) in form {
                parts = parts.text(name.clone(), text.clone());
            }
            let parts = parts.part("file", part.mime_str(&file.media_type).unwrap());
            return self.answer(self.request(method, &url).multipart(parts)).await;
        }
        let body = step.body.as_ref().map(|body| self.filled(body));
        self.send(method, &url, body.as_ref()).await
    }

    /// The path and query of a step, with what was made filled in.
    pub(crate) fn url(&mut self, step: &Step) -> String {
        let (interface, _, template) = step.parts();
        let mut path = template.to_owned();
        for (name, value) in &step.path {
            let value = self.filled(value);
            path = path.replace(&format!("{{{name}}}"), value.as_str().unwrap());
        }
        assert!(!path.contains('{'), "{path}");
        let query: Vec<String> = step
            .query
            .iter()
            .map(|(name, value)| format!("{name}={}", self.filled(value).as_str().unwrap()))
            .collect();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("/{interface}{path}{mark}{}", query.join("&"))
    }

    fn request(&self, method: &str, url: &str) -> reqwest::RequestBuilder {
        let method: Method = method.parse().unwrap();
        let url = format!("{}{url}", self.sandbox.base_url());
        self.http.request(method, url).bearer_auth(self.key)
    }

    async fn answer(&mut self, request: reqwest::RequestBuilder) -> Answer {
        self.requests += 1;
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let bytes = response.bytes().await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap_or_default())
    }

    /// Sends a call.
    pub(crate) async fn send(&mut self, method: &str, url: &str, body: Option<&Value>) -> Answer {
        let mut request = self.request(method, url);
        if method == "POST" {
            // Some operations ask for one.
            self.words += 1;
            request = request.header("idempotency-key", format!("call {}", self.words));
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        self.answer(request).await
    }

    /// A value with what was made before for `$name.member`, and a fresh word for a last `~`.
    pub(crate) fn filled(&mut self, value: &Value) -> Value {
        match value {
            Value::Object(members) => {
                members.iter().map(|(name, value)| (name.clone(), self.filled(value))).collect()
            }
            Value::Array(items) => items.iter().map(|item| self.filled(item)).collect(),
            Value::String(text) if text.starts_with('$') => {
                let (name, rest) = text[1..].split_once('.').unwrap();
                let made =
                    self.made[self.key].get(name).unwrap_or_else(|| panic!("no {name} was made"));
                let pointer = format!("/{}", rest.replace('.', "/"));
                made.pointer(&pointer).unwrap_or_else(|| panic!("no {rest} in {made}")).clone()
            }
            Value::String(text) if text.ends_with('~') => {
                self.words += 1;
                format!("{}{}", text.trim_end_matches('~'), self.words).into()
            }
            other => other.clone(),
        }
    }

    /// What a step answered, by its name.
    pub(crate) fn made(&self) -> &BTreeMap<String, Value> {
        &self.made[self.key]
    }
}
