//! A YAML document as a tree, with the line of each value.

use std::fmt;
use std::ops::Range;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use serde_saphyr::{Options, Spanned};

/// A place in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position {
    /// From 1.
    pub(crate) line: u64,
}

/// A value, and where it is.
#[derive(Clone)]
pub(crate) struct Located {
    pub(crate) at: Position,
    pub(crate) node: Node,
    /// Where it is written, in bytes.
    written: Option<Range<usize>>,
}

#[derive(Clone)]
pub(crate) enum Node {
    Null,
    Bool(bool),
    /// A number, with its digits as they are written, if they are known: a text of digits looks like one.
    Number(Number, Option<String>),
    Text(String),
    List(Vec<Located>),
    Map(Vec<Member>),
}

#[derive(Clone)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) at: Position,
    pub(crate) value: Located,
}

impl Located {
    /// Reads the tree of a text.
    pub(crate) fn read(text: &str, options: Options) -> Result<Self, serde_saphyr::Error> {
        let mut tree: Self = serde_saphyr::from_str_with_options(text, options)?;
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
    pub(crate) fn to_json(&self, text: &mut impl FnMut(&str) -> String) -> Value {
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

    /// Where the value at a path is, such as `disclosures[0].type`, or the nearest value around it
    /// that is there; none if nothing of the path is there.
    pub(crate) fn nearest(&self, path: &str) -> Option<Position> {
        self.walk(path).0
    }

    /// The value at a path.
    pub(crate) fn at_path(&self, path: &str) -> Option<&Node> {
        self.walk(path).1
    }

    /// A path as the file has it: errors leave out the name of a choice, such as `new` in
    /// `related_people[0].new.email`.
    pub(crate) fn with_choices(&self, path: &str) -> String {
        let mut written = String::new();
        let mut value = Some(self);
        for segment in segments(path) {
            if let (Some(Node::Map(members)), Segment::Member(name)) =
                (value.map(|it| &it.node), segment)
                && let [choice] = &members[..]
                && choice.name != name
                && choice.value.member(name).is_some()
            {
                written += &format!(".{}", choice.name);
                value = Some(&choice.value);
            }
            value = match segment {
                Segment::Member(name) => {
                    written += &format!(".{name}");
                    value.and_then(|it| it.member(name))
                }
                Segment::Item(number) => {
                    written += &format!("[{number}]");
                    value.and_then(|it| it.item(number))
                }
            };
        }
        written.trim_start_matches('.').to_owned()
    }

    fn member(&self, name: &str) -> Option<&Self> {
        let Node::Map(members) = &self.node else { return None };
        members.iter().find(|it| it.name == name).map(|it| &it.value)
    }

    fn item(&self, number: usize) -> Option<&Self> {
        let Node::List(items) = &self.node else { return None };
        items.get(number)
    }

    /// The place of the last value on a path that is there, and the value at its end.
    fn walk(&self, path: &str) -> (Option<Position>, Option<&Node>) {
        let mut at = None;
        let mut value = self;
        for segment in segments(path) {
            let next = match (&value.node, segment) {
                (Node::Map(members), Segment::Member(name)) => {
                    members.iter().find(|it| it.name == name).map(|it| (it.at, &it.value))
                }
                (Node::List(items), Segment::Item(number)) => {
                    items.get(number).map(|item| (item.at, item))
                }
                _ => None,
            };
            let Some(found) = next else { return (at, None) };
            (at, value) = (Some(found.0), found.1);
        }
        (at, Some(&value.node))
    }
}

/// A step of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Segment<'p> {
    Member(&'p str),
    Item(usize),
}

/// The steps of a path such as `disclosures[0].type`.
pub(crate) fn segments(path: &str) -> Vec<Segment<'_>> {
    let parts = path.split(['.', '[']).filter(|part| !part.is_empty());
    let segment = |part: &'_ str| match part.strip_suffix(']').map(str::parse) {
        Some(Ok(number)) => Err(number),
        _ => Ok(()),
    };
    parts
        .map(|part| match segment(part) {
            Ok(()) => Segment::Member(part),
            Err(number) => Segment::Item(number),
        })
        .collect()
}

impl<'de> Deserialize<'de> for Located {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Node>::deserialize(deserializer)?;
        let span = spanned.defined.span();
        let byte = |offset: Option<u64>| offset.and_then(|it| usize::try_from(it).ok());
        let written = byte(span.byte_offset())
            .zip(byte(span.byte_len()))
            .map(|(start, len)| start..start.saturating_add(len));
        Ok(Self { at: position(&spanned), node: spanned.value, written })
    }
}

fn position<T>(spanned: &Spanned<T>) -> Position {
    // Of an alias, where it is used.
    Position { line: spanned.referenced.line() }
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

    fn visit_f64<E: Error>(self, value: f64) -> Result<Node, E> {
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
            let at = position(&name);
            members.push(Member { name: name.value, at, value: map.next_value()? });
        }
        Ok(Node::Map(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_members_and_items() {
        use Segment::{Item, Member};
        assert_eq!(segments("a.b[2].c"), [Member("a"), Member("b"), Item(2), Member("c")]);
        assert_eq!(segments(""), []);
        assert_eq!(segments("a[x]"), [Member("a"), Member("x]")]);
    }

    #[test]
    fn each_value_has_its_line() {
        let text = "a:\n  b: 1\n  c:\n  - x\n  - {d: 2}\n";
        let tree: Located = serde_saphyr::from_str(text).unwrap();
        for (path, line) in [("a", 1), ("a.b", 2), ("a.c[0]", 4), ("a.c[1].d", 5), ("a.c[7]", 3)] {
            assert_eq!(tree.nearest(path).map(|at| at.line), Some(line), "{path}");
        }
        assert_eq!(tree.nearest("z"), None);
    }

    #[test]
    fn a_choice_is_part_of_the_path_in_a_file() {
        let text =
            "people:\n- new: {email: x, home: {city: y}}\n- existing: {id: z}\nplain: {a: 1}\n";
        let tree = Located::read(text, Options::default()).unwrap();
        for (path, written) in [
            ("people[0].email", "people[0].new.email"),
            ("people[0].home.city", "people[0].new.home.city"),
            ("people[0].new.email", "people[0].new.email"),
            ("people[0].other", "people[0].other"),
            ("people[1].id", "people[1].existing.id"),
            ("plain.a", "plain.a"),
            ("nothing[3].a", "nothing[3].a"),
        ] {
            assert_eq!(tree.with_choices(path), written);
        }
    }
}
