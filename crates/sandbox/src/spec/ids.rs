//! Ids in one form: UUIDs are the same in capitals, and are stored and compared in lower case.

use std::fmt::Display;

use uuid::Uuid;

/// The length of an id with its hyphens.
const LENGTH: usize = 36;

/// Members and parameters that hold ids of resources, though the documents describe any text there.
const DESCRIBED_AS_TEXT: [&str; 10] = [
    "business_id",
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

/// Whether a text is as long as an id.
pub(super) fn has_length(text: &str) -> bool {
    text.len() == LENGTH
}

/// An id as it is stored; none if the text is no id.
pub(crate) fn canonical_id(text: &str) -> Option<String> {
    let id = Uuid::try_parse(text).ok().filter(|_| has_length(text))?;
    Some(id.hyphenated().to_string())
}

/// An id as it is stored; what is no id is named as it is.
pub(crate) fn stored_id(of: impl Display) -> String {
    let text = of.to_string();
    canonical_id(&text).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::{Value, json};

    use crate::spec::schema::deref;
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

    /// Members and parameters that are no ids of resources, though ids of resources have their names
    /// elsewhere.
    const OTHERS: [(&str, &str); 5] = [
        ("batch_id", "names documents that the caller puts together"),
        ("external_id", "the caller's own"),
        ("id", "a parameter of a list, see is_parameter"),
        ("transaction_id", "of a card's network, or of Apple Pay"),
        ("vendor_customer_id", "the vendor's"),
    ];

    /// The strings of the documents: what is sent as any text, and what is an id anywhere.
    #[derive(Default)]
    struct Names {
        texts: BTreeSet<String>,
        ids: BTreeSet<String>,
    }

    impl Names {
        fn add(&mut self, root: &Value, name: &str, schema: &Value, is_sent: bool) {
            let mut schema = deref(root, schema);
            if schema["type"] == "array" {
                schema = deref(root, &schema["items"]);
            }
            if schema["format"] == "uuid" {
                self.ids.insert(name.to_owned());
            } else if is_sent
                && schema["type"] == "string"
                && ["enum", "format"].iter().all(|keyword| schema.get(*keyword).is_none())
            {
                self.texts.insert(name.to_owned());
            }
        }

        /// What a body has, in all of its parts and variants.
        fn sent<'d>(&mut self, root: &'d Value, schema: &'d Value, seen: &mut Vec<&'d Value>) {
            let schema = deref(root, schema);
            if seen.iter().any(|known| std::ptr::eq(*known, schema)) {
                return;
            }
            seen.push(schema);
            for (name, member) in schema["properties"].as_object().into_iter().flatten() {
                self.add(root, name, member, true);
                self.sent(root, member, seen);
            }
            for keyword in ["allOf", "anyOf", "oneOf"] {
                for part in schema[keyword].as_array().into_iter().flatten() {
                    self.sent(root, part, seen);
                }
            }
            for keyword in ["items", "additionalProperties"] {
                self.sent(root, &schema[keyword], seen);
            }
        }

        fn of(&mut self, root: &Value) {
            for (_, schema) in root["components"]["schemas"].as_object().into_iter().flatten() {
                for (name, member) in schema["properties"].as_object().into_iter().flatten() {
                    self.add(root, name, member, false);
                }
            }
            for operation in
                root["paths"].as_object().into_iter().flatten().flat_map(|(_, item)| {
                    item.as_object().into_iter().flatten().map(|(_, operation)| operation)
                })
            {
                for parameter in operation["parameters"].as_array().into_iter().flatten() {
                    let parameter = deref(root, parameter);
                    let name = parameter["name"].as_str().unwrap();
                    self.add(root, name, &parameter["schema"], parameter["in"] == "query");
                }
                let content = operation["requestBody"]["content"].as_object();
                for (_, body) in content.into_iter().flatten() {
                    self.sent(root, &body["schema"], &mut Vec::new());
                }
            }
        }
    }

    /// An entry that the documents do not have any more, and a name that they have as a text now,
    /// are both decided on here.
    #[test]
    fn what_is_described_as_text_is_what_the_documents_describe_so() {
        let mut names = Names::default();
        for interface in [Interface::V2, Interface::V0] {
            names.of(&serde_json::from_str(interface.text()).unwrap());
        }
        let listed: BTreeSet<String> = super::DESCRIBED_AS_TEXT.map(str::to_owned).into();
        let gone: Vec<_> = listed.difference(&names.texts).collect();
        assert!(gone.is_empty(), "no request has these as a text: {gone:?}");
        let others: BTreeSet<String> = OTHERS.map(|(name, _)| name.to_owned()).into();
        let both: BTreeSet<String> = names.texts.intersection(&names.ids).cloned().collect();
        let decided = &listed | &others;
        let open: Vec<_> = both.difference(&decided).collect();
        assert!(open.is_empty(), "these are ids elsewhere: {open:?}");
        let settled: Vec<_> = others.difference(&both).collect();
        assert!(settled.is_empty(), "these need no exception: {settled:?}");
    }
}
