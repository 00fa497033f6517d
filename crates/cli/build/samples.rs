//! Single values of examples, and what is usually sent in addition to what must be.

use serde_json::Value;

/// Members that are sent in addition to those that must be, by operation and by member.
const USUAL: &[(&str, &[&str])] = &[
    ("account_identifiers", &["number"]),
    ("add_vendor_external_accounts", &["customer_id"]),
    ("applicant", &["business"]),
    ("applicants", &["customer_id", "is_primary"]),
    ("card_details", &["customer_id"]),
    ("config", &["payment_configs", "rule_configs"]),
    ("create_account", &["account_type", "relationships"]),
    ("create_address", &["customer_id"]),
    ("create_application", &["customer_id"]),
    ("create_autopay_config", &["person_id"]),
    (
        "create_business",
        &[
            "ein",
            "email",
            "entity_name",
            "formation_date",
            "legal_address",
            "phone_number",
            "structure",
        ],
    ),
    ("create_disclosure", &["person_id"]),
    ("create_external_account", &["customer_id"]),
    ("create_external_account_access_token", &["customer_id"]),
    ("create_internal_account", &["name"]),
    ("create_internal_transfer", &["originating_account_id", "receiving_account_id"]),
    ("create_license", &["customer_id", "license_number", "license_type"]),
    ("create_monitoring_subscription", &["person_id"]),
    ("create_note", &["related_resource_type"]),
    (
        "create_person",
        &["dob", "email", "first_name", "last_name", "legal_address", "phone_number", "ssn"],
    ),
    ("create_personal_id", &["country_code"]),
    ("create_rdc_deposit", &["person_id"]),
    ("create_spend_control", &["amount_limit"]),
    ("create_verification", &["person_id"]),
    ("create_webhook", &["description"]),
    ("legal_address", &["city", "postal_code", "state"]),
    ("payment_configs", &["ach"]),
    ("relationships", &["customer_id", "relationship_type"]),
    ("rule_configs", &["days_before_due"]),
    ("rules", &["payment_rail"]),
    ("schedule", &["count"]),
    ("sync_vendor_external_accounts", &["customer_id"]),
    ("trigger_webhook_event", &["event"]),
    ("update_account", &["nickname"]),
    ("update_person", &["email"]),
    ("verify", &["person_id"]),
];

/// The texts of members that are known by their name.
const TEXTS: &[(&str, &str)] = &[
    ("account_name", "Checking"),
    ("account_number", "123456789"),
    ("address_line_1", "1 Market St"),
    ("address_line_2", "Suite 5"),
    ("bank_country", "US"),
    ("chosen_name", "Ada"),
    ("city", "San Francisco"),
    ("company_entry_description", "PAYROLL"),
    ("country", "US"),
    ("country_code", "US"),
    ("currency", "USD"),
    ("customer_ip_address", "203.0.113.7"),
    ("date_customer_reported", "2025-01-15T12:00:00Z"),
    ("description", "An example"),
    ("dob", "1985-12-10"),
    ("ein", "12-3456789"),
    ("email", "ada@example.com"),
    ("entity_name", "Analytical Engines LLC"),
    ("first_name", "Ada"),
    ("identifier", "A1234567"),
    ("last_name", "Byron"),
    ("memo", "An example"),
    ("middle_name", "Augusta"),
    ("name", "An example"),
    ("nickname", "Everyday"),
    ("note", "An example"),
    ("number", "123456789"),
    ("pan", "4111111111111111"),
    ("payment_rail", "ACH"),
    ("phone_number", "+14155550123"),
    ("postal_code", "94105"),
    // Another one than that of the originating account.
    ("receiving_account_id", "00000000-0000-4000-8000-000000000001"),
    ("routing_number", "021000021"),
    ("ssn", "456-78-9012"),
    ("state", "CA"),
    // The first workspace of a sandbox: another than that of the key is refused.
    ("tenant", "1_1"),
    ("transaction_code", "450"),
    // The type of a transaction.
    ("type", "ach"),
    ("url", "https://example.com/events"),
    ("version", "1.0"),
];

/// A text for each pattern of the documents.
const PATTERNS: [(&str, &str); 16] = [
    ("^[A-Z]{3}$", "USD"),
    ("^[A-Z]{2}$", "US"),
    (r"^\+[1-9]\d{1,14}$", "+14155550123"),
    ("^[A-Z]{2,3}$", "CA"),
    ("^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$", "DEUTDEFF"),
    (r"^\d{4}$", "9012"),
    (r"^merchant\.com\.[a-zA-Z0-9\-\.]+$", "merchant.com.example"),
    (r"\d{20}", "12345678901234567890"),
    (r"^(\d{6}|\d{8})$", "123456"),
    ("^[0-9A-F]{6}$", "1A2B3C"),
    (r"^\d{4}(-\d{4})?$", "1234"),
    ("^[0-9]{7,12}$", "123456789"),
    ("^(0[1-9]|1[0-2])$", "12"),
    (r"^\d{2}$", "30"),
    (r"^\d{3}$", "123"),
    (r"^v?[0-9]+\.[0-9]+$", "1.0"),
];

/// An id of no resource.
const ID: &str = "00000000-0000-4000-8000-000000000000";

pub(crate) fn usual(of: &str) -> &'static [&'static str] {
    USUAL.iter().find(|(name, _)| *name == of).map_or(&[], |(_, members)| *members)
}

pub(crate) fn text(name: &str, schema: &Value) -> String {
    let known = |table: &[(&str, &str)], key: &str| {
        table.iter().find(|(name, _)| *name == key).map(|(_, text)| (*text).to_owned())
    };
    let first = |values: &str| schema[values].as_array()?.first()?.as_str().map(str::to_owned);
    let chosen = match name {
        "status" => preferred(schema, &["ACTIVE", "PROSPECT"]),
        "account_type" => preferred(schema, &["CHECKING"]),
        "type" => preferred(schema, &["ACCOUNT_TO_ACCOUNT"]),
        "relationship_type" => preferred(schema, &["PRIMARY_ACCOUNT_HOLDER"]),
        _ => None,
    };
    let of_format = || {
        Some(match schema["format"].as_str()? {
            "uuid" | "UUID" => known(TEXTS, name).unwrap_or_else(|| ID.to_owned()),
            "date" => known(TEXTS, name).unwrap_or_else(|| "2026-12-01".to_owned()),
            "date-time" => known(TEXTS, name).unwrap_or_else(|| "2026-12-01T12:00:00Z".to_owned()),
            "uri" | "url" => "https://example.com/events".to_owned(),
            "byte" => "ZXhhbXBsZQ==".to_owned(),
            _ => return None,
        })
    };
    let of_pattern = || {
        let pattern = schema["pattern"].as_str()?;
        // A name says more than a pattern that fits it.
        let by_name = known(TEXTS, name).filter(|_| name != "currency");
        known(&PATTERNS, pattern).map(|text| match by_name {
            Some(named) if named.len() == text.len() => named,
            _ => text,
        })
    };
    let free = || known(TEXTS, name).unwrap_or_else(|| "An example".to_owned());
    let found = chosen.or_else(|| first("enum")).or_else(of_format).or_else(of_pattern);
    within(found.unwrap_or_else(free), schema)
}

/// The first of some values that a schema has.
fn preferred(schema: &Value, wanted: &[&str]) -> Option<String> {
    let values = schema["enum"].as_array()?;
    let found = wanted.iter().find(|wanted| values.iter().any(|value| value == **wanted));
    found.map(|value| (*value).to_owned())
}

/// A text within the limits of its length.
fn within(mut text: String, schema: &Value) -> String {
    let limit = |name: &str| schema[name].as_u64().and_then(|limit| usize::try_from(limit).ok());
    while text.chars().count() < limit("minLength").unwrap_or_default() {
        text.push('x');
    }
    let longest = limit("maxLength").unwrap_or(usize::MAX);
    text.chars().take(longest).collect::<String>().trim_end().to_owned()
}

pub(crate) fn integer(name: &str, schema: &Value) -> i64 {
    let limit = |name: &str| schema[name].as_f64().map(|limit| limit as i64);
    let usual = if name.contains("amount") { 10_000 } else { 1 };
    usual.clamp(limit("minimum").unwrap_or(i64::MIN), limit("maximum").unwrap_or(i64::MAX))
}

pub(crate) fn number(schema: &Value) -> f64 {
    let limit = |name: &str| schema[name].as_f64();
    1.5_f64.max(limit("minimum").unwrap_or(f64::MIN)).min(limit("maximum").unwrap_or(f64::MAX))
}

/// The value of a boolean: true only where that is usual for a customer.
pub(crate) fn boolean(name: &str) -> bool {
    matches!(name, "is_customer" | "is_primary" | "customer_consent" | "is_enabled" | "is_active")
}

/// An object whose members are not described.
pub(crate) fn object(schema: &Value) -> Value {
    if schema["minProperties"].as_u64().unwrap_or_default() > 0 {
        return serde_json::json!({ "name": "An example" });
    }
    serde_json::json!({})
}

/// How many items a list has: one, or as many as it must have.
pub(crate) fn length(schema: &Value) -> usize {
    let least = schema["minItems"].as_u64().unwrap_or_default().max(1);
    usize::try_from(least).unwrap_or(1)
}
