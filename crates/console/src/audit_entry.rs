//! An entry of the audit log.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::texts::operators;

/// Something that an operator did, or was not allowed to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AuditEntry {
    /// Its place; zero until it is recorded.
    pub number: u64,
    /// When it was, by the clock of the machine.
    pub at: DateTime<Utc>,
    /// When it was, by the clock of the bank.
    pub bank_time: Option<String>,
    /// The name of the operator.
    pub operator: String,
    /// The role that the operator had.
    pub role: String,
    /// The workspace whose pages were shown.
    pub workspace: String,
    /// What was done, in words, such as `Freeze`.
    pub action: String,
    /// The method of the call, or none.
    pub method: Option<String>,
    /// What it was done to: the path of the call, or the name of what has none.
    pub target: String,
    /// The body of the call with masked values, and of a call of the platform without texts that a person
    /// wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The status that came of it; 403 if the role did not allow it. Zero if the entry stands for
    /// several refusals.
    pub status: u16,
}

/// Characters of a text of an entry: a client chooses some of them.
const ENTRY_TEXT_MAX: usize = 200;

impl AuditEntry {
    /// An entry of this moment.
    #[must_use]
    pub fn new(operator: &str, role: &str, action: &str, target: &str, status: u16) -> Self {
        Self {
            number: 0,
            at: Utc::now(),
            bank_time: None,
            operator: operator.to_owned(),
            role: role.to_owned(),
            workspace: String::new(),
            action: action.to_owned(),
            method: None,
            target: target.to_owned(),
            body: None,
            status,
        }
    }

    /// An entry that stands for refusals that have none of their own.
    #[must_use]
    pub fn of_refusals(count: u64) -> Self {
        Self::new("", "", &operators::refusals_action(count), "", 0)
    }

    /// The entry with each of its texts cut to 200 characters.
    #[must_use]
    pub fn cut(mut self) -> Self {
        for text in [
            &mut self.operator,
            &mut self.role,
            &mut self.workspace,
            &mut self.action,
            &mut self.target,
        ]
        .into_iter()
        .chain(&mut self.bank_time)
        .chain(&mut self.method)
        .chain(&mut self.body)
        {
            let mut ends = text.char_indices().skip(ENTRY_TEXT_MAX - 1);
            if let (Some((end, _)), Some(_)) = (ends.next(), ends.next()) {
                text.truncate(end);
                text.push('\u{2026}');
                text.shrink_to_fit();
            }
        }
        self
    }
}
