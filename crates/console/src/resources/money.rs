//! Transactions, and the payments that they come from.

use super::first;
use super::parts::*;

pub(super) const ALL: &[&Resource] =
    &[&TRANSACTIONS, &PENDING, &ACH, &WIRES, &TRANSFERS, &DEPOSITS, &SCHEDULES];

const TYPES: &[&str] = &[
    "ach",
    "card",
    "cash",
    "check",
    "external_card",
    "fee",
    "interest",
    "internal_transfer",
    "wire",
];

static TRANSACTIONS: Resource = Resource {
    name: "transactions",
    one: "Transaction",
    many: "Transactions",
    list: "/v2/transactions/posted",
    item: "/v2/transactions/posted/{id}",
    id: "/uuid",
    filters: &[
        filter("type", "Type", TYPES),
        filter("account_id", "Account id", &[]),
        filter("card_id", "Card id", &[]),
        filter("amount", "Amount in cents", &[]),
    ],
    columns: &[
        field("Type", "/type", Shown::Status),
        text("Memo", "/data/memo"),
        field("From", "/data/lines", Shown::AccountOf("debit")),
        field("To", "/data/lines", Shown::AccountOf("credit")),
        field("Amount", "/data/lines/0/amount", Shown::Money("/data/lines/0/currency")),
        field("Time", "/transaction_time", Shown::Moment),
    ],
    groups: &[
        group(
            "Transaction",
            &[
                field("Type", "/type", Shown::Status),
                field("Subtype", "/subtype", Shown::Status),
                field("Status", "/status", Shown::Status),
                field("Amount", "/data/lines/0/amount", Shown::Money("/data/lines/0/currency")),
                text("Memo", "/data/memo"),
                text("Reference", "/reference_id"),
                field("Id", "/uuid", Shown::Copied),
            ],
        ),
        group(
            "When",
            &[
                field("Time", "/transaction_time", Shown::Moment),
                field("Posted", "/posted_date", Shown::Moment),
                field("Effective", "/effective_date", Shown::Moment),
                text("Settled", "/settlement_date"),
            ],
        ),
    ],
    related: &[],
    actions: &[],
    first: first::JOURNEY,
};

/// Why a hold was declined; the card network gives details.
const REASON: Field =
    field("Reason", "/data/reason /data/user_data/network_decline_details/reason", Shown::Reason);

/// A hold that has not ended.
const OPEN: &[&str] = &["PENDING", "PARTCLEARED"];

static PENDING: Resource = Resource {
    name: "pending",
    one: "Pending transaction",
    many: "Pending transactions",
    list: "/v2/transactions/pending",
    item: "/v2/transactions/pending/{id}",
    id: "/uuid",
    filters: &[
        filter(
            "status",
            "Status",
            &["PENDING", "PARTCLEARED", "CLEARED", "DECLINED", "RELEASED", "EXPIRED"],
        ),
        filter("type", "Type", TYPES),
        filter("account_id", "Account id", &[]),
        filter("card_id", "Card id", &[]),
    ],
    columns: &[
        field("Type", "/data/type", Shown::Status),
        field("Status", "/data/status", Shown::Status),
        field("Account", "/account_id", Shown::Account),
        REASON,
        field("Requested", "/data/req_amount", Shown::Money("/data/currency")),
        field("Amount", "/data/amount", Shown::Money("/data/currency")),
        field("Time", "/data/transaction_time", Shown::Moment),
    ],
    groups: &[
        group(
            "Hold",
            &[
                field("Type", "/data/type", Shown::Status),
                field("Subtype", "/data/subtype", Shown::Status),
                field("Status", "/data/status", Shown::Status),
                REASON,
                field("Requested", "/data/req_amount", Shown::Money("/data/currency")),
                field("Held", "/data/amount", Shown::Money("/data/currency")),
                text("Direction", "/data/dc_sign"),
                text("Memo", "/data/memo"),
            ],
        ),
        group(
            "Where",
            &[
                field("Account", "/account_id", Shown::Account),
                field("Card", "/data/user_data/card_id", Shown::Id("cards")),
                text("Merchant", "/data/user_data/merchant/name /data/user_data/merchant/mid"),
                field("Id", "/uuid", Shown::Copied),
            ],
        ),
        group(
            "When",
            &[
                field("Time", "/data/transaction_time", Shown::Moment),
                field("Ends", "/data/expires_at", Shown::Moment).when("/data/status", OPEN),
                field("Posts", "/data/auto_post_at", Shown::Moment).when("/data/status", OPEN),
            ],
        ),
    ],
    related: &[],
    actions: &[],
    first: first::HOLD,
};

static ACH: Resource = Resource {
    name: "ach",
    one: "Outgoing ACH transfer",
    many: "Outgoing ACH",
    list: "/v2/ach",
    item: "/v2/ach/{id}",
    id: "/id",
    filters: &[],
    columns: &[
        field("Status", "/status", Shown::Status),
        field("Amount", "/amount", Shown::Money("/currency")),
        field("From", "/source_account_id", Shown::Account),
        text("Effective", "/effective_date"),
        field("Same day", "/is_same_day", Shown::Plain),
        text("Return", "/return_data/code"),
    ],
    groups: &[
        group(
            "Transfer",
            &[
                field("Status", "/status", Shown::Status),
                field("Amount", "/amount", Shown::Money("/currency")),
                text("Company", "/company_name"),
                text("Entry", "/company_entry_description"),
                text("Memo", "/memo"),
                text("Effective", "/effective_date"),
                field("Same day", "/is_same_day", Shown::Plain),
                text("Trace number", "/trace_no"),
                field("From", "/source_account_id", Shown::Account),
                field("Id", "/id", Shown::Copied),
            ],
        ),
        group(
            "Return",
            &[
                text("Code", "/return_data/code"),
                text("Details", "/return_data/addenda_information /return_data/trace_no"),
            ],
        ),
    ],
    related: &[],
    actions: &[Action {
        name: "cancel",
        label: "Cancel",
        done: "Canceled.",
        method: "PATCH",
        path: "/v2/ach/{id}",
        fixed: r#"{"status": "CANCELED"}"#,
        inputs: &[],
        when: &[("/status", &["INIT", "PENDING"])],
        is_final: true,
    }],
    first: first::ACH,
};

static WIRES: Resource = Resource {
    name: "wires",
    one: "Wire",
    many: "Wires",
    list: "/v2/wires",
    item: "/v2/wires/{id}",
    id: "/id",
    filters: &[filter("status", "Status", &["PENDING", "COMPLETED", "DECLINED", "CANCELED"])],
    columns: &[
        field("Status", "/status", Shown::Status),
        field("Amount", "/amount", Shown::Money("/currency")),
        text("Network", "/network"),
        text("Effective", "/effective_date"),
        field("Created", "/creation_time", Shown::Moment),
    ],
    groups: &[
        group(
            "Wire",
            &[
                field("Status", "/status", Shown::Status),
                field("Details", "/status_details", Shown::Status),
                field("Amount", "/amount", Shown::Money("/currency")),
                text("Network", "/network"),
                text("Message", "/recipient_message"),
                text("Accountability data", "/input_message_accountability_data"),
                field("From", "/originating_account_id", Shown::Account),
                field("Customer", "/customer_id", Shown::Party),
                field("Transaction", "/transaction_id", Shown::Transaction),
            ],
        ),
        MOMENTS,
    ],
    related: &[],
    actions: &[Action {
        name: "cancel",
        label: "Cancel",
        done: "Canceled.",
        method: "PATCH",
        path: "/v2/wires/{id}",
        fixed: r#"{"status": "CANCELED"}"#,
        inputs: &[],
        when: &[("/status", &["PENDING"])],
        is_final: true,
    }],
    first: first::WIRE,
};

static TRANSFERS: Resource = Resource {
    name: "transfers",
    one: "Card transfer",
    many: "Card transfers",
    list: "/v2/external_cards/transfers",
    item: "/v2/external_cards/transfers/{id}",
    id: "/id",
    filters: &[
        filter("status", "Status", &["PENDING", "SUCCEEDED", "DECLINED", "CANCELED", "UNKNOWN"]),
        filter("type", "Type", &["PUSH", "PULL", "PULL_REVERSAL"]),
    ],
    columns: &[
        field("Type", "/type", Shown::Status),
        field("Status", "/status", Shown::Status),
        field("Amount", "/amount", Shown::Money("/currency")),
        field("Reason", "/reason /network_decline_details", Shown::Reason),
        field("Created", "/creation_time", Shown::Moment),
    ],
    groups: &[
        group(
            "Card transfer",
            &[
                field("Type", "/type", Shown::Status),
                field("Status", "/status", Shown::Status),
                field("Amount", "/amount", Shown::Money("/currency")),
                field("Reason", "/reason /network_decline_details", Shown::Reason),
                field("Account", "/account_id", Shown::Account),
                field("Customer", "/customer_id", Shown::Party),
                field("Transaction", "/transaction_id", Shown::Transaction),
            ],
        ),
        MOMENTS,
    ],
    related: &[],
    actions: &[],
    first: first::TRANSFER,
};

static DEPOSITS: Resource = Resource {
    name: "deposits",
    one: "Check deposit",
    many: "Check deposits",
    list: "/v2/rdc/deposits",
    item: "/v2/rdc/deposits/{id}",
    id: "/id",
    filters: &[],
    columns: &[
        field("Status", "/status", Shown::Status),
        field("Amount", "/deposit_amount", Shown::Money("/deposit_currency")),
        field("Created", "/creation_time", Shown::Moment),
    ],
    groups: &[
        group(
            "Check deposit",
            &[
                field("Status", "/status", Shown::Status),
                field("Deposited", "/deposit_amount", Shown::Money("/deposit_currency")),
                field("On the check", "/check_amount", Shown::Money("/deposit_currency")),
                field("Account", "/account_id", Shown::Account),
                field("Person", "/person_id", Shown::Party),
                field("Transaction", "/transaction_id", Shown::Transaction),
                field("Front", "/front_image_id", Shown::Id("documents")),
                field("Back", "/back_image_id", Shown::Id("documents")),
            ],
        ),
        MOMENTS,
    ],
    related: &[],
    actions: &[],
    first: first::DEPOSIT,
};

static SCHEDULES: Resource = Resource {
    name: "schedules",
    one: "Payment schedule",
    many: "Payment schedules",
    list: "/v2/payment_schedules",
    // There is no operation that reads one.
    item: "/v2/payment_schedules?id={id}",
    id: "/id",
    filters: &[filter("status", "Status", &["ACTIVE", "CANCELLED", "ERRORED", "EXPIRED"])],
    columns: &[
        text("Description", "/description"),
        field("Status", "/status", Shown::Status),
        text("Every", "/schedule/interval /schedule/frequency"),
        text("Next", "/next_payment_date/scheduled_date"),
        field("Created", "/creation_time", Shown::Moment),
    ],
    groups: &[
        group(
            "Payment schedule",
            &[
                text("Description", "/description"),
                field("Status", "/status", Shown::Status),
                text("Every", "/schedule/interval /schedule/frequency"),
                text("From", "/schedule/start_date"),
                text("Until", "/schedule/end_date"),
                text("Next", "/next_payment_date/scheduled_date"),
            ],
        ),
        MOMENTS,
    ],
    related: &[],
    actions: &[Action {
        name: "cancel",
        label: "Cancel",
        done: "Canceled.",
        method: "PATCH",
        path: "/v2/payment_schedules/{id}",
        fixed: r#"{"status": "CANCELLED"}"#,
        inputs: &[],
        when: &[("/status", &["ACTIVE"])],
        is_final: true,
    }],
    first: first::SCHEDULE,
};
