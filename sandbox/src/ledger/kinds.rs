//! The kinds of resources that the ledger reads and stores.

use crate::model::Kind;

/// Customers' accounts.
pub(crate) const ACCOUNT: Kind = Kind {
    name: "account",
    id: "id",
    keys: &[
        ("status", "/status"),
        ("access_status", "/access_status"),
        ("type", "/account_type"),
        ("customer_type", "/customer_type"),
        ("number", "/account_number"),
        ("customer", "/customer_ids"),
        ("business", "/business_ids"),
        ("party", "/customer_ids"),
        ("party", "/business_ids"),
        ("security", "/security/linked_account_id"),
        ("product", "/interest_product_id"),
        ("spend_control", "/spend_control_ids"),
        ("ledger_type", "/general_ledger_type"),
        ("overdraft", "/balance_floor/overdraft_account_id"),
        ("overdraft", "/balance_floor/linked_account_id"),
        ("overflow", "/balance_ceiling/overflow_account_id"),
        ("overflow", "/balance_ceiling/linked_account_id"),
        ("linked", "/balance_floor/overdraft_account_id"),
        ("linked", "/balance_floor/linked_account_id"),
        ("linked", "/balance_ceiling/overflow_account_id"),
        ("linked", "/balance_ceiling/linked_account_id"),
        ("linked", "/security/linked_account_id"),
    ],
};

/// Accounts of the program and of the bank.
pub(crate) const INTERNAL_ACCOUNT: Kind =
    Kind { name: "internal account", id: "id", keys: &[("type", "/account_type")] };

/// Posted transactions, as the platform shows them.
pub(crate) const POSTED: Kind = Kind {
    name: "posted transaction",
    id: "uuid",
    keys: &[
        ("account", "/accounts"),
        ("account_no", "/account_numbers"),
        ("type", "/type"),
        ("subtype", "/subtype"),
        ("reference", "/reference_id"),
        ("idempotency", "/idemkey"),
        ("card", "/card_id"),
    ],
};

/// Holds, as the platform shows pending transactions.
pub(crate) const HOLD: Kind = Kind {
    name: "pending transaction",
    id: "uuid",
    keys: &[
        ("account", "/account_id"),
        ("account_no", "/account_no"),
        ("type", "/data/type"),
        ("subtype", "/data/subtype"),
        ("status", "/data/status"),
        ("reference", "/reference_id"),
        ("idempotency", "/idemkey"),
        ("transaction", "/data/transaction_id"),
        ("card", "/card_id"),
    ],
};
