//! Input as people paste it: with characters that show nothing, other dashes, digits and spaces.

use std::ops::RangeInclusive;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use synctera::normalize::{self, InvalidValue};
use synctera::{CountryCode, FieldErrorCode};

use super::{country, settles};

/// The default-ignorable characters, as the Unicode character database lists them.
const DEFAULT_IGNORABLE: [RangeInclusive<char>; 17] = [
    '\u{AD}'..='\u{AD}',
    '\u{34F}'..='\u{34F}',
    '\u{61C}'..='\u{61C}',
    '\u{115F}'..='\u{1160}',
    '\u{17B4}'..='\u{17B5}',
    '\u{180B}'..='\u{180F}',
    '\u{200B}'..='\u{200F}',
    '\u{202A}'..='\u{202E}',
    '\u{2060}'..='\u{206F}',
    '\u{3164}'..='\u{3164}',
    '\u{FE00}'..='\u{FE0F}',
    '\u{FEFF}'..='\u{FEFF}',
    '\u{FFA0}'..='\u{FFA0}',
    '\u{FFF0}'..='\u{FFFB}',
    '\u{1BCA0}'..='\u{1BCA3}',
    '\u{1D173}'..='\u{1D17A}',
    '\u{E0000}'..='\u{E0FFF}',
];

/// What people take for a hyphen.
const DASHES: [char; 13] = [
    '-', '\u{2010}', '\u{2011}', '\u{2012}', '\u{2013}', '\u{2014}', '\u{2015}', '\u{2212}',
    '\u{2043}', '\u{FE58}', '\u{FE63}', '\u{FF0D}', '\u{30FC}',
];

const SPACES: [char; 8] =
    [' ', '\t', '\u{A0}', '\u{2002}', '\u{2007}', '\u{202F}', '\u{3000}', '\u{2800}'];

/// Where the digits of a script begin.
const ZEROS: [u32; 7] = [0x30, 0x660, 0x6F0, 0x966, 0xE50, 0xFF10, 0x1D7CE];

type Rule = fn(&str) -> Result<String, InvalidValue>;

fn us_phone(number: &str) -> Result<String, InvalidValue> {
    normalize::phone_number(number, Some(&CountryCode::US))
}

fn us_state(name: &str) -> Result<String, InvalidValue> {
    normalize::state(name, &CountryCode::US)
}

fn zip(code: &str) -> Result<String, InvalidValue> {
    normalize::postal_code(code, &CountryCode::US)
}

fn canadian(code: &str) -> Result<String, InvalidValue> {
    normalize::postal_code(code, &CountryCode::CA)
}

fn code_of_country(name: &str) -> Result<String, InvalidValue> {
    normalize::country(name).map(|code| code.as_str().to_owned())
}

/// Each rule with a value as it is typed, as it is sent, and the longest that is read.
const RULES: [(Rule, &str, &str, usize); 12] = [
    (normalize::text, "Ada Byron", "Ada Byron", 1000),
    (normalize::email, "ada@example.com", "ada@example.com", 254),
    (us_phone, "+14155550123", "+14155550123", 50),
    (us_phone, "(415) 555-0123", "+14155550123", 50),
    (normalize::ssn, "456-78-9012", "456-78-9012", 50),
    (normalize::ein, "12-3456789", "12-3456789", 50),
    (normalize::sin, "046-454-286", "046-454-286", 50),
    (normalize::routing_number, "0210-0002-1", "021000021", 50),
    (us_state, "New York", "NY", 100),
    (zip, "94105-1234", "94105-1234", 50),
    (canadian, "K1A-0B1", "K1A 0B1", 50),
    (code_of_country, "United States", "US", 100),
];

#[test]
fn what_shows_nothing_is_dropped_in_every_field() {
    let characters = DEFAULT_IGNORABLE
        .into_iter()
        .flat_map(|range| range.clone().step_by(if range.clone().count() > 100 { 41 } else { 1 }));
    for c in characters {
        for (rule, typed, sent, _) in RULES {
            let shown = u32::from(c);
            assert_eq!(rule(&c.to_string()).map_err(|e| e.code()), Err(FieldErrorCode::Empty));
            for at in [0, 1, typed.len() / 2, typed.len()] {
                let mut pasted = typed.to_owned();
                pasted.insert(at, c);
                assert_eq!(rule(&pasted).as_deref(), Ok(sent), "U+{shown:04X} in {typed} at {at}");
            }
        }
        let url = format!("https://bank.example/{c}hook");
        assert_eq!(normalize::webhook_url(&url).as_deref(), Ok("https://bank.example/hook"));
        assert_eq!(
            normalize::webhook_url(&c.to_string()).map_err(|e| e.code()),
            Err(FieldErrorCode::Empty)
        );
    }
}

#[test]
fn joiners_stay_inside_the_words_that_are_written_with_them() {
    for word in ["می\u{200C}خواهم", "क्\u{200D}ष", "അവന്\u{200D}"] {
        assert_eq!(normalize::text(word).as_deref(), Ok(word));
    }
    for word in ["A\u{200D}da", "\u{200C}Ada", "Ada\u{200D}", "\u{200D}"] {
        assert!(normalize::text(word).map_or(true, |word| word == "Ada"), "{word:?}");
    }
}

#[test]
fn any_dash_digit_and_space_will_do() {
    for (rule, typed, sent, _) in &RULES[2..] {
        for dash in DASHES {
            for space in SPACES {
                for zero in ZEROS {
                    let other = |c: char| match c {
                        '-' => dash,
                        ' ' => space,
                        _ => c.to_digit(10).map_or(c, |d| char::from_u32(zero + d).unwrap()),
                    };
                    let pasted: String = typed.chars().map(other).collect();
                    assert_eq!(rule(&pasted).as_deref(), Ok(*sent), "{pasted:?}");
                }
            }
        }
    }
    assert_eq!(normalize::email("ａｄａ＠example．com").as_deref(), Ok("ada@example.com"));
    assert_eq!(us_phone("＋１ （４１５） ５５５－０１２３").as_deref(), Ok("+14155550123"));
    assert_eq!(canadian("ｋ１ａ ０ｂ１").as_deref(), Ok("K1A 0B1"));
}

#[test]
fn states_are_known_by_their_common_names() {
    for (names, code) in [
        (&["FM", "Federated States of Micronesia"][..], "FM"),
        (&["MH", "Marshall Islands"], "MH"),
        (&["PW", "Palau"], "PW"),
        (&["D.C.", "DC", "Washington DC", "Washington, D.C.", "district of columbia"], "DC"),
        (&["U.S. Virgin Islands", "US Virgin Islands", "USVI"], "VI"),
        (&["N.Y.", "n. y.", "NEW YORK", "New\u{A0}York", "State of New York", "US-NY"], "NY"),
        (&["Calif.", "california", "ＣＡ"], "CA"),
        (&["N.C.", "North  Carolina"], "NC"),
        (&["The Commonwealth of Massachusetts", "Mass."], "MA"),
    ] {
        for name in names {
            assert_eq!(us_state(name).as_deref(), Ok(code), "{name}");
        }
    }
    for name in ["Newfoundland", "Nfld.", "Newfoundland & Labrador", "CA-NL", "Terre-Neuve"] {
        assert_eq!(normalize::state(name, &CountryCode::CA).as_deref(), Ok("NL"), "{name}");
    }
    for name in ["Québec", "Que\u{301}bec", "QUEBEC", "P.Q."] {
        assert_eq!(normalize::state(name, &CountryCode::CA).as_deref(), Ok("QC"), "{name}");
    }
    for name in ["", "Z Z", "US-", "The", "State of", "Ontario", "N-Y-C", "C\u{7}A"] {
        assert!(us_state(name).is_err(), "{name:?}");
    }
}

#[test]
fn countries_are_known_by_letters_and_names() {
    for name in ["US", "us", "USA", "U.S.A.", "U.S.", "United States", "united states of america"] {
        assert_eq!(normalize::country(name), Ok(CountryCode::US), "{name}");
    }
    for (name, code) in
        [("CAN", "CA"), ("gbr", "GB"), ("U.K.", "GB"), ("Côte d’Ivoire", "CI"), ("Germany", "DE")]
    {
        assert_eq!(normalize::country(name), Ok(country(code)), "{name}");
    }
    for name in ["XX", "U", "Atlantis", "840", "."] {
        assert_eq!(
            normalize::country(name).map_err(|e| e.code()),
            Err(FieldErrorCode::NotACountry),
            "{name}"
        );
    }
}

#[test]
fn each_rule_says_by_a_code_what_is_wrong() {
    use FieldErrorCode::*;
    let wrong: [(Rule, &str, FieldErrorCode); 15] = [
        (normalize::text, "Ada\u{7}", ControlCharacters),
        (normalize::text, " \u{200B}\u{2800}", Empty),
        (normalize::email, "ada", NotAnEmail),
        (us_phone, "1-800-FLOWERS", NotAPhoneNumber),
        (us_phone, "555-0123", NotAPhoneNumber),
        (|number| normalize::phone_number(number, None), "415 555 0123", CountryCodeMissing),
        (normalize::ssn, "45678901", NotAnSsn),
        (normalize::ssn, "000-12-3456", NotAnSsn),
        (normalize::ein, "12-345678", NotAnEin),
        (normalize::sin, "046454287", NotASin),
        (normalize::routing_number, "021000022", NotARoutingNumber),
        (us_state, "ON", NotAState),
        (zip, "9410", NotAPostalCode),
        (canadian, "W1A 0B1", NotAPostalCode),
        (normalize::webhook_url, "http://bank.example", NotAUrl),
    ];
    for (rule, value, code) in wrong {
        assert_eq!(rule(value).map_err(|e| e.code()), Err(code), "{value:?}");
    }
}

#[test]
fn what_is_too_long_is_refused_before_it_is_read() {
    for (rule, typed, sent, max) in RULES {
        let fill = |length: usize| format!("{typed}{}", " ".repeat(length - typed.len()));
        assert_eq!(rule(&fill(max)).as_deref(), Ok(sent), "{typed}");
        for length in [max + 1, 10_000_000] {
            assert_eq!(
                rule(&fill(length)).map_err(|e| e.code()),
                Err(FieldErrorCode::TooLong),
                "{typed}"
            );
        }
    }
    // Percent-encoding and composed forms make a text longer.
    for path in ["/".repeat(981), "é".repeat(300)] {
        let wrong = normalize::webhook_url(&format!("https://bank.example/{path}")).unwrap_err();
        assert_eq!(wrong.code(), FieldErrorCode::TooLong);
    }
    let wrong = normalize::text(&"\u{958}".repeat(501)).unwrap_err();
    assert_eq!(wrong.code(), FieldErrorCode::TooLong);
}

#[test]
fn a_joiner_that_is_dropped_leaves_the_composed_form() {
    // The joiner keeps two signs in an order that is not the composed form's.
    let pasted = "\u{900}\u{6D6}\u{200C}\u{93C}";
    let code = normalize::postal_code(pasted, &country("GB")).unwrap();
    assert_eq!(code, "\u{900}\u{93C}\u{6D6}");
    assert_eq!(normalize::postal_code(&code, &country("GB")), Ok(code));
}

/// Characters that rules look at, beside any others.
fn character() -> impl Strategy<Value = char> {
    let ranges: Vec<char> = DEFAULT_IGNORABLE.iter().map(|range| *range.start()).collect();
    prop_oneof![
        4 => any::<char>(),
        4 => prop::sample::select("019-+(). @,aZéß".chars().collect::<Vec<_>>()),
        1 => prop::sample::select(ranges),
        1 => prop::sample::select(DASHES.to_vec()),
        1 => prop::sample::select(SPACES.to_vec()),
        // Arabic and Devanagari, with their signs and joiners.
        2 => prop::char::range('\u{620}', '\u{6FF}'),
        2 => prop::char::range('\u{900}', '\u{97F}'),
        2 => prop::char::range('\u{200C}', '\u{200D}'),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2000,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(18),
        ..ProptestConfig::default()
    })]

    #[test]
    fn no_text_makes_a_rule_panic_or_change_its_mind(
        given in prop::collection::vec(character(), 0..24),
    ) {
        let given: String = given.into_iter().collect();
        for (rule, ..) in RULES {
            settles(rule, &given)?;
        }
        settles(normalize::webhook_url, &given)?;
        settles(normalize::webhook_url, &format!("https://{given}"))?;
        settles(normalize::webhook_url, &format!("https://bank.example/{given}"))?;
        settles(normalize::email, &format!("{given}@example.com"))?;
        settles(normalize::email, &format!("ada@{given}.com"))?;
        for code in ["CA", "GB", "JP"] {
            let code = country(code);
            settles(|text| normalize::phone_number(text, Some(&code)), &given)?;
            settles(|text| normalize::state(text, &code), &given)?;
            settles(|text| normalize::postal_code(text, &code), &given)?;
        }
    }

    /// What is accepted has no invisible character left, but for joiners in names.
    #[test]
    fn nothing_invisible_is_sent(given in prop::collection::vec(character(), 1..24)) {
        let given: String = given.into_iter().collect();
        let is_invisible = |c: char| DEFAULT_IGNORABLE.iter().any(|range| range.contains(&c));
        for (rule, ..) in RULES {
            if let Ok(sent) = rule(&given) {
                prop_assert!(
                    !sent.chars().any(|c| is_invisible(c) && !"\u{200C}\u{200D}".contains(c)),
                    "{:?}", sent
                );
            }
        }
        if let Ok(email) = normalize::email(&format!("ada{given}@example.com")) {
            prop_assert!(!email.chars().any(is_invisible), "{:?}", email);
        }
    }
}
