//! Encrypted connections: which certificates are trusted, by which cryptography.
//!
//! The configuration is made here and given to the HTTP client, because the client's own would need a
//! provider of cryptography for the whole process, which is for the program to choose.

use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;
use synctera_api::Error;

/// Whose certificates are accepted.
pub(crate) enum Trust<'a> {
    /// None, for connections that are not encrypted: reading the machine's root certificates takes longer
    /// than all the rest.
    None,
    /// Those of the system, and of these root certificates (PEM).
    System(&'a [Vec<u8>]),
}

/// The configuration of a client.
///
/// # Errors
/// [`Configuration`](crate::ErrorKind::Configuration) for a certificate that cannot be read, and where the
/// system's cannot be used.
pub(crate) fn config(trust: &Trust<'_>) -> Result<ClientConfig, Error> {
    let provider = provider();
    let unusable =
        |e: rustls::Error| Error::configuration(format!("the HTTP client cannot be set up: {e}"));
    let config = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(unusable)?;
    let mut config = match trust {
        Trust::None => config.with_root_certificates(RootCertStore::empty()),
        Trust::System(further) => {
            let verifier = verifier(&read(further)?, provider).map_err(unusable)?;
            // The name of the builder's method: it is the verifier of the platform.
            config.dangerous().with_custom_certificate_verifier(Arc::new(verifier))
        }
    }
    .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// What the program chose for its process, else `ring`, which takes a fourth of the time to build that the
/// default of rustls takes.
fn provider() -> Arc<CryptoProvider> {
    let chosen = CryptoProvider::get_default();
    chosen.cloned().unwrap_or_else(|| Arc::new(rustls::crypto::ring::default_provider()))
}

fn read(certificates: &[Vec<u8>]) -> Result<Vec<CertificateDer<'static>>, Error> {
    let mut all = Vec::new();
    for pem in certificates {
        let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
        match read {
            Ok(read) if !read.is_empty() => all.extend(read),
            _ => return Err(Error::configuration("a root certificate is not in PEM form")),
        }
    }
    Ok(all)
}

#[cfg(not(target_os = "android"))]
fn verifier(
    further: &[CertificateDer<'static>],
    provider: Arc<CryptoProvider>,
) -> Result<Verifier, rustls::Error> {
    Verifier::new_with_extra_roots(further.iter().cloned(), provider)
}

/// Android's verifier takes no further certificates.
#[cfg(target_os = "android")]
fn verifier(
    further: &[CertificateDer<'static>],
    provider: Arc<CryptoProvider>,
) -> Result<Verifier, rustls::Error> {
    match further {
        [] => Verifier::new(provider),
        _ => Err(rustls::Error::General("no further certificates on Android".to_owned())),
    }
}
