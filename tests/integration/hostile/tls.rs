//! TLS with certificates that are not to be trusted, and with others that are.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use super::background::Background;
use super::fencepost;
use crate::opponents::{Opponent, Traits};

/// A certificate with the key and the authority that it comes with.
pub(super) struct Identity {
    chain: Vec<rustls::pki_types::CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
    authority: String,
}

/// A certificate signed by an authority of its own.
pub(super) fn signed(change: impl FnOnce(&mut CertificateParams)) -> Identity {
    let authority_key = KeyPair::generate().expect("randomness");
    let mut authority = CertificateParams::new(Vec::new()).expect("no names");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_pem = authority.self_signed(&authority_key).expect("is signed");
    let issuer = Issuer::new(authority, authority_key);
    let key = KeyPair::generate().expect("randomness");
    let names = vec!["127.0.0.1".to_owned(), "localhost".to_owned()];
    let mut params = CertificateParams::new(names).expect("are names");
    change(&mut params);
    let certificate = params.signed_by(&key, &issuer).expect("is signed");
    Identity {
        chain: vec![certificate.der().clone()],
        key: PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())),
        authority: pem(authority_pem.der()),
    }
}

/// A certificate signed by itself.
pub(super) fn self_signed() -> Identity {
    let key = KeyPair::generate().expect("randomness");
    let names = vec!["127.0.0.1".to_owned()];
    let certificate = CertificateParams::new(names).expect("is a name").self_signed(&key);
    let certificate = certificate.expect("is signed");
    Identity {
        chain: vec![certificate.der().clone()],
        key: PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())),
        authority: pem(certificate.der()),
    }
}

fn pem(der: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::from("-----BEGIN CERTIFICATE-----\n");
    for three in der.chunks(3) {
        let bits = three.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte));
        let bits = bits << (8 * (3 - three.len()));
        for at in 0..4 {
            let digit = char::from(DIGITS[(bits >> (18 - 6 * at)) as usize & 63]);
            text.push(if at <= three.len() { digit } else { '=' });
        }
    }
    text.push_str("\n-----END CERTIFICATE-----\n");
    text
}

/// A faithful server behind TLS, which counts what it is sent, and notes what was agreed on.
pub(super) struct Secure {
    pub(super) uri: String,
    authority: PathBuf,
    bytes: Arc<AtomicUsize>,
    /// Handshakes that agreed on HTTP/1.1.
    agreed: Arc<AtomicUsize>,
    _server: Background,
    _upstream: Opponent,
}

impl Secure {
    pub(super) fn start(name: &str, identity: Identity, protocols: &[&[u8]]) -> Self {
        Self::before(name, identity, protocols, Traits::FAITHFUL)
    }

    /// The same in front of another server.
    pub(super) fn before(
        name: &str,
        identity: Identity,
        protocols: &[&[u8]],
        traits: Traits,
    ) -> Self {
        let authority =
            std::env::temp_dir().join(format!("fencepost-{}-{name}.pem", std::process::id()));
        std::fs::write(&authority, &identity.authority).expect("is written");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("are known")
            .with_no_client_auth();
        let mut config = config.with_single_cert(identity.chain, identity.key).expect("fit");
        config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let upstream = Opponent::start(traits);
        let address = upstream.uri().trim_start_matches("http://").to_owned();
        let (bytes, agreed) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let counts = (Arc::clone(&bytes), Arc::clone(&agreed));
        let server = Background::start(move |socket| {
            let (acceptor, address) = (acceptor.clone(), address.clone());
            let (bytes, agreed) = (Arc::clone(&counts.0), Arc::clone(&counts.1));
            async move {
                let Ok(mut outer) = acceptor.accept(socket).await else { return };
                let is_agreed = outer.get_ref().1.alpn_protocol() == Some(b"http/1.1");
                agreed.fetch_add(usize::from(is_agreed), Ordering::Relaxed);
                let Ok(mut inner) = TcpStream::connect(address).await else { return };
                let (mut sent, mut answered) = (vec![0; 65_536], vec![0; 65_536]);
                loop {
                    let is_passed_on = tokio::select! {
                        read = outer.read(&mut sent) => {
                            let count = read.unwrap_or_default();
                            bytes.fetch_add(count, Ordering::Relaxed);
                            count > 0 && inner.write_all(&sent[..count]).await.is_ok()
                        }
                        read = inner.read(&mut answered) => {
                            let count = read.unwrap_or_default();
                            count > 0 && outer.write_all(&answered[..count]).await.is_ok()
                        }
                    };
                    if !is_passed_on {
                        return;
                    }
                }
            }
        });
        let uri = format!("https://{}", server.address);
        Self { uri, authority, bytes, agreed, _server: server, _upstream: upstream }
    }

    pub(super) fn authority(&self) -> &str {
        self.authority.to_str().expect("is UTF-8")
    }

    pub(super) fn sent(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }
}

impl Drop for Secure {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.authority);
    }
}

const FEW: [&str; 2] = ["--phase", "examples"];

#[test]
fn a_certificate_that_is_not_trusted_says_which_flag_helps_and_nothing_is_sent() {
    let expired = |params: &mut CertificateParams| {
        params.not_before = date_time_ymd(2001, 1, 1);
        params.not_after = date_time_ymd(2002, 1, 1);
    };
    let early = |params: &mut CertificateParams| params.not_before = date_time_ymd(2900, 1, 1);
    let other = |params: &mut CertificateParams| {
        *params = CertificateParams::new(vec!["other.example".to_owned()]).expect("is a name");
    };
    let trusting = |secure: &Secure| vec!["--ca-file".to_owned(), secure.authority().to_owned()];
    let own = Secure::start("own", self_signed(), &[]);
    let unknown = Secure::start("unknown", signed(|_| ()), &[]);
    let expired = Secure::start("expired", signed(expired), &[]);
    let early = Secure::start("early", signed(early), &[]);
    let other = Secure::start("other", signed(other), &[]);
    for (secure, flags, words) in [
        (&own, Vec::new(), ["signed by nobody who is trusted here", "--ca-file"]),
        (&unknown, Vec::new(), ["signed by nobody who is trusted here", "--ca-file"]),
        (&unknown, trusting(&own), ["signed by nobody who is trusted here", "--ca-file"]),
        (&expired, trusting(&expired), ["has expired", "--insecure"]),
        (&early, trusting(&early), ["not valid yet", "clock"]),
        (&other, trusting(&other), ["made out to another name", "other.example"]),
    ] {
        let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
        let ended = fencepost(&secure.uri, &flags, &[]);
        ended.expect(3, &[&words[..], &["Nothing was sent", &secure.uri]].concat());
        assert_eq!(secure.sent(), 0);
        // One look is enough: it isn't knocked again.
        let report = ended.report().expect("a report says so too");
        assert_eq!(report["ended_early"]["why"], "untrusted", "{report}");
        assert_eq!(ended.stderr.lines().count(), 1, "{}", ended.stderr);
        let insecure = fencepost(&secure.uri, &[&FEW[..], &["--insecure"]].concat(), &[]);
        insecure.expect(0, &["warning: certificates are not checked", "insecure  "]);
        assert_eq!(insecure.report().expect("is JSON")["insecure"], true);
        secure.bytes.store(0, Ordering::Relaxed);
    }
}

#[test]
fn a_file_of_certificates_makes_a_server_trusted_over_http_1_alone() {
    let secure = Secure::start("trusted", signed(|_| ()), &[b"h2", b"http/1.1"]);
    let flags = [&FEW[..], &["--ca-file", secure.authority()]].concat();
    let ended = fencepost(&secure.uri, &flags, &[]);
    ended.expect(0, &["exit 0"]);
    assert!(!ended.stderr.contains("insecure"), "{}", ended.stderr);
    assert_eq!(ended.report().expect("is JSON")["insecure"], false);
    assert!(secure.agreed.load(Ordering::Relaxed) > 0);
    // A certificate that signs itself is its own authority.
    let own = Secure::start("itself", self_signed(), &[]);
    fencepost(&own.uri, &[&FEW[..], &["--ca-file", own.authority()]].concat(), &[]).expect(0, &[]);
}

#[test]
fn a_server_that_speaks_only_http_2_is_no_connection() {
    let secure = Secure::start("h2", signed(|_| ()), &[b"h2"]);
    let ended = fencepost(&secure.uri, &["--ca-file", secure.authority()], &[]);
    ended.expect(3, &["Nothing was tested"]);
    assert_eq!(secure.sent(), 0);
}

#[test]
fn a_file_without_certificates_is_a_usage_error() {
    for (file, word) in [("Cargo.toml", "PEM"), ("no/such.pem", "no/such.pem")] {
        let ended = fencepost("https://127.0.0.1:1", &["--ca-file", file], &[]);
        ended.expect(2, &["--ca-file", word]);
    }
    let ended = fencepost("https://127.0.0.1:1", &["--ca-file", "Cargo.toml", "--insecure"], &[]);
    ended.expect(2, &["cannot be used with"]);
}
