//! A server behind a certificate of its own.

use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\
    content-length: 14\r\nconnection: close\r\n\r\n{\"persons\":[]}";

/// Answers every request with an empty list of persons.
pub struct Server {
    base_url: String,
    certificate: String,
    server: JoinHandle<()>,
}

impl Server {
    /// Starts one.
    pub async fn start() -> Self {
        Self::named(vec!["127.0.0.1".to_owned()]).await
    }

    /// Starts one whose certificate has these names.
    pub async fn named(names: Vec<String>) -> Self {
        let made = rcgen::generate_simple_self_signed(names).unwrap();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("https://{}", listener.local_addr().unwrap());
        let server = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // Who does not trust it hangs up.
                let Ok(mut stream) = acceptor.accept(stream).await else {
                    continue;
                };
                let mut request = [0; 4096];
                let _read = stream.read(&mut request).await;
                let _written = stream.write_all(ANSWER).await;
                let _closed = stream.shutdown().await;
            }
        });
        Self { base_url, certificate: made.cert.pem(), server }
    }

    /// Where it is.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Its certificate, as PEM.
    pub fn certificate(&self) -> &str {
        &self.certificate
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.server.abort();
    }
}
