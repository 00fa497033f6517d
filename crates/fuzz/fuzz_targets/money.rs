//! An amount that is read is written back as it was.
#![no_main]

use libfuzzer_sys::fuzz_target;
use synctera::Money;

fuzz_target!(|text: &str| {
    if let Ok(money) = text.parse::<Money>() {
        let written = money.to_string();
        assert_eq!(written.parse::<Money>().ok(), Some(money));
        assert_eq!(money.checked_sub(money).map(Money::minor), Some(0));
    }
});
