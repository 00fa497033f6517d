//! Paths of members, such as `disclosures[0].type`, in a file.

use crate::yaml::{Node, Tree};

impl Tree {
    /// Where the value at a path is, such as `disclosures[0].type`, or the nearest value around it
    /// that is there; none if nothing of the path is there.
    pub(crate) fn nearest(&self, path: &str) -> Option<u64> {
        self.walk(path).0
    }

    /// The value at a path.
    pub(crate) fn at_path(&self, path: &str) -> Option<&Node> {
        self.walk(path).1
    }

    /// A path as the file has it: errors leave out the name of a choice, such as `new` in
    /// `related_people[0].new.email`.
    fn with_choices(&self, path: &str) -> String {
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

    /// The path in the file of a member that an error names. An error may name it as the platform does:
    /// then it is the only member of that name, if there is one.
    pub(crate) fn as_written(&self, path: &str) -> String {
        let written = self.with_choices(path);
        if self.at_path(&written).is_some() {
            return written;
        }
        let Some(Segment::Member(name)) = segments(path).pop() else { return written };
        let mut found = Vec::new();
        self.each_path_to(name, &mut String::new(), &mut found);
        match <[String; 1]>::try_from(found) {
            Ok([only]) => only,
            Err(_) => written,
        }
    }

    /// Adds the paths of all members of a name.
    fn each_path_to(&self, name: &str, at: &mut String, found: &mut Vec<String>) {
        let parent = at.len();
        match &self.node {
            Node::Map(members) => {
                for member in members {
                    *at += if parent == 0 { "" } else { "." };
                    *at += &member.name;
                    if member.name == name {
                        found.push(at.clone());
                    }
                    member.value.each_path_to(name, at, found);
                    at.truncate(parent);
                }
            }
            Node::List(items) => {
                for (number, item) in items.iter().enumerate() {
                    *at += &format!("[{number}]");
                    item.each_path_to(name, at, found);
                    at.truncate(parent);
                }
            }
            Node::Null | Node::Bool(_) | Node::Number(..) | Node::Text(_) => {}
        }
    }

    fn member(&self, name: &str) -> Option<&Self> {
        let Node::Map(members) = &self.node else { return None };
        members.iter().find(|it| it.name == name).map(|it| &it.value)
    }

    fn item(&self, number: usize) -> Option<&Self> {
        let Node::List(items) = &self.node else { return None };
        items.get(number)
    }

    /// The line of the last value on a path that is there, and the value at its end.
    fn walk(&self, path: &str) -> (Option<u64>, Option<&Node>) {
        let mut at = None;
        let mut value = self;
        for segment in segments(path) {
            let next = match (&value.node, segment) {
                (Node::Map(members), Segment::Member(name)) => {
                    members.iter().find(|it| it.name == name).map(|it| (it.line, &it.value))
                }
                (Node::List(items), Segment::Item(number)) => {
                    items.get(number).map(|item| (item.line, item))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::Limits;

    fn read(text: &str) -> Tree {
        Tree::read(text, Limits { depth: 8, values: 100 }).unwrap()
    }

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
        let tree = read(text);
        for (path, line) in [("a", 1), ("a.b", 2), ("a.c[0]", 4), ("a.c[1].d", 5), ("a.c[7]", 3)] {
            assert_eq!(tree.nearest(path), Some(line), "{path}");
        }
        assert_eq!(tree.nearest("z"), None);
    }

    #[test]
    fn a_choice_is_part_of_the_path_in_a_file() {
        let text =
            "people:\n- new: {email: x, home: {city: y}}\n- existing: {id: z}\nplain: {a: 1}\n";
        let tree = read(text);
        for (path, written) in [
            ("people[0].email", "people[0].new.email"),
            ("people[0].home.city", "people[0].new.home.city"),
            ("people[0].new.email", "people[0].new.email"),
            ("people[0].other", "people[0].other"),
            // As the platform names it, with one member of that name in the file.
            ("platform.form.city", "people[0].new.home.city"),
            ("people[1].id", "people[1].existing.id"),
            ("plain.a", "plain.a"),
            ("nothing[3].b", "nothing[3].b"),
        ] {
            assert_eq!(tree.as_written(path), written);
        }
    }
}
