//! What verifications find out in the sandbox: the platform's KYB test values, and ours for KYC.

use synctera_api::v2::types::{
    Business, MailingAddress, Person, VerificationDetail, VerificationDetailCategory as Category,
    VerificationDetailResult, VerificationResult, VerificationStatus, VerificationType,
};

/// What one check found.
pub(crate) struct Finding {
    pub(crate) verification_type: VerificationType,
    pub(crate) result: VerificationResult,
    pub(crate) details: Vec<VerificationDetail>,
}

impl Finding {
    fn new(
        verification_type: VerificationType,
        result: VerificationResult,
        category: Category,
        label: &str,
    ) -> Self {
        let mut detail = VerificationDetail::default();
        detail.category = Some(category);
        detail.label = Some(label.to_owned());
        detail.result = Some(match result {
            VerificationResult::Accepted => VerificationDetailResult::Pass,
            VerificationResult::Rejected => VerificationDetailResult::Fail,
            _ => VerificationDetailResult::Warn,
        });
        Self { verification_type, result, details: vec![detail] }
    }
}

/// Outcomes from the best to the worst; the worst of several checks is the party's.
const BY_WEIGHT: [VerificationStatus; 6] = [
    VerificationStatus::Accepted,
    VerificationStatus::Provisional,
    VerificationStatus::Unverified,
    VerificationStatus::Pending,
    VerificationStatus::Review,
    VerificationStatus::Rejected,
];

/// The worst of some results; `ACCEPTED` when there are none.
pub(crate) fn worst(results: impl Iterator<Item = VerificationResult>) -> VerificationStatus {
    let weight = |status: &VerificationStatus| {
        BY_WEIGHT.iter().position(|known| known == status).unwrap_or(0)
    };
    let statuses = results.map(|result| status_of(&result));
    statuses.max_by_key(weight).unwrap_or(VerificationStatus::Accepted)
}

/// The status of a party with such a result. What a vendor could not say counts as pending.
fn status_of(result: &VerificationResult) -> VerificationStatus {
    match result {
        VerificationResult::Accepted => VerificationStatus::Accepted,
        VerificationResult::Provisional => VerificationStatus::Provisional,
        VerificationResult::Unverified => VerificationStatus::Unverified,
        VerificationResult::Review => VerificationStatus::Review,
        VerificationResult::Rejected => VerificationStatus::Rejected,
        _ => VerificationStatus::Pending,
    }
}

/// The outcome that a name is, if it is one.
pub(crate) fn steered(name: &str) -> Option<VerificationResult> {
    [
        VerificationResult::Accepted,
        VerificationResult::Provisional,
        VerificationResult::Pending,
        VerificationResult::Review,
        VerificationResult::Rejected,
        VerificationResult::VendorError,
    ]
    .into_iter()
    .find(|result| result.as_str().eq_ignore_ascii_case(name))
}

/// What a name steers a check to; any other name is accepted.
fn outcome(name: Option<&str>) -> VerificationResult {
    name.and_then(steered).unwrap_or(VerificationResult::Accepted)
}

/// A person's checks. The platform documents no test values for persons, so these are ours: a
/// last name that is one of the outcomes steers the identity check, a first name the watchlist
/// check. Any other person passes.
///
/// With what the `document` said that the person showed, an identity that was doubtful is not any
/// more: that is what it is shown for.
pub(crate) fn check_person(person: &Person, document: Option<VerificationResult>) -> Vec<Finding> {
    let mut identity = outcome(person.last_name.as_deref());
    let watchlist = outcome(person.first_name.as_deref());
    let is_shown = document == Some(VerificationResult::Accepted);
    if is_shown && identity != VerificationResult::Rejected {
        identity = VerificationResult::Accepted;
    }
    let label = "Identity matched against public records";
    let mut findings = vec![
        Finding::new(VerificationType::Identity, identity, Category::Cip, label),
        watchlist_finding(watchlist),
    ];
    if let Some(document) = document {
        let of = VerificationType::DocumentVerification;
        let label = "Document matched against the person";
        findings.push(Finding::new(of, document, Category::DocVerification, label));
    }
    findings
}

fn watchlist_finding(result: VerificationResult) -> Finding {
    let label = "Watchlists searched";
    Finding::new(VerificationType::Watchlist, result, Category::Watchlist, label)
}

/// A business's checks, steered by the platform's documented test values; `owners` are the
/// verification statuses of the people and the businesses behind it.
pub(crate) fn check_business(business: &Business, owners: &[VerificationStatus]) -> Vec<Finding> {
    let ein = business.ein.as_ref().map_or("", |ein| ein.expose());
    let (result, category, label) = match business.entity_name.as_deref().unwrap_or_default() {
        "Unregistered Business" => {
            (VerificationResult::Rejected, Category::SosFilings, "No state filings found")
        }
        "Similar Name Business" => {
            (VerificationResult::Review, Category::BusinessName, "Name is only similar")
        }
        _ => business
            .legal_address
            .as_ref()
            .and_then(check_address)
            .or_else(|| check_tin(ein))
            .unwrap_or((VerificationResult::Accepted, Category::SosFilings, "State filings found")),
    };
    vec![
        Finding::new(VerificationType::Identity, result, category, label),
        watchlist_finding(VerificationResult::Accepted),
        check_owners(owners),
    ]
}

/// The check of the people and the businesses behind a business, by their verification statuses.
pub(crate) fn check_owners(owners: &[VerificationStatus]) -> Finding {
    let (result, label) = if owners.is_empty() {
        (VerificationResult::Review, "No owner or managing person is on file")
    } else if owners.iter().all(|status| *status == VerificationStatus::Accepted) {
        (VerificationResult::Accepted, "The people behind the business are verified")
    } else {
        (VerificationResult::Review, "Not all the people behind the business are verified")
    };
    Finding::new(VerificationType::RelatedEntities, result, Category::Other, label)
}

type Steered = (VerificationResult, Category, &'static str);

fn check_address(address: &MailingAddress) -> Option<Steered> {
    let office = |result, label| Some((result, Category::OfficeAddress, label));
    let in_new_york = address.city.as_deref() == Some("New York")
        && address.state.as_deref() == Some("NY")
        && address.postal_code.as_deref() == Some("10013");
    if in_new_york {
        match address.address_line_1.as_str() {
            "123 Grand St." => {
                return office(VerificationResult::Rejected, "Address does not match");
            }
            "223 Grand St." => return office(VerificationResult::Review, "Address is similar"),
            "423 Grand St." => return office(VerificationResult::Review, "Address is near by"),
            _ => {}
        }
    }
    let second = address.address_line_2.as_deref().unwrap_or_default();
    let whole = format!("{} {second}", address.address_line_1).to_lowercase();
    if whole.contains("undeliverable") {
        office(VerificationResult::Rejected, "Mail cannot be delivered")
    } else if whole.contains("cmra") {
        office(VerificationResult::Review, "Address of a mail agency")
    } else if whole.contains("registered agent") {
        office(VerificationResult::Review, "Address of a registered agent")
    } else {
        None
    }
}

fn check_tin(ein: &str) -> Option<Steered> {
    let rejected = |label| Some((VerificationResult::Rejected, Category::TinMatch, label));
    match ein.replace('-', "").as_str() {
        "110000099" => rejected("TIN belongs to another name"),
        "111222333" => rejected("TIN is not known"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn business_of(members: Value) -> Business {
        let mut business = json!({ "is_customer": true, "status": "ACTIVE" });
        crate::model::patch(&mut business, members);
        serde_json::from_value(business).unwrap()
    }

    fn person(first: &str, last: &str) -> Person {
        serde_json::from_value(json!({
            "first_name": first, "last_name": last, "ban_status": "ALLOWED", "is_customer": true,
            "creation_time": "2026-11-24T14:00:00Z", "last_updated_time": "2026-11-24T14:00:00Z",
            "id": "00000000-0000-0000-0000-00000000002a", "status": "ACTIVE", "tenant": "t",
            "verification_status": "UNVERIFIED",
        }))
        .unwrap()
    }

    fn business(name: &str, line: &str, ein: &str) -> String {
        let business = business_of(json!({
            "entity_name": name, "ein": ein,
            "legal_address": {
                "address_line_1": line, "city": "New York", "state": "NY", "postal_code": "10013",
                "country_code": "US",
            },
        }));
        check_business(&business, &[VerificationStatus::Accepted])[0].result.to_string()
    }

    fn worst_of(findings: Vec<Finding>) -> String {
        worst(findings.into_iter().map(|finding| finding.result)).to_string()
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
        let business = business_of(json!({"entity_name": "Acme"}));
        for (owners, expected) in [
            (vec![], "REVIEW"),
            (vec![VerificationStatus::Accepted], "ACCEPTED"),
            (vec![VerificationStatus::Accepted, VerificationStatus::Unverified], "REVIEW"),
        ] {
            assert_eq!(worst_of(check_business(&business, &owners)), expected);
        }
    }

    #[test]
    fn a_persons_name_steers_kyc() {
        let outcome = |first: &str, last: &str| worst_of(check_person(&person(first, last), None));
        assert_eq!(outcome("Ada", "Byron"), "ACCEPTED");
        assert_eq!(outcome("Ada", "Review"), "REVIEW");
        assert_eq!(outcome("Ada", "Pending"), "PENDING");
        assert_eq!(outcome("Rejected", "Review"), "REJECTED");
    }

    #[test]
    fn a_document_settles_a_doubtful_identity_and_nothing_else() {
        let outcome = |first: &str, last: &str, document: VerificationResult| {
            worst_of(check_person(&person(first, last), Some(document)))
        };
        let (accepted, rejected) = (VerificationResult::Accepted, VerificationResult::Rejected);
        assert_eq!(outcome("Ada", "Review", accepted.clone()), "ACCEPTED");
        assert_eq!(outcome("Ada", "Review", rejected), "REJECTED");
        assert_eq!(outcome("Ada", "Rejected", accepted.clone()), "REJECTED");
        assert_eq!(outcome("Review", "Byron", accepted), "REVIEW");
    }
}
