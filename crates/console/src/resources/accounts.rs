//! Accounts, accounts at other banks, and the bank's own.

use super::first;
use super::parts::*;

pub(super) const ALL: &[&Resource] = &[&ACCOUNTS, &EXTERNAL_ACCOUNTS, &INTERNAL_ACCOUNTS];

/// How the balance of an account in closing leaves it.
const PAYMENT_METHOD: Input = input(
    "/payment_method",
    "Pay the balance by",
    &[
        "INTERNAL_TRANSFER_TO_CUSTOMER_ACCOUNT",
        "INTERNAL_TRANSFER_TO_INTERNAL_ACCOUNT",
        "ACH",
        "BANK_DRAFT",
    ],
);

/// And where it goes.
const DESTINATION: Input = written("/destination_id", "Id of the account that gets it", "");

static ACCOUNTS: Resource = Resource {
    name: "accounts",
    one: "Account",
    many: "Accounts",
    list: "/v2/accounts",
    item: "/v2/accounts/{id}",
    id: "/id",
    filters: &[
        filter(
            "status",
            "Status",
            &[
                "ACTIVE_OR_DISBURSED",
                "IN_CLOSING",
                "CLOSED",
                "SUSPENDED",
                "RESTRICTED",
                "DELINQUENT",
                "CHARGED_OFF",
            ],
        ),
        filter("access_status", "Access", &["ACTIVE", "FROZEN"]),
        filter(
            "account_type",
            "Type",
            &[
                "CHECKING",
                "SAVING",
                "PREPAID",
                "LINE_OF_CREDIT",
                "CHARGE_SECURED",
                "CHARGE_UNSECURED",
            ],
        ),
        filter("account_number", "Account number", &[]),
        filter("last_name", "Last name", &[]),
    ],
    columns: &[
        text("Number", "/account_number_masked"),
        text("Nickname", "/nickname"),
        field("Owner", "/customer_ids/0 /business_ids/0", Shown::Party),
        field("Type", "/account_type", Shown::Status),
        field("Status", "/status", Shown::Status),
        field("Access", "/access_status", Shown::Status),
        field("Posted", "/balances/0/balance", Shown::Money("/currency")),
        field("Available", "/balances/1/balance", Shown::Money("/currency")),
    ],
    groups: &[
        group(
            "Account",
            &[
                text("Number", "/account_number_masked"),
                text("Nickname", "/nickname"),
                field(
                    "Owners",
                    "/customer_ids/0 /customer_ids/1 /customer_ids/2 /business_ids/0",
                    Shown::Party,
                ),
                field("Type", "/account_type", Shown::Status),
                field("Status", "/status", Shown::Status),
                field("Access", "/access_status", Shown::Status),
                text("Currency", "/currency"),
                text("Opened", "/open_date"),
                text("In closing since", "/in_closing_date"),
                text("Closed", "/close_date"),
                field("Template", "/account_template_id", Shown::Copied),
            ],
        ),
        group(
            "Balances",
            &[
                field("Posted", "/balances/0/balance", Shown::Money("/currency")),
                field("Available", "/balances/1/balance", Shown::Money("/currency")),
                field("Credit limit", "/credit_limit", Shown::Money("/currency")),
                field("Overdraft limit", "/overdraft_limit", Shown::Money("/currency")),
                field("Days past due", "/days_past_due", Shown::Plain),
            ],
        ),
        group(
            "Rails",
            &[
                field("ACH", "/is_ach_enabled", Shown::Plain),
                field("Wires", "/is_wire_enabled", Shown::Plain),
                field("Cards", "/is_card_enabled", Shown::Plain),
                field("Transfers to others", "/is_p2p_enabled", Shown::Plain),
                field("External cards", "/is_external_card_enabled", Shown::Plain),
                field("Interest product", "/interest_product_id", Shown::Copied),
            ],
        ),
        MOMENTS,
    ],
    related: &[
        related("Cards", "cards", "account_id={id}"),
        related("Pending", "pending", "account_id={id}"),
        related("Statements", "statements", "account_id={id}"),
        related("Schedules", "schedules", "account_id={id}"),
        related("Disputes", "disputes", "account_id={id}"),
        related("Notes", "notes", "related_resource_id={id}&related_resource_type=ACCOUNT"),
    ],
    actions: &[
        Action {
            name: "freeze",
            label: "Freeze",
            done: "Frozen.",
            method: "PATCH",
            path: "/v2/accounts/{id}",
            fixed: r#"{"account_type": "{/account_type}", "access_status": "FROZEN"}"#,
            inputs: &[],
            when: &[("/access_status", &["ACTIVE"])],
            is_final: false,
        },
        Action {
            name: "unfreeze",
            label: "Unfreeze",
            done: "Active again.",
            method: "PATCH",
            path: "/v2/accounts/{id}",
            fixed: r#"{"account_type": "{/account_type}", "access_status": "ACTIVE"}"#,
            inputs: &[],
            when: &[("/access_status", &["FROZEN"])],
            is_final: false,
        },
        Action {
            name: "close",
            label: "Close",
            done: "The account is in closing.",
            method: "POST",
            path: "/v2/accounts/{id}/initiate_closure",
            fixed: "{}",
            inputs: &[
                input(
                    "/reason",
                    "Reason",
                    &[
                        "CUSTOMER_REQUEST_TRANSFER",
                        "CUSTOMER_REQUEST_REFINANCE",
                        "CUSTOMER_REQUEST_CREDIT_CARD_LOST_OR_STOLEN",
                        "PROGRAM_SHUT_DOWN_FINTECH",
                    ],
                ),
                written("/reason_details", "Details", "The customer moves away"),
                optional(PAYMENT_METHOD),
                optional(DESTINATION),
            ],
            when: &[("/status", &["ACTIVE_OR_DISBURSED"])],
            is_final: true,
        },
        Action {
            name: "change_closure",
            label: "Change where the balance goes",
            done: "The closure is changed.",
            method: "PATCH",
            path: "/v2/accounts/{id}/initiate_closure",
            fixed: "{}",
            inputs: &[PAYMENT_METHOD, optional(DESTINATION)],
            when: &[("/status", &["IN_CLOSING"])],
            is_final: false,
        },
        note(
            r#"{"related_resource_id": "{id}", "related_resource_type": "ACCOUNT", "type": "NOTE"}"#,
        ),
    ],
    first: first::JOURNEY,
};

static EXTERNAL_ACCOUNTS: Resource = Resource {
    name: "external_accounts",
    one: "External account",
    many: "External accounts",
    list: "/v2/external_accounts",
    item: "/v2/external_accounts/{id}",
    id: "/id",
    filters: &[filter("nickname", "Nickname", &[])],
    columns: &[
        field("Owners", "/account_owner_names", Shown::Plain),
        text("Nickname", "/nickname"),
        field("Customer", "/customer_id /business_id", Shown::Party),
        field("Type", "/type", Shown::Status),
        field("Status", "/status", Shown::Status),
        field("Verification", "/verification/status", Shown::Status),
    ],
    groups: &[
        group(
            "External account",
            &[
                text("Name", "/name"),
                text("Nickname", "/nickname"),
                field("Owners", "/account_owner_names", Shown::Plain),
                field("Type", "/type", Shown::Status),
                field("Status", "/status", Shown::Status),
                text("Reason", "/status_reason"),
                field("Verification", "/verification/status", Shown::Status),
                field("Customer", "/customer_id /business_id", Shown::Party),
            ],
        ),
        MOMENTS,
    ],
    related: &[],
    actions: &[],
    first: first::EXTERNAL_ACCOUNT,
};

static INTERNAL_ACCOUNTS: Resource = Resource {
    name: "internal_accounts",
    one: "Internal account",
    many: "Internal accounts",
    list: "/v2/internal_accounts",
    item: "/v2/internal_accounts/{id}",
    id: "/id",
    filters: &[],
    columns: &[
        text("Description", "/description"),
        field("Type", "/account_type", Shown::Status),
        field("Purpose", "/purpose", Shown::Status),
        field("Status", "/status", Shown::Status),
        field("Posted", "/balances/0/balance", Shown::Money("/currency")),
    ],
    groups: &[
        group(
            "Internal account",
            &[
                text("Description", "/description"),
                field("Type", "/account_type", Shown::Status),
                field("Purpose", "/purpose", Shown::Status),
                field("Status", "/status", Shown::Status),
                field("Posted", "/balances/0/balance", Shown::Money("/currency")),
                field("Available", "/balances/1/balance", Shown::Money("/currency")),
            ],
        ),
        MOMENTS,
    ],
    related: &[],
    actions: &[],
    first: "",
};
