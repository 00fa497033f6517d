//! Commands that make the first resource of a kind in this bank, for a list that is empty. `$SANDBOX` is the
//! address of the sandbox, `$KEY` an API key of the workspace.

/// A variable with the id of the first of a list.
macro_rules! first_of {
    ($variable:literal, $list:literal) => {
        concat!(
            $variable,
            "=$(curl --silent \"$SANDBOX",
            $list,
            "\" --header \"Authorization: Bearer $KEY\" \\\n  | grep -o '\"id\":\"[^\"]*\"' | head -1 | cut -d '\"' -f 4)\n"
        )
    };
}

/// A variable with the id of what a call with a body makes.
macro_rules! made {
    ($variable:literal, $path:literal, $body:literal) => {
        concat!(
            $variable,
            "=$(curl --silent \"$SANDBOX",
            $path,
            "\" --header \"Authorization: Bearer $KEY\" \\\n  --header 'Content-Type: application/json' \\\n  --data '",
            $body,
            "' \\\n  | grep -o '\"id\":\"[^\"]*\"' | head -1 | cut -d '\"' -f 4)\n"
        )
    };
}

/// A call with a body, in which `'$NAME'` stands for a variable.
macro_rules! post {
    ($path:literal, $body:literal) => {
        concat!(
            "curl \"$SANDBOX",
            $path,
            "\" --header \"Authorization: Bearer $KEY\" \\\n  --header 'Content-Type: application/json' \\\n  --data '",
            $body,
            "'"
        )
    };
}

/// The image of a check, whose id is then a variable.
macro_rules! image {
    ($variable:literal) => {
        concat!(
            $variable,
            "=$(printf '\\211PNG\\r\\n\\032\\n' | curl --silent \"$SANDBOX/v2/documents\" --header \"Authorization: Bearer $KEY\" \\\n  --form type=CHECK_IMAGE --form name=check --form 'file=@-;filename=check.png;type=image/png' \\\n  | grep -o '\"id\":\"[^\"]*\"' | head -1 | cut -d '\"' -f 4)\n"
        )
    };
}

/// A customer with accounts, money that moved, and a card: the example that needs no further input.
pub(super) const JOURNEY: &str =
    "SYNCTERA_BASE_URL=$SANDBOX SYNCTERA_API_KEY=$KEY cargo run --example customer_journey";

pub(super) const BUSINESS: &str = post!(
    "/v2/businesses",
    r#"{"status": "PROSPECT", "is_customer": true, "entity_name": "Analytical Engines"}"#
);

pub(super) const SPEND_CONTROL: &str = post!(
    "/v2/spend_controls",
    r#"{"name": "Daily", "action_decline": true, "action_case": false, "is_active": true, "amount_limit": 50000, "direction": "DEBITS", "time_range": {"time_range_type": "ROLLING_WINDOW_DAYS", "days": 1}}"#
);

pub(super) const VERIFICATION: &str = concat!(
    first_of!("PERSON", "/v2/persons?limit=1"),
    post!("/v2/verifications/verify", r#"{"person_id": "'$PERSON'", "customer_consent": true}"#)
);

pub(super) const ALERT: &str = concat!(
    first_of!("PERSON", "/v2/persons?limit=1"),
    // A customer whose monitoring has begun stays so.
    post!("/v2/monitoring/subscriptions", r#"{"person_id": "'$PERSON'"}"#),
    " --silent --output /dev/null\n",
    post!("/sandbox/alerts", r#"{"party_id": "'$PERSON'", "type": "WATCHLIST"}"#)
);

pub(super) const NOTE: &str = concat!(
    first_of!("PERSON", "/v2/persons?limit=1"),
    post!(
        "/v2/notes",
        r#"{"related_resource_type": "CUSTOMER", "related_resource_id": "'$PERSON'", "type": "NOTE", "content": "Called"}"#
    )
);

pub(super) const DISCLOSURE: &str = concat!(
    first_of!("PERSON", "/v2/persons?limit=1"),
    post!(
        "/v2/disclosures",
        r#"{"person_id": "'$PERSON'", "type": "REG_DD", "version": "1.0", "event_type": "ACKNOWLEDGED", "disclosure_date": "2026-01-02T03:04:05Z"}"#
    )
);

pub(super) const APPLICATION: &str = concat!(
    first_of!("PERSON", "/v2/persons?limit=1"),
    post!(
        "/v2/applications",
        r#"{"type": "CREDIT", "account_type": "LINE_OF_CREDIT", "purpose": "ACCOUNT_OPENING", "status": "SUBMITTED", "applicants": [{"is_primary": true, "customer_id": "'$PERSON'"}]}"#
    )
);

pub(super) const DOCUMENT: &str = "echo letter | curl \"$SANDBOX/v2/documents\" --header \"Authorization: Bearer $KEY\" \\\n  --form type=APPLICATION_DOCUMENTATION --form name=letter \\\n  --form 'file=@-;filename=letter.pdf;type=application/pdf'";

/// Statements are made by the clock.
pub(super) const STATEMENT: &str =
    "curl \"$SANDBOX/sandbox/clock\" --data '{\"advance\": {\"days\": 35}}'";

pub(super) const EXTERNAL_ACCOUNT: &str = concat!(
    first_of!("PERSON", "/v2/persons?limit=1"),
    post!(
        "/v2/external_accounts",
        r#"{"customer_id": "'$PERSON'", "customer_type": "PERSONAL", "type": "CHECKING", "account_owner_names": ["Ada Byron"], "routing_identifiers": {"bank_name": "First", "bank_countries": ["US"], "ach_routing_number": "021000021", "wire_routing_number": "021000021"}, "account_identifiers": {"number": "123456789"}}"#
    )
);

pub(super) const ACH: &str = concat!(
    first_of!("PERSON", "/v2/persons?limit=1"),
    first_of!("ACCOUNT", "/v2/accounts?limit=1"),
    first_of!("OTHER", "/v2/external_accounts?limit=1"),
    post!(
        "/v2/ach",
        r#"{"customer_id": "'$PERSON'", "originating_account_id": "'$ACCOUNT'", "receiving_account_id": "'$OTHER'", "amount": 1200, "currency": "USD", "dc_sign": "credit"}"#
    )
);

pub(super) const WIRE: &str = concat!(
    first_of!("PERSON", "/v2/persons?limit=1"),
    first_of!("ACCOUNT", "/v2/accounts?limit=1"),
    made!(
        "OTHER",
        "/v2/external_accounts",
        r#"{"customer_id": "'$PERSON'", "customer_type": "PERSONAL", "type": "CHECKING", "account_owner_names": ["Ada Byron"], "routing_identifiers": {"bank_name": "First", "bank_countries": ["US"], "ach_routing_number": "021000021", "wire_routing_number": "021000021"}, "account_identifiers": {"number": "'$(date +%s)'"}}"#
    ),
    post!(
        "/v2/wires",
        r#"{"customer_id": "'$PERSON'", "originating_account_id": "'$ACCOUNT'", "receiving_account_id": "'$OTHER'", "amount": 1300, "currency": "USD", "recipient_message": "rent"}"#
    )
);

pub(super) const TRANSFER: &str = concat!(
    first_of!("PERSON", "/v2/persons?limit=1"),
    first_of!("ACCOUNT", "/v2/accounts?limit=1"),
    post!(
        "/v2/external_cards/tokens",
        r#"{"customer_id": "'$PERSON'", "name": "Ada Byron", "token": "token-1"}"#
    ),
    "\n",
    first_of!("CARD", "/v2/external_cards?limit=1"),
    post!(
        "/v2/external_cards/transfers",
        r#"{"type": "PULL", "originating_account_id": "'$ACCOUNT'", "external_card_id": "'$CARD'", "amount": 2000, "currency": "USD"}"#
    )
);

pub(super) const DEPOSIT: &str = concat!(
    first_of!("PERSON", "/v2/persons?limit=1"),
    first_of!("ACCOUNT", "/v2/accounts?limit=1"),
    image!("FRONT"),
    image!("BACK"),
    post!(
        "/v2/rdc/deposits",
        r#"{"account_id": "'$ACCOUNT'", "person_id": "'$PERSON'", "front_image_id": "'$FRONT'", "back_image_id": "'$BACK'", "check_amount": 7500, "deposit_currency": "USD"}"#
    )
);

pub(super) const SCHEDULE: &str = concat!(
    first_of!("ACCOUNT", "/v2/accounts?limit=1"),
    first_of!("BANK", "/v2/internal_accounts?limit=1"),
    post!(
        "/v2/payment_schedules",
        r#"{"description": "Allowance", "payment_instruction": {"type": "INTERNAL_TRANSFER", "request": {"amount": 100, "currency": "USD", "type": "ACCOUNT_TO_ACCOUNT", "originating_account_id": "'$BANK'", "receiving_account_id": "'$ACCOUNT'"}}, "schedule": {"frequency": "MONTHLY", "interval": 1, "start_date": "2099-01-31", "count": 3}}"#
    )
);

pub(super) const HOLD: &str = concat!(
    first_of!("CARD", "/v2/cards?limit=1"),
    post!(
        "/v2/cards/transaction_simulations/authorization",
        r#"{"card_id": "'$CARD'", "amount": 1000, "mid": "123456789012345"}"#
    )
);

pub(super) const DISPUTE: &str = concat!(
    first_of!("CARD", "/v2/cards?limit=1"),
    "HOLD=$(curl --silent \"$SANDBOX/v2/cards/transaction_simulations/authorization\" \\\n  --header \"Authorization: Bearer $KEY\" --header 'Content-Type: application/json' \\\n  --data '{\"card_id\": \"'$CARD'\", \"amount\": 4000, \"mid\": \"123456789012345\"}' \\\n  | grep -o '\"token\":\"[^\"]*\"' | head -1 | cut -d '\"' -f 4)\n",
    post!(
        "/v2/cards/transaction_simulations/clearing",
        r#"{"amount": 4000, "original_transaction_id": "'$HOLD'", "force_post": true}"#
    ),
    "\nPOSTED=$(curl --silent \"$SANDBOX/v2/transactions/posted?card_id=$CARD&limit=1\" \\\n  --header \"Authorization: Bearer $KEY\" | grep -o '\"uuid\":\"[^\"]*\"' | tail -1 | cut -d '\"' -f 4)\nNOW=$(curl --silent \"$SANDBOX/sandbox/clock\" | grep -o '\"now\":\"[^\"]*\"' | cut -d '\"' -f 4)\n",
    post!(
        "/v2/disputes",
        r#"{"payment_rail": "CARD", "transaction_id": "'$POSTED'", "disputed_amount": 4000, "memo": "never came", "date_customer_reported": "'$NOW'", "reason_code": "GOODS_OR_SERVICES_NOT_PROVIDED"}"#
    )
);
