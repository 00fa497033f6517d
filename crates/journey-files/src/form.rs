//! The journeys that a file can have, with the names of their members: for editors.

use crate::journeys;

/// A journey, as an entry of a file has it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct JourneyForm {
    /// Its name, such as `open_account`.
    pub name: &'static str,
    /// The members that its request may have. Empty if it is not a list of names.
    pub members: &'static [&'static str],
    /// What another entry can refer to, such as `id`; a list ends in `[]`.
    pub results: &'static [&'static str],
}

/// The journeys that a file can have.
///
/// ```
/// let journeys = synctera_journey_files::journey_forms();
/// let open = journeys.iter().find(|it| it.name == "open_account").unwrap();
/// assert!(open.members.contains(&"primary_account_holder"));
/// assert_eq!(open.results, ["id"]);
/// ```
pub fn journey_forms() -> Vec<JourneyForm> {
    let form = |journey: &'static dyn journeys::Kind| JourneyForm {
        name: journey.name(),
        members: journey.members(),
        results: journey.results(),
    };
    journeys::all().map(form).collect()
}
