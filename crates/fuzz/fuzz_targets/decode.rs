//! Whatever a server sends, decoding ends without a panic, and what was read is written back as
//! something that reads the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde::Serialize;
use serde::de::DeserializeOwned;
use synctera::types;

fn settles<T: Serialize + DeserializeOwned>(data: &[u8]) {
    let Ok(value) = serde_json::from_slice::<T>(data) else {
        return;
    };
    let Ok(once) = serde_json::to_value(&value) else {
        return;
    };
    let again: T = serde_json::from_value(once.clone()).expect("what we write can be read");
    assert_eq!(serde_json::to_value(&again).ok(), Some(once));
}

fuzz_target!(|data: &[u8]| {
    // The first byte chooses; the rest is the body.
    let Some((choice, body)) = data.split_first() else {
        return;
    };
    match choice % 10 {
        0 => settles::<types::PersonList>(body),
        1 => settles::<types::AccountList>(body),
        2 => settles::<types::CardList>(body),
        3 => settles::<types::PostedTransactionList>(body),
        4 => settles::<types::PendingTransactionList>(body),
        5 => settles::<types::RelationshipList>(body),
        6 => settles::<types::AccountTemplateList>(body),
        7 => settles::<types::ExternalAccountList>(body),
        8 => settles::<types::NewCard>(body),
        _ => settles::<types::PersonPatch>(body),
    }
});
