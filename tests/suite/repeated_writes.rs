//! Which writes are tried again: the table in the documentation is what the document gives.

use std::path::Path;

use synctera::{Operation, Retries, v0, v2};

/// The table, as it stands in the documentation of `Retries::repeats`.
fn table() -> String {
    let mut text = String::from("# The writes, one by one\n\n");
    let writes = || {
        let interfaces = [("v2", &v2::OPERATIONS[..]), ("v0", &v0::OPERATIONS[..])];
        interfaces.into_iter().flat_map(|(name, operations)| {
            operations.iter().filter(|known| known.is_write()).map(move |known| (name, known))
        })
    };
    let sort = |operation: &Operation| {
        if operation.lists_idempotency {
            "the document lists the idempotency key"
        } else if Retries::default().repeats(operation) {
            "its method repeats without harm"
        } else {
            "only with `all_writes`"
        }
    };
    text.push_str("| write | interface | repeated |\n|---|---|---|\n");
    for (interface, operation) in writes() {
        text.push_str(&format!(
            "| `{}` (`{} {}`) | {interface} | {} |\n",
            operation.id,
            operation.method,
            operation.path,
            sort(operation)
        ));
    }
    text
}

#[test]
fn the_documented_table_is_what_the_document_gives() {
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../facade/src/transport/repeated_writes.md");
    let table = table();
    if std::env::var("INSTA_UPDATE").as_deref() == Ok("always") {
        std::fs::write(&file, &table).unwrap();
    }
    let documented = std::fs::read_to_string(&file).unwrap();
    assert!(documented == table, "run this test with INSTA_UPDATE=always, and read the difference");
}

#[test]
fn the_rule_is_the_documents_or_the_methods() {
    let find = |id: &str| v2::OPERATIONS.iter().find(|known| known.id == id).unwrap();
    let (careful, bold) = (Retries::default(), Retries::default().all_writes());
    for (id, careful_repeats) in [
        ("get_person", true),
        ("create_person", true),
        ("create_monitoring_subscription", false),
        ("delete_webhook", true),
    ] {
        assert_eq!(careful.repeats(find(id)), careful_repeats, "{id}");
        assert!(bold.repeats(find(id)));
    }
}
