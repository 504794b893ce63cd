//! TLS of the client: the operating system's CA certificates, read with the first handshake.
//!
//! On Linux, certificates stand in one bundle and once more in a directory of a hundred files. Reading both costs more
//! than a request does, so the directory is read only if the bundle does not verify the server.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use rustls::ClientConfig;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

use super::NetError;

/// Certificate chain and private key of a client, from PEM.
///
/// # Errors
/// If one of them is missing or is not valid.
pub(super) fn identity(pem: &[u8]) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), NetError> {
    // the library's error may repeat its input
    let invalid = |_| NetError::Certificate("not a certificate and private key in PEM");
    let chain: Vec<_> = CertificateDer::pem_slice_iter(pem).collect::<Result<_, _>>().map_err(invalid)?;
    let key = PrivateKeyDer::from_pem_slice(pem).map_err(invalid)?;
    let is_complete = !chain.is_empty();
    is_complete.then_some((chain, key)).ok_or(NetError::Certificate("not a certificate and private key in PEM"))
}

/// CA certificates, from PEM.
///
/// # Errors
/// If there is none, or if one is not valid.
pub(super) fn authorities(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, NetError> {
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let certificates = read.ok().filter(|certificates| !certificates.is_empty());
    let certificates = certificates.ok_or(NetError::Certificate("no PEM certificate found"))?;
    let mut store = RootCertStore::empty();
    let mut valid = certificates.iter().map(|certificate| store.add(certificate.clone()));
    if valid.any(|added| added.is_err()) {
        return Err(NetError::Certificate("not a valid CA certificate"));
    }
    Ok(certificates)
}

/// Returns the configuration for connections that trust these CA certificates in addition to those of the operating
/// system, with a client certificate if there is one, and offer these protocols (ALPN, RFC 7301).
///
/// # Errors
/// If the key is not usable with the client certificate.
pub(super) fn configuration(
    authorities: Vec<CertificateDer<'static>>,
    identity: Option<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)>,
    protocols: &[&str],
) -> Result<ClientConfig, NetError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let verifier =
        Verifier { provider: Arc::clone(&provider), authorities, bundle: OnceLock::new(), platform: OnceLock::new() };
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| NetError::Setup)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    let mut configuration = match identity {
        Some((chain, key)) => builder
            .with_client_auth_cert(chain, key)
            .map_err(|_| NetError::Certificate("the private key is not usable with the certificate"))?,
        None => builder.with_no_client_auth(),
    };
    configuration.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
    Ok(configuration)
}

/// Verifies servers with the operating system's CA certificates and additional ones.
#[derive(Debug)]
struct Verifier {
    provider: Arc<CryptoProvider>,
    /// Additional certificates.
    authorities: Vec<CertificateDer<'static>>,
    /// With the bundle, if there is one.
    bundle: OnceLock<Option<Arc<WebPkiServerVerifier>>>,
    /// With everything that the operating system trusts.
    platform: OnceLock<Result<rustls_platform_verifier::Verifier, Error>>,
}

impl Verifier {
    fn bundle(&self) -> Option<&Arc<WebPkiServerVerifier>> {
        let read = || {
            let mut store = RootCertStore::empty();
            store.add_parsable_certificates(self.authorities.iter().cloned());
            store.add_parsable_certificates(CertificateDer::pem_file_iter(bundle()?).ok()?.filter_map(Result::ok));
            WebPkiServerVerifier::builder_with_provider(Arc::new(store), Arc::clone(&self.provider)).build().ok()
        };
        self.bundle.get_or_init(read).as_ref()
    }

    fn platform(&self) -> Result<&rustls_platform_verifier::Verifier, Error> {
        let read = || {
            let authorities = self.authorities.iter().cloned();
            rustls_platform_verifier::Verifier::new_with_extra_roots(authorities, Arc::clone(&self.provider))
        };
        self.platform.get_or_init(read).as_ref().map_err(Clone::clone)
    }
}

/// Returns the file with all CA certificates. `None` if the operating system has another kind of storage, or if the
/// environment names files.
fn bundle() -> Option<PathBuf> {
    let is_named = ["SSL_CERT_FILE", "SSL_CERT_DIR"].iter().any(|name| std::env::var_os(name).is_some());
    let has_files = cfg!(all(unix, not(target_vendor = "apple")));
    (has_files && !is_named).then(openssl_probe::probe)?.cert_file
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if let Some(bundle) = self.bundle()
            && let Ok(verified) = bundle.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
        {
            return Ok(verified);
        }
        self.platform()?.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

    use super::*;

    struct Authority {
        certificate: CertificateDer<'static>,
        issuer: Issuer<'static, KeyPair>,
    }

    impl Authority {
        fn new(name: &str) -> Self {
            let mut parameters = CertificateParams::new(Vec::new()).unwrap();
            parameters.distinguished_name.push(DnType::CommonName, name);
            parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            let key = KeyPair::generate().unwrap();
            let certificate = parameters.self_signed(&key).unwrap().der().clone();
            Self { certificate, issuer: Issuer::new(parameters, key) }
        }

        fn server(&self) -> CertificateDer<'static> {
            let parameters = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
            parameters.signed_by(&KeyPair::generate().unwrap(), &self.issuer).unwrap().der().clone()
        }
    }

    #[test]
    fn certificates_that_only_the_directory_has_are_trusted() {
        let [bundled, added, unknown] = ["bundled", "added", "unknown"].map(Authority::new);
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut store = RootCertStore::empty();
        store.add(bundled.certificate.clone()).unwrap();
        let bundle = WebPkiServerVerifier::builder_with_provider(Arc::new(store), Arc::clone(&provider));
        let platform = rustls_platform_verifier::Verifier::new_with_extra_roots(
            [bundled.certificate.clone(), added.certificate.clone()],
            Arc::clone(&provider),
        );
        let verifier = Verifier {
            provider,
            authorities: Vec::new(),
            bundle: OnceLock::from(Some(bundle.build().unwrap())),
            platform: OnceLock::from(platform),
        };
        let verify = |certificate: &CertificateDer<'_>, name: &'static str| {
            let name = ServerName::try_from(name).unwrap();
            verifier.verify_server_cert(certificate, &[], &name, &[], UnixTime::now())
        };
        assert!(verify(&bundled.server(), "localhost").is_ok());
        assert!(verify(&added.server(), "localhost").is_ok());
        assert!(verify(&unknown.server(), "localhost").is_err());
        assert!(verify(&bundled.server(), "example.com").is_err());
    }

    #[test]
    fn unusable_certificates_and_keys_are_refused() {
        let (certificate, key) = (Authority::new("a"), KeyPair::generate().unwrap());
        let pem = |label: &str, der: &[u8]| pem::encode(&pem::Pem::new(label, der));
        let certificate = pem("CERTIFICATE", &certificate.certificate);
        let key = pem("PRIVATE KEY", &key.serialize_der());
        assert!(identity(format!("{certificate}{key}").as_bytes()).is_ok());
        for invalid in [&certificate, &key, "", "-----BEGIN CERTIFICATE-----\n???\n-----END CERTIFICATE-----\n"] {
            assert!(identity(invalid.as_bytes()).is_err(), "{invalid}");
        }
        assert!(authorities(certificate.as_bytes()).is_ok());
        let truncated = pem("CERTIFICATE", b"\x30\x82");
        for invalid in [key.as_str(), "", &truncated, &format!("{certificate}{truncated}")] {
            assert!(authorities(invalid.as_bytes()).is_err(), "{invalid}");
        }
    }
}
