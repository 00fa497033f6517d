//! What the ids of results and members belong to, so that an account is not put where a person belongs.

use std::fmt;

/// A resource that an id belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Resource(&'static str);

impl fmt::Display for Resource {
    /// With its article.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let article = if self.0.starts_with(['a', 'A', 'e', 'i', 'o']) { "an" } else { "a" };
        write!(f, "{article} {}", self.0)
    }
}

/// What the results of journeys are ids of. Those of other journeys are not checked.
const RESULTS: &[(&str, &str, &str)] = &[
    ("onboard_customer", "id", "person"),
    ("onboard_business", "id", "business"),
    ("onboard_business", "related_people", "person"),
    ("start_document_verification", "id", "document verification"),
    ("resolve_alert", "id", "alert"),
    ("open_account", "id", "account"),
    ("close_account", "id", "account"),
    ("define_product", "id", "account product"),
    ("define_template", "id", "account template"),
    ("link_external_account", "id", "external account"),
    ("link_external_account", "accounts", "external account"),
    ("send_ach", "id", "ACH transfer"),
    ("change_ach", "id", "ACH transfer"),
    ("transfer", "id", "transaction"),
    ("end_transfer", "id", "transaction"),
    ("send_wire", "id", "wire"),
    ("cancel_wire", "id", "wire"),
    ("move_by_card", "id", "external card transfer"),
    ("reverse_card_pull", "id", "external card transfer"),
    ("add_external_card", "id", "external card"),
    ("deposit_check", "id", "check deposit"),
    ("schedule_payment", "id", "payment schedule"),
    ("cancel_payment_schedule", "id", "payment schedule"),
    ("send_synctera_pay", "id", "Synctera Pay transfer"),
    ("end_synctera_pay", "id", "Synctera Pay transfer"),
    ("issue_card", "id", "card"),
    ("activate_card", "id", "card"),
    ("replace_card", "id", "card"),
    ("suspend_card", "id", "card"),
    ("resume_card", "id", "card"),
    ("terminate_card", "id", "card"),
    ("upload_card_image", "id", "card image"),
    ("review_card_image", "id", "card image"),
    ("define_spend_control", "id", "spend control"),
    ("open_dispute", "id", "dispute"),
    ("subscribe", "id", "webhook"),
];

/// What members take, wherever they stand. Of two in a row, such as a customer, either will do.
const MEMBERS: &[(&str, &[&str])] = &[
    ("person_id", &["person"]),
    ("acknowledging_person_id", &["person"]),
    ("business_id", &["business"]),
    ("customer_id", &["person", "business"]),
    ("final_customer_id", &["person", "business"]),
    ("account_id", &["account"]),
    ("linked_account_id", &["account"]),
    ("originating_account_id", &["account"]),
    ("receiving_account_id", &["account", "external account"]),
    ("external_account_id", &["external account"]),
    ("final_external_account_id", &["external account"]),
    ("interest_product_id", &["account product"]),
    ("card_id", &["card"]),
    ("card_image_id", &["card image"]),
    ("external_card_id", &["external card"]),
    ("spend_control_id", &["spend control"]),
    ("dispute_id", &["dispute"]),
    ("alert_id", &["alert"]),
    ("wire_id", &["wire"]),
    ("payment_schedule_id", &["payment schedule"]),
    ("document_id", &["document verification"]),
    ("transaction_id", &["transaction"]),
    (
        "transfer_id",
        &["ACH transfer", "transaction", "external card transfer", "Synctera Pay transfer"],
    ),
];

/// What a result of a journey, such as `related_people[0]`, is the id of, if that is known.
pub(crate) fn of_result(journey: &str, result: &str) -> Option<Resource> {
    let result = result.split('[').next().unwrap_or(result);
    let known = RESULTS.iter().find(|known| (known.0, known.1) == (journey, result));
    known.map(|(_, _, resource)| Resource(resource))
}

/// Why a member at a path, such as `primary_account_holder.person_id`, does not take the id of a
/// resource; none if it does, or if what it takes is not known.
pub(crate) fn refusal(path: &str, entry: &str, given: Resource) -> Option<String> {
    let name = path.rsplit('.').next()?.split('[').next()?;
    let (_, taken) = MEMBERS.iter().find(|(member, _)| *member == name)?;
    if taken.contains(&given.0) {
        return None;
    }
    let taken: Vec<String> = taken.iter().map(|taken| Resource(taken).to_string()).collect();
    Some(format!("must be {}; {entry} is {given}", taken.join(" or ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journeys;

    #[test]
    fn the_tables_name_what_there_is() {
        for (journey, result, resource) in RESULTS {
            let known = journeys::find(journey).unwrap_or_else(|| panic!("{journey}"));
            let names = known.results().iter().map(|name| name.trim_end_matches("[]"));
            assert!(names.into_iter().any(|name| name == *result), "{journey}.{result}");
            let taken = MEMBERS.iter().any(|(_, taken)| taken.contains(resource));
            let unused = ["account template", "check deposit", "webhook"];
            assert!(taken || unused.contains(resource), "{resource}");
        }
        for resource in MEMBERS.iter().flat_map(|(_, taken)| *taken) {
            assert!(RESULTS.iter().any(|(_, _, known)| known == resource), "{resource}");
        }
    }

    #[test]
    fn a_resource_of_another_kind_is_refused() {
        let of = |journey, result| of_result(journey, result).unwrap();
        let person = of("onboard_business", "related_people[2]");
        assert_eq!(refusal("a.person_id", "shop", person), None);
        assert_eq!(refusal("customer_id", "shop", person), None);
        assert_eq!(refusal("memo", "shop", person), None);
        assert_eq!(
            refusal("a[0].account_id", "shop", person).as_deref(),
            Some("must be an account; shop is a person")
        );
        assert_eq!(
            refusal("receiving_account_id", "pull", of("send_ach", "id")).as_deref(),
            Some("must be an account or an external account; pull is an ACH transfer")
        );
    }
}
