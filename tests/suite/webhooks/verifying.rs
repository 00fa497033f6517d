//! What is the platform's, and what is not.

use std::time::Duration;

use chrono::{DateTime, Utc};
use http::HeaderMap;
use proptest::prelude::*;
use synctera::ErrorKind;
use synctera::webhooks::{Signer, Verifier, VerifyError};
use synctera_tests::clock::read;

fn secret(letter: char) -> String {
    letter.to_string().repeat(64)
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
}

fn verifier(letter: char) -> Verifier {
    Verifier::new(secret(letter)).unwrap().clock(read(|| at(0)))
}

fn signed(signer: &Signer, body: &[u8]) -> HeaderMap {
    signer.sign(at(0), body).headers().unwrap()
}

proptest! {
    #[test]
    fn what_was_signed_is_verified_byte_for_byte(body in any::<Vec<u8>>()) {
        let headers = signed(&Signer::new(secret('a')).unwrap(), &body);
        let verified = verifier('a').verify(&headers, body.clone()).unwrap();
        prop_assert_eq!(verified.bytes().to_vec(), body);
        prop_assert_eq!(verified.sent_at(), at(0));
    }

    #[test]
    fn a_changed_bit_anywhere_is_found(
        body in prop::collection::vec(any::<u8>(), 1..200),
        place in any::<prop::sample::Index>(),
        bit in 0..8_u32,
    ) {
        let headers = signed(&Signer::new(secret('a')).unwrap(), &body);
        let mut changed = body.clone();
        changed[place.index(body.len())] ^= 1 << bit;
        let error = verifier('a').verify(&headers, changed).unwrap_err();
        prop_assert_eq!(error, VerifyError::Mismatch);
    }

    #[test]
    fn no_header_makes_it_panic(
        timestamp in any::<Vec<u8>>(),
        signature in any::<Vec<u8>>(),
    ) {
        let verified = verifier('a').verify_parts(timestamp, signature, "{}");
        prop_assert!(verified.is_err());
    }

    #[test]
    fn a_signature_holds_for_its_own_time_alone(shift in 1..200_i64) {
        let signed = Signer::new(secret('a')).unwrap().sign(at(0), b"{}");
        let other = (at(0).timestamp() + shift).to_string();
        let error = verifier('a').verify_parts(other, signed.signature, "{}").unwrap_err();
        prop_assert_eq!(error, VerifyError::Mismatch);
    }
}

#[test]
fn the_signature_is_the_documented_one() {
    // Computed with OpenSSL: printf '1800000000.{}' | openssl dgst -sha256 -hmac aaaa…
    let signed = Signer::new(secret('a')).unwrap().sign(at(0), b"{}");
    assert_eq!(signed.timestamp, "1800000000");
    assert_eq!(signed.signature, include_str!("signature.txt").trim());
}

#[test]
fn an_old_delivery_is_not_taken_again() {
    let signed = Signer::new(secret('a')).unwrap().sign(at(0), b"{}").headers().unwrap();
    let after = |seconds: i64| {
        let verifier = Verifier::new(secret('a')).unwrap().clock(read(move || at(seconds)));
        verifier.verify(&signed, "{}").map(drop)
    };
    assert_eq!(after(300), Ok(()));
    assert_eq!(after(-300), Ok(()));
    assert_eq!(after(310), Err(VerifyError::TooOld { by: Duration::from_secs(10) }));
    assert_eq!(after(-301), Err(VerifyError::FromTheFuture { by: Duration::from_secs(1) }));
    let patient = Verifier::new(secret('a')).unwrap().clock(read(|| at(3600)));
    let patient = patient.tolerance(Duration::from_secs(3600));
    assert!(patient.verify(&signed, "{}").is_ok());
}

#[test]
fn while_a_secret_rolls_both_hold_on_either_side() {
    let (old, new) = (Signer::new(secret('a')).unwrap(), Signer::new(secret('b')).unwrap());
    let both = Signer::new(secret('b')).unwrap().also_sign_with(secret('a')).unwrap();
    let ours = verifier('a');
    let clone = ours.clone();
    let takes = |signer: &Signer| clone.verify(&signed(signer, b"{}"), "{}").is_ok();
    assert_eq!((takes(&old), takes(&both), takes(&new)), (true, true, false));
    ours.roll_to(secret('b')).unwrap();
    // Again, after a crash in between.
    ours.roll_to(secret('b')).unwrap();
    assert_eq!((takes(&old), takes(&both), takes(&new)), (true, true, true));
    ours.finish_roll();
    assert_eq!((takes(&old), takes(&both), takes(&new)), (false, true, true));
    let two = verifier('c').also_accept(secret('a')).unwrap();
    assert!(two.verify(&signed(&old, b"{}"), "{}").is_ok());
}

#[test]
fn what_is_missing_is_told_from_what_is_malformed() {
    let whole = signed(&Signer::new(secret('a')).unwrap(), b"{}");
    for name in ["synctera-signature", "request-timestamp"] {
        let mut headers = whole.clone();
        headers.remove(name);
        let error = verifier('a').verify(&headers, "{}").unwrap_err();
        assert_eq!(error, VerifyError::MissingHeader(name));
        for bad in ["", " ", "x", "-1", "1.5", "99999999999999999999", &"f".repeat(63)] {
            let mut headers = whole.clone();
            headers.insert(name, bad.parse().unwrap());
            let error = verifier('a').verify(&headers, "{}").unwrap_err();
            assert_eq!(error, VerifyError::MalformedHeader(name), "{name}: {bad}");
        }
        // Which of two would count?
        let mut headers = whole.clone();
        headers.append(name, whole[name].clone());
        let error = verifier('a').verify(&headers, "{}").unwrap_err();
        assert_eq!(error, VerifyError::MalformedHeader(name));
    }
    let digest = whole["synctera-signature"].to_str().unwrap();
    let three = [digest; 3].join(".");
    let timestamp = whole["request-timestamp"].as_bytes();
    let error = verifier('a').verify_parts(timestamp, three, "{}").unwrap_err();
    assert_eq!(error, VerifyError::MalformedHeader("synctera-signature"));
}

#[test]
fn a_body_beyond_the_limit_is_refused_before_it_is_hashed() {
    let signer = Signer::new(secret('a')).unwrap();
    let body = vec![b'x'; 101];
    let small = verifier('a').body_limit(100);
    assert!(small.verify(&signed(&signer, &body[..100]), body[..100].to_vec()).is_ok());
    // What is too large is not hashed: the wrong signature is not noticed.
    for signer in [signer, Signer::new(secret('b')).unwrap()] {
        let error = small.verify(&signed(&signer, &body), body.clone()).unwrap_err();
        assert_eq!(error, VerifyError::TooLarge { limit: 100 });
        assert_eq!(error.to_string(), "the delivery has more than 100 bytes");
    }
    let limit = Verifier::DEFAULT_BODY_LIMIT;
    let headers = signed(&Signer::new(secret('a')).unwrap(), &vec![0; limit]);
    assert!(verifier('a').verify(&headers, vec![0; limit]).is_ok());
    let error = verifier('a').verify(&headers, vec![0; limit + 1]).unwrap_err();
    assert_eq!(error, VerifyError::TooLarge { limit });
}

#[test]
fn a_secret_that_cannot_be_one_is_refused_and_none_is_shown() {
    for bad in ["", "   ", "short", &"a".repeat(63), &"a".repeat(65)] {
        let error = Verifier::new(bad).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(Signer::new(bad).is_err());
        assert!(verifier('a').roll_to(bad).is_err());
    }
    let spaced = format!(" {}\n", secret('a'));
    assert!(Verifier::new(spaced).is_ok());
    let both = verifier('q').also_accept(secret('z')).unwrap();
    let shown = format!("{both:?} {both:#?} {:?}", Signer::new(secret('q')).unwrap());
    assert!(!shown.contains("qqq") && !shown.contains("zzz"), "{shown}");
}
