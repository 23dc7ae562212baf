//! From a TCP connection to one that takes requests.

use std::sync::Arc;

use bytes::Bytes;
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper::rt::{Read, Write};
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use signing::UrlParts;
use signing::url::Scheme;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::OutboundError;
use super::pool::{Connection, Receiver};

/// Bytes of the head of an answer.
const HEAD_BYTES_MAX: usize = 64 * 1024;
/// Header lines of an answer.
const HEADERS_MAX: usize = 128;

/// Reads the certificates of the operator's own roots from PEM.
///
/// # Errors
/// When the text is not PEM.
pub fn extra_roots(
    pem: &[u8],
) -> Result<Vec<CertificateDer<'static>>, rustls::pki_types::pem::Error> {
    CertificateDer::pem_slice_iter(pem).collect()
}

/// Opens connections.
pub(super) struct Connector {
    tls: TlsConnector,
}

impl Connector {
    pub(super) fn new(extra: Vec<CertificateDer<'static>>) -> Result<Connector, rustls::Error> {
        let mut roots = RootCertStore::empty();
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        for root in extra {
            roots.add(root)?;
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider);
        let config = config.with_safe_default_protocol_versions()?;
        let mut config = config.with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let tls = TlsConnector::from(Arc::new(config));
        Ok(Connector { tls })
    }

    /// Makes an open stream ready for requests, secured where the URL says so.
    pub(super) async fn open(
        &self,
        target: &UrlParts,
        stream: TcpStream,
    ) -> Result<Connection, OutboundError> {
        let sender = match target.scheme {
            Scheme::Http => ready(TokioIo::new(stream)).await?,
            Scheme::Https => {
                let host = target.host.trim_start_matches('[').trim_end_matches(']');
                let name = ServerName::try_from(host.to_owned());
                let name = name.map_err(|_| OutboundError::Target)?;
                let secured = self.tls.connect(name, stream).await;
                ready(TokioIo::new(secured.map_err(OutboundError::Tls)?)).await?
            }
        };
        Ok(Connection {
            sender,
            receiver: Receiver::of(target),
        })
    }
}

async fn ready<S>(stream: S) -> Result<http1::SendRequest<Full<Bytes>>, OutboundError>
where
    S: Read + Write + Unpin + Send + 'static,
{
    let mut builder = http1::Builder::new();
    builder
        .max_buf_size(HEAD_BYTES_MAX)
        .max_headers(HEADERS_MAX);
    let (sender, connection) = builder.handshake(stream).await?;
    // It ends when the sender is dropped or the other side closes. Whoever waits for an answer
    // gets the error; nobody else needs it.
    tokio::spawn(async move { drop(connection.await) });
    Ok(sender)
}
