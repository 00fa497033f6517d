//! What verifications find out in the sandbox: the platform's KYB test values, and ours for KYC.

use serde_json::{Value, json};

use crate::model::text;

/// What one check found.
pub(crate) struct Finding {
    pub(crate) verification_type: &'static str,
    pub(crate) result: &'static str,
    pub(crate) details: Vec<Value>,
}

impl Finding {
    fn new(
        verification_type: &'static str,
        result: &'static str,
        category: &str,
        label: &str,
    ) -> Self {
        let grade = match result {
            "ACCEPTED" => "PASS",
            "REJECTED" => "FAIL",
            _ => "WARN",
        };
        let details = vec![json!({ "category": category, "result": grade, "label": label })];
        Self { verification_type, result, details }
    }
}

/// Outcomes from the best to the worst; the worst of several checks is the party's.
const BY_WEIGHT: [&str; 6] =
    ["ACCEPTED", "PROVISIONAL", "UNVERIFIED", "PENDING", "REVIEW", "REJECTED"];

/// The worst of some results. What a vendor could not say counts as pending.
pub(crate) fn worst<'a>(results: impl Iterator<Item = &'a str>) -> &'static str {
    let weight = |result: &str| {
        let result = if result == "VENDOR_ERROR" { "PENDING" } else { result };
        BY_WEIGHT.iter().position(|known| *known == result).unwrap_or(0)
    };
    BY_WEIGHT[results.map(weight).max().unwrap_or(0)]
}

/// The outcome that a name is, if it is one.
pub(crate) fn steered(name: &str) -> Option<&'static str> {
    BY_WEIGHT
        .into_iter()
        .find(|result| result.eq_ignore_ascii_case(name))
        .filter(|result| *result != "UNVERIFIED")
}

/// A person's checks. The platform documents no test values for persons, so these are ours: a
/// last name that is one of the outcomes steers the identity check, a first name the watchlist
/// check. Anybody else passes.
///
/// With what the `document` said that the person showed, an identity that was doubtful is not any
/// more: that is what it is shown for.
pub(crate) fn check_person(person: &Value, document: Option<&'static str>) -> Vec<Finding> {
    let mut identity = steered(text(person, "last_name")).unwrap_or("ACCEPTED");
    let watchlist = steered(text(person, "first_name")).unwrap_or("ACCEPTED");
    if document == Some("ACCEPTED") && identity != "REJECTED" {
        identity = "ACCEPTED";
    }
    let mut findings = vec![
        Finding::new("IDENTITY", identity, "CIP", "Identity matched against public records"),
        Finding::new("WATCHLIST", watchlist, "WATCHLIST", "Watchlists searched"),
    ];
    if let Some(document) = document {
        let label = "Document matched against the person";
        findings.push(Finding::new("DOCUMENT_VERIFICATION", document, "DOC_VERIFICATION", label));
    }
    findings
}

/// A business's checks, steered by the platform's documented test values; `owners` are the
/// verification statuses of the people and the businesses behind it.
pub(crate) fn check_business(business: &Value, owners: &[String]) -> Vec<Finding> {
    let (result, category, label) = match text(business, "entity_name") {
        "Unregistered Business" => ("REJECTED", "SOS_FILINGS", "No state filings found"),
        "Similar Name Business" => ("REVIEW", "BUSINESS_NAME", "Name is only similar"),
        _ => check_address(&business["legal_address"])
            .or_else(|| check_tin(text(business, "ein")))
            .unwrap_or(("ACCEPTED", "SOS_FILINGS", "State filings found")),
    };
    let related = if owners.is_empty() {
        ("REVIEW", "No owner or managing person is on file")
    } else if owners.iter().all(|status| status == "ACCEPTED") {
        ("ACCEPTED", "The people behind the business are verified")
    } else {
        ("REVIEW", "Not all the people behind the business are verified")
    };
    vec![
        Finding::new("IDENTITY", result, category, label),
        Finding::new("WATCHLIST", "ACCEPTED", "WATCHLIST", "Watchlists searched"),
        Finding::new("RELATED_ENTITIES", related.0, "OTHER", related.1),
    ]
}

type Steered = (&'static str, &'static str, &'static str);

fn check_address(address: &Value) -> Option<Steered> {
    let line = text(address, "address_line_1");
    let in_new_york = text(address, "city") == "New York"
        && text(address, "state") == "NY"
        && text(address, "postal_code") == "10013";
    if in_new_york {
        match line {
            "123 Grand St." => {
                return Some(("REJECTED", "OFFICE_ADDRESS", "Address does not match"));
            }
            "223 Grand St." => return Some(("REVIEW", "OFFICE_ADDRESS", "Address is similar")),
            "423 Grand St." => return Some(("REVIEW", "OFFICE_ADDRESS", "Address is near by")),
            _ => {}
        }
    }
    let whole = format!("{line} {}", text(address, "address_line_2")).to_lowercase();
    if whole.contains("undeliverable") {
        Some(("REJECTED", "OFFICE_ADDRESS", "Mail cannot be delivered"))
    } else if whole.contains("cmra") {
        Some(("REVIEW", "OFFICE_ADDRESS", "Address of a mail agency"))
    } else if whole.contains("registered agent") {
        Some(("REVIEW", "OFFICE_ADDRESS", "Address of a registered agent"))
    } else {
        None
    }
}

fn check_tin(ein: &str) -> Option<Steered> {
    match ein.replace('-', "").as_str() {
        "110000099" => Some(("REJECTED", "TIN_MATCH", "TIN belongs to another name")),
        "111222333" => Some(("REJECTED", "TIN_MATCH", "TIN is not known")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn business(name: &str, line: &str, ein: &str) -> &'static str {
        let business = json!({
            "entity_name": name, "ein": ein,
            "legal_address": {"address_line_1": line, "city": "New York", "state": "NY", "postal_code": "10013"},
        });
        check_business(&business, &["ACCEPTED".to_owned()])[0].result
    }

    #[test]
    fn the_documented_values_steer_kyb() {
        assert_eq!(business("Acme", "1 Main St", "12-3456789"), "ACCEPTED");
        assert_eq!(business("Unregistered Business", "", ""), "REJECTED");
        assert_eq!(business("Similar Name Business", "", ""), "REVIEW");
        assert_eq!(business("Acme", "123 Grand St.", ""), "REJECTED");
        assert_eq!(business("Acme", "223 Grand St.", ""), "REVIEW");
        assert_eq!(business("Acme", "423 Grand St.", ""), "REVIEW");
        assert_eq!(business("Acme", "1 CMRA Way", ""), "REVIEW");
        assert_eq!(business("Acme", "c/o Registered Agent", ""), "REVIEW");
        assert_eq!(business("Acme", "Undeliverable Rd", ""), "REJECTED");
        assert_eq!(business("Acme", "1 Main St", "110000099"), "REJECTED");
        assert_eq!(business("Acme", "1 Main St", "111222333"), "REJECTED");
    }

    #[test]
    fn a_business_is_no_better_than_the_people_behind_it() {
        let business = json!({"entity_name": "Acme"});
        for (owners, expected) in [
            (vec![], "REVIEW"),
            (vec!["ACCEPTED".to_owned()], "ACCEPTED"),
            (vec!["ACCEPTED".to_owned(), "UNVERIFIED".to_owned()], "REVIEW"),
        ] {
            let findings = check_business(&business, &owners);
            assert_eq!(worst(findings.iter().map(|finding| finding.result)), expected);
        }
    }

    #[test]
    fn a_persons_name_steers_kyc() {
        let outcome = |first: &str, last: &str| {
            let person = json!({"first_name": first, "last_name": last});
            worst(check_person(&person, None).iter().map(|finding| finding.result))
        };
        assert_eq!(outcome("Ada", "Byron"), "ACCEPTED");
        assert_eq!(outcome("Ada", "Review"), "REVIEW");
        assert_eq!(outcome("Ada", "Pending"), "PENDING");
        assert_eq!(outcome("Rejected", "Review"), "REJECTED");
    }

    #[test]
    fn a_document_settles_a_doubtful_identity_and_nothing_else() {
        let outcome = |first: &str, last: &str, document| {
            let person = json!({"first_name": first, "last_name": last});
            worst(check_person(&person, Some(document)).iter().map(|finding| finding.result))
        };
        assert_eq!(outcome("Ada", "Review", "ACCEPTED"), "ACCEPTED");
        assert_eq!(outcome("Ada", "Review", "REJECTED"), "REJECTED");
        assert_eq!(outcome("Ada", "Rejected", "ACCEPTED"), "REJECTED");
        assert_eq!(outcome("Review", "Byron", "ACCEPTED"), "REVIEW");
    }
}
