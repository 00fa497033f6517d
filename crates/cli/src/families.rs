//! What each family of operations is about.

/// Family → what it is about.
const FAMILIES: [(&str, &str); 45] = [
    ("accounts", "Accounts of customers, their products, templates and parties"),
    ("ach", "ACH transfers, outgoing and incoming, and simulations of them"),
    ("addresses", "Addresses of persons and businesses"),
    ("adverse_actions", "Notices of adverse actions"),
    ("applications", "Applications for credit"),
    ("autopay", "Payments of credit accounts that are made automatically"),
    ("batches", "Batch payments and their templates"),
    ("businesses", "Businesses known to the program"),
    ("card_simulations", "What merchants and card networks do, simulated in the sandbox"),
    ("cards", "Cards, their products, images, gateways and PINs"),
    ("cash", "Cash orders and cash deposits"),
    ("check_deposits", "Deposits of checks by their images"),
    ("credit_scores", "Credit scores"),
    ("customers", "Customers, in the older interface"),
    ("digital_wallets", "Cards in the wallets of Apple and Google"),
    ("disclosures", "Disclosures that were shown to customers"),
    ("disputes", "Disputes of transactions, and their evidence"),
    ("documents", "Documents, and their contents"),
    ("eft_ca", "Electronic funds transfers in Canada"),
    ("external_accounts", "Accounts of customers at other banks"),
    ("external_cards", "Cards of other issuers: transfers to and from them"),
    ("fdx", "Sharing of data with other programs"),
    ("fees", "Fees and their templates"),
    ("institutions", "Institutions that are known"),
    ("internal_accounts", "The accounts of the program itself"),
    ("internal_transfers", "Transfers between accounts of the platform"),
    ("licenses", "Licenses, in the older interface"),
    ("merchants", "Merchants of card transactions"),
    ("monitoring", "Alerts about customers, and subscriptions to them"),
    ("notes", "Notes on resources"),
    ("payment_schedules", "Payments that repeat"),
    ("persons", "Persons known to the program, and their identity numbers"),
    ("reconciliations", "Reconciliations, in the older interface"),
    ("relationships", "Who owns or manages a business, and who pays whom"),
    ("rewards", "Rewards and their templates"),
    ("risk", "Risk ratings and enhanced due diligence"),
    ("sandbox", "The sandbox on this machine, and the wiping of a workspace"),
    ("spend_controls", "Limits to what cards and accounts spend"),
    ("statements", "Statements of accounts"),
    ("synctera_pay", "Transfers with SyncteraPay"),
    ("transactions", "Pending and posted transactions"),
    ("verifications", "Verifications of customers"),
    ("watchlists", "Watchlist alerts, in the older interface"),
    ("webhooks", "Webhooks, their events and secrets"),
    ("wires", "Wires, outgoing and incoming"),
];

/// The families, in the order of their names.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    FAMILIES.iter().map(|(name, _)| *name)
}

/// What a family is about.
pub(crate) fn about(family: &str) -> &'static str {
    let found = FAMILIES.iter().find(|(name, _)| *name == family);
    found.map_or("", |(_, about)| about)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::table;

    #[test]
    fn every_family_is_listed() {
        let used: BTreeSet<&str> = table::all().map(|command| command.operation.family).collect();
        assert_eq!(names().collect::<BTreeSet<_>>(), used);
        assert!(names().is_sorted());
    }
}
