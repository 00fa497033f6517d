//! What an operation is given, and what the document says must then be on the wire.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::document::{Document, Operation};
use crate::harness::Input;
use crate::recorder::Recorded;
use crate::sample::{Extent, Sampler};
use crate::schema::Way;
use crate::shape::Shape;

/// What means something in an address, and must not mean it in a value.
const HOSTILE: &str = " /../?x=1&y#z;%2F%,+:@\"\\ü漢🏦";

/// A request as it has to arrive.
pub struct Expected {
    method: String,
    path: Vec<String>,
    query: BTreeMap<String, Vec<String>>,
    body: Body,
    accept: Accept,
}

/// What may be asked for.
enum Accept {
    Json,
    Bytes(String),
    Anything,
}

enum Body {
    None,
    Json(Value),
    Form { texts: BTreeMap<String, String>, files: BTreeMap<String, File> },
    Bytes(String, Vec<u8>),
}

/// Name, media type, contents.
type File = (String, String, Vec<u8>);

/// Makes an input for an operation, and what comes of it.
pub fn expected(
    document: &'static Document,
    operation: &Operation<'static>,
    extent: Extent,
    number: usize,
) -> (Input, Expected) {
    let mut input = Input::default();
    // Also of the least there must be: a list without items would be no parameter at all.
    let sampler = Sampler::new(document, Way::Sent, Extent::Full).with_text(HOSTILE);
    for parameter in operation.parameters_in("path") {
        let value = sampler.sample(&parameter["schema"], number).value;
        input.path.insert(name_of(parameter), plain(&value));
    }
    let mut query = BTreeMap::new();
    for parameter in operation.parameters_in("query") {
        if extent == Extent::Full || parameter["required"] == true {
            let value = sampler.sample(&parameter["schema"], number).value;
            let texts = match &value {
                Value::Array(items) => {
                    // Lists would be repeated otherwise; no document asks for it today.
                    assert_eq!(parameter["explode"], false, "{}", operation.id);
                    items.iter().map(plain).collect()
                }
                value => vec![plain(value)],
            };
            query.insert(name_of(parameter), texts);
            input.query.insert(name_of(parameter), value);
        }
    }
    let body = body(document, operation, extent, number, &mut input);
    let segment = |text: &str| match text.strip_prefix('{').and_then(|t| t.strip_suffix('}')) {
        Some(name) => input.path[name].clone(),
        None => text.to_owned(),
    };
    let path = format!("{}{}", document.name, operation.path);
    let expected = Expected {
        method: operation.method.clone(),
        path: path.split('/').map(segment).collect(),
        query,
        body,
        accept: match operation.answers.first() {
            Some((_, Some(("application/json", _)))) => Accept::Json,
            Some((_, Some((media_type, _)))) => Accept::Bytes((*media_type).to_owned()),
            _ => Accept::Anything,
        },
    };
    (input, expected)
}

fn body(
    document: &'static Document,
    operation: &Operation<'static>,
    extent: Extent,
    number: usize,
    input: &mut Input,
) -> Body {
    let Some((media_type, schema)) = operation.body else {
        return Body::None;
    };
    let sample = || Sampler::new(document, Way::Sent, extent).sample(schema, number).value;
    match media_type {
        "application/json" => {
            input.body = sample();
            Body::Json(input.body.clone())
        }
        "multipart/form-data" => {
            let mut parts = sample();
            let (mut texts, mut files) = (BTreeMap::new(), BTreeMap::new());
            let shape = Shape::of(document, [schema]);
            for (name, part) in shape.properties(document, Way::Sent) {
                let Some(value) = parts.as_object_mut().unwrap().remove(name) else {
                    continue;
                };
                if part.text("format") == Some("binary") {
                    let file_name = format!("{name} \"1\" ü.pdf");
                    let file = (file_name, "application/pdf".to_owned(), every_byte());
                    files.insert(name.to_owned(), file);
                } else {
                    texts.insert(name.to_owned(), plain(&value));
                    input.body[name] = value;
                }
            }
            input.files.clone_from(&files);
            Body::Form { texts, files }
        }
        other => {
            input.bytes = every_byte();
            Body::Bytes(other.to_owned(), every_byte())
        }
    }
}

/// Every byte there is, with line ends that a careless reader of forms would take for its own.
pub fn every_byte() -> Vec<u8> {
    (0..=255).chain(*b"\r\n--\r\n").collect()
}

fn name_of(parameter: &Value) -> String {
    parameter["name"].as_str().unwrap().to_owned()
}

/// A value where there is no JSON around it.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

impl Expected {
    /// What is wrong with what arrived, a line each.
    pub fn faults(&self, sent: &Recorded, api_key: &str) -> Vec<String> {
        let mut faults = self.line_faults(&sent.line);
        faults.extend(self.header_faults(sent, api_key));
        faults.extend(self.body_faults(sent));
        faults
    }

    fn line_faults(&self, line: &str) -> Vec<String> {
        let mut faults = Vec::new();
        let (method, target) = line.split_once(' ').unwrap_or_default();
        if method != self.method {
            faults.push(format!("the method is {method}, not {}", self.method));
        }
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let allowed = |more: &'static str| {
            move |c: char| c.is_ascii_alphanumeric() || "-._~%".contains(c) || more.contains(c)
        };
        let segments: Vec<String> = path.split('/').skip(1).map(decoded).collect();
        if segments != self.path || !path.chars().all(allowed("/!$&'()*+,;=:@")) {
            faults.push(format!("the path is {path}, not {:?}", self.path));
        }
        let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let values = value.split(',').map(decoded).collect();
            // A bare `+` would be read as a space.
            if found.insert(decoded(name), values).is_some() || !value.chars().all(allowed(",")) {
                faults.push(format!("the query holds {pair}, or that name twice"));
            }
        }
        if found != self.query {
            faults.push(format!("the query is {query}, not {:?}", self.query));
        }
        faults
    }

    fn header_faults(&self, sent: &Recorded, api_key: &str) -> Vec<String> {
        let is_write = self.method != "GET";
        let mut faults = Vec::new();
        let mut hold = |name: &str, holds: bool| {
            if !holds {
                faults.push(format!("{name} is {:?}", sent.header(name)));
            }
        };
        let authorization = format!("Bearer {api_key}");
        hold("authorization", sent.header("authorization") == Some(&authorization));
        let user_agent = concat!("synctera-rs/", env!("CARGO_PKG_VERSION"));
        hold("user-agent", sent.header("user-agent") == Some(user_agent));
        let key = sent.header("idempotency-key");
        hold("idempotency-key", key.is_some_and(|key| !key.is_empty()) == is_write);
        let accept = sent.header("accept").unwrap_or_default();
        hold(
            "accept",
            match &self.accept {
                Accept::Json => accept == "application/json",
                Accept::Bytes(media_type) => accept.contains("*/*") || accept.contains(media_type),
                Accept::Anything => ["*/*", "application/json"].contains(&accept),
            },
        );
        let content_type = sent.header("content-type");
        hold(
            "content-type",
            match &self.body {
                Body::None => content_type.is_none(),
                Body::Json(_) => content_type == Some("application/json"),
                Body::Form { .. } => content_type
                    .is_some_and(|value| value.starts_with("multipart/form-data; boundary=")),
                Body::Bytes(media_type, _) => content_type == Some(media_type),
            },
        );
        let known = ["accept", "authorization", "content-type", "idempotency-key", "user-agent"];
        for (name, value) in &sent.headers {
            if !known.contains(&name.as_str()) {
                faults.push(format!("nobody asked for the header {name}: {value}"));
            }
        }
        faults
    }

    fn body_faults(&self, sent: &Recorded) -> Vec<String> {
        use crate::compare::{Nothing, differences};
        match &self.body {
            Body::None if sent.body.is_empty() => Vec::new(),
            Body::None => vec!["there is a body".to_owned()],
            Body::Json(value) => match serde_json::from_slice(&sent.body) {
                Ok(arrived) => differences(value, &arrived, Nothing::Counts, None),
                Err(why) => vec![format!("the body is not JSON: {why}")],
            },
            Body::Bytes(_, bytes) if *bytes == sent.body => Vec::new(),
            Body::Bytes(..) => vec!["the body is not what was given".to_owned()],
            Body::Form { texts, files } => {
                let Some((found_texts, found_files)) = parts(sent) else {
                    return vec!["the body is not a form".to_owned()];
                };
                let mut faults = Vec::new();
                if found_texts != *texts {
                    faults.push(format!("the parts are {found_texts:?}, not {texts:?}"));
                }
                if found_files != *files {
                    let names: Vec<_> = found_files.iter().map(|(n, f)| (n, &f.0, &f.1)).collect();
                    faults.push(format!("the files are {names:?}"));
                }
                faults
            }
        }
    }
}

/// The text and the file parts of a multipart body, as RFC 7578 lays them out.
fn parts(sent: &Recorded) -> Option<(BTreeMap<String, String>, BTreeMap<String, File>)> {
    let boundary = sent.header("content-type")?.split_once("boundary=")?.1;
    let (mut texts, mut files) = (BTreeMap::new(), BTreeMap::new());
    let mut body = [b"\r\n".as_slice(), &sent.body].concat();
    let delimiter = format!("\r\n--{boundary}");
    let end = find(&body, format!("{delimiter}--").as_bytes())?;
    body.truncate(end + delimiter.len());
    let mut rest = body.strip_prefix(delimiter.as_bytes())?;
    while let Some(end) = find(rest, delimiter.as_bytes()) {
        let part = &rest[..end];
        rest = &rest[end + delimiter.len()..];
        let split = find(part, b"\r\n\r\n")?;
        let head = std::str::from_utf8(&part[..split]).ok()?;
        let content = part[split + 4..].to_vec();
        let header = |name: &str| {
            head.lines().find_map(|line| {
                let (found, value) = line.split_once(": ")?;
                found.eq_ignore_ascii_case(name).then_some(value)
            })
        };
        let disposition = header("content-disposition")?.strip_prefix("form-data; name=\"")?;
        let (name, more) = disposition.split_once('"')?;
        let again = match more.strip_prefix("; filename=\"") {
            Some(file_name) => {
                // As browsers do: a quote in the name is escaped.
                let file_name = file_name.strip_suffix('"')?.replace("%22", "\"");
                let file_name = file_name.replace("\\\"", "\"");
                let media_type = header("content-type")?.to_owned();
                files.insert(name.to_owned(), (file_name, media_type, content)).is_some()
            }
            None => texts.insert(name.to_owned(), String::from_utf8(content).ok()?).is_some(),
        };
        if again {
            return None;
        }
    }
    Some((texts, files))
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

/// Text without its percent escapes.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let escaped = match (first, after) {
            (b'%', [high, low, ..]) => std::str::from_utf8(&[*high, *low])
                .ok()
                .and_then(|digits| u8::from_str_radix(digits, 16).ok()),
            _ => None,
        };
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
