//! What is wrong with a body, all of it at once and in the platform's terms.

use std::collections::{BTreeMap, BTreeSet};

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{JsonType, ValidationError, Validator};
use serde_json::Value;

use super::pointer::{name_of, token};

/// What is wrong, by field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FieldErrors {
    pub(crate) missing: BTreeSet<String>,
    pub(crate) invalid: BTreeMap<String, String>,
    pub(crate) immutable: BTreeSet<String>,
}

impl FieldErrors {
    pub(crate) fn is_empty(&self) -> bool {
        self.missing.is_empty() && self.invalid.is_empty() && self.immutable.is_empty()
    }

    pub(crate) fn missing(field: &str) -> Self {
        Self { missing: BTreeSet::from([field.to_owned()]), ..Self::default() }
    }

    pub(crate) fn invalid(field: &str, reason: impl Into<String>) -> Self {
        Self { invalid: BTreeMap::from([(field.to_owned(), reason.into())]), ..Self::default() }
    }

    pub(crate) fn immutable(field: &str) -> Self {
        Self { immutable: BTreeSet::from([field.to_owned()]), ..Self::default() }
    }

    /// The same of a value that is a member of this name.
    pub(crate) fn under(self, member: &str) -> Self {
        let place = |field: String| match field.as_str() {
            "body" => member.to_owned(),
            field if field.starts_with('[') => format!("{member}{field}"),
            field => format!("{member}.{field}"),
        };
        Self {
            missing: self.missing.into_iter().map(place).collect(),
            invalid: self.invalid.into_iter().map(|(name, why)| (place(name), why)).collect(),
            immutable: self.immutable.into_iter().map(place).collect(),
        }
    }

    /// Adds what else is wrong; what is known of a field is kept.
    pub(crate) fn merge(&mut self, other: Self) {
        self.missing.extend(other.missing);
        for (field, reason) in other.invalid {
            self.invalid.entry(field).or_insert(reason);
        }
        self.immutable.extend(other.immutable);
    }

    /// Keeps what is wrong with some of the fields.
    pub(crate) fn retain(&mut self, keeps: impl Fn(&str) -> bool) {
        self.missing.retain(|field| keeps(field));
        self.invalid.retain(|field, _| keeps(field));
        self.immutable.retain(|field| keeps(field));
    }

    pub(crate) fn of(validator: &Validator, instance: &Value) -> Self {
        let mut errors = Self::default();
        for error in validator.iter_errors(instance) {
            errors.note(&error);
        }
        errors
    }

    fn note(&mut self, error: &ValidationError<'_>) {
        let field = dotted(error.instance_path().as_str());
        match error.kind() {
            ValidationErrorKind::Required { property } => {
                let name = property.as_str().unwrap_or_default();
                let field =
                    if field.is_empty() { name.to_owned() } else { format!("{field}.{name}") };
                self.missing.insert(field);
            }
            ValidationErrorKind::AdditionalProperties { unexpected } => {
                for name in unexpected {
                    let field =
                        if field.is_empty() { name.clone() } else { format!("{field}.{name}") };
                    self.invalid.entry(field).or_insert_with(|| "is not known here".to_owned());
                }
            }
            // A property that only the platform sets is converted to the schema of nothing.
            ValidationErrorKind::FalseSchema => {
                self.immutable.insert(field);
            }
            ValidationErrorKind::Type { kind: TypeKind::Single(JsonType::Integer) }
                if error.instance().is_number() =>
            {
                self.invalid.entry(field).or_insert_with(|| WHOLE.to_owned());
            }
            // Of several shapes, the one that the value comes nearest to is the one that was meant.
            ValidationErrorKind::AnyOf { context }
            | ValidationErrorKind::OneOfNotValid { context } => {
                for error in context.iter().min_by_key(|errors| errors.len()).into_iter().flatten()
                {
                    self.note(error);
                }
            }
            kind => {
                let field = if field.is_empty() { "body".to_owned() } else { field };
                self.invalid.entry(field).or_insert_with(|| reason(kind));
            }
        }
    }
}

/// What an amount with a fraction must be.
pub(super) const WHOLE: &str = "must be a whole number";

/// `/legal_address/0/city` → `legal_address[0].city`.
pub(crate) fn dotted(pointer: &str) -> String {
    let mut field = String::new();
    for token in pointer.split('/').skip(1) {
        let token = name_of(token);
        if token.bytes().all(|b| b.is_ascii_digit()) {
            field.push_str(&format!("[{token}]"));
        } else {
            if !field.is_empty() {
                field.push('.');
            }
            field.push_str(&token);
        }
    }
    field
}

/// `legal_address[0].city` → `/legal_address/0/city`: a name that itself has a dot or a bracket leads
/// nowhere.
pub(crate) fn pointer(field: &str) -> String {
    let mut pointer = String::new();
    for part in field.replace('[', ".[").split('.').filter(|part| !part.is_empty()) {
        let index = part.strip_prefix('[').and_then(|part| part.strip_suffix(']'));
        pointer.push('/');
        pointer.push_str(&token(index.unwrap_or(part)));
    }
    pointer
}

/// The rule that was broken, without the value that broke it: it may be personal data.
fn reason(kind: &ValidationErrorKind) -> String {
    match kind {
        ValidationErrorKind::Type { kind: TypeKind::Single(expected) } => {
            format!("must be of type {expected}")
        }
        ValidationErrorKind::Type { .. } => "is of the wrong type".to_owned(),
        ValidationErrorKind::Enum { options } => {
            let options = options.as_array().into_iter().flatten();
            let options: Vec<_> = options.filter_map(Value::as_str).collect();
            format!("must be one of {}", options.join(", "))
        }
        ValidationErrorKind::Format { format } => format!("must be a valid {format}"),
        ValidationErrorKind::Pattern { pattern } => format!("must match {pattern}"),
        ValidationErrorKind::MinLength { limit } => {
            format!("must have at least {limit} characters")
        }
        ValidationErrorKind::MaxLength { limit } => format!("must have at most {limit} characters"),
        ValidationErrorKind::Minimum { limit } => format!("must be at least {limit}"),
        ValidationErrorKind::Maximum { limit } => format!("must be at most {limit}"),
        ValidationErrorKind::MinItems { limit } => format!("must have at least {limit} items"),
        ValidationErrorKind::MaxItems { limit } => format!("must have at most {limit} items"),
        ValidationErrorKind::MinProperties { limit } => {
            format!("must have at least {limit} properties")
        }
        kind => format!("breaks the rule {}", kind.keyword()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::spec::{Interface, Match, Spec};

    fn errors(method: &str, path: &str, body: &serde_json::Value) -> super::FieldErrors {
        let spec = Spec::of(Interface::V2);
        let Match::Found(routed) = spec.route(method, path) else {
            panic!("no such operation");
        };
        spec.check_request(routed.operation, body)
    }

    #[test]
    fn everything_wrong_is_said_at_once() {
        let body = json!({
            "status": "SLEEPING", "id": "00000000-0000-0000-0000-000000000000",
            "phone_number": "555", "legal_address": {"city": "Springfield", "country_code": "USA"},
            "personal_ids": [{"id_type": "SSN"}],
        });
        insta::assert_debug_snapshot!(errors("POST", "/persons", &body), @r#"
        FieldErrors {
            missing: {
                "is_customer",
                "legal_address.address_line_1",
                "personal_ids[0].identifier",
            },
            invalid: {
                "legal_address.country_code": "must match ^[A-Z]{2}$",
                "phone_number": "must match ^\\+[1-9]\\d{1,14}$",
                "status": "must be one of ACTIVE, DECEASED, DENIED, DORMANT, ESCHEAT, FROZEN, INACTIVE, PROSPECT, SANCTION",
            },
            immutable: {
                "id",
            },
        }
        "#);
    }

    #[test]
    fn what_has_properties_is_an_object() {
        let mut pay = json!({"amount": 1, "currency": "USD", "dc_sign": "CREDIT",
            "direction": "OUTGOING", "subtype": "OUTGOING_BILL_PAYMENT",
            "synctera_pay_network": "one", "effective_date": "2099-01-02",
            "account_id": "f251a61f-b6e7-4382-9ef4-c571adbd2e23",
            "customer_id": "0f58e632-2630-4cc4-8661-3910eae951e6",
            "exchange_details": {"rate": "1", "source_amount": 1, "source_currency": "USD",
                "target_amount": 1, "target_currency": "MXN", "fees": []}});
        assert!(errors("POST", "/synctera_pay", &pay).is_empty());
        pay["exchange_details"]["fees"] = json!([true]);
        assert!(!errors("POST", "/synctera_pay", &pay).is_empty());
    }

    #[test]
    fn the_tag_of_a_union_decides() {
        let id = "00000000-0000-0000-0000-000000000000";
        let virtual_card = json!({"type": "DEBIT", "card_details": {
            "form": "VIRTUAL", "account_id": id, "card_product_id": id}});
        assert!(errors("POST", "/cards", &virtual_card).is_empty());
        let unknown = json!({"type": "GOLD", "card_details": {}});
        assert_eq!(
            errors("POST", "/cards", &unknown).invalid.get("type").map(String::as_str),
            Some("must be one of CREDIT, DEBIT, PREPAID")
        );
        let incomplete = json!({"type": "PREPAID", "card_details": {"form": "PHYSICAL"}});
        assert_eq!(
            errors("POST", "/cards", &incomplete).missing.into_iter().collect::<Vec<_>>(),
            ["card_details.account_id", "card_details.card_product_id"]
        );
    }
}
