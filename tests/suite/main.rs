//! The whole, from the outside: the facade against the real sandbox, and the generated client.
#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a panic is the answer")]

/// Holds the requests that passed since the last look, or what a test made of them, against a snapshot.
macro_rules! assert_wire {
    ($name:literal, text: $text:expr) => {
        insta::with_settings!({
            snapshot_path => "snapshots/wire",
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, {
            insta::assert_snapshot!($name, $text);
        });
    };
    ($name:literal, $world:expr) => {
        assert_wire!($name, text: $world.recorder.take_text())
    };
}

mod accounts;
mod advice;
mod blocking;
mod bulk;
mod canceling;
mod card_network;
mod card_types;
mod cards;
mod clearing;
mod clock;
mod closing;
mod configuration;
mod console;
mod delivery;
mod disputes;
mod disputes_external;
mod durations;
mod error_bodies;
mod error_texts;
mod every_operation;
mod faults;
mod filters;
mod guide;
mod journeys;
mod keys;
mod kills;
mod ledger;
mod ledger_lines;
mod legacy;
mod limits;
mod money_ach;
mod money_cards;
mod money_checks;
mod money_events;
mod money_resume;
mod money_schedules;
mod money_synctera_pay;
mod money_wires;
mod mutations;
mod names;
mod normalize;
mod onboarding;
mod outcomes;
mod pages;
mod patience;
mod people;
mod production;
mod properties;
mod publishing;
mod readme;
mod reconcile;
mod reconcile_rails;
mod refusals;
mod repeated_writes;
mod requests;
mod retries;
mod retry_table;
mod rules;
mod runs;
mod samples;
mod sandbox;
mod secrets;
mod serde_forms;
mod setters;
mod spelling;
mod spend_controls;
mod statements;
mod surface;
mod testing;
mod unions;
mod unlisted_keys;
mod uploads;
mod watching;
mod webhooks;
mod wire;
mod wire_accounts;
mod wire_cards;
mod wire_money;
