//! Persons and businesses.

use super::first;
use super::parts::*;

pub(super) const ALL: &[&Resource] = &[&PERSONS, &BUSINESSES];

const VERIFICATION: &[&str] =
    &["UNVERIFIED", "PENDING", "PROVISIONAL", "REVIEW", "ACCEPTED", "REJECTED"];

const ADDRESS: Group = group(
    "Addresses",
    &[
        text(
            "Legal address",
            "/legal_address/address_line_1 /legal_address/address_line_2 /legal_address/city /legal_address/state /legal_address/postal_code /legal_address/country_code",
        ),
        text(
            "Shipping address",
            "/shipping_address/address_line_1 /shipping_address/city /shipping_address/state /shipping_address/postal_code",
        ),
    ],
);

static PERSONS: Resource = Resource {
    name: "persons",
    one: "Person",
    many: "Persons",
    list: "/v2/persons",
    item: "/v2/persons/{id}",
    id: "/id",
    filters: &[
        filter("first_name", "First name", &[]),
        filter("last_name", "Last name", &[]),
        filter(
            "status",
            "Status",
            &["ACTIVE", "PROSPECT", "FROZEN", "INACTIVE", "DENIED", "DECEASED"],
        ),
        filter("verification_status", "Verification", VERIFICATION),
        filter("is_customer", "Customer", &["true", "false"]),
    ],
    columns: &[
        text("Name", "/first_name /last_name"),
        text("Email", "/email"),
        field("Status", "/status", Shown::Status),
        field("Verification", "/verification_status", Shown::Status),
        field("Customer", "/is_customer", Shown::Plain),
        field("Created", "/creation_time", Shown::Moment),
    ],
    groups: &[
        group(
            "Identity",
            &[
                text("Name", "/first_name /middle_name /last_name"),
                text("Chosen name", "/chosen_name"),
                text("Date of birth", "/dob"),
                text("Social security number, last digits", "/ssn"),
                text("Email", "/email"),
                text("Phone number", "/phone_number"),
            ],
        ),
        group(
            "Standing",
            &[
                field("Status", "/status", Shown::Status),
                field("Verification", "/verification_status", Shown::Status),
                field("Verified last", "/verification_last_run", Shown::Moment),
                field("Ban", "/ban_status", Shown::Status),
                field("Customer", "/is_customer", Shown::Plain),
                field("Classifications", "/classifications", Shown::Status),
            ],
        ),
        ADDRESS,
        MOMENTS,
    ],
    related: &[
        related("Accounts", "accounts", "customer_id={id}"),
        related("Cards", "cards", "customer_id={id}"),
        related("Verifications", "verifications", "person_id={id}&include_history=true"),
        related("Alerts", "alerts", "person_id={id}"),
        related("Disclosures", "disclosures", "person_id={id}"),
        related("External accounts", "external_accounts", "customer_id={id}"),
        related("Documents", "documents", "related_resource_id={id}"),
        related("Notes", "notes", "related_resource_id={id}&related_resource_type=CUSTOMER"),
    ],
    actions: &[
        Action {
            name: "freeze",
            label: "Freeze",
            done: "Frozen.",
            method: "PATCH",
            path: "/v2/persons/{id}",
            fixed: r#"{"status": "FROZEN"}"#,
            inputs: &[],
            when: &[("/status", &["ACTIVE"])],
            is_final: false,
        },
        Action {
            name: "unfreeze",
            label: "Unfreeze",
            done: "Active again.",
            method: "PATCH",
            path: "/v2/persons/{id}",
            fixed: r#"{"status": "ACTIVE"}"#,
            inputs: &[],
            when: &[("/status", &["FROZEN", "INACTIVE"])],
            is_final: false,
        },
        Action {
            name: "verify",
            label: "Verify",
            done: "Verified: the result is under Verifications.",
            method: "POST",
            path: "/v2/verifications/verify",
            fixed: r#"{"person_id": "{id}", "customer_consent": true}"#,
            inputs: &[],
            when: &[("/verification_status", &["UNVERIFIED", "REVIEW", "PROVISIONAL"])],
            is_final: false,
        },
        Action {
            name: "decide",
            label: "Decide the review",
            done: "The review is decided.",
            method: "POST",
            path: "/v2/verifications",
            fixed: r#"{"person_id": "{id}", "verification_type": "MANUAL_REVIEW", "verification_time": "{now}"}"#,
            inputs: &[input("/result", "Result", &["ACCEPTED", "REJECTED"])],
            when: &[("/verification_status", &["REVIEW", "PROVISIONAL", "PENDING", "REJECTED"])],
            is_final: false,
        },
        Action {
            name: "change_email",
            label: "Change the email",
            done: "The email is changed.",
            method: "PATCH",
            path: "/v2/persons/{id}",
            fixed: "{}",
            inputs: &[written("/email", "Email", "name@example.com")],
            when: &[],
            is_final: false,
        },
        note(
            r#"{"related_resource_id": "{id}", "related_resource_type": "CUSTOMER", "type": "NOTE"}"#,
        ),
    ],
    first: first::JOURNEY,
};

static BUSINESSES: Resource = Resource {
    name: "businesses",
    one: "Business",
    many: "Businesses",
    list: "/v2/businesses",
    item: "/v2/businesses/{id}",
    id: "/id",
    filters: &[
        filter("entity_name", "Name", &[]),
        filter("status", "Status", &["ACTIVE", "PROSPECT", "FROZEN", "INACTIVE", "SUSPENDED"]),
    ],
    columns: &[
        text("Name", "/entity_name"),
        field("Structure", "/structure", Shown::Status),
        field("Status", "/status", Shown::Status),
        field("Verification", "/verification_status", Shown::Status),
        field("Created", "/creation_time", Shown::Moment),
    ],
    groups: &[
        group(
            "Identity",
            &[
                text("Name", "/entity_name"),
                field("Trade names", "/trade_names", Shown::Plain),
                field("Structure", "/structure", Shown::Status),
                text("Employer identification number", "/ein"),
                text("Formed", "/formation_date /formation_state"),
                text("Email", "/email"),
                text("Phone number", "/phone_number"),
                text("Website", "/website"),
            ],
        ),
        group(
            "Standing",
            &[
                field("Status", "/status", Shown::Status),
                field("Verification", "/verification_status", Shown::Status),
                field("Verified last", "/verification_last_run", Shown::Moment),
                field("Compliance restrictions", "/compliance_restrictions", Shown::Plain),
            ],
        ),
        ADDRESS,
        MOMENTS,
    ],
    related: &[
        related("Accounts", "accounts", "business_id={id}"),
        related("Verifications", "verifications", "business_id={id}&include_history=true"),
        related("Alerts", "alerts", "business_id={id}"),
        related("Disclosures", "disclosures", "business_id={id}"),
        related("External accounts", "external_accounts", "business_id={id}"),
        related("Documents", "documents", "related_resource_id={id}"),
        related("Notes", "notes", "related_resource_id={id}&related_resource_type=BUSINESS"),
    ],
    actions: &[
        Action {
            name: "freeze",
            label: "Freeze",
            done: "Frozen.",
            method: "PATCH",
            path: "/v2/businesses/{id}",
            fixed: r#"{"status": "FROZEN"}"#,
            inputs: &[],
            when: &[("/status", &["ACTIVE"])],
            is_final: false,
        },
        Action {
            name: "unfreeze",
            label: "Unfreeze",
            done: "Active again.",
            method: "PATCH",
            path: "/v2/businesses/{id}",
            fixed: r#"{"status": "ACTIVE"}"#,
            inputs: &[],
            when: &[("/status", &["FROZEN", "SUSPENDED", "INACTIVE"])],
            is_final: false,
        },
        Action {
            name: "decide",
            label: "Decide the review",
            done: "The review is decided.",
            method: "POST",
            path: "/v2/verifications",
            fixed: r#"{"business_id": "{id}", "verification_type": "MANUAL_REVIEW", "verification_time": "{now}"}"#,
            inputs: &[input("/result", "Result", &["ACCEPTED", "REJECTED"])],
            when: &[("/verification_status", &["REVIEW", "PROVISIONAL", "PENDING", "REJECTED"])],
            is_final: false,
        },
        note(
            r#"{"related_resource_id": "{id}", "related_resource_type": "BUSINESS", "type": "NOTE"}"#,
        ),
    ],
    first: first::BUSINESS,
};
