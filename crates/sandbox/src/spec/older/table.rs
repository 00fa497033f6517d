//! The forms of the older documents, by the operations of v2 that have another one.
//!
//! The newest older document decides; names that only earlier ones have are given beside its own
//! where v2 has the value.

use super::rule::{Accepts, Rule};
use Rule::{
    Constant, Copied, Default, Filter, Flattened, Nested, Only, Optional, OwnAnswer, Query,
    Renamed, Value, Without,
};

/// Operations of v2, each with the list of its answer whose items have the form, and the form.
type Form = (&'static [(&'static str, Option<&'static str>)], &'static [Rule]);

const CHANGED: Rule = Renamed { older: "last_modified_time", ours: "last_updated_time" };
const MADE: Rule = Renamed { older: "created_time", ours: "creation_time" };

const TERMS: Rule = Without {
    names: &[
        "chargeoff_period",
        "delinquency_period",
        "template.chargeoff_period",
        "template.delinquency_period",
    ],
    why: "v2 has no such terms: when credit is delinquent or charged off is the platform's rule",
};

const APPLICATION_TYPE: Rule =
    Value { member: "application_type", older: "LINE_OF_CREDIT", ours: "CREDIT" };

pub(super) const FORMS: &[Form] = &[
    (
        &[
            ("list_accounts", Some("accounts")),
            ("create_account", None),
            ("get_account", None),
            ("update_account", None),
        ],
        &[TERMS],
    ),
    (
        &[("replace_account", None)],
        &[
            TERMS,
            Without {
                names: &["credit_limit", "grace_period", "minimum_payment"],
                why: "v2 changes the terms of credit by PATCH alone; a PUT may repeat them",
            },
        ],
    ),
    (
        &[
            ("list_account_templates", Some("account_templates")),
            ("create_account_template", None),
            ("get_account_template", None),
            ("replace_account_template", None),
        ],
        &[TERMS, APPLICATION_TYPE],
    ),
    (
        &[("create_application", None), ("update_application", None)],
        &[
            Value { member: "type", older: "LINE_OF_CREDIT", ours: "CREDIT" },
            Value { member: "status", older: "APPLICATION_SUBMITTED", ours: "SUBMITTED" },
        ],
    ),
    (&[("list_addresses", None)], &[Query { older: "Address type", ours: "address_type" }]),
    (
        &[
            ("list_cards", Some("cards")),
            ("activate_card", None),
            ("get_card", None),
            ("update_card", None),
        ],
        CARD,
    ),
    (
        &[("issue_card", None)],
        &[
            Nested { member: "card_details", beside: &["type"] },
            Flattened { member: "card_details" },
            CHANGED,
        ],
    ),
    (
        &[
            ("list_digital_wallet_tokens", Some("digital_wallet_tokens")),
            ("get_digital_wallet_token", None),
            ("update_digital_wallet_token_status", None),
        ],
        &[CHANGED, Renamed { older: "token_status", ours: "status" }],
    ),
    (
        &[("create_digital_wallet_apple", None), ("create_digital_wallet_google", None)],
        &[CHANGED, MADE],
    ),
    (
        &[
            ("list_card_gateways", Some("gateways")),
            ("get_card_gateway", None),
            ("update_card_gateway", None),
        ],
        &[CHANGED, IS_ACTIVE],
    ),
    (
        &[("create_card_gateway", None)],
        // After the older name is read: a body that has it is not completed.
        &[CHANGED, IS_ACTIVE, Default { member: "is_active", value: "true" }],
    ),
    (&[("list_card_products", Some("card_products"))], &[CHANGED]),
    (
        &[
            ("list_external_cards", Some("external_cards")),
            ("create_external_card_from_token", None),
            ("get_external_card", None),
            ("update_external_card", None),
        ],
        &[CHANGED, MADE, CHECKS],
    ),
    (
        &[
            ("list_external_card_transfers", Some("external_transfers")),
            ("get_external_card_transfer", None),
            ("create_external_card_transfer_reversal", None),
        ],
        &[CHANGED, MADE, COUNTRY],
    ),
    (
        &[("create_external_card_transfer", None)],
        &[CHANGED, MADE, COUNTRY, Only { member: "currency", value: "USD" }],
    ),
    (
        &[
            ("list_incoming_wires", Some("wires")),
            ("get_incoming_wire", None),
            ("update_incoming_wire", None),
        ],
        &[Copied { older: "account_id", from: "/receiving_account_id" }],
    ),
    (
        &[("list_notes", None), ("update_note", None)],
        &[Optional { parameter: "related_resource_type" }],
    ),
    (
        &[
            ("list_payment_schedules", Some("payment_schedules")),
            ("list_scheduled_payments", Some("payments")),
            ("create_payment_schedule", None),
            ("update_payment_schedule", None),
        ],
        &[Without {
            names: &["payment_instruction.request.id"],
            why: "an instruction is no payment yet; no document says which id it could have",
        }],
    ),
    (
        &[("list_rdc_deposits", Some("deposits"))],
        &[Filter { parameter: "account_id", member: "/account_id", accepts: Accepts::Id }],
    ),
    (
        &[("create_rdc_deposit", None)],
        &[Without {
            names: &[
                "vendor_info.content_type",
                "vendor_info.json",
                "vendor_info.vendor",
                "vendor_info.xml",
            ],
            why: "the sandbox is its own vendor, and takes no answer of another one",
        }],
    ),
    (&[("create_spend_control", None)], &[Default { member: "direction", value: "\"DEBITS\"" }]),
    (
        &[("list_statements", Some("statements"))],
        &[Without {
            names: &["due_date"],
            why: "v2's list has no day of payment; the statement itself has",
        }],
    ),
    (&[("get_statement", None)], STATEMENT),
    (&[("list_statement_transactions", None)], &[OwnAnswer]),
];

pub(super) const CARD_TYPES: &[&str] = &["CREDIT", "DEBIT", "PREPAID"];

const CARD: &[Rule] = &[
    Flattened { member: "card_details" },
    CHANGED,
    Filter { parameter: "card_type", member: "/type", accepts: Accepts::OneOf(CARD_TYPES) },
    Filter {
        parameter: "postal_code",
        member: "/card_details/shipping/address/postal_code",
        accepts: Accepts::Text,
    },
];

const IS_ACTIVE: Rule = Renamed { older: "active", ours: "is_active" };

/// The cards of this sandbox are of the United States.
const COUNTRY: Rule = Constant { member: "country_code", value: "US" };

const CHECKS: Rule = Without {
    names: &[
        "verifications.address_verification_results",
        "verifications.card_type",
        "verifications.fast_funds_indicator",
        "verifications.online_gambling_block_indicator",
        "verifications.processor",
        "verifications.push_funds_block_indicator",
    ],
    why: "the newest older document has v2's verifications",
};

const STATEMENT: &[Rule] = &[
    Copied { older: "due_date", from: "/credit_summary/payment_due_date" },
    Copied { older: "authorized_signer", from: "/authorized_signers" },
    Copied { older: "savings_summary", from: "/saving_summary" },
    OwnAnswer,
    Without {
        names: &["statement_summary"],
        why: "only the oldest document has it; its members are those of the statement",
    },
];
