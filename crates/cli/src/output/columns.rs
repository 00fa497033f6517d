//! The columns of the tables of single lists, where the usual ones do not say most.

/// The name of a list's operation → its columns.
const COLUMNS: [(&str, &[&str]); 4] = [
    (
        "list_accounts",
        &[
            "id",
            "account_type",
            "status",
            "nickname",
            "balances[0].type",
            "balances[0].balance",
            "currency",
        ],
    ),
    (
        "list_cards",
        &[
            "card_details.id",
            "card_details.last_four",
            "card_details.card_status",
            "type",
            "card_details.form",
            "card_details.customer_id",
            "card_details.account_id",
        ],
    ),
    (
        "list_pending_transactions",
        &[
            "uuid",
            "data.status",
            "data.reason",
            "data.dc_sign",
            "data.amount",
            "data.currency",
            "data.subtype",
        ],
    ),
    (
        "list_posted_transactions",
        &[
            "uuid",
            "posted_date",
            "status",
            "subtype",
            // The amount is that of all lines; their signs differ.
            "data.lines[0].amount",
            "data.lines[0].currency",
            "data.memo",
        ],
    ),
];

/// The columns of the list of an operation; none if the usual ones are right.
pub(crate) fn columns(operation: &str) -> &'static [&'static str] {
    COLUMNS.iter().find(|(id, _)| *id == operation).map_or(&[], |(_, columns)| *columns)
}
