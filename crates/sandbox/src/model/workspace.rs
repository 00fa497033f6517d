//! The two numbers of a workspace's name: its bank's and its program's, which the documents call the
//! partner's.

use serde_json::Value;

use crate::model::Ctx;

impl Ctx<'_> {
    /// The numbers of the workspace's bank and partner.
    pub(crate) fn bank_and_partner(&self) -> (i64, i64) {
        let (bank, partner) = self.tenant.split_once('_').unwrap_or_default();
        let number = |text: &str| text.parse().unwrap_or_default();
        (number(bank), number(partner))
    }

    /// Whether the query asks for the `bank_id` or `partner_id` of another workspace: there is nothing
    /// to list then.
    pub(crate) fn asks_for_another_workspace(&self) -> bool {
        let (bank, partner) = self.bank_and_partner();
        [("bank_id", bank), ("partner_id", partner)].into_iter().any(|(name, own)| {
            self.request.query.get(name).is_some_and(|asked| match asked {
                Value::String(text) => text.parse() != Ok(own),
                number => number.as_i64() != Some(own),
            })
        })
    }
}
