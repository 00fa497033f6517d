//! Statements, documents, disclosures and notes.

use super::first;
use super::parts::*;

pub(super) const ALL: &[&Resource] = &[&STATEMENTS, &DOCUMENTS, &DISCLOSURES, &NOTES];

static STATEMENTS: Resource = Resource {
    name: "statements",
    one: "Statement",
    many: "Statements",
    list: "/v2/statements",
    item: "/v2/statements/{id}",
    id: "/id",
    filters: &[Filter { of: "accounts", ..filter("account_id", "Account id", &[]) }],
    columns: &[
        field("Account", "/account_id", Shown::Account),
        text("From", "/start_date"),
        text("To", "/end_date"),
        text("Issued", "/issue_date"),
    ],
    groups: &[group(
        "Statement",
        &[
            text("From", "/start_date"),
            text("To", "/end_date"),
            text("Issued", "/issue_date"),
            text("Due", "/due_date"),
            field(
                "Opening balance",
                "/opening_balance /account_summary/opening_balance",
                Shown::Money("/currency"),
            ),
            field(
                "Closing balance",
                "/closing_balance /account_summary/closing_balance",
                Shown::Money("/currency"),
            ),
            field("Account", "/account_id /account_summary/account_id", Shown::Account),
            field("Id", "/id", Shown::Copied),
        ],
    )],
    related: &[],
    actions: &[],
    first: first::STATEMENT,
};

static DOCUMENTS: Resource = Resource {
    name: "documents",
    one: "Document",
    many: "Documents",
    list: "/v2/documents",
    item: "/v2/documents/{id}",
    id: "/id",
    filters: &[filter("related_resource_id", "About", &[])],
    columns: &[
        text("Name", "/name /file_name"),
        field("Type", "/type", Shown::Status),
        field("Version", "/version", Shown::Plain),
        field("Created", "/creation_time", Shown::Moment),
    ],
    groups: &[
        group(
            "Document",
            &[
                text("Name", "/name"),
                text("File", "/file_name"),
                text("Description", "/description"),
                field("Type", "/type", Shown::Status),
                field("Encryption", "/encryption", Shown::Status),
                field("Version", "/version", Shown::Plain),
                field("About", "/related_resource_id", Shown::Copied),
            ],
        ),
        MOMENTS,
    ],
    related: &[],
    actions: &[],
    first: first::DOCUMENT,
};

static DISCLOSURES: Resource = Resource {
    name: "disclosures",
    one: "Disclosure",
    many: "Disclosures",
    list: "/v2/disclosures",
    item: "/v2/disclosures/{id}",
    id: "/id",
    filters: &[],
    columns: &[
        field("Type", "/type", Shown::Status),
        text("Version", "/version"),
        field("Event", "/event_type", Shown::Status),
        field("Date", "/disclosure_date", Shown::Moment),
    ],
    groups: &[
        group(
            "Disclosure",
            &[
                field("Type", "/type", Shown::Status),
                text("Version", "/version"),
                field("Event", "/event_type", Shown::Status),
                field("Date", "/disclosure_date", Shown::Moment),
                field("Customer", "/person_id /business_id", Shown::Party),
            ],
        ),
        MOMENTS,
    ],
    related: &[],
    actions: &[],
    first: first::DISCLOSURE,
};

static NOTES: Resource = Resource {
    name: "notes",
    one: "Note",
    many: "Notes",
    list: "/v2/notes",
    // There is no operation that reads one.
    item: "",
    id: "/id",
    filters: &[],
    columns: &[
        text("Note", "/content"),
        field("Type", "/type", Shown::Status),
        field("Status", "/status", Shown::Status),
        text("Author", "/author"),
        field("Created", "/creation_time", Shown::Moment),
    ],
    groups: &[
        group(
            "Note",
            &[
                text("Note", "/content"),
                field("Type", "/type", Shown::Status),
                field("Status", "/status", Shown::Status),
                field("About", "/related_resource_id", Shown::Copied),
            ],
        ),
        MOMENTS,
    ],
    related: &[],
    actions: &[],
    first: first::NOTE,
};
