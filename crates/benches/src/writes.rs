//! What the sandbox writes to its database for a request, and a database that gets as much.
//!
//! The figures are not constants: they are read off the sandbox of this build, in a data file whose
//! tables have triggers that record each row. So they stay right when the sandbox changes.

use std::path::Path;

use rusqlite::Connection as Database;
use synctera_sandbox::Sandbox;

use crate::load::{Case, Connection, Request, World};
use crate::request::Error;
use crate::rows::RowWrite;

/// The rows that the sandbox writes for one request of each case, in the order of [`Case::ALL`].
///
/// # Errors
/// When the sandbox refuses, its data file cannot be read, or it deletes rows.
pub async fn measure() -> Result<Vec<Vec<RowWrite>>, Error> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("bank.db");
    let sandbox = Sandbox::builder().data(&file).start().await?;
    let world = World::make(&sandbox.base_url()).await?;
    sandbox.stop().await?;
    let requests = Case::ALL.map(|case| world.request(case, "/v2"));
    // The first request of a kind also adds what later ones find there.
    session(&file, &requests).await?;
    record(&file)?;
    session(&file, &[]).await?;
    // The writes of starting and stopping.
    let without = recorded(&file)?.len();
    let mut all = Vec::new();
    for request in requests {
        session(&file, &[request]).await?;
        all.push(recorded(&file)?.into_iter().skip(without).collect());
    }
    Ok(all)
}

/// Runs a sandbox on a data file for some requests.
async fn session(file: &Path, requests: &[Request]) -> Result<(), Error> {
    let sandbox = Sandbox::builder().data(file).start().await?;
    let mut connection = Connection::open(&sandbox.base_url()).await?;
    for request in requests {
        let (status, _) = connection.call(request).await?;
        if !(200..300).contains(&status) {
            return Err(format!("{} answers {status}", request.path).into());
        }
    }
    drop(connection);
    Ok(sandbox.stop().await?)
}

/// From now on, what is written to a data file is recorded in a table of it.
fn record(file: &Path) -> Result<(), Error> {
    let database = Database::open(file)?;
    let names = |sql: &str, of: &[&str]| -> Result<Vec<String>, Error> {
        let mut statement = database.prepare(sql)?;
        let names = statement.query_map(rusqlite::params_from_iter(of), |row| row.get(0))?;
        Ok(names.collect::<Result<_, _>>()?)
    };
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
    let tables = names(tables, &[])?;
    database
        .execute_batch("CREATE TABLE recorded (event TEXT NOT NULL, bytes INTEGER NOT NULL)")?;
    for table in tables {
        let columns = names("SELECT name FROM pragma_table_info(?1)", &[table.as_str()])?;
        for (event, row) in [("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")] {
            let size = |column: &String| {
                format!(
                    "CASE typeof({row}.{column})
                     WHEN 'integer' THEN (length(format('%x', abs({row}.{column}))) + 1) / 2
                     ELSE coalesce(octet_length({row}.{column}), 0) END"
                )
            };
            let sizes: Vec<String> = columns.iter().map(size).collect();
            database.execute_batch(&format!(
                "CREATE TRIGGER recorded_{event}_{table} AFTER {event} ON {table}
                 BEGIN INSERT INTO recorded VALUES ('{event}', {}); END",
                sizes.join(" + ")
            ))?;
        }
    }
    Ok(())
}

/// What was recorded since the last call.
fn recorded(file: &Path) -> Result<Vec<RowWrite>, Error> {
    let database = Database::open(file)?;
    let mut statement = database.prepare("SELECT event, bytes FROM recorded ORDER BY rowid")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut writes = Vec::new();
    for row in rows {
        let (event, bytes): (String, i64) = row?;
        if event == "DELETE" {
            return Err("the sandbox deletes rows, which the handler that writes does not".into());
        }
        writes.push(RowWrite { is_new: event == "INSERT", bytes: usize::try_from(bytes)? });
    }
    database.execute("DELETE FROM recorded", [])?;
    Ok(writes)
}
