//! Properties: there or not, needed or not, and which way they travel.

use super::{Cx, Found, Walk, zip};
use crate::class::Direction;
use crate::place::Place;
use crate::rules::properties as rules;
use crate::shape::{Node, Shape};

impl<'a> Walk<'a> {
    pub(super) fn properties(&mut self, cx: Cx, old: &Shape<'a>, new: &Shape<'a>) {
        for (name, before, after) in zip(&old.properties, &new.properties) {
            let was_required = old.required.contains_key(name);
            let is_required = new.required.contains_key(name);
            match (before, after) {
                (Some(before), None) => {
                    if visible(&self.old_shape(before), cx.direction)
                        && let [at, ..] = before.as_slice()
                    {
                        let rule =
                            if was_required { &rules::REQUIRED_REMOVED } else { &rules::REMOVED };
                        self.note(cx, Found::removed(rule, &at.place));
                    }
                }
                (None, Some(after)) => {
                    if visible(&self.new_shape(after), cx.direction)
                        && let [at, ..] = after.as_slice()
                    {
                        let rule = if is_required { &rules::REQUIRED_ADDED } else { &rules::ADDED };
                        self.note(cx, Found::added(rule, &at.place));
                    }
                }
                (Some(before), Some(after)) => {
                    let required = |shape: &Shape<'a>| {
                        shape.required.get(name).map(|holder| holder.property(name))
                    };
                    self.property(cx, (before, required(old)), (after, required(new)));
                }
                (None, None) => {}
            }
        }
        self.other_properties(cx, old, new);
    }

    fn property(
        &mut self,
        cx: Cx,
        (before, was_required): (&Node<'a>, Option<Place<'a>>),
        (after, is_required): (&Node<'a>, Option<Place<'a>>),
    ) {
        let (was, is) = (self.old_shape(before), self.new_shape(after));
        let [at, ..] = after.as_slice() else {
            return;
        };
        let place = &at.place;
        let seen = (visible(&was, cx.direction), visible(&is, cx.direction));
        let request = cx.direction == Direction::Request;
        let rule = match seen {
            (false, false) => return,
            (true, false) if request => &rules::BECAME_READ_ONLY,
            (true, false) if was_required.is_some() => &rules::REQUIRED_WRITE_ONLY,
            (true, false) => &rules::BECAME_WRITE_ONLY,
            (false, true) if request && is_required.is_some() => &rules::NOW_SENT_AND_REQUIRED,
            (false, true) if request => &rules::NO_LONGER_READ_ONLY,
            (false, true) => &rules::NO_LONGER_WRITE_ONLY,
            (true, true) => {
                self.needed(cx, &is, &was_required, &is_required);
                let both = was_required.is_some() && is_required.is_some();
                self.place(cx, before, after, both);
                return;
            }
        };
        self.note(cx, Found::added(rule, place));
    }

    fn needed(
        &mut self,
        cx: Cx,
        shape: &Shape<'a>,
        was_required: &Option<Place<'a>>,
        is_required: &Option<Place<'a>>,
    ) {
        let (rule, place) = match (was_required, is_required) {
            (None, Some(place)) => (&rules::BECAME_REQUIRED, place),
            (Some(place), None) => (&rules::BECAME_OPTIONAL, place),
            _ => return,
        };
        let mut found = if is_required.is_some() {
            Found::added(rule, place)
        } else {
            Found::removed(rule, place)
        };
        // A list that is absent is an empty one, and a null is taken for absent: the type is the same.
        if cx.direction != Direction::Request
            && (shape.type_name() == Some("array") || (shape.flag("nullable") && !is_map(shape)))
        {
            found = found.rust(false);
        }
        self.note(cx, found);
    }

    fn other_properties(&mut self, cx: Cx, old: &Shape<'a>, new: &Shape<'a>) {
        let closed = |shape: &Shape<'a>| {
            shape.others.as_ref().filter(|said| !said.what).map(|said| said.place.clone())
        };
        match (&old.other_values, &new.other_values) {
            (None, Some(after)) if closed(old).is_none() => {
                if let [at, ..] = after.as_slice() {
                    self.note(cx, Found::added(&rules::VALUES_TYPED, &at.place));
                }
                return;
            }
            (Some(before), None) if closed(new).is_none() => {
                if let [at, ..] = before.as_slice() {
                    self.note(cx, Found::removed(&rules::VALUES_UNTYPED, &at.place));
                }
                return;
            }
            (Some(before), Some(after)) => self.place(cx, before, after, true),
            _ => {}
        }
        match (closed(old), closed(new)) {
            (None, Some(place)) => self.note(cx, Found::added(&rules::CLOSED, &place)),
            (Some(place), None) => self.note(cx, Found::removed(&rules::OPENED, &place)),
            _ => {}
        }
    }
}

/// An object of which nothing is listed is a map, and one that is absent is an empty one.
fn is_map(shape: &Shape<'_>) -> bool {
    shape.type_name() == Some("object") && shape.properties.is_empty() && shape.union.is_none()
}

/// What is read only is not sent, and the other way round.
fn visible(shape: &Shape<'_>, direction: Direction) -> bool {
    match direction {
        Direction::Request => !shape.flag("readOnly"),
        Direction::Answer | Direction::Failure => !shape.flag("writeOnly"),
    }
}
