//! YAML as a tree with the line of each value: for files whose errors name their lines.

use std::fmt;
use std::ops::Range;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use serde_saphyr::{DuplicateKeyPolicy, Spanned};

/// The most values of a file that come from aliases, with the beginnings and ends of lists and maps.
const ALIASED_MAX: usize = 400_000;

/// The most characters of a reader's message.
const MESSAGE_MAX: usize = 200;

/// How much a text may hold.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How deep its values are nested.
    pub depth: usize,
    /// How many values it has.
    pub values: usize,
}

/// Why a text cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct YamlError {
    /// The line, from 1, if it is known.
    pub line: Option<u64>,
    /// What is wrong, without the text, which may have secrets.
    pub message: String,
}

/// A value, and its line.
#[derive(Clone)]
#[non_exhaustive]
pub struct Tree {
    /// The line, from 1; of an alias, where it is used.
    pub line: u64,
    /// The value.
    pub node: Node,
    /// Where it is written, in bytes.
    written: Option<Range<usize>>,
}

/// A value.
#[derive(Clone)]
pub enum Node {
    /// Nothing.
    Null,
    /// True or false.
    Bool(bool),
    /// A number, with its digits as they are written, if they are known: a text of digits looks like one.
    Number(Number, Option<String>),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Tree>),
    /// A map, in the order of the text; no name is there twice.
    Map(Vec<Member>),
}

/// A member of a map.
#[derive(Clone)]
#[non_exhaustive]
pub struct Member {
    /// Its name.
    pub name: String,
    /// The line of its name.
    pub line: u64,
    /// Its value.
    pub value: Tree,
}

impl Tree {
    /// Reads a text.
    ///
    /// # Errors
    /// When it is no YAML or more than one document, when a name is twice in a map, or when it holds more
    /// than it may.
    pub fn read(text: &str, limits: Limits) -> Result<Self, YamlError> {
        let options = serde_saphyr::options! {
            with_snippet: false,
            budget: serde_saphyr::budget! {
                max_depth: limits.depth,
                max_documents: 1,
                max_nodes: limits.values,
                max_events: limits.values.saturating_mul(2),
            },
            alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: ALIASED_MAX },
            duplicate_keys: DuplicateKeyPolicy::Error,
        };
        let mut tree: Self = serde_saphyr::from_str_with_options(text, options)
            .map_err(|error| YamlError::of(&error))?;
        tree.keep_digits(text);
        Ok(tree)
    }

    /// Keeps the digits of numbers.
    fn keep_digits(&mut self, source: &str) {
        match &mut self.node {
            Node::Number(_, digits) => {
                let written = self.written.clone().and_then(|range| source.get(range));
                *digits = written.map(|it| it.trim().to_owned());
            }
            Node::List(items) => items.iter_mut().for_each(|item| item.keep_digits(source)),
            Node::Map(members) => members.iter_mut().for_each(|it| it.value.keep_digits(source)),
            Node::Null | Node::Bool(_) | Node::Text(_) => {}
        }
    }

    /// The value as JSON; `text` decides about each text.
    pub fn to_json(&self, text: &mut impl FnMut(&str) -> String) -> Value {
        match &self.node {
            Node::Null => Value::Null,
            Node::Bool(value) => (*value).into(),
            Node::Number(number, _) => number.clone().into(),
            Node::Text(value) => text(value).into(),
            Node::List(items) => items.iter().map(|item| item.to_json(text)).collect(),
            Node::Map(members) => {
                let members = members.iter();
                let members = members.map(|it| (it.name.clone(), it.value.to_json(text)));
                Value::Object(members.collect::<Map<_, _>>())
            }
        }
    }

    /// Calls a function for each text, with its path.
    pub(crate) fn each_text(&self, visit: &mut impl FnMut(&str, &str)) {
        self.each_text_at(&mut String::new(), visit);
    }

    fn each_text_at(&self, path: &mut String, visit: &mut impl FnMut(&str, &str)) {
        let parent = path.len();
        match &self.node {
            Node::Text(text) => visit(text, path),
            Node::List(items) => {
                for (number, item) in items.iter().enumerate() {
                    *path += &format!("[{number}]");
                    item.each_text_at(path, visit);
                    path.truncate(parent);
                }
            }
            Node::Map(members) => {
                for member in members {
                    *path += if parent == 0 { "" } else { "." };
                    *path += &member.name;
                    member.value.each_text_at(path, visit);
                    path.truncate(parent);
                }
            }
            Node::Null | Node::Bool(_) | Node::Number(..) => {}
        }
    }

    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        match &self.node {
            Node::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl YamlError {
    fn of(error: &serde_saphyr::Error) -> Self {
        let line = error.location().map(|at| at.line());
        let text = match error.without_snippet() {
            serde_saphyr::Error::DuplicateMappingKey { key, .. } => {
                format!("{} is given twice", key.as_deref().unwrap_or("a member"))
            }
            other => other.to_string(),
        };
        // The line is reported beside it, and a message has one line.
        let text = text.lines().next().unwrap_or_default();
        let text = text.rsplit_once(" at line ").map_or(text, |(text, _)| text);
        let message = text.chars().filter(|it| !it.is_control()).take(MESSAGE_MAX).collect();
        Self { line, message }
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Node>::deserialize(deserializer)?;
        let span = spanned.defined.span();
        let byte = |offset: Option<u64>| offset.and_then(|it| usize::try_from(it).ok());
        let written = byte(span.byte_offset())
            .zip(byte(span.byte_len()))
            .map(|(start, len)| start..start.saturating_add(len));
        Ok(Self { line: spanned.referenced.line(), node: spanned.value, written })
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        Node::deserialize(deserializer)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Number(value.into(), None))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Number(value.into(), None))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Node, E> {
        Number::from_f64(value)
            .map(|number| Node::Number(number, None))
            .ok_or_else(|| E::custom("the number is too large"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Node, E> {
        Ok(Node::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut members: Vec<Member> = Vec::new();
        while let Some(name) = map.next_key::<Spanned<String>>()? {
            let line = name.referenced.line();
            members.push(Member { name: name.value, line, value: map.next_value()? });
        }
        Ok(Node::Map(members))
    }
}
