//! The layout of a data file, and how a file of an earlier one is brought up to date.

use rusqlite::Connection;

use super::{Error, Result};

/// What SQLite calls the application of a file: `SYNS`.
pub(super) const APPLICATION_ID: i64 = 0x5359_4e53;

/// The layout that this version writes: bumped with `schema.sql`, together with a step in [`STEPS`].
pub(super) const LAYOUT: i64 = 5;

/// A step from one layout to the next.
pub(super) struct Step {
    /// The layout after it.
    to: i64,
    sql: &'static str,
}

/// The steps, in order. The first layout that files name themselves is 5; there is no way to it.
const STEPS: &[Step] = &[];

/// Makes an empty database ours, or brings one of an earlier layout up to date.
pub(super) fn prepare(connection: &Connection) -> Result<()> {
    let number = |name: &str| -> Result<i64> {
        Ok(connection.pragma_query_value(None, name, |row| row.get(0))?)
    };
    match (number("application_id")?, number("user_version")?) {
        (0, 0) => make(connection),
        (APPLICATION_ID, LAYOUT) => Ok(()),
        (APPLICATION_ID, layout) if layout < LAYOUT => migrate(connection, layout, STEPS, LAYOUT),
        (_, layout) => Err(Error::Broken(format!("the data file has the unknown layout {layout}"))),
    }
}

/// All of it at once: a file that names its application has its tables.
fn make(connection: &Connection) -> Result<()> {
    whole(connection, || {
        connection.execute_batch(include_str!("schema.sql"))?;
        connection.pragma_update(None, "application_id", APPLICATION_ID)?;
        connection.pragma_update(None, "user_version", LAYOUT)?;
        Ok(())
    })
}

/// All steps, or none.
fn migrate(connection: &Connection, from: i64, steps: &[Step], to: i64) -> Result<()> {
    let missing = || Error::Broken(format!("there is no way from layout {from} to {to}"));
    whole(connection, || {
        let mut layout = from;
        for step in steps.iter().filter(|step| step.to > from && step.to <= to) {
            if step.to != layout + 1 {
                return Err(missing());
            }
            connection.execute_batch(step.sql)?;
            layout = step.to;
        }
        if layout != to {
            return Err(missing());
        }
        connection.pragma_update(None, "user_version", to)?;
        Ok(())
    })
}

fn whole(connection: &Connection, work: impl FnOnce() -> Result<()>) -> Result<()> {
    connection.execute_batch("BEGIN EXCLUSIVE")?;
    let outcome = work().and_then(|()| Ok(connection.execute_batch("COMMIT")?));
    if outcome.is_err() && !connection.is_autocommit() {
        connection.execute_batch("ROLLBACK")?;
    }
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;

    const LATER: [Step; 2] = [
        Step {
            to: LAYOUT + 1,
            sql: "ALTER TABLE answers ADD COLUMN note TEXT NOT NULL DEFAULT ''",
        },
        Step { to: LAYOUT + 2, sql: "UPDATE answers SET note = 'kept'" },
    ];

    fn with_an_answer() -> Connection {
        let connection = Connection::open_in_memory().unwrap();
        prepare(&connection).unwrap();
        connection
            .execute_batch("INSERT INTO answers VALUES ('1_1', 'key', 'print', 200, 'body', 1)")
            .unwrap();
        connection
    }

    fn layout(connection: &Connection) -> i64 {
        connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
    }

    #[test]
    fn a_file_of_an_earlier_layout_keeps_what_it_holds() {
        let connection = with_an_answer();
        assert_eq!(layout(&connection), LAYOUT);
        migrate(&connection, LAYOUT, &LATER, LAYOUT + 2).unwrap();
        assert_eq!(layout(&connection), LAYOUT + 2);
        let kept: (String, String) = connection
            .query_row("SELECT body, note FROM answers", [], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap();
        assert_eq!(kept, ("body".to_owned(), "kept".to_owned()));
    }

    #[test]
    fn a_step_that_fails_or_is_missing_leaves_the_file_as_it_was() {
        let broken = Step { to: LAYOUT + 2, sql: "UPDATE answers SET nothing = 1" };
        for steps in [&[LATER.into_iter().next().unwrap(), broken][..], &LATER[1..], &[]] {
            let connection = with_an_answer();
            migrate(&connection, LAYOUT, steps, LAYOUT + 2).unwrap_err();
            assert_eq!(layout(&connection), LAYOUT);
            connection.prepare("SELECT note FROM answers").unwrap_err();
        }
    }

    #[test]
    fn the_steps_lead_to_the_layout_one_by_one() {
        let known: Vec<i64> = STEPS.iter().map(|step| step.to).collect();
        let first = LAYOUT + 1 - STEPS.len() as i64;
        assert_eq!(known, (first..=LAYOUT).collect::<Vec<_>>());
    }
}
