//! Where something stands in a document, kept as steps and written out only when it is reported.

use std::fmt::Write;
use std::rc::Rc;

use crate::pointer::token;

/// A place: what holds it, and the way down from there.
#[derive(Clone, Debug)]
pub(crate) struct Place<'a>(Rc<Step<'a>>);

#[derive(Debug)]
enum Step<'a> {
    /// A component, which many operations may share.
    Component {
        section: &'a str,
        name: &'a str,
    },
    /// A part of one operation or of the document, with its JSON pointer.
    Part {
        title: String,
        pointer: String,
    },
    Property(Place<'a>, &'a str),
    Items(Place<'a>),
    Values(Place<'a>),
    Variant(Place<'a>, &'a str, usize),
    /// One of the parts of an `allOf`: a step in the document, none for the reader.
    Composed(Place<'a>, &'a str, usize),
    /// `schema`, `content/<type>/schema` and the like: a step in the document only.
    Below(Place<'a>, String),
}

/// A place, written out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct Location {
    /// What holds it: `schemas/person`, `GET /persons, query limit`.
    pub holder: String,
    /// The way down from there: `addresses[].city`. Empty for the holder itself.
    pub field: String,
    /// JSON pointer in the document that has it.
    pub pointer: String,
}

impl std::fmt::Display for Location {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.holder)?;
        if !self.field.is_empty() {
            write!(f, ": {}", self.field)?;
        }
        Ok(())
    }
}

impl Location {
    /// The component, when the place is in one.
    pub fn component(&self) -> Option<&str> {
        self.holder.strip_prefix("schemas/")
    }

    /// The properties on the way down.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let name = |step: &'_ str| step.find(['[', '{', '<']).unwrap_or(step.len());
        self.field.split('.').map(move |step| &step[..name(step)]).filter(|name| !name.is_empty())
    }

    /// The last name on the way: the property that it is about.
    pub fn last_name(&self) -> Option<&str> {
        let name = self.field.rsplit(['.', ']']).next()?;
        let name = name.split(['[', '{', '<']).next()?;
        (!name.is_empty()).then_some(name)
    }
}

impl<'a> Place<'a> {
    pub(crate) fn component(section: &'a str, name: &'a str) -> Self {
        Self(Rc::new(Step::Component { section, name }))
    }

    pub(crate) fn part(title: impl Into<String>, pointer: impl Into<String>) -> Self {
        Self(Rc::new(Step::Part { title: title.into(), pointer: pointer.into() }))
    }

    pub(crate) fn property(&self, name: &'a str) -> Self {
        Self(Rc::new(Step::Property(self.clone(), name)))
    }

    pub(crate) fn items(&self) -> Self {
        Self(Rc::new(Step::Items(self.clone())))
    }

    pub(crate) fn values(&self) -> Self {
        Self(Rc::new(Step::Values(self.clone())))
    }

    pub(crate) fn variant(&self, keyword: &'a str, index: usize) -> Self {
        Self(Rc::new(Step::Variant(self.clone(), keyword, index)))
    }

    pub(crate) fn composed(&self, keyword: &'a str, index: usize) -> Self {
        Self(Rc::new(Step::Composed(self.clone(), keyword, index)))
    }

    pub(crate) fn below(&self, pointer: impl Into<String>) -> Self {
        Self(Rc::new(Step::Below(self.clone(), pointer.into())))
    }

    pub(crate) fn located(&self) -> Location {
        let mut location =
            Location { holder: String::new(), field: String::new(), pointer: String::new() };
        self.write(&mut location);
        location
    }

    fn write(&self, to: &mut Location) {
        match &*self.0 {
            Step::Component { section, name } => {
                to.holder = format!("{section}/{name}");
                to.pointer = format!("/components/{section}/{}", token(name));
            }
            Step::Part { title, pointer } => {
                to.holder.clone_from(title);
                to.pointer.clone_from(pointer);
            }
            Step::Property(place, name) => {
                place.write(to);
                if !to.field.is_empty() {
                    to.field.push('.');
                }
                to.field.push_str(name);
                let _infallible = write!(to.pointer, "/properties/{}", token(name));
            }
            Step::Items(place) => {
                place.write(to);
                to.field.push_str("[]");
                to.pointer.push_str("/items");
            }
            Step::Values(place) => {
                place.write(to);
                to.field.push_str("{}");
                to.pointer.push_str("/additionalProperties");
            }
            Step::Variant(place, keyword, index) => {
                place.write(to);
                let _infallible = write!(to.field, "<{index}>");
                let _infallible = write!(to.pointer, "/{keyword}/{index}");
            }
            Step::Composed(place, keyword, index) => {
                place.write(to);
                let _infallible = write!(to.pointer, "/{keyword}/{index}");
            }
            Step::Below(place, pointer) => {
                place.write(to);
                to.pointer.push_str(pointer);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_written_for_readers_and_for_programs() {
        let person = Place::component("schemas", "person").composed("allOf", 1);
        let city = person.property("addresses").items().property("city/town");
        let location = city.located();
        assert_eq!(location.to_string(), "schemas/person: addresses[].city/town");
        assert_eq!(
            location.pointer,
            "/components/schemas/person/allOf/1/properties/addresses/items/properties/city~1town"
        );
        assert_eq!(location.component(), Some("person"));
        assert_eq!(location.last_name(), Some("city/town"));
        assert_eq!(person.property("tags").items().located().last_name(), None);
        let part = Place::part("GET /x, answer 200", "/paths/~1x/get").variant("oneOf", 2);
        assert_eq!(part.located().to_string(), "GET /x, answer 200: <2>");
    }
}
