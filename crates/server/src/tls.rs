//! TLS from the configured certificate.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use crate::config::{BadSetting, Tls, bad};

/// The acceptor of a configured certificate. TLS 1.2 and 1.3; old clients speak 1.2.
pub fn acceptor(tls: &Tls) -> Result<TlsAcceptor, BadSetting> {
    let chain = certificates(&tls.certificate)?;
    let key = PrivateKeyDer::from_pem_file(&tls.key).map_err(|error| bad("tls_key", error))?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(rustls::ALL_VERSIONS)
        .map_err(|error| bad("tls_certificate", error))?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|error| bad("tls_certificate", error))?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, BadSetting> {
    let read = CertificateDer::pem_file_iter(path);
    let chain = read.and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let chain = chain.map_err(|error| bad("tls_certificate", error))?;
    if chain.is_empty() {
        return Err(bad("tls_certificate", "the file holds no certificate"));
    }
    Ok(chain)
}
