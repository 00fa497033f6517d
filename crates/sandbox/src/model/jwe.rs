//! What is revealed is encrypted for one reader: JWE in its compact form, `ECDH-ES+A256KW` with
//! `A256GCM`, for a public key on P-256.
//!
//! The ciphers are those of aws-lc; here is how their pieces are put together (RFC 7516 and 7518).

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::key_wrap::{AES_256, AesKek, KeyWrap};
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

const KEY_ALGORITHM: &str = "ECDH-ES+A256KW";
const CONTENT_ALGORITHM: &str = "A256GCM";
const KEY_BYTES: usize = 32;
/// How long a coordinate on P-256 is.
const COORDINATE_BYTES: usize = 32;
/// Begins a point that is given by both of its coordinates.
const UNCOMPRESSED: u8 = 4;
/// The name of P-256 in an X.509 public key.
pub(crate) const P256_NAME: &[u8] = &[0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];

/// A public key in JSON (RFC 7517). Its members are in the order that RFC 7638 asks for.
#[derive(Serialize, Deserialize)]
struct Jwk {
    crv: String,
    kty: String,
    x: String,
    y: String,
}

/// The protected header of a JWE.
#[derive(Serialize, Deserialize)]
struct Header {
    alg: String,
    enc: String,
    epk: Jwk,
    kid: Option<String>,
}

/// The public key of a reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PublicKey {
    /// The point, uncompressed.
    point: Vec<u8>,
}

impl PublicKey {
    /// Reads a key: a JWK, or PEM.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.starts_with('{') { Self::read_jwk(text) } else { Self::read_pem(text) }
    }

    fn read_jwk(text: &str) -> Option<Self> {
        let key: Jwk = serde_json::from_str(text).ok()?;
        if key.kty != "EC" || key.crv != "P-256" {
            return None;
        }
        let coordinate = |text: &str| {
            let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
            (bytes.len() == COORDINATE_BYTES).then_some(bytes)
        };
        let point = [vec![UNCOMPRESSED], coordinate(&key.x)?, coordinate(&key.y)?].concat();
        Self::checked(point)
    }

    fn read_pem(text: &str) -> Option<Self> {
        let (_, rest) = text.split_once("-----BEGIN PUBLIC KEY-----")?;
        let (body, _) = rest.split_once("-----END PUBLIC KEY-----")?;
        let body: String = body.split_whitespace().collect();
        let bytes = STANDARD.decode(body).ok()?;
        let start = bytes.len().checked_sub(2 * COORDINATE_BYTES + 1)?;
        let is_named = bytes.windows(P256_NAME.len()).any(|window| window == P256_NAME);
        is_named.then(|| Self::checked(bytes.get(start..)?.to_vec())).flatten()
    }

    /// A point that is on the curve.
    fn checked(point: Vec<u8>) -> Option<Self> {
        let key = Self { point };
        agreed(&key.point).ok().map(|_| key)
    }

    /// Encrypts a text for the holder of the private key.
    pub(crate) fn encrypt(&self, plain: &[u8]) -> Option<String> {
        self.seal(plain).ok()
    }

    fn seal(&self, plain: &[u8]) -> Result<String, Unspecified> {
        let random = SystemRandom::new();
        let (ours, wrapping_key) = agreed(&self.point)?;
        let (mut key, mut nonce) = ([0; KEY_BYTES], [0; NONCE_LEN]);
        random.fill(&mut key)?;
        random.fill(&mut nonce)?;
        let mut wrapped = [0; KEY_BYTES + 8];
        let wrapped = AesKek::new(&AES_256, &wrapping_key)?.wrap(&key, &mut wrapped)?;
        let header = Header {
            alg: KEY_ALGORITHM.to_owned(),
            enc: CONTENT_ALGORITHM.to_owned(),
            epk: jwk(&ours),
            kid: Some(self.thumbprint()?),
        };
        let header = URL_SAFE_NO_PAD.encode(json(&header)?);
        let sealing_key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key)?);
        let mut cipher = plain.to_vec();
        let (aad, once) = (Aad::from(header.as_bytes()), Nonce::assume_unique_for_key(nonce));
        let tag = sealing_key.seal_in_place_separate_tag(once, aad, &mut cipher)?;
        let parts = [wrapped as &[u8], &nonce, &cipher, tag.as_ref()];
        let parts = parts.map(|part| URL_SAFE_NO_PAD.encode(part));
        Ok(format!("{header}.{}", parts.join(".")))
    }

    /// RFC 7638: the digest of the key's members in the order of the alphabet.
    fn thumbprint(&self) -> Result<String, Unspecified> {
        Ok(URL_SAFE_NO_PAD.encode(Sha256::digest(json(&jwk(&self.point))?)))
    }
}

fn json(value: &impl Serialize) -> Result<String, Unspecified> {
    serde_json::to_string(value).map_err(|_| Unspecified)
}

fn jwk(point: &[u8]) -> Jwk {
    let coordinates = point.get(1..).unwrap_or_default();
    let (x, y) = coordinates.split_at(coordinates.len().min(COORDINATE_BYTES));
    Jwk {
        crv: "P-256".to_owned(),
        kty: "EC".to_owned(),
        x: URL_SAFE_NO_PAD.encode(x),
        y: URL_SAFE_NO_PAD.encode(y),
    }
}

/// A fresh key of ours, and what both sides derive from it and theirs.
fn agreed(theirs: &[u8]) -> Result<(Vec<u8>, [u8; KEY_BYTES]), Unspecified> {
    let ours = EphemeralPrivateKey::generate(&ECDH_P256, &SystemRandom::new())?;
    let point = ours.compute_public_key()?.as_ref().to_vec();
    let theirs = UnparsedPublicKey::new(&ECDH_P256, theirs);
    let key = agree_ephemeral(ours, theirs, Unspecified, |secret| Ok(derived(secret)))?;
    Ok((point, key))
}

/// The key that wraps: one round of the derivation, with nothing said about the parties.
fn derived(secret: &[u8]) -> [u8; KEY_BYTES] {
    let length = |bytes: usize| u32::try_from(bytes).unwrap_or_default().to_be_bytes();
    Sha256::new_with_prefix(length(1))
        .chain_update(secret)
        .chain_update(length(KEY_ALGORITHM.len()))
        .chain_update(KEY_ALGORITHM)
        .chain_update(length(0))
        .chain_update(length(0))
        .chain_update(length(8 * KEY_BYTES))
        .finalize()
        .into()
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::agreement::{PrivateKey, agree};

    use super::*;

    /// What the reader does.
    fn decrypted(private: &PrivateKey, jwe: &str) -> Vec<u8> {
        let parts: Vec<&str> = jwe.split('.').collect();
        let bytes = |part: &str| URL_SAFE_NO_PAD.decode(part).unwrap();
        let header: Header = serde_json::from_slice(&bytes(parts[0])).unwrap();
        assert_eq!((&*header.alg, &*header.enc), (KEY_ALGORITHM, CONTENT_ALGORITHM));
        let theirs = PublicKey::read(&json(&header.epk).unwrap()).unwrap();
        let theirs = UnparsedPublicKey::new(&ECDH_P256, theirs.point);
        let key = agree(private, theirs, Unspecified, |secret| Ok(derived(secret))).unwrap();
        let mut content_key = [0; KEY_BYTES];
        let kek = AesKek::new(&AES_256, &key).unwrap();
        kek.unwrap(&bytes(parts[1]), &mut content_key).unwrap();
        let opening_key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &content_key).unwrap());
        let mut text = [bytes(parts[3]), bytes(parts[4])].concat();
        let nonce = Nonce::try_assume_unique_for_key(&bytes(parts[2])).unwrap();
        let aad = Aad::from(parts[0].as_bytes());
        opening_key.open_in_place(nonce, aad, &mut text).unwrap().to_vec()
    }

    #[test]
    fn only_the_private_key_opens_it_and_each_time_it_is_another_text() {
        let private = PrivateKey::generate(&ECDH_P256).unwrap();
        let point = private.compute_public_key().unwrap().as_ref().to_vec();
        let key = PublicKey::read(&json(&jwk(&point)).unwrap()).unwrap();
        let (one, two) = (key.encrypt(b"hush").unwrap(), key.encrypt(b"hush").unwrap());
        assert_eq!(decrypted(&private, &one), b"hush");
        assert_eq!(decrypted(&private, &two), b"hush");
        assert_ne!(one, two);
    }

    /// Another implementation made the text, for the key with this private part.
    #[test]
    fn what_others_encrypt_is_opened_the_same_way() {
        let private = "BGfM19uZIaMLPSiQ0tlMlGfHaz0gzVz6tz_LBpZ1mds";
        let private = URL_SAFE_NO_PAD.decode(private).unwrap();
        let private = PrivateKey::from_private_key(&ECDH_P256, &private).unwrap();
        let jwe = "eyJhbGciOiJFQ0RILUVTK0EyNTZLVyIsImVuYyI6IkEyNTZHQ00iLCJlcGsiOnsiY3J2IjoiUC0y\
                   NTYiLCJrdHkiOiJFQyIsIngiOiI1Qy1lajNXSjhmUGpHbWZsLUFBaTNneFZaVzBxLVRaY3RTdlpG\
                   WWVLeTRRIiwieSI6ImZlaTRoN3JMZ0ZqVkVaZG5Ud2ZqeGxJREdzckJ2eXRKQ3d4M0VVdGZQMDgi\
                   fX0.98JN4AjdbC5kyUVaV1TQWbxtvGuGDmupo91W2ag57HWl7xTxO_mx0Q.HeSfpOCAqsPfzkf_.\
                   mHT_xw.JOj0Cs7eDww7O57pDwojZQ";
        assert_eq!(decrypted(&private, jwe), b"hush");
    }

    #[test]
    fn pem_is_read_too_and_what_is_no_key_is_refused() {
        let private = PrivateKey::generate(&ECDH_P256).unwrap();
        let point = private.compute_public_key().unwrap().as_ref().to_vec();
        // SubjectPublicKeyInfo: an elliptic curve, P-256, the point.
        let head = [
            &[0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01][..],
            P256_NAME,
            &[0x03, 0x42, 0x00],
        ];
        let der = STANDARD.encode([&head.concat()[..], &point].concat());
        let pem = format!("-----BEGIN PUBLIC KEY-----\n{der}\n-----END PUBLIC KEY-----\n");
        assert_eq!(PublicKey::read(&pem), PublicKey::read(&json(&jwk(&point)).unwrap()));
        assert!(PublicKey::read(&pem).is_some());

        let mut off_curve = point.clone();
        off_curve[40] ^= 1;
        for text in ["", "{}", "key", "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----"] {
            assert_eq!(PublicKey::read(text), None, "{text}");
        }
        assert_eq!(PublicKey::read(&json(&jwk(&off_curve)).unwrap()), None);
    }
}
