//! Ids in one form: UUIDs are the same in capitals, and are stored and compared in lower case.

use std::fmt::Display;

use uuid::Uuid;

/// The length of an id with its hyphens.
const LENGTH: usize = 36;

/// Members and parameters that hold ids of resources, though the documents describe any text there.
const DESCRIBED_AS_TEXT: [&str; 10] = [
    "account_id",
    "customer_id",
    "destination_account_id",
    "document_id",
    "interest_product_id",
    "original_transaction_id",
    "originating_account_id",
    "provider_subject_id",
    "provider_subscription_id",
    "related_resource_id",
];

/// Whether a member of a body that is described as any text holds an id.
pub(super) fn is_member(name: &str) -> bool {
    DESCRIBED_AS_TEXT.contains(&name)
}

/// Whether a parameter of a query that is described as any text holds ids.
pub(super) fn is_parameter(name: &str) -> bool {
    name == "id" || is_member(name)
}

/// An id as it is stored; none if the text is no id.
pub(crate) fn canonical_id(text: &str) -> Option<String> {
    let id = Uuid::try_parse(text).ok().filter(|_| text.len() == LENGTH)?;
    Some(id.hyphenated().to_string())
}

/// An id as it is stored; what is no id is named as it is.
pub(crate) fn stored_id(of: impl Display) -> String {
    let text = of.to_string();
    canonical_id(&text).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::spec::{Interface, Literals, Match, Spec};

    const ID: &str = "0F58E632-2630-4CC4-8661-3910EAE951E6";

    #[test]
    fn ids_are_lowered_where_they_are_ids() {
        let spec = Spec::of(Interface::V2);
        let lowered = |path: &str, mut body: serde_json::Value| {
            let Match::Found(routed) = spec.route("POST", path) else {
                panic!("no such operation");
            };
            spec.normalize(routed.operation, &Literals::default(), &mut body);
            body
        };
        let lower = ID.to_lowercase();
        assert_eq!(
            lowered(
                "/cards",
                json!({"type": "DEBIT", "card_details": {"form": "VIRTUAL",
                "account_id": ID, "metadata": {"theirs": ID}, "emboss_name": {"line_1": ID}}})
            ),
            json!({"type": "DEBIT", "card_details": {"form": "VIRTUAL",
                "account_id": lower, "metadata": {"theirs": ID}, "emboss_name": {"line_1": ID}}})
        );
        assert_eq!(
            lowered(
                "/accounts",
                json!({"account_type": "CHECKING", "nickname": ID,
                "account_template_id": ID, "relationships": [{"customer_id": ID}]})
            ),
            json!({"account_type": "CHECKING", "nickname": ID,
                "account_template_id": lower, "relationships": [{"customer_id": lower}]})
        );
    }

    #[test]
    fn an_id_has_hyphens() {
        assert_eq!(super::canonical_id(ID), Some(ID.to_lowercase()));
        for text in ["", "x", "0f58e63226304cc486613910eae951e6", &format!("{{{ID}}}")] {
            assert_eq!(super::canonical_id(text), None, "{text}");
        }
    }
}
