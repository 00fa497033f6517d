//! What somebody decides about: verifications, alerts, disputes, applications.

use super::first;
use super::parts::*;

pub(super) const ALL: &[&Resource] = &[&VERIFICATIONS, &ALERTS, &DISPUTES, &APPLICATIONS];

static VERIFICATIONS: Resource = Resource {
    name: "verifications",
    one: "Verification",
    many: "Verifications",
    list: "/v2/verifications",
    item: "/v2/verifications/{id}",
    id: "/id",
    filters: &[
        filter("result", "Result", &["ACCEPTED", "REVIEW", "PROVISIONAL", "PENDING", "REJECTED"]),
        filter(
            "verification_type",
            "Type",
            &[
                "IDENTITY",
                "WATCHLIST",
                "RELATED_ENTITIES",
                "MANUAL_REVIEW",
                "DOCUMENT_VERIFICATION",
            ],
        ),
    ],
    columns: &[
        field("Type", "/verification_type", Shown::Status),
        field("Result", "/result", Shown::Status),
        field("Customer", "/person_id /business_id", Shown::Party),
        field("Time", "/verification_time", Shown::Moment),
    ],
    groups: &[
        group(
            "Verification",
            &[
                field("Type", "/verification_type", Shown::Status),
                field("Result", "/result", Shown::Status),
                field("Customer", "/person_id /business_id", Shown::Party),
                field("Time", "/verification_time", Shown::Moment),
            ],
        ),
        MOMENTS,
    ],
    related: &[],
    actions: &[],
    first: first::VERIFICATION,
};

static ALERTS: Resource = Resource {
    name: "alerts",
    one: "Alert",
    many: "Alerts",
    list: "/v2/monitoring/alerts",
    item: "/v2/monitoring/alerts/{id}",
    id: "/id",
    filters: &[],
    columns: &[
        text("Title", "/title"),
        field("Type", "/type", Shown::Status),
        field("Status", "/status", Shown::Status),
        field("Customer", "/person_id /business_id", Shown::Party),
        field("Created", "/creation_time", Shown::Moment),
    ],
    groups: &[
        group(
            "Alert",
            &[
                text("Title", "/title"),
                field("Type", "/type", Shown::Status),
                field("Status", "/status", Shown::Status),
                field("Sources", "/urls", Shown::Plain),
                field("Customer", "/person_id /business_id", Shown::Party),
            ],
        ),
        MOMENTS,
    ],
    related: &[],
    actions: &[
        Action {
            name: "suppress",
            label: "Resolve",
            done: "Resolved: its status is Suppressed.",
            method: "PATCH",
            path: "/v2/monitoring/alerts/{id}",
            fixed: r#"{"status": "SUPPRESSED"}"#,
            inputs: &[],
            when: &[("/status", &["ACTIVE"])],
            is_final: false,
        },
        Action {
            name: "reopen",
            label: "Open again",
            done: "Open again.",
            method: "PATCH",
            path: "/v2/monitoring/alerts/{id}",
            fixed: r#"{"status": "ACTIVE"}"#,
            inputs: &[],
            when: &[("/status", &["SUPPRESSED"])],
            is_final: false,
        },
    ],
    first: first::ALERT,
};

static DISPUTES: Resource = Resource {
    name: "disputes",
    one: "Dispute",
    many: "Disputes",
    list: "/v2/disputes",
    item: "/v2/disputes/{id}",
    id: "/id",
    filters: &[
        filter("status", "Status", &["OPEN", "CLOSED"]),
        filter("decision", "Decision", &["ONGOING", "WON", "LOST", "RESOLVED", "NONE"]),
        filter("payment_rail", "Rail", &["CARD", "ACH", "EXTERNAL_CARD"]),
    ],
    columns: &[
        field("Status", "/status", Shown::Status),
        field("State", "/lifecycle_state", Shown::Status),
        field("Decision", "/decision", Shown::Status),
        field("Rail", "/payment_rail", Shown::Status),
        field("Amount", "/disputed_amount", Shown::Money("/currency")),
        field("Created", "/creation_time", Shown::Moment),
    ],
    groups: &[
        group(
            "Dispute",
            &[
                field("Status", "/status", Shown::Status),
                field("State", "/lifecycle_state", Shown::Status),
                field("Decision", "/decision", Shown::Status),
                field("Credit", "/credit_status", Shown::Status),
                field("Amount", "/disputed_amount", Shown::Money("/currency")),
                field("Reason", "/reason_code", Shown::Status),
                text("Memo", "/memo"),
            ],
        ),
        group(
            "About",
            &[
                field("Account", "/account_id", Shown::Account),
                field("Customer", "/customer_id", Shown::Party),
                field("Transaction", "/transaction_id", Shown::Transaction),
                field("Reported", "/date_customer_reported", Shown::Moment),
                field("Investigation due", "/timestamp_investigation_due", Shown::Moment),
                field("Credit due", "/timestamp_provisional_credit_due", Shown::Moment),
            ],
        ),
        MOMENTS,
    ],
    related: &[],
    actions: &[Action {
        name: "move",
        label: "Move",
        done: "The dispute has moved on.",
        method: "POST",
        path: "/v2/disputes/{id}/actions",
        fixed: r#"{"payment_rail": "{/payment_rail}"}"#,
        inputs: &[chosen("/action /state", "Action", "/available_actions")],
        when: &[("/status", &["OPEN"])],
        is_final: false,
    }],
    first: first::DISPUTE,
};

const APPLICANT: Field = field(
    "Customer",
    "/customer_id /business_id /applicants/0/customer_id /applicants/0/business_id",
    Shown::Party,
);

/// The platform's staff decides: programs have no operation for it.
const DECIDE: Action = Action {
    name: "decide",
    label: "Decide",
    done: "Decided.",
    method: "POST",
    path: "/sandbox/application_decisions",
    fixed: r#"{"application_id": "{id}"}"#,
    inputs: &[input("/decision", "Decision", &["APPROVED", "DENIED", "INFO_REQUESTED"])],
    when: &[],
    is_final: true,
};

static APPLICATIONS: Resource = Resource {
    name: "applications",
    one: "Application",
    many: "Applications",
    list: "/v2/applications",
    item: "/v2/applications/{id}",
    id: "/id",
    filters: &[filter(
        "status",
        "Status",
        &[
            "SUBMITTED",
            "IN_PROGRESS",
            "REVIEW_ON_SYNCTERA",
            "REVIEW_INFO_REQUESTED",
            "APPROVED",
            "DENIED",
            "CREDIT_APPROVED",
            "CREDIT_DENIED",
        ],
    )],
    columns: &[
        field("Type", "/type", Shown::Status),
        field("Status", "/status", Shown::Status),
        APPLICANT,
        field("Created", "/creation_time", Shown::Moment),
    ],
    groups: &[
        group(
            "Application",
            &[
                field("Type", "/type", Shown::Status),
                field("Purpose", "/purpose", Shown::Status),
                field("Status", "/status", Shown::Status),
                field("Decision", "/decision", Shown::Status),
                field("Asked for", "/requested_credit_limit", Shown::Money("/currency")),
                field("Credit limit", "/credit_limit", Shown::Money("/currency")),
                field("Rejection reasons", "/rejection_reasons", Shown::Plain),
                field("Account", "/account_id", Shown::Account),
                APPLICANT,
                field("Decided", "/credit_decision_time", Shown::Moment),
            ],
        ),
        MOMENTS,
    ],
    related: &[],
    actions: &[
        Action {
            name: "decide_credit",
            label: "Decide the credit",
            done: "Decided.",
            method: "PATCH",
            path: "/v2/applications/{id}",
            fixed: "{}",
            inputs: &[input("/status", "Decision", &["CREDIT_APPROVED", "CREDIT_DENIED"])],
            when: &[("/type", &["CREDIT"]), ("/status", &["SUBMITTED"])],
            is_final: true,
        },
        Action {
            name: "decide_line",
            when: &[("/type", &["LOC"]), ("/status", &["PENDING", "PROCESSING"])],
            inputs: &[input("/decision", "Decision", &["APPROVED", "DENIED"])],
            ..DECIDE
        },
        Action {
            name: "decide",
            when: &[
                ("/type", &["RESTRICTED_ACCOUNT"]),
                ("/status", &["SUBMITTED", "REVIEW_ON_SYNCTERA"]),
            ],
            ..DECIDE
        },
    ],
    first: first::APPLICATION,
};
