//! The handlers of the platform's operations: a module for each family of `spec/families.toml`.
//!
//! A handler runs after the engine has checked the URL, the query and the body. Families do not
//! import each other: what two of them need is in [`domain`](crate::domain).

pub(crate) mod accounts;
pub(crate) mod ach;
pub(crate) mod addresses;
pub(crate) mod adverse_actions;
pub(crate) mod apple_pay;
pub(crate) mod applications;
pub(crate) mod autopay;
pub(crate) mod batches;
pub(crate) mod businesses;
pub(crate) mod card_simulations;
pub(crate) mod cards;
pub(crate) mod cash;
pub(crate) mod check_deposits;
pub(crate) mod credit_scores;
pub(crate) mod customers;
pub(crate) mod digital_wallets;
pub(crate) mod disclosures;
pub(crate) mod disputes;
pub(crate) mod documents;
pub(crate) mod eft_ca;
pub(crate) mod external_accounts;
pub(crate) mod external_cards;
pub(crate) mod fdx;
pub(crate) mod fees;
pub(crate) mod institutions;
pub(crate) mod internal_accounts;
pub(crate) mod internal_transfers;
pub(crate) mod licenses;
pub(crate) mod merchants;
pub(crate) mod monitoring;
pub(crate) mod notes;
pub(crate) mod payment_schedules;
pub(crate) mod persons;
pub(crate) mod reconciliations;
pub(crate) mod relationships;
pub(crate) mod rewards;
pub(crate) mod risk;
pub(crate) mod sandbox;
pub(crate) mod spend_controls;
pub(crate) mod statements;
pub(crate) mod synctera_pay;
pub(crate) mod transactions;
pub(crate) mod verifications;
pub(crate) mod watchlists;
pub(crate) mod webhooks;
pub(crate) mod wires;
