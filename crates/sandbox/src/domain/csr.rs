//! Certificate signing requests (PKCS #10, RFC 2986) with a new key on P-256.
//!
//! The key and the signature are those of aws-lc; here is how the request is encoded in DER.

use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::model::jwe::P256_NAME;

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const UTF8_STRING: u8 = 0x0c;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
/// The attributes of a request, of which it has none.
const ATTRIBUTES: u8 = 0xa0;

const COMMON_NAME: &[u8] = &[0x06, 0x03, 0x55, 0x04, 0x03];
const ORGANIZATION: &[u8] = &[0x06, 0x03, 0x55, 0x04, 0x0a];
const EC_PUBLIC_KEY: &[u8] = &[0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
const ECDSA_WITH_SHA256: &[u8] = &[0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];

/// Characters of a line of PEM.
const LINE: usize = 64;

/// A request in PEM for a subject, with the private key that it was made with (PKCS #8).
pub(crate) struct Csr {
    pub(crate) pem: String,
    pub(crate) private_key: Vec<u8>,
}

/// Makes a key and a request for it.
pub(crate) fn new(common_name: &str, organization: &str) -> Result<Csr, Unspecified> {
    let random = SystemRandom::new();
    let algorithm = &ECDSA_P256_SHA256_ASN1_SIGNING;
    let private_key = EcdsaKeyPair::generate_pkcs8(algorithm, &random)?;
    let pair =
        EcdsaKeyPair::from_pkcs8(algorithm, private_key.as_ref()).map_err(|_| Unspecified)?;
    let name = |kind: &[u8], text: &str| {
        let value = tagged(UTF8_STRING, &[text.as_bytes()]);
        tagged(SET, &[&tagged(SEQUENCE, &[kind, &value])])
    };
    let subject =
        tagged(SEQUENCE, &[&name(COMMON_NAME, common_name), &name(ORGANIZATION, organization)]);
    let key = tagged(
        SEQUENCE,
        &[&tagged(SEQUENCE, &[EC_PUBLIC_KEY, P256_NAME]), &bits(pair.public_key().as_ref())],
    );
    let version = tagged(INTEGER, &[&[0]]);
    let asked = tagged(SEQUENCE, &[&version, &subject, &key, &tagged(ATTRIBUTES, &[])]);
    let signature = pair.sign(&random, &asked)?;
    let whole = tagged(
        SEQUENCE,
        &[&asked, &tagged(SEQUENCE, &[ECDSA_WITH_SHA256]), &bits(signature.as_ref())],
    );
    Ok(Csr { pem: pem(&whole), private_key: private_key.as_ref().to_vec() })
}

fn bits(bytes: &[u8]) -> Vec<u8> {
    tagged(BIT_STRING, &[&[0], bytes])
}

/// A value with its tag and its length.
fn tagged(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    let mut whole = vec![tag];
    match u8::try_from(body.len()) {
        Ok(length) if length < 0x80 => whole.push(length),
        _ => {
            let length = body.len().to_be_bytes();
            let zeros = length.iter().take_while(|byte| **byte == 0).count();
            let length = &length[zeros..];
            whole.push(0x80 | length.len() as u8);
            whole.extend(length);
        }
    }
    whole.extend(body);
    whole
}

fn pem(der: &[u8]) -> String {
    let mut text = "-----BEGIN CERTIFICATE REQUEST-----\n".to_owned();
    for (place, letter) in STANDARD.encode(der).chars().enumerate() {
        if place > 0 && place % LINE == 0 {
            text.push('\n');
        }
        text.push(letter);
    }
    text.push_str("\n-----END CERTIFICATE REQUEST-----\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_those_of_der() {
        assert_eq!(tagged(SEQUENCE, &[]), [0x30, 0]);
        let long = tagged(SEQUENCE, &[&[0; 0x7f]]);
        assert_eq!(long[..2], [0x30, 0x7f]);
        let longer = tagged(SEQUENCE, &[&[0; 0x80]]);
        assert_eq!(longer[..3], [0x30, 0x81, 0x80]);
        let longest = tagged(SEQUENCE, &[&[0; 0x1234]]);
        assert_eq!(longest[..4], [0x30, 0x82, 0x12, 0x34]);
    }
}
