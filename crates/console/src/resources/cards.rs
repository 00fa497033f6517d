//! Cards.

use super::first;
use super::parts::*;

pub(super) const ALL: &[&Resource] = &[&CARDS, &SPEND_CONTROLS];

/// Why a card is stopped: lost, stolen, suspicious activity, fraud, asked for, other.
const REASONS: &[&str] = &["LOS", "STO", "SUS", "FRD", "REQ", "OTH"];

static CARDS: Resource = Resource {
    name: "cards",
    one: "Card",
    many: "Cards",
    list: "/v2/cards",
    item: "/v2/cards/{id}",
    id: "/card_details/id",
    filters: &[
        filter(
            "card_status",
            "Status",
            &["ACTIVE", "SUSPENDED", "TERMINATED", "UNACTIVATED", "PENDING", "REJECTED"],
        ),
        filter("last_four", "Last digits", &[]),
        filter("form", "Form", &["VIRTUAL", "PHYSICAL"]),
    ],
    columns: &[
        text("Last digits", "/card_details/last_four"),
        text("Name", "/card_details/emboss_name/line_1"),
        field("Customer", "/card_details/customer_id", Shown::Party),
        field("Form", "/card_details/form", Shown::Status),
        field("Status", "/card_details/card_status", Shown::Status),
        field("Created", "/card_details/creation_time", Shown::Moment),
    ],
    groups: &[
        group(
            "Card",
            &[
                text("Last digits", "/card_details/last_four"),
                text("Name", "/card_details/emboss_name/line_1 /card_details/emboss_name/line_2"),
                field("Form", "/card_details/form", Shown::Status),
                field("Type", "/type", Shown::Status),
                field("Brand", "/card_details/card_brand", Shown::Status),
                field("Status", "/card_details/card_status", Shown::Status),
                field("Reason", "/card_details/status_reason", Shown::Reason),
                text("Memo", "/card_details/memo"),
                text("Expires", "/card_details/expiration_month /card_details/expiration_year"),
                field("Fulfillment", "/card_details/card_fulfillment_status", Shown::Status),
            ],
        ),
        group(
            "Belongs to",
            &[
                field("Account", "/card_details/account_id", Shown::Account),
                field(
                    "Customer",
                    "/card_details/customer_id /card_details/business_id",
                    Shown::Party,
                ),
                field("Reissued as", "/card_details/reissued_to_id", Shown::Id("cards")),
                field("Reissued from", "/card_details/reissued_from_id", Shown::Id("cards")),
                field("Product", "/card_details/card_product_id", Shown::Copied),
                field("Id", "/card_details/id", Shown::Copied),
            ],
        ),
        group(
            "When",
            &[
                field("Created", "/card_details/creation_time", Shown::Moment),
                field("Updated", "/card_details/last_updated_time", Shown::Moment),
            ],
        ),
    ],
    related: &[],
    actions: &[
        Action {
            name: "suspend",
            label: "Suspend",
            done: "Suspended.",
            method: "PATCH",
            path: "/v2/cards/{id}",
            fixed: r#"{"card_status": "SUSPENDED"}"#,
            inputs: &[input("/reason", "Reason", REASONS)],
            when: &[("/card_details/card_status", &["ACTIVE"])],
            is_final: false,
        },
        Action {
            name: "resume",
            label: "Resume",
            done: "Active again.",
            method: "PATCH",
            path: "/v2/cards/{id}",
            fixed: r#"{"card_status": "ACTIVE"}"#,
            inputs: &[input("/reason", "Reason", &["ACT", "REQ", "OTH"])],
            when: &[("/card_details/card_status", &["SUSPENDED"])],
            is_final: false,
        },
        Action {
            name: "terminate",
            label: "Terminate",
            done: "Terminated.",
            method: "PATCH",
            path: "/v2/cards/{id}",
            fixed: r#"{"card_status": "TERMINATED"}"#,
            inputs: &[input("/reason", "Reason", REASONS)],
            when: &[("/card_details/card_status", &["ACTIVE", "SUSPENDED"])],
            is_final: true,
        },
        Action {
            name: "reissue",
            label: "Reissue",
            done: "A new card is issued: it is under Reissued as.",
            method: "POST",
            path: "/v2/cards",
            fixed: r#"{"type": "{/type}", "card_details": {
                "form": "{/card_details/form}", "account_id": "{/card_details/account_id}",
                "customer_id": "{/card_details/customer_id}",
                "card_product_id": "{/card_details/card_product_id}", "reissued_from_id": "{id}" } }"#,
            inputs: &[input(
                "/card_details/reissue_reason",
                "Reason",
                &["LOST", "STOLEN", "DAMAGED", "EXPIRATION"],
            )],
            when: &[("/card_details/card_status", &["ACTIVE", "SUSPENDED", "UNACTIVATED"])],
            is_final: true,
        },
    ],
    first: first::JOURNEY,
};

static SPEND_CONTROLS: Resource = Resource {
    name: "spend_controls",
    one: "Spend control",
    many: "Spend controls",
    list: "/v2/spend_controls",
    item: "/v2/spend_controls/{id}",
    id: "/id",
    filters: &[
        filter("name", "Name", &[]),
        filter("account_id", "Account id", &[]),
        filter("is_active", "Active", &["true", "false"]),
    ],
    columns: &[
        text("Name", "/name"),
        field("Amount limit", "/amount_limit", Shown::Money("")),
        field("Count limit", "/transaction_count_limit", Shown::Plain),
        field("Per", "/time_range/time_range_type", Shown::Status),
        field("Declines", "/action_decline", Shown::Plain),
        field("Active", "/is_active", Shown::Plain),
        field("Accounts", "/number_of_related_accounts", Shown::Plain),
    ],
    groups: &[
        group(
            "What it limits",
            &[
                text("Name", "/name"),
                field("Amount limit", "/amount_limit", Shown::Money("")),
                field("Count limit", "/transaction_count_limit", Shown::Plain),
                field("Per", "/time_range/time_range_type", Shown::Status),
                text("Length", "/time_range/value /time_range/days /time_range/period"),
                field("Direction", "/direction", Shown::Status),
                field("Payment types", "/payment_types", Shown::Plain),
                field("Merchant categories", "/merchant_category_codes", Shown::Plain),
                field(
                    "Countries",
                    "/geo_restrictions/mode /geo_restrictions/countries",
                    Shown::Plain,
                ),
            ],
        ),
        group(
            "What it does",
            &[
                field("Declines", "/action_decline", Shown::Plain),
                field("Opens a case", "/action_case", Shown::Plain),
                field("Active", "/is_active", Shown::Plain),
                field("Managed by", "/managed_by", Shown::Status),
                field("Accounts", "/number_of_related_accounts", Shown::Plain),
            ],
        ),
        group(
            "History",
            &[
                field("Created", "/creation_time", Shown::Moment),
                field("Updated", "/last_modified_time", Shown::Moment),
                field("Id", "/id", Shown::Copied),
            ],
        ),
    ],
    related: &[related("Accounts", "accounts", "spend_control_ids={id}")],
    actions: &[],
    first: first::SPEND_CONTROL,
};
