//! How the types of events relate to the filters of a subscription.

use crate::v2::types::{EventFilter, EventType};

impl EventFilter {
    /// Whether a subscription with this filter brings events of a type: a filter that is a type
    /// brings that type, a wildcard such as `CARD.*` every type of its group, those included that
    /// the platform adds later.
    ///
    /// ```
    /// use synctera_api::v2::types::{EventFilter, EventType};
    ///
    /// assert!(EventFilter::CardAny.matches(&EventType::CardImageUpdated));
    /// assert!(EventFilter::CardAny.matches(&EventType::from("CARD.LOST")));
    /// assert!(!EventFilter::CardAny.matches(&EventType::ExternalCardCreated));
    /// assert!(EventFilter::CardCreated.matches(&EventType::CardCreated));
    /// ```
    pub fn matches(&self, event_type: &EventType) -> bool {
        let (filter, event_type) = (self.as_str(), event_type.as_str());
        match filter.strip_suffix(".*") {
            Some(group) => event_type.strip_prefix(group).is_some_and(|rest| rest.starts_with('.')),
            None => filter == event_type,
        }
    }
}

/// The filter that brings this type and no other.
impl From<EventType> for EventFilter {
    fn from(event_type: EventType) -> Self {
        Self::from(&event_type)
    }
}

/// The filter that brings this type and no other.
impl From<&EventType> for EventFilter {
    fn from(event_type: &EventType) -> Self {
        Self::from(event_type.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_is_a_filter_that_brings_itself() {
        for name in EventType::KNOWN {
            let event_type = EventType::from(*name);
            let filter = EventFilter::from(&event_type);
            assert!(!matches!(filter, EventFilter::Unknown(_)), "{name}");
            assert!(filter.matches(&event_type), "{name}");
            let others = EventType::KNOWN.iter().filter(|other| *other != name);
            assert!(!others.into_iter().any(|other| filter.matches(&EventType::from(*other))));
        }
    }

    #[test]
    fn a_wildcard_brings_its_group_and_no_other() {
        let wildcards: Vec<&&str> =
            EventFilter::KNOWN.iter().filter(|name| name.ends_with(".*")).collect();
        assert!(wildcards.len() > 20, "{}", wildcards.len());
        for wildcard in wildcards {
            let filter = EventFilter::from(*wildcard);
            let group = wildcard.trim_end_matches('*');
            for name in EventType::KNOWN {
                let is_in_group = name.starts_with(group);
                assert_eq!(filter.matches(&EventType::from(*name)), is_in_group, "{name}");
            }
        }
        assert!(!EventFilter::from("*").matches(&EventType::CardCreated));
        assert!(!EventFilter::from(".*").matches(&EventType::CardCreated));
    }
}
