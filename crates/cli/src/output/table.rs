//! Tables for people: chosen columns, without hidden values.

use comfy_table::{ContentArrangement, Table, presets};
use serde_json::Value;
use synctera_api::spec::is_hidden;

use super::cells::{at, cells};
use crate::text::cell;

/// What stands in the place of a value that is not shown.
const HIDDEN: &str = "(hidden)";
/// Columns that a table has unless they are chosen.
const COLUMNS_MAX: usize = 7;
/// The columns of most lists, the more important ones first.
const COLUMNS: [&str; 43] = [
    "id",
    "uuid",
    "name",
    "first_name",
    "last_name",
    "entity_name",
    "nickname",
    "account_name",
    "product_name",
    "type",
    "event_type",
    "account_type",
    "payment_type",
    "product_type",
    "relationship_type",
    "transfer_type",
    "subtype",
    "dc_sign",
    "amount",
    "currency",
    "status",
    "account_status",
    "card_status",
    "access_status",
    "verification_status",
    "verification_result",
    "lifecycle_state",
    "account_number_masked",
    "last_four",
    "customer_id",
    "person_id",
    "account_id",
    "related_resource_id",
    "from_person_id",
    "to_business_id",
    "url",
    "is_enabled",
    "posted_date",
    "effective_date",
    "method",
    "path",
    "creation_time",
    "created_at",
];

/// Rows as a table; an object alone has its members one below the other.
pub(crate) fn text(
    rows: &Value,
    columns: &[String],
    is_colored: bool,
    is_revealed: bool,
) -> String {
    let shown = |path: &str, text: Option<String>| {
        if is_revealed { cell(&text.unwrap_or_default()) } else { shown(path, text) }
    };
    match rows {
        Value::Array(items) if items.is_empty() => "(nothing)\n".to_owned(),
        Value::Array(items) if items.iter().all(Value::is_object) => {
            listed(items, columns, is_colored, shown)
        }
        Value::Array(items) => {
            let lines = items.iter().map(|item| value(item) + "\n");
            lines.collect()
        }
        Value::Object(members) if members.is_empty() => "(nothing)\n".to_owned(),
        Value::Object(_) if columns.is_empty() => members(rows, shown),
        Value::Object(_) => listed(std::slice::from_ref(rows), columns, is_colored, shown),
        Value::Null => String::new(),
        other => value(other) + "\n",
    }
}

fn value(value: &Value) -> String {
    value.as_str().map_or_else(|| cell(&value.to_string()), cell)
}

fn listed(
    rows: &[Value],
    columns: &[String],
    is_colored: bool,
    shown: impl Fn(&str, Option<String>) -> String,
) -> String {
    let columns = if columns.is_empty() { usual(rows) } else { columns.to_vec() };
    let mut table = table();
    table.set_header(columns.iter().map(|column| cell(column)));
    for row in rows {
        table.add_row(columns.iter().map(|column| shown(column, at(row, column))));
    }
    lines(&table, is_colored)
}

/// The columns of a table whose columns were not chosen.
fn usual(rows: &[Value]) -> Vec<String> {
    let is_value = |row: &Value, name: &str| {
        row.get(name).is_some_and(|it| !it.is_object() && !it.is_array() && !it.is_null())
    };
    let has = |name: &&&str| rows.iter().any(|row| is_value(row, name));
    let mut columns: Vec<String> =
        COLUMNS.iter().filter(has).take(COLUMNS_MAX).map(|name| (*name).to_owned()).collect();
    if columns.len() < 3
        && let Some(Value::Object(first)) = rows.first()
    {
        let others = first.keys().filter(|name| is_value(&rows[0], name));
        let others: Vec<String> = others.filter(|name| !columns.contains(name)).cloned().collect();
        columns.extend(others);
        columns.truncate(COLUMNS_MAX);
    }
    columns
}

fn members(object: &Value, shown: impl Fn(&str, Option<String>) -> String) -> String {
    let mut table = table();
    for (path, text) in cells(object) {
        let text = shown(&path, Some(text));
        table.add_row([cell(&path), text]);
    }
    lines(&table, false)
}

/// The value of a path, unless it is not to be shown.
fn shown(path: &str, text: Option<String>) -> String {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return String::new() };
    let is_secret = path.split(['.', '[', ']']).any(is_hidden);
    // An object in a cell may hold what has a name of its own.
    if is_secret || text.starts_with(['{', '[']) && holds_hidden(&text) {
        return HIDDEN.to_owned();
    }
    cell(&text)
}

fn holds_hidden(text: &str) -> bool {
    let Ok(value) = serde_json::from_str::<Value>(text) else { return false };
    cells(&value).iter().any(|(path, _)| path.split(['.', '[', ']']).any(is_hidden))
}

fn table() -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    if let Some((terminal_size::Width(width), _)) =
        terminal_size::terminal_size_of(std::io::stdout())
    {
        table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    }
    table
}

/// The lines of a table, without blanks at their ends and without the one at their beginning.
fn lines(table: &Table, is_colored: bool) -> String {
    let mut text = String::new();
    for (place, line) in table.lines().enumerate() {
        let line = line.strip_prefix(' ').unwrap_or(&line).trim_end();
        if is_colored && place == 0 {
            let bold = anstyle::Style::new().bold();
            text += &format!("{bold}{line}{bold:#}\n");
        } else {
            text += line;
            text.push('\n');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_hidden_is_masked_and_what_a_customer_wrote_moves_no_cursor() {
        let rows = json!([{
            "id": "a-1", "first_name": "\u{1b}[2JAda\r\n", "ssn": "456-78-9012",
            "extra": { "account_number": "123456789" },
        }]);
        let listed =
            text(&rows, &["id", "first_name", "ssn", "extra"].map(str::to_owned), false, false);
        assert!(listed.contains("\\u{1b}[2JAda\\r\\n"), "{listed}");
        let object = text(&rows[0], &[], false, false);
        for shown in [&listed, &object] {
            assert!(!shown.contains("9012") && !shown.contains("123456789"), "{shown}");
            assert!(shown.contains(HIDDEN) && !shown.contains('\u{1b}'), "{shown}");
        }
        let colored = text(&rows, &["id".to_owned()], true, false);
        assert!(text(&rows[0], &[], false, true).contains("456-78-9012"));
        assert_eq!(colored, "\u{1b}[1mid\u{1b}[0m\na-1\n");
    }
}
