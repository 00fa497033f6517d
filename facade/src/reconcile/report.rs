//! Pairs the sorted rows of both sides.

use std::collections::VecDeque;
use std::fmt;

use synctera_api::Error;
use synctera_api::runtime::TransactionId;
use uuid::Uuid;

use super::row::{Row, Side};
use super::sort::{Sorted, unusable};
use super::{Finding, Summary};

/// Rows of one key and account that wait for a partner with another amount. Beyond this the oldest
/// is reported as missing or extra, so that a key of a million payments does not need their memory.
const WAITING_MAX: usize = 10_000;

/// The findings of a reconciliation, as an iterator that reads them from disk.
///
/// Findings are ordered by key. Entries and lines of one key and account are paired in this order:
/// first those with equal amounts; then the others of both sides, smallest amount with smallest, as
/// differing; the rest is missing or extra. An entry and a line in different currencies are not
/// paired.
pub struct Report {
    rows: Sorted,
    /// The last row: waiting rows have its key, account and currency.
    group: Option<Row>,
    /// The next row, until everything before it is decided.
    next: Option<Row>,
    /// How many entries equal `group` and have no equal line yet.
    equal: u64,
    /// How many of them are to be paired with a line of another amount.
    surplus: u64,
    /// No other row has the key of `group`.
    group_ends: bool,
    waiting: Waiting,
    ready: VecDeque<Finding>,
    summary: Summary,
    is_over: bool,
}

/// Rows of one side that wait for a row of the other side with another amount.
enum Waiting {
    Ours(VecDeque<i64>),
    Theirs(VecDeque<(i64, Uuid)>),
}

impl Waiting {
    fn none() -> Self {
        Self::Ours(VecDeque::new())
    }
}

impl Report {
    pub(super) fn new(rows: Sorted) -> Self {
        Self {
            rows,
            group: None,
            next: None,
            equal: 0,
            surplus: 0,
            group_ends: false,
            waiting: Waiting::none(),
            ready: VecDeque::new(),
            summary: Summary::default(),
            is_over: false,
        }
    }

    /// The number of findings so far; of all findings once the report is at its end.
    pub fn summary(&self) -> Summary {
        self.summary
    }

    /// Reads the report to its end, and returns only the numbers.
    ///
    /// # Errors
    /// [`Local`](crate::ErrorKind::Local) when a temporary file cannot be read.
    pub fn summarize(mut self) -> Result<Summary, Error> {
        for finding in &mut self {
            finding?;
        }
        Ok(self.summary)
    }

    /// Sets the next row, and marks the findings that must be returned before it.
    fn set_next(&mut self, row: Option<Row>) {
        let same =
            self.group.as_ref().zip(row.as_ref()).filter(|(group, row)| group.is_of_one(row));
        match same {
            Some((group, row)) if group.minor == row.minor => {}
            Some(_) => self.surplus = std::mem::take(&mut self.equal),
            None => {
                self.surplus = std::mem::take(&mut self.equal);
                self.group_ends = true;
            }
        }
        self.next = row;
    }

    fn take(&mut self, row: Row) {
        match row.side {
            Side::Ours => self.equal += 1,
            Side::Theirs(transaction) if self.equal > 0 => {
                self.equal -= 1;
                let transaction = TransactionId::from(transaction);
                self.ready.push_back(Finding::Matched { entry: row.entry(), transaction });
            }
            Side::Theirs(transaction) => self.leave_theirs(&row, transaction),
            Side::Unkeyed(transaction) => {
                self.ready.push_back(Finding::Extra(row.line(transaction.into())));
            }
        }
        self.group = Some(row);
    }

    fn leave_ours(&mut self, row: &Row) {
        if let Waiting::Theirs(theirs) = &mut self.waiting
            && let Some((minor, transaction)) = theirs.pop_front()
        {
            let side = Side::Theirs(transaction);
            let posted = Row { minor, side, ..row.clone() }.line(transaction.into());
            self.ready.push_back(Finding::Differs { entry: row.entry(), posted });
            return;
        }
        if let Waiting::Theirs(_) = self.waiting {
            self.waiting = Waiting::none();
        }
        if let Waiting::Ours(ours) = &mut self.waiting {
            ours.push_back(row.minor);
            if ours.len() > WAITING_MAX
                && let Some(minor) = ours.pop_front()
            {
                let given_up = Row { minor, ..row.clone() };
                self.ready.push_back(Finding::Missing(given_up.entry()));
            }
        }
    }

    fn leave_theirs(&mut self, row: &Row, transaction: Uuid) {
        if let Waiting::Ours(ours) = &mut self.waiting
            && let Some(minor) = ours.pop_front()
        {
            let entry = Row { minor, ..row.clone() }.entry();
            self.ready.push_back(Finding::Differs { entry, posted: row.line(transaction.into()) });
            return;
        }
        if let Waiting::Ours(_) = self.waiting {
            self.waiting = Waiting::Theirs(VecDeque::new());
        }
        if let Waiting::Theirs(theirs) = &mut self.waiting {
            theirs.push_back((row.minor, transaction));
            if theirs.len() > WAITING_MAX
                && let Some((minor, transaction)) = theirs.pop_front()
            {
                let given_up = Row { minor, ..row.clone() };
                self.ready.push_back(Finding::Extra(given_up.line(transaction.into())));
            }
        }
    }

    /// No other row has the key: waiting rows have no partner.
    fn end_group(&mut self) {
        self.group_ends = false;
        let Some(group) = self.group.take() else {
            return;
        };
        let of = |minor, side| Row { minor, side, ..group.clone() };
        match std::mem::replace(&mut self.waiting, Waiting::none()) {
            Waiting::Ours(ours) => {
                let missing = |minor| Finding::Missing(of(minor, Side::Ours).entry());
                self.ready.extend(ours.into_iter().map(missing));
            }
            Waiting::Theirs(theirs) => {
                let extra = |(minor, transaction): (i64, Uuid)| {
                    Finding::Extra(of(minor, Side::Theirs(transaction)).line(transaction.into()))
                };
                self.ready.extend(theirs.into_iter().map(extra));
            }
        }
    }
}

impl Iterator for Report {
    type Item = Result<Finding, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(finding) = self.ready.pop_front() {
                self.summary.count(&finding);
                return Some(Ok(finding));
            }
            if self.surplus > 0 {
                self.surplus -= 1;
                if let Some(group) = self.group.clone() {
                    self.leave_ours(&group);
                }
            } else if self.group_ends {
                self.end_group();
            } else if let Some(row) = self.next.take() {
                self.take(row);
            } else if self.is_over {
                return None;
            } else {
                match self.rows.next() {
                    Some(Ok(row)) => self.set_next(Some(row)),
                    Some(Err(error)) => {
                        self.is_over = true;
                        return Some(Err(unusable(error)));
                    }
                    None => {
                        self.is_over = true;
                        self.set_next(None);
                    }
                }
            }
        }
    }
}

impl fmt::Debug for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Report").field("summary", &self.summary).finish_non_exhaustive()
    }
}
